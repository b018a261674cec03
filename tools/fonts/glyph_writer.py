"""Draws the shapes of an emblem, as written in drawings.py, as a glyph of a TrueType face."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.reverseContourPen import ReverseContourPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from reelwright.media.base.skia_loader import load_skia

_PENS: Final = {
    "M": (1, "moveTo"),
    "L": (1, "lineTo"),
    "Q": (2, "qCurveTo"),
    "C": (3, "curveTo"),
    "Z": (0, "closePath"),
}
"""By command of an outline, its points and the method of a pen."""
_SPECK: Final = 300
"""Area of what is left over between two shapes that meet, in units of the face squared."""
STROKE: Final = 98
"""Width of a line in units of the face, as at weight 500 of Noto Emoji."""


def draw(text: str) -> Any:
    """Draw the shapes of an emblem as a glyph of a TrueType face."""
    skia = load_skia()
    ink = skia.Path()
    for verb, data in _read_shapes(text):
        outline = _read_outline(data)
        if verb == "carve":
            outline = _trace(outline, STROKE * 0.62)
        if verb in ("cut", "carve", "shape"):
            ink = skia.Op(ink, outline, skia.kDifference_PathOp)
        if verb not in ("cut", "carve"):
            added = outline if verb == "fill" else _trace(outline, STROKE if verb != "thin" else STROKE * 0.85)
            ink = skia.Op(ink, added, skia.kUnion_PathOp)
    pen = TTGlyphPen(None)
    _write(ink, pen)
    return pen.glyph()


def _read_shapes(text: str) -> Iterator[tuple[str, list[str]]]:
    shape: list[str] = []
    for word in [*text.split(), "end"]:
        if word.islower() and shape:
            yield shape[0], shape[1:]
            shape = []
        shape.append(word)


def _read_outline(words: list[str]) -> Any:
    skia = load_skia()
    path = skia.Path()
    draw_next: dict[str, tuple[int, Callable[..., Any]]] = {
        "M": (2, path.moveTo),
        "L": (2, path.lineTo),
        "Q": (4, path.quadTo),
        "C": (6, path.cubicTo),
        "O": (3, path.addCircle),
        "R": (5, lambda *at: path.addRoundRect(skia.Rect.MakeLTRB(*at[:4]), at[4], at[4])),
    }
    at, verb = 0, ""
    while at < len(words):
        if words[at].isupper():
            verb, at = words[at], at + 1
        if verb == "Z":
            path.close()
            continue
        if verb == "T":
            end = next((i for i in range(at, len(words)) if words[i].isupper()), len(words))
            path = skia.Op(path, _taper([*map(float, words[at:end])]), skia.kUnion_PathOp)
            at = end
            continue
        count, add = draw_next[verb]
        add(*map(float, words[at : at + count]))
        at += count
    return path


def _taper(numbers: Sequence[float]) -> Any:
    """Return the surface of a line whose width changes: through each x, y, half as wide as what follows."""
    skia = load_skia()
    points = [(complex(x, y), radius) for x, y, radius in zip(*[iter(numbers)] * 3, strict=True)]
    sides: list[list[complex]] = [[], []]
    for index, (point, radius) in enumerate(points):
        along = points[min(index + 1, len(points) - 1)][0] - points[max(index - 1, 0)][0]
        across = along / abs(along) * 1j * radius
        sides[0].append(point + across)
        sides[1].insert(0, point - across)
    path = skia.Path()
    path.moveTo(sides[0][0].real, sides[0][0].imag)
    for side in sides:
        path.lineTo(side[0].real, side[0].imag)
        ends = [side[0], *side, side[-1]]
        for before, start, end, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
            first, second = start + (end - before) / 6, end - (after - start) / 6
            path.cubicTo(first.real, first.imag, second.real, second.imag, end.real, end.imag)
    path.close()
    path = skia.Simplify(path)
    for point, radius in (points[0], points[-1]):
        end = skia.Path()
        end.addCircle(point.real, point.imag, radius)
        path = skia.Op(path, end, skia.kUnion_PathOp)
    return path


def _trace(outline: Any, width: float) -> Any:
    """Return the surface of a line along an outline."""
    skia = load_skia()
    paint = skia.Paint(
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )
    traced = skia.Path()
    paint.getFillPath(outline, traced)
    return traced


def _write(ink: Any, pen: TTGlyphPen) -> None:
    """Write a surface as contours of quadratic curves, those of holes the other way about."""
    contours = [contour for contour in _split(ink) if abs(_measure_area(contour)) > _SPECK]
    outlines = [_read_outline(contour) for contour in contours]
    for contour in contours:
        start = float(contour[1]), float(contour[2])
        others = [outline for outline, other in zip(outlines, contours, strict=True) if other is not contour]
        depth = sum(other.contains(*start) for other in others)
        is_clockwise = _measure_area(contour) < 0
        turned = ReverseContourPen(pen) if is_clockwise == bool(depth % 2) else pen
        curves = Cu2QuPen(turned, max_err=1.0)
        points = iter(contour)
        for verb in points:
            count, name = _PENS[verb]
            getattr(curves, name)(*[(round(float(next(points))), round(float(next(points)))) for _ in range(count)])


def _split(ink: Any) -> list[list[str]]:
    """Split a surface into contours, each as the commands of ``DRAWINGS``."""
    skia = load_skia()
    verbs = {
        skia.Path.kLine_Verb: "L",
        skia.Path.kQuad_Verb: "Q",
        skia.Path.kConic_Verb: "Q",
        skia.Path.kCubic_Verb: "C",
    }
    contours: list[list[str]] = []
    steps = skia.Path.Iter(ink, True)
    while (step := steps.next())[0] != skia.Path.kDone_Verb:
        verb, points = step
        if verb == skia.Path.kMove_Verb:
            contours.append(["M", *_spell(points)])
        elif verb in verbs:
            if verb == skia.Path.kConic_Verb:
                points = skia.Path.ConvertConicToQuads(*points, steps.conicWeight(), 1)
            size = 4 if verb == skia.Path.kConic_Verb else 2 * len(points) - 2
            flat = _spell(points[1:])
            for first in range(0, len(flat), size):
                contours[-1] += [verbs[verb], *flat[first : first + size]]
    return [[*contour, "Z"] for contour in contours]


def _spell(points: Sequence[Any]) -> list[str]:
    return [f"{value:.3f}" for point in points for value in (point.x(), point.y())]


def _measure_area(contour: list[str]) -> float:
    """Measure the area within the points of a contour, below zero where they run clockwise."""
    at = [float(word) for word in contour if not word.isupper()]
    points = list(zip(at[::2], at[1::2], strict=True))
    return sum(x * v - u * y for (x, y), (u, v) in zip(points, [*points[1:], points[0]], strict=True)) / 2
