"""What beds are written with: the grid, chords, voice leading, tunes, and the drums' lines."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import BadInput
from reelwright.media.sound.arrange import MIDDLE, begin_piece
from reelwright.media.sound.bed import write_score
from reelwright.media.sound.bed_request import BedRequest, Section
from reelwright.media.sound.chance import make_generator
from reelwright.media.sound.drums import DRUMS
from reelwright.media.sound.grid import lay_grid
from reelwright.media.sound.harmony import build_scale, choose_voicings, parse_chord, parse_pitch_class
from reelwright.media.sound.melody import SHAPES, choose_contour, compose_phrase
from reelwright.media.sound.moods import list_moods, load_mood
from reelwright.media.sound.sounds import load_sounds


def asked(name: str, energy: int = 4, seed: int = 0, lift: int | None = 8000, button: int = 20_000) -> BedRequest:
    low, high = load_mood(name).bpm
    return BedRequest(
        mood=name, ms=24_000, bpm_milli=(low + high) * 500, lift_ms=lift, button_ms=button, seed=seed,
        sections=(Section(0, 24_000, energy),), hits=(), form="stop",
    )  # fmt: skip


@given(
    bpm=st.integers(40_000, 240_000),
    lift=st.none() | st.integers(0, 60_000),
    button=st.integers(0, 60_000),
    ritard=st.sampled_from([0, 60]),
)
def test_landmarks_are_downbeats_to_the_sample_at_any_tempo(
    bpm: int, lift: int | None, button: int, ritard: int
) -> None:
    grid = lay_grid(bpm, lift, button, ritard)
    assert grid.find_sample(0) == 0
    assert grid.find_sample(grid.beats) == grid.button == button * 48
    if grid.lift is not None and lift is not None:
        assert grid.find_sample(grid.lift) == lift * 48
        assert grid.lift in {bar.first for bar in grid.bars}
    beats = [grid.find_sample(beat / 2) for beat in range(2 * grid.beats + 4)]
    assert all(later >= earlier for earlier, later in pairwise(beats))
    assert sum(bar.beats for bar in grid.bars) == grid.beats
    assert all(1 <= bar.beats <= 4 for bar in grid.bars)


@given(st.text(max_size=8))
def test_a_chord_is_read_or_refused_by_name(name: str) -> None:
    try:
        found = parse_chord(name)
    except BadInput as refused:
        assert refused.field == "chord"
    else:
        assert found.root in found.classes and all(0 <= c < 12 for c in found.classes)


@pytest.mark.parametrize(
    ("name", "notes"), [("Am", "A C E"), ("C/E", "C E G"), ("Bbmaj7", "Bb D F A"), ("F#m", "F# A C#"), ("G5", "G D")]
)
def test_chords_have_their_notes(name: str, notes: str) -> None:
    assert set(parse_chord(name).classes) == {parse_pitch_class(note) for note in notes.split()}


@pytest.mark.parametrize("name", list_moods())
def test_voices_are_led_without_leaps_and_without_minor_seconds(name: str) -> None:
    recipe = load_mood(name)
    for row in (recipe.chords, *recipe.others):
        chords = [*row.before, *row.before, row.turn, *row.after, *row.after, row.cadence]
        for semitones, register in ((0, 0), (3, -4), (-4, 3)):
            moved = [chord.transpose(semitones) for chord in chords]
            voicings = choose_voicings(moved, MIDDLE + register)
            assert all(len(voicing) == 4 for voicing in voicings)
            assert all({p % 12 for p in v} <= set(c.classes) for v, c in zip(voicings, moved, strict=True))
            leaps = [abs(a[-1] - b[-1]) for a, b in pairwise(voicings)]
            assert sum(leap > 4 for leap in leaps) <= len(leaps) // 8, leaps
            assert all(high - low > 1 for voicing in voicings for low, high in pairwise(voicing))


def test_shapes_move_mostly_by_step() -> None:
    for shape in SHAPES:
        assert sum(abs(step) == 1 for step in shape[1:]) >= 0.7 * len(shape[1:])


@pytest.mark.parametrize("name", list_moods())
@pytest.mark.parametrize("seed", range(4))
def test_a_tune_stays_in_an_octave_and_in_key_and_comes_home(name: str, seed: int) -> None:
    recipe = load_mood(name)
    part = next(part for part in recipe.parts if part.rhythm)
    chords = list(recipe.chords.before[:2])
    walk = choose_contour(make_generator(seed, "tune"))
    tune = compose_phrase(part.rhythm, walk, chords, recipe.scale, part.centre, close=True)
    pitches = [pitch for _, _, pitch in tune]
    assert max(pitches) - min(pitches) <= 12
    allowed = set(recipe.scale) | {c for each in chords for c in each.classes}
    assert {pitch % 12 for pitch in pitches} <= allowed
    assert pitches[-1] % 12 in chords[tune[-1][0] // 16].classes[:2]
    for step, _, pitch in tune:
        if step % 8 == 0:
            assert pitch % 12 in chords[step // 16].classes


@pytest.mark.parametrize("name", list_moods())
def test_every_recipe_names_sounds_that_exist_and_patterns_of_a_bar(name: str) -> None:
    recipe = load_mood(name)
    for drums in recipe.drums:
        assert drums.sound in DRUMS
        assert all(len(p) == 16 and set(p) <= set("xo.") for p in (drums.pattern, drums.fill) if p)
    for part in recipe.parts:
        assert part.sound in load_sounds() and (not part.twin or part.twin in load_sounds())
        assert all(len(p) == 16 for p in (part.pattern, part.thin) if p)
        assert all(other in load_sounds() and load_sounds()[other].engine != "cloud" for other in part.others)
        assert not part.rhythm or len(part.rhythm) == 32
        assert not part.rhythm or 3 <= part.rhythm.count("x") <= 14
    assert recipe.tonic in build_scale("C", "major") | set(range(12))
    assert all(sound in load_sounds() for sound in recipe.button.sounds)
    assert all(d in DRUMS for d in (recipe.turn.roll, recipe.turn.crash, recipe.button.kick, recipe.button.crash) if d)


@pytest.mark.parametrize("name", list_moods())
def test_more_energy_brings_more_lines(name: str) -> None:
    heard = [
        len({line.notes[0].sound for line in write_score(begin_piece(asked(name, energy))).lines})
        for energy in range(1, 6)
    ]
    assert heard == sorted(heard) and heard[0] < heard[3]


def test_the_kick_is_out_in_the_bar_before_the_lift_and_nothing_starts_in_its_last_half_beat() -> None:
    piece = begin_piece(asked("energetic"))
    bar = next(b for b in piece.grid.bars if piece.is_before_lift(b))
    start, end = piece.grid.find_sample(bar.first), piece.grid.find_sample(bar.first + bar.beats)
    silent = piece.find_silence_start()
    assert silent is not None
    score = write_score(piece)
    for line in score.lines:
        if line.notes[0].sound == "kick_punch":
            assert not [note for note in line.notes if start <= note.at < end]
    roll = next(line for line in score.lines if {n.sound for n in line.notes} == {"snare_tight"})
    assert [note for note in roll.notes if start <= note.at < silent]
    assert not [note for line in score.lines for note in line.notes if silent + 480 <= note.at < end - 480]


def test_velocities_and_timing_are_a_hand_s_and_the_kick_s_is_not() -> None:
    piece = begin_piece(asked("energetic"))
    score = write_score(piece)
    sixteenths = {piece.grid.find_sample(step / 4) for step in range(4 * piece.grid.beats + 4)}
    for line in score.lines:
        for note in line.notes:
            assert 30 <= note.velocity <= 110
            if note.sound == "kick_punch":
                assert note.at in sixteenths
