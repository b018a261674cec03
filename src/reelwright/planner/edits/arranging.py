"""Drops shots of a plan and puts the others into another order; their requests stay, so that their takes do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reelwright.errors import BadInput
from reelwright.planner.casting.recast import detach_shot
from reelwright.planner.edits.edit import rescore
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.plan import Beat, Line, Plan, Shot, Transition
from reelwright.units import Frames


def order_shots(plan: Plan, order: Sequence[ShotId]) -> Plan:
    """Return the plan with the shots of ``order`` alone, in that order. Never spends.

    A shot that moves belongs to the beat of the shot before it, at the head of the film to that of the shot after it.
    Lines go with the shot over which they begin. A shot that continued one that no longer stands before it opens by
    itself. Raises ``BadInput`` for an order without a shot, or with one twice.
    """
    if not order or len(set(order)) != len(order):
        raise BadInput("order", [str(one) for one in order], "each shot of the film at most once, and one at least")
    if list(order) == [shot.id for shot in plan.shots]:
        return plan
    shots = {shot.id: shot for shot in plan.shots}
    homes = {shot.id: n for n, beat in enumerate(plan.beats) for shot in beat.shots}
    before = {one.id: other.id for other, one in zip(plan.shots, plan.shots[1:], strict=False)}
    lost = {was for shot, was in before.items() if shot in order and _find_before(order, shot) != was}
    made = [detach_shot(plan, shots[one], lost) if before.get(one) in lost else shots[one] for one in order]
    made[-1] = replace(made[-1], transition=Transition())
    beats: list[tuple[int, list[Shot]]] = []
    for shot, home in zip(made, _choose_beats(order, homes), strict=True):
        if beats and beats[-1][0] == home:
            beats[-1][1].append(shot)
        else:
            beats.append((home, [shot]))
    return rescore(replace(plan, beats=_build_beats(plan, beats), author="person"))


def _find_before(order: Sequence[ShotId], shot: ShotId) -> ShotId | None:
    at = order.index(shot)
    return order[at - 1] if at else None


def _choose_beats(order: Sequence[ShotId], homes: dict[ShotId, int]) -> list[int]:
    """Choose the beat of each shot: its own as long as the beats stay in their order, else that of its neighbour."""
    found: list[int] = []
    for n, shot in enumerate(order):
        later = [homes[one] for one in order[n + 1 :]]
        home = homes[shot]
        if found and home < found[-1]:
            home = found[-1]
        elif later and home > min(later):
            home = found[-1] if found else min(later)
        found.append(home)
    return found


def _build_beats(plan: Plan, beats: Sequence[tuple[int, list[Shot]]]) -> tuple[Beat, ...]:
    spoken = _list_lines_by_shot(plan)
    made, start = [], 0
    for home, shots in beats:
        lines: list[Line] = []
        length = 0
        for shot in shots:
            lines += [replace(line, start=Frames(length + offset)) for line, offset in spoken.get(shot.id, ())]
            length += shot.length
        fitted = tuple(replace(line, room=Frames(min(line.room, length - line.start))) for line in lines)
        beat = replace(plan.beats[home], start=Frames(start), length=Frames(length), shots=tuple(shots), lines=fitted)
        made.append(beat)
        start += length
    return tuple(made)


def _list_lines_by_shot(plan: Plan) -> dict[ShotId, list[tuple[Line, int]]]:
    """List the lines that begin over each shot, each with the frames from the shot's start."""
    found: dict[ShotId, list[tuple[Line, int]]] = {}
    for beat in plan.beats:
        for line in beat.lines:
            at = 0
            for shot in beat.shots:
                if at <= line.start < at + shot.length or shot is beat.shots[-1]:
                    found.setdefault(shot.id, []).append((line, max(0, line.start - at)))
                    break
                at += shot.length
    return found
