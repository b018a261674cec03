"""Routes by which a person changes a project: an order at the price shown, a choice of take, a decision."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from reelwright.errors import NotFound, ReelwrightError
from reelwright.server.caller import get_caller, require_owner
from reelwright.studio.results.options import Name
from reelwright.web.forms import ShortForm, Studio
from reelwright.web.outcomes import PageRoute
from reelwright.web.project.changes import Change
from reelwright.web.project.conflicts import price_form
from reelwright.web.project.project_pages import ChangeForm, find_tab, render_project
from reelwright.web.rendering import send_to

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/studio/projects/{project}/change")
async def order_change(request: Request, studio: Studio, form: ChangeForm, project: Name) -> Response:
    """Order a change of a project at the price that its form showed; may spend up to it.

    A higher price, or a plan that somebody else changed meanwhile, shows the form again as it is now.
    """
    details = await studio.show(project)
    try:
        change = Change(details.project, form, details)
        shown, tab = change.shot or form.read_count("at"), "" if change.shot else find_tab(change.way)
        query = "&".join([f"shot={shown}"] * bool(shown) + [f"tab={tab}"] * bool(tab))
        await form.queue_change(
            details.project, quote=partial(change.quote, studio), enqueue=partial(change.enqueue, studio)
        )
    except ReelwrightError as error:
        cost, conflict, details = None, None, await studio.show(project)
        with suppress(ReelwrightError):  # the first error is the one to show
            cost, conflict = await price_form(studio, details, form)
        return await render_project(request, project, form=form, cost=cost, error=error, conflict=conflict)
    return send_to(request, f"studio/projects/{details.project}" + (f"?{query}" if query else ""))


@router.post("/studio/projects/{project}/circle")
async def circle_take(request: Request, studio: Studio, form: ShortForm, project: Name) -> Response:
    """Choose the take that the film uses for a shot; spends nothing. The page then says what the film lacks."""
    shot, take = form.get("shot"), form.get("take")
    await studio.circle(project, int(shot) if shot.isdigit() else shot, int(take) if take.isdigit() else take)
    return send_to(request, f"studio/projects/{project}?shot={shot if shot.isdigit() else 1}")


@router.post("/studio/projects/{project}/accept")
async def accept_finding(request: Request, studio: Studio, form: ShortForm, project: Name) -> Response:
    """Overrule a finding of the film's checks, or all that fail it, and let the waiting job end; spends nothing."""
    finding = form.get("finding")
    try:
        await studio.enqueue_accept(project, *([finding] if finding else []))
    except ReelwrightError as error:
        return await render_project(request, project, tab="film", error=error)
    return send_to(request, f"studio/projects/{project}?tab=film")


@router.post("/studio/projects/{project}/decide", dependencies=[Depends(require_owner)])
async def decide_purchase(request: Request, studio: Studio, form: ShortForm, project: Name) -> Response:
    """Record what became of a purchase of a project: ``arrived``, ``never`` or ``written-off``; sends nothing.

    For owners. What the shot then lacks is priced as ever. Raises ``NotFound`` for a purchase of another project.
    """
    purchase, details = form.get("purchase"), await studio.show(project)
    row = next((one for one in (await studio.show_spending(details.project)).rows if one.purchase == purchase), None)
    if row is None:
        raise NotFound(code="purchase_not_found", purchase=purchase[:60])
    try:
        by, operation = get_caller(request).decider, form.get("operation") or None
        await studio.decide(purchase, form.get("verdict"), operation=operation, by=by)
    except ReelwrightError as error:
        return await render_project(request, project, shot=row.shot or 0, error=error)
    return send_to(request, f"studio/projects/{details.project}" + (f"?shot={row.shot}" if row.shot else ""))
