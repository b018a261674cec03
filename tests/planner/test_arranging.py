"""Shots that are dropped or put into another order: their requests stay, times and lines follow."""

from __future__ import annotations

import random

import pytest

from planner.test_edits import film
from reelwright.errors import BadInput
from reelwright.planner.edits.arranging import order_shots
from reelwright.reel.film.plan import Plan


def check_whole(plan: Plan) -> None:
    """Beats and shots follow each other without a gap, and each line lies in its beat."""
    at = 0
    for beat in plan.beats:
        assert beat.start == at and beat.length == sum(shot.length for shot in beat.shots) and beat.shots
        assert all(0 <= line.start < beat.length for line in beat.lines)
        at += beat.length
    assert at == plan.length and plan.shots[-1].transition.length == 0


def test_any_order_of_any_of_the_shots_is_a_plan_with_the_same_requests() -> None:
    before, chance = film(), random.Random(5)
    sources = {shot.id: shot.source for shot in before.shots}
    for _ in range(40):
        ids = list(sources)
        order = chance.sample(ids, chance.randint(1, len(ids)))
        after = order_shots(before, order)
        assert [shot.id for shot in after.shots] == order
        assert {shot.id: shot.source for shot in after.shots} == {one: sources[one] for one in order}
        check_whole(after)
        lines = {line.id for _, line in before.list_lines()}
        assert {line.id for _, line in after.list_lines()} <= lines


def test_the_same_order_changes_nothing() -> None:
    before = film()
    assert order_shots(before, [shot.id for shot in before.shots]) == before


def test_a_film_keeps_a_shot_and_has_each_once() -> None:
    before = film()
    first = before.shots[0].id
    for odd in ([], [first, first]):
        with pytest.raises(BadInput):
            order_shots(before, odd)
