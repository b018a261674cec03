"""The priority of a job: its names, and the numbers that are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, cast

from reelwright.errors import BadInput

Priority = Literal["low", "normal", "high"]
PRIORITIES: Final[Mapping[Priority, int]] = {"low": -10, "normal": 0, "high": 10}
"""Low: after the jobs of all others. High: before the other jobs of the same account."""
_LEAST, _MOST = -100, 100


def parse_priority(priority: Any) -> int:
    """Parse the priority of a job, by its name or as a number: higher goes first. Raises ``BadInput``."""
    if isinstance(priority, str) and priority in PRIORITIES:
        return PRIORITIES[cast(Priority, priority)]
    if isinstance(priority, bool) or not isinstance(priority, int) or not _LEAST <= priority <= _MOST:
        raise BadInput("priority", priority, f"{', '.join(PRIORITIES)}, or a whole number from {_LEAST} to {_MOST}")
    return priority


def name_priority(priority: int) -> Priority:
    """Return the name of a stored priority."""
    return "low" if priority < 0 else "high" if priority > 0 else "normal"
