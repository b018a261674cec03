"""Answers on their way from the database's threads to an event loop: those that are ready together wake it once."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Answers:
    """Of one event loop. To wake a loop from another thread costs as much as a small write: many share a waking."""

    def __init__(self) -> None:
        self._ready: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._woken = False

    async def expect(self, answer: Future[T]) -> T:
        """Wait for it on the running loop. When that is cancelled, what has not begun is not done."""
        waiting: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda done: self._arrived(waiting, done))
        try:
            return await waiting
        except asyncio.CancelledError:
            answer.cancel()
            raise

    def _arrived(self, waiting: asyncio.Future[Any], answer: Future[Any]) -> None:
        """In any thread. The loop clears ``_woken`` before it looks, so that nothing that came is left lying."""
        self._ready.append((waiting, answer))
        if not self._woken:
            self._woken = True
            waiting.get_loop().call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._woken = False
        while self._ready:
            waiting, answer = self._ready.popleft()
            if waiting.done():
                continue  # nobody waits for it any more
            if error := answer.exception():
                waiting.set_exception(error)
            else:
                waiting.set_result(answer.result())
