"""Drawables of noir: words that the light reveals and crosses again, beams and other light."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reelwright.media.drawing.colour import to_argb
from reelwright.media.drawing.drawables import LINEAR, skia
from reelwright.media.drawing.easing import Ease
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Pose
from reelwright.media.looks.noir.light import Foil, make_foil_shader

_UNLIT = 0.0
_EDGE = 0.16


@dataclass(frozen=True, slots=True)
class Tick:
    """Counts the frames of the shot, for drawables that have their own times: all, or only those within ``spans``."""

    spans: tuple[tuple[float, float], ...] = ()

    def compute_pose(self, frame: float) -> Pose:
        if self.spans:
            frame = max((min(frame, last) for first, last in self.spans if frame >= first), default=self.spans[0][0])
        return Pose(number=math.floor(frame) + 1)


@dataclass(frozen=True, slots=True)
class Turn:
    """A thing that is turned: from one angle to the next between the frames of ``keys``; it rests between moves."""

    keys: tuple[tuple[float, float], ...]
    ease: Ease

    def compute_pose(self, frame: float) -> Pose:
        return Pose(turn=self.find_angle(frame))

    def find_angle(self, frame: float) -> float:
        """Return the angle in degrees: before the first key the first one, after the last key the last."""
        (at, angle), *rest = self.keys
        for later, other in rest:
            if frame < later:
                return angle + (other - angle) * self.ease(max(0.0, frame - at) / (later - at))
            at, angle = later, other
        return angle


@dataclass(frozen=True, slots=True)
class Aim:
    """Points a lamp: the number of its pose is the angle of a ``Beam`` in hundredths of a degree."""

    turn: Turn

    def compute_pose(self, frame: float) -> Pose:
        return Pose(number=round(100 * self.turn.find_angle(frame)))


@dataclass(frozen=True, slots=True, eq=False)
class Beam:
    """A beam that falls from (x, y) at the angle that the number of its pose says, 0 for straight down.

    ``image``: one pixel for ``scale`` pixels of the frame. It is turned in that coarse size and enlarged upright: skia
    enlarges a turned image 6 times as slowly (measured 2026-11-25).
    """

    image: Any
    x: float
    y: float
    scale: float
    size: tuple[int, int]

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        scale, turn = self.scale, math.radians(number / 100)
        long, half = self.image.height() * scale, self.image.width() * scale / 2
        corners = [(0.0, 0.0), (-0.66 * half, long), (0.66 * half, long)]
        xs = [self.x + px * math.cos(turn) - py * math.sin(turn) for px, py in corners]
        ys = [self.y + px * math.sin(turn) + py * math.cos(turn) for px, py in corners]
        left, right = max(0, math.floor(min(xs) - 8)), min(self.size[0], math.ceil(max(xs) + 8))
        top, bottom = max(0, math.floor(min(ys) - 8)), min(self.size[1], math.ceil(max(ys) + 8))
        if right - left < scale or bottom - top < scale:
            return
        info = skia.ImageInfo.Make(
            math.ceil((right - left) / scale), math.ceil((bottom - top) / scale), skia.kBGRA_8888_ColorType,
            skia.kPremul_AlphaType,
        )  # fmt: skip
        coarse = skia.Surface.MakeRaster(info)
        small = coarse.getCanvas()
        small.clear(0)
        small.translate((self.x - left) / scale, (self.y - top) / scale)
        small.rotate(number / 100)
        small.drawImage(self.image, -self.image.width() / 2, 0, LINEAR)
        canvas.save()
        canvas.translate(left, top)
        canvas.scale(scale, scale)
        canvas.drawImage(coarse.makeImageSnapshot(), 0, 0, LINEAR, skia.Paint(Alphaf=alpha))
        canvas.restore()


@dataclass(frozen=True, slots=True, eq=False)
class Lit:
    """Words that stand in the dark until the light has passed over them, and glint when it comes back.

    ``parts``: path, colour (empty: foil), and by how many pixels the part stands aside at first. ``start``
    and ``length``: of the light's way over them; ``glint``: when it comes again; ``frames``: of the shot.
    """

    parts: Sequence[tuple[Any, str, float]]
    box: Box
    metal: Box
    foil: Foil
    start: float
    length: float
    glint: float
    frames: int
    sign: int

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw the words in frame ``number`` - 1, alone where the number is none of a moving layer."""
        frame = number - 1
        done = (frame - self.start) / max(1.0, self.length)
        if done <= 0:
            return
        left, top, right, bottom = self.box.grow(0.1 * self.box.height + 4)
        rect = skia.Rect.MakeLTRB(left, top, right, bottom)
        veiled = done < 1 or alpha < 0.999
        if veiled:
            canvas.saveLayer(rect, skia.Paint(Alphaf=alpha))
        closing = 1 - min(1.0, frame / max(1, self.frames))
        shader = None
        for path, colour, aside in self.parts:
            paint = skia.Paint(AntiAlias=True)
            if colour:
                paint.setColor(to_argb(colour))
            else:
                shader = shader or make_foil_shader(self.foil, *self.metal, 0.22 * frame / max(1, self.frames))
                paint.setShader(shader)
            self._paint(canvas, path, paint, aside * closing)
        if done < 1:
            self._shine(canvas, done * (1 + 2 * _EDGE) - _EDGE, 0.9 * math.sin(math.pi * done), closing)
            canvas.drawRect(rect, self._make_veil(done))
        elif 0 < (back := (frame - self.glint) / max(1.0, self.length)) < 1:
            self._shine(canvas, back * 1.4 - 0.2, 0.85, closing)
        if veiled:
            canvas.restore()

    def _paint(self, canvas: Any, path: Any, paint: Any, aside: float) -> None:
        if not aside:
            canvas.drawPath(path, paint)
            return
        canvas.translate(aside, 0)
        canvas.drawPath(path, paint)
        canvas.translate(-aside, 0)

    def _find_x(self, part: float) -> float:
        return self.box.left + self.box.width * (part if self.sign > 0 else 1 - part)

    def _make_veil(self, done: float) -> Any:
        edge = done * (1 + 2 * _EDGE) - _EDGE
        soft = max(_EDGE * self.box.width, 60.0) * self.sign
        x = self._find_x(edge)
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(x - soft, 0), skia.Point(x + soft, 0)], [0xFF000000, round(255 * _UNLIT) << 24]
        )
        return skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kDstIn)

    def _shine(self, canvas: Any, at: float, strength: float, closing: float) -> None:
        x, half = self._find_x(at), max(0.09 * self.box.width, 70.0)
        lean = self.box.height * 0.3
        ends = [skia.Point(x - half, self.box.top), skia.Point(x + half, self.box.top + lean)]
        hot = [to_argb(self.foil.hot, 0), to_argb(self.foil.hot, strength), to_argb(self.foil.hot, 0)]
        paint = skia.Paint(AntiAlias=True, Shader=skia.GradientShader.MakeLinear(ends, hot, [0.0, 0.5, 1.0]))
        for path, _, aside in self.parts:
            bounds = path.getBounds()
            if bounds.right() > x - half - 40 and bounds.left() < x + half + 40:
                self._paint(canvas, path, paint, aside * closing)


