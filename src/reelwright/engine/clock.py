"""A clock for leases: it never goes back, and it goes on while this machine or process sleeps."""

from __future__ import annotations

import time


def seconds() -> float:
    """Seconds since some moment. On Linux since the start of the machine, sleep included."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
