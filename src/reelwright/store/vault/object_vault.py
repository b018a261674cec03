"""``ObjectVault``: a vault in an object store, for machines that share no disk; a folder keeps copies of what was used.

A key is ``<account>/<first two digits>/<digest>``, as a folder vault names its files: either can be copied to the
other.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from reelwright.errors import DamagedAsset, NotFound, StoreUnavailable
from reelwright.net.object_store import ObjectStore
from reelwright.reel.base.value import Digest
from reelwright.store.database.disks import translate_disk_errors
from reelwright.store.policy import (
    BUCKET_DELETE_WITHIN_S,
    BUCKET_LOCK_LOOK_EVERY_S,
    BUCKET_LOCK_STALE_AFTER,
    BUCKET_LOCK_WAIT_S,
)
from reelwright.store.vault.incoming import IncomingFile
from reelwright.store.vault.vault import DIGEST, FolderVault, is_intact, touch_intact
from reelwright.store.vault.vault_cache import VaultCache

_LOCKS: Final = ".gone"
"""Folder of the locks of those who delete, within the account's."""


@dataclass(frozen=True, slots=True)
class ObjectVault(FolderVault):
    """A vault in ``store``, whose bytes are copied to the folder ``root`` when they are used.

    Bytes are in the store before a method that puts them returns. What is read was verified on this machine. Of the
    copies, about the ``cache_bytes`` used last are kept. Methods raise ``StoreUnavailable`` also when the store cannot
    be reached: nothing is lost, the step is tried again later.
    """

    store: ObjectStore
    cache_bytes: int

    def get_verified_path(self, account: str, digest: Digest) -> Path:
        """Verify the bytes, fetched from the store if they are not here, and return their path on this machine.

        Raises ``DamagedAsset``.
        """
        path = self.get_path(account, digest)
        if touch_intact(path):
            return path
        folder = self.get_folder(account)
        with translate_disk_errors(folder):
            incoming = IncomingFile.open(folder)
            try:
                if not self.store.fetch(_to_key(account, digest), lambda chunk: incoming.write(chunk, None)):
                    raise DamagedAsset(digest, is_missing=True)
                if incoming.digest != digest:
                    raise DamagedAsset(digest)
                incoming.publish(path)
            finally:
                incoming.close()
        self._trim(path)
        return path

    @property
    def copies(self) -> FolderVault:
        """The copies on this machine, as a vault that needs neither the store nor its credentials: for hands."""
        return FolderVault(self.root)

    async def fetch(self, account: str, digest: Digest) -> None:
        """Copy the bytes to this machine, verified, unless they are here. Raises ``DamagedAsset``."""
        await asyncio.to_thread(self.get_verified_path, account, digest)

    async def publish(self, account: str, digest: Digest) -> None:
        """Put a copy that was made on this machine into the store."""
        await asyncio.to_thread(self._share, account, digest)

    async def get_size(self, account: str, digest: Digest) -> int:
        """Return the size of the file in bytes, 0 if it is not there. Does not read its bytes."""
        if await FolderVault.has(self, account, digest):
            return await FolderVault.get_size(self, account, digest)
        found = await asyncio.to_thread(self.store.describe, _to_key(account, digest))
        return found.size if found else 0

    async def has(self, account: str, digest: Digest) -> bool:
        """Whether this machine or the store has the bytes; does not verify them."""
        if await FolderVault.has(self, account, digest):
            return True
        return await asyncio.to_thread(self.store.describe, _to_key(account, digest)) is not None

    async def free_copy(self, account: str, digest: Digest) -> int:
        """Delete the copy on this machine if the store has the bytes, and return its size; 0 if nothing was deleted."""
        path = self.get_path(account, digest)
        size = await FolderVault.get_size(self, account, digest)
        if not size or not await asyncio.to_thread(self._is_kept_elsewhere, path):
            return 0
        await FolderVault.forget(self, account, digest)
        return size

    async def forget(self, account: str, digest: Digest) -> None:
        """Delete the bytes in the store and here; nothing happens when they are not there."""
        self.get_path(account, digest)  # names them
        await asyncio.to_thread(self.store.delete, _to_key(account, digest))
        await FolderVault.forget(self, account, digest)

    async def discard(self, account: str, digest: Digest, untouched_s: float) -> bool:
        """Delete the bytes unless somebody put them in the last ``untouched_s`` seconds; return whether they are gone.

        Whoever puts bytes puts them anew, then looks for a lock, then looks whether they are there. So either the
        deleter, who takes the lock first, sees that they are new, or the one who puts them waits and puts them again.
        """
        self.get_path(account, digest)
        if not await asyncio.to_thread(self._delete_if_old, account, digest, untouched_s):
            return False
        await FolderVault.forget(self, account, digest)
        return True

    def verify(self, account: str, digest: Digest) -> bool:
        """Read the bytes in the store and return whether they have the digest in their name. Raises ``NotFound``."""
        folder = self.get_folder(account)
        with translate_disk_errors(folder):
            incoming = IncomingFile.open(folder)
            try:
                if not self.store.fetch(_to_key(account, digest), lambda chunk: incoming.write(chunk, None)):
                    raise NotFound(code="file_not_in_vault", digest=digest)
                return incoming.digest == digest
            finally:
                incoming.close()

    def list_digests(self, account: str) -> Iterator[Digest]:
        """List the digests of all bytes of the account in the store, by digest."""
        self.get_folder(account)
        for key, _ in self.store.list_keys(account):
            *_, folder, name = key.split("/")
            if DIGEST.fullmatch(name) and folder == name[:2]:
                yield Digest(name)

    def probe(self) -> str | None:
        """Put, replace and delete an object of no account; return what the store does wrong, or None."""
        key = f".probe/{os.urandom(12).hex()}"
        try:
            if not self.store.put_bytes(key, b"first"):
                return "says that an object is there which is not"
            if self.store.put_bytes(key, b"second"):
                return "replaces objects that it was told to leave"
            found = self.store.read(key)
            return None if found and found[0] == b"first" else "does not return what was put there"
        finally:
            self.store.delete(key)

    def _share(self, account: str, digest: Digest) -> None:
        key, path = _to_key(account, digest), self.get_path(account, digest)
        until = time.monotonic() + BUCKET_LOCK_WAIT_S
        while True:
            self.store.put_file(key, path)
            if self.store.describe(_to_lock(account, digest)) is None:
                found = self.store.describe(key)
                if found is not None and found.size == path.stat().st_size:
                    break
                if time.monotonic() > until:
                    raise StoreUnavailable(code="object_store_lost_bytes", store=self.store.url, digest=digest)
            elif time.monotonic() > until:
                self.store.delete(_to_lock(account, digest))
            time.sleep(BUCKET_LOCK_LOOK_EVERY_S)
        self._trim(path)

    def _delete_if_old(self, account: str, digest: Digest, untouched_s: float) -> bool:
        key, lock, begun = _to_key(account, digest), _to_lock(account, digest), time.monotonic()
        if not self.store.put_bytes(lock, b"lock"):
            held = self.store.describe(lock)
            if held and datetime.now(UTC) - held.put_at > BUCKET_LOCK_STALE_AFTER:
                self.store.delete(lock)
            return False
        try:
            held, found = self.store.describe(lock), self.store.describe(key)
            if found is None:
                return True
            is_old = held is not None and (held.put_at - found.put_at).total_seconds() >= untouched_s
            if not is_old or time.monotonic() - begun > BUCKET_DELETE_WITHIN_S:
                return False
            self.store.delete(key)
            return True
        finally:
            self.store.delete(lock)

    def _trim(self, used: Path) -> None:
        cache = VaultCache(self.root, self.cache_bytes)
        if cache.is_due(used):
            cache.trim(self._is_kept_elsewhere)

    def _is_kept_elsewhere(self, path: Path) -> bool:
        """Whether the store has the bytes of a copy, which are put there first if they were never."""
        account, digest = path.parent.parent.name, Digest(path.name)
        found = self.store.describe(_to_key(account, digest))
        if found is not None and found.size == path.stat().st_size:
            return True
        if not is_intact(path):
            return False
        with suppress(FileNotFoundError):
            self.store.put_file(_to_key(account, digest), path)
            return True
        return False


def _to_key(account: str, digest: Digest) -> str:
    return f"{account}/{digest[:2]}/{digest}"


def _to_lock(account: str, digest: Digest) -> str:
    return f"{account}/{_LOCKS}/{digest}"
