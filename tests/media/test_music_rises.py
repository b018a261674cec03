"""The music of a film rises to its call: the plan's energies do, and so does what is heard."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from bench.music import LEAST_RISE_DB, LEAST_RISING, SCRIPTS, build_bed_args, compute_rise, plan_films

from reelwright.media.sound.arrange import begin_piece
from reelwright.media.sound.bed import compose
from reelwright.media.sound.bed_request import BedRequest, Section, read_bed_request
from reelwright.media.sound.moods import load_mood
from reelwright.reel.film.plan import Plan

NAMES = sorted(path.stem for path in SCRIPTS.glob("*.md"))


@cache
def plans() -> Mapping[str, Plan]:
    with TemporaryDirectory() as home:
        return plan_films(Path(home))


def played(wanted: BedRequest) -> np.ndarray:
    return compose(begin_piece(wanted), lambda done: None)


def test_there_are_eight_scripts_of_seven_moods() -> None:
    assert len(NAMES) == 8
    assert len({plan.bed.mood for plan in plans().values() if plan.bed}) == 7


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_before_the_end_card_is_the_fullest(name: str) -> None:
    args = build_bed_args(plans()[name])
    before = [one for one in args["sections"] if one["at_ms"] < args["button_ms"]]
    assert before[0]["energy"] <= 3, "the opening holds back"
    assert before[-1]["energy"] == 5
    assert all(one["energy"] >= 3 for one in before if one["at_ms"] >= args["button_ms"] * 2 / 3)


def test_the_last_third_is_as_loud_as_the_first_in_seven_of_eight_films() -> None:
    rises = {}
    for name in NAMES:
        args = build_bed_args(plans()[name])
        rises[name] = compute_rise(played(read_bed_request(args)), args["button_ms"])
    assert sum(rise >= LEAST_RISE_DB for rise in rises.values()) >= LEAST_RISING, rises


@pytest.mark.parametrize("mood", ["corporate", "luxury", "urban"])
def test_a_bed_grows_even_where_its_sections_do_not(mood: str) -> None:
    low, high = load_mood(mood).bpm
    wanted = BedRequest(
        mood=mood, ms=9000, bpm_milli=(low + high) * 500, lift_ms=None, button_ms=8000,
        sections=(Section(0, 9000, 4),), hits=(), seed=3,
    )  # fmt: skip
    assert LEAST_RISE_DB <= compute_rise(played(wanted), 8000) < 5
