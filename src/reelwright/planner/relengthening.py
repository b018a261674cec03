"""A film of another length, planned anew from its brief: shots that are in both keep their ids and their edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reelwright.catalogue.models import model
from reelwright.errors import BadInput
from reelwright.planner.casting.filmed import filmed
from reelwright.planner.casting.recast import recast
from reelwright.planner.casting.voices import said_anew
from reelwright.planner.edit import accented, relook, remood
from reelwright.planner.ids import derived
from reelwright.planner.match import house_of, is_drawn, match_shot, match_still, place_of
from reelwright.planner.resizing import resized
from reelwright.planner.roles import titles_of
from reelwright.planner.rules import plan as plan_by_rules
from reelwright.reel.brief import Brief
from reelwright.reel.noun import ShotId
from reelwright.reel.plan import Beat, Line, Own, Plan, Shot, each_shot, footage
from reelwright.reel.request import Request
from reelwright.units import ASPECTS, Frames, frames_to_ms, ms_to_frames, size_of

_Key = tuple[str, int, int]


def planned_for(brief: Brief, ms: int | None) -> Plan:
    """The film of ``ms`` that the rules make of ``brief``; None: the brief's own. A shot that is there in both has the
    same id and the same seed: what is asked for there is the same, and had.
    """
    return plan_by_rules(brief if ms is None else replace(brief, length_ms=ms)).plan


def follows_the_rules(plan: Plan, brief: Brief) -> bool:
    """Whether a project's first plan is the one that the rules make of its brief today."""
    try:
        made = planned_for(brief, None)
    except BadInput:
        return False
    return [(shot.id, shot.prompt, dict(shot.words)) for shot in plan.shots] == [
        (shot.id, shot.prompt, dict(shot.words)) for shot in made.shots
    ]


def relengthened(plan: Plan, brief: Brief, before_ms: int | None, ms: int) -> tuple[Plan, tuple[str, ...]]:
    """``plan`` for ``ms``, and what a person should know of it. ``before_ms``: what ``plan`` was made for.

    What edits changed is kept where its shot still exists. Raises ``BadInput``. Never spends.
    """
    fps = plan.fps
    ms = frames_to_ms(ms_to_frames(ms, fps), fps)
    if ms == frames_to_ms(plan.length, fps):
        return plan, ()
    base = _as_whole(planned_for(brief, before_ms), plan)
    made = _as_whole(planned_for(brief, ms), plan)
    said = [_told(plan, made, ms)]
    old = {shot.id: shot for shot in base.shots}
    kept: list[int] = []
    for n, shot in enumerate(plan.shots, 1):
        was, now = old.get(shot.id), next((one for one in made.shots if one.id == shot.id), None)
        if was is not None and not _is_edited(shot, was):
            continue
        carried = _carried(made, shot, now) if was and now else None
        if carried is None:
            said.append(f"What was edited in shot {n} is not kept: {_why(shot, now)}.")
            continue
        made = _put(made, carried)
        kept.append(n)
    made = accented(_with_lines(made, plan, base))
    said += [f"The caption “{text}” is not kept: the new film has no line there." for text in _lost(made, plan, base)]
    if kept:
        said.append(f"Edits of shot{'s' if len(kept) > 1 else ''} {', '.join(map(str, kept))} are kept.")
    if resized_shots := _set_lengths(plan, base):
        said.append(f"The length that was set of shot {', '.join(map(str, resized_shots))} gives way to the film's.")
    return replace(made, author="person"), tuple(said)


# what edits changed


def _as_whole(made: Plan, plan: Plan) -> Plan:
    """``made`` in the size, look, accent and mood that ``plan`` has now."""
    if made.size != plan.size:
        aspect = next((one for one in ASPECTS if size_of(one, min(made.size)) == plan.size), None)
        made = resized(made, aspect) if aspect else made
    house, there = house_of(plan), house_of(made)
    if (house.look, house.accent) != (there.look, there.accent):
        made = relook(made, look=house.look, accent=house.accent or None)
    if plan.bed and made.bed and plan.bed.mood != made.bed.mood:
        made = remood(made, plan.bed.mood)
    return made


def _is_edited(shot: Shot, was: Shot) -> bool:
    return _said(shot) != _said(was) or _shown(shot) != _shown(was)


def _said(shot: Shot) -> list[Mapping[str, str]]:
    """Words of a shot, whatever its length."""
    return [dict(shot.words), *(dict(title.words) for title in titles_of(shot))]


def _shown(shot: Shot) -> tuple[Any, ...]:
    """What a shot shows, whatever its length, its place and its size."""
    if isinstance(shot.source, Own):
        return "own", shot.source.asset, shot.source.start
    if is_drawn(shot.source):
        return "drawn", shot.shows, place_of(shot.source).beat, place_of(shot.source).picture
    given = [(i.role, i.asset) for i in shot.source.inputs if i.asset and i.role != "last_frame"]
    return "filmed", shot.prompt, shot.source.model, given


