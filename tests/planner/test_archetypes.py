"""Archetypes: each file is a shape that holds for any brief, by rules and by whoever writes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from planner.briefs import BRIEFS
from reelwright.errors import BadInput
from reelwright.planner.archetypes import archetype, archetypes, read_archetype
from reelwright.planner.grammar import check
from reelwright.planner.rules import Planned, plan
from reelwright.planner.script import Faults
from reelwright.planner.scripting import rehearsed, script_of
from reelwright.planner.tables import beats
from reelwright.planner.writer import answered, question
from reelwright.reel.brief import Brief

TEN = ["A", "B", "C", "E", "F", "gym", "long", "deadline", "bulgarian", "lamp"]


def follows(names: list[str], order: tuple[str, ...]) -> bool:
    """Whether those of ``names`` that the shape has stand in the shape's order."""
    places = [order.index(name) for name in names if name in order]
    return places == sorted(places)


def test_there_are_shapes_and_every_beat_is_in_one_of_them_or_has_a_reason():
    assert {"problem_solution", "pov_reaction", "testimonial"} <= set(archetypes())
    assert len(beats()) >= 15, "systems.md S2-04"
    told = {name for shape in archetypes().values() for name in shape.beats}
    assert set(beats()) - told == {"cold_open", "offer", "urgency"}, (
        "openings without words, and deals, are the brief's"
    )


@pytest.mark.parametrize("shape", archetypes())
@pytest.mark.parametrize("name", TEN)
def test_a_shape_gives_a_film_of_any_brief_in_its_order(shape, name):
    brief = Brief(text=BRIEFS[name], archetype=shape, length_ms=30_000)
    planned = plan(brief)
    assert not [one for one in check(planned.plan) if one.rule[0] in "014"], check(planned.plan)
    names = [beat.name for beat in planned.plan.beats]
    assert follows(names, archetype(shape).beats)
    missing = [one for one in archetype(shape).core if one not in names]
    assert bool(missing) == any(shape in said for said in planned.said)
    assert plan(replace(brief, archetype="")).plan.beats[0].id != planned.plan.beats[0].id


@pytest.mark.parametrize("shape", archetypes())
def test_whoever_writes_is_told_the_shape_and_held_to_it(shape):
    brief = Brief(text=BRIEFS["E"], archetype=shape, planner="gpt-6-luna")
    asked = question(brief)
    assert archetype(shape).about in asked.extra["instructions"]
    made = answered(brief, rehearsed(f"{asked.extra['instructions']}\n{asked.prompt}"), True)
    assert isinstance(made, Planned), made
    other = json.loads(script_of(plan(replace(brief, archetype="")).plan))
    other["beats"] = [one for one in other["beats"] if one["beat"] != "cold_open"]
    strays = [one["beat"] for one in other["beats"] if one["beat"] not in archetype(shape).beats]
    if strays:
        found = answered(brief, json.dumps(other), True)
        assert isinstance(found, Faults) and any(shape in said for said in found.said)


def test_no_old_plan_moves_by_a_shape_that_nobody_asked_for():
    brief = Brief(text=BRIEFS["A"])
    assert plan(brief).plan.beats[0].id == "beat_24bc0a2b-6081-847a-9b53-9fadf6818a4e"


def test_a_shape_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(BadInput, match="problem_solution"):
        plan(Brief(text="A lamp", archetype="tragedy"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"about": "x"}, "beats"), ({"about": "x", "beats": ["hook"], "core": [], "how": {}}, "end_card"),
        ({"about": "x", "beats": ["hook", "sonnet", "end_card"], "core": [], "how": {}}, "sonnet"),
        ({"about": "x", "beats": ["hook", "cta", "end_card"], "core": [], "how": {}}, "after hook"),
        ({"about": "x", "beats": ["hook", "reveal", "end_card"], "core": ["demo"], "how": {}}, "core"),
        ({"about": "x", "beats": ["hook", "reveal", "end_card"], "core": [], "how": {}, "mood": 1}, "mood"),
        ({"about": "x", "beats": ["hook", "transformation", "end_card"], "core": [], "how": {}}, "problem before it"),
    ],
)  # fmt: skip
def test_a_file_that_tells_no_story_is_refused_by_its_key(row, said):
    with pytest.raises(BadInput) as raised:
        read_archetype("x", row, "x.yaml")
    assert said in str(raised.value)
