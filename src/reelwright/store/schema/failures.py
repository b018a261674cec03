"""Database errors in plain words: ``StoreUnavailable``, or ``JournalDamaged``; nothing is half-written then."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from reelwright.errors import JournalDamaged, StoreUnavailable
from reelwright.reason import Action

_SQLITE: Final = (
    ("disk is full", "disk_full"),
    ("readonly database", "journal_read_only"),
    ("database is locked", "journal_locked"),
    ("unable to open database", "journal_cannot_be_opened"),
    ("disk i/o error", "disk_error"),
)
_ON_DISK: Final = ("disk_full", "disk_error")
"""What SQLite says of the disk that its file lies on."""
_DAMAGED: Final = (
    "malformed", "not a database", "unsupported file format", "could not decode", "no such table", "no such column",
    "no such index", "already exists", "datatype mismatch", "database corruption",
)  # fmt: skip
"""SQLite's messages on a damaged file. Missing tables count: the schema is ours, and no query names others."""
_POSTGRES: Final = (
    ("53100", "server_disk_full"),
    ("25P03", "transaction_timed_out"),
    ("25006", "server_read_only"),
    ("53300", "server_out_of_connections"),
    ("55P03", "journal_locked"),
    ("40", "writes_collided"),
    ("08", "server_unreachable"),
    ("57P", "server_shut_down"),
    ("28", "server_refuses_user"),
    ("3D", "database_missing"),
)
"""Codes of ``reelwright.messages`` by the start of an SQLSTATE."""


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
    """Whether the database undid a write because of a conflict with another one: it may be tried again.

    A unique value that another write took first is one, too: tried again, the write finds it taken.
    """
    return isinstance(error, DBAPIError) and _sqlstate(error).startswith(("40", "23505"))


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
        damaged = build_damaged(where, words.splitlines()[0])
        damaged.__cause__ = error
        return damaged
    code = _find_explanation(error) or "journal_unusable"
    cause = words.splitlines()[0]
    file = where.removeprefix("sqlite:///") if code in _ON_DISK else None
    unavailable = StoreUnavailable(code=code, database=where, folder=file, cause=cause)
    unavailable.__cause__ = error
    return unavailable


@contextmanager
def translate_database_errors(where: str) -> Iterator[None]:
    """Turn errors of a failed database inside the block into ``StoreUnavailable`` or ``JournalDamaged``.

    ``where`` names the database without a password.
    """
    try:
        yield
    except (DBAPIError, UnicodeDecodeError) as cause:
        translated = translate_error(cause, where)
        if translated is None or translated is cause:
            raise
        raise translated from cause


def build_damaged_row_error(name: str, cause: Exception) -> JournalDamaged:
    """Build the error for a row of the journal that cannot be read as what we wrote. ``name``: of the row or column."""
    return build_damaged(name, cause)


def build_damaged(where: object, cause: object) -> JournalDamaged:
    """Build the error for a journal that is damaged. ``where``: the file, table or column."""
    return JournalDamaged(code="journal_is_damaged", where=where, cause=cause, actions=[Action("restore_backup")])


def _is_damage(error: DBAPIError) -> bool:
    return not _sqlstate(error) and any(part in str(error.orig).lower() for part in _DAMAGED)


def _find_explanation(error: DBAPIError) -> str | None:
    """Find the code of what happened; None for an error that we do not know."""
    state, words = _sqlstate(error), str(error.orig).lower()
    if getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHMSIZE:
        words = "disk is full"  # the file of shared memory is the first that finds no room
    for part, code in _POSTGRES if state else _SQLITE:
        if state.startswith(part) if state else part in words:
            return code
    return None


def _sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
