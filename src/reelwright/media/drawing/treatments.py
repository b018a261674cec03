"""Treatments make the person's pictures ready for a look:
trimmed, graded, masked, turned, once, as sprites that only move.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from reelwright import late_libraries as late
from reelwright.errors import UnreadableMedia
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.colour import to_argb, to_oklch, to_rgb
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.textures import to_image

skia = load_skia()

Grade = Literal["plain", "mono", "soft", "drained", "duo"]
FINE = skia.SamplingOptions(skia.CubicResampler.Mitchell())
MIPPED = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
_EDGES = (0.04, 0.96)
"""Parts of all that is seen on a picture before its edges."""
_MOST_KEPT = 0.68
"""Part of a side from which a crop shows nearly all of it, and keeps in the middle what is seen at its edges."""
_LONGEST = 2600


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A person's picture, upright and trimmed. ``kind`` is cutout, screen or photo. ``middle``: of all that is seen on
    it, in parts of its sides, as ``focus`` is of what is seen first.

    ``is_sticker``: an emblem that stands for the cut-out that nobody gave; it leans little and stays in the frame.
    """

    kind: str
    image: Any
    focus: tuple[float, float]
    middle: tuple[float, float] = (0.5, 0.5)
    is_sticker: bool = False

    @property
    def ratio(self) -> float:
        """Width over height."""
        return float(self.image.width() / self.image.height())


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A ready image and where its upper left corner lies from the point it is placed by. ``box`` is its ink there."""

    image: Any
    x: float
    y: float
    box: Box


def load_picture(path: Path, kind: str | None) -> Picture:
    """Load a picture upright, in sRGB, at most 2600 pixels long, a cut-out trimmed to its ink.

    Raises ``UnreadableMedia``.
    """
    return _loaded(str(path), path.stat().st_mtime_ns, kind)


@lru_cache(8)
def _loaded(path: str, _changed: int, kind: str | None) -> Picture:
    try:
        with late.Image.open(path) as opened:
            upright = late.ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, late.Image.DecompressionBombError) as cause:
        raise UnreadableMedia(code="file_unreadable", file=Path(path).name, last_words=str(cause)) from cause
    upright.thumbnail((_LONGEST, _LONGEST), late.Image.Resampling.LANCZOS)
    pixels = np.asarray(upright)
    clear = float((pixels[..., 3] < 128).mean())
    kind = kind or ("cutout" if clear > 0.03 else "photo")
    if kind == "cutout" and clear > 0.005:
        pixels = _trimmed(pixels)
    elif kind == "cutout":
        kind = "photo"
    focus, middle = find_focus(pixels)
    return Picture(kind=kind, image=_premultiplied(pixels), focus=focus, middle=middle)


def _trimmed(pixels: Any) -> Any:
    inked = pixels[..., 3] > 8
    rows, columns = np.flatnonzero(inked.any(1)), np.flatnonzero(inked.any(0))
    if not len(rows):
        raise UnreadableMedia(code="picture_transparent")
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _premultiplied(pixels: Any) -> Any:
    alpha = pixels[..., 3:4].astype(np.uint16)
    out = np.empty_like(pixels)
    out[..., :3] = ((pixels[..., :3].astype(np.uint16) * alpha + 127) // 255)[..., ::-1]
    out[..., 3] = pixels[..., 3]
    return to_image(out, is_opaque=bool((pixels[..., 3] == 255).all()))


def find_focus(pixels: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    """Find the focus of a picture, and the middle between the edges of all that is seen, as parts of width and height.

    ``pixels``: height by width by 4, straight RGBA. A simple saliency on a small copy: distance from the mean colour
    plus local contrast. The focus: weighted towards the centre and the upper third, its heaviest tenth averaged.
    """
    step = max(1, max(pixels.shape[:2]) // 160)
    small = pixels[::step, ::step].astype(np.float32) / 255
    colour, alpha = small[..., :3], small[..., 3]
    grey = colour.mean(-1)
    contrast = np.abs(np.gradient(grey)[0]) + np.abs(np.gradient(grey)[1])
    odd = np.sqrt(((colour - colour.mean((0, 1))) ** 2).sum(-1))
    height, width = grey.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = y / max(1, height - 1), x / max(1, width - 1)
    middle = np.exp(-(((x - 0.5) / 0.45) ** 2) - ((y - 0.45) / 0.5) ** 2)
    seen = (_smooth(contrast, 4) * 3 + _smooth(odd, 4)) * alpha
    ways = ((0, x[0]), (1, y[:, 0]))
    sides = [float(np.interp(_EDGES, _sum_up(seen.sum(axis)), part).mean()) for axis, part in ways]
    weight = seen * middle
    weight = np.where(weight >= np.quantile(weight, 0.9), weight, 0)
    total = float(weight.sum())
    if total <= 0:
        return (0.5, 0.5), (0.5, 0.5)
    return (float((weight * x).sum() / total), float((weight * y).sum() / total)), (sides[0], sides[1])


def _sum_up(weights: Any) -> Any:
    """Return the part of all weight up to each place, rising."""
    total = np.cumsum(weights - 0.999 * weights.min())
    return total / max(1e-9, float(total[-1]))


def _smooth(values: Any, radius: int) -> Any:
    out = values
    for axis in (0, 1):
        out = sum(np.roll(out, shift, axis) for shift in range(-radius, radius + 1)) / (2 * radius + 1)
    return out


def make_cutout(picture: Picture, width: float, turn: float, *, grade: Grade = "plain", keyline: str = "") -> Sprite:
    """Draw the product ``width`` pixels wide, turned by ``turn`` degrees, placed by its middle."""
    scale = width / picture.image.width()
    height = picture.image.height() * scale
    angle = math.radians(turn)
    across = abs(width * math.cos(angle)) + abs(height * math.sin(angle))
    down = abs(width * math.sin(angle)) + abs(height * math.cos(angle))
    margin = 10
    wide, high = math.ceil(across) + 2 * margin, math.ceil(down) + 2 * margin
    surface = _blank(wide, high)
    canvas = surface.getCanvas()
    canvas.translate(wide / 2, high / 2)
    canvas.rotate(turn)
    place = skia.Rect.MakeXYWH(-width / 2, -height / 2, width, height)
    sampling = MIPPED if scale < 0.6 else FINE
    if keyline:
        _edge(canvas, picture.image, place, keyline, max(2.0, width / 220))
    canvas.drawImageRect(picture.image, place, sampling, _graded(grade, ""))
    return Sprite(surface.makeImageSnapshot(), -wide / 2, -high / 2, Box(-across / 2, -down / 2, across / 2, down / 2))


def _edge(canvas: Any, image: Any, place: Any, colour: str, width: float) -> None:
    paint = skia.Paint(ColorFilter=skia.ColorFilters.Blend(to_argb(colour), skia.BlendMode.kSrcIn))
    for step in range(16):
        x, y = width * math.cos(step * math.pi / 8), width * math.sin(step * math.pi / 8)
        canvas.drawImageRect(image, place.makeOffset(x, y), MIPPED, paint)


def mask_picture(
    picture: Picture,
    path: Any,
    box: Box,
    *,
    zoom: float = 1.0,
    grade: Grade = "plain",
    tint: str = "",
    aim: tuple[float, float] = (0.5, 0.5),
) -> Sprite:
    """Draw a picture that covers ``box``, cut by ``path`` (both in frame pixels, placed by the frame's origin).

    ``zoom`` crops closer around the focus; ``aim``: where in the box the focus should come to lie, in parts of it.
    """
    left, top = math.floor(box.left), math.floor(box.top)
    wide, high = math.ceil(box.right) - left, math.ceil(box.bottom) - top
    surface = _blank(wide, high)
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)
    canvas.clipPath(path, True)
    if picture.kind == "cutout":
        canvas.drawColor(to_argb(tint or "#1A1A1D"))
    source = find_cover_crop(picture, wide, high, zoom, aim)
    target = skia.Rect.MakeXYWH(left, top, wide, high)
    canvas.drawImageRect(picture.image, source, target, MIPPED if source.width() > wide else FINE, _graded(grade, tint))
    return Sprite(surface.makeImageSnapshot(), left, top, Box(left, top, left + wide, top + high))


def find_cover_crop(
    picture: Picture, wide: float, high: float, zoom: float = 1.0, aim: tuple[float, float] = (0.5, 0.5)
) -> Any:
    """Return the part of the picture that fills ``wide`` by ``high``, its focus at ``aim``,
    inside its edges (a skia rect).
    """
    scale = max(wide / picture.image.width(), high / picture.image.height()) * zoom
    w, h = wide / scale, high / scale
    sides = (picture.image.width(), picture.image.height())
    kept = [
        picture.middle[n] if aim[n] == 0.5 and size > _MOST_KEPT * side else picture.focus[n]
        for n, (size, side) in enumerate(zip((w, h), sides, strict=True))
    ]
    x, y = (min(max(kept[n] * sides[n] - (w, h)[n] * aim[n], 0), sides[n] - (w, h)[n]) for n in (0, 1))
    return skia.Rect.MakeXYWH(x, y, w, h)


def make_device(picture: Picture, width: float, lean: float, *, frame: str, edge: str) -> Sprite:
    """Draw a screen in a plain dark device, sheared by ``lean`` (rise per width), with a sheen;
    placed by its middle.
    """
    height = width / picture.ratio
    bezel = max(3.0, min(width, height) * 0.03)
    radius = min(width, height) * 0.06
    rise = abs(lean) * width
    wide, high = math.ceil(width + 4 * bezel), math.ceil(height + rise + 4 * bezel)
    surface = _blank(wide, high)
    canvas = surface.getCanvas()
    canvas.translate(wide / 2, high / 2)
    canvas.skew(0, lean)
    body = skia.Rect.MakeXYWH(-width / 2 - bezel, -height / 2 - bezel, width + 2 * bezel, height + 2 * bezel)
    outer = skia.RRect.MakeRectXY(body, radius + bezel, radius + bezel)
    canvas.drawRRect(outer, skia.Paint(AntiAlias=True, Color=to_argb(frame)))
    rim = skia.Paint(AntiAlias=True, Color=to_argb(edge, 0.5), Style=skia.Paint.kStroke_Style, StrokeWidth=bezel / 7)
    canvas.drawRRect(outer, rim)
    screen = skia.Rect.MakeXYWH(-width / 2, -height / 2, width, height)
    canvas.clipRRect(skia.RRect.MakeRectXY(screen, radius, radius), True)
    canvas.drawImageRect(picture.image, screen, MIPPED)
    _sheen(canvas, width, height)
    return Sprite(surface.makeImageSnapshot(), -wide / 2, -high / 2, Box(-wide / 2, -high / 2, wide / 2, high / 2))


def _sheen(canvas: Any, width: float, height: float) -> None:
    path = skia.Path()
    for index, (x, y) in enumerate(((0.1, -0.5), (0.5, -0.5), (0.5, 0.1), (-0.25, 0.5), (-0.5, 0.5))):
        (path.lineTo if index else path.moveTo)(x * width, y * height)
    path.close()
    canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=to_argb("#FFFFFF", 0.07)))


def find_edge_colour(picture: Picture) -> str:
    """Find the mean colour of a cut-out's edge as ``#RRGGBB``; empty: it has no edge."""
    pixels = picture.image.toarray(colorType=skia.kRGBA_8888_ColorType)[::4, ::4]
    inked = pixels[..., 3] > 200
    inner = inked & np.roll(inked, 6, 0) & np.roll(inked, -6, 0) & np.roll(inked, 6, 1) & np.roll(inked, -6, 1)
    edge = inked & ~inner
    if not edge.any():
        return ""
    red, green, blue = (round(float(v)) for v in pixels[edge][:, :3].mean(0))
    return f"#{red:02X}{green:02X}{blue:02X}"


def is_lost_on(picture: Picture, colour: str, reach: float = 0.12) -> bool:
    """Return whether a cut-out would vanish on ``colour``:
    its edge and the colour differ by less than ``reach`` in OKLab.
    """
    edge = find_edge_colour(picture)
    if not edge:
        return False
    one, other = to_oklch(edge), to_oklch(colour)
    apart = [one[0] - other[0]] + [
        o[1] * f(o[2]) - p[1] * f(p[2]) for o, p in [(one, other)] for f in (math.cos, math.sin)
    ]
    return math.hypot(*apart) < reach


def _graded(grade: Grade, tint: str) -> Any:
    """Return a paint that grades while it draws:
    mono and soft are grey, drained is pale, duo goes from black to ``tint``.
    """
    matrix = {"mono": _mono(1.25, -0.10), "soft": _mono(1.15, 0.0), "drained": _mono(0.85, 0.10)}.get(grade)
    if grade == "duo":
        matrix = _duo(tint)
    if matrix is None:
        return None
    return skia.Paint(ColorFilter=skia.ColorFilters.Matrix(matrix))


def _mono(gain: float, lift: float) -> list[float]:
    row = [0.3 * gain, 0.59 * gain, 0.11 * gain, 0, lift]
    return [*row, *row, *row, 0, 0, 0, 1, 0]


def _duo(tint: str) -> list[float]:
    out: list[float] = []
    for part in to_rgb(tint):
        out += [0.34 * part * 1.3, 0.56 * part * 1.3, 0.10 * part * 1.3, 0, 0.02]
    return [*out, 0, 0, 0, 1, 0]


def _blank(width: int, height: int) -> Any:
    info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRaster(info)
    surface.getCanvas().clear(0)
    return surface
