"""The cut says which take stands where, and nothing else decides it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.document import from_json, to_json
from reelwright.reel.base.value import Digest, StepKey
from reelwright.reel.film.breakdown import BED, make_take_key, make_voice_key
from reelwright.reel.film.cut import Cut, build_cut
from reelwright.reel.film.plan import Line, OwnFootage, Plan, Transition
from reelwright.reel.graph.request import Request
from reelwright.units import Frames
from studio.plans import plan, shot


def chosen_for(made: Plan) -> dict[StepKey, Digest]:
    keys = (
        [make_take_key(one.id) for one in made.shots]
        + [make_voice_key(line.id) for _, line in made.list_lines()]
        + [BED]
    )
    return {key: Digest(compute_digest(key)) for key in keys}


def test_every_shot_is_one_edit_in_the_order_of_the_film() -> None:
    made = plan(shot(1, transition=Transition(kind="dissolve", length=Frames(6))), shot(2, 37))
    chosen = chosen_for(made)
    edits = build_cut(made, chosen).edits
    assert [(edit.shot, edit.asset, edit.length) for edit in edits] == [
        (one.id, chosen[make_take_key(one.id)], one.length) for one in made.shots
    ]
    assert [(edit.transition, edit.transition_length) for edit in edits] == [("dissolve", 6), ("cut", 0)]


def test_an_own_clip_is_cut_from_where_the_person_said() -> None:
    mine = OwnFootage(asset=Digest("a" * 64), start=Frames(12))
    made = plan(shot(1), shot(2, source=mine))
    second = build_cut(made, chosen_for(made)).edits[1]
    assert (second.asset, second.start) == ("a" * 64, 12)


def test_a_voice_line_stands_where_the_plan_speaks_it() -> None:
    made = plan(shot(1), shot(2))
    spoken = Request(model="voice/1", mode="speech", prompt="Line 2")
    line = replace(made.beats[1].lines[0], request=spoken)
    assert isinstance(line, Line)
    made = replace(made, beats=(made.beats[0], replace(made.beats[1], lines=(line,))))
    (voiced,) = build_cut(made, chosen_for(made)).voice
    assert voiced == (33, compute_digest(make_voice_key(line.id)))


def test_without_a_bed_there_is_none() -> None:
    made = plan(shot(1), bed=None)
    assert build_cut(made, chosen_for(made)).bed is None


def test_a_take_that_is_not_there_cannot_be_cut() -> None:
    made = plan(shot(1), shot(2))
    chosen = chosen_for(made)
    del chosen[make_take_key(made.shots[1].id)]
    with pytest.raises(KeyError):
        build_cut(made, chosen)


def test_a_cut_comes_back_from_its_json_as_it_was() -> None:
    made = plan(shot(1, transition=Transition(kind="dip", length=Frames(4))), shot(2))
    edl = build_cut(made, chosen_for(made))
    assert from_json(Cut, to_json(edl), "cut") == edl
