"""The queue of writes to the database, with group commit; heartbeats go ahead of all others.

All writes that wait at one moment share one transaction, and so one sync of the disk; those of one kind share the same
statements. Where one of them raises, the transaction is undone and all are tried again, each kind in a savepoint of its
own, so that a refused write leaves nothing behind. Where the database itself fails, each write is tried again alone, so
that one bad write cannot take others with it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine

from reelwright.errors import StoreUnavailable
from reelwright.store.database.event_log import log_events
from reelwright.store.database.results import ResultSink
from reelwright.store.database.unit import EventRow, Unit, write_events
from reelwright.store.policy import CONFLICTING_WRITE_TRIES, MAX_WRITE_TRANSACTION_S, MAX_WRITES_PER_TRANSACTION
from reelwright.store.schema.failures import is_collision, is_unavailable, translate_error

BatchWrite = Callable[[Unit, Sequence[Any]], Sequence[Any]]
"""Writes many items at once and returns a result for each, in order. An error among the results is a refusal:
nothing was written for that item.

Raises only errors that no single item caused, or errors of the database itself.
"""


@dataclass(slots=True)
class Write:
    """A write and the receiver of its result: ``work``, or one ``item`` for ``kind``, which writes many at once."""

    sink: ResultSink[Any]
    work: Callable[[Unit], Any] | None = None
    kind: BatchWrite | None = None
    item: Any = None


class _CatchError:
    """Context manager that keeps the error raised within, for the caller of a write, so that the thread goes on."""

    error: BaseException | None = None

    def __enter__(self) -> _CatchError:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return True


class WriteQueue:
    """Queue of writes that ``threads`` writers share.

    ``can_mix_kinds``: writes of several kinds share a transaction.
    """

    def __init__(self, engine: Engine, where: str, *, threads: int, can_mix_kinds: bool) -> None:
        self.commits = 0
        self._engine, self._where, self._mixed = engine, where, can_mix_kinds
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

    def put(self, write: Write, *, is_urgent: bool = False) -> None:
        """Queue a write, whose ``sink`` gets the result.

        ``is_urgent``: ahead of all that waits. Raises ``StoreUnavailable`` after ``close``.
        """
        with self._pen:
            if self._closed:
                raise StoreUnavailable(code="journal_closed", database=self._where)
            (self._first if is_urgent else self._rest).append(write)
            self._ready.notify()
            if is_urgent:
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
            alive = [write for write in writes if write.sink.set_running_or_notify_cancel()]
            while alive:
                alive = self._commit(alive)

    def _take(self, only_first: bool) -> list[Write]:
        """Wait for the next writes for one transaction; none when the queue is closed and nothing is left."""
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
            while self._rest and len(taken) < MAX_WRITES_PER_TRANSACTION:
                write = self._rest.popleft()
                (taken if self._mixed or write.kind is kind else left).append(write)
            self._rest.extendleft(reversed(left))
            return taken

    def _commit(self, writes: Sequence[Write]) -> list[Write]:
        """Commit as many of ``writes`` as fit one transaction; return those that are left."""
        kinds = _group_by_kind(writes)
        if len(kinds) == 1:
            self._run_alone(writes)
            return []
        for way in (_run_together, _in_savepoint):  # savepoints cost as much as small writes, and few writes raise
            left = deque(kinds)
            events: list[EventRow] = []
            done: list[tuple[Write, Any]] = []
            with _CatchError() as shared, self._engine.begin() as conn:
                until = time.monotonic() + MAX_WRITE_TRANSACTION_S
                while left and time.monotonic() <= until:
                    done += way(conn, left.popleft(), events)
                write_events(conn, events)
            if shared.error is None:
                self.commits += 1
                log_events(events)
                _deliver(done)
                return [write for alike in left for write in alike]
            if is_unavailable(shared.error):
                break
        for write in writes:
            self._run_alone([write])
        return []

    def _run_alone(self, alike: Sequence[Write]) -> None:
        """Commit writes of one kind in a transaction of their own."""
        for left in reversed(range(CONFLICTING_WRITE_TRIES)):
            results: Sequence[Any] = ()
            events: list[EventRow] = []
            with _CatchError() as carried, self._engine.begin() as conn:
                unit = Unit(conn)
                events = unit.events
                results = _run(unit, alike)
                if len(alike) == 1 and isinstance(results[0], BaseException):
                    raise results[0]  # nothing was written: there is nothing to commit
                write_events(conn, unit.events)
            if not (left and is_collision(carried.error)):
                break
        if carried.error is None:
            self.commits += 1
            log_events(events)
            _deliver(zip(alike, results, strict=True))
        elif len(alike) > 1:
            for write in alike:
                self._run_alone([write])
        else:
            _deliver([(alike[0], translate_error(carried.error, self._where))])


def _group_by_kind(writes: Sequence[Write]) -> deque[list[Write]]:
    """Group writes of the same kind, each group in the place of its first write."""
    found: dict[int, list[Write]] = {}
    for write in writes:
        found.setdefault(id(write.kind or write), []).append(write)
    return deque(found.values())


def _run(unit: Unit, alike: Sequence[Write]) -> Sequence[Any]:
    first = alike[0]
    if first.work is not None:
        return [first.work(unit)]
    assert first.kind, "a write is one alone or one of a kind"
    return first.kind(unit, [write.item for write in alike])


def _run_together(conn: Connection, alike: Sequence[Write], events: list[EventRow]) -> list[tuple[Write, Any]]:
    """Run writes in a shared transaction and return the result of each. Raises what any of them raises."""
    unit = Unit(conn)
    results = _run(unit, alike)
    events += unit.events
    return list(zip(alike, results, strict=True))


def _in_savepoint(conn: Connection, alike: Sequence[Write], events: list[EventRow]) -> list[tuple[Write, Any]]:
    """Run writes in a savepoint and return the result or error of each. Raises when the database itself failed."""
    unit, results = Unit(conn), ()  # type: tuple[Unit, Sequence[Any]]
    with _CatchError() as carried, conn.begin_nested():
        results = _run(unit, alike)
    if carried.error is None:
        events += unit.events
        return list(zip(alike, results, strict=True))
    if is_unavailable(carried.error):
        raise carried.error
    if len(alike) == 1:
        return [(alike[0], carried.error)]
    return [one for write in alike for one in _in_savepoint(conn, [write], events)]


def _deliver(done: Iterable[tuple[Write, Any]]) -> None:
    for write, result in done:
        if isinstance(result, BaseException):
            write.sink.set_exception(result)
        else:
            write.sink.set_result(result)
