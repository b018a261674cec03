"""Large files come in parts: nothing that was stored is sent twice, and nothing bad becomes an asset."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from sqlalchemy import text
from tusclient.client import TusClient

from client.proxy import Proxy
from reelwright.server import guards
from reelwright.settings import Settings
from reelwright.studio.files import uploads
from reelwright.studio.files.uploads import sweep_uploads
from server.conftest import APPROVING, Served, open_server
from server.test_access import bear

IDLE = replace(APPROVING, has_director=False)
TUS = {"Tus-Resumable": "1.0.0"}
PART = {**TUS, "Content-Type": "application/offset+octet-stream"}


@asynccontextmanager
async def open_both(db_url: str, tmp_path: Path) -> AsyncIterator[tuple[Served, httpx2.AsyncClient]]:
    settings = Settings(home=tmp_path / "home", hands=1, database=db_url)
    async with open_server(settings, Proxy(tmp_path / "proxy"), IDLE) as server, server.open_client() as client:
        yield server, client


@pytest.fixture
async def idle(settings: Settings, proxy: Proxy) -> AsyncIterator[Served]:
    async with open_server(settings, proxy, IDLE) as served:
        yield served


def draw(side: int = 800) -> bytes:
    """A picture of noise: large, whatever its format."""
    picture = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(picture, "PNG")
    return picture.getvalue()


def describe(**texts: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in texts.items())


async def begin(client: httpx2.AsyncClient, size: int, **more: Any) -> str:
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": describe(**{"kind": "picture", **more})}
    answer = await client.post("/api/v1/uploads", headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0" and answer.headers["upload-expires"].endswith("GMT")
    return str(answer.headers["location"])


async def send(client: httpx2.AsyncClient, url: str, offset: int, content: Any, **more: str) -> httpx2.Response:
    return await client.patch(url, headers={**PART, "Upload-Offset": str(offset), **more}, content=content)


async def read_offset(client: httpx2.AsyncClient, url: str) -> int:
    answer = await client.head(url, headers=TUS)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


async def wait_for_bytes(server: Served, url: str, size: int) -> None:
    """Wait until so many bytes of an upload are written, which is before they are recorded."""
    (path,) = server.deployment.runtime.settings.uploads.rglob(url.rpartition("/")[2])
    async with asyncio.timeout(20):
        while path.stat().st_size < size:
            await asyncio.sleep(0.02)


async def test_parts_become_an_asset(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        content = draw()
        url = await begin(client, len(content))
        for at in range(0, len(content), 500_000):
            answer = await send(client, url, at, content[at : at + 500_000])
            assert answer.status_code == 204, answer.text
            assert answer.headers["upload-offset"] == str(min(len(content), at + 500_000))
        made = await client.post(f"{url}/asset")
        assert made.status_code == 201, made.text
        assert (made.json()["width"], made.json()["material_kind"]) == (800, "picture")
        small = (await client.post("/api/v1/assets", content=content)).json()
        assert made.json() == small, "as if it had come in one request"
        assert (await client.post(f"{url}/asset")).json() == small, "may be repeated"
        assert (await client.get(url)).json()["asset"] == small
        assert not list((tmp_path / "home" / "uploads").rglob("upload_*")), "the file takes no room any more"
        assert (await client.delete(url)).status_code == 204
        assert (await client.head(url)).status_code == 404
        assert (await client.get(f"/api/v1/assets/{small['id']}")).status_code == 200
        assert (await client.get("/api/v1/uploads")).json() == {"uploads": []}
        assert server.deployment


def test_the_official_client_sends_and_resumes(settings: Settings, proxy: Proxy, tmp_path: Path) -> None:
    content = draw(900)
    path = tmp_path / "a picture.png"
    path.write_bytes(content)

    def upload(url: str) -> str:
        tus = TusClient(f"{url}/api/v1/uploads")
        meta = {"filename": path.name, "filetype": "image/png"}
        with path.open("rb") as file:
            half = tus.uploader(file_stream=file, chunk_size=400_000, metadata=meta)
            half.upload(stop_at=800_000)
        assert half.offset == 800_000
        with path.open("rb") as file:
            again = tus.uploader(file_stream=file, chunk_size=300_000, url=half.url, upload_checksum=True)
            assert again.offset == 800_000, "asked of the server"
            again.upload()
        return str(again.url)

    async def run() -> None:
        async with open_server(settings, proxy, IDLE) as server, server.open_client() as plain:
            url = await asyncio.to_thread(upload, server.url)
            made = await plain.post(f"{url}/asset")
            assert made.status_code == 201 and made.json()["width"] == 900

    asyncio.run(run())


async def test_a_part_goes_where_the_upload_ends(idle: Served) -> None:
    async with idle.open_client() as client:
        url = await begin(client, 100)
        assert (await send(client, url, 0, b"x" * 40)).status_code == 204
        for offset in (0, 39, 41, 100):
            answer = await send(client, url, offset, b"y")
            assert (answer.status_code, answer.json()["code"]) == (409, "upload_is_elsewhere")
        assert (await send(client, url, 40, b"x" * 61)).status_code == 422, "more than the upload has"
        assert await read_offset(client, url) == 40
        for headers in ({**PART}, {**PART, "Upload-Offset": "-1"}, {**PART, "Upload-Offset": "1e2"}):
            assert (await client.patch(url, headers=headers, content=b"x")).status_code == 422, headers
        wrong = {"Upload-Offset": "40", "Content-Type": "text/plain"}
        assert (await client.patch(url, headers=wrong, content=b"x")).status_code == 415
        old = await client.patch(url, headers={**PART, "Upload-Offset": "40", "Tus-Resumable": "0.2.2"}, content=b"x")
        assert (old.status_code, old.headers["tus-version"]) == (412, "1.0.0")
        early = await client.post(f"{url}/asset")
        assert (early.status_code, early.json()["code"]) == (409, "upload_is_not_whole")
        able = await client.options("/api/v1/uploads")
        assert able.headers["tus-max-size"] == str(2 << 30) and "checksum" in able.headers["tus-extension"]


async def test_an_upload_begins_with_its_first_part(idle: Served) -> None:
    async with idle.open_client() as client:
        content = draw(100)
        headers = {**PART, "Upload-Length": str(len(content)), "Upload-Metadata": describe(filename="a.PNG")}
        made = await client.post("/api/v1/uploads", headers=headers, content=content)
        assert made.status_code == 201 and made.headers["upload-offset"] == str(len(content))
        assert (await client.post(made.headers["location"] + "/asset")).status_code == 201


async def test_a_part_with_a_wrong_checksum_counts_for_nothing(idle: Served) -> None:
    async with idle.open_client() as client:
        url = await begin(client, 100)

        def compute(name: str, content: bytes) -> dict[str, str]:
            return {"Upload-Checksum": f"{name} {base64.b64encode(hashlib.new(name, content).digest()).decode()}"}

        bad = await send(client, url, 0, b"x" * 50, **compute("sha1", b"y" * 50))
        assert (bad.status_code, bad.json()["code"]) == (460, "checksum_differs")
        assert await read_offset(client, url) == 0
        assert (await send(client, url, 0, b"x" * 50, **compute("sha1", b"x" * 50))).status_code == 204
        assert (await send(client, url, 50, b"z" * 50, **compute("sha256", b"z" * 50))).status_code == 204
        for wrong in ("crc32 AAAA", "sha1", "sha1 ?", "md5 " + base64.b64encode(b"x" * 16).decode()):
            answer = await send(client, url, 0, b"x", **{"Upload-Checksum": wrong})
            assert (answer.status_code, answer.json()["field"]) == (422, "Upload-Checksum")


@pytest.mark.parametrize("length", ["", "-1", "0", "x", "1.5", str((2 << 30) + 1), "9" * 30, "٣"])
async def test_other_lengths_are_refused(idle: Served, length: str) -> None:
    async with idle.open_client() as client:
        headers = {"Upload-Length": length.encode(), **TUS}
        answer = await client.post("/api/v1/uploads", headers=headers)
        assert (answer.status_code, answer.json()["field"]) == (422, "Upload-Length")


@pytest.mark.parametrize(
    "metadata", ["kind ?", "kind cGljdHVyZQ==,x é", "x" * 5000, f"kind {'A' * 9}", describe(kind="x")]
)
async def test_odd_metadata_is_refused(idle: Served, metadata: str) -> None:
    async with idle.open_client() as client:
        headers = {"Upload-Length": "9", "Upload-Metadata": metadata.encode(), **TUS}
        assert (await client.post("/api/v1/uploads", headers=headers)).status_code in (400, 422)
        assert (await client.get("/api/v1/uploads")).json() == {"uploads": []}


async def test_what_is_no_picture_becomes_no_asset(idle: Served) -> None:
    bad = [b"MZ" + os.urandom(500), b"<html><script>alert(1)</script>", draw(20)[:200], b"#EXTM3U\n/etc/passwd\n"]
    bad.append(b"GIF89a" + b"<?php system($_GET[0]); ?>" * 9)
    async with idle.open_client() as client:
        for content in bad:
            for kind in ("picture", "clip"):
                url = await begin(client, len(content), kind=kind)
                assert (await send(client, url, 0, content)).status_code == 204
                answer = await client.post(f"{url}/asset")
                assert answer.status_code == 422, (content[:9], kind, answer.text)
                assert (await client.delete(url)).status_code == 204
    settings = idle.deployment.runtime.settings
    assert not list(settings.vault.glob("*/[0-9a-f][0-9a-f]/*"))


async def test_an_account_has_only_so_many_open_uploads(
    db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_OPEN_UPLOADS", 3)
    monkeypatch.setattr(uploads, "MAX_OPEN_UPLOAD_BYTES", 1 << 20)
    async with open_both(db_url, tmp_path) as (server, client):
        urls = [await begin(client, 9) for _ in range(3)]
        headers = {"Upload-Length": "9", **TUS}
        found = await asyncio.gather(*(client.post("/api/v1/uploads", headers=headers) for _ in range(4)))
        assert {answer.status_code for answer in found} == {429}
        other = await server.deployment.get_studio().create_api_key("o", "producer", account="other")
        assert (await client.post("/api/v1/uploads", headers=headers | bear(other.secret))).status_code == 201
        await client.delete(urls[0])
        big = await client.post("/api/v1/uploads", headers={"Upload-Length": str(1 << 20), **TUS})
        assert (big.status_code, big.json()["code"]) == (429, "too_many_uploads")
        viewer = await server.deployment.get_studio().create_api_key("v", "viewer")
        assert (await client.post("/api/v1/uploads", headers=headers | bear(viewer.secret))).status_code == 403


async def test_an_upload_that_nobody_goes_on_with_is_removed(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        url, kept = await begin(client, 9), await begin(client, 9)
        await send(client, url, 0, b"x")
        which = text("UPDATE uploads SET expires_at = 1 WHERE id = :id")
        values = {"id": url.rpartition("/")[2]}
        await server.deployment.runtime.database.write(lambda unit: unit.conn.execute(which, values))
        assert (await client.head(url)).status_code == 404 and (await send(client, url, 1, b"x")).status_code == 404
        await sweep_uploads(server.deployment.runtime)
        names = [path.name for path in (tmp_path / "home" / "uploads").rglob("upload_*")]
        assert names == [kept.rpartition("/")[2]]


async def test_other_requests_stay_small_and_a_part_too(idle: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "BODY_BYTES", 1000)

    async def stream() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    async with idle.open_client() as client:
        url = await begin(client, 5000)
        assert (await send(client, url, 0, b"x" * 1001)).status_code == 413
        assert await read_offset(client, url) == 0
        assert (await send(client, url, 0, stream())).status_code == 413
        assert await read_offset(client, url) <= 1000
        assert (await client.post("/api/v1/assets", content=b"x" * 1001)).status_code == 413


async def test_one_request_appends_at_a_time(idle: Served) -> None:
    async with idle.open_client() as client:
        url = await begin(client, 100)
        go_on = asyncio.Event()

        async def stream() -> AsyncIterator[bytes]:
            yield b"x" * 10
            await go_on.wait()
            yield b"x" * 10

        first = asyncio.create_task(send(client, url, 0, stream()))
        await wait_for_bytes(idle, url, 10)
        second = await send(client, url, 0, b"y")
        assert (second.status_code, second.json()["code"]) == (423, "upload_is_locked")
        assert (await client.post(f"{url}/asset")).status_code == 423
        go_on.set()
        assert (await first).status_code == 204 and await read_offset(client, url) == 20


async def test_a_connection_that_breaks_loses_nothing_that_arrived(idle: Served) -> None:
    async with idle.open_client() as client:
        url = await begin(client, 100_000)
        host, _, port = idle.url.removeprefix("http://").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"PATCH {url} HTTP/1.1\r\nHost: {host}\r\n"
        head += "Upload-Offset: 0\r\nContent-Length: 90000\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in PART.items())
        writer.write(f"{head}\r\n".encode() + b"x" * 30_000)
        await writer.drain()
        await wait_for_bytes(idle, url, 30_000)
        writer.transport.abort()
        async with asyncio.timeout(20):
            while await read_offset(client, url) != 30_000:
                await asyncio.sleep(0.05)
        assert (await send(client, url, 30_000, b"y" * 70_000)).status_code == 204


async def test_a_full_disk_is_a_507_or_503_and_heals(idle: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async with idle.open_client() as client:
        url = await begin(client, 100)
        monkeypatch.setattr(uploads, "SPARE_DISK_BESIDE_UPLOAD_BYTES", 1 << 60)
        full = await client.post("/api/v1/uploads", headers={"Upload-Length": "9", **TUS})
        assert (full.status_code, full.json()["code"]) == (507, "no_room_for_upload")

        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        real = uploads._write
        monkeypatch.setattr(uploads, "_write", fail)
        answer = await send(client, url, 0, b"x")
        assert (answer.status_code, answer.json()["code"]) == (503, "disk_full") and answer.headers["retry-after"]
        monkeypatch.setattr(uploads, "_write", real)
        assert (await send(client, url, 0, b"x" * 100)).status_code == 204


SERVE = """
import asyncio, sys
from pathlib import Path
from reelwright.server.deployment import ServeOptions
from reelwright.server.serving import serve
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio

