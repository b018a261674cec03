"""The dialect of the Veo web app: jobs of one to four videos, their queue, their downloads and their end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from reelwright.errors import BadInput, DecisionNeeded, ReelwrightError
from reelwright.input_limits import MAX_TAKES_PER_ROUND, check_lengths
from reelwright.net.redact import redact_shown
from reelwright.reason import Action
from reelwright.server.api_description import describe_file
from reelwright.server.caller import check_label, get_caller, may_use_label
from reelwright.server.dialects.states import find_veo_status
from reelwright.server.problems import build_simple_problem
from reelwright.server.program_requests import (
    MAX_USD,
    SUCCESSOR,
    DialectBody,
    ProgramBody,
    build_create_request,
    name_fields,
    name_mode,
    read_body,
    read_successor,
    refuse_unknown_fields,
    save_upload,
)
from reelwright.server.routes.native import (
    Whole,
    answer,
    answer_archive,
    answer_file,
    describe,
    get_approval,
    get_deployment,
    get_studio,
)
from reelwright.store.jobs.job_labels import JobLabel
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.results.options import BriefText, Line, Name
from reelwright.studio.results.result_model import OMIT_EMPTY, Moment, ResultModel
from reelwright.studio.results.video_job import VideoJob
from reelwright.studio.runtime.scratch import ScratchFolder, open_scratch_folder

router = APIRouter(prefix="/api", tags=["Veo web app"])
MODEL: Final = "veo-3.1-generate-preview"
"""The model where neither form nor setting names one: that of the Veo web app."""
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")
_OPTIONS: Final = {
    "duration_seconds": "seconds", "aspect_ratio": "aspect", "resolution": "resolution",
    "negative_prompt": "negative", "sample_count": "samples", "seed": "seed", "generate_audio": "sound",
}  # fmt: skip
_NUMBERS: Final = ("samples", "seed")
_SYNONYMS: Final = {
    "duration": "duration_seconds", "first_image": "start_image", "image": "start_image", "last_image": "last_frame",
    "end_image": "last_frame", "reference_image": "reference_images", "references": "reference_images",
}  # fmt: skip
_NAMES: Final = {ours: to_camel(theirs) for theirs, ours in _OPTIONS.items()} | {
    "image": "startImage", "first_frame": "startImage", "last_frame": "lastFrame", "references": "referenceImages",
    "ms": "durationSeconds",
}  # fmt: skip
"""What the fields are called here of which an order complains."""
_Picture = Annotated[Any, WithJsonSchema({"type": "string", "format": "binary"})]


class VeoForm(DialectBody, alias_generator=to_camel):
    """The form of a job. Its names may be in snake_case, too."""

    prompt: Annotated[BriefText, Field(description="what the video shows, in your own words")]
    model: Annotated[str | None, Field(description="an AI model of /api/v1/models")] = None
    sample_count: Annotated[int | None, Field(description=f"how many videos, 1 to {MAX_TAKES_PER_ROUND}")] = None
    duration_seconds: Annotated[int | None, Field(description="the length in seconds")] = None
    aspect_ratio: Annotated[str | None, Field(description="such as 16:9")] = None
    resolution: Annotated[str | None, Field(description="such as 720p")] = None
    negative_prompt: Annotated[Line | None, Field(description="what the video must not show")] = None
    seed: Annotated[int | None, Field(description="the random seed, if the model accepts one")] = None
    generate_audio: Annotated[
        bool | None, Field(description="whether the video has its own sound, if the model gives the choice")
    ] = None
    user_email: Annotated[str | None, Field(description="a label, by which /api/user-jobs lists the job")] = None
    start_image: Annotated[_Picture, Field(description="the first frame")] = None
    last_frame: Annotated[_Picture, Field(description="the last frame")] = None
    reference_images: Annotated[
        Sequence[Any],
        WithJsonSchema({"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 100}),
    ] = ()


class VeoJob(ResultModel):
    """The state of a job, as the Veo web app's page reads it. ``message``: only in the answer to its creation."""

    job_id: str
    video_id: str
    status: str
    progress: int
    position: int | None
    prompt: str
    model: str
    retry_count: int
    video_count: int
    download_url: str | None
    video_urls: tuple[str, ...]
    created_at: Moment | None
    error: str | None
    note: str | None
    expires_at: Moment | None
    message: Annotated[str, OMIT_EMPTY] = ""


