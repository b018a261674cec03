"""Copies the edits of a film to a new plan from its brief or script, and lists those that are lost.

A new length, a changed script and whatever plans a film again carry by the same rules: a shot that a person edited
keeps what it shows, and takes its length and its neighbours from the new plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from reelwright.catalogue.models import get_sold_model
from reelwright.planner.casting.recast import detach_shot, recast, remove_last_frame
from reelwright.planner.casting.voices import copy_voices
from reelwright.planner.edits.edit import set_mood, set_piece, set_title_accent
from reelwright.planner.match import is_drawn, match_shot, match_still, read_film_settings, read_place
from reelwright.reason import Reason, build_reason
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import ShotId, define_value
from reelwright.reel.film.plan import OwnFootage, Plan, Shot, compute_take_length, map_shots
from reelwright.reel.graph.request import Request


@define_value
class CarriedEdits:
    """A plan with the edits of an earlier one. ``shots``: those whose edits it has. ``lost_edits``: the other edits."""

    plan: Plan
    shots: tuple[ShotId, ...] = ()
    lost_edits: tuple[Reason, ...] = ()


def carry_shots(plan: Plan, before: Plan, base_shots: Mapping[ShotId, Shot]) -> CarriedEdits:
    """Return ``plan`` with the edits of the shots of ``before``.

    ``base_shots``: those shots as their brief or script has them; one that is not among them was added by an edit.
    """
    shots, lost_edits = [], []
    for n, shot in enumerate(before.shots, 1):
        base = base_shots.get(shot.id)
        if base and describe_shot(base) == describe_shot(shot):
            continue
        carried = _carry_shot(plan, before, shot, n)
        if isinstance(carried, Reason):
            lost_edits.append(carried)
            continue
        plan = map_shots(plan, lambda one, carried=carried: carried if one.id == carried.id else one)  # type: ignore[misc]
        shots.append(shot.id)
    plan = set_title_accent(_detach_shots(plan, before))
    return CarriedEdits(plan=plan, shots=tuple(shots), lost_edits=tuple(lost_edits))


def carry_sound(plan: Plan, before: Plan, *, wants_mood: bool = True) -> Plan:
    """Return ``plan`` with the voices, the captions and the music that ``before`` has.

    ``wants_mood``: of that music the mood, too.
    """
    voiced = copy_voices(plan, before.replaced_voices)
    made = replace(voiced, caption_choice=before.caption_choice, caption_shift_ms=before.caption_shift_ms)
    if made.bed is None or before.bed is None:
        return made
    if wants_mood and made.bed.mood != before.bed.mood:
        made = set_mood(made, before.bed.mood)
    if before.bed.piece_index:
        made = set_piece(made, before.bed.piece_index + 1)
    assert made.bed
    return replace(made, bed=replace(made.bed, level_milli_db=before.bed.level_milli_db))


def describe_shot(shot: Shot) -> list[Any]:
    """Describe what a shot shows and says, whatever its length, its place, and the film's look and size."""
    texts = [(one.kind, one.text, dict(one.words)) for one in shot.overlays]
    shown: list[Any] = [dict(shot.words), texts, dict(shot.corrections), shot.sound]
    if isinstance(shot.source, OwnFootage):
        return [*shown, "own", shot.source.asset, shot.source.start]
    if is_drawn(shot.source):
        place = read_place(shot.source)
        return [*shown, "drawn", shot.text_mode, place.beat, place.picture]
    return [*shown, "filmed", shot.prompt, shot.source.model, shot.source.inputs]


_PLACE_FIELDS: Final = ("frames", "hits", "after", "before")
"""Fields of a drawn shot's request that follow from its length and its neighbours, which belong to the plan."""


def digest_shot(shot: Shot) -> str:
    """Compute a digest of what a shot shows as its script has it, whatever its length. It differs after an edit."""
    shown = [(overlay.kind, overlay.text, overlay.words) for overlay in shot.overlays]
    what = [shot.prompt, shot.words, shot.text_mode, shown, shot.corrections, shot.sound, _describe_source(shot.source)]
    return compute_digest(what)[:16]


def _describe_source(source: Request | OwnFootage) -> Any:
    if isinstance(source, OwnFootage):
        return [source.asset, source.start]
    extra = {key: value for key, value in source.extra.items() if key not in _PLACE_FIELDS}
    return [source.model, source.mode, source.prompt, source.inputs, extra]


def _carry_shot(plan: Plan, before: Plan, was: Shot, n: int) -> Shot | Reason:
    """Return shot ``n`` of ``before`` with its length and its neighbours in ``plan``, or the reason why that fails."""
    now = next((one for one in plan.shots if one.id == was.id), None)
    if now is None:
        return build_reason("edit_lost_gone", shot=n)
    overlays = tuple(one for one in was.overlays if one.start < now.length)
    after = replace(was, length=now.length, transition=now.transition, markdown=now.markdown, overlays=overlays)
    source = was.source
    if isinstance(source, OwnFootage):
        fits = compute_take_length(now) <= compute_take_length(was)
        return after if fits else build_reason("edit_lost_clip_short", shot=n)
    if not is_drawn(source):
        is_ended = _find_next(plan, was.id) == _find_next(before, was.id)
        return recast(plan, was, after if is_ended else remove_last_frame(plan, after))
    place = read_place(source)
    if not isinstance(now.source, OwnFootage) and is_drawn(now.source):
        there = read_place(now.source)
        stands = (place.after, place.before, compute_take_length(was))
        hits = place.hits if stands == (there.after, there.before, compute_take_length(now)) else there.hits
        place = replace(place, after=there.after, before=there.before, hits=hits)
    request = match_shot(was.prompt, was.words, compute_take_length(now), place, read_film_settings(plan))
    return replace(after, source=request, still=match_still(request) if was.still else None)


def _find_next(plan: Plan, shot: ShotId) -> ShotId | None:
    return next((after.id for one, after in pairwise(plan.shots) if one.id == shot), None)


def _detach_shots(plan: Plan, before: Plan) -> Plan:
    """Let shots open by themselves that continue a shot which is gone, or which no model films."""
    filmed = {one.id for one in plan.shots if not isinstance(one.source, OwnFootage) and not is_drawn(one.source)}
    lost = {one.id for one in (*before.shots, *plan.shots)} - filmed
    return map_shots(plan, lambda one: detach_shot(plan, one, lost))


def drop_lost_corrections(plan: Plan) -> Plan:
    """Return the plan without corrections of lines that it does not have."""
    there = {line.id for _, line in plan.list_lines()}
    left = {one.id: {k: text for k, text in one.corrections.items() if k in there} for one in plan.shots}
    return map_shots(plan, lambda one: replace(one, corrections=left[one.id]))


def list_lost_starts(before: Mapping[ShotId, Shot], plan: Plan) -> tuple[Reason, ...]:
    """List the shots that opened on something and no longer do, since their new model starts from words alone."""
    reasons = []
    for n, shot in enumerate(plan.shots, 1):
        was = before.get(shot.id)
        if was is None or was.opening.source == "nothing" or shot.opening.source != "nothing":
            continue
        if not isinstance(shot.source, OwnFootage) and not is_drawn(shot.source):
            code = "edit_lost_continuation" if was.opening.source == "previous" else "edit_lost_opening"
            reasons.append(build_reason(code, model=get_sold_model(shot.source.model).name, shot=n))
    return tuple(reasons)


def list_numbers(plan: Plan, shots: Collection[ShotId]) -> list[int]:
    """List the numbers of ``shots`` in a plan, from 1."""
    return [n for n, one in enumerate(plan.shots, 1) if one.id in shots]
