"""Batches of reads: all that wait at one moment share one thread, one snapshot and one set of statements."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection

from reelwright.store.database.results import ResultSink
from reelwright.store.policy import MAX_ITEMS_PER_READ_BATCH

PendingRead = tuple[Any, ResultSink[Any]]
BatchRead = Callable[[Connection, Sequence[Any]], Sequence[Any]]
"""Reads many items at once and returns a result for each, in order; an error among them is the result of that item."""


class ReadBatcher:
    """Batches reads of the same kind: those submitted while one batch runs are in the next.

    A result is never older than its request: a batch only has reads that were submitted before it began.
    """

    def __init__(self, pool: ThreadPoolExecutor, read: Callable[[Callable[[Connection], Any]], Any]) -> None:
        self._pool, self._read = pool, read
        self._lock = threading.Lock()
        self._asked: dict[BatchRead, deque[PendingRead]] = {}
        """Waiting reads by kind. Each kind in it has a thread that runs its batches."""

    def submit(self, work: BatchRead, item: Any, answer: ResultSink[Any]) -> None:
        """Queue a read of ``item``, in a batch with others of the same ``work``; ``answer`` gets its result.

        ``work``: a function of a module, since reads are of the same kind if their ``work`` is equal.
        """
        with self._lock:
            served = work in self._asked
            self._asked.setdefault(work, deque()).append((item, answer))
        if not served:
            try:
                self._pool.submit(self._serve, work)
            except RuntimeError:  # it was closed
                with self._lock:
                    del self._asked[work]
                raise

    def _serve(self, work: BatchRead) -> None:
        while reads := self._next(work):
            self._answer(work, [one for one in reads if one[1].set_running_or_notify_cancel()])

    def _next(self, work: BatchRead) -> list[PendingRead]:
        with self._lock:
            waiting = self._asked[work]
            if not waiting:
                del self._asked[work]
            return [waiting.popleft() for _ in range(min(MAX_ITEMS_PER_READ_BATCH, len(waiting)))]

    def _answer(self, work: BatchRead, reads: Sequence[PendingRead]) -> None:
        """Run a batch and deliver its results.

        Where it fails, run each read alone, so that one bad read fails no other.
        """
        if not reads:
            return
        try:
            found = self._read(lambda conn: work(conn, [item for item, _ in reads]))
        except Exception as error:  # noqa: BLE001  delivered to the caller
            if len(reads) == 1:
                reads[0][1].set_exception(error)
                return
            for one in reads:
                self._answer(work, [one])
            return
        for (_, answer), one in zip(reads, found, strict=True):
            if isinstance(one, BaseException):
                answer.set_exception(one)
            else:
                answer.set_result(one)
