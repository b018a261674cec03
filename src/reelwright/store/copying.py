"""Copies of a journal on SQLite and of files, each synced, and checked against what they are to be."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from reelwright.errors import JournalDamaged
from reelwright.reel.noun import Digest
from reelwright.store.disks import disk_words
from reelwright.store.failures import RESTORE

CHUNK: Final = 1 << 20
_MOST_FAULTS: Final = 3


def copy_journal(source: Path, to: Path) -> None:
    """Copy a journal that may be in use, as it stands at one moment; whoever writes meanwhile does not wait.

    Raises ``JournalDamaged`` where the source is damaged, ``StoreUnavailable`` where there is no room.
    """
    with damage_words(source), disk_words(to.parent):
        with closing(_reading(source)) as old, closing(sqlite3.connect(to)) as new:
            old.backup(new)  # in one step: a copy in several begins anew whenever somebody writes
            new.execute("PRAGMA journal_mode=DELETE")  # a backup is one file
        sync(to)


def check_journal(path: Path) -> Mapping[str, int]:
    """Count the rows of each table of a journal that nobody uses. Raises ``JournalDamaged``."""
    with damage_words(path), closing(_reading(path)) as journal:
        faults = [str(row[0]) for row in journal.execute(f"PRAGMA integrity_check({_MOST_FAULTS})")]
        if faults != ["ok"]:
            raise JournalDamaged(f"{path}: the journal is damaged ({'; '.join(faults)})", hint=RESTORE)
        if journal.execute("PRAGMA foreign_key_check").fetchone():
            raise JournalDamaged(f"{path}: the journal is damaged (a row names one that is not there)", hint=RESTORE)
        named = journal.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        tables = sorted(row[0] for row in named)
        return {table: journal.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}  # noqa: S608


def assets_in(path: Path) -> Iterator[tuple[str, Digest]]:
    """Each account and digest that a journal counts on in the vault."""
    with damage_words(path), closing(_reading(path)) as journal:
        rows = journal.execute("SELECT account, digest FROM assets WHERE gone_at IS NULL ORDER BY account, digest")
        for account, digest in rows:
            yield account, Digest(digest)


def forget_assets(path: Path, gone: list[tuple[str, Digest]]) -> None:
    """Record in a copy of a journal that these bytes were deleted while it was made."""
    with damage_words(path), closing(sqlite3.connect(path)) as journal, journal:
        now = "CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"
        update = f"UPDATE assets SET gone_at = {now} WHERE account = ? AND digest = ?"  # noqa: S608
        journal.executemany(update, gone)


def copy_file(source: Path, to: Path) -> tuple[Digest, int]:
    """Copy a file and sync it; returns the digest and the size of what was written."""
    hashed, size = hashlib.sha256(), 0
    with source.open("rb") as read, disk_words(to.parent):
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with to.open("xb") as write:
            while chunk := read.read(CHUNK):
                hashed.update(chunk)
                size += len(chunk)
                write.write(chunk)
            write.flush()
            os.fsync(write.fileno())
    return Digest(hashed.hexdigest()), size


def sync(path: Path) -> None:
    """Sync a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reading(path: Path) -> sqlite3.Connection:
    # not mode=ro: the log of a journal that nobody has open could not be read
    journal = sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=30)
    journal.execute("PRAGMA query_only=ON")
    return journal


@contextmanager
def damage_words(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a damaged file into ``JournalDamaged``."""
    try:
        yield
    except sqlite3.DatabaseError as cause:
        raise JournalDamaged(f"{path}: the journal is damaged ({cause})", hint=RESTORE) from cause
