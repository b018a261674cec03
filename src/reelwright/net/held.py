"""Whether a byte of a request may have left this machine, and until when its first one may."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_send_by: ContextVar[float] = ContextVar("send_by", default=math.inf)


class HeldUp(Exception):
    """Nothing was sent: the moment until which it might leave had passed."""


def seconds() -> float:
    """A clock that never goes back, and goes on while this process or machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@contextmanager
def sent_within(span_s: float) -> Iterator[None]:
    """Nothing that costs money leaves this machine later than ``span_s`` seconds from now, in this task.

    For a director whose lease may be lost meanwhile: what it wanted to send, its successor may have sent.
    """
    token = _send_by.set(min(_send_by.get(), seconds() + span_s))
    try:
        yield
    finally:
        _send_by.reset(token)


class Leaving:
    """One request on its way out. ``left``: its first byte was given to the system, so it may be anywhere."""

    def __init__(self, within_s: float = math.inf) -> None:
        self._by = min(seconds() + within_s, _send_by.get() if within_s < math.inf else math.inf)
        self.left = False

    def leave(self) -> None:
        """Called directly before a write, with nothing in between. Raises ``HeldUp`` when it is too late."""
        if self.left:
            return
        if seconds() > self._by:
            raise HeldUp
        self.left = True
