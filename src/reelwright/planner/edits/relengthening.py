"""Plans a film again from its brief at another length. Shots that exist in both plans keep their ids and edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reelwright.catalogue.models import get_sold_model
from reelwright.errors import BadInput
from reelwright.planner.casting.drawn_to_model import cast_shot
from reelwright.planner.casting.recast import recast
from reelwright.planner.casting.voices import copy_voices, update_voice_requests
from reelwright.planner.edits.captioning import copy_caption_edits
from reelwright.planner.edits.edit import copy_music_edits, set_look, set_title_accent
from reelwright.planner.edits.resizing import resize_plan
from reelwright.planner.ids import derive_id
from reelwright.planner.match import is_drawn, match_shot, match_still, read_film_settings, read_place
from reelwright.planner.presets import keep_fitting_presets
from reelwright.planner.roles import list_titles
from reelwright.planner.rules import plan as plan_by_rules
from reelwright.planner.screens.end_card_edit import name_end_card, set_end_card_if_possible
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Beat, Line, OwnFootage, Plan, Shot, compute_take_length, map_shots
from reelwright.reel.graph.request import Request
from reelwright.units import ASPECTS, Frames, compute_size, convert_frames_to_ms, convert_ms_to_frames


def plan_length(brief: Brief, ms: int | None) -> Plan:
    """Plan the film of ``ms`` by rules; None: the brief's own length.

    A shot that exists at both lengths has the same id and the same seed, so that its take is not bought again.
    """
    return plan_by_rules(brief if ms is None else replace(brief, length_ms=ms)).plan


def is_planned_by_rules(plan: Plan, brief: Brief) -> bool:
    """Return whether a project's first plan is the one that the rules make of its brief today."""
    try:
        made = plan_length(brief, None)
    except BadInput:
        return False
    return [(shot.id, shot.prompt, dict(shot.words)) for shot in plan.shots] == [
        (shot.id, shot.prompt, dict(shot.words)) for shot in made.shots
    ]


def set_film_length(plan: Plan, brief: Brief, before_ms: int | None, ms: int) -> tuple[Plan, tuple[str, ...]]:
    """Plan the film again at ``ms`` milliseconds with the edits of ``plan``, and list messages for the person.

    ``before_ms``: the length that ``plan`` was made for. Edits are kept where their shot still exists. Raises
    ``BadInput``. Never spends.
    """
    fps = plan.fps
    ms = convert_frames_to_ms(convert_ms_to_frames(ms, fps), fps)
    if ms == convert_frames_to_ms(plan.length, fps):
        return plan, ()
    plan = name_end_card(plan, brief)
    base = _apply_film_edits(plan_length(brief, before_ms), plan)
    made = _apply_film_edits(plan_length(brief, ms), plan)
    messages = [_describe_changes(plan, made, ms)]
    old = {shot.id: shot for shot in base.shots}
    kept: list[int] = []
    for n, shot in enumerate(plan.shots, 1):
        was, now = old.get(shot.id), next((one for one in made.shots if one.id == shot.id), None)
        if was is not None and not _is_edited(shot, was):
            continue
        carried = _carry_edits(made, shot, now) if was and now else None
        if carried is None:
            messages.append(f"What was edited in shot {n} is not kept: {_explain_loss(shot, now)}.")
            continue
        made = _replace_shot(made, carried)
        kept.append(n)
    made = set_title_accent(_carry_lines(made, plan, base))
    messages += [
        f"The caption “{text}” is not kept: the new film has no line there."
        for text in _list_lost_lines(made, plan, base)
    ]
    if kept:
        messages.append(f"Edits of shot{'s' if len(kept) > 1 else ''} {', '.join(map(str, kept))} are kept.")
    if resized_shots := _find_set_lengths(plan, base):
        messages.append(
            f"The length that was set of shot {', '.join(map(str, resized_shots))} gives way to the film's."
        )
    return replace(made, author="person"), tuple(messages)


# what edits changed


def _apply_film_edits(made: Plan, plan: Plan) -> Plan:
    """Return ``made`` in the size, look, accent, logo, font, end card, voice, captions and music of ``plan``."""
    if made.size != plan.size:
        aspect = next((one for one in ASPECTS if compute_size(one, min(made.size)) == plan.size), None)
        made = resize_plan(made, aspect) if aspect else made
    made = keep_fitting_presets(replace(made, presets=plan.presets))
    settings, there = read_film_settings(plan), read_film_settings(made)
    wanted = {"look": settings.look, "accent": settings.accent, "logo": settings.logo or "", "font": settings.font}
    if wanted != {"look": there.look, "accent": there.accent, "logo": there.logo or "", "font": there.font}:
        made = set_look(made, **wanted)
    made = set_end_card_if_possible(made, plan.end_card)
    made = copy_caption_edits(copy_voices(made, plan.replaced_voices), plan)
    return copy_music_edits(made, plan.bed) if plan.bed else replace(made, bed=None)


def _is_edited(shot: Shot, was: Shot) -> bool:
    return _list_words(shot) != _list_words(was) or _describe_source(shot) != _describe_source(was)


