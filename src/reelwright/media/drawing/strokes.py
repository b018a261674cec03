"""Drawables that appear bit by bit: a line that is drawn on as by a pen, and parts that come one after another.

Both heed the pose's number as the part that is done, from 0 to ``DONE``; the mover ``Count`` gives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.colour import to_argb

skia = load_skia()

DONE: Final = 1000
"""The number of a pose at which a stroke is whole and every part has come."""


@dataclass(frozen=True, slots=True, eq=False)
class Pen:
    """A path drawn on from its first point to its last, ``width`` pixels thick with round ends."""

    path: Any
    colour: str
    width: float
    alpha: float = 1.0

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw the first ``number`` thousandths of the path."""
        if number <= 0:
            return
        paint = skia.Paint(AntiAlias=True, Color=to_argb(self.colour, self.alpha * alpha))
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(self.width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        if number < DONE:
            paint.setPathEffect(skia.TrimPathEffect.Make(0, number / DONE))
        canvas.drawPath(self.path, paint)


@dataclass(frozen=True, slots=True, eq=False)
class Cascade:
    """Parts that fade in one after another, each rising by ``rise`` pixels: (path, colour) pairs in order.

    ``share``: part of the whole time that each takes, so that with 1 all come together.
    """

    parts: Sequence[tuple[Any, str]]
    rise: float = 0.0
    share: float = 0.35
    alpha: float = 1.0

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw all parts as they stand when ``number`` thousandths of the time are over."""
        late = (1 - self.share) / max(1, len(self.parts) - 1)
        for index, (path, colour) in enumerate(self.parts):
            done = min(1.0, max(0.0, (number / DONE - index * late) / self.share))
            if done <= 0:
                continue
            shown = done * done * (3 - 2 * done)
            paint = skia.Paint(AntiAlias=True, Color=to_argb(colour, shown * alpha * self.alpha))
            canvas.save()
            canvas.translate(0, self.rise * (1 - shown))
            canvas.drawPath(path, paint)
            canvas.restore()


def fill_holes(path: Any) -> Any:
    """Return the silhouette of a drawing: the path with everything inside its outlines filled."""
    whole = skia.Path()
    for contour in split_contours(path):
        whole = skia.Op(whole, contour, skia.PathOp.kUnion_PathOp)
    return whole


def add_edge(path: Any, by: float) -> Any:
    """Return a silhouette with an edge of so many pixels around it, its corners round."""
    pen = skia.Paint(Style=skia.Paint.kStroke_Style, StrokeWidth=2 * by, StrokeJoin=skia.Paint.kRound_Join)
    edge = skia.Path()
    pen.getFillPath(path, edge)
    return skia.Op(path, edge, skia.PathOp.kUnion_PathOp)


def split_contours(path: Any) -> Iterator[Any]:
    """Yield the outlines of a path, each as a path."""
    contour = skia.Path()
    steps = skia.Path.Iter(path, False)
    while (step := steps.next())[0] != skia.Path.kDone_Verb:
        verb, points = step
        if verb == skia.Path.kMove_Verb:
            if not contour.isEmpty():
                yield contour
            contour = skia.Path()
            contour.moveTo(points[0])
        elif verb == skia.Path.kLine_Verb:
            contour.lineTo(points[1])
        elif verb == skia.Path.kQuad_Verb:
            contour.quadTo(points[1], points[2])
        elif verb == skia.Path.kConic_Verb:
            contour.conicTo(points[1], points[2], steps.conicWeight())
        elif verb == skia.Path.kCubic_Verb:
            contour.cubicTo(points[1], points[2], points[3])
        elif verb == skia.Path.kClose_Verb:
            contour.close()
    if not contour.isEmpty():
        yield contour
