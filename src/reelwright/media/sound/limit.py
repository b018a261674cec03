"""A true-peak limiter: looks ahead four milliseconds, four times oversampled, and never lets a peak through."""

from __future__ import annotations

from functools import cache

import numpy as np

from reelwright.media.sound.dsp import RATE

BLOCK = 48
AHEAD = 4
TAPS = 24
OVER = 4
RELEASE_S = 0.09


def limit(track: np.ndarray, ceiling: float) -> tuple[np.ndarray, float]:
    """Limit (2, n) samples to true peaks of at most ``ceiling``, a factor, and return the least gain it took (1: none).

    Peaks between samples are found as BS.1770-4 annex 2 does: interpolated by four.
    """
    count = track.shape[1]
    peaks = _true_peaks(track)
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    least = float(needed.min()) if needed.size else 1.0
    if least >= 1.0:
        return track, 1.0
    points = _smooth(_released(_lowest(np.minimum(np.append(needed, 1.0), np.append(1.0, needed)))))
    level = np.interp(np.arange(count), np.arange(points.size) * BLOCK, points).astype(np.float32)
    limited: np.ndarray = track * level
    return limited, least


def _true_peaks(track: np.ndarray) -> np.ndarray:
    """Return the largest absolute value in each block of 48 samples, between samples too, over both channels."""
    rows = -(-track.shape[1] // BLOCK)
    peaks = np.zeros(rows, dtype=np.float32)
    for channel in track:
        padded = np.zeros(rows * BLOCK + TAPS, dtype=np.float32)
        padded[TAPS // 2 : TAPS // 2 + len(channel)] = channel
        windows = np.lib.stride_tricks.sliding_window_view(padded, BLOCK + TAPS)[::BLOCK]
        between = np.abs(windows @ _interpolator())
        np.maximum(peaks, between.max(axis=1), out=peaks)
    return peaks


@cache
def _interpolator() -> np.ndarray:
    """Return a (72, 192) matrix that interpolates a block and its neighbours at every quarter sample; a windowed
    sinc.
    """
    places = np.arange(BLOCK * OVER) / OVER
    offset = (np.arange(BLOCK + TAPS) - TAPS // 2)[:, None] - places[None, :]
    inside = np.clip(1.0 - (2 * offset / TAPS) ** 2, 0.0, None)
    window = np.where(np.abs(offset) <= TAPS / 2, np.i0(8.0 * np.sqrt(inside)) / np.i0(8.0), 0.0)
    matrix: np.ndarray = np.sinc(offset) * window
    return matrix.astype(np.float32)


def _lowest(points: np.ndarray) -> np.ndarray:
    """Return the least value of each point's neighbourhood, so that the level is down before the peak comes."""
    padded = np.pad(points, AHEAD, constant_values=1.0)
    lowest: np.ndarray = np.lib.stride_tricks.sliding_window_view(padded, 2 * AHEAD + 1).min(axis=1)
    return lowest


def _released(points: np.ndarray) -> np.ndarray:
    """Let the level come back slowly after a peak; it is never above what is needed."""
    back = 1.0 - float(np.exp(-BLOCK / RATE / RELEASE_S))
    level, found = 1.0, []
    for point in points.tolist():
        level = min(point, level + (1.0 - level) * back)
        found.append(level)
    return np.array(found)


def _smooth(points: np.ndarray) -> np.ndarray:
    """Return a moving average as wide as the neighbourhood: it stays at or below every point's own need."""
    padded = np.pad(points, AHEAD, mode="edge")
    return np.convolve(padded, np.full(2 * AHEAD + 1, 1.0 / (2 * AHEAD + 1)), mode="valid")
