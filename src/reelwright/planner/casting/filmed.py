"""A shot that was drawn, filmed by a model from now on: its words lie over it, its photo is what it opens on."""

from __future__ import annotations

from dataclasses import replace

from reelwright.catalogue.model import Model
from reelwright.errors import BadInput
from reelwright.planner.casting.recast import by_another
from reelwright.planner.match import is_drawn
from reelwright.planner.roles import BARS, is_staged, on_screen
from reelwright.reel.noun import Digest
from reelwright.reel.plan import Opening, Overlay, Plan, Shot
from reelwright.reel.request import Input, Request


def filmed(plan: Plan, shot: Shot, row: Model) -> Shot:
    """The shot by ``row``. Raises ``BadInput`` where its picture or its words could not be seen then. Never spends."""
    request = shot.source
    assert isinstance(request, Request), "own footage is not cast"
    if not is_drawn(request):
        return by_another(plan, shot, row)
    photo = _photo(request, row)
    if bars := [role for role in BARS if shot.words.get(role)]:
        raise BadInput(
            "model", row.id, "a shot whose words can lie over what is filmed; this one draws two bars",
            hint=f"{' '.join(f'--words {role}=' for role in bars)} beside it takes the bars away",
        )  # fmt: skip
    words = on_screen(plan, shot) if is_staged(shot) else {}
    beat = next(beat.name for beat in plan.beats if any(one.id == shot.id for one in beat.shots))
    title = (Overlay(kind="title", text=beat, words=words),) if words else ()
    first = (Input(role="first_frame", asset=photo),) if photo else ()
    taken = replace(
        shot, words=words or shot.words, overlays=(*shot.overlays, *title),
        shows="nothing" if is_staged(shot) else shot.shows,
        source=replace(request, inputs=first, extra={}, resolution=None, samples=1, sound=None), still=None,
        opening=Opening(on="image", image=photo) if photo else Opening(),
    )  # fmt: skip
    return by_another(plan, taken, row)


def _photo(request: Request, row: Model) -> Digest | None:
    """The person's photo that fills the frame. Raises ``BadInput`` where ``row`` cannot open on it, or it is a part of
    what is drawn.
    """
    asset = next((i.asset for i in request.inputs if i.asset), None)
    if asset is None:
        return None
    if request.mode != "picture":
        raise BadInput(
            "model", row.id, "a shot without a picture of your own in its drawing",
            hint="--image with a photo beside it fills the frame, and the model opens on that",
        )  # fmt: skip
    if "image_to_video" not in row.modes:
        raise BadInput(
            "model", row.id, f"one that opens on your picture; {row.name} starts from words alone",
            hint="reelwright models --can image_to_video",
        )  # fmt: skip
    return asset
