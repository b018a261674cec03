"""How pictures are encoded stands in the fingerprint of our own work that it changes, and never in a paid one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reelwright.errors import BadInput
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.film.breakdown import BED, FILM, MIX, build_graph, make_still_key, make_take_key
from reelwright.reel.film.encoding_options import EncodingOptions, read_encoding_options
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.graph import PAID, Step, compute_step_fingerprint
from reelwright.reel.graph.request import LOCAL_MODEL_PREFIXES, Input, Request
from unit.plans import rich_plan

HERE = EncodingOptions(preset="ultrafast", crf=30, encoder="ffmpeg 9, x264 core 165, build 6eba010d")
OTHERS = [replace(HERE, crf=31), replace(HERE, preset="superfast"), replace(HERE, encoder="ffmpeg 10")]


def fingerprints(plan: Plan, encoding: EncodingOptions) -> dict[str, str]:
    steps = build_graph(plan, "film", encoding).steps
    read = {key: {i: compute_digest(["bytes of", i.of]) for i in step.inputs if i.of} for key, step in steps.items()}
    return {key: compute_step_fingerprint(step, read[key]) or "" for key, step in steps.items()}


def is_sold(request: Request) -> bool:
    return not request.model.startswith(LOCAL_MODEL_PREFIXES)


def costs(step: Step) -> bool:
    return step.request is not None and is_sold(step.request)


@pytest.mark.parametrize("other", OTHERS)
def test_every_step_that_encodes_is_another_one_and_no_paid_step_is(other: EncodingOptions) -> None:
    plan = rich_plan()
    steps = build_graph(plan, "film", HERE).steps
    assert any(costs(step) for step in steps.values()) and BED in steps
    before, after = fingerprints(plan, HERE), fingerprints(plan, other)
    changed = {key for key in steps if before[key] != after[key]}
    pictures = {key for key, step in steps.items() if step.kind == "segment"}
    pictures |= {key for key, step in steps.items() if step.kind == "take" and not costs(step)}
    pictures.remove(make_take_key(plan.shots[0].id))  # the bought shot 2 opens on it: see below
    built = {MIX, FILM} if other.encoder != HERE.encoder else set()
    assert changed == pictures | built


def test_the_same_options_are_the_same_steps() -> None:
    assert fingerprints(rich_plan(), HERE) == fingerprints(rich_plan(), replace(HERE))


def test_a_drawn_take_whose_bytes_a_bought_take_opens_on_does_not_follow_the_options() -> None:
    """Its new bytes would make the bought take another one, which would be bought again."""
    plan = rich_plan()
    drawn, *others = (shot for shot in plan.shots if isinstance(shot.source, Request) and not is_sold(shot.source))
    opens = Input(role="first_frame", of=make_take_key(drawn.id), part="last_frame")
    bought = Request(model="veo/3", mode="image_to_video", prompt="p", inputs=(opens,))
    beats = tuple(
        replace(beat, shots=tuple(replace(s, source=bought) if s in others else s for s in beat.shots))
        for beat in plan.beats
    )
    chained = replace(plan, beats=beats)
    before = fingerprints(chained, HERE)
    for other in (*OTHERS, EncodingOptions()):
        after = fingerprints(chained, other)
        assert {key for key in before if key.partition("/")[0] in PAID and before[key] != after[key]} == set()
    assert not build_graph(chained, "film", HERE).steps[make_take_key(drawn.id)].args


def test_a_still_is_no_video_and_says_nothing_of_its_encoding() -> None:
    plan = rich_plan()
    assert not build_graph(plan, "film", HERE).steps[make_still_key(plan.shots[0].id)].args


def test_options_come_back_from_the_arguments_of_a_work() -> None:
    assert read_encoding_options({"size": [2, 2], **HERE.to_args()}) == HERE
    assert read_encoding_options({}) == EncodingOptions()


@pytest.mark.parametrize(("name", "value"), [("preset", "ludicrous"), ("preset", ""), ("crf", -1), ("crf", 52)])
def test_an_option_that_x264_does_not_have_is_named(name: str, value: object) -> None:
    with pytest.raises(BadInput) as refused:
        EncodingOptions(**{name: value})  # type: ignore[arg-type]
    assert name in str(refused.value) and str(value) in str(refused.value)
