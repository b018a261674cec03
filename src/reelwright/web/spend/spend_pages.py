"""Routes of the page of money: a month, its rows as CSV, decisions about purchases, and budgets."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reelwright.errors import AccessDenied
from reelwright.server.caller import get_caller, name_payers, require_owner
from reelwright.server.routes.native import get_studio
from reelwright.studio.results.options import Name
from reelwright.studio.results.spending_csv import format_spending_csv
from reelwright.studio.results.spending_report import PurchaseRow
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import make_ticket, read_form
from reelwright.web.outcomes import PageRoute
from reelwright.web.pictures import find_poster
from reelwright.web.rendering import HEADERS, render, send_to
from reelwright.web.spend.spend_view import WAYS, By, build_meters, build_month, group_rows

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_MOST_ROWS: Final = 200
"""Rows of the ledger on the page; the CSV file has all."""
_MOST_PROJECTS: Final = 200
_NOT_SHARED: Final = "deployment"
"""The budget of the whole server: its sums tell what other accounts spend, so only the machine's owner sees it."""


@router.get("/studio/spend")
async def show_spend(request: Request, month: str = "", by: str = "") -> Response:
    """Show a month of the ledger, by purchase, project, model or member, with budgets and purchases to decide."""
    studio, caller = get_studio(request), get_caller(request)
    report = await studio.show_spending()
    shown = build_month(report, month, datetime.now(UTC).date())
    way: By = next((one for one in WAYS if one == by), "")
    posters, names = await _name_projects(studio)
    payers = await name_payers(request, studio)
    own = [one for one in report.budgets if caller.key is None or one.scope != _NOT_SHARED]
    models = {one.id: one.name for one in await studio.list_models(include_retired=True)}
    return render(
        request, "spend/page.html", month=shown, by=way, room="spend",
        groups=await _group(studio, shown.rows, way, names, models, payers), rows=shown.rows[:_MOST_ROWS],
        meters=build_meters(own, names | payers), names=names, posters=posters, models=models, payers=payers,
        unknown=report.unknown_rows, disputed=report.disputed_rows, ticket=partial(make_ticket, request),
        has_server_budget=caller.key is None,
    )  # fmt: skip


@router.get("/studio/spend.csv")
async def send_ledger(request: Request, month: str = "") -> Response:
    """Return the rows of a month of the ledger as a CSV file; without a month, of the present one."""
    studio = get_studio(request)
    shown = build_month(await studio.show_spending(), month, datetime.now(UTC).date())
    projects = await studio.list_projects(only={row.project for row in shown.rows})
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="reelwright-{shown.first:%Y-%m}.csv"'}
    text = format_spending_csv(shown.rows, {one.id: one.title for one in projects}, line_end="\r\n")
    return Response(text, 200, headers, "text/csv; charset=utf-8")


@router.post("/studio/purchases/{purchase}/decision")
async def decide_purchase(request: Request, purchase: Name) -> Response:
    """Record what became of a purchase without an answer, or of a disputed bill. Sends nothing. For owners."""
    require_owner(request)
    form = await read_form(request, {})
    verdict, operation = form.get("verdict"), form.get("operation") or None
    await get_studio(request).decide(purchase, verdict, operation=operation, by=get_caller(request).decider)
    return send_to(request, "studio/spend")


@router.post("/studio/budgets")
async def set_budget(request: Request) -> Response:
    """Set a budget, or remove it. For owners; that of the whole server only for the owner of its machine."""
    require_owner(request)
    form = await read_form(request, {})
    scope, per, of = form.get("scope"), form.get("per") or None, form.get("of") or None
    if scope == _NOT_SHARED and get_caller(request).key is not None:
        raise AccessDenied(code="role_too_low", role=get_caller(request).role, needed="owner")
    studio = get_studio(request)
    if form.get("act") == "remove":
        await studio.remove_budget(scope, per=per, of=of)
    else:
        await studio.set_budget(scope, form.get("usd").strip().removeprefix("$"), per=per, of=of)
    project = form.get("project")  # whose page asked for it
    return send_to(request, f"studio/projects/{(await studio.show(project)).project}" if project else "studio/spend")


async def _group(
    studio: AsyncStudio, rows: tuple[PurchaseRow, ...], by: By, names: dict[str, str], models: dict[str, str],
    payers: dict[str, str],
) -> list[object]:  # fmt: skip
    match by:
        case "project":
            return [*group_rows(rows, lambda row: row.project, names)]
        case "model":
            return [*group_rows(rows, lambda row: row.model, models)]
        case "member":
            ordered_by = {job.id: job.ordered_by or "" for job in await studio.list_jobs()}
            return [*group_rows(rows, lambda row: ordered_by.get(row.job, ""), payers)]
        case _:
            return []


async def _name_projects(studio: AsyncStudio) -> tuple[dict[str, str], dict[str, str]]:
    """Return the pictures of the newest projects, and their titles, by id."""
    found = await studio.list_projects(limit=_MOST_PROJECTS)
    return {one.id: find_poster(one) for one in found}, {one.id: one.title for one in found}
