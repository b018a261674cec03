"""Words that a person says to a shot, where it shows them: in its staging, in its title, or in its caption."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from reelwright.errors import BadInput
from reelwright.planner.edit import ROLES, rematch
from reelwright.planner.ids import derived
from reelwright.planner.match import place_of
from reelwright.planner.roles import BARS, core_of, main_role, on_screen, roles_of, sort_of
from reelwright.reel.marked import plain
from reelwright.reel.noun import ShotId
from reelwright.reel.plan import Beat, Line, Overlay, Plan, Shot, each_shot
from reelwright.reel.request import Request
from reelwright.units import Frames

ROW_CHARS: Final = 30
"""A number and what it counts are one row of display type; more would be too small to read on a phone."""


def with_words(plan: Plan, shot_id: ShotId, said: str | Mapping[str, str]) -> Plan:
    """``plan`` where the shot shows ``said``: its headline, or text by role; an empty one is taken away.

    A line said to a number is all that stands there. Lines of the beat that say the old words say the
    new ones. Raises ``BadInput`` for a role that the shot does not show, and where nothing would be left in an empty
    frame. Never spends.
    """
    shot = _found(plan, shot_id)
    sort = sort_of(shot)
    if sort == "captioned":
        return _captioned(plan, shot, said)
    before = on_screen(plan, shot)
    if said == "":
        made = _emptied(plan, shot)
        return _unsaid(made, shot, before)
    words = {main_role(shot): said} if isinstance(said, str) else dict(said)
    counted = said if isinstance(said, str) and main_role(shot) == "number" else ""
    if counted:
        words = _counted(counted, shot.words)
    _refuse_unknown(shot, words)
    made = _titled(plan, shot, words) if sort == "bare" else rematch(plan, shot_id, words=words)
    _refuse_unseen(_found(made, shot_id), words)
    return _resaid(made, plan, shot, words, counted)


def _found(plan: Plan, shot_id: ShotId) -> Shot:
    return next(shot for shot in plan.shots if shot.id == shot_id)


def _refuse_unknown(shot: Shot, words: Mapping[str, str]) -> None:
    """Raise ``BadInput`` for a role that no shot shows, naming those of this one."""
    for role, text in words.items():
        if role not in ROLES:
            raise BadInput(f"words.{role}", text, f"roles that this shot shows: {', '.join(roles_of(shot)) or 'none'}")


def _refuse_unseen(after: Shot, words: Mapping[str, str]) -> None:
    """Raise ``BadInput`` for roles that would stand nowhere, and for a staging without its headline."""
    roles = roles_of(after)
    for role, text in words.items():
        if text and role not in roles:
            shown = ", ".join(roles) or "none: this shot is drawn without words"
            raise BadInput(f"words.{role}", text, f"roles that this shot shows: {shown}")
    core = core_of(after)
    if core and not any(after.words.get(role) for role in core):
        raise BadInput(
            f"words.{core[0]}", "", "some words: without them nothing is left to draw",
            hint="--image, --clip or --model beside it shows something else there",
        )  # fmt: skip


def _counted(said: str, stands: Mapping[str, str]) -> dict[str, str]:
    """A line as a number's one row, in which the number counts up; all else that stood there is gone, so that nothing
    is said twice.
    """
    if len(said) > ROW_CHARS:
        raise BadInput(
            "words", said, f"at most {ROW_CHARS} characters in the row of a number; these are {len(said)}",
            hint="number=60, unit=hours and label=of calm each have their place",
        )  # fmt: skip
    return {**dict.fromkeys((*stands, *BARS), ""), "number": said}


def _emptied(plan: Plan, shot: Shot) -> Plan:
    """The shot without words: titles go, and a picture that stood beside words fills the frame."""
    if core_of(shot):
        assert isinstance(shot.source, Request)
        place = place_of(shot.source)
        if place.picture is None:
            raise BadInput(
                "words", "", "some words: without them the frame would be empty",
                hint="--image, --clip or --model beside it shows something else there",
            )  # fmt: skip
        return rematch(plan, shot.id, words=dict.fromkeys(shot.words, ""), fills=True, shows="nothing")
    kept = tuple(overlay for overlay in shot.overlays if overlay.kind != "title")
    return rematch(plan, shot.id, words=dict.fromkeys(shot.words, ""), overlays=kept)


def _titled(plan: Plan, shot: Shot, words: Mapping[str, str]) -> Plan:
    """The shot with a title of its own, where nothing was said so far."""
    beat = next(beat.name for beat in plan.beats if any(one.id == shot.id for one in beat.shots))
    said = {role: text for role, text in words.items() if text}
    return rematch(plan, shot.id, words=said, overlays=(*shot.overlays, Overlay(kind="title", text=beat, words=said)))


# captions, and the lines that they are


def _captioned(plan: Plan, shot: Shot, said: str | Mapping[str, str]) -> Plan:
    """The line that is read over the shot says ``said``; where there is none, one is laid over it."""
    if not isinstance(said, str):
        if other := next((role for role in said if role != "line"), None):
            raise BadInput(f"words.{other}", said[other], "line: the words of this shot are a caption")
        said = said["line"]
    text = as_read(said)
    beat = next(beat for beat in plan.beats if any(one.id == shot.id for one in beat.shots))
    begin, end = plan.windows()[shot.id]
    start, stop = begin - beat.start, end - beat.start
    own = next((line for line in beat.lines if start <= line.start < stop), None)
    over = next((line for line in beat.lines if line.start < start < line.start + line.room), None)
    if own is not None:
        if not text:
            return _silent(plan, beat, own, shot)
        return _anew(plan, beat, [replace(one, text=text) if one is own else one for one in beat.lines], shot)
    if over is not None and over.request:
        raise BadInput(
            "words", said, "the shot in which it begins: the caption of this one is spoken on from there",
            hint="--caption corrects what is read and leaves what is spoken",
        )  # fmt: skip
    ends = over.start + over.room if over else stop
    lines = [replace(one, room=Frames(start - one.start)) if one is over else one for one in beat.lines]
    if text:
        line = Line(id=derived("line", shot.id, "said"), text=text, start=Frames(start), room=Frames(ends - start))
        lines = sorted([*lines, line], key=lambda one: one.start)
    return _anew(plan, beat, lines, shot)


def _silent(plan: Plan, beat: Beat, line: Line, shot: Shot) -> Plan:
    """Without the line where it is only read; what is spoken goes on and is no longer read."""
    if line.request:
        return rematch(plan, shot.id, corrections={line.id: ""})
    return _anew(plan, beat, [one for one in beat.lines if one is not line], shot)


def _anew(plan: Plan, beat: Beat, lines: list[Line], shot: Shot) -> Plan:
    """The plan with other lines in a beat, spoken anew where they are spoken; the shot keeps no words beside them."""
    from reelwright.planner.casting.voices import said_anew

    beats = tuple(replace(one, lines=tuple(lines)) if one.id == beat.id else one for one in plan.beats)
    made = each_shot(replace(plan, beats=beats, author="person"), lambda one: _bare(one, shot))
    return _uncorrected(said_anew(made, plan), plan)


def _bare(one: Shot, shot: Shot) -> Shot:
    return replace(one, words={}) if one.id == shot.id else one


def as_read(text: str) -> str:
    """Words as a caption reads them: without the styles and hard breaks of drawn type."""
    return plain(text)


def _resaid(plan: Plan, before: Plan, shot: Shot, words: Mapping[str, str], counted: str = "") -> Plan:
    """The lines of the shot's beat that said the old words say the new ones; all that they say is ``counted``, where
    that was said to a number.
    """
    from reelwright.planner.casting.voices import said_anew

    def line_now(line: Line) -> Line:
        said = line.text
        if counted and (old := as_read(shot.words.get("number", ""))):
            return replace(line, text=as_read(counted)) if old in said else line
        for role, text in words.items():
            if (old := as_read(shot.words.get(role, ""))) and (new := as_read(text)):
                said = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new.replace("\\", r"\\"), said, count=1)
        return replace(line, text=said) if said != line.text else line

    made = _each_line(plan, shot, line_now)
    return _uncorrected(said_anew(made, before), before)


def _unsaid(plan: Plan, shot: Shot, before: Mapping[str, str]) -> Plan:
    """Without the lines that said just what was taken away; what is spoken stays."""
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


def _each_line(plan: Plan, shot: Shot, change: Callable[[Line], Line]) -> Plan:
    beats = tuple(
        replace(beat, lines=tuple(change(line) for line in beat.lines))
        if any(one.id == shot.id for one in beat.shots)
        else beat
        for beat in plan.beats
    )
    return replace(plan, beats=beats)


def _uncorrected(plan: Plan, before: Plan) -> Plan:
    """Without corrections of lines that say something else now: they would hide it."""
    old = {line.id: line.text for _, line in before.lines()}
    new = {line.id for _, line in plan.lines() if line.text != old.get(line.id, line.text)}

    def kept(shot: Shot) -> Shot:
        left = {line: text for line, text in shot.corrections.items() if line not in new}
        return replace(shot, corrections=left) if left != shot.corrections else shot

    return each_shot(plan, kept) if new else plan
