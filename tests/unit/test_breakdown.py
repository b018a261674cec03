"""A plan as a graph of steps: what stands in it for each goal, and that its segments are the film, frame by frame."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given

from reasons import has_field
from reelwright.errors import BadInput
from reelwright.reel.base.document import from_json, from_plain, to_json, to_plain
from reelwright.reel.base.value import ShotId, StepKey
from reelwright.reel.film.breakdown import (
    BED,
    FILM,
    MIX,
    build_graph,
    find_source_type,
    make_segment_key,
    make_take_key,
    make_transition_key,
)
from reelwright.reel.film.brief import GOALS, Goal
from reelwright.reel.film.plan import OwnFootage, Plan, compute_take_length
from reelwright.reel.graph.graph import PAID, Graph, Step
from reelwright.reel.graph.request import Input
from reelwright.units import Frames
from unit.plans import plans, rich_plan


def test_each_goal_holds_what_the_one_before_it_holds():
    plan = rich_plan()
    keys = [set(build_graph(plan, goal).steps) for goal in GOALS]
    assert all(before <= after for before, after in pairwise(keys))


@pytest.mark.parametrize(
    ("goal", "kinds"),
    [
        ("plan", set()),
        ("storyboard", {"still"}),
        ("takes", {"take"}),
        ("cut", {"take", "voice", "bed"}),
        ("film", {"film"}),
    ],
)
def test_a_goal_names_its_own_steps(goal: Goal, kinds: set[str]):
    graph = build_graph(rich_plan(), goal)
    assert {graph.steps[key].kind for key in graph.goal} == kinds


def test_own_footage_is_never_a_step_and_its_bytes_are_read_where_it_is_shown():
    graph = build_graph(rich_plan(), "film")
    assert make_take_key(ShotId("shot_4")) not in graph.steps
    (needed,) = graph.steps[make_segment_key(ShotId("shot_4"))].needs
    assert needed.asset == rich_plan().shots[3].source.asset  # type: ignore[union-attr]


@given(plans())
def test_segments_follow_each_other_without_gap_or_overlap_and_are_as_long_as_the_film(plan: Plan):
    graph = build_graph(plan, "film")
    joined = [graph.steps[i.of] for i in graph.steps[FILM].needs if i.role == "segment" and i.of]
    assert sum(step.args["length"] for step in joined) == plan.length
    assert all(step.args["length"] > 0 for step in joined)


@given(plans())
def test_no_segment_shows_a_frame_that_its_take_was_not_asked_to_bring(plan: Plan):
    graph = build_graph(plan, "film")
    for shot in plan.shots:
        start = int(shot.source.start) if isinstance(shot.source, OwnFootage) else 0
        body = graph.steps[make_segment_key(shot.id)].args
        assert start <= body["start"] and body["start"] + body["length"] <= start + compute_take_length(shot)
        if join := graph.steps.get(make_transition_key(shot.id)):
            assert join.args["starts"][0] + join.args["length"] == start + compute_take_length(shot)


@given(plans())
def test_captions_and_overlays_stay_inside_their_segment(plan: Plan):
    for step in build_graph(plan, "film").steps.values():
        for drawn in (*step.args.get("captions", ()), *step.args.get("overlays", ())):
            assert drawn["start"] >= 0 and drawn["length"] > 0
            assert drawn["start"] + drawn["length"] <= step.args["length"]


@pytest.mark.parametrize(("model", "last", "fade"), [("composer/2026.1", 60, None), ("eleven-music", 60, 60), ("eleven-music", 200, 48), ("eleven-music", 10, 48)])  # fmt: skip  # noqa: E501
def test_a_bed_that_was_bought_fades_while_the_last_card_is_up_and_ours_has_its_own_end(
    model: str, last: int, fade: int | None
):
    plan = rich_plan()
    assert plan.bed
    beat = plan.beats[1]
    shots = (*beat.shots[:-1], replace(beat.shots[-1], length=Frames(last)))
    bed = replace(plan.bed, request=replace(plan.bed.request, model=model))
    made = replace(plan, bed=bed, beats=(plan.beats[0], replace(beat, shots=shots)))
    assert build_graph(made, "film").steps[MIX].args["tracks"][0].get("fade") == fade


@given(plans())
def test_sound_is_one_full_length_mix_and_is_never_segmented(plan: Plan):
    mix = build_graph(plan, "film").steps[MIX]
    assert mix.args["frames"] == plan.length and len(mix.args["tracks"]) == len(mix.needs)
    assert all(track["at"] + track["length"] <= plan.length for track in mix.args["tracks"])


@given(plans())
def test_the_mix_knows_the_window_of_each_bought_picture_whose_sound_is_heard(plan: Plan):
    """Such a picture may be eased, and its sound has to follow."""
    graph = build_graph(plan, "film")
    mix = graph.steps[MIX]
    heard = {need.of: track for need, track in zip(mix.needs, mix.args["tracks"], strict=True) if need.role == "sound"}
    for shot in plan.shots:
        body = graph.steps[make_segment_key(shot.id)].args
        if (track := heard.get(make_take_key(shot.id))) and body.get("bought"):
            assert (track["picture_start"], track["picture_length"]) == (body["start"], body["length"])
            assert track["start"] + track["length"] == body["start"] + body["length"]


@pytest.mark.parametrize("goal", GOALS)
@given(plan=plans())
def test_a_paid_request_never_holds_what_our_own_code_computed(goal: Goal, plan: Plan):
    for graph in (build_graph(plan, goal), build_graph(rich_plan(), goal)):
        for step in graph.steps.values():
            assert (step.kind in PAID) == (step.request is not None) == (step.work is None)
            for needed in step.request.inputs if step.request else ():
                assert needed.of is None or graph.steps[needed.of].kind in PAID


def test_a_plan_and_its_graph_are_plain_values_without_floats():
    def walk(value: Any) -> None:
        assert not isinstance(value, float)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(inner)

    for step in build_graph(rich_plan(), "film").steps.values():
        walk(to_plain(step))


@given(plans())
def test_a_plan_survives_the_way_to_json_and_back(plan: Plan):
    assert from_json(Plan, to_json(plan), "plan") == plan


def test_a_plan_with_an_unknown_key_or_a_wrong_type_is_refused_by_its_path():
    plain = to_plain(rich_plan())
    with pytest.raises(BadInput, check=has_field("plan.beats.0")):
        from_plain(Plan, {**plain, "beats": [{**plain["beats"][0], "mood": "x"}]}, "plan")
    with pytest.raises(BadInput, check=has_field("plan.size.0")):
        from_plain(Plan, {**plain, "size": ["wide", 320]}, "plan")
    del plain["title"]
    with pytest.raises(BadInput, check=has_field("plan.title")):
        from_plain(Plan, plain, "plan")


def test_a_graph_with_a_cycle_or_a_hole_says_where():
    def step(key: str, of: str) -> Step:
        return Step(key=StepKey(key), kind="segment", work="w", needs=(Input(role="source", of=StepKey(of)),))

    with pytest.raises(ValueError, match="cycle: a → b → a"):
        Graph(steps={StepKey("a"): step("a", "b"), StepKey("b"): step("b", "a")}, goal=(StepKey("a"),))
    with pytest.raises(ValueError, match="step a needs c, which does not exist"):
        Graph(steps={StepKey("a"): step("a", "c")}, goal=(StepKey("a"),))


def test_a_changed_sound_changes_no_segment_and_a_changed_shot_only_its_own():
    plan = rich_plan()
    graph = build_graph(plan, "film")
    mixed = build_graph(replace(plan, bed=None), "film")
    segments = {key: step for key, step in graph.steps.items() if step.kind == "segment"}
    assert {key: step for key, step in mixed.steps.items() if step.kind == "segment"} == segments
    assert BED not in mixed.steps and mixed.steps[MIX] != graph.steps[MIX]
    beat = plan.beats[1]
    longer = replace(beat.shots[2], corrections={"line_2": "Other words."})
    edited = replace(plan, beats=(plan.beats[0], replace(beat, shots=(*beat.shots[:2], longer))))
    changed = {k for k, step in build_graph(edited, "film").steps.items() if step != graph.steps[k]}
    touched = {k for k in changed if k.startswith("segment/")}
    assert touched and touched <= {make_segment_key(s.id) for s in plan.shots} | {
        make_transition_key(s.id) for s in plan.shots
    }
    assert changed - touched == {FILM}


def test_a_film_says_what_kind_of_source_it_was_made_from():
    plan = rich_plan()
    assert find_source_type(plan) == "compositeWithTrainedAlgorithmicMedia"
    drawn = replace(plan, beats=(plan.beats[0],))
    assert find_source_type(drawn) == "algorithmicMedia"


def test_threads_may_ask_for_graphs_at_one_moment():
    """What is kept of them is counted by one while another adds to it."""
    plans_of_threads = [[replace(rich_plan(), title=f"{thread} {n}") for n in range(60)] for thread in range(4)]
    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            made = list(threads.map(lambda asked: [build_graph(plan, "plan") for plan in asked], plans_of_threads))
    finally:
        sys.setswitchinterval(pause)
    assert [len(graphs) for graphs in made] == [60] * 4
