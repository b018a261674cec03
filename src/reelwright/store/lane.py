"""The way to the database's pen: one queue of writes, a priority lane for heartbeats, and group commit.

All writes that wait at one moment share one transaction and so one sync of the disk, each in a savepoint of its
own: a write that raises leaves nothing in the transaction it shared. Where the database itself fails, nothing of
the group is kept and each write is tried again alone, so that one bad write cannot take others with it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final

from sqlalchemy import Connection, Engine

from reelwright.errors import StoreUnavailable
from reelwright.store.failures import in_words, is_collision, is_unavailable
from reelwright.store.unit import Unit

GROUP: Final = 256
"""Writes in one transaction at most, and …"""
GROUP_S: Final = 0.05
"""… seconds that one transaction may take before it commits, so that a heartbeat never waits long."""
COLLISIONS: Final = 4
"""Times that a write is done before it gives up to others that the database preferred."""


@dataclass(slots=True)
class Write:
    """One write on its way: what to do, and where its answer goes."""

    work: Callable[[Unit], Any]
    answer: Future[Any] = field(default_factory=Future)


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
    """``threads`` writers share one queue; with ``group`` 1 each write is a transaction of its own."""

    def __init__(self, engine: Engine, where: str, *, threads: int, group: int) -> None:
        self.commits = 0
        self._engine, self._where, self._group = engine, where, group
        self._ready = threading.Condition()
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

    def submit(self, work: Callable[[Unit], Any], *, first: bool = False) -> Future[Any]:
        """Queue a write. ``first``: ahead of all that waits."""
        write = Write(work)
        with self._ready:
            if self._closed:
                raise StoreUnavailable(f"{self._where}: it was closed already")
            (self._first if first else self._rest).append(write)
            self._ready.notify_all() if len(self._threads) > 1 else self._ready.notify()
        return write.answer

    def close(self) -> None:
        """Write what is queued, then end the threads."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        for thread in self._threads:
            thread.join()

    def _serve(self, only_first: bool) -> None:
        while writes := self._take(only_first):
            alive = [write for write in writes if write.answer.set_running_or_notify_cancel()]
            while alive:
                alive = alive[self._commit(alive) :]

    def _take(self, only_first: bool) -> list[Write]:
        """The next writes for one transaction; empty when the lane is closed and nothing is left."""
        with self._ready:
            while not (self._first or (self._rest and not only_first) or self._closed):
                self._ready.wait()
            taken = list(self._first)
            self._first.clear()
            while not only_first and self._rest and len(taken) < self._group:
                taken.append(self._rest.popleft())
            return taken

    def _commit(self, writes: Sequence[Write]) -> int:
        """Commit as many of ``writes`` as fit one transaction; returns how many have their answer."""
        if len(writes) == 1:
            self._alone(writes[0])
            return 1
        done: list[tuple[Write, Any, BaseException | None]] = []
        with _Carried() as shared, self._engine.begin() as conn:
            until = time.monotonic() + GROUP_S
            for write in writes:
                done.append((write, *_in_savepoint(conn, write)))
                if time.monotonic() > until:
                    break
        if shared.error is not None:
            for write in writes:
                self._alone(write)
            return len(writes)
        self.commits += 1
        for write, result, error in done:
            _answer(write, result, error)
        return len(done)

    def _alone(self, write: Write) -> None:
        for left in reversed(range(COLLISIONS)):
            result = None
            with _Carried() as carried, self._engine.begin() as conn:
                result = Unit.run(conn, write.work)
            if not (left and is_collision(carried.error)):
                break
        if carried.error is None:
            self.commits += 1
        _answer(write, result, in_words(carried.error, self._where))


def _in_savepoint(conn: Connection, write: Write) -> tuple[Any, BaseException | None]:
    """Result or error of one write in a shared transaction. Raises when the database itself failed."""
    result = None
    with _Carried() as carried, conn.begin_nested():
        result = Unit.run(conn, write.work)
    if is_unavailable(carried.error):
        assert carried.error is not None
        raise carried.error
    return result, carried.error


def _answer(write: Write, result: Any, error: BaseException | None) -> None:
    if error is None:
        write.answer.set_result(result)
    else:
        write.answer.set_exception(error)