class VeoJobList(ResultModel):
    """The jobs of a user, or of the account."""

    jobs: tuple[VeoJob, ...]
    count: int


class VeoQueue(ResultModel):
    """The queue of the account: how many jobs wait, the ids of those that run, and how many may run at once."""

    queue_length: int
    processing_jobs: tuple[str, ...]
    concurrent_limit: int


class VeoDeletion(ResultModel):
    """A job whose files were deleted, and how many bytes that freed."""

    job_id: str
    is_deleted: Annotated[bool, Field(alias="deleted")]
    freed_bytes: int


def _to_known(name: str) -> str:
    """Return the name of a field as the form's model has it: in snake_case, and one of several for the same."""
    plain = _CAPITAL.sub("_", name).lower().removesuffix("[]")
    return _SYNONYMS.get(plain, plain)


_LIMITS: Final = VeoForm.model_json_schema(by_alias=False)


async def create_videos(request: Request) -> JSONResponse:
    """Queue a job of one to four videos of one prompt from a form; may spend. Its fields may be in camelCase or
    snake_case; unknown ones are refused.
    """
    studio, deployment = get_studio(request), get_deployment(request)
    body = await read_body(request, VeoForm.get_schema())
    spelled = {_to_known(name): name for name in (*body.fields, *body.files)}
    fields = _rename_fields(body.fields)
    check_lengths(_LIMITS, fields)
    files = dict[str, tuple[bytes, ...]]()
    for name, sent in body.files.items():
        files[_to_known(name)] = (*files.get(_to_known(name), ()), *filter(None, sent))
    with name_fields(spelled):
        refuse_unknown_fields(request, ProgramBody(fields, files), _LIMITS)
    prompt = fields.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise BadInput("prompt", prompt, "text")
    options: dict[str, Any] = {
        ours: _read_option(ours, fields[theirs]) for theirs, ours in _OPTIONS.items() if fields.get(theirs)
    }
    email = check_label(request, "user_email", str(fields.get("user_email", "")), get_caller(request).email)
    options["successor"] = read_successor(request, fields.get(SUCCESSOR))
    with open_scratch_folder() as folder:
        options |= await asyncio.to_thread(_read_pictures, files, folder)
        with name_fields(name_mode(_NAMES, options)):
            queued = await studio.enqueue_clip(
                prompt, model=fields.get("model") or deployment.runtime.settings.model or MODEL, apart=True,
                request=await build_create_request(request, body),
                confirm=get_approval(request, fields.get(MAX_USD)),
                accept_unconfirmed=deployment.options.may_buy_unconfirmed,
                labels={"dialect": "veo_studio", "user_email": email}, may_use_twin=True, **options,
            )  # fmt: skip
    return answer(build_status(await studio.read_video_job(queued.job, is_reply=True), message="the job is queued"))


@router.head("/download/{job}", include_in_schema=False)
@router.get(
    "/download/{job}",
    summary="Download a job",
    response_class=FileResponse,
    responses=describe_file("video/mp4", "application/zip"),
)
async def send_job(request: Request, job: Name) -> Response:
    """Download the MP4 of a job with one video and no picture; of any other job, a ZIP with its videos and pictures."""
    studio = get_studio(request)
    found = await studio.read_video_job(job)
    if len(found.files) <= 1 and not found.pictures:
        return await send_video(request, job, 0)
    if find_veo_status(found) != "completed":
        await studio.locate_video(job, len(found.files))  # raises: the job is not ready
    return await answer_archive(request, studio, job)


