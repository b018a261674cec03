"""Ducking: a side chain that lowers everything under a voice; it looks ahead and does not flutter."""

from __future__ import annotations

import numpy as np

from reelwright.media.sound.dsp import RATE

BLOCK = RATE // 100
DEPTH_DB = 9.0
"""Between the -8.5 and -10.4 dB that were measured as right (media.md 6)."""
AHEAD_S, ATTACK_S, HOLD_S, RELEASE_S = 0.2, 0.1, 0.25, 0.45
SHORT_GAP_S = 0.7
"""Gaps shorter than this are not filled with music (craft.md 5.2: pumping)."""
QUIET_DB = -28.0
"""A voice pauses when it is this much below its loud part."""


def find_speech(voice: np.ndarray) -> list[tuple[float, float]]:
    """Find the stretches in seconds in which a (2, n) track sounds, short gaps closed."""
    usable = voice.shape[1] // BLOCK * BLOCK
    if not usable:
        return []
    power = np.mean(voice[:, :usable].reshape(2, -1, BLOCK) ** 2, axis=(0, 2))
    loud = float(np.quantile(power[power > 0], 0.9)) if np.any(power > 0) else 0.0
    if loud < 1e-9:
        return []
    heard = np.flatnonzero(power > loud * 10 ** (QUIET_DB / 10))
    stretches: list[tuple[float, float]] = []
    for block in heard.tolist():
        start, end = block / 100, (block + 1) / 100
        if stretches and start - stretches[-1][1] < SHORT_GAP_S:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return stretches


def make_ducking_curve(
    count: int, stretches: list[tuple[float, float]], depth_db: float = DEPTH_DB
) -> np.ndarray | None:
    """Make a gain for each of ``count`` samples: ``depth_db`` down in ``stretches`` of seconds; None without any."""
    if not stretches:
        return None
    places = np.arange(0, count + BLOCK, BLOCK) / RATE
    down = np.zeros(places.size)
    for start, end in stretches:
        corners = (start - AHEAD_S, start - AHEAD_S + ATTACK_S, end + HOLD_S, end + HOLD_S + RELEASE_S)
        down = np.minimum(down, np.interp(places, corners, (0.0, -depth_db, -depth_db, 0.0)))
    level: np.ndarray = np.interp(np.arange(count) / RATE, places, 10 ** (down / 20)).astype(np.float32)
    return level
