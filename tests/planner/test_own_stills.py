"""A still of a person's own stands in the plan exactly where a bought one would, and nothing else moves for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reelwright.errors import BadInput
from reelwright.planner.casting.budget import DRAW_ORDER
from reelwright.planner.casting.cast import list_model_shots
from reelwright.planner.casting.own_stills import apply_stills
from reelwright.planner.plan_file.read import validate_plan
from reelwright.planner.rules import PlanningResult, plan
from reelwright.reel.base.value import Digest, Fingerprint, ShotId
from reelwright.reel.film.breakdown import build_graph, make_still_key, make_take_key
from reelwright.reel.film.brief import Brief, Material, Still
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.graph import compute_step_fingerprint
from reelwright.reel.graph.request import Request
from reelwright.units import Micros

AD = (
    'A 30-second calm advert for "Fenn", a desk lamp. "It never flickers." "It never hums." '
    '"It waits until you look up." "Read one more page." "Then one more." 2,000 lamps a year. Order at fenn.example'
)
PICTURE, OTHER = Digest("a" * 64), Digest("b" * 64)


def still(beat: str, asset: Digest = PICTURE) -> Still:
    return Still(beat=beat, asset=asset, name="desk.png", width=1920, height=1080)


def planned(*stills: Still, **asked: object) -> PlanningResult:
    brief = Brief(**{"text": AD, "models": ("veo_fast",), "stills": "flux-dev", **asked}, storyboard=stills)  # type: ignore[arg-type]
    made = plan(brief)
    validate_plan(made.plan, "plan")
    return made


def opened_in(made: Plan, name: str) -> ShotId:
    return next(shot.id for beat in made.beats if beat.name == name for shot in beat.shots)


def taking(made: Plan, shot: ShotId, drawn: Digest | None = None) -> Fingerprint | None:
    """The fingerprint of a take whose bought still has the bytes ``drawn``."""
    step = build_graph(made, "takes").steps[make_take_key(shot)]
    return compute_step_fingerprint(step, {i: drawn for i in step.inputs if i.of == make_still_key(shot) and drawn})


def test_a_take_that_opens_on_a_picture_is_the_same_whoever_drew_it() -> None:
    bought, own = planned().plan, planned(still("reveal")).plan
    shot = opened_in(own, "reveal")
    assert shot == opened_in(bought, "reveal"), "a still shapes no id"
    assert taking(bought, shot, PICTURE) == taking(own, shot) is not None
    assert taking(own, shot) != taking(planned(still("reveal", OTHER)).plan, shot)
    assert (
        make_still_key(shot) in build_graph(bought, "film").steps
        and make_still_key(shot) not in build_graph(own, "film").steps
    )


def test_what_is_changed_later_is_what_would_have_been_cast() -> None:
    own = planned(still("reveal"), still("brand")).plan
    later = apply_stills(planned().plan, (still("reveal"), still("brand")))
    assert later.beats == own.beats
    from_nothing = apply_stills(planned(stills=None).plan, (still("reveal"), still("brand")))
    assert from_nothing.beats == planned(still("reveal"), still("brand"), stills=None).plan.beats


def test_every_other_shot_keeps_its_request() -> None:
    bought, own = planned().plan, planned(still("reveal")).plan
    moved = {s.id for s, t in zip(bought.shots, own.shots, strict=True) if s != t}
    assert moved == {opened_in(own, "reveal")}


def test_a_beat_of_own_footage_alone_has_nothing_that_opens_on_a_still() -> None:
    photo = Material(asset=OTHER, name="b.jpg", treatment="photo", width=1920, height=1080)
    text = 'For "Fenn", a desk lamp. "It never flickers." Order at fenn.example'
    made = planned(text=text, materials=(photo,)).plan
    alone = [n for n, b in enumerate(made.beats, 1) if all(s.text_mode == "caption" for s in b.shots)]
    assert alone, "the photo has a beat of its own"
    with pytest.raises(BadInput, match=r"still.*=desk.png.*a beat that a model films"):
        planned(still(str(alone[0])), text=text, materials=(photo,))
    own = planned(still("reveal"), text=text, materials=(photo,)).plan
    assert own.beats[0].shots[0].opening.image == PICTURE


def test_a_budget_draws_other_beats_before_that_of_a_still() -> None:
    first = next(name for name in DRAW_ORDER if name in {beat.name for beat in planned().plan.beats})
    shot = opened_in(planned().plan, first)
    drawn = 0
    for cents in range(40, 260, 20):
        most = Micros(cents * 10_000)
        drawn += shot not in {one.id for one in list_model_shots(planned(max_price=most).plan)}
        made = planned(still(first), max_price=most).plan
        assert next(one for one in list_model_shots(made) if one.id == shot).opening.image == PICTURE
    assert drawn, "without the still some of these budgets draw it"


def test_it_is_told_what_opens_on_what() -> None:
    assert "reveal opens on desk.png; no still is bought for it." in planned(still("reveal")).messages


def test_a_picture_of_another_shape_is_told() -> None:
    upright = replace(still("reveal"), width=720, height=1280)
    assert any("reveal opens on desk.png, cropped about its middle" in said for said in planned(upright).messages)


def test_a_still_makes_a_model_of_pictures_want_no_image_model_for_its_beat() -> None:
    plain = planned().plan
    names = [str(n) for n, b in enumerate(plain.beats, 1) if any(s in list_model_shots(plain) for s in b.shots)]
    made = planned(*(still(name) for name in names), models=("hailuo_fast",), stills=None).plan
    assert all(isinstance(s.source, Request) and s.source.mode == "image_to_video" for s in list_model_shots(made))
    assert not any(shot.still for shot in list_model_shots(made))
