"""From a mood and what is asked for to a score: form, layers by energy, the lift and the button."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reelwright.media.sound.asked import Asked
from reelwright.media.sound.chance import chance
from reelwright.media.sound.dsp import RATE
from reelwright.media.sound.grid import Bar, Grid, lay
from reelwright.media.sound.harmony import Chord, lead
from reelwright.media.sound.moods import Mood, mood
from reelwright.media.sound.score import Note

STEPS_PER_BEAT = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A bed as it is being written: what is asked, its mood and grid, and each bar's chord and voicing."""

    asked: Asked
    mood: Mood
    grid: Grid
    chords: tuple[Chord, ...]
    voicings: tuple[tuple[int, ...], ...]

    def energy(self, beat: float) -> int:
        """Energy in the middle of a beat."""
        return self.asked.energy(self.grid.at(int(beat) + 0.5))

    def step_at(self, bar: Bar, step: int) -> int:
        """Sample of a sixteenth; the second of each pair comes late when the mood swings."""
        place = float(step)
        if step % 2:
            place = step - 1 + 2 * self.mood.swing / 100.0
        return self.grid.at(bar.first + place / STEPS_PER_BEAT)

    def steps(self, bar: Bar) -> int:
        """Sixteenths in a bar."""
        return bar.beats * STEPS_PER_BEAT

    def before_lift(self, bar: Bar) -> bool:
        """The bar of the turn: the last before the lift."""
        return bar.last and not bar.lifted and self.grid.lift is not None

    def before_button(self, bar: Bar) -> bool:
        """The last bar of all."""
        return bar.last and (bar.lifted or self.grid.lift is None)

    def rest_from(self) -> int:
        """Sample from which all is silent before the button."""
        beats = min(self.mood.button.rest, self.grid.beats / 2)
        return self.grid.at(self.grid.beats - beats) if beats else self.grid.button

    def silent_from(self) -> int | None:
        """Sample from which all is silent before the lift: half a beat."""
        return self.grid.at(self.grid.lift - 0.5) if self.grid.lift else None

    def is_silent(self, at: int) -> bool:
        """Whether a sample lies in the silence before the lift."""
        silent, lift = self.silent_from(), self.grid.lift
        return silent is not None and lift is not None and silent <= at < self.grid.at(lift)

    def rng(self, *names: str) -> np.random.Generator:
        """Chance of one line."""
        return chance(self.asked.seed, self.mood.name, *names)


def begin(asked: Asked) -> Piece:
    """Lay the grid and choose every bar's chord."""
    recipe = mood(asked.mood)
    grid = lay(asked.bpm_milli, asked.lift_ms, asked.button_ms, recipe.ritard)
    chords = tuple(_chord(recipe, grid, bar) for bar in grid.bars)
    return Piece(asked, recipe, grid, chords, tuple(lead(list(chords))))


def _chord(recipe: Mood, grid: Grid, bar: Bar) -> Chord:
    if bar.last and bar.number and not bar.lifted and grid.lift is not None:
        return recipe.turn_chord
    if bar.last and bar.number and (bar.lifted or grid.lift is None):
        return recipe.cadence
    row = recipe.after if bar.lifted else recipe.before
    return row[bar.number % len(row)]


def velocity(energy: int, accent: int, rng: np.random.Generator) -> int:
    """60 to 105 by energy, with a hand's unevenness of six (craft.md 5.3)."""
    return int(np.clip(62 + 7 * energy + accent + rng.integers(-6, 7), 30, 110))


def played(at: int, sound: str, pitches: tuple[int, ...], seconds: float, velocity_: int, late: float) -> Note:
    """A note that a hand plays ``late`` seconds off the grid, never before the film."""
    return Note(max(0, at + round(late * RATE)), sound, pitches, seconds, velocity_)
