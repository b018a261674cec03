"""Database errors in plain words: ``StoreUnavailable``, or ``JournalDamaged``; nothing is half-written then."""

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
"""SQLite's messages on a damaged file. Missing tables count: the schema is ours, and no query names others."""
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
    """Whether the database itself failed, rather than the statement: the whole transaction is then undone."""
    if not isinstance(error, DBAPIError):
        return False
    return (
        isinstance(error, (OperationalError, InterfaceError))
        or _is_damage(error)
        or _find_explanation(error) is not None
    )


def is_collision(error: BaseException | None) -> bool:
    """Whether the database undid a write because of a conflict with another one: it may be tried again."""
    return isinstance(error, DBAPIError) and _sqlstate(error).startswith("40")


def translate_error(error: BaseException | None, where: str) -> BaseException | None:
    """Translate an error of a failed database to one of ours; return any other error as it is.

    ``where`` names the database without a password.
    """
    if isinstance(error, UnicodeDecodeError):  # SQLite quotes what it cannot read, and the driver cannot read that
        return build_damaged_row_error(where, error)
    if not isinstance(error, DBAPIError) or not is_unavailable(error):
        return error
    words = str(error.orig).strip() or "no reason given"
    if _is_damage(error):
        damaged = JournalDamaged(f"{where}: the journal is damaged ({words.splitlines()[0]})", hint=RESTORE)
        damaged.__cause__ = error
        return damaged
    happened, hint = _find_explanation(error) or (f"it cannot be used ({words.splitlines()[0]})", "try again")
    unavailable = StoreUnavailable(f"{where}: {happened}", hint=hint)
    unavailable.__cause__ = error
    return unavailable


@contextmanager
def translate_database_errors(where: str) -> Iterator[None]:
    """Turn the driver's errors into ours. ``where`` names the database without a password."""
    try:
        yield
    except (DBAPIError, UnicodeDecodeError) as cause:
        translated = translate_error(cause, where)
        if translated is None or translated is cause:
            raise
        raise translated from cause


def build_damaged_row_error(name: str, cause: Exception) -> JournalDamaged:
    """Build the error for a row of the journal that cannot be what was written. ``name``: of the row or column."""
    return JournalDamaged(f"the journal is damaged: {name} cannot be read ({cause})", hint=RESTORE)


def _is_damage(error: DBAPIError) -> bool:
    return not _sqlstate(error) and any(part in str(error.orig).lower() for part in _DAMAGED)


def _find_explanation(error: DBAPIError) -> tuple[str, str] | None:
    """Find what happened and what to do next; None for an error that we do not know."""
    state, words = _sqlstate(error), str(error.orig).lower()
    if getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHMSIZE:
        words = "disk is full"  # the file of shared memory is the first that finds no room
    for part, happened, hint in _POSTGRES if state else _SQLITE:
        if state.startswith(part) if state else part in words:
            return happened, hint
    return None


def _sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
