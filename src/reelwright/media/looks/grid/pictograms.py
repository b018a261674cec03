"""Emblems as pictograms: the drawing of a thing as one solid shape, out of which only its inner lines are cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.lettering import Ink, typeset_in_face
from reelwright.media.drawing.relief import Relief, cut_sides, list_pieces, make_relief, measure_area, measure_length
from reelwright.media.drawing.strokes import split_contours
from reelwright.media.emblems import CALENDAR, CLOCK, CLOCK_FACES, FACE, FIRST_CLOCK
from reelwright.media.staging.stage import Stage

_HOUR: Final = re.compile(r"(?<!\d)(\d{1,2})[:.](\d{2})(?!\d)")
_TWO: Final = 2
_EM: Final = 480
"""Pixels to the em in which a drawing is filled; it is scaled from there."""
_MOST_INK: Final = 0.66
"""Part of what its outline surrounds from which a drawing is solid as it is."""
_RIM: Final = 2.2
"""Width of the rim in which nothing is cut, in widths of the drawing's lines: half of it lies inside the outline."""


@dataclass(frozen=True, slots=True)
class Pictogram(Ink):
    """The drawing of a thing as a line of one letter, filled."""

    def make_path(self, size: float, x: float, y: float, *, of: Callable[[int], bool] | None = None) -> Any:
        """Make a new skia path with the pen's origin at (x, y)."""
        del of
        matrix = skia.Matrix()
        matrix.setScaleTranslate(size / _EM, size / _EM, x, y)
        path = skia.Path(_fill(self))
        path.transform(matrix)
        return path


def typeset_pictogram(stage: Stage, letters: str) -> Ink:
    """Typeset the film's emblem as a pictogram; where it has none, ``letters``. A calendar stays as it is."""
    ink = stage.typeset_emblem(letters)
    is_page = stage.request.emblem == CALENDAR
    return ink if not stage.request.emblem or is_page else Pictogram(ink.line)


@lru_cache(maxsize=64)
def make_volume(drawing: Pictogram) -> Relief:
    """Take a filled drawing apart: its sides are those of its solid shape; one of open lines surrounds nothing."""
    solid, relief = _fill(drawing), make_relief(Ink(drawing.line))
    shade, light = cut_sides(list_pieces(solid))
    whole = relief.silhouette if measure_area(solid) > _MOST_INK * measure_area(relief.silhouette) else solid
    return replace(relief, silhouette=whole, shade=shade, light=light)


def list_hours(stage: Stage) -> list[Ink]:
    """List the clocks of each half hour between two hours that a line names ("from 5:20 to 23:50"); else none."""
    named = [(int(hour), int(minute)) for hour, minute in _HOUR.findall(stage.request.words.get("line", ""))]
    if stage.request.emblem != CLOCK or len(named) != _TWO:
        return []
    first, last = (2 * hour + round(minute / 30) for hour, minute in named)
    faces = (chr(ord(FIRST_CLOCK) + half % CLOCK_FACES) for half in range(first, last + 1))
    return [Pictogram(typeset_in_face(face, FACE).line) for face in faces]


@lru_cache(maxsize=64)
def _fill(drawing: Pictogram) -> Any:
    """Fill the outline of a drawing of lines, and cut out of it those lines that lie inside."""
    lines = Ink.make_path(drawing, _EM, 0, 0)
    whole = skia.Path()
    for contour in split_contours(lines):
        whole = skia.Op(whole, skia.Simplify(contour), skia.PathOp.kUnion_PathOp)
    area = measure_area(lines)
    if area > _MOST_INK * measure_area(whole):
        return lines
    rim = skia.Path()
    pen = skia.Paint(Style=skia.Paint.kStroke_Style, StrokeWidth=_RIM * 2 * area / measure_length(lines))
    pen.getFillPath(whole, rim)
    inner = skia.Op(lines, rim, skia.PathOp.kDifference_PathOp)
    return skia.Op(whole, inner, skia.PathOp.kDifference_PathOp)
