"""Routes by which a person changes a project: an order at the price shown, a choice of take, a decision, a retry."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from reelwright.errors import NotFound, ReelwrightError
from reelwright.server.caller import get_caller, require_owner
from reelwright.server.problems import get_status
from reelwright.server.routes.native import get_studio
from reelwright.studio.results.options import Name
from reelwright.web.forms import read_form
from reelwright.web.outcomes import PageRoute, describe_trouble
from reelwright.web.project.changes import Change
from reelwright.web.project.conflicts import price_form
from reelwright.web.project.project_pages import LIMITS, find_tab, render_project
from reelwright.web.rendering import send_to

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_IN_PROGRESS: Final = "request_in_progress"


@router.post("/studio/projects/{project}/change")
async def order_change(request: Request, project: Name) -> Response:
    """Order a change of a project at the price that its form showed; may spend up to it.

    A higher price, or a plan that somebody else changed meanwhile, shows the form again as it is now.
    """
    form = await read_form(request, LIMITS)
    studio = get_studio(request)
    details = await studio.show(project)
    try:
        change = Change(details.project, form, details)
        shown, tab = change.shot or form.read_count("at"), find_tab(change.way) if not change.shot else ""
        query = "&".join([f"shot={shown}"] * bool(shown) + [f"tab={tab}"] * bool(tab))
        where = f"studio/projects/{details.project}" + (f"?{query}" if query else "")
        await form.queue_change(
            details.project,
            quote=lambda: change.quote(studio),
            enqueue=lambda **consent: change.enqueue(studio, **consent),
        )
    except ReelwrightError as error:
        if error.code == _IN_PROGRESS:  # the other click of two is at work on it
            return send_to(request, where)
        cost, conflict, details = None, None, await studio.show(project)
        with suppress(ReelwrightError):  # the first error is the one to show
            cost, conflict = await price_form(studio, details, form)
        status, trouble = (409, None) if conflict else (get_status(error), describe_trouble(error))
        return await render_project(
            request, project, form=form, cost=cost, trouble=trouble, conflict=conflict, status=status
        )
    return send_to(request, where)


@router.post("/studio/projects/{project}/circle")
async def circle_take(request: Request, project: Name) -> Response:
    """Choose the take that the film uses for a shot; spends nothing. The page then says what the film lacks."""
    form = await read_form(request, {})
    shot, take = form.get("shot"), form.get("take")
    await get_studio(request).circle(
        project, int(shot) if shot.isdigit() else shot, int(take) if take.isdigit() else take
    )
    return send_to(request, f"studio/projects/{project}?shot={shot if shot.isdigit() else 1}")


@router.post("/studio/projects/{project}/accept")
async def accept_finding(request: Request, project: Name) -> Response:
    """Overrule a finding of the film's checks, or all that fail it, and let the waiting job end; spends nothing."""
    form = await read_form(request, {})
    finding = form.get("finding")
    try:
        await get_studio(request).enqueue_accept(project, *([finding] if finding else []))
    except ReelwrightError as error:
        trouble = describe_trouble(error)
        return await render_project(request, project, tab="film", trouble=trouble, status=get_status(error))
    return send_to(request, f"studio/projects/{project}?tab=film")


@router.post("/studio/jobs/{job}/cancel")
async def cancel_job(request: Request, job: Name) -> Response:
    """Cancel a job: nothing more is bought, and what exists stays."""
    form = await read_form(request, {})
    cancelled = await get_studio(request).cancel(job)
    back = f"studio/projects/{cancelled.project}" if form.get("back") == "project" else "studio/queue"
    return send_to(request, back)


@router.post("/studio/jobs/{job}/front")
async def move_to_front(request: Request, job: Name) -> Response:
    """Put a job that waits before the others of the same payer."""
    await read_form(request, {})
    await get_studio(request).move_to_front(job)
    return send_to(request, "studio/queue")


@router.post("/studio/jobs/{job}/retry")
async def retry_job(request: Request, job: Name) -> Response:
    """Queue a job again that failed, was cancelled or waits, at the price that its row showed; may spend up to it.

    Where it costs more by now, the project says what it costs.
    """
    form = await read_form(request, {})
    studio = get_studio(request)
    found = await studio.read_video_job(job)

    try:
        await form.queue_change(
            job,
            quote=partial(studio.quote_retry, job),
            enqueue=lambda **consent: studio.enqueue_retry(job, **consent),
        )
    except ReelwrightError as error:
        if error.code == _IN_PROGRESS:
            return send_to(request, "studio/queue")
        trouble = describe_trouble(error)
        return await render_project(request, found.project, trouble=trouble, status=get_status(error))
    return send_to(request, "studio/queue")


@router.post("/studio/projects/{project}/decide", dependencies=[Depends(require_owner)])
async def decide_purchase(request: Request, project: Name) -> Response:
    """Record what became of a purchase of a project: ``arrived``, ``never`` or ``written-off``; sends nothing.

    For owners. What the shot then lacks is priced as ever. Raises ``NotFound`` for a purchase of another project.
    """
    form = await read_form(request, {})
    studio, purchase = get_studio(request), form.get("purchase")
    details = await studio.show(project)
    row = next((one for one in (await studio.show_spending(details.project)).rows if one.purchase == purchase), None)
    if row is None:
        raise NotFound(code="purchase_not_found", purchase=purchase[:60])
    try:
        await studio.decide(
            purchase, form.get("verdict"), operation=form.get("operation") or None, by=get_caller(request).decider
        )
    except ReelwrightError as error:
        trouble = describe_trouble(error)
        return await render_project(request, project, shot=row.shot or 0, trouble=trouble, status=get_status(error))
    return send_to(request, f"studio/projects/{details.project}" + (f"?shot={row.shot}" if row.shot else ""))
