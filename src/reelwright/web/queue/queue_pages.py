"""The page of all jobs, and the orders by which a person steers them: cancel, retry, delete, priority, pause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from reelwright.errors import BadInput, NotFound, ReelwrightError
from reelwright.reel.records.priority import PRIORITIES
from reelwright.server.caller import name_payers, require_owner
from reelwright.server.order_bodies import check_priority
from reelwright.server.routes.native import get_deployment
from reelwright.studio.results.listings import JobSummary, ProjectDetails
from reelwright.studio.results.options import Name
from reelwright.studio.results.results import ShotSummary
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros
from reelwright.web.forms import PageForm, ShortForm, Studio, make_ticket
from reelwright.web.live_parts import LiveRoute, mark_names
from reelwright.web.pictures import find_poster
from reelwright.web.project.project_pages import render_project
from reelwright.web.rendering import render, send_to
from reelwright.web.spend.spend_view import find_short_budget

router = APIRouter(route_class=LiveRoute, include_in_schema=False)
_MOST_JOBS: Final = 100
_MOST_CANCELLED: Final = 200
"""Jobs that one order cancels."""
_MOST_ROWS: Final = 40
"""Rows of a group before the others are asked for: a page of a hundred took three times as long to come."""
_MOST_LETTERS: Final = 200
_MOST_DETAILS: Final = 24
"""Most rows for which a project is read in full: those at work, those that wait, and the newest that failed."""
_MOST_KEPT: Final = 2000
_seconds_of: dict[tuple[str, int], float | None] = {}
"""How long jobs that wait their turn take at most, by job and revision, until they are seen in another state."""
Group = Literal["running", "yours", "waiting", "finished"]
_GROUPS: Final[tuple[Group, ...]] = ("running", "yours", "waiting", "finished")
_LIVE: Final[Mapping[str, Group]] = {
    "running": "running", "waiting": "yours", "stopped": "yours", "queued": "waiting",
}  # fmt: skip
"""States of the jobs that have not ended, with the group of each."""
_TICK: Final = "job."
_MACHINE: Final = "machine"
"""Stands for the owner of the machine among those who order jobs."""


@dataclass(slots=True, kw_only=True)
class QueueRow:
    """A job as a row. ``strip``: whether each of its shots exists. ``picture``: its path.

    ``price``: what it takes to go on, in micro-dollars; None where it has nothing to go on with. ``is_undecided``: a
    person says something on its page first, such as what became of a purchase. ``seconds``: how long
    it still takes at most; None where that is unknown. ``starts_in_s``: seconds until it starts.
    """

    job: JobSummary
    group: Group
    title: str
    picture: str = ""
    strip: tuple[bool, ...] = ()
    spent_micros: Micros
    price: int | None = None
    is_undecided: bool = False
    seconds: float | None = None
    shots: tuple[ShotSummary, ...] = ()
    starts_in_s: float | None = None


@router.get("/studio/queue")
async def show_queue(
    request: Request, studio: Studio, only: str = "", member: str = "", q: str = "", rows: str = ""
) -> Response:
    """Show all jobs of the account. ``only``: only this group; ``member``: only jobs of this member or API key; ``q``:
    only those whose title has these letters; ``rows``: ``all`` of each group, and not only the first.
    """
    wanted, group = q.strip()[:_MOST_LETTERS], only if only in _GROUPS else ""
    most = None if rows == "all" or wanted or member else _MOST_ROWS
    every = await list_rows(studio, "" if wanted else group, most)
    pause, budgets = (await studio.read_queue()).paused_since, await studio.list_budgets()
    if pause is None:
        _estimate_starts(every, get_deployment(request).runtime.settings.jobs_at_once)
    orderers = sorted({row.job.ordered_by or _MACHINE for row in every})
    payers = mark_names(request, orderers) or await name_payers(request, studio)
    chosen = member if member in orderers else ""
    kept = [
        row for row in every
        if (not chosen or (row.job.ordered_by or _MACHINE) == chosen) and wanted.casefold() in row.title.casefold()
    ]  # fmt: skip
    groups = {name: [row for row in kept if row.group == name] for name in _GROUPS}
    groups["waiting"].sort(key=lambda row: _get_turn(row.job))
    return render(
        request, "queue/page.html", groups=groups, only=group, count=len(kept),
        most=most, who=chosen, orderers=orderers, payers=payers, machine=_MACHINE,
        ticket=partial(make_ticket, request), room="queue", pause=pause, q=wanted,
        short=lambda row: find_short_budget(budgets, row.price or 0, (row.job.project, row.job.ordered_by)),
    )  # fmt: skip


async def list_rows(studio: AsyncStudio, only: str = "", most: int | None = None) -> list[QueueRow]:
    """List the newest jobs as rows, each with the name of its project, its progress and what it costs to go on.

    ``only``: the group that is shown; ``most``: how many rows of each are. The others are counted, and have no more
    than their job. What runs is read all the same: it says when the next starts.
    """
    jobs = await studio.list_jobs(limit=_MOST_JOBS)
    shown = [
        job for group in _GROUPS if not only or group in (only, "running")
        for job in sorted((one for one in jobs if _find_group(one) == group), key=_get_turn)[:most]
    ]  # fmt: skip
    found = await studio.list_projects(only={job.project for job in shown}) if shown else ()
    projects = {one.id: one for one in found}
    turns = {job.id: (job.id, projects[job.project].revision) for job in jobs if job.project in projects}
    known = {job.id for job in jobs if job.state == "queued" and turns.get(job.id) in _seconds_of}
    for turn in (turns[job.id] for job in jobs if job.state != "queued" and job.id in turns):
        _seconds_of.pop(turn, None)
    detailed = await _read_details(studio, (job for job in shown if job.state != "done" and job.id not in known))
    rows = []
    for job in jobs:
        project, details = projects.get(job.project), detailed.get(job.project)
        title = project.title if project else details.title if details else job.project
        poster = find_poster(project) if project else ""
        row = _build_row(job, title, details, poster, project.micros if project else Micros(0))
        if job.id in known:
            row.seconds = _seconds_of[turns[job.id]]
        elif details and job.state == "queued" and job.id in turns:
            if len(_seconds_of) >= _MOST_KEPT:
                _seconds_of.clear()
            _seconds_of[turns[job.id]] = row.seconds
        rows.append(row)
    return rows


async def _read_details(studio: AsyncStudio, jobs: Iterable[JobSummary]) -> dict[str, ProjectDetails]:
    found: dict[str, ProjectDetails] = {}
    for job in jobs:
        if job.project not in found and len(found) < _MOST_DETAILS:
            try:
                found[job.project] = await studio.show(job.project)
            except NotFound:
                continue
    return found


def _build_row(job: JobSummary, title: str, details: ProjectDetails | None, poster: str, spent: Micros) -> QueueRow:
    group = _find_group(job)
    if details is None or job.state == "done":
        return QueueRow(job=job, group=group, title=title, picture=poster, spent_micros=spent)
    rows = [row for row in details.quote.shots if row.n is not None] if details.quote else []
    taken = {shot.n for shot in details.shots if shot.take}
    strip = tuple(row.n in taken or not row.wanted_steps for row in rows)
    is_newest = details.job is not None and details.job.id == job.id
    can_retry = is_newest and job.state in ("failed", "cancelled", "waiting", "stopped")
    quote, take = details.quote, next((shot.take for shot in details.shots if shot.take), None)
    return QueueRow(
        job=job, group=group, title=title, picture=f"pictures/{take}" if take else poster,
        strip=strip, spent_micros=details.micros,
        price=quote.micros if quote and can_retry else None,
        seconds=quote.max_duration_s if quote else None, shots=details.shots,
        is_undecided=job.wait_reason == "decision"
        or bool(quote and (quote.unconfirmed_price_steps or quote.unknown_price_steps)),
    )  # fmt: skip


def _estimate_starts(rows: Iterable[QueueRow], jobs_at_once: int) -> None:
    """Estimate when each waiting job starts: after what is before it, shared among the jobs that run at once."""
    running = [row for row in rows if row.group == "running"]
    waiting = sorted((row for row in rows if row.group == "waiting"), key=lambda row: _get_turn(row.job))
    before: float | None = 0.0
    for row in running:
        before = None if before is None or row.seconds is None else before + row.seconds
    for row in waiting:
        if before is None:
            return
        row.starts_in_s = before / max(1, jobs_at_once)
        before = None if row.seconds is None else before + row.seconds


def _get_turn(job: JobSummary) -> int:
    return job.position or 0


def _find_group(job: JobSummary) -> Group:
    return _LIVE.get(job.state, "finished")


@router.post("/studio/jobs")
async def handle_many(request: Request, studio: Studio, form: ShortForm, but: Name = "") -> Response:
    """Cancel or delete the jobs that are ticked, all that wait their turn, or all live ones but one (``but``)."""
    for job in await _list_meant(studio, form, but):
        try:
            await (studio.delete_video(job) if form.get("act") == "delete" else studio.cancel(job))
        except NotFound:
            continue  # somebody else deleted it meanwhile
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
            return [job.id for job in await studio.list_jobs(limit=_MOST_CANCELLED) if job.state == "queued"]
        case "cancel_others" if but:
            jobs = await studio.list_jobs(limit=_MOST_CANCELLED)
            return [job.id for job in jobs if job.state in _LIVE and job.id != but]
        case other:
            raise BadInput("act", other, "cancel, delete, cancel_waiting or cancel_others")


@router.post("/studio/queue/pause", dependencies=[Depends(require_owner)])
async def pause_queue(request: Request, studio: Studio, form: ShortForm) -> Response:
    """Start no job that waits its turn until the queue goes on."""
    await studio.pause_queue()
    return send_to(request, "studio/queue")


@router.post("/studio/queue/resume", dependencies=[Depends(require_owner)])
async def resume_queue(request: Request, studio: Studio, form: ShortForm) -> Response:
    """Let a paused queue go on."""
    await studio.resume_queue()
    return send_to(request, "studio/queue")


@router.post("/studio/jobs/{job}/cancel")
async def cancel_job(request: Request, studio: Studio, form: ShortForm, job: Name) -> Response:
    """Cancel a job: nothing more is bought, and what exists stays."""
    cancelled = await studio.cancel(job)
    return send_to(request, f"studio/projects/{cancelled.project}" if form.get("back") == "project" else "studio/queue")


@router.post("/studio/jobs/{job}/front")
async def move_to_front(request: Request, studio: Studio, form: ShortForm, job: Name) -> Response:
    """Put a job that waits before the others of the same payer."""
    await studio.move_to_front(job)
    return send_to(request, "studio/queue")


@router.post("/studio/jobs/{job}/priority")
async def set_priority(request: Request, studio: Studio, form: ShortForm, job: Name) -> Response:
    """Change which jobs of the account run first; high only for owners."""
    priority = next((one for one in PRIORITIES if one == form.get("priority")), None)
    if priority is None:
        raise BadInput("priority", form.get("priority"), ", ".join(PRIORITIES))
    check_priority(request, priority)
    await studio.set_priority(job, priority)
    return send_to(request, "studio/queue")


@router.post("/studio/jobs/{job}/delete")
async def delete_job(request: Request, studio: Studio, form: ShortForm, job: Name) -> Response:
    """Delete a job and those of its videos that no other project uses. The plan and the ledger stay."""
    await studio.delete_video(job)
    return send_to(request, "studio/queue")


@router.post("/studio/jobs/{job}/retry")
async def retry_job(request: Request, studio: Studio, form: ShortForm, job: Name) -> Response:
    """Queue a job again that failed, was cancelled or waits, at the price that its row showed; may spend up to it.

    Where it costs more by now, the project says what it costs.
    """
    project = (await studio.read_video_job(job)).project
    try:
        await form.queue_change(job, quote=partial(studio.quote_retry, job), enqueue=partial(studio.enqueue_retry, job))
    except ReelwrightError as error:
        return await render_project(request, project, error=error)
    return send_to(request, "studio/queue")
