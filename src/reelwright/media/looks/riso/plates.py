"""The three plates: which ink each one prints, what they print over one another, and drawings made of their marks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np

from reelwright.media.drawing import colour
from reelwright.media.drawing.colour import to_argb, to_rgb
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Pose
from reelwright.media.drawing.style import Palette
from reelwright.media.drawing.textures import make_halftone, to_image

Plate = Literal["sun", "hot", "key", "paper", "ground", "warm"]
PLATES: Final[tuple[Plate, ...]] = ("paper", "sun", "hot", "key")
_ALIKE: Final = 0.16
"""Distance in OKLab below which two inks cannot be told apart."""
_OTHERS: Final = ("#FFC53A", "#F5435A", "#35B58B", "#8A4FC8")
"""Inks that replace the first plate where a brand's colour is too like it."""
_ORANGE: Final = "#FF6B2C"
_SETTLED: Final = 9


@dataclass(frozen=True, slots=True)
class Inks:
    """The paper and the inks of the plates: ``sun`` is printed first, then ``hot``, which takes a brand's colour,
    then ``key``, in which words are set. ``warm``: ``hot``, or orange where that is cold: no sun is blue.
    """

    paper: str
    sun: str
    hot: str
    key: str
    warm: str

    def get(self, plate: Plate) -> str:
        """Return the colour of a plate's ink, or of the paper."""
        found: str = getattr(self, plate)
        return found


def make_inks(palette: Palette) -> Inks:
    """Return the inks of a palette; where its accent is like another ink, that one gives way."""
    hot, sun, key = palette.accent, palette.pale, palette.text
    if colour.measure_distance(hot, key) < _ALIKE * 1.4:
        key = palette.shade
    if colour.measure_distance(hot, sun) < _ALIKE:
        sun = max(_OTHERS, key=lambda one: colour.measure_distance(one, hot) - colour.measure_distance(one, sun) / 2)
    red, green, blue = to_rgb(hot)
    return Inks(palette.bg, sun, hot, key, hot if red >= max(green, blue) else _ORANGE)


def mix_inks(*inks: str) -> str:
    """Return the colour that inks make which are printed over one another."""
    parts = [1.0, 1.0, 1.0]
    for ink in inks:
        parts = [one * other for one, other in zip(parts, to_rgb(ink), strict=True)]
    return "#" + "".join(f"{round(255 * part):02X}" for part in parts)


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Counts the steps of a drawing, each ``length`` frames long: it is drawn again a dozen times a second."""

    length: float

    def compute_pose(self, frame: float) -> Pose:
        """Return the number of the step in which ``frame`` lies."""
        return Pose(number=max(0, math.floor(math.floor(frame) / self.length + 1e-6)))


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A mark of one plate: a path for each step of the drawing.

    ``dots``: an image of dots in the plate's ink and its place; then the path only bounds them. ``width``: of a line
    along the path instead of its inside. ``is_moving``: whether its steps differ. A mark of the plate ``paper`` leaves
    the paper free of what lies below, one of ``ground`` restores the ground of the drawing.
    """

    plate: Plate
    make: Callable[[int], Any]
    dots: tuple[Any, float, float] | None = None
    width: float = 0.0
    is_moving: bool = False


def hold(path: Any) -> Callable[[int], Any]:
    """Return a function that gives ``path`` for every step."""
    return lambda _: path


