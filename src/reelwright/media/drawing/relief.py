"""A drawing of lines as a body with a light on it: what it surrounds, its pieces, and their sides in light and shade.

All comes from the outlines of a glyph, so that each drawing has it; where it is too thin, its sides are empty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.lettering import Ink
from reelwright.media.drawing.strokes import fill_holes, split_contours

_EM: Final = 480
"""Pixels to the em in which a drawing is taken apart; it is scaled from there."""
_THIN: Final = 6.0
"""Pixels of it under which a piece is too thin for light and shade on it."""
_DEEP: Final = 0.55
"""Most of a piece's thickness that its shade takes."""
_MOST_DEEP: Final = 0.11
"""The same in ems."""
_SOLID: Final = 0.3
"""Part of a silhouette under which what its lines surround is next to nothing."""
_SMALL, _LARGE = 0.012, 0.3
"""Parts of the silhouette between which a piece that lies in another is one of its own colour."""


UNION, DIFFERENCE, INTERSECTION = (
    skia.PathOp.kUnion_PathOp, skia.PathOp.kDifference_PathOp, skia.PathOp.kIntersect_PathOp,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """The parts of a drawing, as paths. ``lines``: the drawing. ``silhouette``: all within its edge. ``body``: what its
    lines surround. ``pieces``: those parts of the body that have a second colour. ``shade``, ``light``: the sides of
    the body away from a light at the upper left, and towards it. ``size``: pixels to its em.
    """

    lines: Any
    silhouette: Any
    body: Any
    pieces: Any
    shade: Any
    light: Any
    size: float = _EM

    def move(self, size: float, x: float, y: float) -> Relief:
        """Return it ``size`` pixels to the em, with the pen's origin at (x, y)."""
        matrix = skia.Matrix()
        matrix.setScaleTranslate(size / self.size, size / self.size, x, y)
        paths = {one.name: skia.Path(getattr(self, one.name)) for one in fields(self) if one.name != "size"}
        for path in paths.values():
            path.transform(matrix)
        return Relief(**paths, size=size)


@lru_cache(maxsize=128)
def make_relief(ink: Ink) -> Relief:
    """Take a drawing apart, its pen's origin at (0, 0)."""
    lines = skia.Simplify(ink.make_path(_EM, 0, 0))
    whole = fill_holes(lines)
    body = apply_operation(whole, lines, DIFFERENCE)
    parts, pieces = list_pieces(body), skia.Path()
    everything = measure_area(whole)
    sizes = [measure_area(part) for part in parts]
    for part, size in zip(parts[1:], sizes[1:], strict=True):
        if _SMALL < size / everything < _LARGE:
            pieces.addPath(part)
    solid = sum(sizes) < _SOLID * everything  # a silhouette with a few lines in it is shaded on its ink
    shade, light = cut_sides([whole] if solid else parts)
    if solid:
        shade, light = (apply_operation(side, lines, INTERSECTION) for side in (shade, light))
    return Relief(lines, whole, body, pieces, shade, light)


def cut_sides(parts: Sequence[Any]) -> tuple[Any, Any]:
    """Cut those sides off shapes that lie away from a light at the upper left, and those towards it."""
    shade, light = skia.Path(), skia.Path()
    for part in parts:
        deep = min(_DEEP * measure_thickness(part), _MOST_DEEP * _EM)
        if deep > _THIN:
            shade.addPath(_cut_side(part, -0.78 * deep, -deep))
            light.addPath(_cut_side(part, 0.34 * deep, 0.42 * deep))
    return shade, light


def sweep(path: Any, dx: float, dy: float, *, doublings: int = 5) -> Any:
    """Return what a path passes over on its way by so many pixels."""
    swept = skia.Path(path)
    for step in (2**n / 2**doublings for n in range(doublings)):
        moved = skia.Path(swept)
        moved.offset(dx * step, dy * step)
        swept = apply_operation(swept, moved, UNION)
    return swept


def apply_operation(one: Any, other: Any, operation: Any) -> Any:
    """Combine two paths in one of the ways above; where skia fails to, return what is least wrong: ``one`` alone, or
    nothing of two that would be cut with one another.
    """
    try:
        return skia.Op(one, other, operation)
    except RuntimeError:  # curves that touch almost: rare, and no reason to lose a screen
        return skia.Path() if operation == INTERSECTION else skia.Path(one)


def make_hatching(path: Any, pitch: float, width: float) -> Any:
    """Return fine lines that rise through a path from the left, so many pixels apart and thick."""
    bounds, lines = path.computeTightBounds(), skia.Path()
    high, step, x = bounds.height(), pitch * math.sqrt(2), bounds.left() - bounds.height()
    while not path.isEmpty() and x < bounds.right():
        corners = ((x, bounds.bottom()), (x + high, bounds.top()))
        lines.moveTo(*corners[0])
        lines.lineTo(*corners[1])
        lines.lineTo(corners[1][0] + width, corners[1][1])
        lines.lineTo(corners[0][0] + width, corners[0][1])
        lines.close()
        x += step
    return apply_operation(lines, path, INTERSECTION)


def list_pieces(path: Any) -> list[Any]:
    """List the pieces of a path that do not touch, each with its holes, the largest first."""
    rings = sorted((skia.Simplify(one) for one in split_contours(path)), key=measure_area, reverse=True)
    rings = [one for one in rings if not one.isEmpty()]
    outer, holes = list[Any](), list[tuple[int, Any]]()
    around: Sequence[Any] = [ring.computeTightBounds() for ring in rings]
    for index, ring in enumerate(rings):
        point = ring.getPoint(0)
        parents = [n for n in range(index) if around[n].contains(around[index]) and rings[n].contains(*point)]
        if len(parents) % 2:
            holes.append((parents[-1], ring))
        else:
            outer.append((index, ring))
    pieces = []
    for index, ring in outer:
        for parent, hole in holes:
            if parent == index:
                ring = apply_operation(ring, hole, DIFFERENCE)
        pieces.append(ring)
    return sorted(pieces, key=measure_area, reverse=True)


def measure_area(path: Any) -> float:
    """Measure the square pixels that a path fills, at least one."""
    region = skia.Region()
    region.setPath(path, skia.Region(path.getBounds().roundOut()))
    return max(1.0, sum(float(rect.width() * rect.height()) for rect in skia.Region.Iterator(region)))


def measure_length(path: Any) -> float:
    """Measure the pixels around all outlines of a path, at least one."""
    length, measure = 0.0, skia.PathMeasure(path, True)
    while True:
        length += float(measure.getLength())
        if not measure.nextContour():
            return max(1.0, length)


def measure_thickness(path: Any) -> float:
    """Measure how thick a shape is, about, in pixels."""
    return 2 * measure_area(path) / measure_length(path)


def _cut_side(part: Any, dx: float, dy: float) -> Any:
    """Cut off the side of a shape that a copy of it leaves free which is moved by so many pixels."""
    moved = skia.Path(part)
    moved.offset(dx, dy)
    return apply_operation(part, moved, DIFFERENCE)
