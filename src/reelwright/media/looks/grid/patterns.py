"""Patterns of the grid: arcs around a corner, quarters of discs, an arrow.

Each is drawn from its box and the milliseconds of the shot, which the pose's number gives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from reelwright.media.drawing.colour import to_argb
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box

_TILES: Final = 3
"""Tiles along the shorter side of a field of quarters of discs."""


def _arrive(number: int, late: float, length: float = 520.0) -> float:
    """Return how far a part has come that starts ``late`` milliseconds into the shot; at first all are half there."""
    part = min(1.0, max(0.0, (number + 260 - late) / length))
    return 1 - (1 - part) ** 4


def _paint(colour: str, alpha: float) -> Any:
    return skia.Paint(AntiAlias=True, Color=to_argb(colour, alpha))


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Rings around a corner of the box, each twice as thick as the last, that turn against one another."""

    box: Box
    colour: str
    x: float
    y: float
    reach: float

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        paint = _paint(self.colour, alpha)
        paint.setStyle(skia.Paint.kStroke_Style)
        radius = self.reach * 0.14
        for index in range(7):
            thick = self.reach * (0.012 + 0.016 * index)
            radius += self.reach * 0.045 + thick / 2
            come = _arrive(number, index * 45, 700)
            turn = (index * 67 + number * 0.006 * (1 if index % 2 else -1)) % 360
            paint.setStrokeWidth(thick)
            oval = skia.Rect.MakeLTRB(self.x - radius, self.y - radius, self.x + radius, self.y + radius)
            for part in range(2):
                canvas.drawArc(oval, turn + part * 180, 118 * come, False, paint)
            radius += thick / 2


@dataclass(frozen=True, slots=True, eq=False)
class Quarters:
    """Tiles that each hold a quarter of a disc; one after another turns on by a quarter."""

    box: Box
    colour: str
    seed: int

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        paint = _paint(self.colour, alpha)
        high = self.box.height / max(1, round(self.box.height / min(self.box.width, self.box.height) * _TILES))
        across = max(1, round(self.box.width / high))
        side = self.box.width / across
        for index in range(across * round(self.box.height / high)):
            row, column = divmod(index, across)
            turn = self.seed * (index + 3) * 7919 // 64 + max(0.0, (number - index * 137 % 2100) / 2100)
            share = turn % 1
            angle = 90 * (turn - share + min(1.0, share * 4) ** 2 * (3 - 2 * min(1.0, share * 4)))
            canvas.save()
            canvas.translate(self.box.left + (column + 0.5) * side, self.box.top + (row + 0.5) * high)
            canvas.rotate(angle)
            oval = skia.Rect.MakeLTRB(-1.5 * side, -1.5 * high, side / 2, high / 2)
            canvas.drawArc(oval, 0, 90, True, paint)
            canvas.restore()


@dataclass(frozen=True, slots=True, eq=False)
class Arrow:
    """A heavy arrow from rules that shoots across its box, and again every other second."""

    box: Box
    colour: str
    sign: int

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        box = self.box
        paint = _paint(self.colour, alpha)
        paint.setStyle(skia.Paint.kStroke_Style)
        thick = min(box.width, box.height) * 0.15
        paint.setStrokeWidth(thick)
        paint.setStrokeJoin(skia.Paint.kMiter_Join)
        come = _arrive(number, 0, 640)
        again = max(0.0, math.sin(number * 0.0024)) ** 6 * 0.06 * box.width
        x, y = box.centre
        half = min(box.width, box.height) * 0.36
        tip = x + self.sign * (half - (1 - come) * box.width + again)
        path = skia.Path()
        path.moveTo(tip - self.sign * half * 0.95, y - half * 0.95)
        path.lineTo(tip, y)
        path.lineTo(tip - self.sign * half * 0.95, y + half * 0.95)
        path.moveTo(tip - self.sign * box.width * 1.5, y)
        path.lineTo(tip - self.sign * thick * 0.4, y)
        canvas.drawPath(path, paint)
