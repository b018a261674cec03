"""The one door to the database: writes through a lane, reads in parallel, SQLite and PostgreSQL alike."""

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
from reelwright.store.answers import Answers, Awaited
from reelwright.store.engines import BUSY_MS, READERS, WRITERS, open_engine
from reelwright.store.failures import database_words
from reelwright.store.lane import Lane, Write, Writes
from reelwright.store.migrate import bring_to_head
from reelwright.store.together import Readings, Together
from reelwright.store.unit import Unit

T = TypeVar("T")


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
                bring_to_head(self.url, self._reading)
            undo.pop_all()
        self._lane = Lane(self._writing, self.where, threads=1 if self._sqlite else WRITERS, mixed=self._sqlite)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._together = Together(self._readers, self._read)
        self._answers: WeakKeyDictionary[asyncio.AbstractEventLoop, Answers] = WeakKeyDictionary()

    @property
    def commits(self) -> int:
        """Transactions written since it was opened."""
        return self._lane.commits

    def submit(self, work: Callable[[Unit], T], *, first: bool = False) -> Future[T]:
        """Queue a write from any thread. ``work`` may run more than once, but only one run of it is kept."""
        answer: Future[T] = Future()
        self._lane.queue(Write(answer, work), first=first)
        return answer

    async def write(self, work: Callable[[Unit], T], *, first: bool = False) -> T:
        """Run ``work`` in a transaction and wait until it is synced. Raises ``StoreUnavailable``."""
        answer: Awaited[T] = Awaited(self._answers_here())
        self._lane.queue(Write(answer, work), first=first)
        return await answer.waiting

    async def write_together(self, work: Writes, item: Any) -> Any:
        """As ``write``; what waits for the same ``work``, a function of a module, is written by the same statements."""
        answer: Awaited[Any] = Awaited(self._answers_here())
        self._lane.queue(Write(answer, kind=work, item=item))
        return await answer.waiting

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on one snapshot of the database, beside other reads and writes."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def read_together(self, work: Readings, item: Any) -> Any:
        """As ``read``; those who ask for the same ``work``, a function of a module, share its snapshot."""
        answer: Awaited[Any] = Awaited(self._answers_here())
        self._together.ask(work, item, answer)
        return await answer.waiting

    def _answers_here(self) -> Answers:
        loop = asyncio.get_running_loop()
        found = self._answers.get(loop)
        if found is None:
            found = self._answers[loop] = Answers()
        return found

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
    if kind == "postgresql" and parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if kind != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise BadInput("database", parsed.render_as_string(hide_password=True), accepted)
    return parsed
