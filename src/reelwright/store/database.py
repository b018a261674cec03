"""The one door to the database: writes through a lane, reads in parallel, SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from reelwright.errors import BadInput
from reelwright.store.disks import refuse_network_disk
from reelwright.store.failures import database_words, disk_words
from reelwright.store.lane import GROUP, Lane
from reelwright.store.unit import Unit

T = TypeVar("T")

BUSY_MS: Final = 30_000
"""How long a SQLite writer waits for another process that holds the pen."""
_PG_OPTIONS: Final = f"-c idle_in_transaction_session_timeout={BUSY_MS // 3} -c lock_timeout={BUSY_MS}"
"""A director that was stopped in the middle of a write must not hold its locks for as long as it sleeps."""
READERS: Final = 4
WRITERS: Final = 5
"""Connections that write to PostgreSQL; one of them serves heartbeats only."""


class Database:
    """A journal's database, opened and brought to the newest schema. ``where`` names it without a password."""

    def __init__(self, url: str, *, upgrade: bool = True, busy_ms: int = BUSY_MS) -> None:
        self.url = _parsed(url)
        self.where = self.url.render_as_string(hide_password=True)
        self._sqlite = self.url.get_backend_name() == "sqlite"
        with ExitStack() as undo:
            self._writing = open_engine(self.url, writes=True, busy_ms=busy_ms)
            undo.callback(self._writing.dispose)
            self._reading = open_engine(self.url, writes=False, busy_ms=busy_ms)
            undo.callback(self._reading.dispose)
            if upgrade:
                from reelwright.store.migrate import bring_to_head

                bring_to_head(self.url, self._reading)
            undo.pop_all()
        self._lane = Lane(
            self._writing,
            self.where,
            threads=1 if self._sqlite else WRITERS,
            group=GROUP if self._sqlite else 1,
        )
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")

    @property
    def commits(self) -> int:
        """Transactions written since it was opened."""
        return self._lane.commits

    def submit(self, work: Callable[[Unit], T], *, first: bool = False) -> Future[T]:
        """Queue a write from any thread. ``work`` may run more than once, but only one run of it is kept."""
        return self._lane.submit(work, first=first)

    async def write(self, work: Callable[[Unit], T], *, first: bool = False) -> T:
        """Run ``work`` in a transaction and wait until it is synced. Raises ``StoreUnavailable``."""
        return await asyncio.wrap_future(self.submit(work, first=first))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on one snapshot of the database, beside other reads and writes."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with database_words(self.where), self._reading.begin() as conn:
            return work(conn)

    def close(self) -> None:
        """Write what is queued, then let go of the database."""
        self._lane.close()
        self._readers.shutdown()
        self._writing.dispose()
        self._reading.dispose()


def _parsed(url: str) -> URL:
    accepted = "a URL such as sqlite:////home/me/journal.db or postgresql://user@host/name"
    try:
        parsed = make_url(url)
    except ArgumentError as cause:
        raise BadInput("database", url, accepted) from cause
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if kind != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise BadInput("database", parsed.render_as_string(hide_password=True), accepted)
    return parsed


def open_engine(url: URL, *, writes: bool, foreign_keys: bool = True, busy_ms: int = BUSY_MS) -> Engine:
    """An engine whose every connection is set up as the journal needs it. Raises ``BadInput``, ``StoreUnavailable``."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, writes, foreign_keys, busy_ms)
    return _postgresql(url, writes)


def _sqlite(url: URL, writes: bool, foreign_keys: bool, busy_ms: int) -> Engine:
    path = Path(str(url.database)).absolute()
    with disk_words(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    refuse_network_disk(path.parent)
    engine = create_engine(url, pool_size=1 if writes else READERS, max_overflow=1)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin event below says how a transaction starts
        connection.execute(f"PRAGMA busy_timeout={busy_ms}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # NORMAL may lose the last commits with the power
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        if not writes:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        # A deferred transaction that turns to writing later may find that it must not: take the pen at once.
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL, writes: bool) -> Engine:
    try:
        return create_engine(
            url,
            pool_size=WRITERS if writes else READERS,
            max_overflow=0,
            pool_pre_ping=True,  # a server that was restarted costs one more round trip, not an error
            isolation_level="READ COMMITTED" if writes else "REPEATABLE READ",
            connect_args={"connect_timeout": 10} | ({"options": _PG_OPTIONS} if writes else {}),
        )
    except (ModuleNotFoundError, NoSuchModuleError) as cause:
        hint = "pip install 'reelwright[postgres]'"
        raise BadInput("database", url.drivername, "PostgreSQL, once its driver is installed", hint=hint) from cause
