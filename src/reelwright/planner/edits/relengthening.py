"""Plans a film again from its brief at another length. Shots that exist in both plans keep their ids and edits."""

from __future__ import annotations

from dataclasses import replace

from reelwright.errors import BadInput
from reelwright.planner.casting.kept_prompts import keep_prompts
from reelwright.planner.casting.voices import update_voice_requests
from reelwright.planner.edits.carrying import (
    carry_shots,
    carry_sound,
    drop_lost_corrections,
    list_numbers,
)
from reelwright.planner.edits.edit import set_look
from reelwright.planner.edits.resizing import resize_plan
from reelwright.planner.ids import derive_id
from reelwright.planner.match import FilmSettings, read_film_settings
from reelwright.planner.presets import keep_fitting_presets
from reelwright.planner.rules import plan as plan_by_rules
from reelwright.planner.screens.end_card_edit import name_end_card, set_end_card_if_possible
from reelwright.reason import Note, Reason, build_reason
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Beat, Line, Plan
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


def set_film_length(plan: Plan, brief: Brief, before_ms: int | None, ms: int) -> tuple[Plan, tuple[Note, ...]]:
    """Plan the film again at ``ms`` milliseconds with the edits of ``plan``, and list notes for the person.

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
    carried = carry_shots(made, plan, {shot.id: shot for shot in base.shots})
    lined = drop_lost_corrections(_carry_lines(carried.plan, plan, base))
    lost = [*carried.lost_edits, *_list_lost_lines(lined, plan, base), *_list_lost_places(plan, base)]
    if made.end_card != plan.end_card:
        lost.append(build_reason("edit_lost_end_card", text=plan.end_card))
    kept = [build_reason("edits_kept", shots=list_numbers(plan, carried.shots))] if carried.shots else []
    notes: tuple[Note, ...] = (_describe_changes(plan, made, ms), *lost, *kept)
    return replace(lined, author="person"), notes


def _apply_film_edits(made: Plan, plan: Plan) -> Plan:
    """Return ``made`` in the size, formats, look, accent, marks, end card, voice, captions and music of ``plan``."""
    if made.size != plan.size:
        aspect = next((one for one in ASPECTS if compute_size(one, min(made.size)) == plan.size), None)
        made = resize_plan(made, aspect) if aspect else made
    made = keep_fitting_presets(replace(made, presets=plan.presets, formats=plan.formats))
    wanted, there = (_list_look(read_film_settings(one)) for one in (plan, made))
    if wanted != there:
        made = set_look(made, **wanted)
    made = carry_sound(set_end_card_if_possible(made, plan.end_card), plan)
    return keep_prompts(made if plan.bed else replace(made, bed=None), plan)


def _list_look(settings: FilmSettings) -> dict[str, str]:
    """List what an edit sets of a film's look, as ``set_look`` takes it."""
    return {
        "look": settings.look, "accent": settings.accent, "emblem": settings.emblem, "logo": settings.logo or "",
        "font": settings.font,
    }  # fmt: skip


def _carry_lines(made: Plan, plan: Plan, base: Plan) -> Plan:
    """Return ``made`` with the lines that edits changed, where their shots exist in it."""
    was = {line.id: line.text for _, line in base.list_lines()}
    now = {line.id: line.text for _, line in plan.list_lines()}
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
    return update_voice_requests(replace(made, beats=beats), made)


def _list_lost_lines(made: Plan, plan: Plan, base: Plan) -> list[Reason]:
    """List the lines that somebody changed and that the new film does not have."""
    was = {line.id: line.text for _, line in base.list_lines()}
    there = {line.text for _, line in made.list_lines()}
    return [
        build_reason("edit_lost_caption", caption=line.text)
        for _, line in plan.list_lines()
        if line.text != was.get(line.id) and line.text not in there
    ]


def _list_lost_places(plan: Plan, base: Plan) -> list[Reason]:
    """List the order and the lengths of shots that somebody set, which give way to those of the new film."""
    ids, planned = ([shot.id for shot in one.shots] for one in (plan, base))
    order = [] if ids == planned else [build_reason("edit_lost_order")]
    lengths = _find_set_lengths(plan, base)
    return [*order, *([build_reason("edit_lost_length", shots=lengths)] if lengths else [])]


def _find_set_lengths(plan: Plan, base: Plan) -> list[int]:
    """List the numbers of shots whose length somebody set. If lines are spoken, their words set the lengths: none."""
    if any(line.request for _, line in plan.list_lines()):
        return []
    old = {shot.id: shot.length for shot in base.shots}
    return [n for n, shot in enumerate(plan.shots, 1) if old.get(shot.id, shot.length) != shot.length]


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
