"""Markers in the vault: one synced line for each paid send, written after its commit and before its first byte leaves.

They tell a journal that is older than the world (a copy, a backup, a lost write-ahead log) what it does not know. They
lie in ``<vault>/<account>/.sends``: ``vault.json`` names the vault and the epoch of the journal that may buy with it,
``<machine>.jsonl`` holds what this machine sent. A line that a power cut tore was never synced, so nothing was sent.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reelwright.reel.ids import mint
from reelwright.store.disks import disk_words
from reelwright.store.identity import machine_id
from reelwright.store.incoming import Incoming, sync_folder
from reelwright.store.sql import as_json
from reelwright.store.vault import FolderVault

FOLDER: Final = ".sends"
_OWNER: Final = "vault.json"
Mark = Mapping[str, Any]
"""The columns of a purchase's row as they were when it was about to be sent."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Which vault this is, and the epoch of the journal that may buy with it."""

    vault: str
    epoch: str


@dataclass(frozen=True, slots=True)
class Markers:
    """The markers in a folder vault. Every method is synchronous; ``append`` returns once its line is synced."""

    vault: FolderVault

    def owner(self, account: str) -> Owner | None:
        """Return whose the account's part of the vault is; None where no journal has claimed it."""
        try:
            told = json.loads((self._folder(account) / _OWNER).read_text(encoding="utf-8"))
            return Owner(vault=str(told["vault"]), epoch=str(told["epoch"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):  # a damaged one is as good as none
            return None

    def claim(self, account: str, epoch: str, *, only_first: bool = False) -> Owner:
        """Write whose the vault is from now on, whole or not at all. ``only_first``: unless somebody claimed it."""
        folder = self._folder(account)
        with disk_words(folder):
            _make(folder)
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                before = self.owner(account)
                if before is not None and only_first:
                    return before
                made = Owner(vault=before.vault if before else mint("vault"), epoch=epoch)
                incoming = Incoming.open(folder.parent)
                try:
                    incoming.write(as_json({"vault": made.vault, "epoch": made.epoch}).encode(), None)
                    incoming.become(folder / _OWNER)
                finally:
                    incoming.close()
                return made
            finally:
                os.close(lock)

    def append(self, account: str, mark: Mark) -> None:
        """Write one line and sync it. Raises ``StoreUnavailable``: then nothing may be sent."""
        folder = self._folder(account)
        path = folder / f"{machine_id() or 'container'}.jsonl"
        with disk_words(folder):
            if made := not path.exists():
                _make(folder)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                line = as_json(dict(mark)).encode() + b"\n"
                if _is_torn(handle):
                    line = b"\n" + line
                view = memoryview(line)
                while view:
                    view = view[os.write(handle, view) :]
                os.fsync(handle)
            finally:
                os.close(handle)
            if made:
                sync_folder(folder)

    def logs(self, account: str) -> dict[str, int]:
        """Return the bytes of each log by its name."""
        try:
            with os.scandir(self._folder(account)) as entries:
                return {one.name: one.stat().st_size for one in entries if one.name.endswith(".jsonl")}
        except FileNotFoundError:
            return {}

    def after(self, account: str, log: str, offset: int) -> tuple[Sequence[Mark], int]:
        """Return the marks of a log from ``offset`` bytes on, and where its last whole line ends.

        Lines that a power cut tore are passed over.
        """
        with (self._folder(account) / log).open("rb") as file:
            file.seek(offset)
            read = file.read()
        whole = read[: read.rfind(b"\n") + 1]
        marks = [mark for line in whole.splitlines() if (mark := _mark_of(line)) is not None]
        return marks, offset + len(whole)

    def has_bytes(self, account: str) -> bool:
        """Whether the account has anything in the vault."""
        return next(iter(self.vault.digests(account)), None) is not None

    def _folder(self, account: str) -> Path:
        return self.vault.folder(account) / FOLDER


def _mark_of(line: bytes) -> Mark | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "id" in found and "sends" in found else None


def _is_torn(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size > 0 and os.pread(handle, 1, size - 1) != b"\n"


def _make(folder: Path) -> None:
    """Make the folder, and sync the names that lead to it."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for above in (folder.parent, folder.parent.parent):
        sync_folder(above)
