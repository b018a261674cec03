"""``FolderVault``: a vault in a folder.

Files are named by their sha256, synced before they are visible, never changed.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput, DamagedAsset, NotFound
from reelwright.net.closing import ensure_closed
from reelwright.reel.base.value import Digest
from reelwright.store.database.disks import translate_disk_errors
from reelwright.store.policy import MAX_VERIFIED_FILES_REMEMBERED, READ_CHUNK_BYTES
from reelwright.store.vault.incoming import IncomingFile, hash_file, remove_leftovers

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
ACCOUNT: Final = re.compile(r"[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,119}")

_Stamp = tuple[int, int, int, int, int]
"""Device, inode, size, and times of change of bytes and inode: in one process, the same stamp is the same file."""


class _VerifiedFiles:
    """Files whose bytes this process has compared with their name: a take that ten steps read is hashed once."""

    def __init__(self) -> None:
        self._stamps: OrderedDict[Path, _Stamp] = OrderedDict()
        self._lock = threading.Lock()

    def holds(self, path: Path, stamp: _Stamp) -> bool:
        with self._lock:
            return self._stamps.get(path) == stamp

    def remember(self, path: Path, stamp: _Stamp) -> None:
        with self._lock:
            self._stamps[path] = stamp
            self._stamps.move_to_end(path)
            while len(self._stamps) > MAX_VERIFIED_FILES_REMEMBERED:
                self._stamps.popitem(last=False)


_VERIFIED_FILES: Final = _VerifiedFiles()


@dataclass(frozen=True, slots=True)
class FolderVault:
    """A vault in the folder ``root``. Picklable; hands use the methods that are not async.

    A file is ``root/<account>/<first two digits>/<digest>``, read-only. Its MIME type is not stored here, but in the
    journal's table ``assets``. Methods raise ``StoreUnavailable``, naming the folder, when the disk is full or
    read-only, and ``DamagedAsset`` when the bytes to read are missing or do not have the digest in their name. The same
    bytes put again replace a damaged file.
    """

    root: Path

    @classmethod
    def open(cls, root: Path) -> FolderVault:
        """Open the vault in ``root``, created if need be, and remove the temporary files of writers that are gone."""
        root = root.absolute()
        with translate_disk_errors(root):
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            remove_leftovers(root)
        return cls(root)

    def get_path(self, account: str, digest: Digest) -> Path:
        """Return the path of these bytes, there or not.

        Raises ``BadInput`` before a name from outside becomes a path.
        """
        if not DIGEST.fullmatch(digest):
            raise BadInput("digest", digest, "64 hexadecimal digits in lower case")
        return self.get_folder(account) / digest[:2] / digest

    async def put(
        self, account: str, data: AsyncIterator[bytes], mime: str, cap: int,
        check: Callable[[Path], Awaitable[None]] | None = None,
    ) -> Digest:  # fmt: skip
        """Store the bytes of ``data``, hashed, checked and synced; return their digest; ``mime`` has no effect.

        They are visible only after that. Keeps nothing when it raises: ``BadInput`` above ``cap`` bytes,
        ``StoreUnavailable`` on a full disk, and whatever ``check`` raises.
        """
        folder = self.get_folder(account)
        with translate_disk_errors(folder):
            incoming = await _open_incoming(folder)
            try:
                async with ensure_closed(data) as chunks:
                    async for chunk in chunks:
                        await asyncio.to_thread(incoming.write, chunk, cap)
                if check:
                    await check(incoming.path)
                return await asyncio.to_thread(self._keep, account, incoming)
            finally:
                incoming.close()

    async def put_file(self, account: str, path: Path, mime: str) -> Digest:
        """Copy a local file into the vault, synced, and return its digest; ``mime`` has no effect."""
        return await asyncio.to_thread(self.put_file_sync, account, path)

    def put_file_sync(self, account: str, path: Path) -> Digest:
        """Copy a local file into the vault as ``put_file`` does, but block until it is done.

        Bytes that are here are not written again.
        """
        folder = self.get_folder(account)
        known = hash_file(path)
        if touch_intact(self.get_path(account, known)):
            self._share(account, known)
            return known
        with translate_disk_errors(folder):
            incoming = IncomingFile.open(folder)
            try:
                for chunk in _chunks(path, 0, None):
                    incoming.write(chunk, None)
                return self._keep(account, incoming)
            finally:
                incoming.close()

    async def read(self, account: str, digest: Digest, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield the bytes [start, end) in chunks of up to 1 MiB, after all were verified. Raises ``DamagedAsset``."""
        path = await asyncio.to_thread(self.get_verified_path, account, digest)
        chunks = _chunks(path, start, end)
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk

    @asynccontextmanager
    async def open_local(self, account: str, digest: Digest) -> AsyncIterator[Path]:
        """Lend a read-only local file with these bytes, which were verified. Raises ``DamagedAsset``."""
        yield await asyncio.to_thread(self.get_verified_path, account, digest)

    def get_verified_path(self, account: str, digest: Digest) -> Path:
        """Verify the bytes and return their path, for a hand. Raises ``DamagedAsset``."""
        path = self.get_path(account, digest)
        if not is_intact(path):
            raise DamagedAsset(digest, is_missing=not path.is_file())
        return path

    async def get_size(self, account: str, digest: Digest) -> int:
        """Return the size of the file in bytes, 0 if it is not there. Does not read its bytes."""
        try:
            return (await asyncio.to_thread(self.get_path(account, digest).stat)).st_size
        except FileNotFoundError:
            return 0

    async def has(self, account: str, digest: Digest) -> bool:
        """Whether the vault has the bytes; does not verify them."""
        return self.get_path(account, digest).is_file()

    async def free_copy(self, account: str, digest: Digest) -> int:
        """Delete the copy on this machine of bytes that lie elsewhere, and return its size: here, there is none."""
        return 0

    async def forget(self, account: str, digest: Digest) -> None:
        """Delete the bytes; nothing happens when they are not here. A reader that has them open may read to the end."""
        path = self.get_path(account, digest)
        with translate_disk_errors(path.parent):
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def discard(self, account: str, digest: Digest, untouched_s: float) -> bool:
        """Delete the bytes unless somebody put them in the last ``untouched_s`` seconds; return whether they are gone.

        Whoever puts bytes that are here already touches them. So bytes that are about to be relied on are not deleted,
        or the one who puts them finds them missing and writes them again; never neither.
        """
        path = self.get_path(account, digest)
        with translate_disk_errors(path.parent):
            return await asyncio.to_thread(_discard, path, untouched_s)

    def verify(self, account: str, digest: Digest) -> bool:
        """Read the bytes again and return whether they have the digest in their name. Raises ``NotFound``."""
        path = self.get_path(account, digest)
        try:
            return hash_file(path) == digest
        except FileNotFoundError:
            raise NotFound(code="file_not_in_vault", digest=digest) from None

    def list_digests(self, account: str) -> Iterator[Digest]:
        """List the digests of all bytes of the account, in no order."""
        for path in self.get_folder(account).glob("[0-9a-f][0-9a-f]/*"):
            if DIGEST.fullmatch(path.name):
                yield Digest(path.name)

    def get_folder(self, account: str) -> Path:
        """Return the folder of an account. Raises ``BadInput`` before a name from outside becomes a path."""
        if not ACCOUNT.fullmatch(account):
            raise BadInput("account", account, "letters, digits and . _ @ + -, not beginning with a dot")
        return self.root / account

    def _keep(self, account: str, incoming: IncomingFile) -> Digest:
        """Publish what came in under its digest, unless intact bytes are there already."""
        path = self.get_path(account, incoming.digest)
        if not touch_intact(path):
            incoming.publish(path)
        self._share(account, incoming.digest)
        return incoming.digest

    def _share(self, account: str, digest: Digest) -> None:
        """Do what else is to be done before bytes in the folder are relied on: here nothing."""


