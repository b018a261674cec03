"""What is done to whole tracks: the plate, the pump of the kick, silences, and the soft ceiling."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from reelwright.media.sound.dsp import RATE, band, clock, convolve, gain, samples, shaped_noise
from reelwright.media.sound.score import Hush

LONGEST_FADE = 0.5
"""Seconds over which the last of a bed goes: a quarter of a long tail would leave its end card in silence."""


def plate(send: np.ndarray, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """A short plate as (2, n): decaying noise for each side, highs gone first, no lows, 12 ms before it answers."""
    return convolve(send, [_response(seconds, rng) for _ in range(2)])


def _response(seconds: float, rng: np.random.Generator) -> np.ndarray:
    count = samples(seconds * 1.2)
    time = clock(count)
    low = shaped_noise(count, band(260, 2200), rng) * np.exp(-6.9 * time / np.float32(seconds))
    high = shaped_noise(count, band(2200, 9000), rng) * np.exp(-6.9 * time / np.float32(0.55 * seconds))
    response = (low + 0.7 * high) * np.minimum(1.0, time / 0.012)
    early = np.concatenate([np.zeros(samples(0.012), np.float32), response])
    return early / np.float32(float(np.sqrt(np.sum(early**2))) + 1e-9)


def pump(count: int, kicks: Iterable[int], depth: float, beat: float) -> np.ndarray:
    """A level that each kick pushes down by ``depth`` dB and that comes back within a beat."""
    level = np.ones(count, dtype=np.float32)
    length = min(samples(0.26), int(beat * 0.9))
    back = np.linspace(0, 1, length, dtype=np.float32)
    shape = np.float32(gain(-depth)) + np.float32(1 - gain(-depth)) * back**1.6
    down = samples(0.004)
    shape[:down] = np.linspace(1, shape[down], down, dtype=np.float32)
    for at in kicks:
        room = level[at : at + length]
        np.minimum(room, shape[: len(room)], out=room)
    return level


def hushed(count: int, hushes: Iterable[Hush], whole_only: bool = False) -> np.ndarray | None:
    """A level that is zero in each silence; None where there is none."""
    wanted = [hush for hush in hushes if hush.whole or not whole_only]
    if not wanted:
        return None
    level = np.ones(count, dtype=np.float32)
    for hush in wanted:
        fade = max(1, min(hush.fade, hush.end - hush.start))
        falls = 0.5 + 0.5 * np.cos(np.pi * np.arange(fade, dtype=np.float32) / fade)
        level[hush.start : hush.start + fade] *= falls[: len(level[hush.start : hush.start + fade])]
        level[hush.start + fade : hush.end] = 0
    return level


def tail(track: np.ndarray, button: int, end: int) -> None:
    """Let what rings after the button be gone by ``end``, in place: a natural decay, then true silence."""
    start = end - min((end - button) // 4, samples(LONGEST_FADE))
    length = end - start
    if length > 0:
        track[..., start:end] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(length, dtype=np.float32) / length)
    track[..., end:] = 0


def soft_ceiling(track: np.ndarray, knee: float = 0.55, ceiling: float = 0.89) -> np.ndarray:
    """Untouched below ``knee``, bent towards ``ceiling`` above it."""
    size = np.abs(track)
    bent = knee + (ceiling - knee) * np.tanh((size - knee) / (ceiling - knee))
    return np.where(size > knee, np.copysign(bent, track), track).astype(np.float32)


def loud_part(track: np.ndarray) -> float:
    """RMS of the louder half of a (2, n) track's 100 ms blocks: how strong it is where it plays."""
    step = RATE // 10
    usable = track.shape[1] // step * step
    if not usable:
        return float(np.sqrt(np.mean(track**2)))
    power = np.mean(track[:, :usable].reshape(2, -1, step) ** 2, axis=(0, 2))
    power = np.sort(power)[len(power) // 2 :]
    return float(np.sqrt(np.mean(power)))
