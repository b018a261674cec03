"""Limits of what a language model may write: shots of a beat here, of a film in lengths_and_counts.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from reelwright.planner.tables import load_lengths

MAX_BEATS_ASKED_FOR: Final = 12
"""Most beats that the schema allows a language model to write."""
MAX_SHOTS_OF_BEAT: Final[Mapping[str, int]] = MappingProxyType(
    {"cold_open": 2, "hook": 2, "problem": 3, "agitate": 3, "demo": 3, "benefit": 3, "brand": 2, "proof": 2}
)
"""Most shots in which a beat is told; one for beats that are not listed."""
MAX_BEATS_ANSWERED: Final = 2 * MAX_BEATS_ASKED_FOR
"""Most beats that are read of an answer. Not every server holds its model to the schema."""
MAX_SHOTS_ANSWERED: Final = 12
"""Most shots of a beat that are read of an answer."""


def compute_max_shots(total_ms: int) -> int:
    """Return the most shots of a film; beyond a minute they grow with its length. Source: craft.md 1.3, read
    2026-11-20.
    """
    known = [ms for ms in load_lengths() if ms <= total_ms + 1000]
    near = max(known, default=6000)
    return max(load_lengths()[near].shots, load_lengths()[near].shots * total_ms // near)
