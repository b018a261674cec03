"""Copies of a SQLite journal and of files, each synced, and checks of such copies."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Table

from reelwright.errors import BadInput
from reelwright.reel.base.value import Digest
from reelwright.store.accounts.members import KnownAccess
from reelwright.store.database.disks import create_private_file, translate_disk_errors
from reelwright.store.policy import JOURNAL_COPY_BUSY_WAIT_S, MAX_JOURNAL_FAULTS, READ_CHUNK_BYTES
from reelwright.store.schema.failures import build_damaged
from reelwright.store.schema.member_tables import api_keys, members


def copy_journal(source: Path, to: Path) -> None:
    """Copy a journal that may be in use, as it stands at one moment; other programs can write meanwhile.

    Raises ``JournalDamaged`` where the source is damaged, ``StoreUnavailable`` where there is no room.
    """
    with translate_damage(source), translate_disk_errors(to.parent):
        create_private_file(to)
        with closing(_open_for_reading(source)) as old, closing(sqlite3.connect(to)) as new:
            old.backup(new)  # in one step: a copy in several starts again after each write
            new.execute("PRAGMA journal_mode=DELETE")  # a backup is one file
        sync(to)


@contextmanager
def hold_unused_journal(path: Path) -> Iterator[None]:
    """Keep other programs out of the journal at ``path`` during this block. Raises ``BadInput`` if one has it open.

    SQLite leaves the write-ahead log only for a program that is alone with the file. A damaged journal is not held.
    """
    with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=0)) as journal:
        journal.isolation_level = None
        try:
            journal.execute("PRAGMA journal_mode=DELETE")
            journal.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                hint = "end the server, worker or command that uses it, then restore again"
                raise BadInput("home", str(path.parent), "a home that no program uses", hint=hint) from error
        yield


def check_journal(path: Path) -> Mapping[str, int]:
    """Check a journal that no program uses, and count the rows of each table. Raises ``JournalDamaged``."""
    with translate_damage(path), closing(_open_for_reading(path)) as journal:
        faults = [str(row[0]) for row in journal.execute(f"PRAGMA integrity_check({MAX_JOURNAL_FAULTS})")]
        if faults != ["ok"]:
            raise build_damaged(path, "; ".join(faults))
        if journal.execute("PRAGMA foreign_key_check").fetchone():
            raise build_damaged(path, "a row names one that is not there")
        named = journal.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        tables = sorted(row[0] for row in named)
        return {table: journal.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}  # noqa: S608


def list_programs(path: Path) -> Sequence[str]:
    """List the triggers and views of a journal. Ours have none: one would run within the next write, unseen."""
    query = "SELECT type, name FROM sqlite_master WHERE type NOT IN ('table', 'index') ORDER BY name"
    with translate_damage(path), closing(_open_for_reading(path)) as journal:
        return [f"{kind} {name[:80]!r}" for kind, name in journal.execute(query)]


def list_assets(path: Path) -> Iterator[tuple[str, Digest]]:
    """List account and digest of all bytes that a journal expects in the vault. Raises ``JournalDamaged``."""
    with translate_damage(path), closing(_open_for_reading(path)) as journal:
        rows = journal.execute("SELECT account, digest FROM assets WHERE gone_at IS NULL ORDER BY account, digest")
        for account, digest in rows:
            yield account, Digest(digest)


def read_access(path: Path) -> KnownAccess | None:
    """Read the API keys and members of a journal of any version, also a damaged one; None if they cannot be read."""
    try:
        with closing(_open_for_reading(path)) as journal:
            journal.row_factory = sqlite3.Row
            found = [_read_rows(journal, table) for table in (api_keys, members)]
    except (sqlite3.Error, IndexError):
        return None
    return KnownAccess(*found)


def _read_rows(journal: sqlite3.Connection, table: Table) -> dict[str, dict[str, object]]:
    rows = journal.execute(f"SELECT * FROM {table.name}")  # noqa: S608  the names of our own tables
    return {row["id"]: {column.name: row[column.name] for column in table.c} for row in rows}


def mark_assets_deleted(path: Path, deleted_assets: list[tuple[str, Digest]]) -> None:
    """Record in a copy of a journal that these bytes were deleted while it was made."""
    with translate_damage(path), closing(sqlite3.connect(path)) as journal, journal:
        now = "CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"
        update = f"UPDATE assets SET gone_at = {now} WHERE account = ? AND digest = ?"  # noqa: S608
        journal.executemany(update, deleted_assets)


def copy_file(source: Path, to: Path) -> tuple[Digest, int]:
    """Copy a file to a new path and sync it; return the SHA-256 and the size in bytes of what was written.

    Raises ``StoreUnavailable``, also if there is a file at that path.
    """
    hashed, size = hashlib.sha256(), 0
    with source.open("rb") as read, translate_disk_errors(to.parent):
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with to.open("xb") as write:
            while chunk := read.read(READ_CHUNK_BYTES):
                hashed.update(chunk)
                size += len(chunk)
                write.write(chunk)
            write.flush()
            os.fsync(write.fileno())
    return Digest(hashed.hexdigest()), size


def sync(path: Path) -> None:
    """Sync a file, or the names in a folder, to disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _open_for_reading(path: Path) -> sqlite3.Connection:
    # not mode=ro: the log of a journal that no program has open could not be read
    journal = sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=JOURNAL_COPY_BUSY_WAIT_S)
    journal.execute("PRAGMA query_only=ON")
    return journal


@contextmanager
def translate_damage(path: Path) -> Iterator[None]:
    """Turn SQLite's errors inside the block into ``JournalDamaged`` for the file ``path``."""
    try:
        yield
    except sqlite3.DatabaseError as cause:
        raise build_damaged(path, cause) from cause
