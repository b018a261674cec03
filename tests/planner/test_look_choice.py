"""The look of a film: named by a person, by its flavor, or chosen by its tone, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reelwright.documents.read import read_script
from reelwright.planner.flavors import get_flavor
from reelwright.planner.look_choice import BY_TONE, choose_look, list_tones_by_look
from reelwright.planner.screens import film
from reelwright.planner.screens.film import FilmingOptions, plan_script
from reelwright.planner.tables import load_tones
from reelwright.reel.brief import Brief

LOOKS = {"slam": ("energetic", "comedic"), "noir": ("luxury",), "riso": ("comedic",), "paper": ("emotional", "luxury")}


@pytest.mark.parametrize(
    ("requested", "usual", "tone", "chosen"),
    [
        ("noir", "slam", "comedic", "noir"),
        ("", "slam", "luxury", "slam"),
        ("", BY_TONE, "luxury", "noir"),
        ("", BY_TONE, "emotional", "paper"),
        ("", BY_TONE, "comedic", "riso"),
        ("", BY_TONE, "documentary", "slam"),
    ],
)
def test_a_named_look_wins_then_the_flavor_s_then_the_one_for_the_tone(
    requested: str, usual: str, tone: str, chosen: str
) -> None:
    assert choose_look(requested, usual, tone, LOOKS)[0] == chosen


def test_a_choice_says_why_and_a_named_look_says_nothing() -> None:
    assert "emotional" in choose_look("", BY_TONE, "emotional", LOOKS)[1]
    assert choose_look("noir", BY_TONE, "emotional", LOOKS)[1] == ""
    assert choose_look("", BY_TONE, "energetic", LOOKS) == ("slam", ""), "the usual one"


def test_a_comedic_film_is_printed_in_riso_and_an_energetic_one_stays_in_slam() -> None:
    assert choose_look("", BY_TONE, "comedic", list_tones_by_look())[0] == "riso"
    assert choose_look("", BY_TONE, "energetic", list_tones_by_look())[0] == "slam"


def test_a_technical_film_is_drawn_in_signal_and_a_documentary_one_in_grid() -> None:
    assert choose_look("", BY_TONE, "tech", list_tones_by_look())[0] == "signal"
    assert choose_look("", BY_TONE, "documentary", list_tones_by_look())[0] == "grid"


def test_looks_suit_only_tones_that_there_are() -> None:
    assert {tone for tones in list_tones_by_look().values() for tone in tones} <= set(load_tones())


def test_the_plan_of_a_flavor_that_leaves_it_to_the_tone_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = replace(get_flavor("spot"), look=BY_TONE)
    monkeypatch.setattr(film, "choose_flavor", lambda *_: chosen)
    options = FilmingOptions(brief=Brief(text="s"), name="s", title="Film", tone="emotional", language="en", files={})
    made = plan_script(read_script("Cold coffee\n\nWarm coffee\n", "s"), options)
    assert made.plan.look == "paper" and any("emotional" in message for message in made.messages)
