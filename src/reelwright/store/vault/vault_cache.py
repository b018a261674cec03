"""``VaultCache``: which local copies of an object vault's files go when there are too many bytes."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reelwright.store.policy import VAULT_CACHE_IN_USE_S, VAULT_CACHE_SWEEP_SHARE
from reelwright.store.vault.vault import DIGEST

_USED: Final[Counter[Path]] = Counter()
_LOCK: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class VaultCache:
    """Keeps about ``most_bytes`` of the copies in the folder ``root``: those used last."""

    root: Path
    most_bytes: int

    def is_due(self, path: Path) -> bool:
        """Count that the file ``path`` came in; whether it is time to look through the folder."""
        size = path.stat().st_size
        with _LOCK:
            is_first = self.root not in _USED
            _USED[self.root] += size
            if not is_first and _USED[self.root] < self.most_bytes / VAULT_CACHE_SWEEP_SHARE:
                return False
            _USED[self.root] = 0
            return True

    def trim(self, may_remove: Callable[[Path], bool]) -> int:
        """Delete the copies used longest ago until the others fit; return the number of deleted files.

        ``may_remove`` is asked for each. What was used in the last six hours stays, even if it does not fit.
        """
        there = sorted(self._list_files())
        size = sum(one for _, one, _ in there)
        before = time.time() - VAULT_CACHE_IN_USE_S
        removed = 0
        for used_at, length, path in there:
            if size <= self.most_bytes or used_at > before:
                break
            if may_remove(path):
                path.unlink(missing_ok=True)
                size, removed = size - length, removed + 1
        return removed

    def _list_files(self) -> Iterator[tuple[float, int, Path]]:
        """List when each file was used last, its size in bytes, and its path."""
        for folder in self.root.glob("*/[0-9a-f][0-9a-f]"):
            with os.scandir(folder) as entries:
                for entry in entries:
                    if DIGEST.fullmatch(entry.name):
                        status = entry.stat()
                        yield status.st_mtime, status.st_size, Path(entry.path)
