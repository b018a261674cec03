"""The arrangement turns a mood and a request into a score: form, layers by energy, the lift and the button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from reelwright.media.sound.bed_request import BedRequest
from reelwright.media.sound.chance import make_generator
from reelwright.media.sound.dsp import RATE
from reelwright.media.sound.forms import BUILT_BY, OPENING, RITARD, Form, choose_form, compute_built_energy
from reelwright.media.sound.grid import Bar, Grid, lay_grid
from reelwright.media.sound.harmony import Chord, choose_voicings
from reelwright.media.sound.moods import Drums, Mood, Part, load_mood
from reelwright.media.sound.own_mood import choose_own_mood
from reelwright.media.sound.score import Note

STEPS_PER_BEAT = 4
MIDDLE = 64
"""The MIDI pitch about which chords lie."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A bed while it is written: its request, the mood as it has it, its grid, and each bar's chord and voicing.

    ``energies``: of each beat; in a build they grow with the film, whatever its sections say. ``entries``: of each
    line in a build, as a part of the film before the button. ``semitones``: its key, counted from that of the recipe.
    """

    request: BedRequest
    mood: Mood
    grid: Grid
    chords: tuple[Chord, ...]
    voicings: tuple[tuple[int, ...], ...]
    form: Form
    energies: tuple[int, ...]
    entries: Mapping[Drums | Part, float]
    semitones: int = 0

    def get_energy(self, beat: float) -> int:
        """Return the energy, 1 to 5, in the middle of the beat that holds ``beat``, counted from 0."""
        return self.energies[min(int(beat), len(self.energies) - 1)]

    def is_playing(self, line: Drums | Part, beat: float) -> bool:
        """Return whether a line plays at ``beat``: where there is energy for it, or in a build from its entry on."""
        energy = self.get_energy(beat)
        if energy > getattr(line, "until", 5):
            return False
        if self.form == "build":
            return int(beat) / self.grid.beats >= self.entries[line]
        return energy >= line.start

    def find_step(self, bar: Bar, step: int) -> int:
        """Return the sample at which sixteenth ``step`` of a bar begins; in a mood that swings, odd ones come late."""
        place = float(step)
        if step % 2:
            place = step - 1 + 2 * self.mood.swing / 100.0
        return self.grid.find_sample(bar.first + place / STEPS_PER_BEAT)

    def count_steps(self, bar: Bar) -> int:
        """Count the sixteenths in a bar."""
        return bar.beats * STEPS_PER_BEAT

    def is_before_lift(self, bar: Bar) -> bool:
        """Return whether ``bar`` is the bar of the turn: the last before the lift."""
        return bar.is_last and not bar.is_after_lift and self.grid.lift is not None

    def is_before_button(self, bar: Bar) -> bool:
        """Return whether ``bar`` is the last bar of all."""
        return bar.is_last and (bar.is_after_lift or self.grid.lift is None)

    def find_rest_start(self) -> int:
        """Return the sample from which all is silent before the button; the button itself where the music goes on."""
        if self.form != "stop":
            return self.grid.button
        beats = min(self.mood.button.rest, self.grid.beats / 2)
        return self.grid.find_sample(self.grid.beats - beats) if beats else self.grid.button

    def find_silence_start(self) -> int | None:
        """Return the sample from which all is silent before the lift, half a beat; None where the music goes on."""
        return self.grid.find_sample(self.grid.lift - 0.5) if self.grid.lift and self.form == "stop" else None

    def is_silent(self, at: int) -> bool:
        """Return whether a sample lies in the silence before the lift."""
        silent, lift = self.find_silence_start(), self.grid.lift
        return silent is not None and lift is not None and silent <= at < self.grid.find_sample(lift)

    def make_rng(self, *names: str) -> np.random.Generator:
        """Make the random generator of one line."""
        return make_generator(self.request.seed, self.mood.name, *names)


def begin_piece(request: BedRequest) -> Piece:
    """Begin the piece for a request: lay its grid of beats, and choose every bar's chord and voicing."""
    own = choose_own_mood(load_mood(request.mood), request.seed)
    recipe = own.mood
    grid = lay_grid(request.bpm_milli, request.lift_ms, request.button_ms, recipe.ritard)
    form = request.form or choose_form(recipe.name, recipe.forms, request.seed, grid.beats)
    if form == "through":
        grid = replace(grid, ritard=max(RITARD, recipe.ritard))
    chords = tuple(_chord(recipe, grid, bar, form) for bar in grid.bars)
    voicings = tuple(choose_voicings(list(chords), MIDDLE + own.register))
    energies = tuple(_compute_energy(request, grid, form, beat) for beat in range(grid.beats + 1))
    return Piece(request, recipe, grid, chords, voicings, form, energies, _list_entries(recipe), own.semitones)


def _compute_energy(request: BedRequest, grid: Grid, form: Form, beat: int) -> int:
    if form == "build":
        return min(5, int(compute_built_energy(beat / grid.beats)))
    return request.get_energy(grid.find_sample(beat + 0.5))


def _list_entries(recipe: Mood) -> dict[Drums | Part, float]:
    """List when the lines of a mood enter in a build: two open it, the others follow by the energy that they need."""
    found: dict[Drums | Part, float] = {}
    both: list[Drums | Part] = [*recipe.parts, *recipe.drums]
    lines = sorted(both, key=lambda line: line.start)
    later = [line for line in lines if line.start > 1]
    for line in lines:
        place = later.index(line) - OPENING + 1 if line in later else 0
        found[line] = BUILT_BY * max(0, place) / len(later)
    return found


def _chord(recipe: Mood, grid: Grid, bar: Bar, form: Form) -> Chord:
    if bar.is_last and bar.number and not bar.is_after_lift and grid.lift is not None:
        return recipe.chords.turn
    if bar.is_last and bar.number and (bar.is_after_lift or grid.lift is None):
        return recipe.chords.cadence
    rows = (recipe.chords.before, recipe.chords.after)
    turns = bar.number // len(rows[0]) if form == "through" else 0  # the harmony moves on instead of coming round
    row = rows[(bar.is_after_lift + turns) % 2]
    return row[bar.number % len(row)]


def compute_velocity(energy: int, accent: int, rng: np.random.Generator) -> int:
    """Compute a velocity, 30 to 110, from energy (1 to 5) and accent, with up to six of chance either way.

    Source: craft.md 5.3.
    """
    return max(30, min(110, 62 + 7 * energy + accent + int(rng.integers(-6, 7))))


def make_note(at: int, sound: str, pitches: tuple[int, ...], seconds: float, velocity_: int, late: float) -> Note:
    """Make a note at sample ``at`` moved by ``late`` seconds, as a hand plays it, but never before the film."""
    return Note(max(0, at + round(late * RATE)), sound, pitches, seconds, velocity_)
