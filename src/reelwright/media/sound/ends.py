"""The end of a bought bed: its own where it has one, else a fade; a bed is never cut, and never looped."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reelwright.media.sound.dsp import RATE, make_envelope

REST_S = 0.13
"""Silence at the very end of a film: 3 to 6 frames. Source: craft.md 1.2, end_card, read 2026-11-20."""
EDGE_S = 0.008
OVER_DB = -40.0
"""The music of a bed is over when it is this much below its loud part."""
RUNG_DB = -20.0
"""A note that has rung down by this much has ended by itself."""
_BLOCK = RATE // 100
_LAST_BLOCKS = 10


class BedEnd(NamedTuple):
    """A bed with an end. ``music_end``: the sample at which its music is over; 0 where it never sounds."""

    sound: np.ndarray
    music_end: int


def finish_bed(sound: np.ndarray, count: int, fade: int) -> BedEnd:
    """Finish a (2, n) bed for a film of ``count`` samples;
    where it does not end by itself, it fades for ``fade`` samples.
    """
    power = _power(sound)
    loud = float(np.quantile(power[power > 0], 0.9)) if np.any(power > 0) else 0.0
    heard = np.flatnonzero(power > loud * 10 ** (OVER_DB / 10))
    if loud < 1e-12 or not heard.size:
        return BedEnd(sound, 0)
    last = max(1, min(sound.shape[1], count - int(REST_S * RATE)))
    over = min(int(heard[-1] + 1) * _BLOCK, last)
    before = power[max(0, over // _BLOCK - _LAST_BLOCKS) : max(1, over // _BLOCK)]
    by_itself = over < last and float(np.mean(before)) < loud * 10 ** (RUNG_DB / 10)
    if by_itself:
        return BedEnd(sound * make_envelope(sound.shape[1], EDGE_S, EDGE_S), over)
    shape = np.zeros(sound.shape[1], dtype=np.float32)
    shape[:over] = make_envelope(over, EDGE_S, fade / RATE)
    return BedEnd(sound * shape, over)


def _power(sound: np.ndarray) -> np.ndarray:
    """Return the mean square of each hundredth of a second; a shorter rest counts as one."""
    short = -sound.shape[1] % _BLOCK
    padded = np.pad(sound, ((0, 0), (0, short)))
    found: np.ndarray = np.mean(padded.reshape(2, -1, _BLOCK) ** 2, axis=(0, 2))
    return found
