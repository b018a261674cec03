"""Edits of a shot that a later shot continues: a bridge keeps the later shot's take, a reflow makes it again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from reelwright.errors import BadInput
from reelwright.reel.base.value import Digest, ShotId
from reelwright.reel.film.breakdown import build_graph, make_take_key
from reelwright.reel.film.plan import Plan, Shot, map_shots
from reelwright.reel.graph.choices import Choices, Circle
from reelwright.reel.graph.request import Request, compute_request_digest
from reelwright.reel.graph.wanted_steps import ResolvedStep, resolve_steps
from reelwright.reel.records.operation import Standing
from reelwright.studio import late_modules as late

EndsOn = Callable[[str], bool]
"""Returns whether a model, by its id, takes a last frame."""


def build_bridge(
    standing: Standing, plan: Plan, choices: Choices, shot: ShotId, ends_on: EndsOn
) -> tuple[Plan, Choices] | None:
    """Return plan and choices in which ``shot`` ends where the next shot's take begins, which is kept; None: no bridge.

    Returns None if no shot continues this one, if this shot keeps its take, if the next shot has no take or is changed
    by the same edit, or if the model takes no last frame.
    """
    after = _find_continuation(plan, shot)
    if after is None or standing.plan is None or not isinstance(after.source, Request):
        return None
    if _is_same_take(standing.plan, plan, shot):  # its take stays, and so does the take that continues it
        return None
    if all(one.id != after.id or one.source != after.source for one in standing.plan.shots):
        return None
    if (kept := _find_kept_take(standing, after.id)) is None:
        return None
    ended = _set_last_frame(plan, shot, kept, ends_on)
    return (ended, _add_circle(choices, after, kept)) if ended else None


def refuse_useless_seam_mode(
    standing: Standing, plan: Plan, shots: Collection[ShotId], seam_mode: str, ends_on: EndsOn
) -> None:
    """Raise ``BadInput`` if ``seam_mode`` (``bridge`` or ``reflow``) would have no effect on an edit of ``shots``.

    That is so if no later shot continues any of them; for a bridge also if the later shot has no take to keep, or if
    the model takes no last frame.
    """
    after = {shot: _find_following_shot(standing, plan, shot) for shot in shots}
    if not any(after.values()):
        raise BadInput("continuation", seam_mode, "only if a later shot continues the edited shot; none does")
    if seam_mode == "reflow" or standing.plan is None:
        return
    for shot, later in after.items():
        if later is None or _find_continuation(plan, shot) is None or _is_same_take(standing.plan, plan, shot):
            continue
        if _find_kept_take(standing, later.id) is None:
            raise BadInput("continuation", seam_mode, f"reflow: {_name_shot(plan, later)} has no take to keep yet")
        if build_bridge(standing, plan, Choices(), shot, ends_on) is None:
            made = next(one.source for one in plan.shots if one.id == shot)
            who = made.model if isinstance(made, Request) else "own footage"
            accepted = f"reflow: {who} cannot be told what {_name_shot(plan, later)} begins with"
            raise BadInput("continuation", seam_mode, accepted)


def _name_shot(plan: Plan, shot: Shot) -> str:
    return f"shot {[one.id for one in plan.shots].index(shot.id) + 1}"


def _find_following_shot(standing: Standing, plan: Plan, shot: ShotId) -> Shot | None:
    """Return the shot that continues this one, or did so before this edit or an earlier one."""
    was = _find_continuation(standing.plan, shot) if standing.plan else None
    return _find_continuation(plan, shot) or was or _find_kept_follower(standing, shot)


def _is_same_take(before: Plan, after: Plan, shot: ShotId) -> bool:
    """Return whether the shot's source is the same before and after the edit."""
    old, new = ({one.id: one.source for one in plan.shots} for plan in (before, after))
    return old.get(shot) == new.get(shot)


def keep_detached_take(
    standing: Standing, plan: Plan, choices: Choices, shot: ShotId, edited_shots: Collection[ShotId]
) -> Choices:
    """Circle the take of the next shot, to keep it, if an edit of ``shot`` ended that shot's continuation of it.

    Does nothing if that shot is one of ``edited_shots``, or if it still continues this one.
    """
    if (
        standing.plan is None
        or (before := _find_continuation(standing.plan, shot)) is None
        or before.id in edited_shots
    ):
        return choices
    after = next((one for one in plan.shots if one.id == before.id), None)
    if (
        after is None
        or after == _find_continuation(plan, shot)
        or after.source == before.source
        or not isinstance(after.source, Request)
    ):
        return choices
    kept = _find_kept_take(standing, before.id)
    return choices if kept is None else _add_circle(choices, after, kept)


def apply_reflow(standing: Standing, plan: Plan, choices: Choices, shot: ShotId) -> tuple[Plan, Choices]:
    """Undo an earlier bridge of ``shot``: drop its last frame and later shots' circles, so they are made again."""
    after: list[ShotId] = []
    at = _find_continuation(plan, shot) or _find_kept_follower(standing, shot)
    while at:
        after.append(at.id)
        at = _find_continuation(plan, at.id)
    if not after:
        return plan, choices
    loose = map_shots(plan, lambda one: late.recast.remove_last_frame(plan, one) if one.id == shot else one)
    return loose, replace(choices, circles={k: v for k, v in choices.circles.items() if k not in after})


def _find_kept_follower(standing: Standing, shot: ShotId) -> Shot | None:
    """Return the next shot of the beat if its take continued this one before an edit and only its circle keeps it.

    That is so if the shot's present request was never bought.
    """
    if standing.plan is None:
        return None
    beat = next(beat for beat in standing.plan.beats if any(one.id == shot for one in beat.shots))
    at = [one.id for one in beat.shots].index(shot) + 1
    circle = standing.choices.circles.get(beat.shots[at].id) if at < len(beat.shots) else None
    if circle is None or not isinstance(beat.shots[at].source, Request):
        return None
    take = _find_take(standing, beat.shots[at].id)
    fp = take.fingerprint if take else None
    return beat.shots[at] if fp is None or fp not in standing.outcomes else None


def _find_continuation(plan: Plan, shot: ShotId) -> Shot | None:
    for one in plan.shots:
        if isinstance(one.source, Request) and any(i.of == make_take_key(shot) for i in one.source.inputs):
            return one
    return None


def _set_last_frame(plan: Plan, shot: ShotId, kept: Digest, ends_on: EndsOn) -> Plan | None:
    source = next(one for one in plan.shots if one.id == shot)
    if not isinstance(source.source, Request) or not ends_on(source.source.model):
        return None
    ended = late.recast.set_last_frame(plan, source, kept)
    return map_shots(plan, lambda one: ended if one.id == shot else one) if ended else None


def _find_take(standing: Standing, shot: ShotId) -> ResolvedStep | None:
    """Return the resolved take step of a shot in the present plan."""
    if standing.plan is None:
        return None
    return resolve_steps(
        build_graph(standing.plan, "takes", standing.encoding),
        standing.choices,
        standing.outcomes,
        standing.deleted_assets,
    ).get(make_take_key(shot))


def _find_kept_take(standing: Standing, shot: ShotId) -> Digest | None:
    """Return the chosen take of a shot, or None if there is none or its bytes were deleted."""
    take = _find_take(standing, shot)
    return take.asset if take and take.asset not in standing.deleted_assets else None


def _add_circle(choices: Choices, shot: Shot, take: Digest) -> Choices:
    assert isinstance(shot.source, Request), "own footage has no takes"
    circle = Circle(asset=take, request=compute_request_digest(shot.source))
    return replace(choices, circles={**choices.circles, shot.id: circle})
