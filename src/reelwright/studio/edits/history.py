"""The revisions of a project as rows: who made each, when, and what it changed."""

from __future__ import annotations

from asyncio import gather

from reelwright.reel.film.plan import Plan, Shot
from reelwright.reel.graph.choices import Choices
from reelwright.studio.results.listings import RevisionSummary
from reelwright.studio.runtime.home import Home

_OF_A_SHOT = {
    "words": "words", "prompt": "prompt", "length": "length", "opening": "opening", "still": "opening",
    "corrections": "caption", "sound": "sound",
}  # fmt: skip
_OF_THE_FILM = (
    "accent",
    "font",
    "end_card",
    "size",
    "bed",
    "replaced_voices",
    "caption_choice",
    "caption_shift_ms",
    "language",
    "title",
)


async def list_revisions(home: Home, project: str, limit: int) -> tuple[RevisionSummary, ...]:
    """List the newest ``limit`` revisions of a project, the newest first, each with what it changed."""
    rows = await home.journal.list_revisions(home.account, project, limit)
    read = await gather(*(home.journal.read_revision(home.account, project, number) for number, _, _ in rows))
    found = []
    for (number, author, made_at), after, before in zip(rows, read, [*read[1:], None], strict=True):
        changes, shots = describe_changes(before, after) if before else ((), ())
        found.append(RevisionSummary(number=number, author=author, made_at=made_at, changes=changes, shots=shots))
    return tuple(found)


def describe_changes(
    before: tuple[Plan, Choices], after: tuple[Plan, Choices]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Name what differs between two revisions, and number the shots that differ as the later one has them. Pure."""
    old = {shot.id: shot for shot in before[0].shots}
    new = {shot.id: shot for shot in after[0].shots}
    changes: dict[str, None] = {}
    shots: list[int] = []
    for n, shot in enumerate(after[0].shots, 1):
        was = old.get(shot.id)
        if was is not None and was != shot:
            changes |= dict.fromkeys(_name_changes(was, shot))
            shots.append(n)
        is_circled_anew = after[1].circles.get(shot.id) != before[1].circles.get(shot.id)
        if is_circled_anew and after[1].circles.get(shot.id):
            changes["circle"] = None
            shots += [] if n in shots else [n]
    if added := [n for n, shot in enumerate(after[0].shots, 1) if shot.id not in old]:
        changes["added"] = None
        shots += added
    if old.keys() - new.keys():
        changes["dropped"] = None
    if [one for one in old if one in new] != [one for one in new if one in old]:
        changes["order"] = None
    if before[0].drawn_look != after[0].drawn_look:
        changes["look"] = None
    changes |= dict.fromkeys(name for name in _OF_THE_FILM if _read_part(before[0], name) != _read_part(after[0], name))
    if len(after[1].retakes) > len(before[1].retakes):
        changes["retake"] = None
    if after[1].accepted_findings != before[1].accepted_findings:
        changes["accepted"] = None
    return tuple(changes), tuple(sorted(shots))


def _read_part(plan: Plan, name: str) -> object:
    """Return a part of a film as a person chooses it: music that is only made longer, or shorter, stays the same."""
    if name == "bed" and plan.bed:
        return plan.bed.mood, plan.bed.level_milli_db, plan.bed.piece_index, plan.bed.request.model
    return getattr(plan, name)


def _name_changes(before: Shot, after: Shot) -> list[str]:
    found = [name for field, name in _OF_A_SHOT.items() if getattr(before, field) != getattr(after, field)]
    if "words" in found or "prompt" in found:  # a first frame is drawn from them anew: nobody asked for another one
        found = [name for name in found if name != "opening"]
    is_other_source = type(before.source) is not type(after.source) or (
        getattr(before.source, "model", "") != getattr(after.source, "model", "")
    )
    return [*found, *(["source"] if is_other_source else [])] or ["request"]
