"""Deadlines for the bytes of a request and of its response, and whether a byte may have left this machine."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Self

from reelwright.net.policy import HELD_UP_AFTER_S
from reelwright.send_and_answer_waits import SEND_THROUGH_S

_send_by: ContextVar[float] = ContextVar("send_by", default=math.inf)


class SendTooLate(Exception):
    """The deadline for the first byte had passed, so nothing was sent."""


def read_seconds() -> float:
    """Return the seconds of a clock that never goes back, and goes on while this process or machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@contextmanager
def limit_send_time(span_s: float) -> Iterator[None]:
    """Limit sends in this task: no paid request begins to leave this machine later than ``span_s`` seconds from now.

    A director whose lease was lost meanwhile must not send: its successor may have sent the same request.
    """
    token = _send_by.set(min(_send_by.get(), read_seconds() + span_s))
    try:
        yield
    finally:
        _send_by.reset(token)


class SendDeadline:
    """The deadlines of one request. ``has_begun``: its first byte was given to the system, and may have arrived.

    ``finish_by``: when its last byte must have been given to the system, by the clock of ``read_seconds``.
    """

    def __init__(self, within_s: float = math.inf, through_s: float = SEND_THROUGH_S) -> None:
        self._by = min(read_seconds() + within_s, _send_by.get() if within_s < math.inf else math.inf)
        self.finish_by = self._by + through_s
        self.has_begun = False

    def begin_send(self) -> None:
        """Record that the first byte leaves now, or raise ``SendTooLate`` after its deadline.

        Called directly before a write, with nothing in between.
        """
        if self.has_begun:
            return
        if read_seconds() > self._by:
            raise SendTooLate
        self.has_begun = True


class ReadTimeout:
    """A timeout around a wait for bytes, as ``asyncio.timeout``, that does not count time in which we were stopped.

    After such a time (SIGSTOP, a suspended machine) the timer comes late, while the answer of a paid request lies in
    the socket. So the wait goes on for as long as the timer was late, at most for the whole ``span_s`` again. None: no
    limit yet, see ``restart``. Raises ``TimeoutError``.
    """

    def __init__(self, span_s: float | None) -> None:
        self._span_s = span_s
        self._limit = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        if self._span_s is not None:
            self.restart(self._span_s)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.cancel()
        await self._limit.__aexit__(kind, error, trace)

    @property
    def left_s(self) -> float:
        """Seconds that are left of a timeout that was started; after it was held up, as many as it goes on for."""
        assert self._timer
        left = self._timer.when() - asyncio.get_running_loop().time()
        return left if left > 0 else min(-left, self._span_s or 0.0)

    def restart(self, span_s: float) -> None:
        """Let the timeout end ``span_s`` seconds from now."""
        self._span_s = span_s
        self._set_timer(span_s)

    def _set_timer(self, left_s: float) -> None:
        if self._timer:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        due = loop.time() + left_s
        self._timer = loop.call_at(due, self._end, due)

    def _end(self, due: float) -> None:
        now = asyncio.get_running_loop().time()
        if now - due < HELD_UP_AFTER_S:
            self._limit.reschedule(now)
        else:
            self._set_timer(min(now - due, self._span_s or 0.0))
