"""The vault: bytes are hashed, synced, then visible; nothing half-written is ever seen or left behind."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reasons import has_code, has_field
from reelwright.errors import BadInput, DamagedAsset, StoreUnavailable
from reelwright.reel.base.value import Digest
from reelwright.store.vault.incoming import FOLDER, IncomingFile
from reelwright.store.vault.vault import FolderVault
from reelwright.store.vault.vault_sample import Sample, sample_vault
from store.making import ACCOUNT, sha

MIB = 1 << 20


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    return FolderVault.open(tmp_path / "a vault of späce")


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def read(vault: FolderVault, digest: Digest, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in vault.read(ACCOUNT, digest, start, end)])


def everything_in(vault: FolderVault) -> list[str]:
    return sorted(str(p.relative_to(vault.root)) for p in vault.root.rglob("*") if p.is_file())


async def test_bytes_come_back_by_their_digest(vault: FolderVault) -> None:
    digest = await vault.put(ACCOUNT, chunks(b"hello ", b"", b"world"), "text/plain", 100)
    assert digest == hashlib.sha256(b"hello world").hexdigest()
    assert await vault.has(ACCOUNT, digest)
    assert await read(vault, digest) == b"hello world"
    async with vault.open_local(ACCOUNT, digest) as path:
        assert path.read_bytes() == b"hello world"
    assert list(vault.list_digests(ACCOUNT)) == [digest]
    assert everything_in(vault) == [f"{ACCOUNT}/{digest[:2]}/{digest}"]


PARTS = [(0, 5, b"hello"), (6, None, b"world"), (3, 3, b""), (9, 99, b"ld"), (50, None, b"")]


@pytest.mark.parametrize(("start", "end", "expected"), PARTS)
async def test_a_part_is_read_alone(vault: FolderVault, start: int, end: int | None, expected: bytes) -> None:
    digest = await vault.put(ACCOUNT, chunks(b"hello world"), "text/plain", 100)
    assert await read(vault, digest, start, end) == expected


async def test_a_large_file_is_read_in_chunks(vault: FolderVault, tmp_path: Path) -> None:
    body = os.urandom(3 * MIB + 7)
    (tmp_path / "film.mp4").write_bytes(body)
    digest = await vault.put_file(ACCOUNT, tmp_path / "film.mp4", "video/mp4")
    sizes = [len(chunk) async for chunk in vault.read(ACCOUNT, digest)]
    assert sizes == [MIB, MIB, MIB, 7]
    assert vault.verify(ACCOUNT, digest)


async def test_an_empty_file_is_a_file(vault: FolderVault) -> None:
    digest = await vault.put(ACCOUNT, chunks(), "text/plain", 0)
    assert await read(vault, digest) == b""


async def test_accounts_share_nothing(vault: FolderVault) -> None:
    digest = await vault.put(ACCOUNT, chunks(b"mine"), "text/plain", 10)
    assert not await vault.has("other", digest)
    with pytest.raises(DamagedAsset, check=has_code("missing_file")):
        await read_of(vault, "other", digest)
    await vault.forget("other", digest)
    assert await vault.has(ACCOUNT, digest)


async def read_of(vault: FolderVault, account: str, digest: Digest) -> bytes:
    return b"".join([chunk async for chunk in vault.read(account, digest)])


async def test_existing_bytes_are_not_written_again(vault: FolderVault, tmp_path: Path) -> None:
    (tmp_path / "take.mp4").write_bytes(b"take")
    digest = await vault.put_file(ACCOUNT, tmp_path / "take.mp4", "video/mp4")
    before = vault.get_verified_path(ACCOUNT, digest).stat()
    assert await vault.put_file(ACCOUNT, tmp_path / "take.mp4", "video/mp4") == digest
    assert await vault.put(ACCOUNT, chunks(b"ta", b"ke"), "video/mp4", 10) == digest
    after = vault.get_verified_path(ACCOUNT, digest).stat()
    assert before.st_ino == after.st_ino, "only touched, so that no sweep deletes what is put now"


async def test_files_in_the_vault_are_read_only(vault: FolderVault) -> None:
    digest = await vault.put(ACCOUNT, chunks(b"x"), "text/plain", 10)
    assert vault.get_verified_path(ACCOUNT, digest).stat().st_mode & 0o777 == 0o444


async def test_what_is_too_large_is_refused_and_leaves_nothing(vault: FolderVault) -> None:
    await vault.put(ACCOUNT, chunks(b"12345"), "text/plain", 5)
    with pytest.raises(BadInput, check=lambda error: "at most 5 bytes" in error.accepted):
        await vault.put(ACCOUNT, chunks(b"123", b"456"), "text/plain", 5)
    assert len(everything_in(vault)) == 1


async def test_a_source_that_breaks_off_leaves_nothing(vault: FolderVault) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError("the other side hung up")

    with pytest.raises(ConnectionResetError):
        await vault.put(ACCOUNT, breaking(), "text/plain", 100)
    assert everything_in(vault) == []


async def test_a_cancelled_put_leaves_nothing(vault: FolderVault) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * MIB
            await asyncio.sleep(0)

    putting = asyncio.create_task(vault.put(ACCOUNT, endless(), "text/plain", 1 << 40))
    await asyncio.sleep(0.1)
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert everything_in(vault) == []


async def test_a_put_that_is_cancelled_while_its_file_is_opened_leaves_nothing(vault: FolderVault) -> None:
    for moment in range(100):
        putting = asyncio.create_task(vault.put(ACCOUNT, chunks(b"a"), "video/mp4", MIB))
        await asyncio.sleep(moment * 1e-5)
        putting.cancel()
        await asyncio.gather(putting, return_exceptions=True)
    assert not list(vault.root.glob(f"*/{FOLDER}/*"))


async def test_many_puts_of_the_same_bytes_end_in_one_file(vault: FolderVault) -> None:
    digests = await asyncio.gather(*(vault.put(ACCOUNT, chunks(b"same"), "text/plain", 10) for _ in range(20)))
    assert set(digests) == {sha("same")}
    assert len(everything_in(vault)) == 1


@pytest.mark.parametrize(
    "name",
    ["", "../" + "a" * 61, "A" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n", "/" + "a" * 63, "é" * 64, "a" * 62 + "\x00a"],
)
async def test_what_is_no_digest_never_becomes_a_path(vault: FolderVault, name: str) -> None:
    for refused in (vault.has(ACCOUNT, Digest(name)), vault.forget(ACCOUNT, Digest(name))):
        with pytest.raises(BadInput, check=has_field("digest", "64 hexadecimal digits")):
            await refused


@pytest.mark.parametrize("account", ["", "..", ".hidden", "a/b", "a\x00b", "a\n", "a" * 121, "né"])
async def test_what_is_no_account_never_becomes_a_path(vault: FolderVault, account: str) -> None:
    with pytest.raises(BadInput, check=has_field("account")):
        await vault.put(account, chunks(b"x"), "text/plain", 10)
    assert everything_in(vault) == []


async def test_a_flipped_bit_is_noticed(vault: FolderVault) -> None:
    body = os.urandom(4096)
    digest = await vault.put(ACCOUNT, chunks(body), "video/mp4", 5000)
    path = vault.get_verified_path(ACCOUNT, digest)
    path.chmod(0o644)
    for at in range(0, len(body) * 8, 331):
        bad = bytearray(body)
        bad[at // 8] ^= 1 << at % 8
        path.write_bytes(bad)
        assert not vault.verify(ACCOUNT, digest), at
    path.write_bytes(body)
    assert vault.verify(ACCOUNT, digest)


async def test_a_damaged_file_is_never_read_and_the_same_bytes_heal_it(vault: FolderVault, tmp_path: Path) -> None:
    body = os.urandom(3 * MIB)
    digest = await vault.put(ACCOUNT, chunks(body), "video/mp4", len(body))
    path = vault.get_verified_path(ACCOUNT, digest)
    for heal in ("put", "put_file", "keep_file"):
        told = path.stat()
        path.chmod(0o644)
        path.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
        os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))  # disks rot without a word
        with pytest.raises(DamagedAsset, check=has_code("damaged_file")) as damaged:
            async with vault.open_local(ACCOUNT, digest):
                pass
        assert damaged.value.digest == digest and digest not in f"{damaged.value.message} {damaged.value.hint}"
        with pytest.raises(DamagedAsset) as refused:
            await read(vault, digest, 5, 9)
        assert refused.value.digest == digest
        assert await vault.get_size(ACCOUNT, digest) == len(body), "its room can be counted all the same"
        (tmp_path / "again").write_bytes(body)
        if heal == "put":
            await vault.put(ACCOUNT, chunks(body), "video/mp4", len(body))
        elif heal == "put_file":
            await vault.put_file(ACCOUNT, tmp_path / "again", "video/mp4")
        else:
            vault.put_file_sync(ACCOUNT, tmp_path / "again")
        assert await read(vault, digest) == body


async def test_a_file_that_is_used_again_is_not_hashed_again(vault: FolderVault) -> None:
    body = os.urandom(8 * MIB)
    digest = await vault.put(ACCOUNT, chunks(body), "video/mp4", len(body))

    def bytes_read() -> int:
        return int(re.search(r"rchar: (\d+)", Path("/proc/self/io").read_text())[1])  # type: ignore[index]

    vault.get_verified_path(ACCOUNT, digest)
    before = bytes_read()
    for _ in range(10):
        vault.get_verified_path(ACCOUNT, digest)
    assert bytes_read() - before < MIB


async def test_a_sample_of_the_vault_names_what_is_damaged(vault: FolderVault) -> None:
    digests = [await vault.put(ACCOUNT, chunks(b"%d" % n), "text/plain", 10) for n in range(70)]
    assert sample_vault(vault.root) == Sample(file_count=70, read_count=70, damaged_files=())
    bad = vault.get_path(ACCOUNT, digests[3])
    bad.chmod(0o644)
    bad.write_bytes(b"x")
    assert sample_vault(vault.root).damaged_files == (bad,)
    assert sample_vault(vault.root, within_s=None) == Sample(file_count=70, read_count=70, damaged_files=(bad,))
    assert sample_vault(vault.root, within_s=-1.0) == Sample(file_count=70, read_count=0, damaged_files=()), (
        "it never takes long"
    )


async def test_forgotten_bytes_are_gone_and_who_reads_them_reads_to_the_end(vault: FolderVault) -> None:
    digest = await vault.put(ACCOUNT, chunks(b"x" * (2 * MIB)), "video/mp4", 3 * MIB)
    reading = vault.read(ACCOUNT, digest)
    first = await anext(reading)
    await vault.forget(ACCOUNT, digest)
    await vault.forget(ACCOUNT, digest)
    assert len(first) + sum([len(chunk) async for chunk in reading]) == 2 * MIB
    with pytest.raises(DamagedAsset, check=has_code("missing_file")) as missing:
        await read(vault, digest)
    assert missing.value.digest == digest


CRASHING = textwrap.dedent("""
    import asyncio, sys
    from pathlib import Path
    from reelwright.store.vault.vault import FolderVault

    async def data():
        for _ in range(4):
            yield b"x" * 100

    asyncio.run(FolderVault.open(Path(sys.argv[1])).put("local", data(), "text/plain", 1000))
