"""The dialect of OpenAI's videos: ``/v1/videos`` and ``/v1/models``, for every model and every flavor."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from math import gcd
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import Field, WithJsonSchema

from reelwright.catalogue.models import find_model, is_model_name
from reelwright.errors import BadInput, NotFound, ReelwrightError
from reelwright.input_limits import PICTURE_CHARS, check_lengths
from reelwright.media.pictures.previews import PREVIEW_TYPES
from reelwright.net.redact import redact_shown
from reelwright.server.api_description import IDEMPOTENT, describe_body, describe_file
from reelwright.server.deployment import Deployment
from reelwright.server.dialects.states import OpenAiStatus, find_openai_status
from reelwright.server.order_bodies import ASSET, find_asset, open_continuation, open_uploaded
from reelwright.server.policy import VIDEO_POLL_MS, VIDEOS_PER_PAGE
from reelwright.server.problems import build_headers, build_route_class, get_status
from reelwright.server.program_requests import (
    MAX_USD,
    SUCCESSOR,
    DialectBody,
    ProgramBody,
    build_create_request,
    decode_data_url,
    name_fields,
    read_body,
    read_price_cap,
    read_successor,
    refuse_gone_client,
    refuse_unknown_fields,
    save_upload,
)
from reelwright.server.routes.native import (
    Whole,
    answer,
    answer_file,
    describe,
    get_approval,
    get_deployment,
    get_studio,
)
from reelwright.store.jobs.requests import CreateRequest
from reelwright.studio.results.options import BriefText, Name, Options
from reelwright.studio.results.result_model import OMIT_EMPTY, ResultModel
from reelwright.studio.results.video_job import VideoJob
from reelwright.studio.runtime.scratch import ScratchFolder, open_scratch_folder
from reelwright.studio.studio import AsyncStudio

_SIZE: Final = re.compile(r"(\d{2,5})x(\d{2,5})")
_SIZE_SCHEMA: Final = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string", "enum": ["720x1280", "1280x720", "1024x1792", "1792x1024"]},
            {"type": "string", "pattern": f"^{_SIZE.pattern}$"},
        ]
    }
)
"""The sizes of OpenAI's own models by name, for typed clients; a model may sell others."""
_BRACKETS: Final = re.compile(r"(input_reference)\[(image_url|file_id|\d*)\]")
"""Names by which OpenAI's clients send the inner fields, and the files, of ``input_reference`` in a form."""
_DEFAULT_S: Final = 4
"""Seconds of a clip that names no length. Source: OpenAI's API reference, videos, read 2026-11-20."""
_RESOLUTIONS: Final = {2160: "4k"}
"""Names of resolutions by the shorter side, where they do not end in ``p``."""
_NAMES: Final = {"aspect": "size", "resolution": "size", "image": "input_reference", "length": "seconds",
                 "short_side": "size", "images": "input_reference", "first_frame": "input_reference",
                 "flavor": "model", "mode": "input_reference", "ms": "seconds"}  # fmt: skip
"""What the fields are called here of which an order complains."""


class VideoForm(DialectBody):
    """A video to create, as a form."""

    prompt: Annotated[BriefText, Field(description="what to show; for a flavor: the brief")]
    model: Annotated[str, Field(description="a model or a flavor of /v1/models")] = ""
    seconds: Annotated[str, Field(description="length, such as 8")] = ""
    size: Annotated[str, _SIZE_SCHEMA, Field(description="width x height, such as 1280x720")] = ""
    input_reference: Annotated[Any, WithJsonSchema({"type": "string", "format": "binary"})] = None


class PictureUrl(Options, extra="ignore"):
    """A picture as a ``data:`` URL, or as the id of an asset."""

    image_url: Annotated[str, Field(max_length=PICTURE_CHARS)] = ""
    file_id: Annotated[str, Field(description=ASSET)] = ""


class VideoBody(VideoForm):
    """A video to create."""

    input_reference: Annotated[Any, WithJsonSchema(PictureUrl.get_schema())] = None


class OpenAiVideoError(ResultModel):
    """The reason why a video failed."""

    code: str
    message: str


class OpenAiVideo(ResultModel):
    """The job of a clip or of a film, as OpenAI's clients read a video. Times are Unix seconds. ``warning``: that a
    retired model was replaced, and by which; how many samples did not come, and why.
    """

    id: str
    object: Literal["video"] = "video"
    status: OpenAiStatus
    model: str
    prompt: str
    progress: int
    seconds: str
    size: str
    created_at: int
    completed_at: int | None = None
    expires_at: int | None = None
    error: OpenAiVideoError | None = None
    remixed_from_video_id: str | None = None
    warning: Annotated[str, OMIT_EMPTY] = ""


