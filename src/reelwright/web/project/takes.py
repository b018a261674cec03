"""The takes of a film: what was obtained when, the takes of a shot beside their requests, and two of them compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reelwright.errors import BadInput, ReelwrightError
from reelwright.reel.film.markup import to_plain_text
from reelwright.studio.results.listings import ProjectDetails, TakeSummary
from reelwright.studio.results.options import Name
from reelwright.studio.results.spending_report import PurchaseRow
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import Studio, make_ticket
from reelwright.web.outcomes import PageRoute
from reelwright.web.project.shot_strip import describe_cost
from reelwright.web.rendering import render

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCard:
    """A take as the page shows it. ``purchase``: what brought it; None where another project bought it.

    ``model``: the name of the model that made it; empty where that is not known.
    """

    take: TakeSummary
    purchase: PurchaseRow | None
    model: str

    @property
    def micros(self) -> int | None:
        """Cost of the take in micro-dollars; None where another project paid."""
        return self.purchase.micros if self.purchase else None


async def list_cards(
    studio: AsyncStudio, details: ProjectDetails, shot: str, purchases: Sequence[PurchaseRow]
) -> tuple[TakeCard, ...]:
    """List the takes of a shot with what brought them, by number. ``purchases``: those of the project."""
    rows = {row.purchase: row for row in purchases}
    names = await name_models(studio, [row.model for row in purchases])
    return tuple(
        TakeCard(
            take=one,
            purchase=(row := rows.get(one.purchase or "")),
            model=_shorten(names.get(row.model, "")) if row else "",
        )
        for one in details.takes
        if one.shot == shot
    )


def _shorten(name: str) -> str:
    """Return the name of what this machine draws by itself without its version; other names as they are."""
    return name.partition("/")[0].capitalize() if name.startswith("animatic/") else name


async def name_models(studio: AsyncStudio, ids: Sequence[str]) -> Mapping[str, str]:
    """Return the names of models for people, by id; of one that is not in the catalogue, its id."""
    found = {}
    for name in set(ids):
        try:
            found[name] = (await studio.describe_model(name)).name
        except ReelwrightError:
            found[name] = name  # such as what this machine draws by itself
    return found


@router.get("/studio/projects/{project}/shots/{shot}/compare")
async def compare_takes(
    request: Request, studio: Studio, project: Name, shot: int, left: int = 0, right: int = 0
) -> Response:
    """Show two takes of a shot beside each other, with what differs and what the choice of the other one costs.

    ``left`` and ``right``: their numbers; 0: the circled one, and the newest of the others. Raises ``BadInput``.
    """
    details = await studio.show(project)
    if not 1 <= shot <= len(details.shots):
        raise BadInput("shot", shot, f"a number from 1 to {len(details.shots)}")
    shown = details.shots[shot - 1]
    purchases = (await studio.show_spending(details.project, free=True)).rows
    cards = {one.take.n: one for one in await list_cards(studio, details, shown.id, purchases)}
    if len(cards) < _FEWEST:
        raise BadInput("shot", shot, "a shot that has two takes or more")
    first = cards.get(left) or next((one for one in cards.values() if one.take.is_circled), next(iter(cards.values())))
    second = cards.get(right) or [one for one in cards.values() if one is not first][-1]
    other = second if first.take.is_circled else first
    cost = describe_cost(details, await studio.quote_circle(details.project, shot, other.take.n))
    plan = (await studio.read_plan(details.project)).plan
    return render(
        request, "project/compare.html", details=details, shot=shown, cards=list(cards.values()), first=first,
        second=second, other=other, cost=cost, size=plan.size, ticket=make_ticket(request), room="projects",
        before=details.shots[shot - 2] if shot > 1 else None,
        after=details.shots[shot] if shot < len(details.shots) else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingRow:
    """A thing that was obtained. ``begin`` and ``end``: percent of the time from the first one to the last."""

    purchase: PurchaseRow
    kind: str
    words: str
    begin: float
    end: float


def list_making(details: ProjectDetails, purchases: Sequence[PurchaseRow]) -> tuple[tuple[MakingRow, ...], float]:
    """List what was obtained for a project in the order of time, and the seconds in which anything was on its way."""
    ended = sorted((row for row in purchases if row.ended_at), key=lambda row: row.posted_at or row.intended_at)
    if not ended:
        return (), 0.0
    first = min(row.posted_at or row.intended_at for row in ended)
    last = max(row.ended_at for row in ended if row.ended_at)
    span = max((last - first).total_seconds(), 0.001)
    names = {shot.n: to_plain_text(next(iter(shot.words.values()), shot.prompt[:40])) for shot in details.shots}
    rows, busy_s, until = [], 0.0, first
    for row in ended:
        assert row.ended_at
        begin = (row.posted_at or row.intended_at) - first
        busy_s += max(0.0, (row.ended_at - max(first + begin, until)).total_seconds())
        until = max(until, row.ended_at)
        rows.append(
            MakingRow(
                purchase=row, kind=row.step.partition("/")[0], words=names.get(row.shot or 0, ""),
                begin=round(100 * begin.total_seconds() / span, 2),
                end=round(100 * (row.ended_at - first).total_seconds() / span, 2),
            )
        )  # fmt: skip
    return tuple(rows), busy_s
