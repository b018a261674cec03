"""A shot without words or picture lasts at most 1.2 s, whoever wrote the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tools.reader.corpus import FOLDER, read_hand

from planner.briefs import BRIEFS, UNCERTAIN
from planner.test_writer import BRIEF, read, script, shot
from reelwright.errors import BadInput
from reelwright.planner.grammar import check
from reelwright.planner.rules import PlanningResult, plan
from reelwright.planner.writing.script import ScriptFaults
from reelwright.reel.base.value import Digest
from reelwright.reel.film.brief import Brief, Material
from reelwright.reel.film.plan import Overlay, Plan, Shot
from reelwright.reel.graph.request import Input, Request
from reelwright.units import Frames

OPEN = list(read_hand(FOLDER / "open-1.txt"))[:60]
LENGTHS = (None, 6_000, 20_000)


def bare(made: Plan) -> list[str]:
    return [f"{one.beat}: {one.message}" for one in check(made) if one.rule == "5 bare"]


def emptied(made: Plan, seconds: float, **more: object) -> Plan:
    """The plan whose first shot has lost its words and lasts ``seconds``."""
    first = made.beats[0]
    frames = Frames(round(seconds * made.fps[0] / made.fps[1]))
    empty = replace(first.shots[0], words={}, length=frames, **more)  # type: ignore[arg-type]
    shots = (empty, *first.shots[1:])
    return replace(
        made, beats=(replace(first, shots=shots, length=Frames(sum(s.length for s in shots))), *made.beats[1:])
    )


def test_an_empty_shot_breaks_the_rule_from_1200_ms_on() -> None:
    made = plan(Brief(text=BRIEFS["A"])).plan
    assert bare(made) == []
    assert bare(emptied(made, 1.2)) == []
    assert bare(emptied(made, 1.3)) == ["1 reveal: 1.3 s without words or picture; at most 1.2 s"]
    assert bare(emptied(made, 3, overlays=(Overlay(kind="bug", text="VoltCup"),))) != [], "a small mark fills no frame"


def test_a_shot_with_a_picture_or_by_a_model_may_last() -> None:
    made = plan(Brief(text=BRIEFS["A"])).plan

    def source(one: Shot, **more: object) -> Request:
        assert isinstance(one.source, Request)
        return replace(one.source, **more)  # type: ignore[arg-type]

    first = made.shots[0]
    shown = source(first, inputs=(Input(role="reference", asset=Digest("0" * 64)),))
    assert bare(emptied(made, 3, source=shown)) == []
    assert bare(emptied(made, 3, source=source(first, model="vertex-veo-3.1"), text_mode="nothing")) == []


@pytest.mark.parametrize("length_ms", LENGTHS)
def test_no_film_by_rules_shows_an_empty_frame_for_longer(length_ms: int | None) -> None:
    texts = {**BRIEFS, **{str(one.number): one.text for one in OPEN}}
    found, films = {}, 0
    for name, text in texts.items():
        try:
            made = plan(Brief(text=text, length_ms=length_ms)).plan
        except BadInput as refused:
            assert refused.field in ("brief", "length")
            continue
        films += 1
        if told := bare(made):
            found[name] = told
    assert found == {} and films > 10


@pytest.mark.parametrize("ms", [600, 1500, 4000])
def test_a_clip_too_short_for_its_beat_is_not_filled_up_with_an_empty_frame(ms: int) -> None:
    clip = Material(asset=Digest("1" * 64), name="pour.mp4", treatment="clip", width=720, height=1280, ms=ms)
    for name in ("A", "B", "E", "long", "minutes", "japanese", "model"):
        made = plan(Brief(text=BRIEFS[name], materials=(clip,))).plan
        assert bare(made) == [], name


def test_a_film_by_a_video_model_may_have_pictures_without_words() -> None:
    filmed = plan(Brief(text=UNCERTAIN["lighthouse"], models=("vertex-veo-3.1",))).plan
    assert not any(shot.words for shot in filmed.shots)
    assert bare(filmed) == []


def test_a_language_model_that_leaves_a_drawn_shot_empty_is_told_so() -> None:
    opened = script(hook=[], cold_open=[shot()])
    opened["beats"] = [opened["beats"][-1], *opened["beats"][:-1]]
    found = read(opened)
    assert isinstance(found, ScriptFaults)
    assert any("cold_open" in said and "1.2 s" in said for said in found.messages), found.messages
    assert isinstance(read(opened, replace(BRIEF, models=("vertex-veo-3.1",))), PlanningResult)
