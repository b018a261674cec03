"""A check of a part of the vault: do the newest files and some others still have the digests in their names?"""

from __future__ import annotations

import hashlib
import heapq
import math
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reelwright.store.policy import READ_CHUNK_BYTES, VAULT_SAMPLE_NEWEST, VAULT_SAMPLE_OTHERS, VAULT_SAMPLE_WITHIN_S
from reelwright.store.vault.vault import DIGEST


@dataclass(frozen=True, slots=True)
class Sample:
    """Result of a check: counts of the files in the vault and of those that were read, and the damaged ones."""

    file_count: int
    read_count: int
    damaged_files: tuple[Path, ...]


def sample_vault(root: Path, within_s: float | None = VAULT_SAMPLE_WITHIN_S) -> Sample:
    """Verify the 50 newest files below ``root`` and 50 others for ``within_s`` seconds; None: every file.

    Of all accounts, the others at random. Writes nothing.
    """
    until = math.inf if within_s is None else time.monotonic() + within_s
    there = list(_files(root))
    newest = heapq.nlargest(VAULT_SAMPLE_NEWEST, there)
    others = [file for file in there if file not in set(newest)]
    chosen = [
        path
        for _, path in (
            *newest,
            *random.sample(others, min(VAULT_SAMPLE_OTHERS, len(others)) if within_s is not None else len(others)),
        )
    ]
    read, damaged = 0, []
    for path in chosen:
        whole = _is_whole(path, until)
        if whole is None:
            break
        read += 1
        if not whole:
            damaged.append(path)
    return Sample(file_count=len(there), read_count=read, damaged_files=tuple(damaged))


def _files(root: Path) -> Iterator[tuple[int, Path]]:
    """List time of change, in nanoseconds, and path of every file whose name is a digest."""
    for folder in root.glob("*/[0-9a-f][0-9a-f]"):
        with os.scandir(folder) as entries:
            for entry in entries:
                if DIGEST.fullmatch(entry.name):
                    yield entry.stat().st_mtime_ns, Path(entry.path)


def _is_whole(path: Path, until: float) -> bool | None:
    """Whether the bytes of ``path`` have the digest in its name; True for a deleted file, None where time ran out."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(READ_CHUNK_BYTES):
                if time.monotonic() > until:
                    return None
                found.update(chunk)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # a disk that cannot read it
    return found.hexdigest() == path.name