@dataclass(frozen=True, slots=True, eq=False)
class Glow:
    """A path of light with soft edges, whose strength goes from one of ``alphas`` to the other between its ``ends``."""

    path: Any
    colour: str
    ends: tuple[Any, Any]
    alphas: tuple[float, float]
    blur: Any

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        colours = [to_argb(self.colour, part * alpha) for part in self.alphas]
        shader = skia.GradientShader.MakeLinear(list(self.ends), colours)
        paint = skia.Paint(AntiAlias=True, Dither=True, Shader=shader, MaskFilter=self.blur)
        canvas.drawPath(self.path, paint)


@dataclass(frozen=True, slots=True, eq=False)
class Dust:
    """Motes that float through the light: (x, y, image, radius, brightness, speed) each, in pixels of the frame."""

    motes: Sequence[tuple[float, float, Any, float, float, float]]
    height: float

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw each mote where it floats in frame ``number``."""
        paint = skia.Paint()
        for index, (x, y, image, radius, bright, speed) in enumerate(self.motes):
            at = number * speed
            dx = 14 * speed * math.sin(0.013 * number + index)
            paint.setAlphaf(alpha * bright * (0.7 + 0.3 * math.sin(0.05 * number + 2.4 * index)))
            canvas.drawImage(image, x + dx - radius, (y - at) % self.height - radius, LINEAR, paint)


@dataclass(frozen=True, slots=True, eq=False)
class Metal:
    """A path filled, or with ``width`` stroked, with foil; it is drawn on as the number of its pose counts up."""

    path: Any
    box: Box
    foil: Foil
    width: float = 0.0
    alpha: float = 1.0
    steps: int = 0

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw the part ``number`` of ``steps`` of the path; all of it where ``steps`` is 0."""
        if self.steps and number <= 0:
            return
        paint = skia.Paint(AntiAlias=True, Shader=make_foil_shader(self.foil, *self.box, 0.0))
        paint.setAlphaf(self.alpha * alpha)
        if self.width:
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeWidth(self.width)
        if self.steps and number < self.steps:
            paint.setPathEffect(skia.TrimPathEffect.Make(0, number / self.steps))
        canvas.drawPath(self.path, paint)
