"""Markers in the vault: one synced line for each paid send, written after its commit and before its first byte leaves.

A second line names the operation that the provider answered; it is written in the background.
They show an outdated journal (a copy, a backup, a lost write-ahead log) the sends that it does not know. They lie in
``<vault>/<account>/.sends``: ``vault.json`` names the vault and the epoch of the journal that may buy with it, and
``<machine>.jsonl`` holds what this machine sent. A line that a power cut tore was never synced, so nothing was sent.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from reelwright.reel.base.ids import mint
from reelwright.store.database.disks import translate_disk_errors
from reelwright.store.schema.earlier_names import RENAMED_COLUMNS
from reelwright.store.schema.sql import as_json
from reelwright.store.vault.identity import read_machine_id
from reelwright.store.vault.incoming import IncomingFile, create_account_folder, sync_folder
from reelwright.store.vault.vault import FolderVault

FOLDER: Final = ".sends"
OWNER: Final = "vault.json"
Mark = Mapping[str, Any]
"""The columns of a purchase's row as they were just before it was sent; or its ``id`` and its ``operation``.

With the row stand the ``payer`` of its job, which names a key's or wallet's budgets, and its ``batch_key``; older lines
lack them. Lines from before the stored names were settled are read under the names of now.
"""


@dataclass(frozen=True, slots=True)
class Owner:
    """The vault's id, and the epoch of the journal that may buy with it."""

    vault: str
    epoch: str


class SendMarkers(Protocol):
    """The markers of paid sends, wherever the vault is: see ``Markers`` for what each method does."""

    def read_owner(self, account: str) -> Owner | None: ...

    def claim(self, account: str, epoch: str, *, must_be_unclaimed: bool = False) -> Owner: ...

    def append(self, account: str, mark: Mark) -> None: ...

    def measure_logs(self, account: str) -> dict[str, int]: ...

    def read_marks(self, account: str, log: str, offset: int) -> tuple[Sequence[Mark], int]: ...

    def has_bytes(self, account: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Markers:
    """The markers in a folder vault. Every method is synchronous; ``append`` returns once its line is synced."""

    vault: FolderVault

    def read_owner(self, account: str) -> Owner | None:
        """Read who owns the account's part of the vault; None where no journal has claimed it."""
        try:
            return parse_owner(json.loads((self._folder(account) / OWNER).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return None

    def claim(self, account: str, epoch: str, *, must_be_unclaimed: bool = False) -> Owner:
        """Make the journal with ``epoch`` the owner of the account's part of the vault, atomically; return the owner.

        ``must_be_unclaimed``: if the vault has an owner already, change nothing and return that one. Raises
        ``StoreUnavailable``.
        """
        folder = self._folder(account)
        with translate_disk_errors(folder):
            _make_folder(folder)
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                before = self.read_owner(account)
                if before is not None and must_be_unclaimed:
                    return before
                made = Owner(vault=before.vault if before else mint("vault"), epoch=epoch)
                incoming = IncomingFile.open(folder.parent)
                try:
                    incoming.write(as_json({"vault": made.vault, "epoch": made.epoch}).encode(), None)
                    incoming.publish(folder / OWNER)
                finally:
                    incoming.close()
                return made
            finally:
                os.close(lock)

    def append(self, account: str, mark: Mark) -> None:
        """Append a mark of a paid send to this machine's log in the vault, and sync it.

        Raises ``StoreUnavailable``: then nothing may be sent.
        """
        folder = self._folder(account)
        path = folder / f"{read_machine_id() or 'container'}.jsonl"
        with translate_disk_errors(folder):
            if made := not path.exists():
                _make_folder(folder)
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

    def measure_logs(self, account: str) -> dict[str, int]:
        """Return the size in bytes of each of the account's logs of sends, by the log's name."""
        try:
            with os.scandir(self._folder(account)) as entries:
                return {one.name: one.stat().st_size for one in entries if one.name.endswith(".jsonl")}
        except FileNotFoundError:
            return {}

    def read_marks(self, account: str, log: str, offset: int) -> tuple[Sequence[Mark], int]:
        """Read the marks of a log from byte ``offset`` on; return them and the offset at which its last full line ends.

        Lines that a power cut tore are left out.
        """
        with (self._folder(account) / log).open("rb") as file:
            file.seek(offset)
            read = file.read()
        whole = read[: read.rfind(b"\n") + 1]
        marks = [mark for line in whole.splitlines() if (mark := parse_mark(line)) is not None]
        return marks, offset + len(whole)

    def has_bytes(self, account: str) -> bool:
        """Whether the account has anything in the vault."""
        return next(iter(self.vault.list_digests(account)), None) is not None

    def _folder(self, account: str) -> Path:
        return self.vault.get_folder(account) / FOLDER


def parse_owner(json_value: Any) -> Owner | None:
    """Return the owner that a JSON file names; None where it is damaged, which counts as none."""
    try:
        return Owner(vault=str(json_value["vault"]), epoch=str(json_value["epoch"]))
    except (KeyError, TypeError):
        return None


def parse_mark(line: bytes) -> Mark | None:
    """Return the mark of one line of JSON; None where it is torn or no mark."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict) or "id" not in found:
        return None
    mark = {RENAMED_COLUMNS["purchases"].get(name, name): value for name, value in found.items()}
    return mark if "send_count" in mark or "operation" in mark else None


def _is_torn(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size > 0 and os.pread(handle, 1, size - 1) != b"\n"


def _make_folder(folder: Path) -> None:
    """Create the folder, and sync the folders above it."""
    if folder.is_dir():
        return
    create_account_folder(folder)
    for above in (folder.parent, folder.parent.parent):
        sync_folder(above)
