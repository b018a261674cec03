"""The renderer turns a score into samples:
each line at its level, then plate, pump, silences, accents and a soft ceiling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from reelwright.media.sound.accents import Accent
from reelwright.media.sound.chance import make_generator
from reelwright.media.sound.drums import make_drum
from reelwright.media.sound.dsp import RATE, make_time_axis, to_gain
from reelwright.media.sound.moods import Plate
from reelwright.media.sound.score import Line, Note, Score
from reelwright.media.sound.sounds import load_sounds
from reelwright.media.sound.space import (
    fade_tail,
    limit_softly,
    make_hush_curve,
    make_pump_curve,
    make_rise_curve,
    measure_loud_part,
    render_plate,
)
from reelwright.media.sound.tones import make_cloud, make_tone

LEVEL = 0.19
"""RMS of the loud part of a finished bed; the mix sets the film's loudness."""
BLOCK = RATE // 20
TUNED = frozenset({"timpani"})
"""Drums that sound a note of the key."""
USUAL = 0.8
"""Peak of a stroke at the usual velocity, 86, as a part of its peak at 100."""


class Renderer:
    """A renderer of lines; each different note is made once."""

    def __init__(self, score: Score, seed: int) -> None:
        self.score = score
        self.seed = seed
        self.made: dict[tuple[object, ...], np.ndarray] = {}

    def render_stroke(self, note: Note, number: int) -> np.ndarray:
        """Render the note's sound, mono or (2, n); drums alternate between three strokes."""
        key: tuple[object, ...] = (note.sound, note.pitches, note.seconds, number % 3 if not note.pitches else 0)
        if key not in self.made:
            rng = make_generator(self.seed, *map(str, key))
            if not note.pitches:
                self.made[key] = make_drum(note.sound, rng, self.score.tune if note.sound in TUNED else 1.0)
            elif load_sounds()[note.sound].engine == "cloud":
                self.made[key] = make_cloud(load_sounds()[note.sound], note.pitches, note.seconds, rng)
            else:
                self.made[key] = make_tone(load_sounds()[note.sound], note.pitches[0], note.seconds, rng)
        return self.made[key]

    def render_line(self, line: Line) -> np.ndarray:
        """Render a whole line as long as the score, at its level: (n,) or, for chords, (2, n)."""
        length = self.score.length
        shape = (2, length) if line.kind == "chord" else (length,)
        track = np.zeros(shape, dtype=np.float32)
        for number, note in enumerate(line.notes):
            sound = _falling(self.render_stroke(note, number), line.fall_db_s)
            room = track[..., note.at : note.at + sound.shape[-1]]
            room += np.float32((note.velocity / 100.0) ** 1.5) * sound[..., : room.shape[-1]]
        strength = USUAL if line.has_peak_level else _while_playing(track)
        return track * np.float32(to_gain(line.level) / strength) if strength > 0 else track


def _falling(sound: np.ndarray, db_s: float) -> np.ndarray:
    if not db_s:
        return sound
    fallen: np.ndarray = sound * np.exp(np.float32(-db_s / 8.686) * make_time_axis(sound.shape[-1]))
    return fallen


def _while_playing(track: np.ndarray) -> float:
    """Return the RMS over the twentieths of a second in which the track sounds at all."""
    usable = track.shape[-1] // BLOCK * BLOCK
    if not usable:
        return float(np.sqrt(np.mean(track**2)))
    blocks = track[..., :usable].reshape(-1, usable // BLOCK, BLOCK)
    power = np.einsum("cnk,cnk->n", blocks, blocks) / (BLOCK * blocks.shape[0])
    heard = power[power > 1e-4 * float(np.max(power))] if power.size else power
    return float(np.sqrt(np.mean(heard))) if heard.size else 0.0


def render(
    score: Score, seed: int, pump_db: float, plate: Plate, accents: Iterable[Accent],
    report: Callable[[float], None],
) -> np.ndarray:  # fmt: skip
    """Render the bed as (2, n) float32, peaks below -1 dBFS, silent from ``score.tail_end``."""
    length = score.length
    renderer = Renderer(score, seed)
    steady, pumped, send = (np.zeros(length, dtype=np.float32) for _ in range(3))
    wide = np.zeros((2, length), dtype=np.float32)
    for number, line in enumerate(score.lines):
        track = renderer.render_line(line)
        if line.kind == "chord":
            wide += track
        elif line.is_pumped:
            pumped += track
        else:
            steady += track
        if line.send is not None:
            send += np.float32(to_gain(line.send)) * (track.mean(axis=0) if track.ndim == 2 else track)
        if line.echo is not None and score.echo:
            _echo(wide, track * np.float32(to_gain(line.echo)), score.echo)
        report(0.8 * (number + 1) / len(score.lines))
    return _finished(score, seed, pump_db, plate, accents, steady, pumped, wide, send)


def _echo(wide: np.ndarray, track: np.ndarray, gap: int) -> None:
    """Add three echoes, from side to side, each 5 dB below the last."""
    for turn in range(1, 4):
        if turn * gap < track.shape[-1]:
            wide[turn % 2, turn * gap :] += np.float32(0.56 ** (turn - 1)) * track[: -turn * gap]


def _finished(
    score: Score, seed: int, pump_db: float, plate: Plate, accents: Iterable[Accent],
    steady: np.ndarray, pumped: np.ndarray, wide: np.ndarray, send: np.ndarray,
) -> np.ndarray:  # fmt: skip
    length = score.length
    if pump_db:
        level = make_pump_curve(length, score.kicks, pump_db, score.echo / 0.75)
        pumped, wide = pumped * level, wide * level
    if (dry := make_hush_curve(length, score.hushes)) is not None:
        steady, pumped, wide, send = steady * dry, pumped * dry, wide * dry, send * dry
    ringing = render_plate(send, plate.seconds, make_generator(seed, "plate"))
    sides = np.sqrt(np.mean(ringing**2, axis=1, keepdims=True)) + 1e-9
    ringing *= float(np.mean(sides)) / sides
    if (wet := make_hush_curve(length, score.hushes, is_complete_only=True)) is not None:
        ringing *= wet
    out = wide + (steady + pumped)
    out += np.float32(to_gain(plate.level + 12.0)) * ringing
    out *= make_rise_curve(length, score.facts["button"], score.rise_db)
    strength = measure_loud_part(out)
    if strength > 0:
        out *= np.float32(LEVEL / strength)
    for accent in accents:
        room = out[:, accent.at : accent.at + accent.sound.shape[1]]
        room += accent.sound[:, : room.shape[1]]
    fade_tail(out, score.facts["button"], score.tail_end)
    return limit_softly(out)
