"""A picture that lies over a segment for some frames, cut to its ink."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from reelwright.media.base.skia_loader import load_skia

skia = load_skia()

_SHADOW: Final = 150
"""Opacity of 255: the soft shadow under words may run out of the frame, words and their edges may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPicture:
    """A PNG with alpha that lies over a segment.

    ``x``, ``y``: the place of its corner, even; ``start``, ``length``: frames of the segment.

    ``slide_frames``: frames in which it slides into its place over ``slide_distance`` pixels, of which
    ``slide_elapsed`` are over already. ``misfit``: why it does not fit its frame, empty where it does.
    """

    image_png: bytes
    x: int
    y: int
    start: int
    length: int
    slide_frames: int = 0
    slide_distance: int = 0
    slide_elapsed: int = 0
    misfit: str = ""


Edges = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the frame."""


def draw(paint: Callable[[Any], None], bounds: Edges, size: tuple[int, int], start: int, length: int) -> PlacedPicture:
    """Draw with ``paint`` on a canvas in pixels of the frame,
    and cut the result to what is not clear within ``bounds``.

    Corners and sides are even: chroma is half as fine as luma, an odd corner would blur the colours.
    """
    left, top = max(0, _even_below(bounds[0])), max(0, _even_below(bounds[1]))
    right, bottom = min(size[0], _even_above(bounds[2])), min(size[1], _even_above(bounds[3]))
    surface = skia.Surface.MakeRasterN32Premul(max(2, right - left), max(2, bottom - top))
    canvas = surface.getCanvas()
    canvas.clear(0)
    canvas.translate(-left, -top)
    paint(canvas)
    image = surface.makeImageSnapshot()
    alpha = _alpha_of(image)
    dx, dy, width, height = _ink_of(alpha)
    cut = image.makeSubset(skia.IRect.MakeXYWH(dx, dy, width, height))
    png = bytes(cut.encodeToData(skia.EncodedImageFormat.kPNG, 100))
    misfit = "it is cut off at the edge of the frame" if _is_cut(alpha, bounds, size) else ""
    return PlacedPicture(image_png=png, x=left + dx, y=top + dy, start=start, length=length, misfit=misfit)


def _is_cut(alpha: np.ndarray, bounds: Edges, size: tuple[int, int]) -> bool:
    """Return whether ink that is more than a shadow lies on an edge of the frame and continues beyond it."""
    sides = (
        (bounds[0] < 0, alpha[:, 0]), (bounds[1] < 0, alpha[0]),
        (bounds[2] > size[0], alpha[:, -1]), (bounds[3] > size[1], alpha[-1]),
    )  # fmt: skip
    return any(beyond and bool((edge > _SHADOW).any()) for beyond, edge in sides)


def _alpha_of(image: Any) -> np.ndarray:
    alpha: np.ndarray = np.frombuffer(image.tobytes(), np.uint8).reshape(image.height(), image.width(), 4)[..., 3]
    return alpha


def _ink_of(alpha: np.ndarray) -> tuple[int, int, int, int]:
    """Return even x, y, width and height of what is not clear; the smallest picture where nothing is."""
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not rows.size:
        return 0, 0, 2, 2
    x, y = _even_below(int(columns[0])), _even_below(int(rows[0]))
    return x, y, _even_above(int(columns[-1]) + 1) - x, _even_above(int(rows[-1]) + 1) - y


def _even_below(value: float) -> int:
    return 2 * math.floor(value / 2)


def _even_above(value: float) -> int:
    return 2 * math.ceil(value / 2)
