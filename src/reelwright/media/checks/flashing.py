"""Flashes that can harm: general and red ones over a quarter of the picture, more than three within a second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

MOST: Final = 3
"""Flashes in any one second that are still safe."""
_AREA: Final = 0.25
"""Share of the picture that flashes at one time (ITU-R BT.1702)."""
_STEP: Final = 0.10
"""Share of the greatest relative luminance: a smaller change does not count; the darker state is below ``_DARK``."""
_DARK: Final = 0.80
_RED_STEP: Final = 20 / 320
_RED_SHARE: Final = 0.80
# Source: WCAG 2.2, "general flash and red flash thresholds" (a flash is a pair of opposing changes of 10 % or more of
# the maximum relative luminance where the darker is below 0.80; red: R/(R+G+B) >= 0.8 and (R-G-B)*320 changes by more
# than 20; more than three in a second fail), and Rec. ITU-R BT.1702 for the quarter of the screen. Read 2026-11-20.


@dataclass(frozen=True, slots=True, kw_only=True)
class Flashing:
    """A second with more flashes than are safe. ``start``, ``middle``: frames of the first and the middle change.

    ``area``: share of the picture.
    """

    start: int
    middle: int
    flashes: int
    area: float
    is_red: bool


def find_flashing(grid: np.ndarray, fps: tuple[int, int]) -> Iterator[Flashing]:
    """Yield every second, by its first frame, in which too much flashes. ``grid`` as in ``FrameStats``."""
    linear = _LINEAR[grid.reshape(len(grid), -1, 3)]
    red, green, blue = linear[..., 0], linear[..., 1], linear[..., 2]
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    redness = np.maximum(0.0, red - green - blue)
    is_red = (red >= _RED_SHARE * (red + green + blue)) & (red > 0)
    yield from _too_many(_changes(luminance, _STEP, luminance < _DARK, None), fps, red=False)
    yield from _too_many(_changes(redness, _RED_STEP, None, is_red), fps, red=True)


def _changes(
    values: np.ndarray, step: float, low: np.ndarray | None, high: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Mark where each field has risen, and fallen, by ``step`` or more since its last turn,
    at the frame that completes it.

    A change counts only between a lower state where ``low`` holds and a higher one where ``high`` holds.
    """
    frames, fields = values.shape
    rises, falls = np.zeros((frames, fields), bool), np.zeros((frames, fields), bool)
    if not frames:
        return rises, falls
    yes = np.ones(fields, bool)
    top, bottom = values[0].copy(), values[0].copy()
    top_is, bottom_is = (yes if high is None else high[0]).copy(), (yes if low is None else low[0]).copy()
    way = np.zeros(fields, np.int8)
    for at in range(1, frames):
        now = values[at]
        now_high, now_low = (yes if high is None else high[at]), (yes if low is None else low[at])
        higher, lower = now >= top, now <= bottom
        top, bottom = np.where(higher, now, top), np.where(lower, now, bottom)
        top_is, bottom_is = np.where(higher, now_high, top_is), np.where(lower, now_low, bottom_is)
        rose = (way <= 0) & (now - bottom >= step) & bottom_is & now_high
        fell = (way >= 0) & (top - now >= step) & top_is & now_low & ~rose
        rises[at], falls[at] = rose, fell
        turned = rose | fell  # what was passed on the way counts no more; the next change is measured from here
        way = np.where(rose, 1, np.where(fell, -1, way)).astype(np.int8)
        top, bottom = np.where(turned, now, top), np.where(turned, now, bottom)
        top_is, bottom_is = np.where(turned, now_high, top_is), np.where(turned, now_low, bottom_is)
    return rises, falls


def _too_many(changes: tuple[np.ndarray, np.ndarray], fps: tuple[int, int], *, red: bool) -> Iterator[Flashing]:
    """Yield seconds in which a quarter of the fields flash too often, counting what changes there together only."""
    together = sum(_together(one).astype(np.int16) for one in changes)
    assert isinstance(together, np.ndarray)
    second = max(1, int(Fraction(*fps)))
    total = np.concatenate([np.zeros((1, together.shape[1]), np.int32), np.cumsum(together, axis=0, dtype=np.int32)])
    for start in range(len(together)):
        flashes = (total[min(len(together), start + second)] - total[start]) // 2
        area = float((flashes > MOST).mean())
        if area >= _AREA:
            when = start + np.flatnonzero(together[start : start + second].any(axis=1))
            counted = int(np.quantile(flashes, 1 - _AREA))
            yield Flashing(start=int(when[0]), middle=int(when[len(when) // 2]), flashes=counted, area=area, is_red=red)


def _together(changed: np.ndarray) -> np.ndarray:
    """Return those of the changes in one direction that a quarter of the fields make at about the same time."""
    area = changed.mean(axis=1)
    pairs = (changed[1:] | changed[:-1]).mean(axis=1)  # a fade takes some fields a frame later than others
    area[1:], area[:-1] = np.maximum(area[1:], pairs), np.maximum(area[:-1], pairs)
    kept: np.ndarray = changed & (area >= _AREA)[:, None]
    return kept


_LEVELS: Final = np.arange(256) / 255
_LINEAR: Final = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(np.float32)
"""Relative luminance of each 8-bit level of a channel, as WCAG defines it for sRGB."""
