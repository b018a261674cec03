"""Two films of one mood have different music, and one film always has the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reelwright.media.sound.arrange import begin_piece
from reelwright.media.sound.bed import compose
from reelwright.media.sound.bed_request import BedRequest, Section
from reelwright.media.sound.moods import list_moods, load_mood
from reelwright.media.sound.own_mood import choose_own_mood
from reelwright.planner.music import compute_music_seed

TITLES = ("Harrow Mutual", "مكتبة الياسمين", "Semmel & Sohn", "Clara & Tomás", "Tally 3")


@pytest.mark.parametrize("mood", list_moods())
def test_a_mood_has_further_chords_with_the_same_landmarks(mood: str) -> None:
    recipe = load_mood(mood)
    assert recipe.others
    for row in recipe.others:
        assert (row.before, row.after) != (recipe.chords.before, recipe.chords.after)
        assert row.turn == recipe.chords.turn


@pytest.mark.parametrize("mood", list_moods())
def test_titles_have_keys_rows_registers_and_leads_of_their_own(mood: str) -> None:
    recipe = load_mood(mood)
    seeds = [compute_music_seed(mood, title) for title in TITLES]
    varied = [choose_own_mood(recipe, seed) for seed in seeds]
    assert [choose_own_mood(recipe, seed) for seed in seeds] == varied
    assert len({(one.semitones, one.mood.chords.before) for one in varied}) >= 3
    many = [choose_own_mood(recipe, seed) for seed in range(40)]
    assert len({one.semitones for one in many}) >= 7
    assert len({one.register for one in many}) == 3
    assert {tuple(c.transpose(-one.semitones) for c in one.mood.chords.before) for one in many} == {
        row.before for row in (recipe.chords, *recipe.others)
    }
    assert len({tuple((part.sound, part.start, part.level) for part in one.mood.parts) for one in many}) >= 2


def test_the_bank_and_the_library_no_longer_share_one_piece() -> None:
    one, two, again = (
        compose(begin_piece(replace(_asked(), seed=compute_music_seed("documentary", title))), lambda done: None)
        for title in (*TITLES[:2], TITLES[0])
    )
    assert one.tobytes() == again.tobytes()
    assert np.corrcoef(_compute_chroma(one), _compute_chroma(two))[0, 1] < 0.8


def _asked() -> BedRequest:
    return BedRequest(
        mood="documentary", ms=7000, bpm_milli=82_000, lift_ms=None, button_ms=6000,
        sections=(Section(0, 7000, 4),), hits=(), seed=0,
    )  # fmt: skip


def _compute_chroma(track: np.ndarray) -> np.ndarray:
    power, hertz = np.abs(np.fft.rfft(track.mean(axis=0))) ** 2, np.fft.rfftfreq(track.shape[1], 1 / 48_000)
    heard = (hertz > 100) & (hertz < 2000)
    classes = np.round(12 * np.log2(hertz[heard] / 440) + 69).astype(int) % 12
    return np.bincount(classes, weights=power[heard], minlength=12)
