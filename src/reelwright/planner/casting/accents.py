"""Tells models the film's colour in words."""

from __future__ import annotations

from typing import Final

from reelwright.media.drawing.colour import to_oklch
from reelwright.media.looks.registry import load_look

_HUES: Final = (
    (20, "pink-red"), (45, "red"), (70, "orange"), (115, "yellow"), (135, "lime green"), (165, "green"),
    (200, "teal"), (258, "blue"), (285, "deep blue"), (320, "violet"), (350, "magenta"), (361, "pink-red"),
)  # fmt: skip
"""Upper ends of OKLCH hues in degrees."""
_MAX_GREY_CHROMA: Final = 0.04


def describe_accent(look: str, accent: str) -> str:
    """Describe the film's colour in words: ``deep green``. ``accent`` empty: the look's own.

    Its code is not told: models paint letters and figures of a prompt into the picture.
    """
    light, chroma, hue = to_oklch(accent or load_look(look).palette.accent)
    if chroma < _MAX_GREY_CHROMA:
        return "white" if light > 0.85 else "black" if light < 0.25 else "grey"
    degrees = hue * 57.29577951308232 % 360
    name = next(name for end, name in _HUES if degrees < end)
    return f"{'pale ' if light > 0.85 and chroma < 0.12 else 'deep ' if light < 0.45 else ''}{name}"
