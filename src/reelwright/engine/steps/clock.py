"""A clock for leases. It never goes back, and it continues while the machine or this process sleeps."""

from __future__ import annotations

import time


def read_seconds() -> float:
    """Return seconds since a fixed moment, by a clock that goes on while the machine sleeps and never goes back."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
