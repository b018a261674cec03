"""Whether a byte of a request may have left this machine, and until when its first and its last one may."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

THROUGH_S: Final = 120.0
"""From the moment until which the first byte of what costs money may leave to that until which its last one may."""
ACKNOWLEDGED_S: Final = 30.0
"""What the other side has not acknowledged for so long, the system sends no more: it ends the connection."""
ON_ITS_WAY_S: Final = THROUGH_S + ACKNOWLEDGED_S
"""After the last moment for its first byte, nothing of a send can arrive any more when this has passed, whether its
process was stopped, killed or is alone on its side of a broken network: its socket takes no byte later than
``THROUGH_S`` (``net.wire.Socket``, by a clock that goes on in sleep), and Linux ends a connection whose bytes nobody
acknowledges (TCP_USER_TIMEOUT), also one that has outlived its process. Who believes a list that does not show a send
has to wait for as long (``engine.recover``).
"""

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
    """One request on its way out. ``left``: its first byte was given to the system, so it may be anywhere.

    ``until``: when its last byte must have been given to the system, by ``seconds``.
    """

    def __init__(self, within_s: float = math.inf, through_s: float = THROUGH_S) -> None:
        self._by = min(seconds() + within_s, _send_by.get() if within_s < math.inf else math.inf)
        self.until = self._by + through_s
        self.left = False

    def leave(self) -> None:
        """Called directly before a write, with nothing in between. Raises ``HeldUp`` when it is too late."""
        if self.left:
            return
        if seconds() > self._by:
            raise HeldUp
        self.left = True
