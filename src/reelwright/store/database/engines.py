"""Engines whose every connection is set up as the journal needs it, for SQLite and for PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import NoSuchModuleError

from reelwright.errors import BadInput
from reelwright.store.database.disks import create_private_file, refuse_network_disk, translate_disk_errors
from reelwright.store.policy import (
    BUSY_WAIT_MS,
    READ_CONNECTION_CACHE_KIB,
    READ_CONNECTIONS,
    WAL_SWITCH_RETRY_WAIT_S,
    WRITE_CONNECTIONS,
)

_PG_OPTIONS: Final = f"-c idle_in_transaction_session_timeout={BUSY_WAIT_MS // 6} -c lock_timeout={BUSY_WAIT_MS}"
"""A director that is stopped in the middle of a write must not hold its locks until it goes on.

Its five writers may wait for one lock behind each other: all five time out before another director gives up.
"""
_PG_CONNECTION: Final[dict[str, Any]] = {
    "connect_timeout": 10, "keepalives_idle": 3, "keepalives_interval": 2, "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}  # fmt: skip
"""Options of libpq, in seconds and milliseconds: a server behind a broken network is given up after some 10 s."""


def open_engine(url: URL, *, can_write: bool, has_foreign_keys: bool = True, busy_ms: int = BUSY_WAIT_MS) -> Engine:
    """Open an engine whose every connection is set up as the journal needs it.

    Raises ``BadInput``, ``StoreUnavailable``.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, can_write, has_foreign_keys, busy_ms)
    return _postgresql(url, can_write)


def _sqlite(url: URL, writes: bool, foreign_keys: bool, busy_ms: int) -> Engine:
    path = Path(str(url.database)).absolute()
    with translate_disk_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    refuse_network_disk(path.parent)
    if writes:
        create_private_file(path)
    engine = create_engine(url, pool_size=1 if writes else READ_CONNECTIONS, max_overflow=1)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin event below says how a transaction starts
        connection.execute(f"PRAGMA busy_timeout={busy_ms}")
        connection.create_function("lower", 1, _lower, deterministic=True)  # its own knows the letters of ASCII alone
        _switch_to_wal(connection, busy_ms)
        connection.execute("PRAGMA synchronous=FULL")  # NORMAL may lose the last commits with the power
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        if not writes:
            connection.execute("PRAGMA query_only=ON")
            connection.execute(f"PRAGMA cache_size=-{READ_CONNECTION_CACHE_KIB}")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        # A deferred transaction may fail when it begins to write: take the write lock at once.
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _switch_to_wal(connection: Any, busy_ms: int) -> None:
    """Switch the file to a write-ahead log, for which SQLite waits for no other process: ``busy_timeout`` is not used.

    Two programs that make one home at once meet here. Raises ``sqlite3.OperationalError`` after ``busy_ms``.
    """
    ends_at = time.monotonic() + busy_ms / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= ends_at:
                raise
        time.sleep(WAL_SWITCH_RETRY_WAIT_S)


def _postgresql(url: URL, writes: bool) -> Engine:
    try:
        return create_engine(
            url,
            pool_size=WRITE_CONNECTIONS if writes else READ_CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,  # a server that was restarted costs one more round trip, not an error
            isolation_level="READ COMMITTED" if writes else "REPEATABLE READ",
            connect_args=_PG_CONNECTION | ({"options": _PG_OPTIONS} if writes else {}),
        )
    except (ModuleNotFoundError, NoSuchModuleError) as cause:
        hint = "pip install 'reelwright[postgres]'"
        raise BadInput("database", url.drivername, "PostgreSQL, once its driver is installed", hint=hint) from cause
