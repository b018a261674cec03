"""Textures of the looks as cached images: halftone, grain. Premultiplied BGRA, skia's fast format."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.colour import to_rgb

skia = load_skia()

Toward = Literal["left", "right", "up", "down", "disc", "pool"]
GRAIN_MARGIN = 128


def to_image(pixels: Any, *, is_opaque: bool = False) -> Any:
    """Make a skia image of premultiplied BGRA bytes, shape (height, width, 4), copied."""
    alpha = skia.kOpaque_AlphaType if is_opaque else skia.kPremul_AlphaType
    return skia.Image.fromarray(
        np.ascontiguousarray(pixels), colorType=skia.kBGRA_8888_ColorType, alphaType=alpha, copy=True
    )


def tint_coverage(coverage: Any, colour: str) -> Any:
    """Make an image of one colour whose alpha is ``coverage`` (0..1, height by width)."""
    red, green, blue = to_rgb(colour)
    alpha = np.clip(coverage, 0, 1) * 255
    pixels = np.empty((*coverage.shape, 4), np.uint8)
    for channel, part in enumerate((blue, green, red, 1.0)):
        pixels[..., channel] = alpha * part
    return to_image(pixels)


def make_dots(darkness: Any, cell: float, angle: float) -> Any:
    """Compute the coverage (0..1) of a halftone screen over ``darkness`` (0..1):
    dots grow until they meet, on a turned grid.
    """
    height, width = darkness.shape
    turn = math.radians(angle)
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    along = (x * math.cos(turn) + y * math.sin(turn)) / np.float32(cell)
    across = (y * math.cos(turn) - x * math.sin(turn)) / np.float32(cell)
    along -= np.rint(along)
    across -= np.rint(across)
    distance = np.sqrt(along * along + across * across)
    radius = np.sqrt(np.clip(darkness, 0, 1) / np.float32(math.pi)) * np.float32(1.18)
    covered = np.clip((radius - distance) * np.float32(cell) + np.float32(0.5), 0, 1)
    return covered * (darkness > 0.004)


@lru_cache(48)
def make_halftone(
    width: int, height: int, toward: Toward, colour: str, cell: float, densest: float, gamma: float, angle: float = 22.0
) -> Any:
    """Draw dots that grow ``toward`` a side (or from a disc's edge to its centre) from nothing to ``densest``."""
    ramp = np.broadcast_to(_RAMPS[toward](width, height), (height, width))
    return tint_coverage(make_dots((densest * np.clip(ramp, 0, 1) ** gamma).astype(np.float32), cell, angle), colour)


def _across(width: int) -> Any:
    return (np.arange(width, dtype=np.float32) / width)[None, :]


def _down(height: int) -> Any:
    return (np.arange(height, dtype=np.float32) / height)[:, None]


def _round(width: int, height: int) -> Any:
    x, y = _across(width) * 2 - 1, _down(height) * 2 - 1
    return 1 - np.sqrt(x * x + y * y)


_RAMPS: dict[str, Callable[[int, int], Any]] = {
    "right": lambda w, h: _across(w),
    "left": lambda w, h: 1 - _across(w),
    "down": lambda w, h: _down(h),
    "up": lambda w, h: 1 - _down(h),
    "pool": _round,
    "disc": lambda w, h: np.where(_round(w, h) > 0, 0.25 + 0.75 * _down(h), 0),
}


@lru_cache(4)
def make_grain(width: int, height: int, strength: float) -> Any:
    """Make black and white noise in alpha, larger than the frame by a margin so that it can be laid at any offset.

    ``strength`` is the sigma in 1/255 on a flat of mid grey. One image serves a whole film: movement is its offset.
    """
    noise = np.random.default_rng(1).normal(0, 1, (height + GRAIN_MARGIN, width + GRAIN_MARGIN)).astype(np.float32)
    noise = (noise + 0.6 * np.roll(noise, 1, 0) + 0.6 * np.roll(noise, 1, 1)) / np.float32(1.31)
    alpha = np.clip(np.abs(noise) * strength * 2, 0, 255).astype(np.uint8)
    pixels = np.zeros((*noise.shape, 4), np.uint8)
    pixels[..., 3] = alpha
    pixels[..., :3] = np.where(noise > 0, alpha, 0)[..., None]
    return to_image(pixels)
