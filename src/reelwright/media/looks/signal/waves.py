"""Waveforms that live by the milliseconds of the shot: bars with a playhead, a line that bursts, a ring, a meter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from reelwright.media.drawing.colour import to_argb
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box

_TURN: Final = 0.3
"""Radians a second that rays turn."""
_LINES: Final = skia.Canvas.PointMode.kLines_PointMode


def make_levels(count: int, seed: int) -> Any:
    """Make the heights (0 to 1) of ``count`` bars as speech has them: bursts of syllables with pauses between them.

    Source: looks/README.md 3; noise or plain sines look like neither voice nor music.
    """
    random = np.random.default_rng(seed % 99991)
    found = np.zeros(count)
    at = 0
    while at < count:
        long = int(random.integers(4, 12))
        part = np.arange(min(long, count - at))
        found[at : at + long] = (
            random.uniform(0.4, 1) * np.sin((part + 0.7) / (long + 0.4) * math.pi) ** 0.8
        ) * random.uniform(0.6, 1, len(part))
        at += long + int(random.integers(1, 4))
    return np.maximum(found, 0.04)


def _stroke(colour: str, alpha: float, width: float) -> Any:
    paint = skia.Paint(AntiAlias=True, Color=to_argb(colour, alpha))
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    paint.setStrokeWidth(width)
    return paint


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """A waveform of bars. What is played is lit; the playhead moves from ``first`` to ``last`` (parts of the width).

    ``head``: colour of the playhead, empty for none. Bars near it swell, and all breathe.
    """

    box: Box
    levels: Any
    lit: str
    rest: str
    seconds: float
    first: float = 0.3
    last: float = 0.74
    head: str = ""
    is_mirrored: bool = False

    def find_head(self, seconds: float) -> float:
        """Return where the playhead stands, in parts of the width from the side where reading starts."""
        return self.first + (self.last - self.first) * min(1.0, seconds / max(0.1, self.seconds))

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        box, seconds, count = self.box, number / 1000, len(self.levels)
        head = self.find_head(seconds)
        at = (np.arange(count) + 0.5) / count
        near = np.exp(-(((at - head) / 0.05) ** 2))
        breath = 1 + 0.1 * np.sin(at * 31 + seconds * 7) + 0.4 * near * np.sin(at * 57 + seconds * 13)
        come = np.clip((seconds * 3 + 0.8 - at) * 3, 0, 1)
        half = np.maximum(self.levels * breath * come, 0.035) * box.height / 2
        pitch, middle = box.width / count, box.centre[1]
        width = pitch * 0.54
        xs = box.left + at * box.width if not self.is_mirrored else box.right - at * box.width
        for colour, chosen in ((self.rest, at > head), (self.lit, at <= head)):
            points = [
                skia.Point(float(x), float(y))
                for x, reach in zip(xs[chosen], half[chosen], strict=True)
                for y in (middle - min(reach, box.height / 2), middle + min(reach, box.height / 2))
            ]
            if points:
                canvas.drawPoints(_LINES, points, _stroke(colour, alpha, width))
        if self.head:
            x = box.left + head * box.width if not self.is_mirrored else box.right - head * box.width
            reach = box.height * 0.56
            canvas.drawLine(x, middle - reach, x, middle + reach, _stroke(self.head, alpha, max(2.0, pitch * 0.2)))
            canvas.drawCircle(
                x, middle - reach, pitch * 0.6, skia.Paint(AntiAlias=True, Color=to_argb(self.head, alpha))
            )


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A line across the box that is flat before ``x``, where words stand on it, and bursts into a signal after it.

    ``width``: of the line, ``burst``: half the height of the burst, 0 for none, ``reach``: of the pulse that runs on
    the line before; all in pixels.
    """

    box: Box
    x: float
    colour: str
    width: float
    burst: float
    reach: float
    is_mirrored: bool = False

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        box, seconds = self.box, number / 1000
        xs = np.linspace(0, 1, max(80, int(box.width / (self.width * 2.2))))
        start = (self.x - box.left) / box.width if not self.is_mirrored else (box.right - self.x) / box.width
        away = np.clip((xs - start) / max(0.08, 1 - start), 0, 1)
        env = np.sin(np.pi * np.clip(away * 1.04, 0, 1)) ** 0.7 * (0.62 + 0.38 * np.sin(9 * away - 2.4 * seconds))
        wave = np.sin(64 * away - 11 * seconds) * 0.62 + np.sin(109 * away - 6 * seconds + 1) * 0.38
        pulse = np.exp(-(((xs - (seconds * 0.8 + 0.1) % 1.5 * max(0.1, start)) / 0.03) ** 2)) * (xs < start - 0.04)
        done = min(1.0, seconds * 2.4 + 0.72)
        ys = box.centre[1] - self.burst * env * wave * np.clip((done - xs) * 8, 0, 1) - 0.1 * self.reach * pulse
        path = skia.Path()
        for index in range(max(2, int(len(xs) * done))):
            x = box.left + xs[index] * box.width if not self.is_mirrored else box.right - xs[index] * box.width
            (path.lineTo if index else path.moveTo)(float(x), float(ys[index]))
        canvas.drawPath(path, _stroke(self.colour, 0.16 * alpha, self.width * 4.2))
        canvas.drawPath(path, _stroke(self.colour, alpha, self.width))


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """Bars around a circle, as much of them lit as has been played; they swell with the sound.

    ``is_even``: all are lit, and stand still but for their turning.
    """

    x: float
    y: float
    radius: float
    reach: float
    levels: Any
    lit: str
    rest: str
    seconds: float
    is_even: bool = False
    share: float = 0.86
    begins: float = -90.0  # degrees from the right, clockwise

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        seconds, count = number / 1000, len(self.levels)
        at = np.arange(count) / count
        played = min(self.share, 0.3 + (self.share - 0.3) * seconds / max(0.1, self.seconds))
        played = 1.0 if self.is_even else played
        swell = self.levels if self.is_even else 0.2 + 0.8 * self.levels * (0.8 + 0.35 * np.sin(at * 44 + seconds * 8))
        swell = swell * np.clip(seconds * 4 + 0.6 - at * 0.6, 0, 1)
        turn = at * 2 * math.pi + math.radians(self.begins) + (_TURN * seconds if self.is_even else 0.0)
        width = 2 * math.pi * self.radius / count * 0.5
        for colour, chosen in ((self.rest, at > played), (self.lit, at <= played)):
            points = []
            for angle, part in zip(turn[chosen], swell[chosen], strict=True):
                cos, sin = math.cos(angle), math.sin(angle)
                for radius in (self.radius, self.radius + self.reach * part):
                    points.append(skia.Point(self.x + radius * cos, self.y + radius * sin))
            if points:
                canvas.drawPoints(_LINES, points, _stroke(colour, alpha, width))


