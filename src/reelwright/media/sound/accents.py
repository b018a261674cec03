"""Designed accents at their level (craft.md 5.5): hits, whooshes, risers, ticks and drops; and the lift's riser."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reelwright.media.sound.arrange import Piece
from reelwright.media.sound.asked import Hit
from reelwright.media.sound.drums import drum
from reelwright.media.sound.dsp import RATE, at_peak, band, clock, edges, gain, samples, shaped_noise

LEVELS = {"hit": -6.0, "whoosh": -15.0, "riser": -14.0, "tick": -20.0, "drop": -9.0}
"""Peak in dB before the bed's own level: a hit near -3 dBTP of a film at -14 LUFS, the others below it."""
NEAR = 0.09


@dataclass(frozen=True, slots=True)
class Accent:
    """A (2, n) sound whose first sample stands at ``at``."""

    at: int
    sound: np.ndarray


def accents(piece: Piece) -> list[Accent]:
    """All hits that are asked for, and the riser before the lift.

    A riser that is asked for on the lift is that one: a second would fill the silence that the lift comes out of.
    """
    lift = piece.grid.lift
    made = [
        _made(piece, hit, number)
        for number, hit in enumerate(piece.asked.hits)
        if not (hit.kind == "riser" and lift and abs(hit.at_ms * RATE // 1000 - piece.grid.at(lift)) < NEAR * RATE)
    ]
    if lift:
        bar = next(b for b in piece.grid.bars if b.first + b.beats == lift)
        start, end = piece.grid.at(bar.first), piece.silent_from() or piece.grid.at(lift)
        level = piece.mood.turn.riser + 2.0 * (piece.energy(lift) - 4)
        made.append(_riser(start, end, gain(level), piece.rng("lift")))
    return made


def _made(piece: Piece, hit: Hit, number: int) -> Accent:
    at = hit.at_ms * RATE // 1000
    rng = piece.rng("hit", str(number))
    level = gain(LEVELS[hit.kind] - (5.0 if _covered(piece, at) else 0.0))
    tune = 2.0 ** (float(rng.uniform(-2, 2)) / 12)
    if hit.kind == "whoosh":
        return _whoosh(at, level, rng)
    if hit.kind == "riser":
        return _riser(max(0, at - samples(1.2)), at, level, rng)
    if hit.kind == "hit":
        return Accent(at, level * _impact(tune, rng))
    return Accent(at, level * _both(drum("tick" if hit.kind == "tick" else "sub", rng, tune)))


def _covered(piece: Piece, at: int) -> bool:
    """Whether the lift or the button strikes there already."""
    lift = piece.grid.lift
    marks = [piece.grid.button, *([piece.grid.at(lift)] if lift else [])]
    return any(abs(at - mark) < NEAR * RATE for mark in marks)


def _both(mono: np.ndarray) -> np.ndarray:
    return np.stack([mono, mono])


def _impact(tune: float, rng: np.random.Generator) -> np.ndarray:
    """A deep drum, its weight, and a short burst of air that dies sideways."""
    body = drum("taiko", rng, tune)
    count = samples(1.4)
    wide = np.stack([shaped_noise(count, band(300, 5200), rng) for _ in range(2)])
    air = wide * np.exp(-clock(count) / 0.16) * edges(count, 0.001, 0.3)
    out = (0.3 * air).astype(np.float32)
    out[:, : len(body)] += 0.8 * body
    low = drum("sub", rng, tune)
    out[:, : len(low)] += 0.5 * low
    return at_peak(out)


def _whoosh(at: int, level: float, rng: np.random.Generator) -> Accent:
    """Air that swells for a quarter second, peaks at ``at`` and passes from one side to the other."""
    before, after = min(at, samples(0.27)), samples(0.2)
    count = before + after
    time = (np.arange(count, dtype=np.float32) - before) / RATE
    shape = np.where(time < 0, np.exp(time / 0.075), np.exp(-time / 0.055)) * edges(count, 0.02, 0.08)
    low, high = shaped_noise(count, band(350, 1600), rng), shaped_noise(count, band(1500, 7000), rng)
    bright = np.clip(1.0 + time / 0.27, 0.0, 1.0)
    air = (low * (1.1 - bright) + high * bright) * shape
    turn = 0.5 + 0.3 * np.tanh(time / 0.12) * (1 if rng.random() < 0.5 else -1)
    out = np.stack([air * np.cos(turn * np.pi / 2), air * np.sin(turn * np.pi / 2)])
    return Accent(at - before, at_peak(out.astype(np.float32), level))


def _riser(start: int, end: int, level: float, rng: np.random.Generator) -> Accent:
    """Noise and a tone that climb and stop hard, exactly at ``end``."""
    count = max(1, end - start)
    part = np.linspace(0, 1, count, dtype=np.float32)
    layers = [shaped_noise(count, band(low, 2.6 * low), rng) for low in (500, 1300, 3300)]
    place = part * 2.0
    noise = sum(layer * np.clip(1.0 - np.abs(place - i), 0.0, 1.0) for i, layer in enumerate(layers))
    climb = np.cumsum(220.0 * 2.0 ** (2.0 * part.astype(np.float64))) / RATE
    out = (noise + 0.25 * np.sin(2 * np.pi * climb)) * (0.12 + 0.88 * part**2) * edges(count, 0.05, 0.004)
    wide = 0.5 + 0.25 * np.sin(2 * np.pi * 1.5 * part)
    both = np.stack([out * np.cos(wide * np.pi / 2), out * np.sin(wide * np.pi / 2)])
    return Accent(start, at_peak(both.astype(np.float32), level))
