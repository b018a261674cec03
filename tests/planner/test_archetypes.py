"""Archetypes: each file is a shape that holds for any brief, for whoever writes."""

from __future__ import annotations

import json

import pytest

from planner.briefs import BRIEFS
from reelwright.errors import BadInput
from reelwright.planner.archetypes import get_archetype, load_archetypes, read_archetype
from reelwright.planner.grammar import check
from reelwright.planner.reading.read import read_brief
from reelwright.planner.rules import PlanningResult, plan
from reelwright.planner.tables import load_beats
from reelwright.planner.writing.script import ScriptFaults
from reelwright.planner.writing.script_checks import list_untold_beats
from reelwright.planner.writing.simulated_script import simulate_answer
from reelwright.planner.writing.writer import build_question, plan_answer
from reelwright.reel.film.brief import Brief

TEN = ["A", "B", "C", "E", "F", "square", "long", "deadline", "bulgarian", "lamp"]


def follows(names: list[str], order: tuple[str, ...]) -> bool:
    """Whether those of ``names`` that the shape has stand in the shape's order."""
    places = [order.index(name) for name in names if name in order]
    return places == sorted(places)


def test_there_are_shapes_and_every_beat_is_in_one_of_them_or_has_a_reason():
    assert {"problem_solution", "pov_reaction", "testimonial"} <= set(load_archetypes())
    assert len(load_beats()) >= 15, "systems.md S2-04"
    told = {name for shape in load_archetypes().values() for name in shape.beats}
    assert set(load_beats()) - told == {"cold_open", "offer", "urgency"}, (
        "openings without words, and deals, are the brief's"
    )


@pytest.mark.parametrize("shape", load_archetypes())
@pytest.mark.parametrize("name", TEN)
def test_whoever_writes_is_told_the_shape_and_keeps_its_order(shape, name):
    brief = Brief(text=BRIEFS[name], archetype=shape, planner="gpt-6-luna", length_ms=30_000)
    asked = build_question(brief)
    assert get_archetype(shape).about in asked.extra["instructions"]
    made = plan_answer(brief, simulate_answer(f"{asked.extra['instructions']}\n{asked.prompt}"), True)
    if isinstance(made, PlanningResult):
        assert not [one for one in check(made.plan) if one.rule[0] in "014"], check(made.plan)
        assert follows([beat.name for beat in made.plan.beats], get_archetype(shape).beats)
    else:
        missing = set(get_archetype(shape).core) & list_untold_beats(brief.text, read_brief(brief.text))
        assert missing, made.messages


@pytest.mark.parametrize("shape", load_archetypes())
def test_whoever_writes_is_told_the_shape_and_held_to_it(shape):
    stray = next(name for name in ("benefit", "demo", "brand", "proof") if name not in get_archetype(shape).beats)
    words = {"number": "43"} if stray == "proof" else {"line": "We read"}
    other = {
        "name": "Harbour House",
        "beats": [
            {"beat": "hook", "shots": [{"words": {"line": "Who reads?"}, "sees": "a lamp"}]},
            {"beat": stray, "shots": [{"words": words, "sees": "a lamp"}]},
            {"beat": "end_card", "shots": [{"words": {"url": "harbourhouse.example"}, "sees": "a plate"}]},
        ],
    }
    found = plan_answer(Brief(text=BRIEFS["E"], archetype=shape, planner="gpt-6-luna"), json.dumps(other), True)
    assert isinstance(found, ScriptFaults) and any(
        shape.replace("_", " ") in said or shape in said for said in found.messages
    )


def test_a_shape_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(BadInput, match="problem_solution"):
        plan(Brief(text="A lamp", archetype="tragedy", planner="gpt-6-luna"))


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
