"""The mood of a film's music: the tone's where somebody asks for one, else by what the film is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.test_screens import plan_of
from reelwright import Studio
from reelwright.media.emblems import load_emblems
from reelwright.planner.edits.edit import set_mood
from reelwright.planner.music import choose_mood
from reelwright.planner.screens.plan_script import list_settings
from reelwright.planner.tables import load_kinds, load_mood_uses, load_moods
from reelwright.settings import Settings

GALLERY = Path(__file__).parents[2] / "docs" / "gallery" / "scripts"
WANTED = {
    "04-dental-clinic": {"corporate", "chill"},
    "09-ryokan": {"luxury", "chill"},
    "12-hebrew-movers": {"comedic"},
    "13-french-restaurant": {"nostalgic", "chill"},
    "14-lake-house": {"chill", "luxury"},
    "15-support-desk": {"tech"},
    "19-korean-coffee": {"chill"},
    "20-animal-shelter": {"emotional"},
}
"""What a music editor would take for films whose scripts ask for no tone."""


def test_the_table_of_moods_names_each_thing_once_and_every_kind() -> None:
    uses = load_mood_uses()
    things = [name for names in uses.emblems.values() for name in names.split()]
    assert len(set(things)) == len(things) and set(things) <= load_emblems().keys()
    assert uses.kinds.keys() == load_kinds().keys()
    assert {*uses.kinds.values(), *uses.emblems} <= load_moods().keys()


def test_a_tone_that_is_asked_for_wins_then_the_thing_then_the_kind() -> None:
    assert choose_mood("energetic", "hot_spring", "travel", is_tone_asked=True) == "energetic"
    assert choose_mood("energetic", "hot_spring", "travel", is_tone_asked=False) == "luxury"
    assert choose_mood("energetic", "suitcase", "travel", is_tone_asked=False) == "chill"
    assert choose_mood("energetic", "", "", is_tone_asked=False) == "energetic"


@pytest.mark.parametrize("script", WANTED)
def test_films_that_ask_for_no_tone_have_the_music_of_their_trade(script: str, tmp_path: Path) -> None:
    with Studio(Settings(home=tmp_path)) as studio:
        plan = studio.plan(script=GALLERY / f"{script}.md", short_side=180).plan
    assert plan.bed and plan.bed.mood in WANTED[script]


def test_a_mood_that_the_words_chose_is_no_setting_of_the_script_and_stays_when_a_word_changes() -> None:
    text = "Coffee before the first meeting.\n\n# Dalbit\n## Coffee roasters\n\nEvery Thursday."
    plan = plan_of(text)
    assert plan.bed and plan.bed.mood == "chill" and "music" not in list_settings(plan)
    other = plan_of(text.replace("Coffee roasters", "Watchmakers"), plan)
    assert other.bed and other.bed.mood == "chill"
    assert list_settings(set_mood(plan, "tense"))["music"] == "tense"
    assert "music" not in list_settings(set_mood(set_mood(plan, "tense"), "chill"))