@dataclass(frozen=True, slots=True, eq=False)
class Transport:
    """The head of a screen: a meter of five bars that dances, and a hairline on which a knob goes with the time."""

    box: Box
    lit: str
    rest: str
    knob: str
    seconds: float
    is_mirrored: bool = False

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        box, seconds = self.box, number / 1000
        high = box.height
        pitch = high * 0.36
        flip = -1 if self.is_mirrored else 1
        start = box.right if self.is_mirrored else box.left
        points = []
        for index in range(5):
            part = 0.3 + 0.7 * abs(math.sin(seconds * (3.1 + index * 1.3) + index * 1.9))
            x = start + flip * (index + 0.5) * pitch
            points += [skia.Point(x, box.bottom - high * 0.1), skia.Point(x, box.bottom - high * (0.1 + 0.8 * part))]
        canvas.drawPoints(_LINES, points, _stroke(self.lit, alpha, pitch * 0.46))
        first, last = start + flip * pitch * 6.4, box.left if self.is_mirrored else box.right
        y = box.bottom - high * 0.5
        canvas.drawLine(first, y, last, y, _stroke(self.rest, alpha, max(1.5, high * 0.07)))
        x = first + (last - first) * min(1.0, 0.04 + 0.92 * seconds / max(0.1, self.seconds))
        canvas.drawLine(first, y, x, y, _stroke(self.lit, alpha, max(1.5, high * 0.09)))
        canvas.drawCircle(x, y, high * 0.2, skia.Paint(AntiAlias=True, Color=to_argb(self.knob, alpha)))


@dataclass(frozen=True, slots=True, eq=False)
class Pulse:
    """Rings that leave a pill or a point, at each of ``starts`` (milliseconds), and fade."""

    box: Box
    colour: str
    starts: tuple[float, ...]
    reach: float

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        for start in self.starts:
            part = (number - start) / 900
            if not 0 < part < 1:
                continue
            box = self.box.grow(self.reach * (1 - (1 - part) ** 3))
            paint = skia.Paint(AntiAlias=True, Color=to_argb(self.colour, 0.7 * (1 - part) ** 2 * alpha))
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeWidth(0.12 * self.reach)
            canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(*box), box.height / 2, box.height / 2), paint)


@dataclass(frozen=True, slots=True, eq=False)
class Caret:
    """A block that waits for more to be typed: seen for half a second, gone for half a second."""

    box: Box
    colour: str

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        if number % 1000 < 500:
            canvas.drawRect(
                skia.Rect.MakeLTRB(*self.box), skia.Paint(AntiAlias=True, Color=to_argb(self.colour, alpha))
            )
