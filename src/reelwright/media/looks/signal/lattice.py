"""The lattice of dots: the dark ground it lies in, and dots that light up as a signal passes, or draw a letter."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import numpy as np

from reelwright.media.drawing.colour import mix, to_argb, to_rgb
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.relief import Relief
from reelwright.media.drawing.textures import to_image

Light = Callable[[float], Any]
"""How bright each dot is (0 to 1) so many seconds into the shot."""
_STEPS: Final = 6
_UNLIT: Final = 0.12
_POINTS: Final = skia.Canvas.PointMode.kPoints_PointMode


@lru_cache(8)
def make_ground(
    width: int, height: int, bg: str, glow: str, dot: str, pitch: float, focus: tuple[float, float, float]
) -> Any:
    """Make the dark ground as an image: a pool of ``glow`` around the focus (x, y, radius), dots brighter near it.

    A noise of one level, always the same, breaks the bands of the gradient.
    """
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    near = np.clip(1 - np.hypot((x - focus[0]) / focus[2], (y - focus[1]) / focus[2]), 0, 1)
    pool = (near * near * (3 - 2 * near))[..., None]
    base, light, mark = (np.array(to_rgb(one)[::-1], np.float32) * 255 for one in (bg, glow, dot))
    frame = base + (light - base) * pool
    off = np.hypot((x % pitch) - pitch / 2, (y % pitch) - pitch / 2)
    radius = pitch * (0.034 + 0.022 * near)
    covered = (np.clip(radius + 0.5 - off, 0, 1) * (0.16 + 0.5 * near))[..., None]
    frame += (mark - frame) * covered
    noise = np.random.default_rng(7).random((height, width, 1), np.float32)
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3] = np.clip(frame + noise, 0, 255)
    pixels[..., 3] = 255
    return to_image(pixels, is_opaque=True)


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Dots on one pitch, each as large and bright as ``light`` says at the milliseconds that the pose's number gives.

    Dots below a threshold are not drawn: those of the ground lie there already.
    """

    xs: Any
    ys: Any
    light: Light
    dim: str
    lit: str
    radius: float
    _points: list[Any] = field(default_factory=list)

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        if not self._points:
            self._points.extend(skia.Point(float(x), float(y)) for x, y in zip(self.xs, self.ys, strict=True))
        level = self.light(number / 1000)
        steps = np.ceil((level - _UNLIT) / (1 - _UNLIT) * _STEPS).astype(int)
        for step in range(1, _STEPS + 1):
            found = np.flatnonzero(steps == step) if step < _STEPS else np.flatnonzero(steps >= step)
            if not len(found):
                continue
            part = step / _STEPS
            paint = skia.Paint(AntiAlias=True, Color=to_argb(mix(self.dim, self.lit, part**0.8), alpha))
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeCap(skia.Paint.kRound_Cap)
            paint.setStrokeWidth(2 * self.radius * (0.3 + 0.7 * part))
            canvas.drawPoints(_POINTS, [self._points[at] for at in found], paint)


def list_dots(box: Box, pitch: float) -> tuple[Any, Any]:
    """List the places of the ground's dots within a box of the frame."""
    columns = np.arange(math.floor(box.left / pitch), math.ceil(box.right / pitch)) * pitch + pitch / 2
    rows = np.arange(math.floor(box.top / pitch), math.ceil(box.bottom / pitch)) * pitch + pitch / 2
    xs, ys = (one.ravel().astype(np.float32) for one in np.meshgrid(columns, rows))
    inside = (xs >= box.left) & (xs <= box.right) & (ys >= box.top) & (ys <= box.bottom)
    return xs[inside], ys[inside]


