"""Accents: hits, whooshes, risers, ticks and drops at their level (craft.md 5.5), and the swells to the landmarks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reelwright.media.sound.arrange import Piece
from reelwright.media.sound.bed_request import Hit
from reelwright.media.sound.drums import make_drum
from reelwright.media.sound.dsp import (
    RATE,
    make_band_pass,
    make_envelope,
    make_noise,
    make_time_axis,
    scale_to_peak,
    to_gain,
    to_samples,
)

LEVELS = {"hit": -6.0, "whoosh": -15.0, "riser": -14.0, "tick": -20.0, "drop": -9.0}
"""Peak in dB before the bed's own level: a hit near -3 dBTP of a film at -14 LUFS, the others below it."""
NEAR = 0.09
CALM_DB = -6.0
"""How much softer a hit is in a through-composed bed, which has neither risers nor drops."""


@dataclass(frozen=True, slots=True)
class Accent:
    """A (2, n) sound whose first sample stands at ``at``."""

    at: int
    sound: np.ndarray


def make_accents(piece: Piece) -> list[Accent]:
    """Make all hits of the request, and the riser before the lift; in a build another one before the button.

    A requested riser on the lift is that same riser: a second would fill the silence that the lift comes out of.
    """
    lift = piece.grid.lift
    made = [
        _made(piece, hit, number)
        for number, hit in enumerate(piece.request.hits)
        if not (piece.form == "through" and hit.kind in ("riser", "drop"))
        and not (
            hit.kind == "riser" and lift and abs(hit.at_ms * RATE // 1000 - piece.grid.find_sample(lift)) < NEAR * RATE
        )
    ]
    if lift and piece.form != "through":
        bar = next(b for b in piece.grid.bars if b.first + b.beats == lift)
        start, end = piece.grid.find_sample(bar.first), piece.find_silence_start() or piece.grid.find_sample(lift)
        level = piece.mood.turn.riser + 2.0 * (piece.get_energy(lift) - 4)
        made.append(_riser(start, end, to_gain(level), piece.make_rng("lift")))
    if piece.form == "build":
        start = piece.grid.find_sample(piece.grid.bars[-1].first)
        made.append(_riser(start, piece.grid.button, to_gain(piece.mood.turn.riser), piece.make_rng("button")))
    return made


def _made(piece: Piece, hit: Hit, number: int) -> Accent:
    at = hit.at_ms * RATE // 1000
    rng = piece.make_rng("hit", str(number))
    calm = CALM_DB if piece.form == "through" and hit.kind == "hit" else 0.0
    level = to_gain(LEVELS[hit.kind] + calm - (5.0 if _covered(piece, at) else 0.0))
    tune = 2.0 ** (float(rng.uniform(-2, 2)) / 12)
    if hit.kind == "whoosh":
        return _whoosh(at, level, rng)
    if hit.kind == "riser":
        return _riser(max(0, at - to_samples(1.2)), at, level, rng)
    if hit.kind == "hit":
        return Accent(at, level * _impact(tune, rng))
    return Accent(at, level * _both(make_drum("tick" if hit.kind == "tick" else "sub", rng, tune)))


def _covered(piece: Piece, at: int) -> bool:
    """Return whether the lift or the button strikes there already."""
    lift = piece.grid.lift
    marks = [piece.grid.button, *([piece.grid.find_sample(lift)] if lift else [])]
    return any(abs(at - mark) < NEAR * RATE for mark in marks)


def _both(mono: np.ndarray) -> np.ndarray:
    return np.stack([mono, mono])


def _impact(tune: float, rng: np.random.Generator) -> np.ndarray:
    """Make a deep drum, its weight, and a short burst of air that dies sideways."""
    body = make_drum("taiko", rng, tune)
    count = to_samples(1.4)
    wide = np.stack([make_noise(count, make_band_pass(300, 5200), rng) for _ in range(2)])
    air = wide * np.exp(-make_time_axis(count) / 0.16) * make_envelope(count, 0.001, 0.3)
    out = (0.3 * air).astype(np.float32)
    out[:, : len(body)] += 0.8 * body
    low = make_drum("sub", rng, tune)
    out[:, : len(low)] += 0.5 * low
    return scale_to_peak(out)


def _whoosh(at: int, level: float, rng: np.random.Generator) -> Accent:
    """Make air that swells for a quarter second, peaks at ``at`` and passes from one side to the other."""
    before, after = min(at, to_samples(0.27)), to_samples(0.2)
    count = before + after
    time = (np.arange(count, dtype=np.float32) - before) / RATE
    shape = np.where(time < 0, np.exp(time / 0.075), np.exp(-time / 0.055)) * make_envelope(count, 0.02, 0.08)
    low, high = make_noise(count, make_band_pass(350, 1600), rng), make_noise(count, make_band_pass(1500, 7000), rng)
    bright = np.clip(1.0 + time / 0.27, 0.0, 1.0)
    air = (low * (1.1 - bright) + high * bright) * shape
    turn = 0.5 + 0.3 * np.tanh(time / 0.12) * (1 if rng.random() < 0.5 else -1)
    out = np.stack([air * np.cos(turn * np.pi / 2), air * np.sin(turn * np.pi / 2)])
    return Accent(at - before, scale_to_peak(out.astype(np.float32), level))


def _riser(start: int, end: int, level: float, rng: np.random.Generator) -> Accent:
    """Make noise and a tone that climb and stop hard, exactly at ``end``."""
    count = max(1, end - start)
    part = np.linspace(0, 1, count, dtype=np.float32)
    layers = [make_noise(count, make_band_pass(low, 2.6 * low), rng) for low in (500, 1300, 3300)]
    place = part * 2.0
    noise = sum(layer * np.clip(1.0 - np.abs(place - i), 0.0, 1.0) for i, layer in enumerate(layers))
    climb = np.cumsum(220.0 * 2.0 ** (2.0 * part.astype(np.float64))) / RATE
    out = (noise + 0.25 * np.sin(2 * np.pi * climb)) * (0.12 + 0.88 * part**2) * make_envelope(count, 0.05, 0.004)
    wide = 0.5 + 0.25 * np.sin(2 * np.pi * 1.5 * part)
    both = np.stack([out * np.cos(wide * np.pi / 2), out * np.sin(wide * np.pi / 2)])
    return Accent(start, scale_to_peak(both.astype(np.float32), level))