@router.head("/download/{job}/video/{index}", include_in_schema=False)
@router.get(
    "/download/{job}/video/{index}",
    summary="Download one video",
    response_class=FileResponse,
    responses=describe_file("video/mp4"),
)
async def send_video(request: Request, job: Name, index: Whole) -> Response:
    """Download one video of a job, counted from 0, whole or by byte range."""
    return await answer_file(request, get_studio(request), job, index)


@router.get("/user-jobs", summary="List jobs of a user", responses=describe(VeoJobList))
async def list_user_jobs(request: Request, user_email: Name = "") -> JSONResponse:
    """List the jobs that were created with ``user_email``, the newest first; without it, all jobs of the account.

    For a member who is signed in and no owner, it can only be the own address, also where it is missing.
    """
    caller = get_caller(request)
    if not may_use_label(caller, user_email, caller.email):
        user_email = check_label(request, "user_email", user_email, caller.email)
    label = JobLabel("user_email", user_email) if user_email else None
    jobs = tuple(map(build_status, await get_studio(request).list_all_video_jobs(label)))
    return answer(VeoJobList(jobs=jobs, count=len(jobs)))


@router.get("/queue-status", summary="Read the queue", responses=describe(VeoQueue))
async def read_queue(request: Request) -> JSONResponse:
    """Return how many jobs of the account wait, the ids of those that run, and how many jobs of all accounts may run at
    once.
    """
    runtime = get_deployment(request).runtime
    queue = await runtime.journal.read_account_queue(get_caller(request).account)
    limit = runtime.settings.jobs_at_once
    ids = tuple(queue.running_ids)
    return answer(VeoQueue(queue_length=queue.waiting_count, processing_jobs=ids, concurrent_limit=limit))


@router.post("/cancel/{job}", summary="Cancel a job", responses=describe(VeoJob))
async def cancel_job(request: Request, job: Name) -> JSONResponse:
    """Cancel a job that waits or is being made; 409 for one that has ended."""
    studio = get_studio(request)
    found = await studio.read_video_job(job)
    if found.state in ("done", "failed"):
        return build_simple_problem(409, "job_has_ended", f"the job is {find_veo_status(found)} already")
    await studio.cancel(job)
    return answer(build_status(await studio.read_video_job(job)))


@router.post("/retry/{job}", summary="Retry a job", responses=describe(VeoJob))
async def retry_job(request: Request, job: Name) -> JSONResponse:
    """Queue a failed or cancelled job again with the same inputs; may spend, as ``POST /v1/videos``.

    409 for any other job, and while nobody knows what became of a purchase: that is decided first.
    """
    studio, deployment = get_studio(request), get_deployment(request)

    async def enqueue() -> QueuedJob:
        found = await studio.read_video_job(job)
        if (state := find_veo_status(found)) not in ("failed", "cancelled"):
            choices = found.reason.actions if found.reason else ()
            raise ReelwrightError(code="job_cannot_be_retried", state=state, actions=choices)
        if unknown := await studio.list_unknown_purchases(job):
            decide = [Action("decide_purchase", {"purchase": one}) for one in unknown]
            raise DecisionNeeded(code="job_has_unknown_purchases", purchases=unknown, actions=decide)
        quoted = await studio.quote_retry(job)
        await get_approval(request)(quoted)
        return await studio.enqueue_retry(job, yes=quoted, accept_unconfirmed=deployment.options.may_buy_unconfirmed)

    await studio.handle_request(await build_create_request(request, ProgramBody(fields={})), job, enqueue)
    return answer(build_status(await studio.read_video_job(job, is_reply=True)))


