"""How large a run of a bench is: whole, or the smallest that shows that it still runs (``make bench-smoke``)."""

from __future__ import annotations

import os
from typing import TypeVar

IS_SMOKE = os.environ.get("REELWRIGHT_BENCH") == "smoke"
T = TypeVar("T")


def choose(whole: T, smoke: T) -> T:
    """Return the value for this run: ``smoke`` where only crashes count, else ``whole``."""
    return smoke if IS_SMOKE else whole