def is_intact(path: Path) -> bool:
    """Whether ``path`` is there and its bytes have the digest in its name. Each file is read once per process.

    Bytes that change under the same stamp (a failing disk) are only found by the next process.
    """
    try:
        with path.open("rb") as file:
            stamp = _to_stamp(os.fstat(file.fileno()))
            if _VERIFIED_FILES.holds(path, stamp):
                return True
            if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                return False
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno != errno.EIO:  # EIO: the disk cannot read it any more
            raise
        return False
    _VERIFIED_FILES.remember(path, stamp)
    return True


def touch_intact(path: Path) -> bool:
    """Whether ``path`` is there and intact; if it is, its time of change is now, so that ``discard`` lets it be."""
    if not is_intact(path):
        return False
    try:
        os.utime(path)
    except FileNotFoundError:  # it was deleted since
        return False
    with suppress(FileNotFoundError):
        _VERIFIED_FILES.remember(path, _to_stamp(path.stat()))
    return True


def _discard(path: Path, untouched_s: float) -> bool:
    # Renamed first: after that nobody can touch it, and before it a touch shows.
    aside = path.with_name(f"{path.name}.{os.urandom(6).hex()}.gone")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return True
    if time.time() - aside.stat().st_mtime < untouched_s:
        with suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
        return False
    aside.unlink()
    return True


def _to_stamp(status: os.stat_result) -> _Stamp:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


async def _open_incoming(folder: Path) -> IncomingFile:
    """Open a new file. When the caller is cancelled, wait for the thread that opens the file, and close it."""
    opening = asyncio.create_task(asyncio.to_thread(IncomingFile.open, folder))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        (await opening).close()
        raise


def _chunks(path: Path, start: int, end: int | None) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = os.fstat(file.fileno()).st_size - start if end is None else end - start
        while left > 0 and (chunk := file.read(min(READ_CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
