"""The dialect of the Mochi cluster, GPUs with one model: ``/generate``, ``/status``, ``/download`` and ``/jobs``."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import Field

from reelwright.errors import NotFound
from reelwright.net.redact import redact_shown
from reelwright.server.api_description import IDEMPOTENT, describe_body, describe_file
from reelwright.server.caller import check_label, get_caller, may_use_label
from reelwright.server.dialects.states import find_cluster_status
from reelwright.server.program_requests import (
    DialectBody,
    build_create_request,
    read_body,
    read_successor,
    refuse_unknown_fields,
)
from reelwright.server.routes.native import answer, answer_file, describe, get_approval, get_deployment, get_studio
from reelwright.store.jobs.job_labels import JobLabel
from reelwright.studio.results.options import BriefText, Name
from reelwright.studio.results.result_model import Moment, ResultModel
from reelwright.studio.results.video_job import VideoJob

router = APIRouter(tags=["Mochi cluster"])
_MODEL: Final = "local-mochi-1"
"""The model of the Mochi cluster. A body, or the setting ``model``, may name another."""


class ClusterBody(DialectBody):
    """A video of one prompt."""

    prompt: Annotated[BriefText, Field(description="what the video shows, in your own words")]
    account_id: Annotated[str | None, Field(description="a label, by which /jobs/{account_id} lists the video")] = None
    model: Annotated[str | None, Field(description="an AI model of /api/v1/models")] = None


class QueuedClusterVideo(ResultModel):
    """The job of a video that was queued."""

    job_id: str
    status: str = "PENDING"


class ClusterVideo(ResultModel):
    """The state of a video: PENDING, RUNNING, COMPLETED or FAILED."""

    job_id: str
    status: str
    prompt: str
    account_id: str
    created_at: Moment | None
    progress: int
    download_url: str | None
    error: str | None


class ClusterVideoList(ResultModel):
    """The videos that were created under an ``account_id``."""

    account_id: str
    jobs: tuple[ClusterVideo, ...]


_CREATE: Final = {**IDEMPOTENT, **describe_body(ClusterBody)}


@router.post("/generate", summary="Create a video", openapi_extra=_CREATE, responses=describe(QueuedClusterVideo))
async def create_video(request: Request) -> JSONResponse:
    """Queue the job of one video from ``{"prompt": "…", "account_id": "…"}``; may spend, as ``POST /v1/videos``."""
    studio, deployment = get_studio(request), get_deployment(request)
    body = await read_body(request, ClusterBody.get_schema())
    refuse_unknown_fields(request, body, ClusterBody.get_schema())
    given = ClusterBody.parse(body.fields)
    label = check_label(request, "account_id", given.account_id or "", get_caller(request).account)
    queued = await studio.enqueue_clip(
        given.prompt, model=given.model or deployment.runtime.settings.model or _MODEL,
        request=await build_create_request(request, body), confirm=get_approval(request, given.max_usd),
        successor=read_successor(request, given.successor),
        accept_unconfirmed=deployment.options.may_buy_unconfirmed,
        labels={"dialect": "cluster", "account_id": label}, may_use_twin=True,
    )  # fmt: skip
    return answer(QueuedClusterVideo(job_id=queued.job))


@router.get("/status/{job}", summary="Read a video's state", responses=describe(ClusterVideo))
async def read_status(request: Request, job: Name) -> JSONResponse:
    """Return the state of a video: PENDING, RUNNING, COMPLETED or FAILED."""
    return answer(_build_job(await get_studio(request).read_video_job(job, has_position=False)))


@router.head("/download/{job}", include_in_schema=False)
@router.get(
    "/download/{job}", summary="Download a video", response_class=FileResponse, responses=describe_file("video/mp4")
)
async def send_video(request: Request, job: Name) -> Response:
    """Download the MP4 of a job; 409 until it is finished."""
    return await answer_file(request, get_studio(request), job, name=f"{job}.mp4")


@router.get("/jobs/{account_id}", summary="List the videos of an account", responses=describe(ClusterVideoList))
async def list_jobs(request: Request, account_id: Name) -> JSONResponse:
    """List the videos that were created under ``account_id``, the newest first; 404 if there are none."""
    caller = get_caller(request)
    found = await get_studio(request).list_all_video_jobs(JobLabel("account_id", account_id))
    if not found or not may_use_label(caller, account_id, caller.account):
        raise NotFound(code="label_not_found", label=account_id)
    return answer(ClusterVideoList(account_id=account_id, jobs=tuple(map(_build_job, found))))


def _build_job(job: VideoJob) -> ClusterVideo:
    status = find_cluster_status(job)
    return ClusterVideo(
        job_id=job.job, status=status, prompt=job.prompt, account_id=job.labels.get("account_id", ""),
        created_at=job.created_at, progress=job.progress,
        download_url=f"/download/{job.job}" if status == "COMPLETED" and job.files else None,
        error=redact_shown(job.message) or job.state if status == "FAILED" else None,
    )  # fmt: skip
