"""The card that closes a film: with its name and its call, for as long as both take to be read and to be used."""

from __future__ import annotations

import pytest

from reelwright.documents.read import read_script
from reelwright.planner.rules import plan_without_models
from reelwright.planner.screens.end_card import is_name_card
from reelwright.planner.screens.film import FilmingOptions, plan_script
from reelwright.planner.screens.plan_script import write_plan_script
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan


def film(text: str, before: Plan | None = None) -> Plan:
    options = FilmingOptions(
        brief=Brief(text="x"), name="script.md", title="Rossi", tone="neutral", language="en", files={}
    )
    return plan_script(read_script(text), options, before).plan


@pytest.mark.parametrize(
    "brief",
    [
        "Emergency plumber in Leeds. Rossi & Daughter. We answer in 20 minutes, day and night.",
        "We are Wag Club, a dog day care in Leith. Big garden, two walks a day. Day pass £28.",
        "Kettle & Spoke repairs bicycles while you wait. Call 0117 555 0188.",
    ],
)
def test_a_film_of_a_brief_with_a_name_closes_on_it(brief: str) -> None:
    plan = plan_without_models(Brief(text=brief)).plan
    last = plan.shots[-1]
    assert last.words["name"] in brief and plan.beats[-1].name == "end_card"
    assert last.length >= 75, "two seconds and a half at 30 frames a second"


def test_a_script_closes_on_its_name_unless_it_ends_on_a_call() -> None:
    plain = film("# Rossi\n\nWe answer at once.\n")
    assert [dict(shot.words) for shot in plain.shots] == [
        {"name": "Rossi"}, {"line": "We answer at once."}, {"name": "Rossi"}
    ]  # fmt: skip
    called = film("# Rossi\n\nWe answer at once.\n\n[Call](tel:0113%20555%200199)\n")
    assert not any(map(is_name_card, called.shots)) and called.shots[-1].length >= 75


@pytest.mark.parametrize("text", ["# Rossi\n", "We answer at once.\n", "One.\n\n# Rossi\n"])
def test_a_film_that_ends_on_its_name_or_has_none_gets_no_card(text: str) -> None:
    assert not any(map(is_name_card, film(text).shots))


def test_the_card_is_no_screen_of_the_script_and_comes_again() -> None:
    plan = film("# Rossi\n\nWe answer at once.\n")
    written = write_plan_script(plan)
    assert written.count("Rossi") == 1
    again = film(written, plan)
    assert [shot.id for shot in again.shots] == [shot.id for shot in plan.shots]
