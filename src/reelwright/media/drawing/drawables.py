"""The drawables that a layer can hold: filled and outlined paths, blits, sprites and counters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.colour import to_argb
from reelwright.media.drawing.lettering import Ink

skia = load_skia()

LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)


@cache
def _fill(colour: str, alpha: int) -> Any:
    return skia.Paint(AntiAlias=True, Color=to_argb(colour, alpha / 255))


@cache
def _stroke(colour: str, alpha: int, width: float, mitre: bool) -> Any:
    paint = skia.Paint(AntiAlias=True, Color=to_argb(colour, alpha / 255))
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width)
    paint.setStrokeJoin(skia.Paint.kMiter_Join if mitre else skia.Paint.kRound_Join)
    return paint


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """A path in one colour."""

    path: Any
    colour: str
    alpha: float = 1.0

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        canvas.drawPath(self.path, _fill(self.colour, round(255 * self.alpha * alpha)))


@dataclass(frozen=True, slots=True, eq=False)
class Emoji:
    """The pictures of a line, in their own colours."""

    ink: Ink
    size: float
    x: float
    y: float

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        self.ink.paint_pictures(canvas, self.size, self.x, self.y, alpha)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The edge of a path, ``width`` pixels."""

    path: Any
    colour: str
    width: float
    alpha: float = 1.0
    is_mitred: bool = False

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        canvas.drawPath(self.path, _stroke(self.colour, round(255 * self.alpha * alpha), self.width, self.is_mitred))


@dataclass(frozen=True, slots=True, eq=False)
class Blit:
    """An image (premultiplied BGRA) whose upper left corner lies on a whole pixel, or anywhere where ``is_smooth``."""

    image: Any
    x: float
    y: float
    alpha: float = 1.0
    is_smooth: bool = False

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        opacity = self.alpha * alpha
        paint = None
        if opacity < 0.999:
            paint = skia.Paint()
            paint.setAlphaf(opacity)
        sampling = LINEAR if self.is_smooth else skia.SamplingOptions()
        x, y = (self.x, self.y) if self.is_smooth else (round(self.x), round(self.y))
        canvas.drawImage(self.image, x, y, sampling, paint)


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """An image of light or of shade, which has no edges; ``scale``: pixels of the frame per pixel of it."""

    image: Any
    x: float
    y: float
    scale: float = 1.0
    alpha: float = 1.0

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        paint = skia.Paint(Alphaf=self.alpha * alpha)
        canvas.save()
        canvas.translate(self.x, self.y)
        canvas.scale(self.scale, self.scale)
        canvas.drawImage(self.image, 0, 0, LINEAR, paint)
        canvas.restore()


@dataclass(frozen=True, slots=True, eq=False)
class LazyImage:
    """An image that is made only when it is drawn. ``make`` returns it, and keeps it where that takes long."""

    make: Callable[[], Any]
    x: int = 0
    y: int = 0

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        paint = None
        if alpha < 0.999:
            paint = skia.Paint()
            paint.setAlphaf(alpha)
        canvas.drawImage(self.make(), self.x, self.y, LINEAR, paint)


@dataclass(frozen=True, slots=True, eq=False)
class Counter:
    """Several paths; the pose's number picks the one to draw."""

    paths: tuple[Any, ...]
    colour: str

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw the path at index ``number``, or the nearest one if there is none at that index."""
        path = self.paths[min(max(number, 0), len(self.paths) - 1)]
        canvas.drawPath(path, _fill(self.colour, round(255 * alpha)))


@dataclass(frozen=True, slots=True, eq=False)
class Several:
    """Drawables that are always drawn together, in order."""

    parts: tuple[Any, ...]

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        for part in self.parts:
            part.draw(canvas, alpha, number)
