"""How much slower this machine is right now than a quiet one, for tests that hold a figure in seconds."""

import json
import statistics
import time
from collections.abc import Callable

QUIET_S = 0.0105  # what the work below takes on a quiet machine with 2 cores (2026-11)


def slowness(clock: Callable[[], float] = time.perf_counter) -> float:
    """At least 1. Multiply a limit by it; with `time.process_time` only the processor's own speed counts."""
    took = []
    for _ in range(9):
        began = clock()
        _work()
        took.append(clock() - began)
    return max(1.0, statistics.median(took) / QUIET_S)


def _work() -> int:
    rows = [{"n": n, "text": f"row {n}"} for n in range(2000)]
    return sum(len(json.loads(json.dumps(row, sort_keys=True))["text"]) for row in rows)