@router.delete("/cleanup/{job}", summary="Delete the files of a job", responses=describe(VeoDeletion))
async def delete_files(request: Request, job: Name, cleanup_gcs: bool = True) -> JSONResponse:
    """Delete the videos of a job unless another project uses them; the job stays in the lists.

    ``cleanup_gcs`` false: what lies of them in a bucket of Google, or elsewhere at a provider, stays there.
    """
    freed = await get_studio(request).delete_video_files(job, keeps_copies=not cleanup_gcs)
    return answer(VeoDeletion(job_id=job, is_deleted=True, freed_bytes=freed))


@router.delete("/cleanup/{job}/local", summary="Delete the local copies of a job", responses=describe(VeoDeletion))
async def delete_local_copies(request: Request, job: Name) -> JSONResponse:
    """Delete the server's own copies of videos in a bucket; downloads fetch them again.

    Beside a vault in a folder there are none: nothing is deleted, and 0 bytes are freed.
    """
    freed = await get_studio(request).free_local_copies(job)
    return answer(VeoDeletion(job_id=job, is_deleted=False, freed_bytes=freed))


@router.delete("/delete/{job}", summary="Delete a job", responses=describe(VeoDeletion))
async def delete_job(request: Request, job: Name, cleanup_gcs: bool = True) -> JSONResponse:
    """Cancel a job that has not ended, and delete its videos unless another project uses them.

    The ledger keeps its rows. ``cleanup_gcs``: as for ``cleanup``.
    """
    freed = await get_studio(request).delete_video(job, keeps_copies=not cleanup_gcs)
    return answer(VeoDeletion(job_id=job, is_deleted=True, freed_bytes=freed))


def build_status(job: VideoJob, message: str = "") -> VeoJob:
    """Build the state of a job that the Veo studio's page reads."""
    status = find_veo_status(job)
    is_done = status == "completed"
    deletion = "the videos were deleted" if job.is_deleted else ""
    why = job.message if is_done or job.state == "running" else ""
    note = "; ".join(filter(None, [job.replacement, job.missing, why or (deletion if is_done else "")]))
    urls = tuple(f"/api/download/{job.job}/video/{n}" for n in range(len(job.files))) if is_done else ()
    return VeoJob(
        job_id=job.job, video_id=job.job, status=status, progress=job.progress, position=job.position,
        prompt=job.prompt, model=job.model, retry_count=job.retry_count, video_count=len(job.files), video_urls=urls,
        download_url=f"/api/download/{job.job}" if urls else None, created_at=job.created_at,
        error=redact_shown(job.message) or None if status == "failed" else None,
        note=redact_shown(note) or None, expires_at=job.expires_at, message=message,
    )  # fmt: skip


def _rename_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields under the names of the form's model. Raises ``BadInput`` for one that is given under two names."""
    fields = dict[str, Any]()
    for name, value in given.items():
        if fields.setdefault(_to_known(name), value) not in (value, ""):
            raise BadInput(name, str(value)[:60], "one value, under one name")
        fields[_to_known(name)] = fields[_to_known(name)] or value
    return fields


def _read_option(name: str, value: object) -> object:
    """Read a value of a form. Raises ``BadInput`` for what is no number where one belongs."""
    text = str(value).strip()
    if name == "sound":
        if text.lower() not in ("true", "false"):
            raise BadInput(_NAMES[name], text, "true or false")
        return text.lower() == "true"
    if name not in _NUMBERS:
        return text
    if not re.fullmatch(r"-?\d{1,10}", text, re.ASCII):
        raise BadInput(_NAMES[name], text, "a whole number")
    return int(text)


def _read_pictures(files: Mapping[str, tuple[bytes, ...]], folder: ScratchFolder) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for ours, name in (("image", "start_image"), ("last_frame", "last_frame")):
        found = files.get(name, ())
        if len(found) > 1:
            raise BadInput(to_camel(name), f"{len(found)} files", "one picture")
        if found:
            options[ours] = save_upload(folder, ours, found[0])
    if references := files.get("reference_images"):
        options["references"] = {
            f"product=reference {n}": save_upload(folder, f"reference-{n}", content)
            for n, content in enumerate(references, 1)
        }
    return options
