"""The sound of a rehearsal: a leader's pips under a take, a murmur for a voice, a plain pulse for music."""

from __future__ import annotations

import hashlib

import numpy as np

from reelwright.media.rehearsal.footage_request import FootageRequest
from reelwright.media.sound.dsp import RATE

_SYLLABLES_S = 4.6
"""Syllables a second of calm speech in English. Source: craft.md 2, read 2026-11-20."""


def make_tones(request: FootageRequest) -> np.ndarray:
    """Make (2, n) float32 samples of exactly the requested length."""
    count = max(1, request.ms * RATE // 1000)
    made = {"speech": _murmur, "music": _pulse, "sound_effect": _sweep}.get(request.kind, _pips)
    track = made(request, count)
    edge = min(count // 2, RATE // 100)
    track[:edge] *= np.linspace(0, 1, edge, dtype=np.float32)
    track[count - edge :] *= np.linspace(1, 0, edge, dtype=np.float32)
    return np.stack([track, track]).astype(np.float32)


def _pips(request: FootageRequest, count: int) -> np.ndarray:
    """Make one soft pip a second over the murmur of a room, tuned by the shot so that a cut can be heard.

    The room is loud enough for a film that has no other sound to reach its loudness.
    """
    rng = np.random.default_rng(_seed(request))
    track = _smoothed(rng.standard_normal(count), 24) * 0.2
    pitch = 440.0 * 2 ** ((request.shot * 5 % 12) / 12)
    for start in range(0, count, RATE):
        _add(track, start, _struck(pitch, 0.16) * 0.16)
    return track


def _murmur(request: FootageRequest, count: int) -> np.ndarray:
    """Make as many hummed syllables as the words take, so that timing can be judged and nobody takes it for speech."""
    rng = np.random.default_rng(_seed(request))
    track = np.zeros(count)
    at = 0
    while at < count:
        long = int(RATE / _SYLLABLES_S * rng.uniform(0.7, 1.3))
        time = np.arange(min(long, count - at)) / RATE
        pitch = 128 * 2 ** rng.uniform(-0.25, 0.25)
        hum = sum(np.sin(2 * np.pi * pitch * part * time) / part**1.5 for part in (1, 2, 3, 5))
        track[at : at + len(time)] += 0.11 * hum * np.sin(np.pi * np.arange(len(time)) / max(1, long)) ** 2
        at += long
    return track


def _pulse(request: FootageRequest, count: int) -> np.ndarray:
    """Make four struck chords a bar at 100 beats a minute."""
    track = np.zeros(count)
    chords = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))
    for index, start in enumerate(range(0, count, RATE * 60 // 100)):
        for step in chords[index // 4 % 4]:
            _add(track, start, _struck(220 * 2 ** (step / 12), 0.5) * 0.07)
    return track


def _sweep(request: FootageRequest, count: int) -> np.ndarray:
    time = np.arange(count) / RATE
    return 0.12 * np.sin(2 * np.pi * (220 * time + 300 * time**2 / max(0.1, count / RATE))) * np.exp(-1.5 * time)


def _struck(pitch: float, seconds: float) -> np.ndarray:
    time = np.arange(int(RATE * seconds)) / RATE
    return np.sin(2 * np.pi * pitch * time) * np.exp(-time * 6 / seconds) * np.minimum(1, time * 200)


def _add(track: np.ndarray, start: int, sound: np.ndarray) -> None:
    end = min(len(track), start + len(sound))
    track[start:end] += sound[: end - start]


def _smoothed(noise: np.ndarray, width: int) -> np.ndarray:
    return np.convolve(noise, np.ones(width) / width, mode="same")


def _seed(request: FootageRequest) -> int:
    return int.from_bytes(hashlib.sha256(f"{request.prompt}/{request.sample}".encode()).digest()[:8])
