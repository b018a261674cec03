"""Ready images of what lies on the table: the paper it is covered with, sheets with cut or torn edges, tape, prints."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from reelwright.media.drawing.colour import mix, to_argb, to_rgb
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.relief import UNION, Relief, apply_operation
from reelwright.media.drawing.textures import tint_coverage, to_image
from reelwright.media.drawing.treatments import FINE, MIPPED, Picture, Sprite, find_cover_crop

Edge = Literal["cut", "torn", "foot"]
_SHADOW = "#3A2412"


COARSE = 8
"""Pixels of the frame per point of a window's light."""
_LARGEST = 2048
"""Side in pixels of the surface that all papers are cut from; larger ones repeat it."""


@lru_cache(1)
def _make_surface() -> Any:
    """Make the surface of paper, as differences of light (about -0.03 to 0.03): clouds and fibres."""
    rng = np.random.default_rng(7)
    clouds: Any = np.zeros((_LARGEST // 4, _LARGEST // 4), np.float32)
    for cells, weight in ((8, 0.55), (24, 0.3), (80, 0.15)):
        clouds = clouds + weight * _enlarge(rng.normal(0, 1, (cells, cells)), _LARGEST // 4, _LARGEST // 4)
    fibres: Any = rng.normal(0, 1, (_LARGEST // 2, _LARGEST // 2)).astype(np.float32)
    fibres = (fibres + np.roll(fibres, 1, 1) + np.roll(fibres, 2, 1) + np.roll(fibres, 1, 0)) / 2
    rough = 0.009 * np.repeat(np.repeat(clouds, 2, 0), 2, 1) + 0.006 * fibres
    return np.repeat(np.repeat(rough, 2, 0), 2, 1).astype(np.float16)


@lru_cache(12)
def make_paper(width: int, height: int, colour: str, *, lit: bool = True) -> Any:
    """Draw warm paper that fills ``width`` by ``height`` pixels; ``lit``: by a window at the upper left."""
    surface = _make_surface()
    down, across = -(-height // _LARGEST), -(-width // _LARGEST)
    change = (surface if down == across == 1 else np.tile(surface, (down, across)))[:height, :width].astype(np.float32)
    if lit:
        y, x = np.mgrid[0 : height // 4 + 1, 0 : width // 4 + 1].astype(np.float32)
        away = np.hypot(x * 4 / width - 0.35, (y * 4 / height - 0.3) * 0.9) ** 1.6
        light = np.repeat(np.repeat(0.030 - 0.075 * away, 4, 0), 4, 1)
        change = change + light[:height, :width]
    pixels = np.empty((height, width, 4), np.uint8)
    for channel, (part, warm) in enumerate(zip(reversed(to_rgb(colour)), (1.12, 1.0, 0.9), strict=True)):
        pixels[..., channel] = np.clip(255 * part + 255 * warm * change, 0, 255)
    pixels[..., 3] = 255
    return to_image(pixels, is_opaque=True)


@lru_cache(4)
def make_window(width: int, height: int, is_bright: bool) -> Any:
    """Make the light that leaning panes of a window throw on a bright sheet, or the shade between them on a dark one.

    The image has a point for every ``COARSE`` pixels of the frame, and half as much again on each side: it travels.
    """
    wide, high = 2 * width // COARSE, 2 * height // COARSE
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32) / max(wide, high)
    along, down = (x + 0.34 * y) * 7.0, (y - 0.12 * x) * 4.6
    soft = 22.0

    def fill(part: Any, bar: float) -> Any:
        near = np.abs(part - np.floor(part) - 0.5)
        return 1 / (1 + np.exp((near - 0.5 + bar) * soft))

    light = fill(along, 0.09) * fill(down, 0.12) * (np.floor(along) % 3 != 0)
    return tint_coverage(0.8 * light, "#FFFBF0") if is_bright else tint_coverage(0.2 * (1 - light), "#000000")


def _enlarge(values: Any, width: int, height: int) -> Any:
    """Enlarge coarse noise smoothly to ``height`` by ``width``."""
    rows, columns = values.shape
    y, x = np.linspace(0, rows - 1.001, height), np.linspace(0, columns - 1.001, width)
    top, left = y.astype(int), x.astype(int)
    fy, fx = (y - top)[:, None], (x - left)[None, :]
    fy, fx = fy * fy * (3 - 2 * fy), fx * fx * (3 - 2 * fx)
    one = values[np.ix_(top, left)] * (1 - fx) + values[np.ix_(top, left + 1)] * fx
    two = values[np.ix_(top + 1, left)] * (1 - fx) + values[np.ix_(top + 1, left + 1)] * fx
    return (one * (1 - fy) + two * fy).astype(np.float32)


def make_edge(width: float, height: float, edge: Edge, seed: int, u: float) -> Any:
    """Make the outline of a sheet from (0, 0): ``torn`` on all sides, at its ``foot``, or ``cut`` straight."""
    if edge == "cut":
        path = skia.Path()
        path.addRect(skia.Rect.MakeWH(width, height))
        return path
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    points: list[tuple[float, float]] = []
    for side, (begin, end) in enumerate(zip(corners, [*corners[1:], corners[0]], strict=True)):
        if edge == "torn" or side == 2:
            points += _tear(begin, end, random.Random(f"{seed} {side}"), u)
        else:
            points.append(begin)
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    return path


def _tear(
    begin: tuple[float, float], end: tuple[float, float], rng: random.Random, u: float
) -> list[tuple[float, float]]:
    """Return points of a torn line: a slow wave, and small teeth on it."""
    length = math.hypot(end[0] - begin[0], end[1] - begin[1])
    across = ((end[1] - begin[1]) / length, -(end[0] - begin[0]) / length)
    count = max(6, round(length / (7 * u)))
    phases = [rng.uniform(0, 6.3) for _ in range(3)]
    out = []
    for step in range(count):
        part = step / count
        calm = min(1.0, 8 * part, 8 * (1 - part))
        wave = sum(
            size * math.sin(phase + turns * part * length / (1000 * u))
            for size, phase, turns in zip((5.5, 3.2, 1.8), phases, (4.1, 11.3, 27.0), strict=True)
        )
        off = (wave * calm + rng.uniform(-2.6, 1.4)) * u
        out.append(
            (
                begin[0] + (end[0] - begin[0]) * part - across[0] * off,
                begin[1] + (end[1] - begin[1]) * part - across[1] * off,
            )
        )
    return out


@lru_cache(24)
def make_sheet(
    width: int, height: int, colour: str, edge: Edge, seed: int, turn: float, u: float, line_pitch: float = 0.0
) -> Sprite:
    """Draw a sheet of paper with its shadow, turned by ``turn`` degrees, placed by its middle.

    ``line_pitch``: distance of its faint lines in pixels; 0 for none.
    """
    path = make_edge(width, height, edge, seed, u)

    def fill(canvas: Any) -> None:
        if edge != "cut":
            rim = skia.Paint(AntiAlias=True, Color=to_argb(mix(colour, "#FFFFFF", 0.75)))
            canvas.drawPath(path, rim)
            canvas.translate(0, -3 * u)
            canvas.clipPath(path, True)
            canvas.translate(0, 3 * u)
        canvas.clipPath(path, True)
        canvas.drawImage(make_paper(width, height, colour, lit=False), 0, 0)
        line = skia.Paint(AntiAlias=True, Color=to_argb("#9C7F63", 0.22), StrokeWidth=1.6 * u)
        y = line_pitch * 1.5
        while line_pitch and y < height - 20 * u:
            canvas.drawLine(0, y, width, y, line)
            y += line_pitch

    return _lay(width, height, turn, path, fill, u)


def _lay(width: float, height: float, turn: float, path: Any, fill: Any, u: float, lift: float = 1.0) -> Sprite:
    """Draw what ``fill`` draws, from (0, 0), over the shadow of ``path``, turned, in an image placed by its middle."""
    angle = math.radians(abs(turn))
    margin = 46 * u * lift
    across = width * math.cos(angle) + height * math.sin(angle)
    down = height * math.cos(angle) + width * math.sin(angle)
    wide, high = math.ceil(across + 2 * margin), math.ceil(down + 2 * margin)
    surface = skia.Surface.MakeRaster(
        skia.ImageInfo.Make(wide, high, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    )
    canvas = surface.getCanvas()
    canvas.clear(0)
    canvas.translate(wide / 2, high / 2)
    for offset, blur, alpha in ((3 * u, 2.5 * u, 0.22), (12 * u * lift, 13 * u * lift, 0.24)):
        canvas.save()
        canvas.translate(offset * 0.35, offset)
        canvas.rotate(turn)
        canvas.translate(-width / 2, -height / 2)
        soft = skia.Paint(AntiAlias=True, Color=to_argb(_SHADOW, alpha))
        soft.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        canvas.drawPath(path, soft)
        canvas.restore()
    canvas.rotate(turn)
    canvas.translate(-width / 2, -height / 2)
    fill(canvas)
    return Sprite(surface.makeImageSnapshot(), -wide / 2, -high / 2, Box(-across / 2, -down / 2, across / 2, down / 2))


def make_print(
    picture: Picture, width: float, height: float, turn: float, u: float, aim: tuple[float, float] = (0.5, 0.5)
) -> Sprite:
    """Draw a photograph as a print of ``width`` by ``height`` pixels with a white edge, placed by its middle."""
    border = 0.028 * min(width, height) + 6 * u
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeWH(width, height), 3 * u, 3 * u)

    def fill(canvas: Any) -> None:
        canvas.clipPath(path, True)
        canvas.drawColor(to_argb("#FFFDF8"))
        inner = skia.Rect.MakeXYWH(border, border, width - 2 * border, height - 2 * border)
        source = find_cover_crop(picture, inner.width(), inner.height(), 1.0, aim)
        canvas.drawImageRect(picture.image, source, inner, MIPPED if source.width() > inner.width() else FINE)

    return _lay(width, height, turn, path, fill, u, 1.25)


def make_torn_photo(picture: Picture, width: int, height: int, side: str, seed: int, u: float) -> Sprite:
    """Draw a photograph whose paper is torn along one side (``start`` left, ``end`` right, ``head`` on top,
    ``foot`` below) with a white rim there, placed by its middle.
    """
    ways: dict[str, list[tuple[float, float]]] = {  # the torn side from end to end, then the other corners
        "start": [(0.0, height), (0.0, 0.0), (width, 0.0), (width, height)],
        "end": [(width, 0.0), (width, height), (0.0, height), (0.0, 0.0)],
        "head": [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)],
        "foot": [(width, height), (0.0, height), (0.0, 0.0), (width, 0.0)],
    }
    begin, *others = ways[side]
    path = _polygon([*_tear(begin, others[0], random.Random(f"photo {seed}"), u), *others])
    dx, dy = {"start": (9 * u, 0.0), "end": (-9 * u, 0.0), "head": (0.0, 9 * u), "foot": (0.0, -9 * u)}[side]
    inner = skia.Path(path)
    inner.offset(dx, dy)

    def fill(canvas: Any) -> None:
        canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=to_argb("#FFFDF8")))
        canvas.clipPath(path, True)
        canvas.clipPath(inner, True)
        source = find_cover_crop(picture, width, height)
        canvas.drawImageRect(
            picture.image, source, skia.Rect.MakeWH(width, height), MIPPED if source.width() > width else FINE
        )

    return _lay(width, height, 0, path, fill, u)


def make_screen(picture: Picture, width: float, u: float) -> Sprite:
    """Draw a screenshot whole, in its own colours, with round corners and a dark rim, placed by its middle."""
    height = width / picture.ratio
    rim = 10 * u
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeWH(width + 2 * rim, height + 2 * rim), 26 * u, 26 * u)

    def fill(canvas: Any) -> None:
        canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=to_argb("#2A211B")))
        inner = skia.Rect.MakeXYWH(rim, rim, width, height)
        canvas.clipRRect(skia.RRect.MakeRectXY(inner, 17 * u, 17 * u), True)
        canvas.drawImageRect(picture.image, inner, MIPPED if picture.image.width() > width else FINE)

    return _lay(width + 2 * rim, height + 2 * rim, 0, path, fill, u, 1.25)


