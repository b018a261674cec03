"""What a database or a disk reports, in plain words: always ``StoreUnavailable``, with nothing half-written."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DatabaseError as SqlDatabaseError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from reelwright.errors import StoreUnavailable

_SQLITE: Final[tuple[tuple[str, str, str], ...]] = (
    ("disk is full", "the disk is full", "free some space, then go on: nothing was half-written"),
    ("readonly database", "the journal is read-only", "make the file and its folder writable"),
    ("database is locked", "another program has held the journal for too long", "end it, or try again"),
    ("unable to open database", "the journal cannot be opened", "does its folder exist, and may you write there?"),
    ("disk i/o error", "the disk reports an error", "look at the disk; then restore a backup if it is broken"),
    ("malformed", "the journal file is damaged", "restore a backup"),
    ("not a database", "the journal file is not a journal", "is REELWRIGHT_HOME the right folder?"),
)
_POSTGRES: Final[tuple[tuple[str, str, str], ...]] = (
    ("53100", "the database server's disk is full", "free some space there, then go on"),
    ("25006", "the database server is read-only", "is it a standby? Connect to the primary"),
    ("53300", "the database server has no connection left", "raise max_connections, or run fewer directors"),
    ("55P03", "another program has held the journal for too long", "end it, or try again"),
    ("40", "two writes stood in each other's way", "try again"),
    ("28", "the database server refuses this user", "look at the database URL"),
    ("3D", "there is no such database", "create it, or look at the database URL"),
)
_DISK: Final = {
    errno.ENOSPC: ("the disk is full", "free some space, then go on"),
    errno.EDQUOT: ("your disk quota is used up", "free some space, then go on"),
    errno.EFBIG: ("the file would be larger than this process may write", "raise the limit on file sizes (ulimit -f)"),
    errno.EROFS: ("the disk is read-only", "mount it for writing"),
    errno.EACCES: ("it may not be written by this user", "look at the folder's owner and mode"),
    errno.EPERM: ("it may not be written by this user", "look at the folder's owner and mode"),
    errno.EIO: ("the disk reports an error", "look at the disk"),
    errno.ENOTDIR: ("a file stands where a folder should be", "move the file away"),
    errno.EMFILE: ("this process has too many files open", "raise the limit (ulimit -n)"),
}


def is_unavailable(error: BaseException | None) -> bool:
    """Whether the database itself failed, rather than the statement: the whole transaction is gone then."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    return isinstance(error, SqlDatabaseError) and any(k in str(error.orig).lower() for k, *_ in _SQLITE[-2:])


@contextmanager
def database_words(where: str) -> Iterator[None]:
    """Turn the driver's words into ours. ``where`` names the journal, without a password."""
    try:
        yield
    except DBAPIError as cause:
        if not is_unavailable(cause):
            raise
        happened, hint = _said_of(cause)
        raise StoreUnavailable(f"{where}: {happened}", hint=hint) from cause


def _said_of(cause: DBAPIError) -> tuple[str, str]:
    state = getattr(cause.orig, "sqlstate", None)
    if state:
        known = next(((h, hint) for prefix, h, hint in _POSTGRES if state.startswith(prefix)), None)
        if known:
            return known
    words = str(cause.orig).strip()
    known = next(((h, hint) for part, h, hint in _SQLITE if part in words.lower()), None)
    if known:
        return known
    return f"the database server does not answer ({words.splitlines()[0] if words else 'no reason given'})", "try again"


@contextmanager
def disk_words(folder: Path) -> Iterator[None]:
    """Turn what the operating system says about a folder into ``StoreUnavailable``; other errors pass."""
    try:
        yield
    except OSError as cause:
        if cause.errno not in _DISK:
            raise
        happened, hint = _DISK[cause.errno]
        raise StoreUnavailable(f"{folder}: {happened}", hint=hint) from cause
