"""Routes of the page of money: a month, its rows as CSV, decisions about purchases, and budgets."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from reelwright.errors import AccessDenied
from reelwright.server.caller import get_caller, name_payers, require_owner
from reelwright.studio.results.options import Name
from reelwright.studio.results.spending_csv import format_spending_csv
from reelwright.web.forms import ShortForm, Studio, make_ticket
from reelwright.web.outcomes import PageRoute
from reelwright.web.pictures import find_poster
from reelwright.web.rendering import HEADERS, render, send_to
from reelwright.web.spend.spend_view import Group, Meter, build_month, group_rows

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_MOST_ROWS: Final = 200
"""Rows of the ledger on the page; the CSV file has all."""
_MOST_PROJECTS: Final = 200
_NOT_SHARED: Final = "deployment"
"""The budget of the whole server: its sums tell what other accounts spend, so only the machine's owner sees it."""


@router.get("/studio/spend")
async def show_spend(request: Request, studio: Studio, month: str = "", by: str = "") -> Response:
    """Show a month of the ledger, by purchase, project, model or member, with budgets and purchases to decide."""
    caller, report = get_caller(request), await studio.show_spending()
    shown = build_month(report, month, datetime.now(UTC).date())
    projects = await studio.list_projects(limit=_MOST_PROJECTS)
    names, payers = {one.id: one.title for one in projects}, await name_payers(request, studio)
    own = [one for one in report.budgets if caller.key is None or one.scope != _NOT_SHARED]
    owners = names | payers
    models = {one.id: one.name for one in await studio.list_models(include_retired=True)}
    groups: list[Group] = []
    match by:
        case "project":
            groups = group_rows(shown.rows, lambda row: row.project, names)
        case "model":
            groups = group_rows(shown.rows, lambda row: row.model, models)
        case "member":
            ordered_by = {job.id: job.ordered_by or "" for job in await studio.list_jobs()}
            groups = group_rows(shown.rows, lambda row: ordered_by.get(row.job, ""), payers)
        case _:
            by = ""  # each purchase stands in a row of its own
    return render(
        request, "spend/page.html", month=shown, by=by, room="spend", groups=groups, rows=shown.rows[:_MOST_ROWS],
        meters=[Meter(budget=one, name=owners.get(one.of, one.of)) for one in own], names=names, models=models,
        payers=payers, posters={one.id: find_poster(one) for one in projects},
        unknown=report.unknown_rows, disputed=report.disputed_rows, ticket=partial(make_ticket, request),
        has_server_budget=caller.key is None,
    )  # fmt: skip


@router.get("/studio/spend.csv")
async def send_ledger(studio: Studio, month: str = "") -> Response:
    """Return the rows of a month of the ledger as a CSV file; without a month, of the present one."""
    shown = build_month(await studio.show_spending(), month, datetime.now(UTC).date())
    projects = await studio.list_projects(only={row.project for row in shown.rows})
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="reelwright-{shown.first:%Y-%m}.csv"'}
    text = format_spending_csv(shown.rows, {one.id: one.title for one in projects}, line_end="\r\n")
    return Response(text, 200, headers, "text/csv; charset=utf-8")


@router.post("/studio/purchases/{purchase}/decision", dependencies=[Depends(require_owner)])
async def decide_purchase(request: Request, studio: Studio, form: ShortForm, purchase: Name) -> Response:
    """Record what became of a purchase without an answer, or of a disputed bill. Sends nothing. For owners."""
    verdict, operation = form.get("verdict"), form.get("operation") or None
    await studio.decide(purchase, verdict, operation=operation, by=get_caller(request).decider)
    return send_to(request, "studio/spend")


@router.post("/studio/budgets", dependencies=[Depends(require_owner)])
async def set_budget(request: Request, studio: Studio, form: ShortForm) -> Response:
    """Set a budget, or remove it. For owners; that of the whole server only for the owner of its machine."""
    scope, per, of = form.get("scope"), form.get("per") or None, form.get("of") or None
    if scope == _NOT_SHARED and get_caller(request).key is not None:
        raise AccessDenied(code="role_too_low", role=get_caller(request).role, needed="owner")
    if form.get("act") == "remove":
        await studio.remove_budget(scope, per=per, of=of)
    else:
        await studio.set_budget(scope, form.get("usd").strip().removeprefix("$"), per=per, of=of)
    project = form.get("project")  # whose page asked for it
    return send_to(request, f"studio/projects/{(await studio.show(project)).project}" if project else "studio/spend")