def _carried(made: Plan, shot: Shot, now: Shot | None) -> Shot | None:
    """``now`` as the edited ``shot`` has it; None where that cannot be."""
    if now is None:
        return None
    over = tuple(one for one in shot.overlays if one.start < now.length)
    after = replace(now, words=shot.words, prompt=shot.prompt, overlays=over, shows=shot.shows, sound=shot.sound)
    if isinstance(shot.source, Own):
        return replace(after, source=shot.source, still=None) if footage(now) <= footage(shot) else None
    if is_drawn(shot.source):
        place = place_of(shot.source)
        there = place_of(now.source) if isinstance(now.source, Request) and is_drawn(now.source) else place
        place = replace(place, after=there.after, before=there.before, hits=there.hits)
        source = match_shot(shot.prompt, shot.words, footage(now), place, house_of(made))
        return replace(after, source=source, still=match_still(source) if now.still else None, opening=shot.opening)
    row = model(shot.source.model)
    if isinstance(now.source, Request) and now.source.model == row.id:
        return recast(made, now, replace(after, source=now.source))
    return replace(
        filmed(made, replace(after, source=now.source), row), overlays=over, shows=shot.shows, words=shot.words
    )


def _with_lines(made: Plan, plan: Plan, base: Plan) -> Plan:
    """``made`` with the lines and corrections that edits changed, where their shots are there."""
    was = {line.id: line.text for _, line in base.lines()}
    now = {line.id: line.text for _, line in plan.lines()}
    there = {line.id for _, line in made.lines()}
    fresh = {line: text for shot in plan.shots for line, text in shot.corrections.items()}
    added = {derived("line", shot.id, "said"): shot.id for shot in made.shots}

    def lines(beat: Beat) -> tuple[Line, ...]:
        kept = [
            replace(line, text=now[line.id]) if was.get(line.id) != now.get(line.id) and line.id in now else line
            for line in beat.lines
            if line.id in now or line.id not in was
        ]
        at = 0
        for shot in beat.shots:
            name = next((line for line, of in added.items() if of == shot.id and line in now), None)
            if name:
                kept = [replace(one, room=Frames(min(one.room, max(1, at - one.start)))) if one.start < at else one
                        for one in kept]  # fmt: skip
                kept.append(Line(id=name, text=now[name], start=Frames(at), room=shot.length))
            at += shot.length
        return tuple(sorted(kept, key=lambda one: one.start))

    beats = tuple(replace(beat, lines=lines(beat)) for beat in made.beats)
    spoken = said_anew(replace(made, beats=beats), made)
    owners: dict[str, ShotId] = {line: shot.id for shot in plan.shots for line in shot.corrections}

    def corrected(shot: Shot) -> Shot:
        mine = {line: fresh[line] for line, of in owners.items() if of == shot.id and line in there}
        return replace(shot, corrections={**shot.corrections, **mine}) if mine else shot

    return each_shot(spoken, corrected)


def _lost(made: Plan, plan: Plan, base: Plan) -> list[str]:
    """Lines that somebody changed, and that the new film has not."""
    was = {line.id: line.text for _, line in base.lines()}
    there = {line.text for _, line in made.lines()}
    return [line.text for _, line in plan.lines() if line.text != was.get(line.id) and line.text not in there]


def _put(plan: Plan, shot: Shot) -> Plan:
    return each_shot(plan, lambda one: shot if one.id == shot.id else one)


# what a person is told


def _told(plan: Plan, made: Plan, ms: int) -> str:
    names = {shot.id for shot in plan.shots}
    after = {shot.id for shot in made.shots}
    gone = [str(n) for n, shot in enumerate(plan.shots, 1) if shot.id not in after]
    new = [str(n) for n, shot in enumerate(made.shots, 1) if shot.id not in names]
    parts = [f"shot{'s' if len(gone) > 1 else ''} {', '.join(gone)} of before gone" if gone else ""]
    parts.append(f"{', '.join(new)} new" if new else "")
    told = "; ".join(part for part in parts if part)
    return f"Planned anew from the brief for {ms / 1000:g} s: {len(made.shots)} shots{'; ' + told if told else ''}."


def _why(shot: Shot, now: Shot | None) -> str:
    if now is None:
        return "the new film has no such shot"
    if isinstance(shot.source, Own):
        return "its clip may be too short for it"
    return "the brief does not plan it"


def _set_lengths(plan: Plan, base: Plan) -> list[int]:
    """Shots whose length somebody set; where lines are spoken, words set it."""
    if any(line.request for _, line in plan.lines()):
        return []
    old = {shot.id: shot.length for shot in base.shots}
    return [n for n, shot in enumerate(plan.shots, 1) if old.get(shot.id, shot.length) != shot.length]
