"""Access to the database: writes through a queue, reads in parallel, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from reelwright.errors import BadInput
from reelwright.store.database.engines import open_engine
from reelwright.store.database.metric_counts import CAPS, AccountCaps
from reelwright.store.database.migrate import ensure_newest_schema
from reelwright.store.database.read_batcher import BatchRead, ReadBatcher
from reelwright.store.database.results import PendingResult, ResultQueue
from reelwright.store.database.unit import Unit
from reelwright.store.database.write_queue import BatchWrite, Write, WriteQueue
from reelwright.store.policy import BUSY_WAIT_MS, READ_CONNECTIONS, WRITE_CONNECTIONS
from reelwright.store.schema.failures import translate_database_errors

T = TypeVar("T")


class Database:
    """A journal's database, opened and brought to the newest schema. ``where``: its URL without a password."""

    def __init__(self, url: str, *, may_upgrade: bool = True, busy_ms: int = BUSY_WAIT_MS) -> None:
        self.url = _parse_url(url)
        self.where = self.url.render_as_string(hide_password=True)
        self._sqlite = self.url.get_backend_name() == "sqlite"
        self.caps: AccountCaps | None = None
        self.roomy_until: dict[str, float] = {}
        with ExitStack() as undo:
            self._writing = open_engine(self.url, can_write=True, busy_ms=busy_ms)
            undo.callback(self._writing.dispose)
            self._reading = open_engine(self.url, can_write=False, busy_ms=busy_ms)
            undo.callback(self._reading.dispose)
            if may_upgrade:
                ensure_newest_schema(self.url, self._reading)
            undo.pop_all()
        self._lane = WriteQueue(
            self._writing, self.where, threads=1 if self._sqlite else WRITE_CONNECTIONS, can_mix_kinds=self._sqlite
        )
        self._reads = 0
        self._readers = ThreadPoolExecutor(READ_CONNECTIONS, thread_name_prefix="read")
        self._together = ReadBatcher(self._readers, self._read)
        self._answers: WeakKeyDictionary[asyncio.AbstractEventLoop, ResultQueue] = WeakKeyDictionary()

    def limit_accounts(self, caps: AccountCaps | None) -> None:
        """Let every write from now on refuse new jobs and projects above ``caps``, but what a director needs."""
        self.caps = caps
        self._writing.update_execution_options(**{CAPS: caps})

    @property
    def commits(self) -> int:
        """Count of transactions committed since the database was opened."""
        return self._lane.commits

    @property
    def answers(self) -> int:
        """Number that grows with every read and every commit: while it stands still, the database answers nothing."""
        return self._reads + self._lane.commits

    def submit(self, work: Callable[[Unit], T], *, is_urgent: bool = False) -> Future[T]:
        """Queue a write from any thread; ``work`` may run more than once, but only one run is committed.

        ``is_urgent``: ahead of all that waits.
        """
        answer: Future[T] = Future()
        self._lane.put(Write(answer, work), is_urgent=is_urgent)
        return answer

    async def write(self, work: Callable[[Unit], T], *, is_urgent: bool = False) -> T:
        """Run ``work``, maybe more than once, in a transaction; return its result once one run is committed and synced.

        Raises ``StoreUnavailable``, and what ``work`` raises. ``is_urgent``: ahead of all that waits.
        """
        answer: PendingResult[T] = PendingResult(self._answers_here())
        self._lane.put(Write(answer, work), is_urgent=is_urgent)
        return await answer.waiting

    async def write_batched(self, work: BatchWrite, item: Any) -> Any:
        """Write ``item`` in one batch with all that wait for the same ``work``; return its result.

        ``work``: a function of a module. Raises ``StoreUnavailable``, and the error that ``work`` returns for the item.
        """
        answer: PendingResult[Any] = PendingResult(self._answers_here())
        self._lane.put(Write(answer, kind=work, item=item))
        return await answer.waiting

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on one snapshot of the database, in parallel with other reads and writes."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def read_batched(self, work: BatchRead, item: Any) -> Any:
        """Read ``item`` in one batch with all that wait for the same ``work``, on the same snapshot; return its result.

        ``work``: a function of a module. Raises ``StoreUnavailable``, and the error that ``work`` returns for the item.
        """
        answer: PendingResult[Any] = PendingResult(self._answers_here())
        self._together.submit(work, item, answer)
        return await answer.waiting

    def _answers_here(self) -> ResultQueue:
        loop = asyncio.get_running_loop()
        found = self._answers.get(loop)
        if found is None:
            found = self._answers[loop] = ResultQueue()
        return found

    def _read(self, work: Callable[[Connection], T]) -> T:
        with translate_database_errors(self.where), self._reading.begin() as conn:
            found = work(conn)
        self._reads += 1  # several threads may lose a count, but never all of them
        return found

    def close(self) -> None:
        """Write what is queued, then close all connections."""
        self._lane.close()
        self._readers.shutdown()
        self._writing.dispose()
        self._reading.dispose()


def _parse_url(url: str) -> URL:
    accepted = "a URL such as sqlite:////home/me/journal.db or postgresql://user@host/name"
    try:
        parsed = make_url(url)
    except ArgumentError as cause:
        raise BadInput("database", url, accepted) from cause
    kind = parsed.get_backend_name()
    if kind == "postgresql" and parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if kind != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise BadInput("database", parsed.render_as_string(hide_password=True), accepted)
    return parsed
