"""The script of a plan says what the film shows: written, read and filmed again, nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings

from documents.test_written_back import TEXTS
from planner.briefs import BRIEFS
from planner.test_screens import MUG, filmed
from reelwright.documents.read import read_script
from reelwright.errors import BadInput
from reelwright.planner.edits.edit import rematch
from reelwright.planner.rules import plan as plan_by_rules
from reelwright.planner.screens.plan_script import write_plan_script
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan


def words_of(plan: Plan) -> list[dict[str, str]]:
    return [dict(shot.words) for shot in plan.shots]


def test_the_script_of_a_film_from_a_script_makes_the_same_words():
    plan = filmed(MUG).plan
    assert words_of(filmed(write_plan_script(plan)).plan) == words_of(plan)


def test_what_is_spoken_and_what_is_seen_stands_in_it():
    text = "Rain again.\n![a courier leans into the rain]()\n\n> It pours, and nobody stops.\n\n---\n\nDry by nine.\n"
    script = read_script(write_plan_script(filmed(text, models=("m",), voice="v:x").plan))
    assert [one.text for one in script.spoken_lines] == ["It pours, and nobody stops."]
    assert (
        script.screens[0].picture is not None
        and script.screens[0].picture.description == "a courier leans into the rain"
    )


def test_words_of_an_edit_are_in_it():
    plan = filmed("Cold coffee.\n\nWarm coffee.\n").plan
    edited = rematch(plan, plan.shots[1].id, words={"line": "Hot coffee."})
    assert write_plan_script(edited).splitlines()[-1] == "Hot coffee."


@settings(max_examples=150, deadline=None)
@given(TEXTS)
@example("# Name\n> said")
@example("[Go](https://a.example)\n> said")
@example("![](a.png)\n1. step\n1. step")
@example("1. step\n1. step\n![seen]()")
@example("![](a.png)\n1. step\n<!-- length: 2 s -->\n1. step")
def test_the_script_of_any_film_can_be_read(text: str):
    try:
        plan = filmed(text).plan
    except BadInput:
        return
    again = filmed(write_plan_script(plan)).plan
    letters = ["".join(" ".join(words.values()).split()) for words in words_of(plan)]
    assert ["".join(" ".join(words.values()).split()) for words in words_of(again)] == letters


@pytest.mark.parametrize("text", sorted(BRIEFS))
def test_the_script_of_a_film_by_rules_can_be_read(text: str):
    plan = plan_by_rules(Brief(text=BRIEFS[text])).plan
    assert read_script(write_plan_script(plan)).screens
