"""Markers of paid sends in an object store: as ``markers`` keeps them in a folder, one object for each send.

They lie in ``<account>/.sends``: ``vault.json`` names the owner, ``<machine>/<number>.json`` is one send. A number is
put only if nothing is there, and only after the number before it: so a log grows at its end alone, whoever writes.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reelwright.errors import StoreUnavailable
from reelwright.net.object_store import ObjectStore, Tag
from reelwright.reel.base.ids import mint
from reelwright.store.policy import MARKER_RETRY_WAIT_S, MARKER_TRIES
from reelwright.store.schema.sql import as_json
from reelwright.store.vault.identity import read_machine_id
from reelwright.store.vault.markers import FOLDER, OWNER, Mark, Owner, parse_mark, parse_owner
from reelwright.store.vault.object_vault import ObjectVault

_NEXT: Final[dict[tuple[ObjectStore, str], int]] = {}
_LOCK: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class ObjectMarkers:
    """The markers in an object vault. Every method is synchronous; ``append`` returns once the store has its object."""

    vault: ObjectVault

    def read_owner(self, account: str) -> Owner | None:
        """Read who owns the account's part of the vault; None where no journal has claimed it."""
        return self._read_owner(account)[0]

    def claim(self, account: str, epoch: str, *, must_be_unclaimed: bool = False) -> Owner:
        """Make the journal with ``epoch`` the owner of the account's part of the vault, atomically; return the owner.

        ``must_be_unclaimed``: if the vault has an owner already, change nothing and return that one. Raises
        ``StoreUnavailable``.
        """
        for _ in range(MARKER_TRIES):
            before, tag = self._read_owner(account)
            if before is not None and (must_be_unclaimed or before.epoch == epoch):
                return before
            made = Owner(vault=before.vault if before else mint("vault"), epoch=epoch)
            data = as_json({"vault": made.vault, "epoch": made.epoch}).encode()
            if self._store.put_bytes(f"{self._folder(account)}/{OWNER}", data, replaces=tag):
                return made
        raise StoreUnavailable(code="object_store_away", store=self._store.url, problem="others claim the vault")

    def append(self, account: str, mark: Mark) -> None:
        """Add a mark of a paid send to this machine's log in the vault, durably.

        Raises ``StoreUnavailable``: then nothing may be sent.
        """
        log = f"{self._folder(account)}/{read_machine_id() or 'container'}"
        data = as_json(dict(mark)).encode()
        with _LOCK:
            known = (self._store, log)
            number = _NEXT.get(known)
            if number is None:
                number = sum(1 for _ in self._list(log))
            refused = 0
            while not self._store.put_bytes(key := f"{log}/{number:012}.json", data):
                if self._store.describe(key) is not None:  # another process of this machine was quicker
                    number += 1
                elif (refused := refused + 1) == MARKER_TRIES:  # as when the bucket is just being deleted
                    raise StoreUnavailable(code="object_store_away", store=self._store.url, problem="puts are refused")
                else:
                    time.sleep(MARKER_RETRY_WAIT_S)
            _NEXT[known] = number + 1

    def measure_logs(self, account: str) -> dict[str, int]:
        """Return the size in bytes of each of the account's logs of sends, by the log's name."""
        folder = self._folder(account)
        return {log: sum(size for _, size in self._list(f"{folder}/{log}")) for log in self._store.list_folders(folder)}

    def read_marks(self, account: str, log: str, offset: int) -> tuple[Sequence[Mark], int]:
        """Read the marks of a log from byte ``offset`` on; return them and the offset at which the last one ends."""
        marks: list[Mark] = []
        end = 0
        for key, size in self._list(f"{self._folder(account)}/{log}"):
            end += size
            found = self._store.read(key) if end > offset else None
            if found and (mark := parse_mark(found[0])) is not None:
                marks.append(mark)
        return marks, end

    def has_bytes(self, account: str) -> bool:
        """Whether the account has anything in the vault."""
        return next(iter(self.vault.list_digests(account)), None) is not None

    @property
    def _store(self) -> ObjectStore:
        return self.vault.store

    def _folder(self, account: str) -> str:
        self.vault.get_folder(account)  # checks the account's name
        return f"{account}/{FOLDER}"

    def _list(self, log: str) -> Iterator[tuple[str, int]]:
        return self._store.list_keys(log)

    def _read_owner(self, account: str) -> tuple[Owner | None, Tag | None]:
        found = self._store.read(f"{self._folder(account)}/{OWNER}")
        if found is None:
            return None, None
        try:
            return parse_owner(json.loads(found[0])), found[1]
        except ValueError:
            return None, found[1]
