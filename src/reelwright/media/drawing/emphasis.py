"""Emphasis: strong words take a second colour of the look or stand over a bar; struck words get a bar through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from reelwright.media.drawing import colour as tone
from reelwright.media.drawing.lettering import BAR, UNDER, Ink
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.style import Palette
from reelwright.reel.film.markup import Style

_LEGIBLE: Final = 3.0
"""Least contrast of large type to its ground. Source: WCAG 2.2, 1.4.3."""
_APART: Final = 0.2
"""Least distance in OKLab of two colours that differ at a glance in one line."""


class Part(NamedTuple):
    """A path of a line in its colour."""

    path: Any
    colour: str


def split_line(ink: Ink, size: float, x: float, y: float, colour: str, ground: str, palette: Palette) -> list[Part]:
    """Split a line, whose pen starts at (x, y) on the baseline, into the paths that are drawn one after another.

    Strong words take the colour of the palette that differs most from ``colour`` and is legible on ``ground``; where
    there is none, a bar lies under them. A leaning bar goes through struck words.
    """
    if not ink.style_spans:
        return [Part(ink.make_path(size, x, y), colour)]
    other = choose_second_colour(colour, ground, palette)
    strong = _within(ink, "strong")
    parts = [Part(ink.make_path(size, x, y, of=lambda at: not strong(at)), colour)]
    parts.append(Part(ink.make_path(size, x, y, of=strong), other or colour))
    for start, end, style in ink.style_spans:
        if style == "struck" or not other:
            parts += _bars(ink, start, end, style, size, x, y, other or colour)
    return [part for part in parts if not part.path.isEmpty()]


def choose_second_colour(colour: str, ground: str, palette: Palette) -> str:
    """Return the colour of strong words beside words in ``colour``; empty where no colour of the palette can be."""
    found = (palette.accent_text, palette.accent, palette.text, palette.shade, palette.pale)
    legible = [
        one
        for one in found
        if tone.compute_contrast(one, ground) >= _LEGIBLE and tone.measure_distance(one, colour) >= _APART
    ]
    return next(iter(legible), "")


def _within(ink: Ink, style: Style) -> Callable[[int], bool]:
    spans = [(start, end) for start, end, of in ink.style_spans if of == style]
    return lambda at: any(start <= at < end for start, end in spans)


def _bars(ink: Ink, start: int, end: int, style: Style, size: float, x: float, y: float, colour: str) -> list[Part]:
    bounds = ink.make_path(size, x, y, of=lambda at: start <= at < end).computeTightBounds()
    if bounds.isEmpty():
        return []
    thick = BAR * size
    left, right = bounds.left(), bounds.right()
    if style == "strong":
        top = max(bounds.bottom(), y) + UNDER * size
        return [Part(make_polygon([(left, top), (right, top), (right, top + thick), (left, top + thick)]), colour)]
    middle = (bounds.top() + min(bounds.bottom(), y)) / 2
    lean, over = 0.5 * thick, 0.08 * size
    points = [
        (left - over, middle + lean - thick / 2), (right + over, middle - lean - thick / 2),
        (right + over, middle - lean + thick / 2), (left - over, middle + lean + thick / 2),
    ]  # fmt: skip
    return [Part(make_polygon(points), colour)]
