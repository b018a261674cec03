"""Changes a cast shot so that only what depends on the change is requested again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import get_sold_model
from reelwright.errors import BadInput
from reelwright.planner.casting.accents import describe_accent
from reelwright.planner.casting.requests import (
    ShotContext,
    add_reference_names,
    build_take_request,
    choose_mode,
    compute_needed_ms,
    find_opening,
    fit_length,
)
from reelwright.planner.casting.terms import Terms
from reelwright.planner.casting.wording import has_titles, write_still_prompt, write_take_prompt
from reelwright.planner.ids import derive_number
from reelwright.planner.match import Place, is_drawn, match_shot, match_still, read_film_settings
from reelwright.planner.prompts import parse_prompt
from reelwright.planner.roles import choose_staging
from reelwright.reel.base.value import Digest, ShotId
from reelwright.reel.film.breakdown import make_still_key, make_take_key
from reelwright.reel.film.brief import Reference
from reelwright.reel.film.plan import Opening, Overlay, Plan, Shot, compute_take_length
from reelwright.reel.graph.request import Input, Request


def has_typed_prompt(shot: Shot) -> bool:
    """Return whether the model gets the shot's prompt exactly as a person typed it, as a clip's does."""
    return isinstance(shot.source, Request) and not is_drawn(shot.source) and shot.source.prompt == shot.prompt


def recast(plan: Plan, before: Shot, after: Shot) -> Shot:
    """Return ``after`` with the request that its prompt and length now need; the same request if neither changed.

    A longer or shorter shot keeps its take while that is bought at the same length. Raises ``BadInput`` if the model is
    retired or does not sell such a length.
    """
    request = after.source
    assert isinstance(request, Request), "own footage is not cast"
    least = compute_needed_ms(plan, after)
    is_reworded = after.prompt != before.prompt
    if (
        not is_reworded
        and request.ms is not None
        and compute_take_length(after) == compute_take_length(before)
        and not after.length_needs_voice
    ):
        return after
    row = get_sold_model(request.model)
    if is_reworded and has_typed_prompt(before):
        request = replace(request, prompt=after.prompt)
        check_request(request)
    elif is_reworded:
        request = _rewrite_request(plan, after, request, row)
    settled = not any(line.request and line.spoken_length is None for _, line in plan.list_lines())
    return replace(
        after,
        source=fit_length(request, row, least) if row.seconds else request,
        still=_rewrite_still(plan, after, after.still) if is_reworded and after.still else after.still,
        length_needs_voice=after.length_needs_voice and not settled,
    )


def _rewrite_request(plan: Plan, shot: Shot, request: Request, row: Model) -> Request:
    words = write_take_prompt(
        parse_prompt(shot.prompt), row, find_opening(request.inputs),
        accent=describe_accent(plan.drawn_look, plan.accent), has_titles=has_titles(shot),
        has_sound=bool(request.sound) or row.sound == "always",
    )  # fmt: skip
    extra = {k: v for k, v in request.extra.items() if k != "negative_prompt"}
    if words.negative:
        extra["negative_prompt"] = words.negative
    return replace(request, prompt=add_reference_names(words.prompt, _read_references(request)), extra=extra)


def _rewrite_still(plan: Plan, shot: Shot, still: Request) -> Request:
    row = get_sold_model(still.model)
    words = write_still_prompt(
        parse_prompt(shot.prompt),
        row,
        accent=describe_accent(plan.drawn_look, plan.accent),
        has_titles=has_titles(shot),
    )
    return replace(still, prompt=add_reference_names(words.prompt, _read_references(still)))


def switch_model(plan: Plan, shot: Shot, row: Model) -> Shot:
    """Return the shot by another model: with the same words, and the same first frame if that model takes one."""
    old = shot.source
    assert isinstance(old, Request), "own footage is not cast"
    first = tuple(i for i in old.inputs if i.role == "first_frame") if "image_to_video" in row.modes else ()
    if not first and "text_to_video" not in row.modes and not _read_references(old):
        raise BadInput("model", row.id, f"one that makes video of words alone; {row.name} starts from a picture")
    terms = Terms(
        video=row, sound=old.sound if row.sound == "asked" else None, samples=min(old.samples, row.samples),
        references=_read_references(old), resolution=old.resolution if row.id == old.model else None,
    )  # fmt: skip
    scene = ShotContext(
        size=plan.size, look=plan.drawn_look, accent=plan.accent, language=plan.language, has_titles=has_titles(shot),
        seed=derive_number(shot.id, "take"),
    )  # fmt: skip
    request = build_take_request(shot.prompt, row, terms, scene, compute_needed_ms(plan, shot), first)
    if has_typed_prompt(shot):
        extra = {name: value for name, value in request.extra.items() if name != "negative_prompt"}
        extra |= {name: value for name, value in old.extra.items() if name == "negative_prompt"}
        request = replace(request, prompt=shot.prompt, extra=extra)
        check_request(request)
    kept = shot.still if any(i.of and i.of.startswith("still/") for i in first) else None
    return replace(shot, source=request, still=kept, opening=shot.opening if first else Opening())


def _read_references(request: Request) -> tuple[Reference, ...]:
    named = request.extra.get("references", [])
    assets = [i.asset for i in request.inputs if i.role == "reference" and i.asset]
    return tuple(
        Reference(name=str(entry.get("name", "")), role=entry.get("role", "product"), asset=asset)
        for entry, asset in zip(named, assets, strict=False)
    )


def set_last_frame(plan: Plan, shot: Shot, take: Digest) -> Shot | None:
    """Return the shot ending on the first frame of ``take``, or None if that is impossible.

    It is impossible if the model takes no such frame, or if the shot also continues another and would need a take of
    another length.
    """
    request = shot.source
    assert isinstance(request, Request), "own footage is not cast"
    row = get_sold_model(request.model)
    others = tuple(i for i in request.inputs if i.role != "last_frame")
    inputs = (*others, Input(role="last_frame", asset=take, part="first_frame"))
    changed = replace(request, inputs=inputs, mode=choose_mode(inputs))
    try:
        made = fit_length(changed, row, compute_needed_ms(plan, shot))
    except BadInput:
        return None
    goes_on = any(i.of and i.part == "last_frame" for i in others)
    return None if goes_on and made.ms != request.ms else replace(shot, source=made)


def remove_last_frame(plan: Plan, shot: Shot) -> Shot:
    """Return the shot without a given last frame."""
    request = shot.source
    if not isinstance(request, Request) or not any(i.role == "last_frame" for i in request.inputs):
        return shot
    inputs = tuple(i for i in request.inputs if i.role != "last_frame")
    changed = replace(request, inputs=inputs, mode=choose_mode(inputs))
    return replace(shot, source=fit_length(changed, get_sold_model(request.model), compute_needed_ms(plan, shot)))


def detach_shot(plan: Plan, shot: Shot, lost_shots: Collection[ShotId]) -> Shot:
    """Return the shot without the takes of lost shots in it; every other shot as it is.

    The shot then opens on the person's still of its beat; or on a still of its own if the film has stills that a model
    draws; or on nothing.
    """
    request = shot.source
    gone = {make_take_key(one) for one in lost_shots}
    if not isinstance(request, Request) or not any(i.of in gone for i in request.inputs):
        return shot
    row = get_sold_model(request.model)
    kept = tuple(i for i in request.inputs if i.of not in gone)
    beat = next((beat.shots for beat in plan.beats if any(s.id == shot.id for s in beat.shots)), ())
    own = next((s.opening for s in beat if s.opening.source == "storyboard" and s.opening.image), None)
    if own and "image_to_video" in row.modes:
        opened = replace(request, inputs=(Input(role="first_frame", asset=own.image), *kept))
        return switch_model(plan, replace(shot, source=opened, still=None, opening=own), row)
    drawn = next((s.still for s in plan.shots if s.still and not is_drawn(s.still)), None)
    if drawn is None or "image_to_video" not in row.modes:
        return switch_model(plan, replace(shot, source=replace(request, inputs=kept), opening=Opening()), row)
    still = replace(
        _rewrite_still(plan, shot, drawn), seed=None if drawn.seed is None else derive_number(shot.id, "take")
    )
    opened = replace(request, inputs=(Input(role="first_frame", of=make_still_key(shot.id)), *kept))
    return switch_model(plan, replace(shot, source=opened, still=still, opening=Opening(source="storyboard")), row)


def draw_instead(plan: Plan, shot: Shot) -> Shot:
    """Return the shot as type in the film's look, drawn on this machine: its titles' words in one staging. Costs
    nothing.
    """
    names = {s.id: beat.name for beat in plan.beats for s in beat.shots}
    words = dict(shot.words) or next((dict(o.words) for o in shot.overlays if o.kind == "title"), {})
    settings = read_film_settings(plan)
    staging, words = choose_staging(names[shot.id], words)
    place = Place(beat=staging, seed=derive_number(shot.id, "drawn"))
    request = match_shot(shot.prompt, words, compute_take_length(shot), place, settings)
    overlays: tuple[Overlay, ...] = tuple(o for o in shot.overlays if o.kind != "title")
    return replace(
        shot, source=request, still=match_still(request) if shot.still else None, words=words, text_mode="drawn",
        overlays=overlays, opening=Opening(), sound="mute", length_needs_voice=False,
    )  # fmt: skip
