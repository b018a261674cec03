"""The checker sees what breaks the grammar of an ad, whoever wrote it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.test_screens import plan_of
from reelwright.planner.grammar import check
from reelwright.planner.screens.film import MAX_SCREENS
from reelwright.reel.film.plan import Beat, Plan, Transition
from reelwright.units import Frames

AD = """\
Your coffee is cold.

---

It was cold yesterday.

---

# VoltCup
## The mug that keeps its promise

---

**60 °C** at noon

---

[Get yours](https://voltcup.example)
"""
ROLES = ("hook", "problem", "reveal", "proof", "end_card")


@pytest.fixture(scope="module")
def good() -> Plan:
    """A film by a language model, whose beats tell a story."""
    made = plan_of(AD)
    assert len(made.beats) == len(ROLES)
    beats = tuple(replace(beat, name=name) for beat, name in zip(made.beats, ROLES, strict=True))
    return replace(made, beats=beats, author="model")


def rules(plan: Plan) -> list[str]:
    return [finding.rule for finding in check(plan)]


def placed(plan: Plan, beats: tuple[Beat, ...]) -> Plan:
    """The plan with these beats, one after the other."""
    made, at = [], 0
    for beat in beats:
        length = sum(shot.length for shot in beat.shots)
        made.append(replace(beat, start=Frames(at), length=Frames(length)))
        at += length
    return replace(plan, beats=tuple(made))


def test_a_film_that_tells_a_story_breaks_nothing(good: Plan) -> None:
    assert rules(good) == []


@pytest.mark.parametrize(
    ("order", "rule"),
    [
        (("hook", "problem", "reveal", "proof"), "1 end card"),
        (("problem", "reveal", "proof", "end_card"), "1 start"),
        (("hook", "end_card", "problem", "reveal", "proof"), "1 end card"),
        (("hook", "reveal", "problem", "proof", "end_card"), "1 order"),
    ],
)
def test_beats_that_are_missing_or_in_another_order_are_named(good: Plan, order: tuple[str, ...], rule: str) -> None:
    named = {beat.name: beat for beat in good.beats}
    assert rule in rules(placed(good, tuple(named[name] for name in order)))


@pytest.mark.parametrize("name", ["agitate", "transformation"])
def test_what_needs_a_problem_before_it_is_named_without_one(good: Plan, name: str) -> None:
    beats = (good.beats[0], replace(good.beats[1], name=name), *good.beats[2:])
    assert "1 requires" in rules(replace(good, beats=beats))


def test_a_testimonial_without_a_quote_is_named(good: Plan) -> None:
    beats = (*good.beats[:3], replace(good.beats[3], name="testimonial"), good.beats[4])
    assert "1 requires" in rules(replace(good, beats=beats))


def test_sums_that_do_not_come_out_are_named(good: Plan) -> None:
    swapped = replace(good, beats=(good.beats[1], good.beats[0], *good.beats[2:]))
    assert "0 sums" in rules(swapped)
    longer = replace(good.beats[0], length=Frames(good.beats[0].length + 1))
    assert "0 sums" in rules(replace(good, beats=(longer, *good.beats[1:])))


def test_words_that_cannot_be_read_in_their_time_are_named(good: Plan) -> None:
    shot = replace(good.beats[1].shots[0], words={"line": "one two three four five six seven eight nine ten " * 3})
    beats = (good.beats[0], replace(good.beats[1], shots=(shot, *good.beats[1].shots[1:])), *good.beats[2:])
    assert "4 reading" in rules(replace(good, beats=beats))


def test_soft_cuts_are_few_and_none_ends_the_film() -> None:
    made = plan_of(AD)
    assert len(made.shots) < MAX_SCREENS and all(shot.transition == Transition() for shot in made.shots)
