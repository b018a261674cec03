"""Answers on their way from the database's threads to an event loop: those that are ready together wake it once."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
C = TypeVar("C", contravariant=True)


class Answer(Protocol[C]):
    """What a thread of the database does with its answer; a ``concurrent.futures.Future`` is one, too."""

    def set_running_or_notify_cancel(self) -> bool:
        """False: nobody waits for it any more, and it is not done."""
        ...

    def set_result(self, result: C, /) -> None: ...

    def set_exception(self, exception: BaseException, /) -> None: ...


class Answers:
    """Of one event loop. To wake a loop from another thread costs as much as a small write: many share a waking."""

    def __init__(self) -> None:
        self._ready: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._woken = False

    def arrived(self, waiting: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
        """In any thread. The loop clears ``_woken`` before it looks, so that nothing that came is left lying."""
        self._ready.append((waiting, result, error))
        if not self._woken:
            self._woken = True
            with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits for anything any more
                waiting.get_loop().call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._woken = False
        while self._ready:
            waiting, result, error = self._ready.popleft()
            if waiting.done():
                continue  # nobody waits for it any more
            if error is None:
                waiting.set_result(result)
            else:
                waiting.set_exception(error)


class Awaited(Generic[T]):
    """An answer that a coroutine of one loop waits for. When that is cancelled, what has not begun is not done."""

    __slots__ = ("_answers", "waiting")

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.waiting: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def set_running_or_notify_cancel(self) -> bool:
        return not self.waiting.cancelled()

    def set_result(self, result: T, /) -> None:
        self._answers.arrived(self.waiting, result, None)

    def set_exception(self, exception: BaseException, /) -> None:
        self._answers.arrived(self.waiting, None, exception)