@dataclass(slots=True, eq=False)
class Print:
    """A drawing of marks in plates, over a ground of one colour, that fills ``box``. It keeps its last step.

    ``apart``: pixels by which the plates miss one another; they come from farther away and settle.
    """

    box: Box
    ground: str
    inks: Inks
    apart: float
    marks: list[Mark] = field(default_factory=list)
    _kept: tuple[int, Any] | None = None

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw the step ``number``."""
        step = number if number < _SETTLED or any(mark.is_moving for mark in self.marks) else _SETTLED
        if self._kept is None or self._kept[0] != step:
            self._kept = (step, self._render(step))
        canvas.drawImage(self._kept[1], round(self.box.left), round(self.box.top))

    def _render(self, step: int) -> Any:
        wide, high = math.ceil(self.box.width), math.ceil(self.box.height)
        surface = skia.Surface.MakeRaster(
            skia.ImageInfo.Make(wide, high, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        )
        canvas = surface.getCanvas()
        canvas.clear(to_argb(self.ground))
        canvas.translate(-round(self.box.left), -round(self.box.top))
        for mark in self.marks:
            self._press(canvas, mark, step)
        return surface.makeImageSnapshot()

    def _press(self, canvas: Any, mark: Mark, step: int) -> None:
        x, y = find_offset(mark.plate, step, self.apart)
        paint = skia.Paint(
            AntiAlias=True, Color=to_argb(self.ground if mark.plate == "ground" else self.inks.get(mark.plate))
        )
        if mark.plate not in ("paper", "ground"):
            paint.setBlendMode(skia.BlendMode.kMultiply)
        if mark.width:
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeWidth(mark.width)
            paint.setStrokeCap(skia.Paint.kRound_Cap)
            paint.setStrokeJoin(skia.Paint.kRound_Join)
        canvas.save()
        canvas.translate(x, y)
        path = mark.make(step)
        if mark.dots is None:
            canvas.drawPath(path, paint)
        else:
            image, left, top = mark.dots
            canvas.clipPath(path, True)
            canvas.drawImage(image, round(left), round(top), skia.SamplingOptions(), paint)
        canvas.restore()


def find_offset(plate: Plate, step: int, apart: float) -> tuple[int, int]:
    """Return by how many whole pixels a plate is out of register in a step: far at first, and swinging in."""
    if plate in ("key", "paper", "ground"):
        return 0, 0
    swing = 5.5 * math.exp(-step / 1.5) * math.cos(step * 1.25) if step < _SETTLED else 0.0
    across, down = (1.0, -0.7) if plate in ("hot", "warm") else (-0.8, 0.8)
    return round(apart * across * (1 + swing)), round(apart * down * (1 + swing))


# -- the sheet --------------------------------------------------------------------------------------------------


@lru_cache(4)
def make_tooth(width: int, height: int, margin: int, strength: float, inks: Inks) -> Any:
    """Make what lies over every print: pinholes where the ink did not take, and the unprinted margin of the paper.

    ``strength``: of the pinholes, from 0 to 1.
    """
    rng = np.random.default_rng(11)
    fine = rng.random((height, width), dtype=np.float32)
    rough = _enlarge(rng.random((height // 5 + 2, width // 5 + 2), dtype=np.float32), height, width, 5)
    broad = _enlarge(rng.random((height // 60 + 3, width // 60 + 3), dtype=np.float32), height, width, 60)
    holes = np.clip((fine - 0.86) * 5, 0, 1) * 0.34 * (0.35 + broad) + np.clip(
        (rough + 0.35 * broad - 1.07) * 5, 0, 0.45
    )
    pixels = np.empty((height, width, 4), np.uint8)
    paper = np.array(to_rgb(inks.paper)[::-1], np.float32)
    edge = _find_edges(width, height, margin, rng)
    alpha = np.where(edge, 1.0, strength * np.clip(holes, 0, 0.42))
    pixels[..., 3] = alpha * 255
    pixels[..., :3] = alpha[..., None] * paper * 255
    return to_image(pixels)


def _find_edges(width: int, height: int, margin: int, rng: Any) -> Any:
    """Find the pixels of the margin; its inner edge is a little rough, as a stencil's is."""
    inside = np.ones((height, width), bool)
    ys, xs = np.arange(height)[:, None], np.arange(width)[None, :]
    rough = [
        _enlarge(rng.random((2, size // 9 + 3), dtype=np.float32), 1, size, 9)[0] * margin * 0.22
        for size in (width, width, height, height)
    ]
    inside &= (ys >= margin + rough[0][None, :]) & (ys < height - margin - rough[1][None, :])
    inside &= (xs >= margin + rough[2][:, None]) & (xs < width - margin - rough[3][:, None])
    return ~inside


def _enlarge(values: Any, height: int, width: int, by: int) -> Any:
    """Enlarge coarse noise ``by`` times, smoothly along both axes."""
    y, x = np.arange(height) / by, np.arange(width) / by
    top, left = y.astype(int), x.astype(int)
    fy, fx = (y - top).astype(np.float32)[:, None], (x - left).astype(np.float32)[None, :]
    top1, left1 = np.minimum(top + 1, values.shape[0] - 1), np.minimum(left + 1, values.shape[1] - 1)
    upper = values[np.ix_(top, left)] * (1 - fx) + values[np.ix_(top, left1)] * fx
    lower = values[np.ix_(top1, left)] * (1 - fx) + values[np.ix_(top1, left1)] * fx
    return upper * (1 - fy) + lower * fy


@lru_cache(24)
def make_tint(width: int, height: int, toward: str, ink: str, cell: float, densest: float, angle: float) -> Any:
    """Make dots of an ink that grow ``toward`` a side (up, down, left, right) or toward the middle (pool)."""
    return make_halftone(width, height, toward, ink, cell, densest, 1.15, angle)


def join(paths: Sequence[Any]) -> Any:
    """Join paths into one."""
    whole = skia.Path()
    for path in paths:
        whole.addPath(path)
    return whole
