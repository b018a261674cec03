"""Effects on whole tracks: the plate, the pump of the kick, silences, the rise to the call, and the soft ceiling."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from reelwright.media.sound.dsp import RATE, convolve, make_band_pass, make_noise, make_time_axis, to_gain, to_samples
from reelwright.media.sound.score import Hush

LONGEST_FADE = 0.5
"""Longest fade at the end of a bed, in seconds: a quarter of a long tail would leave its end card in silence."""


def render_plate(send: np.ndarray, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Render a short plate reverb as (2, n):
    decaying noise for each side, highs gone first, no lows, 12 ms before it answers.
    """
    return convolve(send, [_response(seconds, rng) for _ in range(2)])


def _response(seconds: float, rng: np.random.Generator) -> np.ndarray:
    count = to_samples(seconds * 1.2)
    time = make_time_axis(count)
    low = make_noise(count, make_band_pass(260, 2200), rng) * np.exp(-6.9 * time / np.float32(seconds))
    high = make_noise(count, make_band_pass(2200, 9000), rng) * np.exp(-6.9 * time / np.float32(0.55 * seconds))
    response = (low + 0.7 * high) * np.minimum(1.0, time / 0.012)
    early = np.concatenate([np.zeros(to_samples(0.012), np.float32), response])
    return early / np.float32(float(np.sqrt(np.sum(early**2))) + 1e-9)


def make_pump_curve(count: int, kicks: Iterable[int], depth: float, beat: float) -> np.ndarray:
    """Make a gain for each of ``count`` samples that every kick pushes down by ``depth`` dB, back within a beat."""
    level = np.ones(count, dtype=np.float32)
    length = min(to_samples(0.26), int(beat * 0.9))
    back = np.linspace(0, 1, length, dtype=np.float32)
    shape = np.float32(to_gain(-depth)) + np.float32(1 - to_gain(-depth)) * back**1.6
    down = to_samples(0.004)
    shape[:down] = np.linspace(1, shape[down], down, dtype=np.float32)
    for at in kicks:
        room = level[at : at + length]
        np.minimum(room, shape[: len(room)], out=room)
    return level


def make_hush_curve(count: int, hushes: Iterable[Hush], is_complete_only: bool = False) -> np.ndarray | None:
    """Make a gain for each of ``count`` samples that is zero in each silence; None where there is none."""
    wanted = [hush for hush in hushes if hush.is_complete or not is_complete_only]
    if not wanted:
        return None
    level = np.ones(count, dtype=np.float32)
    for hush in wanted:
        fade = max(1, min(hush.fade, hush.end - hush.start))
        falls = 0.5 + 0.5 * np.cos(np.pi * np.arange(fade, dtype=np.float32) / fade)
        level[hush.start : hush.start + fade] *= falls[: len(level[hush.start : hush.start + fade])]
        level[hush.start + fade : hush.end] = 0
    return level


def make_rise_curve(count: int, button: int, rise_db: float) -> np.ndarray:
    """Make a gain for each of ``count`` samples that grows evenly by ``rise_db`` until ``button``, and is 1 there."""
    places = np.minimum(np.arange(count, dtype=np.float32), np.float32(button)) / np.float32(max(1, button))
    level: np.ndarray = np.exp((places - 1) * np.float32(rise_db / 8.686))
    return level


def fade_tail(track: np.ndarray, button: int, end: int) -> None:
    """Fade what rings after the button until it is gone by ``end``, in place: a natural decay, then true silence."""
    start = end - min((end - button) // 4, to_samples(LONGEST_FADE))
    length = end - start
    if length > 0:
        track[..., start:end] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(length, dtype=np.float32) / length)
    track[..., end:] = 0


def limit_softly(track: np.ndarray, knee: float = 0.55, ceiling: float = 0.89) -> np.ndarray:
    """Leave samples below ``knee`` untouched and bend those above it towards ``ceiling``."""
    size = np.abs(track)
    bent = knee + (ceiling - knee) * np.tanh((size - knee) / (ceiling - knee))
    return np.where(size > knee, np.copysign(bent, track), track).astype(np.float32)


def measure_loud_part(track: np.ndarray) -> float:
    """Return the RMS of the louder half of a (2, n) track's 100 ms blocks: how strong it is where it plays."""
    step = RATE // 10
    usable = track.shape[1] // step * step
    if not usable:
        return float(np.sqrt(np.mean(track**2)))
    power = np.mean(track[:, :usable].reshape(2, -1, step) ** 2, axis=(0, 2))
    power = np.sort(power)[len(power) // 2 :]
    return float(np.sqrt(np.mean(power)))