def make_cutout(picture: Picture, width: float, turn: float, u: float) -> Sprite:
    """Draw a cut-out as if cut with scissors: a white edge around it and a shadow, placed by its middle."""
    height = width / picture.ratio
    edge = 9 * u
    place = skia.Rect.MakeXYWH(0, 0, width, height)
    sampling = MIPPED if picture.image.width() > width else FINE

    def fill(canvas: Any) -> None:
        for colour, offset, blur, alpha in ((_SHADOW, 16 * u, 12 * u, 0.34), ("#FFFDF8", 0.0, 0.0, 1.0)):
            paint = skia.Paint(ColorFilter=skia.ColorFilters.Blend(to_argb(colour), skia.BlendMode.kSrcIn))
            paint.setAlphaf(alpha)
            if blur:
                paint.setImageFilter(skia.ImageFilters.Blur(blur, blur))
                canvas.drawImageRect(picture.image, place.makeOffset(offset * 0.3, offset), MIPPED, paint)
                continue
            for step in range(24):
                x, y = edge * math.cos(step * math.pi / 12), edge * math.sin(step * math.pi / 12)
                canvas.drawImageRect(picture.image, place.makeOffset(x, y), MIPPED, paint)
        canvas.drawImageRect(picture.image, place, sampling)

    return _lay(width, height, turn, skia.Path(), fill, u, 1.4)


