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
    """Check a job's priority: ``low``, ``normal``, ``high`` or a number from -100 to 100; higher goes first.

    Returns the number. Raises ``BadInput``.
    """
    if isinstance(priority, str) and priority in PRIORITIES:
        return PRIORITIES[cast(Priority, priority)]
    if isinstance(priority, bool) or not isinstance(priority, int) or not _LEAST <= priority <= _MOST:
        raise BadInput("priority", priority, f"{', '.join(PRIORITIES)}, or a whole number from {_LEAST} to {_MOST}")
    return priority


def name_priority(priority: int) -> Priority:
    """Return ``low`` for a number below 0, ``high`` for one above it, else ``normal``."""
    return "low" if priority < 0 else "high" if priority > 0 else "normal"
