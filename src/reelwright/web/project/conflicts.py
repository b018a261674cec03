"""Conflicts: somebody else changed a project while a person typed, who sees both and chooses."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final

from reelwright.studio.results.listings import ProjectDetails
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import PageForm
from reelwright.web.project.changes import BEFORE, WORDS, Change, is_of_gone_shot, is_typed, list_values
from reelwright.web.project.shot_strip import Cost, describe_cost

_MOST_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change that was asked for of an earlier revision than the newest, which is ``revision``.

    ``changes`` and ``shots``: what differs since, as the history names it. ``both``: what both changed, each with its
    name, their text and yours. ``lines``: of a script, lines that differ, after ``-`` theirs and after ``+`` yours.
    ``can_keep``: whether the change can be put onto the newest revision. ``is_gone``: the shot that it is of was taken
    out; ``both`` is what was typed into it.
    """

    revision: int
    changes: tuple[str, ...]
    shots: tuple[int, ...]
    both: tuple[tuple[str, str, str], ...] = ()
    lines: tuple[str, ...] = ()
    can_keep: bool = True
    is_gone: bool = False


async def price_form(
    studio: AsyncStudio, details: ProjectDetails, form: PageForm
) -> tuple[Cost | None, Conflict | None]:
    """Price the change that a form asks for, unless it conflicts with what somebody else changed; spends nothing.

    Neither, for a form that asks for nothing.
    """
    if is_of_gone_shot(details, form):
        typed = [name for name in form.fields if form.has(name + BEFORE) and is_typed(form, name)]
        both = tuple((name.removeprefix(WORDS), "", form.get(name)) for name in typed)
        return None, Conflict(details.revision, (), (), both, can_keep=False, is_gone=True)
    change = Change(details.project, form, details)
    if not change.has_changes:
        return None, None
    if conflict := await find_conflict(studio, details, form, change):
        return None, conflict
    return describe_cost(details, await change.quote(studio)), None


async def find_conflict(
    studio: AsyncStudio, details: ProjectDetails, form: PageForm, change: Change
) -> Conflict | None:
    """Find whether a change is of an earlier revision; None: it is of the newest one, or of whichever there is."""
    if change.revision is None or not details.revision or change.revision >= details.revision:
        return None
    later = [one for one in await studio.list_revisions(details.project) if one.number > change.revision]
    both: list[tuple[str, str, str]] = []
    for name, value in (list_values(details, change.shot) if change.shot else {}).items():
        yours = form.get(name)
        if is_typed(form, name) and form.has(name + BEFORE) and value not in (form.get(name + BEFORE), yours):
            both.append((name.removeprefix(WORDS), value, yours))
    lines: list[str] = []
    if form.has("script"):
        theirs = (await studio.read_script(details.project)).script.splitlines()
        lines = list(difflib.unified_diff(theirs, form.get("script").splitlines(), lineterm="", n=0))[2:]
    return Conflict(
        revision=details.revision,
        changes=tuple(dict.fromkeys(name for one in later for name in one.changes)),
        shots=tuple(sorted({n for one in later for n in one.shots})),
        both=tuple(both),
        lines=tuple(one for one in lines if not one.startswith("@@"))[:_MOST_LINES],
        can_keep=not change.is_of_places,
    )