@lru_cache(8)
def make_cloth(width: int, height: int, colour: str, ground: str, cell: float) -> Any:
    """Draw a checked cloth that fills ``width`` by ``height`` pixels; ``cell``: width of a stripe in pixels."""
    x = (np.arange(width, dtype=np.float32) // cell % 2)[None, :]
    y = (np.arange(height, dtype=np.float32) // cell % 2)[:, None]
    threads = 0.04 * ((np.arange(width) % 4 < 2)[None, :] ^ (np.arange(height) % 4 < 2)[:, None])
    part = np.clip(0.26 * x + 0.26 * y + 0.16 * x * y + threads - 0.02, 0, 1)[..., None]
    one, two = np.array(to_rgb(ground)[::-1]) * 255, np.array(to_rgb(colour)[::-1]) * 255
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., :3] = one + (two - one) * part
    return to_image(pixels, is_opaque=True)


def make_cut_letter(path: Any, colour: str, u: float, lines: Any = None, ink: str = "") -> Sprite:
    """Cut a letter's outline ``path``, whose middle is at (0, 0), out of paper of one colour; placed by its middle.

    ``lines``: drawn on it with ``ink``.
    """
    bounds = path.computeTightBounds()
    width, height = bounds.width(), bounds.height()
    moved = skia.Path(path)
    moved.offset(-bounds.left(), -bounds.top())

    def fill(canvas: Any) -> None:
        canvas.clipPath(moved, True)
        canvas.drawImage(make_paper(math.ceil(width) + 2, math.ceil(height) + 2, colour, lit=False), 0, 0)
        if lines is not None:
            canvas.translate(-bounds.left(), -bounds.top())
            canvas.drawPath(lines, skia.Paint(AntiAlias=True, Color=to_argb(ink)))

    return _lay(width, height, 0, moved, fill, u, 1.2)


def make_collage(relief: Relief, outline: Any, stocks: tuple[str, str, str], ink: str, u: float, seed: int) -> Sprite:
    """Paste a drawing of three papers, its middle at (0, 0): ``stocks`` are those of its body, of the sheet that looks
    out under it, and of its inner pieces. Its lines are inked, and its shaded side is hatched by hand.
    """
    off = 0.03 * relief.size
    below = skia.Path(outline)
    below.offset(off, 0.8 * off)
    both = apply_operation(outline, below, UNION)
    bounds, top = both.computeTightBounds(), outline.computeTightBounds()
    width, height = bounds.width(), bounds.height()
    moved = skia.Path(both)
    moved.offset(-bounds.left(), -bounds.top())

    def fill(canvas: Any) -> None:
        canvas.clipPath(moved, True)
        canvas.translate(-bounds.left(), -bounds.top())
        size = math.ceil(width) + 2, math.ceil(height) + 2
        _paste(canvas, below, make_paper(*size, stocks[1], lit=False), bounds, 0)
        _paste(canvas, outline, make_paper(*size, stocks[0], lit=False), top, 6 * u)
        _paste(canvas, relief.pieces, make_paper(*size, stocks[2], lit=False), bounds, 3 * u)
        paint = skia.Paint(AntiAlias=True, Color=to_argb("#FFFFFF", 0.4))
        canvas.drawPath(relief.light, paint)
        paint = skia.Paint(AntiAlias=True, Color=to_argb(ink, 0.16))
        canvas.drawPath(relief.shade, paint)
        with skia.AutoCanvasRestore(canvas):
            canvas.clipPath(relief.shade, True)
            paint = skia.Paint(AntiAlias=True, Color=to_argb(ink, 0.8), Style=skia.Paint.kStroke_Style)
            paint.setStrokeCap(skia.Paint.kRound_Cap)
            _hatch(canvas, paint, bounds, relief.size, random.Random(f"hatching {seed}"))
        canvas.drawPath(relief.lines, skia.Paint(AntiAlias=True, Color=to_argb(ink)))

    sprite = _lay(width, height, 0, moved, fill, u, 1.2)
    x, y = bounds.centerX(), bounds.centerY()  # its middle is that of the drawing, not of the sheet below
    box = sprite.box
    place = Box(box.left + x, box.top + y, box.right + x, box.bottom + y)
    return Sprite(sprite.image, sprite.x + x, sprite.y + y, place)


def _paste(canvas: Any, path: Any, paper: Any, bounds: Any, lift: float) -> None:
    """Paste paper in the shape of a path over its own soft shadow."""
    with skia.AutoCanvasRestore(canvas):
        if lift:
            soft = skia.Paint(AntiAlias=True, Color=to_argb(_SHADOW, 0.42))
            soft.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.8 * lift))
            shadow = skia.Path(path)
            shadow.offset(0.5 * lift, lift)
            canvas.drawPath(shadow, soft)
        canvas.clipPath(path, True)
        canvas.drawImage(paper, bounds.left(), bounds.top())