async def main():
    settings = Settings(home=Path(sys.argv[1]), database=sys.argv[2], hands=1)
    async with AsyncStudio(settings) as studio:
        await serve(studio, ServeOptions(port=0, has_director=False), lambda url, _: print(url, flush=True))

asyncio.run(main())
"""


@contextmanager
def start(tmp_path: Path, db_url: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server in a process of its own, which can be killed."""
    command = [sys.executable, "-c", SERVE, str(tmp_path / "home"), db_url]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def test_a_server_that_is_killed_goes_on_at_a_durable_offset(db_url: str, tmp_path: Path) -> None:
    content = draw(3400)
    with start(tmp_path, db_url) as (url, process), httpx2.Client(timeout=30) as client:
        headers = {"Upload-Length": str(len(content)), "Upload-Metadata": describe(kind="picture"), **TUS}
        path = client.post(f"{url}/api/v1/uploads", headers=headers).headers["location"]

        def feed() -> Iterator[bytes]:
            for at in range(0, len(content), 1 << 20):
                if at >= 28 << 20:
                    process.send_signal(signal.SIGKILL)
                yield content[at : at + (1 << 20)]

        with pytest.raises(httpx2.TransportError):
            client.patch(f"{url}{path}", headers={**PART, "Upload-Offset": "0"}, content=feed())
    with start(tmp_path, db_url) as (url, _), httpx2.Client(timeout=60, base_url=url) as client:
        offset = int(client.head(path, headers=TUS).headers["upload-offset"])
        assert 8 << 20 <= offset < len(content), "all but the last 8 MiB were stored for good"
        sent = client.patch(path, headers={**PART, "Upload-Offset": str(offset)}, content=content[offset:])
        assert sent.status_code == 204, sent.text
        made = client.post(f"{path}/asset")
        assert made.status_code == 201 and made.json()["width"] == 3400, made.text


async def test_a_large_upload_uses_little_memory(idle: Served) -> None:
    """300 MB in parts: neither receiving nor refusing them holds them in memory."""
    part, count = os.urandom(15 << 20), 20
    async with idle.open_client() as client:
        url = await begin(client, len(part) * count, kind="clip")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for n in range(count):
            assert (await send(client, url, n * len(part), part)).status_code == 204
        assert (await client.post(f"{url}/asset")).status_code == 422
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
