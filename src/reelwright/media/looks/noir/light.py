"""Light as images that are made once: the dark with its pools, beams, blinds, discs out of focus."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from reelwright.media.drawing.colour import make_legible, mix, to_argb, to_rgb
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.textures import to_image

_NOISE = 1.25
"""Sigma, in 1/255, of the grain that stands still in the dark: without it a gradient of 20 levels shows its steps."""
_COARSE = 4
"""Pixels of the frame per point of a light: light has no edges."""


class Foil(NamedTuple):
    """Colours of the metal, from its darkest stop on; all are legible on the dark."""

    dark: str
    mid: str
    light: str
    hot: str


class Pool(NamedTuple):
    """A round pool of light: its middle and radius in pixels of the frame, its strength (0..1)."""

    x: float
    y: float
    radius: float
    strength: float
    flat: float = 1.0


@lru_cache(16)
def make_foil(accent: str, ground: str) -> Foil:
    """Make the metal of an accent: a brand's colour stays itself and is never darker than words may be."""
    dark = make_legible(mix(accent, "#1A0F00", 0.2), ground, 4.6)
    return Foil(dark, make_legible(accent, ground, 5.2), mix(accent, "#FFF8E4", 0.72), "#FFFAEC")


def make_foil_shader(foil: Foil, left: float, top: float, right: float, bottom: float, phase: float) -> Any:
    """Make the sheen of metal over a box; ``phase``: how far the light has gone over it, in parts of its width."""
    stops = (foil.dark, foil.mid, foil.light, foil.mid, foil.dark, foil.mid, foil.light, foil.mid)
    places = [0.0, 0.14, 0.27, 0.38, 0.55, 0.68, 0.82, 1.0]
    shift = (right - left) * phase
    ends = [skia.Point(left + shift, top), skia.Point(right + shift, bottom)]
    return skia.GradientShader.MakeLinear(ends, [to_argb(stop) for stop in stops], places, skia.TileMode.kMirror)


