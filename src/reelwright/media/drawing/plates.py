"""Plates under words over footage: slanted, round, of torn paper, or printed with a second ink beside them."""

from __future__ import annotations

import random
from typing import Any, Final

from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.style import PlateShape

skia = load_skia()

Edges = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""
_ROUND: Final = 0.22
"""Radius of a round plate in parts of its height, with ``_MAX_RADIUS`` for one under several lines."""
_MAX_RADIUS: Final = 0.02
"""Largest radius in parts of the frame's short side."""
_TEETH: Final = 9
"""Points of a torn end between two corners."""


def make_plate_path(shape: PlateShape, edges: Edges, slope: float, short_side: float, seed: int) -> Any:
    """Make the path of a plate. ``slope``: pixels that its ends lean per pixel of height, where it leans; ``seed``: how
    it is torn.
    """
    if shape == "round":
        radius = min(_ROUND * (edges[3] - edges[1]), _MAX_RADIUS * short_side)
        return skia.Path().addRoundRect(skia.Rect.MakeLTRB(*edges), radius, radius)
    if shape == "torn":
        return _tear(edges, seed)
    return make_slanted_path(edges, slope if shape == "slant" else 0.0)


def make_slanted_path(edges: Edges, slope: float) -> Any:
    """Make the path of a plate whose ends lean to the right at the top, about its own middle."""
    left, top, right, bottom = edges
    lean = slope * (bottom - top) / 2
    path = skia.Path()
    path.moveTo(left + lean, top)
    path.lineTo(right + lean, top)
    path.lineTo(right - lean, bottom)
    path.lineTo(left - lean, bottom)
    path.close()
    return path


def _tear(edges: Edges, seed: int) -> Any:
    """Tear a strip: its long sides are cut almost straight, its ends are ragged."""
    left, top, right, bottom = edges
    chance = random.Random(seed)
    height = bottom - top
    tilt = height * chance.uniform(-0.04, 0.04)
    path = skia.Path()
    path.moveTo(left, top + tilt)
    path.lineTo(right, top - tilt)
    for n in range(1, _TEETH):
        path.lineTo(right + height * chance.uniform(-0.07, 0.07), top + height * n / _TEETH)
    path.lineTo(right, bottom - tilt)
    path.lineTo(left, bottom + tilt)
    for n in range(_TEETH - 1, 0, -1):
        path.lineTo(left + height * chance.uniform(-0.07, 0.07), top + height * n / _TEETH)
    path.close()
    return path
