"""A clock for leases. It never goes back, and it continues while the machine or this process sleeps."""

from __future__ import annotations

import time


def read_seconds() -> float:
    """Return seconds since a fixed moment: on Linux since the machine started, including the time it slept."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