@lru_cache(2)
def _make_noise(width: int, height: int) -> Any:
    tile = np.random.default_rng(11).normal(0, _NOISE, (512, 512)).astype(np.float32)
    return np.tile(tile, (height // 512 + 1, width // 512 + 1))[:height, :width]


@lru_cache(2)
def make_haze(width: int, height: int, seed: int) -> Any:
    """Make slow clouds (0..1) of ``height`` by ``width`` points: the air in which a beam is seen."""
    rng = np.random.default_rng(seed)
    clouds: Any = np.zeros((height, width), np.float32)
    for cells, weight in ((4, 0.5), (9, 0.3), (21, 0.2)):
        small = Image.fromarray(rng.random((cells, cells)).astype(np.float32))
        clouds = clouds + weight * np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
    return np.clip((clouds - 0.25) * 2, 0, 1)


@lru_cache(10)
def make_dark(width: int, height: int, ground: str, glow: str, pools: tuple[Pool, ...]) -> Any:
    """Make the dark of a frame as an opaque image: the ground, its pools of light, darker corners, still grain."""
    wide, high = math.ceil(width / _COARSE), math.ceil(height / _COARSE)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32) * _COARSE
    light: Any = np.zeros((high, wide), np.float32)
    for pool in pools:
        away = np.hypot(x - pool.x, (y - pool.y) / pool.flat) / pool.radius
        light = light + pool.strength * np.exp(-2.6 * away * away)
    light = light * (0.72 + 0.28 * make_haze(wide, high, 5))
    corner = np.hypot((x - width / 2) / width, (y - height / 2) / height)
    light = np.clip(light, 0, 1) * (1 - np.clip((corner - 0.34) * 1.3, 0, 0.75))
    pixels = np.empty((height, width, 4), np.uint8)
    noise = _make_noise(width, height)
    for channel, (base, lit) in enumerate(zip(to_rgb(ground)[::-1], to_rgb(glow)[::-1], strict=True)):
        level = Image.fromarray((255 * (base + (lit - base) * light)).astype(np.float32))
        large = np.asarray(level.resize((width, height), Image.Resampling.BILINEAR))
        pixels[..., channel] = np.clip(large + noise + 0.5, 0, 255)
    pixels[..., 3] = 255
    return to_image(pixels, is_opaque=True)


def tint_light(coverage: Any, colour: str) -> Any:
    """Make an image of light, to be laid over what it falls on; ``coverage``: 0..1, height by width."""
    pixels = np.empty((*coverage.shape, 4), np.uint8)
    dither = np.random.default_rng(3).random(coverage.shape).astype(np.float32)
    level = np.clip(coverage, 0, 1) * 255
    for channel, part in enumerate((*to_rgb(colour)[::-1], 1.0)):
        pixels[..., channel] = np.clip(level * part + dither, 0, 255)
    pixels[..., :3] = np.minimum(pixels[..., :3], pixels[..., 3:4])
    return to_image(pixels)


@lru_cache(8)
def make_beam(length: int, spread: int, colour: str, strength: float, seed: int) -> Any:
    """Make a beam that falls straight down from the middle of its upper edge, ``length`` by 2 ``spread`` pixels.

    The image has a point for every four pixels. The beam is bright at its source and dies into the air.
    """
    high, wide = max(2, length // _COARSE), max(2, 2 * spread // _COARSE)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    down = y / high
    across = np.abs(x - wide / 2) / (wide / 2)
    half = 0.03 + 0.62 * down
    part = across / half
    core = 0.55 * np.exp(-1.9 * part**2.6) + 0.45 * np.exp(-5.5 * part * part)
    soft = np.clip((1 - across) / 0.25, 0, 1)
    fall = (1 - down) ** 1.1 * (0.5 + 0.5 * np.exp(-2.4 * down))
    air = 0.55 + 0.45 * make_haze(wide, high, seed)
    return tint_light(strength * core * fall * air * soft, colour)


@lru_cache(4)
def make_blinds(width: int, height: int, colour: str, strength: float, slats: int, lean: float) -> Any:
    """Make the light that falls through a window's blinds on a wall: leaning bars, soft, brightest in their middle."""
    wide, high = width // _COARSE, height // _COARSE
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    x, y = x / wide, y / high
    along = (y + lean * x * wide / high - lean * wide / high / 2) * slats
    near = np.abs(along - np.rint(along))
    bars = 1 / (1 + np.exp((near - 0.24) * 34))
    bars = bars * (1 - 0.85 * np.exp(-((np.abs(x - 0.52)) ** 2) * 9000))  # the cord
    window = np.clip((0.46 - np.abs(x - 0.5)) * 14, 0, 1) * np.clip((0.46 - np.abs(y - 0.5)) * 10, 0, 1)
    fall = 0.35 + 0.65 * np.exp(-3.2 * ((x - 0.62) ** 2 + (y - 0.42) ** 2))
    return tint_light(strength * bars * window * fall, colour)


@lru_cache(4)
def make_curtain(width: int, height: int, colour: str, strength: float, seed: int, top: float) -> Any:
    """Make the folds of a curtain, lit from one side; its sides, its foot and ``top`` parts of it die into the dark."""
    wide, high = max(2, width // _COARSE), max(2, height // _COARSE)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    x, y = x / wide, y / high
    rng = np.random.default_rng(seed)
    bend = 0.012 * np.sin(5 * y + 9 * x)
    fold: Any = np.zeros((high, wide), np.float32)
    for waves, weight in ((9, 0.5), (17, 0.32), (31, 0.18)):
        fold = fold + weight * np.sin(2 * math.pi * (waves * (x + bend) + rng.random()))
    crest = np.clip(0.5 + 0.5 * fold, 0, 1) ** 2.2
    side = np.clip((0.5 - np.abs(x - 0.5)) * 3.4, 0, 1)
    side = side * side * (3 - 2 * side) * np.clip(y / max(top, 1e-3), 0, 1)
    return tint_light(strength * crest * side * (0.3 + 0.7 * np.exp(-3.4 * (x - 0.56) ** 2)) * (1 - 0.5 * y), colour)


@lru_cache(4)
def make_moon(radius: int, colour: str) -> Any:
    """Make the moon, two days after it was full: its seas, its darker limb, the edge of its night."""
    size = 2 * radius + 4
    y, x = (np.mgrid[0:size, 0:size].astype(np.float32) - size / 2 + 0.5) / radius
    away = np.hypot(x, y)
    disc = np.clip((1 - away) * radius * 0.4, 0, 1)
    ball = np.sqrt(np.clip(1 - away * away, 0, 1))
    seas = 0.6 + 0.4 * np.clip(make_haze(size, size, 21) * 1.15, 0, 1)
    sun = np.clip((0.42 * ball - 0.82 * x - 0.3 * y) * 1.5 + 0.55, 0.015, 1)
    return tint_light(disc * seas * sun * (0.55 + 0.45 * ball**0.6), colour)


@lru_cache(8)
def make_pall(width: int, height: int, colour: str, reach: int, strength: float) -> Any:
    """Make a soft piece of the dark, ``reach`` pixels larger on each side than ``width`` by ``height``."""
    wide, high = max(2, (width + 2 * reach) // _COARSE), max(2, (height + 2 * reach) // _COARSE)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32) * _COARSE - reach
    dx = np.maximum(np.maximum(-x, x - width), 0)
    dy = np.maximum(np.maximum(-y, y - height), 0)
    ramp = np.clip(1 - np.hypot(dx, dy) / reach, 0, 1)
    return tint_light(strength * ramp**3 * (4 - 3 * ramp), colour)


@lru_cache(4)
def make_mote(radius: int, colour: str) -> Any:
    """Make a mote of dust: a soft point."""
    size = 2 * radius + 1
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) - radius
    return tint_light(np.exp(-3.2 * (x * x + y * y) / (radius * radius)), colour)


@lru_cache(2)
def make_shade(
    width: int, height: int, ground: str, parts: tuple[tuple[float, float, float, float, float], ...], edge: float
) -> Any:
    """Make what darkens a photograph: the edges of the frame by ``edge`` (0..1), and boxes where words stand.

    ``parts``: of each box left, top, right, bottom in pixels of the frame and how much of the ground covers it.
    """
    wide, high = math.ceil(width / _COARSE), math.ceil(height / _COARSE)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32) * _COARSE
    corner = np.hypot((x - width / 2) / width, (y - height / 2) / height)
    cover: Any = edge * np.clip((corner - 0.26) * 2.1, 0, 1)
    reach = 0.3 * width if width > height else (0.24 if height < 1.5 * width else 0.18) * height
    for left, top, right, bottom, part in parts:
        dx = np.maximum(np.maximum(left - x, x - right), 0)
        dy = np.maximum(np.maximum(top - y, y - bottom), 0)
        ramp = np.clip(1 - np.hypot(dx, dy) / reach, 0, 1)
        cover = np.maximum(cover, part * ramp * ramp * (3 - 2 * ramp))
    large = np.asarray(Image.fromarray(cover.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR))
    red, green, blue = to_rgb(ground)
    pixels = np.empty((height, width, 4), np.uint8)
    level = np.clip(large * 255 + _make_noise(width, height), 0, 255)
    for channel, value in enumerate((blue, green, red, 1.0)):
        pixels[..., channel] = level * value
    return to_image(pixels)
