"""Lengths and loudness of films where neither plan nor preset says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TRANSITION_FRAMES: Final[Mapping[str, int]] = MappingProxyType(
    {"cut": 0, "dissolve": 14, "dip": 8, "push": 10, "wipe": 12}
)
"""Usual lengths of transitions in frames at 30 a second. Source: craft.md 3.5, read 2026-11-20."""
WEB_LUFS: Final = -14
"""Loudness of the mix. Source of this and the next: craft.md 5.1."""
WEB_DBTP: Final = -1
"""Highest true peak of the mix."""