def make_sweep(xs: Any, ys: Any, box: Box, sign: int, seed: int) -> Light:
    """Light that crosses the dots along the reading direction as a wave: a crest, and the dots about it."""
    along = (xs - box.left) / max(1.0, box.width)
    along = along if sign > 0 else 1 - along
    down = (ys - box.top) / max(1.0, box.height)
    late = (seed % 7) * 0.37

    def light(seconds: float) -> Any:
        crest = 0.5 + 0.26 * np.sin(7.0 * along - 2.6 * seconds + late) + 0.12 * np.sin(17 * along + 1.7 * seconds)
        near = np.exp(-(((down - crest) / 0.085) ** 2))
        far = 0.42 * np.exp(-(((down - crest) / 0.24) ** 2))
        front = np.clip((seconds * 1.5 + 0.75 - along) * 5, 0, 1)
        pulse = 0.72 + 0.28 * np.sin(9 * along - 5.0 * seconds)
        return np.maximum(near * pulse, far * 0.8) * front

    return light


def make_spectrum(xs: Any, ys: Any, box: Box, pitch: float, seed: int) -> Light:
    """Light that stands in columns on the foot of the box, and jumps as the bands of an equalizer do."""
    column = ((xs - box.left) // pitch).astype(int)
    column -= column.min()
    random = np.random.default_rng(seed % 997)
    count = int(column.max()) + 1
    rest = 0.25 + 0.6 * np.abs(np.sin(np.arange(count) * 0.29 + seed % 5)) * random.uniform(0.6, 1, count)
    speed, phase = random.uniform(3.2, 7.0, count), random.uniform(0, 6.28, count)
    up = (box.bottom - ys) / max(1.0, box.height)

    def light(seconds: float) -> Any:
        arrive = np.clip(seconds * 3.2 + 0.7 - np.arange(count) / count * 0.8, 0, 1)
        beat = np.abs(np.sin(speed * seconds / 2 + phase)) ** 1.5
        top = (rest * (0.5 + 0.5 * beat) * arrive)[column]
        return np.clip((top - up) * box.height / pitch + 1, 0, 1) * (0.45 + 0.55 * np.clip(1 - (top - up) * 1.6, 0, 1))

    return light


_NEAR, _FAR = 0.5, 0.22
"""Light of the dots of a drawing's body where that is nearest to the light, and where it is farthest."""
_LIT, _SHADED = 0.34, 0.6
"""What its edges in the light and its inner pieces have more, and what part its side in the shade has less."""


def make_mark(path: Any, xs: Any, ys: Any, box: Box, body: Relief | None = None) -> Light:
    """Light of the dots that lie in a path, such as a letter: they come from the middle, and a scan goes over them.

    ``body``: what the path surrounds, whose dots are larger towards a light at the upper left.
    """
    inside = _find_inside(path, xs, ys)
    if body is not None:
        down = np.clip((xs - box.left) / box.width + (ys - box.top) / box.height, 0, 2) / 2
        glow = (_NEAR + (_FAR - _NEAR) * down) * _find_inside(body.silhouette, xs, ys)
        glow += _LIT * _find_inside(body.light, xs, ys) + _LIT * _find_inside(body.pieces, xs, ys)
        inside = np.maximum(1.7 * inside, glow * (1 - _SHADED * _find_inside(body.shade, xs, ys)))
    reach = max(box.width, box.height)
    away = np.hypot(xs - box.centre[0], ys - box.centre[1]) / reach
    across = (xs + 0.3 * (ys - box.top) - box.left) / (box.width + 0.3 * box.height)

    def light(seconds: float) -> Any:
        come = np.clip((seconds * 2.4 + (0.42 if body is None else 0.7) - away) * 4, 0, 1)
        behind = (seconds * 0.55 + 0.5) % 1.25 - across  # of the head of the scan, which leaves a trail
        trail = np.where(behind >= 0, np.exp(-behind / 0.3), np.exp(behind / 0.02))
        ripple = 0.5 + 0.5 * np.sin(14 * away - 5 * seconds)
        return inside * come * (0.54 + 0.12 * ripple + 0.54 * trail)

    return light


def _find_inside(path: Any, xs: Any, ys: Any) -> Any:
    return np.array([path.contains(float(x), float(y)) for x, y in zip(xs, ys, strict=True)], np.float32)
