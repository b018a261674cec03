"""A job's files as one ZIP: made while it is sent, with its length, in parts, and leaving nothing behind."""

from __future__ import annotations

import asyncio
import gc
import io
import os
import resource
import shutil
import struct
import subprocess
import tempfile
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.server.archives import Archive, _Entry, build_entry
from server.conftest import Served
from server.test_dialects import create_s0, wait_for


def read_whole(archive: Archive, chunk: int = 1 << 16) -> bytes:
    with ExitStack() as stack:
        read = archive.open(stack)
        return b"".join(read(at, chunk) for at in range(0, archive.size, chunk))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("files")
    sizes = (0, 1, 70_000, 200_001)
    paths = [folder / f"f{n}" for n in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        path.write_bytes(os.urandom(size))
    return paths


def test_the_zip_is_read_by_other_programs(files: list[Path], tmp_path: Path) -> None:
    archive = Archive([build_entry(f"video-{n}.mp4", path) for n, path in enumerate(files)])
    whole = read_whole(archive)
    assert len(whole) == archive.size
    with zipfile.ZipFile(io.BytesIO(whole)) as found:
        assert found.testzip() is None
        assert [found.read(one) for one in found.namelist()] == [path.read_bytes() for path in files]
    if program := shutil.which("unzip"):
        target = tmp_path / "a.zip"
        target.write_bytes(whole)
        assert subprocess.run([program, "-t", target], capture_output=True, check=False).returncode == 0


@given(st.data())
def test_any_part_is_that_part_of_the_whole(files: list[Path], data: st.DataObject) -> None:
    archive = Archive([build_entry(path.name, path) for path in files])
    whole = read_whole(archive)
    start = data.draw(st.integers(0, archive.size - 1))
    size = data.draw(st.integers(1, archive.size))
    with ExitStack() as stack:
        assert archive.open(stack)(start, size) == whole[start : start + size]


def test_files_above_4_gb_use_no_memory_and_no_disk(tmp_path: Path) -> None:
    """10 GB of sparse files: only their records, their last bytes and their index are read."""
    paths = [tmp_path / f"f{n}" for n in range(2)]
    for path in paths:
        path.touch()
        os.truncate(path, 5 << 30)
    archive = Archive([_Entry(path.name.encode(), path, 5 << 30, 0) for path in paths])
    assert archive.size > 10 << 30
    free, before = shutil.disk_usage(tmp_path).free, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with ExitStack() as stack:
        read = archive.open(stack)
        end = read(archive.size - 22 - 20 - 56, 98)
        assert end[:4] == b"PK\6\6" and end[56:60] == b"PK\6\7" and end[76:80] == b"PK\5\6"
        (offset,) = struct.unpack("<Q", end[48:56])
        index = read(offset, archive.size - offset)
        assert index.count(b"PK\1\2") == 2
        assert read((5 << 30) + 30, 1 << 20).strip(b"\0")[-60:].count(b"PK\3\4") == 1, "the second header"
    with zipfile.ZipFile(_Opened(archive)) as found:
        assert [one.file_size for one in found.infolist()] == [5 << 30] * 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert free - shutil.disk_usage(tmp_path).free < 256 << 20


class _Opened(io.RawIOBase):
    """An archive as a file that can be read."""

    def __init__(self, archive: Archive) -> None:
        self._stack, self._at, self._size = ExitStack(), 0, archive.size
        self._read = archive.open(self._stack)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        found = self._read(self._at, self._size - self._at if size < 0 else size)
        self._at += len(found)
        return found

    def close(self) -> None:
        self._stack.close()
        super().close()


async def make_job(server: Served) -> str:
    async with server.open_client() as client:
        job: str = (await create_s0(client, prompt="a heron", sampleCount="3")).json()["job_id"]
        await wait_for(client, f"/api/status/{job}", "completed")
        return job


async def test_an_archive_comes_in_parts_and_only_when_it_is_new(server: Served) -> None:
    job = await make_job(server)
    async with server.open_client() as client:
        url = f"/api/download/{job}"
        whole = await client.get(url)
        head = await client.head(url)
        assert head.headers["content-length"] == str(len(whole.content)) and not head.content
        assert head.headers["etag"] == whole.headers["etag"] and head.headers["accept-ranges"] == "bytes"
        tag = {"If-Range": head.headers["etag"]}
        for part in ("bytes=0-3", "bytes=100-", "bytes=-30", f"bytes=50-{len(whole.content)}"):
            found = await client.get(url, headers={"Range": part, **tag})
            assert found.status_code == 206 and found.content in whole.content
            first = int(found.headers["content-range"].split()[1].partition("-")[0])
            assert found.content == whole.content[first : first + len(found.content)]
        assert (await client.get(url, headers={"Range": "bytes=0-3", "If-Range": '"x"'})).content == whole.content
        assert (await client.get(url, headers={"Range": f"bytes={len(whole.content)}-"})).status_code == 416
        assert (await client.get(url, headers={"If-None-Match": head.headers["etag"]})).status_code == 304


async def test_a_client_that_leaves_leaves_nothing_behind(server: Served, tmp_path: Path) -> None:
    job = await make_job(server)
    host, _, port = server.url.removeprefix("http://").partition(":")

    def list_open() -> int:
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    there, before = set(Path(tempfile.gettempdir()).glob("*.zip")), list_open()
    for _ in range(20):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET /api/download/{job} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        await reader.readexactly(20)
        writer.transport.abort()
    async with asyncio.timeout(60):  # a busy machine closes late
        while list_open() > before + 2:
            await asyncio.sleep(0.2)
    assert set(Path(tempfile.gettempdir()).glob("*.zip")) <= there


async def test_what_is_deleted_while_it_is_sent_is_sent_to_its_end(server: Served) -> None:
    job = await make_job(server)
    async with server.open_client() as client:
        whole = (await client.get(f"/api/download/{job}")).content
        async with client.stream("GET", f"/api/download/{job}") as answer:
            chunks = answer.aiter_raw(1000)
            got = await anext(chunks)
            async with server.open_client() as other:
                assert (await other.delete(f"/api/cleanup/{job}")).status_code == 200
            async for chunk in chunks:
                got += chunk
        assert got == whole
        assert (await client.get(f"/api/download/{job}", headers={"Range": "bytes=9-"})).status_code == 410
