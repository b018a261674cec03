"""Shots that cannot go on by themselves: why, what became of the money, and the ways on with their price and time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from reelwright.reason import Action, Reason
from reelwright.studio.results.inventory import ModelDetails
from reelwright.studio.results.listings import ProjectDetails
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.results.spending_report import PurchaseRow
from reelwright.studio.studio import AsyncStudio
from reelwright.web.project.changes import ANIMATIC
from reelwright.web.project.shot_strip import quote_if_possible

_PLACES: Final[Mapping[str, str]] = {
    "add_key": "studio/settings", "fix_key": "studio/settings",
    "choose_model": "studio/models", "list_models": "studio/models",
    "raise_budget": "studio/spend", "list_budgets": "studio/spend", "list_purchases": "studio/spend",
    "list_jobs": "studio/queue", "start_project": "studio", "list_projects": "studio/projects",
    "show_project": "studio/projects/{project}", "retake_shot": "studio/projects/{project}",
}  # fmt: skip
"""Where an action is done. What stands on the project's page beside the reason anyway is not among them."""


def list_buttons(reason: Reason | None, project: str) -> tuple[tuple[Action, str], ...]:
    """List the actions of a reason that a person does on another page, each with its path from the server's root."""
    found = {}
    for action in reason.actions if reason else ():
        if place := _PLACES.get(action.kind):
            shot = action.params.get("shot") if action.kind == "retake_shot" else None
            query = f"?shot={shot}" if isinstance(shot, int) else ""
            found[action.kind] = (action, place.format(project=project) + query)
    return tuple(found.values())


RemedyName = Literal["prompt", "model", "clip", "animatic"]
_RESTING: Final = frozenset({"waiting", "failed", "stopped", "cancelled"})
_NOT_TROUBLES: Final = frozenset({"job_waits", "job_ended", "no_longer_wanted", "cancelled", "job_ended_unsent"})
"""Reasons why a purchase was released that say nothing about its shot."""
_MOST_MODELS: Final = 4
_OTHER_PROMPT: Final = "another prompt"
"""Stands for the words that a person has not written yet: the price of a take does not depend on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A way on for a stuck shot. ``value``: what the form posts for it; empty where a person must type or give first.

    ``quote`` None: the price is known only then. ``model``: the name of the model that would film it.
    """

    name: RemedyName
    value: str = ""
    quote: ProjectQuote | None = None
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckShot:
    """A shot that waits for a person. ``purchase``: its newest one; ``is_unknown``: nobody knows what became of it.

    ``others``: further models that could film it, with their price.
    """

    purchase: PurchaseRow | None
    is_unknown: bool
    remedies: tuple[Remedy, ...]
    others: tuple[Remedy, ...]
    buttons: tuple[tuple[Action, str], ...]


def find_stuck_shots(details: ProjectDetails, purchases: Sequence[PurchaseRow]) -> Mapping[int, PurchaseRow | None]:
    """Find the shots that have no take and cannot get one without a person, by number, with their newest purchase.

    ``purchases``: those of the project. While a job is at work, only a purchase of unknown outcome makes a shot stuck.
    """
    bare = {shot.n: shot for shot in details.shots if not shot.take}
    newest = {row.shot: row for row in sorted(purchases, key=lambda one: one.intended_at) if row.shot in bare}
    found: dict[int, PurchaseRow | None] = {
        n: row for n, row in newest.items() if n is not None and row.state == "unknown"
    }
    job = details.job
    if job is None or job.state not in _RESTING:
        return found
    for n, row in newest.items():
        has_ended = row.state in ("released", "failed", "settled") and not row.has_landed
        if n is not None and has_ended and (row.reason is None or row.reason.code not in _NOT_TROUBLES):
            found[n] = row
    if job.state == "waiting" and job.reason and job.reason.step:
        named = job.reason.step.partition("/")[2]
        found |= {n: newest.get(n) for n, shot in bare.items() if shot.id == named and n not in found}
    return found


async def describe_stuck_shot(
    studio: AsyncStudio, details: ProjectDetails, n: int, purchase: PurchaseRow | None, *, is_drawable: bool,
    is_rehearsal: bool,
) -> StuckShot:  # fmt: skip
    """Describe a stuck shot with its ways on, each quoted. Spends nothing. ``is_drawable``: it has words to draw."""
    reason = purchase.reason if purchase else details.job.reason if details.job else None
    is_unknown = purchase is not None and purchase.state == "unknown"
    models = await _list_other_models(studio, purchase.model if purchase else "", is_rehearsal=is_rehearsal)

    def quote_edit(**edits: Any) -> Awaitable[ProjectQuote | None]:
        return quote_if_possible(studio.quote_edit(details.project, shot=n, **edits))

    prompt, *quoted = await asyncio.gather(
        quote_edit(prompt=_OTHER_PROMPT), *(quote_edit(model=one.id) for one in models)
    )
    priced = [(quote, one) for quote, one in zip(quoted, models, strict=True) if quote]
    others = [
        Remedy(name="model", value=f"model:{one.id}", quote=quote, model=one.name)
        for quote, one in sorted(priced, key=lambda pair: pair[0].micros)
    ]
    remedies = [Remedy(name="prompt", quote=prompt), *others[:1], Remedy(name="clip")]
    if is_drawable and (drawn := await quote_edit(model=ANIMATIC)):
        remedies.append(Remedy(name="animatic", value=f"model:{ANIMATIC}", quote=drawn))
    return StuckShot(
        purchase=purchase, is_unknown=is_unknown, remedies=tuple(remedies), others=tuple(others[1:]),
        buttons=list_buttons(reason, details.project),
    )  # fmt: skip


async def _list_other_models(studio: AsyncStudio, present: str, *, is_rehearsal: bool) -> Sequence[ModelDetails]:
    """List a few models that could film the shot: those that can be used now, at most two of one provider."""
    found = await studio.list_models(kind="video")
    usable = [one for one in found if one.key_variable and (one.has_key or is_rehearsal) and one.id != present]
    kept: list[ModelDetails] = []
    counts: dict[str, int] = {}
    for one in sorted(usable, key=lambda model: (bool(model.warnings), model.stage != "current")):
        if counts.get(one.provider, 0) < 2 and len(kept) < _MOST_MODELS:
            kept.append(one)
            counts[one.provider] = counts.get(one.provider, 0) + 1
    return kept
