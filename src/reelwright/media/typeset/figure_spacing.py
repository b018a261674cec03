"""The space between the figures of a number that is set large: by their ink, not by the widths that a table needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from reelwright.media.typeset.line import Glyph, Line, measure_bounds, measure_ink

_BESIDE: Final = (42.0, 120.0)
"""Least and most thousandths of an em between the inks of a figure and what stands beside it: in many faces all figures
are as wide as the widest, so that ١ ٢ and 1, 9 fall apart, and 7 runs into a 1 after it.
"""
_APART: Final = (120.0, 200.0)
"""The same across a blank, as before a sign of currency."""


def settle_figures(line: Line) -> Line:
    """Return the line of a number with even space around its figures."""
    placed: list[Glyph] = []
    before: Glyph | None = None
    shift, edge, is_apart = 0.0, 0.0, False
    for glyph in line.glyphs:
        bounds = measure_bounds(glyph)
        if bounds is None:
            is_apart = is_apart or before is not None
        elif before is None or glyph.cluster != before.cluster:
            if before is not None and (_is_figure(line, before) or _is_figure(line, glyph)):
                least, most = _APART if is_apart else _BESIDE
                gap = bounds[0] + shift - edge
                shift += min(max(gap, least), most) - gap
            edge, before, is_apart = bounds[2] + shift, glyph, False
        else:
            edge = max(edge, bounds[2] + shift)
        placed.append(replace(glyph, x=glyph.x + shift))
    return replace(line, glyphs=tuple(placed), advance=line.advance + shift, ink=measure_ink(placed))


def _is_figure(line: Line, glyph: Glyph) -> bool:
    return line.text[glyph.cluster].isdigit()
