"""Drawings made of rules: arcs around a corner, a hundred cells that show a share, an arrow.

Each is drawn from its box and the milliseconds of the shot, which the pose's number gives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from reelwright.media.drawing.colour import to_argb
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box


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
class Hundred:
    """Board of a hundred cells that shows a share: as many are filled as it has hundredths."""

    box: Box
    colour: str
    empty: str
    share: float
    is_mirrored: bool = False

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        pitch = min(self.box.width, self.box.height) / 10
        head = 100 * (1 - (1 - min(1.0, (number + 150) / 1300)) ** 2.2)
        for index in range(100):
            row, column = divmod(index, 10)
            at = 9 - column if self.is_mirrored else column
            part = min(1.0, max(0.0, self.share - index))
            x, y, side = self.box.left + at * pitch, self.box.top + row * pitch, pitch * 0.86
            canvas.drawRect(skia.Rect.MakeXYWH(x, y, side, side), _paint(self.empty, alpha))
            if part and index < head:
                canvas.drawRect(skia.Rect.MakeXYWH(x, y, side * part, side), _paint(self.colour, alpha))


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