class OpenAiVideoPage(ResultModel):
    """A page of videos."""

    object: Literal["list"] = "list"
    data: tuple[OpenAiVideo, ...]
    has_more: bool
    first_id: str | None
    last_id: str | None


class OpenAiDeletedVideo(ResultModel):
    """The id of a video that was deleted."""

    id: str
    object: Literal["video.deleted"] = "video.deleted"
    is_deleted: Annotated[bool, Field(alias="deleted")] = True


class OpenAiModel(ResultModel):
    """An AI model, or a flavor, which makes whole films."""

    id: str
    object: Literal["model"] = "model"
    created_at: Annotated[int, Field(alias="created")] = 0
    owned_by: str


class OpenAiModelPage(ResultModel):
    """All models and flavors."""

    object: Literal["list"] = "list"
    data: tuple[OpenAiModel, ...]


class VideoReference(Options, extra="ignore"):
    """A completed video, by its id."""

    id: Annotated[str, Field(description="the id of a completed video")] = ""


class ExtensionForm(DialectBody):
    """A video that goes on from a file, as a form; also ``video[id]`` is read."""

    prompt: Annotated[BriefText, Field(description="what happens next")]
    seconds: Annotated[str, Field(description="length of what is added, such as 8")] = ""
    video: Annotated[
        Any, WithJsonSchema({"type": "string", "format": "binary", "description": "the video that goes on, as a file"})
    ] = None
    model: Annotated[str, Field(description="the model that goes on; default: that of the video")] = ""


class ExtensionBody(ExtensionForm):
    """A video that goes on from another one."""

    video: Annotated[Any, WithJsonSchema({"description": "the video that goes on", **VideoReference.get_schema()})] = (
        None
    )


_FORM: Final = "multipart/form-data"
_CREATE: Final = {**IDEMPOTENT, **describe_body(VideoBody)}
_CREATE["requestBody"]["content"] |= describe_body(VideoForm, _FORM)["requestBody"]["content"]
_EXTEND: Final = {**IDEMPOTENT, **describe_body(ExtensionBody)}
_EXTEND["requestBody"]["content"] |= describe_body(ExtensionForm, _FORM)["requestBody"]["content"]
_TYPES: Final = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    402: "insufficient_quota",
    429: "rate_limit_error",
}


def build_openai_error(error: ReelwrightError) -> JSONResponse:
    """Build the HTTP response for an error in OpenAI's shape. Of wrong input, OpenAI says 400 where the native routes
    say 422.

    An Idempotency-Key that came with another body stays 422.
    """
    status = get_status(error)
    param = error.field if isinstance(error, BadInput) else None
    if status == 422 and param != "Idempotency-Key":
        status = 400
    message = redact_shown(f"{error.message}. {error.hint}".rstrip(". ") if error.hint else error.message)
    return build_openai_answer(status, error.code, message, param, **build_headers(error))


def build_openai_answer(status: int, code: str, message: str, param: str | None = None, **headers: str) -> JSONResponse:
    """Build an error response in OpenAI's shape from a status, a code and a message."""
    kind = _TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    return JSONResponse({"error": {"message": message, "type": kind, "param": param, "code": code}}, status, headers)


_ROUTE: Final = build_route_class(lambda _, error: build_openai_error(error))
router = APIRouter(prefix="/v1", tags=["OpenAI videos"], route_class=_ROUTE)


@router.post("/videos", summary="Create a video", openapi_extra=_CREATE, responses=describe(OpenAiVideo))
async def create_video(request: Request) -> JSONResponse:
    """Queue the job of a video by an AI model, or of a whole film by a flavor; may spend, within the caller's standing
    approval.

    Answers once the job is stored. Each call is an order of its own, unless its ``Idempotency-Key`` was sent before, or
    OpenAI's client says that it tries again: then it gets the order of an equal request of the last 15 minutes that no
    answer has reached, and only where there is none an order of its own. A field or file that is not known is refused.
    """
    body = await read_body(request, VideoBody.get_schema())
    body = _read_brackets(body)
    refuse_unknown_fields(request, body, VideoBody.get_schema(), VideoForm.get_schema())
    studio = get_studio(request)
    prompt, model = _read_text(body, "prompt"), _read_text(body, "model", is_needed=False)
    identity = await build_create_request(request, body)
    async with studio.requests_in_work.take_turn(identity):
        return await _create_video(request, body, studio, identity, prompt, model)