""")


@pytest.mark.parametrize("at", ["C09:1", "C09:3", "C10", "C11"])
async def test_a_writer_killed_at_any_point_leaves_nothing_that_can_be_seen(vault: FolderVault, at: str) -> None:
    done = subprocess.run([sys.executable, "-c", CRASHING, vault.root], env={**os.environ, "REELWRIGHT_CRASH_AT": at})
    assert done.returncode == -signal.SIGKILL
    digest = Digest(hashlib.sha256(b"x" * 400).hexdigest())
    assert not await vault.has(ACCOUNT, digest)
    assert len(everything_in(vault)) == 1, "the rest lies in the folder of what comes in"
    living = IncomingFile.open(vault.root / ACCOUNT)
    FolderVault.open(vault.root)
    assert everything_in(vault) == [f"{ACCOUNT}/{FOLDER}/{living.path.name}"], "only whose writer lives stays"
    living.close()
    assert await vault.put(ACCOUNT, chunks(b"x" * 400), "text/plain", 1000) == digest


FULL = textwrap.dedent("""
    import asyncio, resource, signal, sys
    from pathlib import Path
    from reelwright.errors import StoreUnavailable
    from reelwright.store.vault.vault import FolderVault

    async def data():
        for _ in range(64):
            yield b"x" * 65536

    vault = FolderVault.open(Path(sys.argv[1]))
    if sys.argv[2] == "small":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    try:
        asyncio.run(vault.put("local", data(), "text/plain", 1 << 30))
    except StoreUnavailable as error:
        print(error.code, error.params["folder"])
