"""Masks of paths, their blurs, and noise as arrays, for the pictures of examples/voltcup."""

from __future__ import annotations

from typing import Any

import numpy as np

from reelwright.media.drawing.drawables import skia

Array = Any


def mask_of(path: Any, width: int, height: int, *more: Any) -> Array:
    """Coverage of filled paths together from 0 to 1, float32, height by width."""
    surface = skia.Surface.MakeRaster(skia.ImageInfo.MakeN32Premul(width, height))
    canvas = surface.getCanvas()
    canvas.clear(0)
    for one in (path, *more):
        canvas.drawPath(one, skia.Paint(AntiAlias=True, Color=0xFFFFFFFF))
    return surface.makeImageSnapshot().toarray()[..., 3].astype(np.float32) / 255


def blurred(values: Array, radius: int) -> Array:
    """``values`` blurred by two passes of a box of ``radius`` pixels, edges held."""
    out = values
    for _ in range(2):
        for axis in (0, 1):
            summed = np.cumsum(
                np.pad(out, [(radius + 1, radius) if a == axis else (0, 0) for a in (0, 1)], mode="edge"), axis=axis
            )
            high = np.take(summed, range(2 * radius + 1, summed.shape[axis]), axis=axis)
            low = np.take(summed, range(summed.shape[axis] - 2 * radius - 1), axis=axis)
            out = (high - low) / (2 * radius + 1)
    return out.astype(np.float32)


def clouds(height: int, width: int, seed: int, octaves: int = 5, base: int = 4) -> Any:
    """Fractal value noise from 0 to 1, float32, height by width; the same for the same seed."""
    random = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        cells = base * 2**octave
        lattice = random.random((cells + 2, cells + 2)).astype(np.float32)
        y = np.linspace(0, cells, height, endpoint=False, dtype=np.float32)
        x = np.linspace(0, cells, width, endpoint=False, dtype=np.float32)
        row, column = y.astype(int), x.astype(int)
        fy, fx = (y - row)[:, None], (x - column)[None, :]
        fy, fx = fy * fy * (3 - 2 * fy), fx * fx * (3 - 2 * fx)
        upper = lattice[row][:, column] * (1 - fx) + lattice[row][:, column + 1] * fx
        lower = lattice[row + 1][:, column] * (1 - fx) + lattice[row + 1][:, column + 1] * fx
        total += np.float32(0.5**octave) * (upper * (1 - fy) + lower * fy)
    low, high = total.min(), total.max()
    return (total - low) / (high - low)
