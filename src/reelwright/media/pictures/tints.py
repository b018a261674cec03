"""The colours and the slope that a look lends to words over a picture: its accent, its plate and its slope."""

from __future__ import annotations

from dataclasses import dataclass

from reelwright.media.drawing import colour
from reelwright.media.looks.registry import load_look


@dataclass(frozen=True, slots=True)
class Tint:
    """Colours as skia integers (ARGB). ``slope``: pixels that a plate's ends lean per pixel of its height."""

    accent: int
    on_accent: int
    plate: int
    slope: float


def load_tint(look: str) -> Tint:
    """Load the tint of a look. Raises ``BadInput`` on a look that does not exist."""
    found = load_look(look)
    return Tint(
        accent=colour.to_argb(found.palette.accent),
        on_accent=colour.to_argb(found.palette.on_accent),
        plate=colour.to_argb(found.palette.shade),
        slope=found.slope,
    )
