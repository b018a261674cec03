"""What a look lends to the words that lie over a picture: its accent, its plate and its slant."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.media.skia_loader import load_skia

skia = load_skia()


@dataclass(frozen=True, slots=True)
class Tint:
    """Colours as skia integers (ARGB). ``slope``: pixels that a plate's ends lean per pixel of its height."""

    accent: int
    on_accent: int
    plate: int
    slope: float


TINTS: Final = {
    "slam": Tint(accent=0xFFFFE600, on_accent=0xFF0B0B0C, plate=0xFF0B0B0C, slope=math.tan(math.radians(12)))
}
"""Source: looks/README.md 1, read 2026-11-20."""


def tint(look: str) -> Tint:
    """Raises ``BadInput`` on a look that has none."""
    if look not in TINTS:
        raise BadInput("look", look, " | ".join(TINTS))
    return TINTS[look]


def slanted(edges: tuple[float, float, float, float], slope: float) -> Any:
    """The path of a plate whose ends lean to the right at the top, about its own middle."""
    left, top, right, bottom = edges
    lean = slope * (bottom - top) / 2
    shape = skia.Path()
    shape.moveTo(left + lean, top)
    shape.lineTo(right + lean, top)
    shape.lineTo(right - lean, bottom)
    shape.lineTo(left - lean, bottom)
    shape.close()
    return shape
