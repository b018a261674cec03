"""A cast shot after a change: only what depends on the change is asked for anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import model
from reelwright.errors import BadInput
from reelwright.planner.casting.accents import in_words
from reelwright.planner.casting.requests import (
    Scene,
    at_length,
    mode_of,
    naming,
    needed_ms,
    opened_of,
    take_request,
)
from reelwright.planner.casting.terms import Terms
from reelwright.planner.casting.wording import still_words, take_words
from reelwright.planner.ids import number
from reelwright.planner.match import Place, house_of, is_drawn, match_shot, match_still
from reelwright.planner.prompts import read_idea
from reelwright.planner.roles import drawn_with
from reelwright.reel.breakdown import still_key, take_key
from reelwright.reel.brief import Reference
from reelwright.reel.noun import Digest, ShotId
from reelwright.reel.plan import Opening, Overlay, Plan, Shot, footage
from reelwright.reel.request import Input, Request


def recast(plan: Plan, before: Shot, after: Shot) -> Shot:
    """``after`` with the request that its prompt and length now need; the same request where neither changed.

    A longer or shorter shot keeps its take while that is bought at the same length. Raises ``BadInput`` where the
    model is retired or does not sell such a length.
    """
    request = after.source
    assert isinstance(request, Request), "own footage is not cast"
    least = needed_ms(plan, after)
    said = after.prompt != before.prompt
    if not said and request.ms is not None and footage(after) == footage(before) and not after.waits:
        return after
    row = model(request.model)
    if said:
        request = _reworded(plan, after, request, row)
    settled = not any(line.request and line.spoken is None for _, line in plan.lines())
    return replace(
        after,
        source=at_length(request, row, least) if row.seconds else request,
        still=_still(plan, after, after.still) if said and after.still else after.still,
        waits=after.waits and not settled,
    )


def _reworded(plan: Plan, shot: Shot, request: Request, row: Model) -> Request:
    words = take_words(
        read_idea(shot.prompt), row, opened_of(request.inputs), accent=in_words(plan.look, plan.accent),
        titled=_titled(shot), sound=bool(request.sound) or row.sound == "always",
    )  # fmt: skip
    extra = {k: v for k, v in request.extra.items() if k != "negative_prompt"}
    if words.negative:
        extra["negative_prompt"] = words.negative
    return replace(request, prompt=naming(words.prompt, _references(request)), extra=extra)


def _still(plan: Plan, shot: Shot, still: Request) -> Request:
    row = model(still.model)
    words = still_words(read_idea(shot.prompt), row, accent=in_words(plan.look, plan.accent), titled=_titled(shot))
    return replace(still, prompt=naming(words.prompt, _references(still)))


def _titled(shot: Shot) -> bool:
    return shot.shows == "caption" or any(overlay.kind == "title" for overlay in shot.overlays)


def by_another(plan: Plan, shot: Shot, row: Model) -> Shot:
    """The shot by another model: the same words, and the same first frame where that model takes one."""
    old = shot.source
    assert isinstance(old, Request), "own footage is not cast"
    first = tuple(i for i in old.inputs if i.role == "first_frame") if "image_to_video" in row.modes else ()
    if not first and "text_to_video" not in row.modes and not _references(old):
        raise BadInput("model", row.id, f"one that makes video of words alone; {row.name} starts from a picture")
    terms = Terms(
        video=row, sound=old.sound if row.sound == "asked" else None, samples=min(old.samples, row.samples),
        references=_references(old), resolution=old.resolution if row.id == old.model else None,
    )  # fmt: skip
    scene = Scene(
        size=plan.size, look=plan.look, accent=plan.accent, language=plan.language, titled=_titled(shot),
        seed=number(shot.id, "take"),
    )  # fmt: skip
    request = take_request(shot.prompt, row, terms, scene, needed_ms(plan, shot), first)
    kept = shot.still if any(i.of and i.of.startswith("still/") for i in first) else None
    return replace(shot, source=request, still=kept, opening=shot.opening if first else Opening())


def unopened(before: Mapping[ShotId, Shot], plan: Plan) -> tuple[str, ...]:
    """A sentence for every shot that opened on something and no longer does: its new model starts from words alone."""
    said = []
    for n, shot in enumerate(plan.shots, 1):
        was = before.get(shot.id)
        lost_it = was is not None and was.opening.on != "nothing" and shot.opening.on == "nothing"
        if was and lost_it and isinstance(shot.source, Request) and not is_drawn(shot.source):
            lost = "goes on from the shot before it" if was.opening.on == "previous" else "opens on its picture"
            said.append(f"{model(shot.source.model).name} starts from words alone: shot {n} no longer {lost}.")
    return tuple(said)


def _references(request: Request) -> tuple[Reference, ...]:
    named = request.extra.get("references", [])
    assets = [i.asset for i in request.inputs if i.role == "reference" and i.asset]
    return tuple(
        Reference(name=str(said.get("name", "")), role=said.get("role", "product"), asset=asset)
        for said, asset in zip(named, assets, strict=False)
    )


def ended_on(plan: Plan, shot: Shot, take: Digest) -> Shot | None:
    """The shot ending on the first frame of ``take``; None where its model cannot, or where both its ends would count
    and its take be longer than its window.
    """
    request = shot.source
    assert isinstance(request, Request), "own footage is not cast"
    row = model(request.model)
    others = tuple(i for i in request.inputs if i.role != "last_frame")
    inputs = (*others, Input(role="last_frame", asset=take, part="first_frame"))
    asked = replace(request, inputs=inputs, mode=mode_of(inputs))
    try:
        made = at_length(asked, row, needed_ms(plan, shot))
    except BadInput:
        return None
    goes_on = any(i.of and i.part == "last_frame" for i in others)
    return None if goes_on and made.ms != request.ms else replace(shot, source=made)


def freed(plan: Plan, shot: Shot) -> Shot:
    """The shot without a given last frame."""
    request = shot.source
    if not isinstance(request, Request) or not any(i.role == "last_frame" for i in request.inputs):
        return shot
    inputs = tuple(i for i in request.inputs if i.role != "last_frame")
    asked = replace(request, inputs=inputs, mode=mode_of(inputs))
    return replace(shot, source=at_length(asked, model(request.model), needed_ms(plan, shot)))


def unchained(plan: Plan, shot: Shot, lost: Collection[ShotId]) -> Shot:
    """The shot without the take of a lost one in it; every other shot as it is.

    It opens on the person's still of its beat; else on one of its own where the film has stills that a model draws;
    else by itself.
    """
    request = shot.source
    gone = {take_key(one) for one in lost}
    if not isinstance(request, Request) or not any(i.of in gone for i in request.inputs):
        return shot
    row = model(request.model)
    kept = tuple(i for i in request.inputs if i.of not in gone)
    beat = next((beat.shots for beat in plan.beats if any(s.id == shot.id for s in beat.shots)), ())
    own = next((s.opening for s in beat if s.opening.on == "storyboard" and s.opening.image), None)
    if own and "image_to_video" in row.modes:
        opened = replace(request, inputs=(Input(role="first_frame", asset=own.image), *kept))
        return by_another(plan, replace(shot, source=opened, still=None, opening=own), row)
    drawn = next((s.still for s in plan.shots if s.still and not is_drawn(s.still)), None)
    if drawn is None or "image_to_video" not in row.modes:
        return by_another(plan, replace(shot, source=replace(request, inputs=kept), opening=Opening()), row)
    still = replace(_still(plan, shot, drawn), seed=None if drawn.seed is None else number(shot.id, "take"))
    opened = replace(request, inputs=(Input(role="first_frame", of=still_key(shot.id)), *kept))
    return by_another(plan, replace(shot, source=opened, still=still, opening=Opening(on="storyboard")), row)


def drawn_instead(plan: Plan, shot: Shot) -> Shot:
    """The shot as type in the film's look, drawn on this machine: its titles' words in one staging. Costs nothing."""
    names = {s.id: beat.name for beat in plan.beats for s in beat.shots}
    words = dict(shot.words) or next((dict(o.words) for o in shot.overlays if o.kind == "title"), {})
    house = house_of(plan)
    staging, words = drawn_with(names[shot.id], words)
    place = Place(beat=staging, seed=number(shot.id, "drawn"))
    request = match_shot(shot.prompt, words, footage(shot), place, house)
    overlays: tuple[Overlay, ...] = tuple(o for o in shot.overlays if o.kind != "title")
    return replace(
        shot, source=request, still=match_still(request) if shot.still else None, words=words, shows="drawn",
        overlays=overlays, opening=Opening(), sound="mute", waits=False,
    )  # fmt: skip
