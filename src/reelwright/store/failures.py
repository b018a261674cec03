"""What a database reports, in plain words: always ``StoreUnavailable``, with nothing half-written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from reelwright.errors import JournalDamaged, StoreUnavailable

_SQLITE: Final[tuple[tuple[str, str, str], ...]] = (
    ("disk is full", "the disk is full", "free some space, then go on: nothing was half-written"),
    ("readonly database", "the journal is read-only", "make the file and its folder writable"),
    ("database is locked", "another program has held the journal for too long", "end it, or try again"),
    ("unable to open database", "the journal cannot be opened", "does its folder exist, and may you write there?"),
    ("disk i/o error", "the disk reports an error", "look at the disk; then restore a backup if it is broken"),
)
_DAMAGED: Final = (
    "malformed", "not a database", "unsupported file format", "could not decode", "no such table", "no such column",
    "no such index", "already exists", "datatype mismatch", "database corruption",
)  # fmt: skip
"""What SQLite says where a file is not what was written: its schema is ours, and is never asked for what it has not."""
RESTORE: Final = "restore a backup: reelwright restore FOLDER --replace"
_POSTGRES: Final[tuple[tuple[str, str, str], ...]] = (
    ("53100", "the database server's disk is full", "free some space there, then go on"),
    ("25P03", "this program stood still in the middle of a write, and the server let go of it", "try again"),
    ("25006", "the database server is read-only", "is it a standby? Connect to the primary"),
    ("53300", "the database server has no connection left", "raise max_connections, or run fewer directors"),
    ("55P03", "another program has held the journal for too long", "end it, or try again"),
    ("40", "writes kept standing in each other's way", "try again"),
    ("08", "the database server does not answer", "is it running? Then try again"),
    ("57P", "the database server was shut down", "start it, then try again"),
    ("28", "the database server refuses this user", "look at the database URL"),
    ("3D", "there is no such database", "create it, or look at the database URL"),
)


def is_unavailable(error: BaseException | None) -> bool:
    """Whether the database itself failed, rather than the statement: the whole transaction is gone then."""
    if not isinstance(error, DBAPIError):
        return False
    return isinstance(error, (OperationalError, InterfaceError)) or _is_damage(error) or _known(error) is not None


def is_collision(error: BaseException | None) -> bool:
    """Whether the database undid a write because another stood in its way: doing it again is right."""
    return isinstance(error, DBAPIError) and _sqlstate(error).startswith("40")


def in_words(error: BaseException | None, where: str) -> BaseException | None:
    """The same error; where the database failed, ours, from its cause. ``where`` holds no password."""
    if isinstance(error, UnicodeDecodeError):  # SQLite quotes what it cannot read, and the driver cannot read that
        return damaged_row(where, error)
    if not isinstance(error, DBAPIError) or not is_unavailable(error):
        return error
    words = str(error.orig).strip() or "no reason given"
    if _is_damage(error):
        damaged = JournalDamaged(f"{where}: the journal is damaged ({words.splitlines()[0]})", hint=RESTORE)
        damaged.__cause__ = error
        return damaged
    happened, hint = _known(error) or (f"it cannot be used ({words.splitlines()[0]})", "try again")
    said = StoreUnavailable(f"{where}: {happened}", hint=hint)
    said.__cause__ = error
    return said


@contextmanager
def database_words(where: str) -> Iterator[None]:
    """Turn the driver's words into ours."""
    try:
        yield
    except (DBAPIError, UnicodeDecodeError) as cause:
        said = in_words(cause, where)
        if said is None or said is cause:
            raise
        raise said from cause


def damaged_row(what: str, cause: Exception) -> JournalDamaged:
    """The error for a row of the journal that cannot be what was written."""
    return JournalDamaged(f"the journal is damaged: {what} cannot be read ({cause})", hint=RESTORE)


def _is_damage(error: DBAPIError) -> bool:
    return not _sqlstate(error) and any(part in str(error.orig).lower() for part in _DAMAGED)


def _known(error: DBAPIError) -> tuple[str, str] | None:
    """What happened, and what to do next, where we know it."""
    state, words = _sqlstate(error), str(error.orig).lower()
    if getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHMSIZE:
        words = "disk is full"  # of all its files, the one in memory that readers share is the first to want room
    for part, happened, hint in _POSTGRES if state else _SQLITE:
        if state.startswith(part) if state else part in words:
            return happened, hint
    return None


def _sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