async def _create_video(
    request: Request, body: ProgramBody, studio: AsyncStudio, identity: CreateRequest, prompt: str, model: str
) -> JSONResponse:
    deployment: Deployment = request.app.state.deployment
    if identity.may_repeat:  # it may have waited for its turn, and its client may have given up meanwhile
        await refuse_gone_client(request)
    is_flavor = not is_model_name(model) and model in {row.name for row in await studio.list_flavors()}
    with open_scratch_folder() as folder:
        options = _read_terms(body) | await _read_reference(request, body, folder)
        options["accept_unconfirmed"] = deployment.options.may_buy_unconfirmed
        options["successor"] = read_successor(request, body.fields.get(SUCCESSOR))
        approve = get_approval(request, body.fields.get(MAX_USD))
        with name_fields(_NAMES, body.fields):
            if is_flavor:
                film = _to_film_options(model, options)
                most = read_price_cap(request, body.fields.get(MAX_USD))
                queued = await studio.enqueue_make(
                    prompt, request=identity, confirm=approve, approved_micros=most, **film
                )
            else:
                options.setdefault("seconds", _choose_default_length(model))
                queued = await studio.enqueue_clip(
                    prompt, model=model, request=identity, confirm=approve, may_use_twin=True, **options
                )
    found = queued.video or await studio.read_video_job(queued.job, has_position=False, is_reply=True)
    return _answer(deployment, found)


@router.post("/videos/extensions", summary="Extend a video", openapi_extra=_EXTEND, responses=describe(OpenAiVideo))
async def extend_video(request: Request) -> JSONResponse:
    """Queue the job of a video that begins on the last frame of another one; may spend, as ``POST /videos``.

    It is the continuation alone, and not joined to that video. 404 where the model begins on no picture.
    """
    schema = ExtensionBody.get_schema()
    body = await read_body(request, schema)
    if "video[id]" in body.fields:  # as forms say it
        fields = {name: value for name, value in body.fields.items() if name != "video[id]"}
        body = replace(body, fields={**fields, "video": {"id": body.fields["video[id]"]}})
    refuse_unknown_fields(request, body, schema, ExtensionForm.get_schema())
    studio, deployment = get_studio(request), get_deployment(request)
    prompt, model = _read_text(body, "prompt"), _read_text(body, "model", is_needed=False) or ""
    with open_scratch_folder() as folder, name_fields({**_NAMES, "image": "video", "mode": "video"}, body.fields):
        options = _read_terms(body) | await _open_video(studio, body, model, folder)
        options.setdefault("seconds", _choose_default_length(options.get("model")))
        queued = await studio.enqueue_clip(
            prompt, request=await build_create_request(request, body), may_use_twin=True,
            confirm=get_approval(request, body.fields.get(MAX_USD)),
            accept_unconfirmed=deployment.options.may_buy_unconfirmed,
            successor=read_successor(request, body.fields.get(SUCCESSOR)), **options,
        )  # fmt: skip
    found = queued.video or await studio.read_video_job(queued.job, has_position=False, is_reply=True)
    return _answer(deployment, found)


async def _open_video(studio: AsyncStudio, body: ProgramBody, model: str, folder: ScratchFolder) -> dict[str, Any]:
    """Return the options by which a clip goes on from the video of a body. Raises ``BadInput`` and ``NotFound``."""
    given, files = body.fields.get("video"), body.files.get("video", ())
    if len(files) == 1 and given is None:
        path = await asyncio.to_thread(save_upload, folder, "video", files[0])
        return await open_uploaded(studio, path, folder, model)
    video = given.get("id") if isinstance(given, dict) else None
    if not isinstance(video, str) or not video or files:
        raise BadInput("video", str(given)[:60], "an object with the id of a completed video, or a file of the form")
    return await open_continuation(studio, video, folder, model=model)


@router.get("/videos", summary="List videos", responses=describe(OpenAiVideoPage))
async def list_videos(
    request: Request, after: Name | None = None, limit: Whole = VIDEOS_PER_PAGE, order: Literal["asc", "desc"] = "desc"
) -> JSONResponse:
    """List the videos of the account, the newest first; ``after``: the id of the last video of the page before."""
    if not 1 <= limit <= 100:
        raise BadInput("limit", limit, "a whole number from 1 to 100")
    found = await get_studio(request).list_video_jobs(limit=limit + 1, after=after, oldest_first=order == "asc")
    shown = tuple(build_video(one) for one in found[:limit])
    first, last = (shown[0].id, shown[-1].id) if shown else (None, None)
    return answer(OpenAiVideoPage(data=shown, has_more=len(found) > limit, first_id=first, last_id=last))


