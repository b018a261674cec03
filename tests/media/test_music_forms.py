"""The three forms of a bed: who stops, who builds, who moves on; each with its landmarks on their frames."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from reelwright.media.sound.arrange import Piece, begin_piece
from reelwright.media.sound.bed import compose, write_score
from reelwright.media.sound.bed_request import BedRequest, Hit, Section
from reelwright.media.sound.dsp import RATE
from reelwright.media.sound.forms import FORMS, Form, choose_form
from reelwright.media.sound.landmarks import make_hushes
from reelwright.media.sound.moods import list_moods, load_mood

CALM = ("luxury", "emotional", "documentary", "chill", "nostalgic")
FRAME = RATE // 30
BUILDS = [("corporate", "build"), ("epic", "build"), ("urban", "build")]
CASES = [*BUILDS, ("luxury", "through"), ("documentary", "through")]


def begun(mood: str, form: Form) -> Piece:
    low, high = load_mood(mood).bpm
    beat = 120_000 / (low + high)
    lift, button = round(8 * beat), round(20 * beat)
    return begin_piece(
        BedRequest(
            mood=mood, ms=button + 2000, bpm_milli=(low + high) * 500, lift_ms=lift, button_ms=button,
            sections=(Section(0, lift, 3), Section(lift, button - lift, 4)), seed=5, form=form,
            hits=(Hit(lift, "riser"), Hit(lift, "drop")),
        )
    )  # fmt: skip


@cache
def played(mood: str, form: Form) -> np.ndarray:
    return compose(begun(mood, form), lambda done: None)


def levels(track: np.ndarray, start: int, end: int) -> np.ndarray:
    """RMS of each hundredth of a second, in decibels."""
    part = track[:, start : start + (end - start) // 480 * 480].astype(np.float64)
    return 10 * np.log10(np.mean(part.reshape(2, -1, 480) ** 2, axis=(0, 2)) + 1e-14)


def test_each_mood_has_the_forms_that_suit_it_and_each_seed_keeps_its_own() -> None:
    for mood in list_moods():
        weights = load_mood(mood).forms
        drawn = [choose_form(mood, weights, seed, 40) for seed in range(60)]
        assert drawn == [choose_form(mood, weights, seed, 40) for seed in range(60)]
        assert set(drawn) == set(weights) and len(weights) >= 2
        assert ("through" in weights) == (mood in CALM)
    assert set(FORMS) == {form for mood in list_moods() for form in load_mood(mood).forms}


def test_only_the_form_with_stops_falls_silent() -> None:
    assert len(make_hushes(begun("corporate", "stop"))) == 2
    assert not make_hushes(begun("corporate", "build")) and not make_hushes(begun("luxury", "through"))


@pytest.mark.parametrize(("mood", "form"), CASES)
def test_music_that_goes_on_is_heard_through_both_landmarks_and_is_not_clipped(mood: str, form: Form) -> None:
    piece, track = begun(mood, form), played(mood, form)
    assert piece.grid.lift
    heard = levels(track, RATE // 5, piece.grid.button + RATE // 2)
    quiet = np.convolve(heard < -48, np.ones(12), mode="valid")
    assert quiet.max() < 12, "no tenth of a second is silent"
    assert np.max(np.abs(track)) < 0.9
    assert not np.any(track[:, -RATE // 5 :])


@pytest.mark.parametrize(("mood", "form"), CASES)
def test_the_lift_and_the_button_still_fall_on_their_frames(mood: str, form: Form) -> None:
    piece, score = begun(mood, form), write_score(begun(mood, form))
    assert piece.grid.lift
    starts = sorted(note.at for line in score.lines for note in line.notes)
    for at in (piece.grid.find_sample(piece.grid.lift), piece.grid.button):
        assert len([one for one in starts if 0 <= one - at < FRAME]) >= 3, "several voices begin together"
    sharp = np.abs(np.diff(played(mood, form).mean(axis=0), n=2))
    button = piece.grid.button
    assert sharp[button : button + FRAME].max() > 1.2 * np.median(
        [sharp[at : at + FRAME].max() for at in range(button - 20 * FRAME, button - FRAME, FRAME)]
    )


@pytest.mark.parametrize("mood", list_moods())
def test_the_lines_of_a_build_enter_one_after_another(mood: str) -> None:
    piece = begun(mood, "build")
    firsts = sorted(_find_entries(piece))
    assert firsts[0] < RATE and firsts[-1] > piece.grid.button / 2
    assert len({round(at / (4 * piece.grid.beat)) for at in firsts}) >= 3, "no more than a few enter in one bar"
    counts = [len([at for at in firsts if at <= beat]) for beat in range(0, piece.grid.button, RATE)]
    assert all(later >= earlier for earlier, later in pairwise(counts))


def _find_entries(piece: Piece) -> Iterator[int]:
    for line in (*piece.mood.parts, *piece.mood.drums):
        beats = [beat for beat in range(piece.grid.beats) if piece.is_playing(line, beat)]
        if beats:
            yield piece.grid.find_sample(beats[0])


@pytest.mark.parametrize("mood", CALM)
def test_a_through_composed_bed_moves_on_without_a_drop_and_slows_down(mood: str) -> None:
    piece = begun(mood, "through")
    sounds = {note.sound for line in write_score(piece).lines for note in line.notes}
    assert not sounds & {"sub", "crash", "crash_soft"}
    last = [piece.grid.find_sample(beat) for beat in range(piece.grid.beats - 4, piece.grid.beats + 1)]
    gaps = [later - earlier for earlier, later in pairwise(last)]
    assert gaps[-1] > 1.02 * gaps[0]


def test_a_short_bed_does_not_build() -> None:
    assert {choose_form("luxury", load_mood("luxury").forms, seed, 10) for seed in range(20)} == {"through"}
    asked = begun("corporate", "build").request
    short = BedRequest(
        mood=asked.mood, ms=4000, bpm_milli=asked.bpm_milli, lift_ms=None, button_ms=3000, sections=(), hits=(), seed=5
    )
    assert begin_piece(short).form == "stop"