""")


def test_a_limit_on_file_sizes_is_a_clear_error(vault: FolderVault) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)
    said = subprocess.run([sys.executable, "-c", FULL, vault.root, "small"], capture_output=True, text=True).stdout
    assert said.strip() == f"file_too_large {vault.root / ACCOUNT}", said
    assert everything_in(vault) == []


def test_a_full_disk_is_a_clear_error_that_names_the_folder(tmp_path: Path) -> None:
    """A disk of 1 MiB, mounted in a namespace of the test's own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = f"mount -t tmpfs -o size=1m none '{disk}' && exec \"$@\" && ls -A '{disk}'/vault/local"
    run = ["unshare", "-rm", "sh", "-c"]
    if subprocess.run([*run, f"mount -t tmpfs none '{disk}'"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk of their own; the limit on file sizes is tested above")
    script = [*run, mounted.replace("exec ", ""), "sh", sys.executable, "-c", FULL, str(disk / "vault"), "disk"]
    said = subprocess.run(script, capture_output=True, text=True).stdout
    assert said.splitlines()[0] == f"disk_full {disk / 'vault' / ACCOUNT}", said


def test_a_file_where_the_vault_should_be_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("a file")
    with pytest.raises(StoreUnavailable, check=has_code("file_in_the_way")):
        FolderVault.open(tmp_path / "vault")


async def test_a_vault_that_was_moved_while_a_program_works_is_not_made_anew_under_its_old_name(tmp_path: Path) -> None:
    """2026-11: takes that arrived after ``mv`` of a home lay in a new folder of the old name."""
    vault = FolderVault.open(tmp_path / "home" / "vault")
    await vault.put(ACCOUNT, chunks(b"before"), "text/plain", 100)
    (tmp_path / "home").rename(tmp_path / "moved")
    with pytest.raises(StoreUnavailable, check=has_code("vault_gone")):
        await vault.put(ACCOUNT, chunks(b"after"), "text/plain", 100)
    assert [one.name for one in tmp_path.iterdir()] == ["moved"]
