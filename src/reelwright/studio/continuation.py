"""Shots that go on from one another, after an edit: bridged to the take that is kept, or reflowed and made anew."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from reelwright.errors import BadInput
from reelwright.reel.breakdown import breakdown, take_key
from reelwright.reel.choices import Choices, Circle
from reelwright.reel.noun import Digest, ShotId
from reelwright.reel.operation import Standing
from reelwright.reel.plan import Plan, Shot, each_shot
from reelwright.reel.request import Request, request_digest
from reelwright.reel.wanted import Known, known

EndsOn = Callable[[str], bool]
"""Whether a model can be told what a shot ends on."""


def bridged(
    standing: Standing, plan: Plan, choices: Choices, shot: ShotId, ends_on: EndsOn
) -> tuple[Plan, Choices] | None:
    """The shot bought to end on the first frame of the next one's kept take, which is circled.

    None where no shot continues this one, where its take stays, where the next has no take yet or is asked for anew by
    the same edit, or where the model takes no last frame.
    """
    after = _continued_by(plan, shot)
    if after is None or standing.plan is None or not isinstance(after.source, Request):
        return None
    if _same(standing.plan, plan, shot):  # its take stays, and with it what goes on from that
        return None
    if all(one.id != after.id or one.source != after.source for one in standing.plan.shots):
        return None
    if (kept := _kept(standing, after.id)) is None:
        return None
    ended = _ending_on(plan, shot, kept, ends_on)
    return (ended, _circled(choices, after, kept)) if ended else None


def refuse_idle(standing: Standing, plan: Plan, shots: Collection[ShotId], way: str, ends_on: EndsOn) -> None:
    """Raise ``BadInput`` for a way that cannot be gone: no later shot goes on from any of ``shots``, or, of a bridge,
    one does and no take of it can be kept.
    """
    after = {shot: _goes_on(standing, plan, shot) for shot in shots}
    if not any(after.values()):
        raise BadInput("way", way, "nothing here: no later shot goes on from what is edited")
    if way == "reflow" or standing.plan is None:
        return
    for shot, later in after.items():
        if later is None or _continued_by(plan, shot) is None or _same(standing.plan, plan, shot):
            continue
        if _kept(standing, later.id) is None:
            raise BadInput("way", way, f"reflow: {_numbered(plan, later)} has no take to keep yet")
        if bridged(standing, plan, Choices(), shot, ends_on) is None:
            made = next(one.source for one in plan.shots if one.id == shot)
            who = made.model if isinstance(made, Request) else "own footage"
            raise BadInput("way", way, f"reflow: {who} cannot be told what {_numbered(plan, later)} begins with")


def _numbered(plan: Plan, shot: Shot) -> str:
    return f"shot {[one.id for one in plan.shots].index(shot.id) + 1}"


def _goes_on(standing: Standing, plan: Plan, shot: ShotId) -> Shot | None:
    """The shot that goes on from this one, or did so before the edit or before an earlier one."""
    was = _continued_by(standing.plan, shot) if standing.plan else None
    return _continued_by(plan, shot) or was or _kept_behind(standing, shot)


def _same(before: Plan, after: Plan, shot: ShotId) -> bool:
    """Whether the edit asks for the same take as before."""
    old, new = ({one.id: one.source for one in plan.shots} for plan in (before, after))
    return old.get(shot) == new.get(shot)


def left_behind(standing: Standing, plan: Plan, choices: Choices, shot: ShotId, named: Collection[ShotId]) -> Choices:
    """The take circled of a shot that went on from this one and now opens by itself: what was bought is kept.

    Not of the one that the edit ``named``, nor of one that goes on as before: that is another by the person's word.
    """
    if standing.plan is None or (before := _continued_by(standing.plan, shot)) is None or before.id in named:
        return choices
    after = next((one for one in plan.shots if one.id == before.id), None)
    if (
        after is None
        or after == _continued_by(plan, shot)
        or after.source == before.source
        or not isinstance(after.source, Request)
    ):
        return choices
    kept = _kept(standing, before.id)
    return choices if kept is None else _circled(choices, after, kept)


def reflowed(standing: Standing, plan: Plan, choices: Choices, shot: ShotId) -> tuple[Plan, Choices]:
    """The shot free to end as it will, and every take that goes on from it let go of, which an earlier bridge kept."""
    from reelwright.planner.casting.recast import freed

    after: list[ShotId] = []
    at = _continued_by(plan, shot) or _kept_behind(standing, shot)
    while at:
        after.append(at.id)
        at = _continued_by(plan, at.id)
    if not after:
        return plan, choices
    loose = each_shot(plan, lambda one: freed(plan, one) if one.id == shot else one)
    return loose, replace(choices, circled={k: v for k, v in choices.circled.items() if k not in after})


def _kept_behind(standing: Standing, shot: ShotId) -> Shot | None:
    """The next shot of the beat, whose take went on from this one before an edit, and is kept by its circle alone: what
    it asks for now was never bought.
    """
    if standing.plan is None:
        return None
    beat = next(beat for beat in standing.plan.beats if any(one.id == shot for one in beat.shots))
    at = [one.id for one in beat.shots].index(shot) + 1
    circle = standing.choices.circled.get(beat.shots[at].id) if at < len(beat.shots) else None
    if circle is None or not isinstance(beat.shots[at].source, Request):
        return None
    take = _take(standing, beat.shots[at].id)
    fp = take.fingerprint if take else None
    return beat.shots[at] if fp is None or fp not in standing.had else None


def _continued_by(plan: Plan, shot: ShotId) -> Shot | None:
    for one in plan.shots:
        if isinstance(one.source, Request) and any(i.of == take_key(shot) for i in one.source.inputs):
            return one
    return None


def _ending_on(plan: Plan, shot: ShotId, kept: Digest, ends_on: EndsOn) -> Plan | None:
    from reelwright.planner.casting.recast import ended_on

    source = next(one for one in plan.shots if one.id == shot)
    if not isinstance(source.source, Request) or not ends_on(source.source.model):
        return None
    ended = ended_on(plan, source, kept)
    return each_shot(plan, lambda one: ended if one.id == shot else one) if ended else None


def _take(standing: Standing, shot: ShotId) -> Known | None:
    """What is known of the take of a shot of the plan as it stands."""
    if standing.plan is None:
        return None
    return known(breakdown(standing.plan, "takes"), standing.choices, standing.had, standing.gone).get(take_key(shot))


def _kept(standing: Standing, shot: ShotId) -> Digest | None:
    """The chosen take of a shot, whose bytes are there; None where there is none."""
    take = _take(standing, shot)
    return take.chosen if take and take.chosen not in standing.gone else None


def _circled(choices: Choices, shot: Shot, take: Digest) -> Choices:
    assert isinstance(shot.source, Request), "own footage has no takes"
    circle = Circle(asset=take, request=request_digest(shot.source))
    return replace(choices, circled={**choices.circled, shot.id: circle})
