"""Framing of a picture for another aspect: cropped around its subject, or fitted whole over a fill made of itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from reelwright import late_libraries as late
from reelwright.media.base.frame_reader import read_frames
from reelwright.media.base.probe import Probe

Pair = tuple[int, int]
_SAMPLES: Final = 9
"""Frames that are looked at: enough to follow a subject through a shot of some seconds."""
_GRID: Final = 96
"""Longer side, in points, of the picture in which the subject is looked for."""
_OUTLIERS: Final = 0.01
"""Share of what stands out that may lie outside the subject at each of its ends: noise, not a hand or a wheel."""
_DISTINCT: Final = 2.5
"""How far, in standard deviations, the strongest point stands out where there is a subject at all."""
_MARGIN: Final = 0.03
"""Room that stays beside a subject, as a share of the picture's side."""
_FILL_STEP: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """A part of a picture and the size that it gets in the frame. ``crop``: the part, in pixels of the upright source.

    ``place``: its left and top pixel; None: in the middle. ``notes``: what was done, in plain words.
    """

    crop: Pair
    size: Pair
    place: Pair | None = None
    notes: tuple[str, ...] = ()

    def build_fill(self, frame: Pair, name: str) -> list[str]:
        """Return the filters that lay the part, already scaled, over a blurred fill of ``frame``; none if it fills it.

        ``name``: a word that no other picture of the same graph has.
        """
        if self.size == frame:
            return []
        (width, height), (wide, high) = self.size, frame
        ratio = Fraction(wide, high)
        cover = (_even(height * ratio), height) if Fraction(width, height) > ratio else (width, _even(width / ratio))
        small = f"{max(2, wide // _FILL_STEP)}:{max(2, high // _FILL_STEP)}"
        under = f"crop={cover[0]}:{cover[1]},scale={small},gblur=sigma=4,scale={wide}:{high}:flags=bicubic,setsar=1"
        left, top = _even((wide - width) / 2, 0), _even((high - height) / 2, 0)
        return [
            f"split[{name}a][{name}b];[{name}a]{under}[{name}c];[{name}c][{name}b]overlay={left}:{top}:format=yuv420",
            "format=yuv420p",
        ]


def find_framing(
    path: Path, clip: Probe, start: Fraction, seconds: Fraction, source: Pair, pixel: Fraction, frame: Pair
) -> Framing:
    """Find how a source is brought to another aspect so that its subject is whole from ``start`` for ``seconds``.

    ``source``: its upright size in pixels that are ``pixel`` wide for their height. It is cropped as little as can be,
    around its subject, or about its middle where nothing stands out. What no crop can hold is fitted into the frame.
    """
    times = [clip.start + start + seconds * k / _SAMPLES for k in range(_SAMPLES)]
    standing_out = measure_saliency(read_frames(path, times))
    ratio = Fraction(*frame) / pixel
    is_wide = Fraction(*source) > ratio
    whole, least = (source[0], source[1] * ratio) if is_wide else (source[1], source[0] / ratio)
    part = min(1.0, float(least / whole))
    first, last = find_subject(standing_out, part, axis=0 if is_wide else 1)
    side = min(whole, max(round(least), round((last - first) * whole)))
    place = min(max(0, round((first + last) / 2 * whole - side / 2)), whole - side)
    crop, corner = ((side, source[1]), (place, 0)) if is_wide else ((source[0], side), (0, place))
    if side <= round(least):
        return Framing(crop=crop, size=frame, place=corner, notes=("cropped around its subject",))
    shape = Fraction(*crop) * pixel
    size = (frame[0], min(frame[1], _even(frame[0] / shape)))
    if not is_wide:
        size = (min(frame[0], _even(frame[1] * shape)), frame[1])
    return Framing(crop=crop, size=size, place=corner, notes=("fitted over a fill: no crop holds its subject",))


def find_subject(saliency: Any, part: float, axis: int) -> tuple[float, float]:
    """Return where the subject begins and ends along a side of the picture, from 0 to 1, with a little room beside it.

    ``saliency``: how much each point stands out. ``part``: of that side which a crop keeps; the middle one of that
    length is returned where nothing stands out.
    """
    import numpy as np

    mass = saliency.sum(axis=axis)
    if float(mass.sum()) < 1e-6:
        return 0.5 - part / 2, 0.5 + part / 2
    along = np.cumsum(mass) / mass.sum()
    first = int(np.searchsorted(along, _OUTLIERS)) / len(along)
    last = (int(np.searchsorted(along, 1 - _OUTLIERS)) + 1) / len(along)
    return max(0.0, first - _MARGIN), min(1.0, last + _MARGIN)


def measure_saliency(pictures: list[Any]) -> Any:
    """Return how much each point of a clip stands out in any of its pictures: by its colour, its detail, its movement.

    The result is a grid of at most ``_GRID`` points across, with 0 where nothing stands out.
    """
    import numpy as np

    width, height = pictures[0].size
    scale = _GRID / max(width, height)
    grid = (max(2, round(width * scale)), max(2, round(height * scale)))
    frames = [
        np.asarray(one.convert("RGB").resize(grid, late.Image.Resampling.BOX), dtype=np.float32) / 255
        for one in pictures
    ]
    found = []
    for before, now in zip([frames[0], *frames], frames, strict=False):
        usual = np.median(now.reshape(-1, 3), axis=0)
        colour = np.sqrt(((now - usual) ** 2).sum(axis=2))
        light = now @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
        rows, columns = np.gradient(light)
        moved = np.abs(now - before).sum(axis=2)
        found.append(_cut_usual(_smooth(colour + 2 * np.hypot(rows, columns) + 0.5 * moved)))
    return np.max(found, axis=0)


def _cut_usual(values: Any) -> Any:
    """Return by how much values are above what is usual in their picture; 0 everywhere where none is distinct."""
    usual, spread = values.mean(), values.std()
    if spread < 1e-4 or values.max() < usual + _DISTINCT * spread:
        return values * 0
    return (values - (usual + spread)).clip(0)


def _smooth(values: Any) -> Any:
    """Average each point with its neighbours, so that single points of noise do not stand out."""
    import numpy as np

    padded = np.pad(values, 1, mode="edge")
    high, wide = values.shape
    return sum(padded[y : y + high, x : x + wide] for y in range(3) for x in range(3)) / 9


def _even(value: float | Fraction, least: int = 2) -> int:
    return max(least, 2 * round(value / 2))
