"""Jobs: the queue, cancel and retry, and the files that a job made."""

from __future__ import annotations

from functools import partial
from typing import Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from reelwright.reel.records.operation import LIVE_JOBS
from reelwright.reel.records.priority import Priority
from reelwright.server.api_description import describe_body, describe_file
from reelwright.server.caller import require_owner
from reelwright.server.order_bodies import check_priority, open_order
from reelwright.server.policy import ROWS_PER_PAGE
from reelwright.server.program_requests import read_options
from reelwright.server.routes.native import (
    ACCEPTED,
    Whole,
    answer,
    answer_archive,
    answer_file,
    answer_page,
    answer_picture,
    build_download_redirect,
    check_limit,
    describe,
    describe_page,
    describe_queued,
    get_deployment,
    get_studio,
)
from reelwright.studio.results.listings import JobSummary, QueueState
from reelwright.studio.results.options import Name, Options, RunOptions
from reelwright.studio.results.result_model import ResultModel
from reelwright.studio.results.video_job import VideoJob

router = APIRouter(prefix="/api/v1", tags=["jobs"])


class PriorityBody(Options):
    """The new priority of a job."""

    priority: Priority


class CancelledJob(ResultModel):
    """A job after its cancel, and what that did."""

    result: Literal["cancelled", "cancelling", "finished_before"]
    job: JobSummary


@router.get("/jobs", summary="List jobs", responses=describe_page("jobs", JobSummary))
async def list_jobs(
    request: Request, project: Name | None = None, limit: Whole = ROWS_PER_PAGE, after: Name | None = None
) -> JSONResponse:
    """List the jobs of the account or of one project, the newest first, each with its state and its position in the
    queue.
    """
    rows = await get_studio(request).list_jobs(project, limit=check_limit(limit) + 1, before=after)
    return answer_page("jobs", rows, limit)


@router.get("/jobs/{job}", summary="Read a job", responses=describe(VideoJob))
async def read_job(request: Request, job: Name) -> JSONResponse:
    """Read a job: its state, its progress in percent, what it waits for, and its files."""
    return answer(await get_studio(request).read_video_job(job))


@router.head("/jobs/{job}/files/{index}", include_in_schema=False)
@router.get(
    "/jobs/{job}/files/{index}",
    summary="Download a file",
    response_class=FileResponse,
    responses=describe_file("video/mp4"),
)
async def send_file(request: Request, job: Name, index: Whole) -> Response:
    """Download a video file that the job made, whole or by byte range. ``index``: from 0; of a clip with several
    samples, which one.
    """
    studio = get_studio(request)
    if get_deployment(request).redirects:
        digest = await studio.find_video(job, index)
        if sent := await build_download_redirect(request, studio, digest, f"{job}-{index}.mp4", job=job):
            return sent
    return await answer_file(request, studio, job, index)


@router.head("/jobs/{job}/files/{index}/picture", include_in_schema=False)
@router.get(
    "/jobs/{job}/files/{index}/picture",
    summary="Download a file without its sound",
    response_class=FileResponse,
    responses=describe_file("video/mp4"),
)
async def send_picture(request: Request, job: Name, index: Whole) -> Response:
    """Download a video file that the job made, without its sound: the same frames, whole or by byte range."""
    path, digest = await get_studio(request).locate_video(job, index)
    return await answer_picture(request, path, digest, f"{job}-{index}-picture.mp4")


@router.head("/jobs/{job}/archive", include_in_schema=False)
@router.get(
    "/jobs/{job}/archive",
    summary="Download all files",
    response_class=FileResponse,
    responses=describe_file("application/zip"),
)
async def send_archive(request: Request, job: Name) -> Response:
    """Download all files of a job, and the pictures that it was made from, as one ZIP, whole or by byte range."""
    return await answer_archive(request, get_studio(request), job)


@router.post("/jobs/{job}/cancel", summary="Cancel a job", responses=describe(CancelledJob))
async def cancel_job(request: Request, job: Name) -> JSONResponse:
    """Cancel a job: nothing more is bought, and what exists stays. May be repeated.

    ``result``: ``cancelled``; ``cancelling`` while a provider is still at work; ``finished_before`` if it had ended.
    """
    studio = get_studio(request)
    before = await studio.read_video_job(job)
    after = await studio.cancel(job)
    if before.state in ("done", "failed"):
        return answer(CancelledJob(result="finished_before", job=after))
    return answer(
        CancelledJob(result="cancelling" if after.state in (*LIVE_JOBS, "stopped") else "cancelled", job=after)
    )


@router.patch(
    "/jobs/{job}",
    summary="Change the priority of a job",
    openapi_extra=describe_body(PriorityBody),
    responses=describe(JobSummary),
)
async def set_job_priority(request: Request, job: Name) -> JSONResponse:
    """Change the priority of a job that has not ended.

    ``low``: after the jobs of all others. ``high``: before the other jobs of the account; only owners may say it.
    """
    given = await read_options(request, PriorityBody)
    check_priority(request, given.priority)
    return answer(await get_studio(request).set_priority(job, given.priority))


@router.post("/jobs/{job}/front", summary="Move a job to the front", responses=describe(JobSummary))
async def move_to_front(request: Request, job: Name) -> JSONResponse:
    """Put a job that has not ended before the other jobs of the same API key. It passes no job of another one."""
    return answer(await get_studio(request).move_to_front(job))


@router.get("/queue", summary="Read the queue's state", responses=describe(QueueState))
async def read_queue(request: Request) -> JSONResponse:
    """Tell whether the queue of the account is paused, and since when."""
    return answer(await get_studio(request).read_queue())


@router.post(
    "/queue/pause", summary="Pause the queue", dependencies=[Depends(require_owner)], responses=describe(QueueState)
)
async def pause_queue(request: Request) -> JSONResponse:
    """Pause the queue: no job of the account that waits its turn starts. What runs goes on. For owners; may be
    repeated.
    """
    return answer(await get_studio(request).pause_queue())


@router.post(
    "/queue/resume", summary="Resume the queue", dependencies=[Depends(require_owner)], responses=describe(QueueState)
)
async def resume_queue(request: Request) -> JSONResponse:
    """Let a paused queue go on. For owners; may be repeated."""
    return answer(await get_studio(request).resume_queue())


@router.post("/jobs/{job}/retry", summary="Retry a job", **describe_queued(RunOptions))
async def retry_job(request: Request, job: Name) -> JSONResponse:
    """Queue a job again that failed, was cancelled or waits, and keep what exists; may spend up to ``max_usd``.

    409 while a cancel of it is still at work at its provider (``cancel_at_work``): wait until it is cancelled.
    """
    studio = get_studio(request)

    async with open_order(request, studio, RunOptions) as order:
        quote, enqueue = partial(studio.quote_retry, job), partial(studio.enqueue_retry, job)
        return answer(await order.enqueue(job, quote, enqueue), ACCEPTED)
