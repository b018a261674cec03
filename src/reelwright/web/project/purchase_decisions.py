"""The route by which a person says what became of a purchase that was sent and never answered."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from reelwright.errors import NotFound, ReelwrightError
from reelwright.server.caller import get_caller, require_owner
from reelwright.server.problems import get_status
from reelwright.server.routes.native import get_studio
from reelwright.studio.results.options import Name
from reelwright.web.forms import read_form
from reelwright.web.outcomes import PageRoute, describe_trouble
from reelwright.web.project.project_pages import render_project
from reelwright.web.rendering import send_to

router = APIRouter(route_class=PageRoute, include_in_schema=False)


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
