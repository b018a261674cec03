"""Reads that are asked for at one moment are done together: one hop, one snapshot, one set of statements for all."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from sqlalchemy import Connection

from reelwright.store.answers import Answer

Asked = tuple[Any, Answer[Any]]
Readings = Callable[[Connection, Sequence[Any]], Sequence[Any]]
"""Reads for many at once: an answer for each that was asked for, in that order; an error is the answer of its own."""
MOST: Final = 64
"""So many in one reading: what was read of thousands of projects need not be in memory at once."""


class Together:
    """Whoever asks while a reading of the same kind is under way is served by the next one, with all who wait.

    What is read is never older than the question: a reading takes those who asked before it began.
    """

    def __init__(self, pool: ThreadPoolExecutor, read: Callable[[Callable[[Connection], Any]], Any]) -> None:
        self._pool, self._read = pool, read
        self._lock = threading.Lock()
        self._asked: dict[Readings, deque[Asked]] = {}
        """By kind; one that stands here has a thread that serves it."""

    def ask(self, work: Readings, item: Any, answer: Answer[Any]) -> None:
        """``work``: a function of a module, so that two who ask alike are seen to."""
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

    def _serve(self, work: Readings) -> None:
        while asked := self._next(work):
            self._answer(work, [one for one in asked if one[1].set_running_or_notify_cancel()])

    def _next(self, work: Readings) -> list[Asked]:
        with self._lock:
            waiting = self._asked[work]
            if not waiting:
                del self._asked[work]
            return [waiting.popleft() for _ in range(min(MOST, len(waiting)))]

    def _answer(self, work: Readings, asked: Sequence[Asked]) -> None:
        """Where the reading of all fails, each is read alone: one that cannot be read takes no other with it."""
        if not asked:
            return
        try:
            found = self._read(lambda conn: work(conn, [item for item, _ in asked]))
        except Exception as error:  # noqa: BLE001  carried to whoever asked
            if len(asked) == 1:
                asked[0][1].set_exception(error)
                return
            for one in asked:
                self._answer(work, [one])
            return
        for (_, answer), one in zip(asked, found, strict=True):
            if isinstance(one, BaseException):
                answer.set_exception(one)
            else:
                answer.set_result(one)
