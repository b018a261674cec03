"""The way to the database's pen: one queue of writes, a priority lane for heartbeats, and group commit.

All writes that wait at one moment share one transaction and so one sync of the disk, and those of one kind the same
statements. Where one of them raises, nothing is kept, and they are done again with each kind in a savepoint of its own:
a write that is refused leaves nothing in the transaction it shared. Where the database itself fails, each is tried
again alone, so that one bad write cannot take others with it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

from sqlalchemy import Connection, Engine

from reelwright.errors import StoreUnavailable
from reelwright.store.answers import Answer
from reelwright.store.failures import in_words, is_collision, is_unavailable
from reelwright.store.unit import Told, Unit, write_events

GROUP: Final = 256
"""Writes in one transaction at most, and …"""
GROUP_S: Final = 0.05
"""… seconds that one transaction may take before it commits, so that a heartbeat never waits long."""
COLLISIONS: Final = 4
"""Times that a write is done before it gives up to others that the database preferred."""


Writes = Callable[[Unit, Sequence[Any]], Sequence[Any]]
"""Writes for many at once: an answer for each, in order. An error among them is a refusal: nothing was written for it.

It raises only what no single one of them is to blame for, or what the database itself says.
"""


@dataclass(slots=True)
class Write:
    """One write on its way, and where its answer goes. ``kind``: with all that wait for the same, for each its item."""

    answer: Answer[Any]
    work: Callable[[Unit], Any] | None = None
    kind: Writes | None = None
    item: Any = None


class _Carried:
    """Carries whatever the work raised back to the one who asked for it, instead of ending the lane's thread."""

    error: BaseException | None = None

    def __enter__(self) -> _Carried:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return True


class Lane:
    """``threads`` writers share one queue. ``mixed``: all that waits shares a transaction, not only what is alike."""

    def __init__(self, engine: Engine, where: str, *, threads: int, mixed: bool) -> None:
        self.commits = 0
        self._engine, self._where, self._mixed = engine, where, mixed
        self._pen = threading.Lock()
        self._ready, self._beats = threading.Condition(self._pen), threading.Condition(self._pen)
        self._first: deque[Write] = deque()
        self._rest: deque[Write] = deque()
        self._closed = False
        # With more than one writer, the first serves heartbeats only: the others may all wait for a row.
        self._threads = [
            threading.Thread(target=self._serve, args=(index == 0 and threads > 1,), daemon=True, name=f"write-{index}")
            for index in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def queue(self, write: Write, *, first: bool = False) -> None:
        """``first``: ahead of all that waits."""
        with self._pen:
            if self._closed:
                raise StoreUnavailable(f"{self._where}: it was closed already")
            (self._first if first else self._rest).append(write)
            self._ready.notify()
            if first:
                self._beats.notify()

    def close(self) -> None:
        """Write what is queued, then end the threads."""
        with self._pen:
            self._closed = True
            self._ready.notify_all()
            self._beats.notify_all()
        for thread in self._threads:
            thread.join()

    def _serve(self, only_first: bool) -> None:
        while writes := self._take(only_first):
            alive = [write for write in writes if write.answer.set_running_or_notify_cancel()]
            while alive:
                alive = self._commit(alive)

    def _take(self, only_first: bool) -> list[Write]:
        """The next writes for one transaction; empty when the lane is closed and nothing is left."""
        with self._pen:
            while not (self._first or (self._rest and not only_first) or self._closed):
                (self._beats if only_first else self._ready).wait()
            taken = list(self._first)
            self._first.clear()
            if only_first or not self._rest or (taken and not self._mixed):
                return taken
            kind = self._rest[0].kind
            if not self._mixed and kind is None:
                return [self._rest.popleft()]
            left: deque[Write] = deque()
            while self._rest and len(taken) < GROUP:
                write = self._rest.popleft()
                (taken if self._mixed or write.kind is kind else left).append(write)
            self._rest.extendleft(reversed(left))
            return taken

    def _commit(self, writes: Sequence[Write]) -> list[Write]:
        """Commit as many of ``writes`` as fit one transaction; returns those that are left."""
        kinds = _by_kind(writes)
        if len(kinds) == 1:
            self._alone(writes)
            return []
        for way in (_at_once, _in_savepoint):  # savepoints cost as much as small writes, and few writes raise
            left = deque(kinds)
            told: list[Told] = []
            done: list[tuple[Write, Any]] = []
            with _Carried() as shared, self._engine.begin() as conn:
                until = time.monotonic() + GROUP_S
                while left and time.monotonic() <= until:
                    done += way(conn, left.popleft(), told)
                write_events(conn, told)
            if shared.error is None:
                self.commits += 1
                _answer(done)
                return [write for alike in left for write in alike]
            if is_unavailable(shared.error):
                break
        for write in writes:
            self._alone([write])
        return []

    def _alone(self, alike: Sequence[Write]) -> None:
        """A transaction of its own for writes of one kind."""
        for left in reversed(range(COLLISIONS)):
            results: Sequence[Any] = ()
            with _Carried() as carried, self._engine.begin() as conn:
                unit = Unit(conn)
                results = _done(unit, alike)
                if len(alike) == 1 and isinstance(results[0], BaseException):
                    raise results[0]  # nothing was written: there is nothing to commit
                write_events(conn, unit.told)
            if not (left and is_collision(carried.error)):
                break
        if carried.error is None:
            self.commits += 1
            _answer(zip(alike, results, strict=True))
        elif len(alike) > 1:
            for write in alike:
                self._alone([write])
        else:
            _answer([(alike[0], in_words(carried.error, self._where))])


def _by_kind(writes: Sequence[Write]) -> deque[list[Write]]:
    """What is done by the same statements, each kind in the place of its first."""
    found: dict[int, list[Write]] = {}
    for write in writes:
        found.setdefault(id(write.kind or write), []).append(write)
    return deque(found.values())


def _done(unit: Unit, alike: Sequence[Write]) -> Sequence[Any]:
    first = alike[0]
    if first.work is not None:
        return [first.work(unit)]
    assert first.kind, "a write is one alone or one of a kind"
    return first.kind(unit, [write.item for write in alike])


def _at_once(conn: Connection, alike: Sequence[Write], told: list[Told]) -> list[tuple[Write, Any]]:
    """Result of each write, in a shared transaction. Raises what any of them raises: then nothing of it is kept."""
    unit = Unit(conn)
    results = _done(unit, alike)
    told += unit.told
    return list(zip(alike, results, strict=True))


def _in_savepoint(conn: Connection, alike: Sequence[Write], told: list[Told]) -> list[tuple[Write, Any]]:
    """Result or error of each write, in a shared transaction. Raises when the database itself failed."""
    unit, results = Unit(conn), ()  # type: tuple[Unit, Sequence[Any]]
    with _Carried() as carried, conn.begin_nested():
        results = _done(unit, alike)
    if carried.error is None:
        told += unit.told
        return list(zip(alike, results, strict=True))
    if is_unavailable(carried.error):
        raise carried.error
    if len(alike) == 1:
        return [(alike[0], carried.error)]
    return [one for write in alike for one in _in_savepoint(conn, [write], told)]


def _answer(done: Iterable[tuple[Write, Any]]) -> None:
    for write, result in done:
        if isinstance(result, BaseException):
            write.answer.set_exception(result)
        else:
            write.answer.set_result(result)
