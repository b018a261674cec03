"""The golden films keep their points, and every mark is one that a worse plan misses; no mark judges the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from planner.briefs import BRIEFS, WORKED
from planner.test_materials import material
from reelwright.cli.demo import BRIEF as DEMO
from reelwright.planner.pacing import FAULT, MISS, NOT_JUDGED, measure_pacing
from reelwright.planner.rules import plan
from reelwright.reel.brief import Brief
from reelwright.reel.plan import Beat, Plan, Shot
from reelwright.units import Frames

GOLDEN: dict[str, tuple[Brief, int]] = {
    "the demo": (Brief(text=DEMO, materials=(material(1, "cutout"), material(2, "photo"))), 100),
    "the demo, filmed": (
        Brief(
            text=DEMO, materials=(material(1, "cutout"), material(2, "photo")), models=("veo_fast",), stills="flux-dev"
        ),
        100,
    ),
    "a 30-second ad": (Brief(text=WORKED["A"]), 100),
    "a 30-second ad, filmed": (Brief(text=WORKED["A"], models=("veo_fast",), stills="flux-dev"), 94),
    "a 15-second luxury film": (Brief(text=WORKED["B"]), 97),
    "a 30-second launch": (Brief(text=WORKED["C"]), 97),
    "a 20-second joke": (Brief(text=WORKED["D"]), 100),
    "a 45-second appeal": (Brief(text=WORKED["E"]), 97),
    "a 6-second bumper": (Brief(text=WORKED["F"]), 100),
}
"""Points as they are. A change that raises one raises it here; one that lowers it is a worse planner."""
LEAST = 94
"""What any brief keeps, however little it says."""


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_film_s_plan_keeps_its_points(name: str) -> None:
    brief, points = GOLDEN[name]
    made = measure_pacing(plan(brief).plan)
    assert made.points >= points, [f"{mark.stated} ({mark.said})" for mark in made.missed]


@pytest.mark.parametrize("name", BRIEFS)
def test_no_brief_makes_a_plan_below_the_least(name: str) -> None:
    made = measure_pacing(plan(Brief(text=BRIEFS[name])).plan)
    assert made.points >= LEAST, [f"{mark.stated} ({mark.said})" for mark in made.missed]
    assert not any(mark.fails for mark in made.missed)


def of(plan: Plan, change: Callable[[Beat, Shot], Shot]) -> Plan:
    """The plan with its shots changed, and beats that start and end where these do."""
    made, at = [], 0
    for beat in plan.beats:
        shots = tuple(change(beat, shot) for shot in beat.shots)
        length = sum(shot.length for shot in shots)
        made.append(replace(beat, shots=shots, start=Frames(at), length=Frames(length)))
        at += length
    return replace(plan, beats=tuple(made))


def long(frames: int, *names: str) -> Callable[[Beat, Shot], Shot]:
    return lambda beat, shot: replace(shot, length=Frames(frames)) if not names or beat.name in names else shot


def mumbled(beat: Beat, shot: Shot) -> Shot:
    return replace(shot, words=dict.fromkeys(shot.words, "word " * 40))


WORSE: dict[str, Callable[[Plan], Plan]] = {
    "length": lambda made: replace(made, beats=(replace(made.beats[0], length=Frames(1)), *made.beats[1:])),
    "reading": lambda made: of(made, mumbled),
    "pace": lambda made: of(made, long(120)),
    "variety": lambda made: of(made, long(60)),
    "card": lambda made: of(made, long(30, "end_card")),
    "cuts": lambda made: replace(made, bed=replace(made.bed, bpm_milli=97_310)),  # type: ignore[type-var,arg-type]
    "downbeats": lambda made: replace(made, bed=replace(made.bed, bpm_milli=97_310)),  # type: ignore[type-var,arg-type]
}


@pytest.mark.parametrize("name", WORSE)
def test_a_worse_plan_misses_the_mark_and_loses_its_points(name: str) -> None:
    good = plan(Brief(text=WORKED["A"])).plan
    assert measure_pacing(good).points == 100
    made = measure_pacing(WORSE[name](good))
    missed = {mark.name: mark for mark in made.missed}
    assert name in missed and missed[name].said
    assert made.points == 100 - sum(FAULT if mark.fails else MISS for mark in made.missed)


def test_every_mark_is_one_that_a_worse_plan_was_found_for() -> None:
    assert {mark.name for mark in measure_pacing(plan(Brief(text=WORKED["A"])).plan).marks} == set(WORSE)


def test_words_over_footage_are_read_too() -> None:
    made = plan(Brief(text=WORKED["A"], models=("veo_fast",), stills="flux-dev")).plan

    def shortened(beat: Beat, shot: Shot) -> Shot:
        return replace(shot, overlays=tuple(replace(o, length=Frames(9)) for o in shot.overlays))

    assert "reading" not in {mark.name for mark in measure_pacing(made).missed}
    assert "reading" in {mark.name for mark in measure_pacing(of(made, shortened)).missed}


def test_what_fails_on_the_finished_film_costs_its_points_once_a_check() -> None:
    good = plan(Brief(text=WORKED["A"])).plan
    assert measure_pacing(good, failing=("frozen", "frozen", "black")).points == 100 - 2 * FAULT
    assert measure_pacing(good, failing=map(str, range(9))).points == 0  # type: ignore[arg-type]


def test_music_that_is_bought_is_not_judged_by_beats_that_nobody_knows() -> None:
    made = plan(Brief(text=WORKED["A"], models=("veo_fast",), stills="flux-dev", music="eleven-music")).plan
    assert not {"cuts", "downbeats"} & {mark.name for mark in measure_pacing(made).marks}


def test_words_that_are_nonsense_cost_nothing_since_no_mark_judges_them() -> None:
    good = plan(Brief(text=WORKED["A"])).plan

    def nonsense(beat: Beat, shot: Shot) -> Shot:
        return replace(shot, words={role: "x" * len(words) for role, words in shot.words.items()})

    assert measure_pacing(of(good, nonsense)).points == measure_pacing(good).points


def test_what_is_not_judged_stands_beside_the_points() -> None:
    assert measure_pacing(plan(Brief(text=WORKED["A"])).plan).not_judged == NOT_JUDGED
