"""Changes the words that a shot shows, where it shows them: in its staging, in its title, or in its caption."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from reelwright.documents.script import CHARTS
from reelwright.errors import BadInput
from reelwright.planner.casting.voices import update_voice_requests
from reelwright.planner.edits.edit import ROLES, rematch
from reelwright.planner.ids import derive_id
from reelwright.planner.match import read_place
from reelwright.planner.roles import (
    BAR_ROLES,
    find_main_role,
    find_text_kind,
    list_core_roles,
    list_roles,
    list_screen_words,
)
from reelwright.planner.screens.charts import choose_chart, list_chart_rows
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.markup import to_plain_text
from reelwright.reel.film.plan import Beat, Line, Overlay, Plan, Shot, get_shot, map_shots
from reelwright.reel.film.written_numbers import read_values
from reelwright.reel.graph.request import Request
from reelwright.units import Frames

MAX_ROW_LETTERS: Final = 30
"""Most letters of a number and what it counts: they are one row of display type, and more is too small on a phone."""


def set_words(plan: Plan, shot_id: ShotId, new_words: str | Mapping[str, str]) -> Plan:
    """Return ``plan`` where the shot shows ``new_words``: its headline, or text by role. An empty text removes the
    words.

    A headline given to a number replaces everything that stood there. Lines of the beat that say the old words say the
    new ones. Raises ``BadInput`` for a role that the shot does not show, and if nothing would be left in an empty
    frame. Never spends.
    """
    shot = get_shot(plan, shot_id)
    sort = find_text_kind(shot)
    if sort == "captioned":
        return _set_caption(plan, shot, new_words)
    before = list_screen_words(plan, shot)
    if new_words == "":
        made = _remove_words(plan, shot)
        return _remove_matching_lines(made, shot, before)
    words = {find_main_role(shot): new_words} if isinstance(new_words, str) else dict(new_words)
    counted = new_words if isinstance(new_words, str) and find_main_role(shot) == "number" else ""
    if counted:
        words = _make_number_row(counted, shot.words)
    if words.get("figures") == "":
        words["chart"] = ""  # how they were drawn goes with them
    _refuse_unknown_roles(shot, words)
    made = add_title(plan, shot, words) if sort == "bare" else rematch(plan, shot_id, words=words)
    _refuse_unshown_words(get_shot(made, shot_id), words)
    _refuse_unlike_figures(get_shot(made, shot_id).words)
    return update_lines(made, plan, shot, words, counted)


def _refuse_unknown_roles(shot: Shot, words: Mapping[str, str]) -> None:
    """Raise ``BadInput`` for a role that no shot shows, naming the roles of this shot."""
    for role, text in words.items():
        if role not in ROLES:
            raise BadInput(
                f"words.{role}", text, f"roles that this shot shows: {', '.join(list_roles(shot)) or 'none'}"
            )


def _refuse_unshown_words(after: Shot, words: Mapping[str, str]) -> None:
    """Raise ``BadInput`` for roles that would stand nowhere, and for a staging without its headline."""
    roles = list_roles(after)
    for role, text in words.items():
        if text and role not in roles:
            shown = ", ".join(roles) or "none: this shot is drawn without words"
            raise BadInput(f"words.{role}", text, f"roles that this shot shows: {shown}")
    core = list_core_roles(after)
    if core and not any(after.words.get(role) for role in core):
        raise BadInput(
            f"words.{core[0]}", "", "some words: without them nothing is left to draw",
            hint="give an image, a clip or a model with it to show something else there",
        )  # fmt: skip


def _refuse_unlike_figures(words: Mapping[str, str]) -> None:
    """Raise ``BadInput`` for a chart whose numbers cannot be drawn as it is asked for."""
    chart, figures = words.get("chart", ""), words.get("figures", "")
    if not chart or not figures:
        return
    if chart not in CHARTS:
        raise BadInput("words.chart", chart, ", ".join(CHARTS))
    rows = list_chart_rows(words)[1:]
    try:
        if read_values([row.number for row in rows]) is None:
            raise ValueError("rows such as “Ghent **1,204**”, all with numbers of one unit, none below 0")
        choose_chart(rows, chart)  # type: ignore[arg-type]  # one of CHARTS
    except ValueError as refused:
        raise BadInput("words.figures", figures, str(refused)) from None


def _make_number_row(text: str, stands: Mapping[str, str]) -> dict[str, str]:
    """Make a line the one row of a number, in which the number counts up. All other words are removed, so that nothing
    is said twice.
    """
    if len(text) > MAX_ROW_LETTERS:
        raise BadInput(
            "words", text, f"at most {MAX_ROW_LETTERS} characters in the row of a number; these are {len(text)}",
            hint="number=60, unit=hours and label=of calm each have their place",
        )  # fmt: skip
    return {**dict.fromkeys((*stands, *BAR_ROLES), ""), "number": text}


def _remove_words(plan: Plan, shot: Shot) -> Plan:
    """Return the plan with the shot without words: titles go, and a picture that stood beside words fills the frame."""
    if list_core_roles(shot):
        assert isinstance(shot.source, Request)
        place = read_place(shot.source)
        if place.picture is None:
            raise BadInput(
                "words", "", "some words: without them the frame would be empty",
                hint="give an image, a clip or a model with it to show something else there",
            )  # fmt: skip
        return rematch(plan, shot.id, words=dict.fromkeys(shot.words, ""), fills_frame=True, text_mode="nothing")
    kept = tuple(overlay for overlay in shot.overlays if overlay.kind != "title")
    return rematch(plan, shot.id, words=dict.fromkeys(shot.words, ""), overlays=kept)


def add_title(plan: Plan, shot: Shot, words: Mapping[str, str]) -> Plan:
    """Return the plan with a title of its own for a shot that had no words so far."""
    beat = next(beat.name for beat in plan.beats if any(one.id == shot.id for one in beat.shots))
    filled = {role: text for role, text in words.items() if text}
    return rematch(
        plan, shot.id, words=filled, overlays=(*shot.overlays, Overlay(kind="title", text=beat, words=filled))
    )


# captions, and the lines that they are


def _set_caption(plan: Plan, shot: Shot, new_words: str | Mapping[str, str]) -> Plan:
    """Return the plan in which the line over the shot says ``new_words``; a shot without a line gets one."""
    if not isinstance(new_words, str):
        if other := next((role for role in new_words if role != "line"), None):
            raise BadInput(f"words.{other}", new_words[other], "line: the words of this shot are a caption")
        new_words = new_words["line"]
    text = as_read(new_words)
    beat = next(beat for beat in plan.beats if any(one.id == shot.id for one in beat.shots))
    begin, end = plan.compute_windows()[shot.id]
    start, stop = begin - beat.start, end - beat.start
    own = next((line for line in beat.lines if start <= line.start < stop), None)
    over = next((line for line in beat.lines if line.start < start < line.start + line.room), None)
    if own is not None:
        if not text:
            return _remove_line(plan, beat, own, shot)
        return _replace_lines(plan, beat, [replace(one, text=text) if one is own else one for one in beat.lines], shot)
    if over is not None and over.request:
        raise BadInput(
            "words", new_words, "the shot in which it begins: the caption of this one is spoken on from there",
            hint="a caption corrects what is read and leaves what is spoken",
        )  # fmt: skip
    ends = over.start + over.room if over else stop
    lines = [replace(one, room=Frames(start - one.start)) if one is over else one for one in beat.lines]
    if text:
        line = Line(id=derive_id("line", shot.id, "said"), text=text, start=Frames(start), room=Frames(ends - start))
        lines = sorted([*lines, line], key=lambda one: one.start)
    return _replace_lines(plan, beat, lines, shot)


def _remove_line(plan: Plan, beat: Beat, line: Line, shot: Shot) -> Plan:
    """Return the plan without the line if it is only read. A spoken line stays, but is no longer read."""
    if line.request:
        return rematch(plan, shot.id, corrections={line.id: ""})
    return _replace_lines(plan, beat, [one for one in beat.lines if one is not line], shot)


def _replace_lines(plan: Plan, beat: Beat, lines: list[Line], shot: Shot) -> Plan:
    """Return the plan with other lines in a beat, with new voice requests for spoken ones. The shot keeps no words
    beside them.
    """
    beats = tuple(replace(one, lines=tuple(lines)) if one.id == beat.id else one for one in plan.beats)
    made = map_shots(replace(plan, beats=beats, author="person"), lambda one: _drop_words(one, shot))
    return _drop_stale_corrections(update_voice_requests(made, plan), plan)


def _drop_words(one: Shot, shot: Shot) -> Shot:
    return replace(one, words={}) if one.id == shot.id else one


def as_read(text: str) -> str:
    """Return words as a caption shows them: without the styles and hard breaks of drawn type."""
    return to_plain_text(text)


def update_lines(plan: Plan, before: Plan, shot: Shot, words: Mapping[str, str], counted_text: str = "") -> Plan:
    """Return the plan in which the lines of the shot's beat that said the old words say the new ones.

    ``counted_text``: text that was given to a number; a line with the old number then says that text alone.
    """

    def line_now(line: Line) -> Line:
        line_text = line.text
        if counted_text and (old := as_read(shot.words.get("number", ""))):
            return replace(line, text=as_read(counted_text)) if old in line_text else line
        for role, text in words.items():
            if (old := as_read(shot.words.get(role, ""))) and (new := as_read(text)):
                line_text = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new.replace("\\", r"\\"), line_text, count=1)
        return replace(line, text=line_text) if line_text != line.text else line

    made = _map_lines(plan, shot, line_now)
    return _drop_stale_corrections(update_voice_requests(made, before), before)


def _remove_matching_lines(plan: Plan, shot: Shot, before: Mapping[str, str]) -> Plan:
    """Return the plan without the lines that said exactly the removed words. Spoken lines stay."""
    old = {as_read(text).casefold() for text in before.values()}
    beats = tuple(
        replace(
            beat, lines=tuple(one for one in beat.lines if one.request or as_read(one.text).casefold() not in old)
        )
        if any(one.id == shot.id for one in beat.shots)
        else beat
        for beat in plan.beats
    )  # fmt: skip
    return replace(plan, beats=beats)


def _map_lines(plan: Plan, shot: Shot, change: Callable[[Line], Line]) -> Plan:
    beats = tuple(
        replace(beat, lines=tuple(change(line) for line in beat.lines))
        if any(one.id == shot.id for one in beat.shots)
        else beat
        for beat in plan.beats
    )
    return replace(plan, beats=beats)


def _drop_stale_corrections(plan: Plan, before: Plan) -> Plan:
    """Return the plan without corrections of lines whose text has changed: a correction would hide the new text."""
    old = {line.id: line.text for _, line in before.list_lines()}
    new = {line.id for _, line in plan.list_lines() if line.text != old.get(line.id, line.text)}

    def kept(shot: Shot) -> Shot:
        left = {line: text for line, text in shot.corrections.items() if line not in new}
        return replace(shot, corrections=left) if left != shot.corrections else shot

    return map_shots(plan, kept) if new else plan