def _hatch(canvas: Any, paint: Any, bounds: Any, size: float, rng: random.Random) -> None:
    """Draw leaning strokes of a pen over a box, none quite like the next."""
    pitch, along, reach = 0.024 * size, bounds.left() - bounds.height(), bounds.height()
    while along < bounds.right():
        paint.setStrokeWidth(size * rng.uniform(0.006, 0.010))
        lean = rng.uniform(-0.012, 0.012) * size
        canvas.drawLine(along + lean, bounds.bottom(), along + reach - lean, bounds.top(), paint)
        along += pitch * rng.uniform(0.8, 1.2)


@lru_cache(16)
def make_tape(width: int, height: int, turn: float, seed: int, u: float) -> Sprite:
    """Draw a strip of matt tape, half clear, its ends torn, placed by its middle."""
    rng = random.Random(f"tape {seed}")
    left = [(rng.uniform(0, 5) * u, height * n / 6) for n in range(7)]
    right = [(width - rng.uniform(0, 5) * u, height * n / 6) for n in range(7)]
    path = _polygon([*left, *reversed(right)])

    def fill(canvas: Any) -> None:
        canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=to_argb("#EBD9B4", 0.82)))
        line = skia.Paint(AntiAlias=True, Color=to_argb("#FFFFFF", 0.28))
        canvas.clipPath(path, True)
        canvas.drawRect(skia.Rect.MakeXYWH(0, 0, width, height * 0.16), line)

    return _lay(width, height, turn, path, fill, u * 0.35)


def _polygon(points: Sequence[tuple[float, float]]) -> Any:
    path = skia.Path()
    path.addPoly([skia.Point(*point) for point in points], True)
    return path
