"""Gives a drawn shot to a model: its words lie over the take, and the take opens on its photo."""

from __future__ import annotations

from dataclasses import replace

from reelwright.catalogue.model_row import Model
from reelwright.errors import BadInput
from reelwright.planner.casting.recast import switch_model
from reelwright.planner.match import is_drawn
from reelwright.planner.roles import BAR_ROLES, is_staged, list_screen_words
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.reel.film.plan import Opening, Overlay, Plan, Shot
from reelwright.reel.graph.request import Input, Request


def cast_shot(plan: Plan, shot: Shot, row: Model) -> Shot:
    """Return the shot with a request for a take by ``row``; words that were drawn become a title over it.

    Raises ``BadInput`` if its picture or its words could no longer be seen. Never spends.
    """
    request = shot.source
    assert isinstance(request, Request), "own footage is not cast"
    if not is_drawn(request):
        return switch_model(plan, shot, row)
    photo = _find_photo(request, row)
    if bars := [role for role in BAR_ROLES if shot.words.get(role)]:
        raise BadInput(
            "model", row.id, "a shot whose words can lie over what is filmed; this one draws two bars",
            actions=[Action("pass_option", {"option": "words", "value": f"{role}="}) for role in bars],
        )  # fmt: skip
    words = list_screen_words(plan, shot) if is_staged(shot) else {}
    beat = next(beat.name for beat in plan.beats if any(one.id == shot.id for one in beat.shots))
    title = (Overlay(kind="title", text=beat, words=words),) if words else ()
    first = (Input(role="first_frame", asset=photo),) if photo else ()
    taken = replace(
        shot, words=words or shot.words, overlays=(*shot.overlays, *title),
        text_mode="nothing" if is_staged(shot) else shot.text_mode,
        source=replace(request, inputs=first, extra={}, resolution=None, samples=1, sound=None), still=None,
        opening=Opening(source="image", image=photo) if photo else Opening(),
    )  # fmt: skip
    return switch_model(plan, taken, row)


def _find_photo(request: Request, row: Model) -> Digest | None:
    """Return the person's photo that fills the frame, or None.

    Raises ``BadInput`` if ``row`` cannot open on it, or if the photo is only a part of what is drawn.
    """
    asset = next((i.asset for i in request.subject_inputs if i.asset), None)
    if asset is None:
        return None
    if request.mode != "picture":
        raise BadInput(
            "model", row.id, "a shot without a picture of your own in its drawing",
            hint="give a photo as the image with it: the photo fills the frame, and the model opens on it",
        )  # fmt: skip
    if "image_to_video" not in row.modes:
        raise BadInput(
            "model", row.id, f"one that opens on your picture; {row.name} starts from words alone",
            actions=[Action("list_models", {"can": "image_to_video"})],
        )  # fmt: skip
    return asset
