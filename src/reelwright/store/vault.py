"""``FolderVault``: bytes by their sha256 in a folder; account first, synced, then visible, never changed."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput, DamagedAsset, NotFound
from reelwright.net.closing import closing
from reelwright.reel.noun import Digest
from reelwright.store.disks import disk_words
from reelwright.store.incoming import Incoming, digest_of_file, sweep

CHUNK: Final = 1 << 20
"""Bytes read at once."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,119}")
_MOST_REMEMBERED: Final = 20_000

_Stamp = tuple[int, int, int, int, int]
"""Device, inode, size, time of change of bytes and of inode: the same stamp in one process is the same file."""


class _Intact:
    """Files that this process has found to be what their name says: a take that ten steps read is hashed once."""

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
            while len(self._stamps) > _MOST_REMEMBERED:
                self._stamps.popitem(last=False)


_INTACT: Final = _Intact()


@dataclass(frozen=True, slots=True)
class FolderVault:
    """A vault under ``root``. Picklable; hands use the methods that are not async.

    Laid out as ``root/<account>/<first two digits>/<digest>``, files read-only. What a file is (its MIME type) is
    not kept here: folders have no place for it, the journal's assets have.
    Raises ``StoreUnavailable`` naming the folder when the disk is full or cannot be written, and ``DamagedAsset`` where
    the bytes that are read are not there, or not what their name says. Bytes that come in again take their place.
    """

    root: Path

    @classmethod
    def open(cls, root: Path) -> FolderVault:
        """The vault in ``root``, made if need be; what writers that are gone left half-written is swept away."""
        root = root.absolute()
        with disk_words(root):
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            sweep(root)
        return cls(root)

    def path(self, account: str, digest: Digest) -> Path:
        """Where these bytes lie, or would. Raises ``BadInput`` before a name from outside becomes a path."""
        if not _DIGEST.fullmatch(digest):
            raise BadInput("digest", digest, "64 hexadecimal digits in lower case")
        return self.folder(account) / digest[:2] / digest

    async def put(
        self, account: str, data: AsyncIterator[bytes], mime: str, cap: int,
        check: Callable[[Path], Awaitable[None]] | None = None,
    ) -> Digest:  # fmt: skip
        """Hashed, checked, synced, then visible. Raises ``BadInput`` above ``cap`` bytes, and what ``check`` raises:
        then nothing is kept.
        """
        folder = self.folder(account)
        with disk_words(folder):
            incoming = await _opened(folder)
            try:
                async with closing(data) as chunks:
                    async for chunk in chunks:
                        await asyncio.to_thread(incoming.write, chunk, cap)
                if check:
                    await check(incoming.path)
                return await asyncio.to_thread(self._keep, account, incoming)
            finally:
                incoming.close()

    async def put_file(self, account: str, path: Path, mime: str) -> Digest:
        """As ``put``, from a local file on the way out of a workroom."""
        return await asyncio.to_thread(self.keep_file, account, path)

    def keep_file(self, account: str, path: Path) -> Digest:
        """As ``put_file``, for a hand. Bytes that are here already are read once and not written again."""
        folder = self.folder(account)
        known = digest_of_file(path)
        if is_intact(self.path(account, known)):
            return known
        with disk_words(folder):
            incoming = Incoming.open(folder)
            try:
                for chunk in _chunks(path, 0, None):
                    incoming.write(chunk, None)
                return self._keep(account, incoming)
            finally:
                incoming.close()

    async def read(self, account: str, digest: Digest, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Bytes [start, end) in chunks of up to 1 MiB, verified before the first. Raises as ``local``."""
        path = await asyncio.to_thread(self.local_path, account, digest)
        chunks = _chunks(path, start, end)
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk

    @asynccontextmanager
    async def local(self, account: str, digest: Digest) -> AsyncIterator[Path]:
        """A read-only local file with these bytes, verified. Raises ``DamagedAsset``."""
        yield await asyncio.to_thread(self.local_path, account, digest)

    def local_path(self, account: str, digest: Digest) -> Path:
        """As ``local``, for a hand."""
        path = self.path(account, digest)
        if not is_intact(path):
            raise DamagedAsset(digest, missing=not path.is_file())
        return path

    async def size(self, account: str, digest: Digest) -> int:
        """Bytes of the file as it lies there, 0 where it does not; reads nothing of it."""
        try:
            return (await asyncio.to_thread(self.path(account, digest).stat)).st_size
        except FileNotFoundError:
            return 0

    async def has(self, account: str, digest: Digest) -> bool:
        """Whether the bytes are here."""
        return self.path(account, digest).is_file()

    async def forget(self, account: str, digest: Digest) -> None:
        """Delete the bytes; nothing happens when they are not here. Who reads them now may read to the end."""
        path = self.path(account, digest)
        with disk_words(path.parent):
            await asyncio.to_thread(path.unlink, missing_ok=True)

    def verify(self, account: str, digest: Digest) -> bool:
        """Whether the bytes are what their name says, read anew. Raises ``NotFound``."""
        path = self.path(account, digest)
        try:
            return digest_of_file(path) == digest
        except FileNotFoundError:
            raise NotFound("a file is not in the vault of this account", hint="it was deleted; make it again") from None

    def digests(self, account: str) -> Iterator[Digest]:
        """All that the account has here, in no order."""
        for path in self.folder(account).glob("[0-9a-f][0-9a-f]/*"):
            if _DIGEST.fullmatch(path.name):
                yield Digest(path.name)

    def folder(self, account: str) -> Path:
        """Return where all of an account lies. Raises ``BadInput`` before a name from outside becomes a path."""
        if not _ACCOUNT.fullmatch(account):
            raise BadInput("account", account, "letters, digits and . _ @ + -, not beginning with a dot")
        return self.root / account

    def _keep(self, account: str, incoming: Incoming) -> Digest:
        """Make what came in visible under its digest, unless it is here already and whole."""
        path = self.path(account, incoming.digest)
        if not is_intact(path):
            incoming.become(path)
        return incoming.digest


def is_intact(path: Path) -> bool:
    """Whether ``path`` is there and its bytes are what its name says. Each file is read once per process.

    Bytes that change under the same stamp (a disk that rots while a process lives) are found by the next process.
    """
    try:
        with path.open("rb") as file:
            stamp = _stamp(os.fstat(file.fileno()))
            if _INTACT.holds(path, stamp):
                return True
            if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                return False
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno != errno.EIO:  # a disk that cannot read it any more
            raise
        return False
    _INTACT.remember(path, stamp)
    return True


def _stamp(told: os.stat_result) -> _Stamp:
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


async def _opened(folder: Path) -> Incoming:
    """A new file. The thread that opens it goes on when its caller is cancelled: it is waited for, and closed."""
    opening = asyncio.create_task(asyncio.to_thread(Incoming.open, folder))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        (await opening).close()
        raise


def _chunks(path: Path, start: int, end: int | None) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = os.fstat(file.fileno()).st_size - start if end is None else end - start
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
