"""Bytes on their way into the vault: a locked temporary file that is hashed while it is written."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput, StoreUnavailable
from reelwright.reel.base.crashpoints import reach
from reelwright.reel.base.value import Digest

FOLDER: Final = ".incoming"
"""Folder of temporary files within the account's, so that a rename never leaves the filesystem."""


def create_account_folder(folder: Path) -> None:
    """Create ``folder`` in an account's folder of the vault, unless it is there. Never creates the vault itself.

    Raises ``StoreUnavailable`` where the vault is gone: its home was moved while a program worked in it, and a new
    folder of the old name would take what was paid for where nobody looks for it.
    """
    try:
        for one in (folder.parent, folder):
            one.mkdir(mode=0o700, exist_ok=True)
    except FileNotFoundError as cause:
        raise StoreUnavailable(code="vault_gone", folder=folder.parent.parent) from cause


@dataclass(slots=True)
class IncomingFile:
    """A file that is being written.

    Its writer locks it, so that ``remove_leftovers`` knows whether the writer lives.
    """

    path: Path
    handle: int
    size: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)
    # A cancelled coroutine leaves its thread writing: until it ends, the handle's number must not be used again.
    _busy: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    @classmethod
    def open(cls, folder: Path) -> IncomingFile:
        """Create an empty temporary file in the account's ``folder`` of the vault, and lock it."""
        incoming = folder / FOLDER
        create_account_folder(incoming)
        while True:
            path = incoming / f"{os.urandom(12).hex()}.part"
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink:  # it may have been removed before it was locked
                return cls(path=path, handle=handle)
            os.close(handle)

    @property
    def digest(self) -> Digest:
        """The sha256 of what was written so far."""
        return Digest(self._hash.hexdigest())

    def write(self, chunk: bytes, cap: int | None) -> None:
        """Append ``chunk``. Raises ``BadInput`` when the file would be larger than ``cap`` bytes."""
        with self._busy:
            if self._closed:
                return
            self.size += len(chunk)
            if cap is not None and self.size > cap:
                raise BadInput("size", f"more than {cap} bytes", f"at most {cap} bytes")
            self._hash.update(chunk)
            view = memoryview(chunk)
            while view:
                view = view[os.write(self.handle, view) :]
            reach("C09")

    def publish(self, path: Path) -> None:
        """Move the file to ``path``, read-only and synced, so that it outlives a power cut; nothing after ``close``."""
        with self._busy:
            if self._closed:
                return
            reach("C10")
            os.fchmod(self.handle, 0o444)
            os.fsync(self.handle)
            reach("C11")
            made = not path.parent.is_dir()
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self.path.replace(path)
            for folder in list(path.parents)[: 3 if made else 1]:
                sync_folder(folder)

    def close(self) -> None:
        """Close the file; delete it unless it was published."""
        with self._busy:
            self._closed = True
            self.path.unlink(missing_ok=True)
            os.close(self.handle)


def remove_leftovers(root: Path) -> None:
    """Remove the temporary files of writers that are gone, in all accounts of the vault at ``root``."""
    for path in root.glob(f"*/{FOLDER}/*.part"):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except BlockingIOError:
            continue  # its writer lives
        finally:
            os.close(handle)


def hash_file(path: Path) -> Digest:
    """Hash a file's bytes with sha256."""
    with path.open("rb") as file:
        return Digest(hashlib.file_digest(file, "sha256").hexdigest())


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder, so that they outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