@router.get("/videos/{video_id}", summary="Retrieve a video", responses=describe(OpenAiVideo))
async def read_video(request: Request, video_id: Name) -> JSONResponse:
    """Return the state of a video: ``queued`` only while nothing of it has started."""
    deployment: Deployment = request.app.state.deployment
    return _answer(deployment, await get_studio(request).read_video_job(video_id, has_position=False))


@router.head("/videos/{video_id}/content", include_in_schema=False)
@router.get(
    "/videos/{video_id}/content",
    summary="Download a video",
    response_class=FileResponse,
    responses=describe_file("video/mp4", *sorted(PREVIEW_TYPES.values())),
)
async def send_video(request: Request, video_id: Name, variant: Name = "video") -> Response:
    """Download a video, whole or by byte range (``Range``), or a ``thumbnail`` (WebP) or ``spritesheet`` (JPEG) of
    it.
    """
    studio = get_studio(request)
    if variant in PREVIEW_TYPES:
        drawn = await studio.draw_preview(video_id, variant)  # type: ignore[arg-type]  # one of the two
        return Response(drawn, media_type=PREVIEW_TYPES[variant], headers={"Cache-Control": "private"})
    if variant != "video":
        raise BadInput("variant", variant, "video, thumbnail or spritesheet")
    return await answer_file(request, studio, video_id, name=f"{video_id}.mp4")


@router.delete("/videos/{video_id}", summary="Delete a video", responses=describe(OpenAiDeletedVideo))
async def delete_video(request: Request, video_id: Name) -> JSONResponse:
    """Delete a video and its file; one that is not finished is cancelled first. The ledger keeps what it cost."""
    await get_studio(request).delete_video(video_id)
    return answer(OpenAiDeletedVideo(id=video_id))


@router.post("/videos/{video_id}/remix", summary="Remix a video (refused)", include_in_schema=False)
@router.post("/videos/edits", summary="Edit a video (refused)", include_in_schema=False)
@router.post("/videos/characters", summary="Create a character (refused)", include_in_schema=False)
@router.get("/videos/characters/{character_id}", summary="Read a character (refused)", include_in_schema=False)
async def refuse_method(request: Request) -> JSONResponse:
    """Answer 404 to a method of OpenAI's API that changes a video, with the reason: no model here does."""
    raise NotFound(code="no_model_takes_a_video", path=request.url.path)


@router.get("/models", summary="List models", responses=describe(OpenAiModelPage))
async def list_models(request: Request) -> JSONResponse:
    """List the video models whose provider's key is there, and the flavors, which make whole films."""
    return answer(OpenAiModelPage(data=await _list_models(request)))


@router.get("/models/{model:path}", summary="Retrieve a model", responses=describe(OpenAiModel))
async def read_model(request: Request, model: Name) -> JSONResponse:
    """Return one video model or flavor by its id."""
    for row in await _list_models(request):
        if row.id == model:
            return answer(row)
    raise NotFound(code="model_not_offered", model=model)


async def _list_models(request: Request) -> tuple[OpenAiModel, ...]:
    studio = get_studio(request)
    models = await studio.list_models(kind="video", key=not get_deployment(request).is_rehearsal)
    owners = [(row.id, row.provider) for row in models]
    owners += [(row.name, "reelwright") for row in await studio.list_flavors()]
    return tuple(OpenAiModel(id=one, owned_by=owner) for one, owner in owners)


def build_video(job: VideoJob) -> OpenAiVideo:
    """Build the video that OpenAI's clients read for a job."""
    status = find_openai_status(job)
    error = None
    if status == "failed":
        code = job.reason.code if job.reason else job.state
        error = OpenAiVideoError(code=code, message=redact_shown(job.message) or f"the job was {job.state}")
    return OpenAiVideo(
        id=job.job, status=status, model=job.model, prompt=job.prompt, progress=job.progress,
        warning="; ".join(filter(None, (job.replacement, job.missing))),
        seconds=f"{job.duration_s:g}", size=f"{job.width}x{job.height}", error=error,
        created_at=int(job.created_at.timestamp()) if job.created_at else 0,
        completed_at=int(job.finished_at.timestamp()) if job.finished_at and status == "completed" else None,
        expires_at=int(job.expires_at.timestamp()) if job.expires_at and status == "completed" else None,
    )  # fmt: skip


def _answer(deployment: Deployment, job: VideoJob) -> JSONResponse:
    video = build_video(job)
    is_over = video.status in ("completed", "failed")
    wait_ms = 200 if deployment.is_rehearsal else VIDEO_POLL_MS
    return JSONResponse(video.to_json(), headers={} if is_over else {"openai-poll-after-ms": str(wait_ms)})


