"""Results on their way from the database's threads to an event loop: those that are ready at once wake it once."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
C = TypeVar("C", contravariant=True)


class ResultSink(Protocol[C]):
    """The receiver of a database thread's result or error; a ``concurrent.futures.Future`` is one, too."""

    def set_running_or_notify_cancel(self) -> bool:
        """Return False if no caller waits any more; the work is then not done."""
        ...

    def set_result(self, result: C, /) -> None:
        """Give the waiting caller its result; callable from any thread."""
        ...

    def set_exception(self, exception: BaseException, /) -> None:
        """Make the waiting caller raise ``exception``; callable from any thread."""
        ...


class ResultQueue:
    """Queue of results for one event loop.

    Waking a loop from a thread costs as much as a small write: many share one.
    """

    def __init__(self) -> None:
        self._ready: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._woken = False

    def deliver(self, future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
        """Queue a result for ``future`` and wake the loop; callable from any thread.

        The loop clears ``_woken`` before it empties the queue, so that no result stays in it.
        """
        self._ready.append((future, result, error))
        if not self._woken:
            self._woken = True
            with contextlib.suppress(RuntimeError):  # the loop was closed: no caller waits any more
                future.get_loop().call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._woken = False
        while self._ready:
            waiting, result, error = self._ready.popleft()
            if waiting.done():
                continue  # its caller was cancelled
            if error is None:
                waiting.set_result(result)
            else:
                waiting.set_exception(error)


class PendingResult(Generic[T]):
    """The result that a coroutine waits for. When the coroutine is cancelled before the work begins, it is not done."""

    __slots__ = ("_answers", "waiting")

    def __init__(self, queue: ResultQueue) -> None:
        self._answers = queue
        self.waiting: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def set_running_or_notify_cancel(self) -> bool:
        """Return False if its coroutine was cancelled; the work is then not done."""
        return not self.waiting.cancelled()

    def set_result(self, result: T, /) -> None:
        """Wake the coroutine with a result; callable from any thread."""
        self._answers.deliver(self.waiting, result, None)

    def set_exception(self, exception: BaseException, /) -> None:
        """Wake the coroutine with an error; callable from any thread."""
        self._answers.deliver(self.waiting, None, exception)
