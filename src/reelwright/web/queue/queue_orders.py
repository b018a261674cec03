"""Routes by which a person steers the queue: many jobs at once, the priority of a job, and its removal."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from reelwright.errors import BadInput, NotFound
from reelwright.reel.records.priority import PRIORITIES
from reelwright.server.caller import require_owner
from reelwright.server.order_bodies import check_priority
from reelwright.server.routes.native import get_studio
from reelwright.studio.results.options import Name
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import PageForm, read_form
from reelwright.web.outcomes import PageRoute
from reelwright.web.rendering import send_to

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_LIVE: Final = frozenset({"queued", "running", "waiting", "stopped"})
_TICK: Final = "job."
_MOST_JOBS: Final = 200


@router.post("/studio/jobs")
async def handle_many(request: Request, but: Name = "") -> Response:
    """Cancel or delete the jobs that are ticked, all that wait their turn, or all live ones but one (``but``)."""
    form = await read_form(request, {})
    studio = get_studio(request)
    act = form.get("act")
    for job in await _list_meant(studio, form, but):
        try:
            await (studio.delete_video(job) if act == "delete" else studio.cancel(job))
        except NotFound:
            continue  # somebody else deleted it meanwhile
    return send_to(request, "studio/queue")


@router.post("/studio/queue/pause", dependencies=[Depends(require_owner)])
async def pause_queue(request: Request) -> Response:
    """Start no job that waits its turn until the queue goes on."""
    await read_form(request, {})
    await get_studio(request).pause_queue()
    return send_to(request, "studio/queue")


@router.post("/studio/queue/resume", dependencies=[Depends(require_owner)])
async def resume_queue(request: Request) -> Response:
    """Let a paused queue go on."""
    await read_form(request, {})
    await get_studio(request).resume_queue()
    return send_to(request, "studio/queue")


@router.post("/studio/jobs/{job}/priority")
async def set_priority(request: Request, job: Name) -> Response:
    """Change which jobs of the account run first; high only for owners."""
    form = await read_form(request, {})
    priority = next((one for one in PRIORITIES if one == form.get("priority")), None)
    if priority is None:
        raise BadInput("priority", form.get("priority"), ", ".join(PRIORITIES))
    check_priority(request, priority)
    await get_studio(request).set_priority(job, priority)
    return send_to(request, "studio/queue")


@router.post("/studio/jobs/{job}/delete")
async def delete_job(request: Request, job: Name) -> Response:
    """Delete a job and those of its videos that no other project uses. The plan and the ledger stay."""
    await read_form(request, {})
    await get_studio(request).delete_video(job)
    return send_to(request, "studio/queue")


async def _list_meant(studio: AsyncStudio, form: PageForm, but: str) -> list[str]:
    """List the ids of the jobs that a form means. Raises ``BadInput`` for an unknown act, or none that is ticked."""
    match form.get("act"):
        case "cancel" | "delete":
            ticked = [field.removeprefix(_TICK) for field in form.fields if field.startswith(_TICK)]
            if not ticked:
                raise BadInput("job", "none", "at least one job that is ticked")
            return ticked
        case "cancel_waiting":
            return [job.id for job in await studio.list_jobs(limit=_MOST_JOBS) if job.state == "queued"]
        case "cancel_others" if but:
            return [job.id for job in await studio.list_jobs(limit=_MOST_JOBS) if job.state in _LIVE and job.id != but]
        case other:
            raise BadInput("act", other, "cancel, delete, cancel_waiting or cancel_others")