def _read_text(body: ProgramBody, name: str, *, is_needed: bool = True) -> Any:
    value = body.fields.get(name)
    if value is None and not is_needed:
        return None
    if not isinstance(value, str) or not value.strip():
        raise BadInput(name, value, "text")
    return value


def _read_terms(body: ProgramBody) -> dict[str, Any]:
    """Read length and size. Raises ``BadInput`` for what is no length or no size."""
    options: dict[str, Any] = {}
    if (seconds := body.fields.get("seconds")) is not None:
        if isinstance(seconds, bool) or not isinstance(seconds, str | int | float):
            raise BadInput("seconds", seconds, "seconds such as 8")
        options["seconds"] = seconds
    if (size := body.fields.get("size")) is not None:
        found = _SIZE.fullmatch(size) if isinstance(size, str) else None
        if found is None or not all(map(int, found.groups())):
            raise BadInput("size", size, "width x height in pixels, such as 1280x720")
        width, height = map(int, found.groups())
        least = gcd(width, height)
        short = min(width, height)
        options["aspect"] = f"{width // least}:{height // least}"
        options["resolution"] = _RESOLUTIONS.get(short, f"{short}p")
    return options


def _choose_default_length(model: str | None) -> int | None:
    """Return the length of a clip that names none: 4 s where the model sells it; None: the shortest that it sells."""
    sold = find_model(model).seconds if is_model_name(model) and model else ()
    return _DEFAULT_S if _DEFAULT_S in sold else None


def _read_brackets(body: ProgramBody) -> ProgramBody:
    """Return a form in which ``input_reference[image_url]`` and its like are what a JSON body has in their place.

    Raises ``BadInput`` for two of them.
    """
    if not any(map(_BRACKETS.fullmatch, (*body.fields, *body.files))):
        return body
    fields, files = dict(body.fields), dict(body.files)
    for name in body.fields:
        if (found := _BRACKETS.fullmatch(name)) and found[2] in PictureUrl.model_fields:
            fields.setdefault(found[1], {})
            if not isinstance(fields[found[1]], dict):
                raise BadInput(name, "beside another", "one picture")
            fields[found[1]][found[2]] = fields.pop(name)
    for name in body.files:
        if (found := _BRACKETS.fullmatch(name)) and found[2] not in PictureUrl.model_fields:
            files[found[1]] = (*files.get(found[1], ()), *files.pop(name))
    check_lengths(VideoBody.get_schema(), fields)
    return replace(body, fields=fields, files=files)


async def _read_reference(request: Request, body: ProgramBody, folder: ScratchFolder) -> dict[str, Any]:
    """Save the reference picture, which becomes the first frame. Raises ``BadInput`` for what is no picture, and
    ``NotFound`` for an asset that is not there.
    """
    files, given = body.files.get("input_reference", ()), body.fields.get("input_reference")
    if len(files) + bool(given) > 1:
        raise BadInput("input_reference", f"{len(files) + bool(given)} pictures", "one picture")
    if files:
        return {"image": await asyncio.to_thread(save_upload, folder, "input_reference", files[0])}
    if not given:
        return {}
    named = {name: value for name, value in given.items() if value} if isinstance(given, dict) else {}
    if [*named] == ["file_id"]:
        return {"image": await find_asset(get_studio(request), "input_reference.file_id", named["file_id"])}
    if [*named] == ["image_url"]:
        content = await asyncio.to_thread(decode_data_url, "input_reference.image_url", named["image_url"])
        return {"image": await asyncio.to_thread(save_upload, folder, "input_reference", content)}
    accepted = "a file of the form, or one of image_url, a data: URL, and file_id, an asset"
    raise BadInput("input_reference", str(given)[:60], accepted)


def _to_film_options(flavor: str, options: dict[str, Any]) -> dict[str, Any]:
    """Convert the options of a clip into those of a whole film."""
    film = {"flavor": flavor, **{name: options[name] for name in ("accept_unconfirmed", "successor")}}
    if "seconds" in options:
        film["length"] = options["seconds"]
    if "aspect" in options:
        film["aspect"], film["short_side"] = options["aspect"], _get_short_side(options["resolution"])
    if "image" in options:
        film["images"] = [options["image"]]
    return film


def _get_short_side(resolution: str) -> int:
    sides = {name: side for side, name in _RESOLUTIONS.items()}
    return sides.get(resolution) or int(resolution.removesuffix("p"))
