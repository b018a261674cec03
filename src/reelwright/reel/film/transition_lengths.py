"""The lengths of transitions, such as a crossfade (``dissolve``), where the plan does not say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TRANSITION_FRAMES: Final[Mapping[str, int]] = MappingProxyType(
    {"cut": 0, "dissolve": 14, "dip": 8, "push": 10, "wipe": 12}
)
"""Usual lengths of transitions in frames at 30 a second. Source: craft.md 3.5, read 2026-11-20."""