def _list_words(shot: Shot) -> list[Mapping[str, str]]:
    """List the words of a shot and of its titles, whatever its length."""
    return [dict(shot.words), *(dict(title.words) for title in list_titles(shot))]


def _describe_source(shot: Shot) -> tuple[Any, ...]:
    """Describe what a shot shows, whatever its length, its place and its size."""
    if isinstance(shot.source, OwnFootage):
        return "own", shot.source.asset, shot.source.start
    if is_drawn(shot.source):
        return "drawn", shot.text_mode, read_place(shot.source).beat, read_place(shot.source).picture
    given = [(i.role, i.asset) for i in shot.source.inputs if i.asset and i.role != "last_frame"]
    return "filmed", shot.prompt, shot.source.model, given


def _carry_edits(made: Plan, shot: Shot, now: Shot | None) -> Shot | None:
    """Return ``now`` with the edits of ``shot``, or None if that is impossible."""
    if now is None:
        return None
    over = tuple(one for one in shot.overlays if one.start < now.length)
    after = replace(
        now, words=shot.words, prompt=shot.prompt, overlays=over, text_mode=shot.text_mode, sound=shot.sound
    )
    if isinstance(shot.source, OwnFootage):
        return (
            replace(after, source=shot.source, still=None)
            if compute_take_length(now) <= compute_take_length(shot)
            else None
        )
    if is_drawn(shot.source):
        place = read_place(shot.source)
        there = read_place(now.source) if isinstance(now.source, Request) and is_drawn(now.source) else place
        place = replace(place, after=there.after, before=there.before, hits=there.hits)
        source = match_shot(shot.prompt, shot.words, compute_take_length(now), place, read_film_settings(made))
        return replace(after, source=source, still=match_still(source) if now.still else None, opening=shot.opening)
    row = get_sold_model(shot.source.model)
    if isinstance(now.source, Request) and now.source.model == row.id:
        return recast(made, now, replace(after, source=now.source))
    return replace(
        cast_shot(made, replace(after, source=now.source), row),
        overlays=over,
        text_mode=shot.text_mode,
        words=shot.words,
    )


def _carry_lines(made: Plan, plan: Plan, base: Plan) -> Plan:
    """Return ``made`` with the lines and corrections that edits changed, where their shots exist in it."""
    was = {line.id: line.text for _, line in base.list_lines()}
    now = {line.id: line.text for _, line in plan.list_lines()}
    there = {line.id for _, line in made.list_lines()}
    fresh = {line: text for shot in plan.shots for line, text in shot.corrections.items()}
    added = {derive_id("line", shot.id, "said"): shot.id for shot in made.shots}

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
    spoken = update_voice_requests(replace(made, beats=beats), made)
    owners: dict[str, ShotId] = {line: shot.id for shot in plan.shots for line in shot.corrections}

    def corrected(shot: Shot) -> Shot:
        mine = {line: fresh[line] for line, of in owners.items() if of == shot.id and line in there}
        return replace(shot, corrections={**shot.corrections, **mine}) if mine else shot

    return map_shots(spoken, corrected)


def _list_lost_lines(made: Plan, plan: Plan, base: Plan) -> list[str]:
    """List the texts of lines that somebody changed and that the new film does not have."""
    was = {line.id: line.text for _, line in base.list_lines()}
    there = {line.text for _, line in made.list_lines()}
    return [line.text for _, line in plan.list_lines() if line.text != was.get(line.id) and line.text not in there]


def _replace_shot(plan: Plan, shot: Shot) -> Plan:
    return map_shots(plan, lambda one: shot if one.id == shot.id else one)


# what a person is told


def _describe_changes(plan: Plan, made: Plan, ms: int) -> str:
    names = {shot.id for shot in plan.shots}
    after = {shot.id for shot in made.shots}
    gone = [str(n) for n, shot in enumerate(plan.shots, 1) if shot.id not in after]
    new = [str(n) for n, shot in enumerate(made.shots, 1) if shot.id not in names]
    parts = [f"shot{'s' if len(gone) > 1 else ''} {', '.join(gone)} of before gone" if gone else ""]
    parts.append(f"{', '.join(new)} new" if new else "")
    changes = "; ".join(part for part in parts if part)
    return (
        f"Planned anew from the brief for {ms / 1000:g} s: {len(made.shots)} shots{'; ' + changes if changes else ''}."
    )


def _explain_loss(shot: Shot, now: Shot | None) -> str:
    if now is None:
        return "the new film has no such shot"
    if isinstance(shot.source, OwnFootage):
        return "its clip may be too short for it"
    return "the brief does not plan it"


def _find_set_lengths(plan: Plan, base: Plan) -> list[int]:
    """List the numbers of shots whose length somebody set. If lines are spoken, their words set the lengths: none."""
    if any(line.request for _, line in plan.list_lines()):
        return []
    old = {shot.id: shot.length for shot in base.shots}
    return [n for n, shot in enumerate(plan.shots, 1) if old.get(shot.id, shot.length) != shot.length]
