"""The dialect of Google's long-running operations: ``predictLongRunning``, as the Gemini API and LiteLLM serve it.

Source: the wire that ``providers/gemini_longrunning.py`` speaks as a client, and the client library's document.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from reelwright.errors import BadInput, NotFound, ReelwrightError
from reelwright.input_limits import MAX_TAKES_PER_ROUND, PICTURE_CHARS, URL_CHARS
from reelwright.net.redact import redact_shown
from reelwright.server.api_description import IDEMPOTENT, describe_body, describe_file
from reelwright.server.dialects.states import find_openai_status
from reelwright.server.order_bodies import open_continuation
from reelwright.server.problems import build_headers, build_route_class, get_status
from reelwright.server.program_requests import (
    MAX_USD,
    SUCCESSOR,
    DialectBody,
    build_create_request,
    name_fields,
    name_mode,
    read_body,
    read_successor,
    refuse_unknown_fields,
    save_upload,
)
from reelwright.server.routes.native import answer, answer_file, describe, get_approval, get_deployment, get_studio
from reelwright.studio.results.options import BriefText, Line, Name, Options
from reelwright.studio.results.result_model import OMIT_EMPTY, OMIT_NONE, Moment, ResultModel
from reelwright.studio.results.video_job import VideoJob
from reelwright.studio.runtime.scratch import ScratchFolder, open_scratch_folder
from reelwright.studio.studio import AsyncStudio

_STATUS: Final = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 402: "RESOURCE_EXHAUSTED", 403: "PERMISSION_DENIED",
    404: "NOT_FOUND", 405: "UNIMPLEMENTED", 408: "DEADLINE_EXCEEDED", 409: "FAILED_PRECONDITION", 410: "NOT_FOUND",
    413: "INVALID_ARGUMENT", 421: "INVALID_ARGUMENT", 422: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}  # fmt: skip
_CODES: Final = {"INVALID_ARGUMENT": 3, "NOT_FOUND": 5, "RESOURCE_EXHAUSTED": 8, "FAILED_PRECONDITION": 9}
_FILE_ID: Final = re.compile(r"([0-9a-f]{32})([0-9]{2})")
_OLD_FILE_ID: Final = re.compile(r"(job_[0-9a-f-]{1,40})-([0-9]{1,2})")
Address = Annotated[str, Field(max_length=URL_CHARS)]
_PREFIXES: Final = ("", "/v1beta", "/gemini/v1beta")
_VERTEX_PREFIXES: Final = (
    "/{version}/projects/{cloud_project}/locations/{location}/publishers/google", "/{version}/publishers/google",
)  # fmt: skip
PATHS: Final = (
    "/v1beta/", "/v1beta1/", "/v1alpha/", "/v1/projects/", "/v1/publishers/", "/gemini/v1beta/", "/models/",
    "/operations/", "/files/",
)  # fmt: skip
"""How the paths of this dialect begin."""
_OPTIONS: Final = {
    "durationSeconds": "seconds", "aspectRatio": "aspect", "resolution": "resolution", "negativePrompt": "negative",
    "seed": "seed", "generateAudio": "sound", "sampleCount": "samples",
}  # fmt: skip
"""Parameters by their names on the wire. Others are refused: they may say what is bought."""
_NAMES: Final = {ours: f"parameters.{theirs}" for theirs, ours in _OPTIONS.items()} | {
    "image": "instances[0].image", "first_frame": "instances[0].image", "last_frame": "instances[0].lastFrame",
    "references": "instances[0].referenceImages", "prompt": "instances[0].prompt",
    "ms": "parameters.durationSeconds",
}  # fmt: skip
"""What the fields are called here of which an order complains."""


class InlineData(Options, extra="ignore", alias_generator=to_camel):
    """A picture, as Google's older clients send it."""

    data: Annotated[str, Field(max_length=PICTURE_CHARS)] = ""
    mime_type: Annotated[str, Field(description="is not read: the picture says what it is")] = ""


class ImageBody(Options, extra="ignore", alias_generator=to_camel):
    """A picture."""

    bytes_base64_encoded: Annotated[str, Field(max_length=PICTURE_CHARS)] = ""
    mime_type: Annotated[str, Field(description="is not read: the picture says what it is")] = ""
    inline_data: Annotated[Any, WithJsonSchema(InlineData.get_schema())] = None


Image = Annotated[Any, WithJsonSchema(ImageBody.get_schema())]


class VideoBody(Options, extra="ignore", alias_generator=to_camel):
    """A video of an operation, by its address."""

    uri: Annotated[str, Field(max_length=URL_CHARS)] = ""
    mime_type: Annotated[str, Field(description="is not read: the video says what it is")] = ""


class InstanceBody(Options, extra="ignore", alias_generator=to_camel):
    """The words and the pictures of a video."""

    prompt: Annotated[BriefText, Field(description="what the video shows, in your own words")]
    image: Image = None
    video: Annotated[
        Any,
        WithJsonSchema(VideoBody.get_schema()),
        Field(description="a video of an operation here, on whose last frame the new one begins"),
    ] = None
    last_frame: Image = None
    reference_images: Annotated[
        Any,
        WithJsonSchema(
            {
                "type": "array",
                "maxItems": 100,
                "items": {
                    "type": "object",
                    "properties": {"image": ImageBody.get_schema(), "referenceType": {"type": "string"}},
                },
            }
        ),
    ] = ()


class ParametersBody(Options, extra="ignore", alias_generator=to_camel):
    """Terms of the video."""

    duration_seconds: Annotated[int | str, Field(description="the length in seconds")] = ""
    aspect_ratio: Annotated[str, Field(description="width to height, such as 16:9")] = ""
    resolution: Annotated[str, Field(description="a resolution that the model sells, such as 720p")] = ""
    negative_prompt: Annotated[Line, Field(description="what the video must not show")] = ""
    seed: Annotated[int, Field(description="the random seed, if the model accepts one")] = 0
    generate_audio: Annotated[
        bool | None, Field(description="whether the video has its own sound, if the model gives the choice")
    ] = None
    sample_count: Annotated[int, Field(description=f"how many takes, 1 to {MAX_TAKES_PER_ROUND}")] = 1


class OperationBody(DialectBody, alias_generator=to_camel):
    """A long-running operation."""

    instances: Annotated[
        Any, WithJsonSchema({"type": "array", "minItems": 1, "maxItems": 1, "items": InstanceBody.get_schema()})
    ]
    parameters: Annotated[Any, WithJsonSchema(ParametersBody.get_schema())] = None


class FetchBody(Options, alias_generator=to_camel):
    """The operation that a client of Vertex asks for."""

    operation_name: Annotated[str, Field(max_length=URL_CHARS)]


class GoogleFile(ResultModel):
    """The address of a video."""

    uri: str


class GoogleFileDetails(ResultModel, alias_generator=to_camel):
    """A video of an operation as a file. Times and sizes are text, as Google writes them."""

    name: str
    uri: str
    download_uri: str
    mime_type: str = "video/mp4"
    size_bytes: str
    create_time: Moment | None
    expiration_time: Annotated[Moment | None, OMIT_NONE] = None
    state: str = "ACTIVE"
    source: str = "GENERATED"


class GoogleModel(ResultModel, alias_generator=to_camel):
    """A video model, by its name for ``predictLongRunning``."""

    name: str
    display_name: str
    description: str = ""
    supported_generation_methods: tuple[str, ...] = ("predictLongRunning",)


class GoogleModelPage(ResultModel):
    """All video models whose provider's key is there, as one page."""

    models: tuple[GoogleModel, ...]


class VertexVideo(ResultModel, alias_generator=to_camel):
    """A video of an operation, in base64."""

    bytes_base64_encoded: str
    mime_type: str = "video/mp4"


class VertexVideos(ResultModel):
    """The result of an operation on a path of Vertex."""

    videos: tuple[VertexVideo, ...]


class GoogleSample(ResultModel):
    """A video of an operation."""

    video: GoogleFile


class GoogleSamples(ResultModel, alias_generator=to_camel):
    """The videos of an operation."""

    generated_samples: tuple[GoogleSample, ...]


class GoogleVideos(ResultModel, alias_generator=to_camel):
    """The result of an operation."""

    generate_video_response: GoogleSamples

    def list_samples(self) -> tuple[GoogleSample, ...]:
        """Return the videos."""
        return self.generate_video_response.generated_samples


class GoogleProgress(ResultModel, alias_generator=to_camel):
    """The state of an operation, by the words of ``/v1/videos``. ``warning``: which model replaced a
    retired one, and which samples did not come.
    """

    state: str
    progress_percent: int
    warning: Annotated[str, OMIT_EMPTY] = ""


class GoogleFault(ResultModel):
    """The reason why an operation failed, with its code of gRPC."""

    code: int
    message: str


class GoogleOperation(ResultModel):
    """A long-running operation. One that is not ``done`` has no ``response``, and no ``error``."""

    name: str
    metadata: Annotated[GoogleProgress | None, OMIT_NONE] = None
    is_done: Annotated[bool, OMIT_EMPTY, Field(alias="done")] = False
    response: Annotated[GoogleVideos | VertexVideos | None, OMIT_NONE] = None
    error: Annotated[GoogleFault | None, OMIT_NONE] = None


_CREATE: Final = {**IDEMPOTENT, **describe_body(OperationBody)}


def build_google_error(error: ReelwrightError) -> JSONResponse:
    """Build the HTTP response for an error in Google's shape: ``{"error": {"code": …, "message": …, "status": …}}``."""
    status = get_status(error)
    message = redact_shown(f"{error.message}. {error.hint}" if error.hint else error.message)
    return build_google_answer(400 if status == 422 else status, message, **build_headers(error))


def build_google_answer(status: int, message: str, **headers: str) -> JSONResponse:
    """Build an error response in Google's shape from an HTTP status and a message."""
    body = {"error": {"code": status, "message": message, "status": _STATUS.get(status, "INTERNAL")}}
    return JSONResponse(body, status, headers)


_ROUTE: Final = build_route_class(lambda _, error: build_google_error(error))
router = APIRouter(tags=["long-running operations"])


async def create_operation(request: Request, model: Name) -> JSONResponse:
    """Queue a job of videos by an AI model, and return the name of its operation; may spend, as ``POST /v1/videos``."""
    return answer(GoogleOperation(name=f"models/{model}/operations/{await _queue_job(request, model)}"))


async def _queue_job(request: Request, model: str) -> str:
    """Queue the job of a request, and return its id; may spend."""
    studio, deployment = get_studio(request), get_deployment(request)
    body = await read_body(request, OperationBody.get_schema())
    refuse_unknown_fields(request, body, OperationBody.get_schema())
    instances = body.fields.get("instances")
    if not isinstance(instances, list) or len(instances) != 1 or not isinstance(instances[0], Mapping):
        raise BadInput("instances", str(instances)[:60], "a list with one object")
    instance, parameters = instances[0], body.fields.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise BadInput("parameters", str(parameters)[:60], "an object")
    prompt = instance.get("prompt")
    if not isinstance(prompt, str):
        raise BadInput("instances[0].prompt", prompt, "text")
    options: dict[str, Any] = {
        ours: parameters[theirs] for theirs, ours in _OPTIONS.items() if parameters.get(theirs) is not None
    }
    options["successor"] = read_successor(request, body.fields.get(SUCCESSOR))
    with open_scratch_folder() as folder:
        options |= await asyncio.to_thread(_read_pictures, instance, folder)
        names = name_mode(_NAMES, options)
        if instance.get("video") is not None:
            names |= dict.fromkeys(("image", "first_frame", "mode", "video"), "instances[0].video")
            with name_fields(names):
                options |= await _open_video(studio, instance["video"], model, folder, options)
            options.pop("model", None)
        with name_fields(names):
            queued = await studio.enqueue_clip(
                prompt, model=model, request=await build_create_request(request, body),
                confirm=get_approval(request, body.fields.get(MAX_USD)),
                accept_unconfirmed=deployment.options.may_buy_unconfirmed, labels={"dialect": "longrunning"},
                may_use_twin=True, **options,
            )  # fmt: skip
    return queued.job


async def read_operation_of_model(request: Request, model: Name, job: Name) -> JSONResponse:
    """Return the state of an operation, as ``GET /operations/{job}`` does; the model in the path is ignored."""
    return await read_operation(request, job)


async def read_operation(request: Request, job: Name) -> JSONResponse:
    """Return the state of an operation; once it is ``done``, also the URLs of its videos or its error."""
    found = await get_studio(request).read_video_job(job, has_position=False)
    return answer(build_operation(found, str(request.base_url).rstrip("/")))


async def send_operation_file(request: Request, file: Address) -> Response:
    """Download a video of an operation, whole or by byte range.

    Google's clients put the whole address in place of the id, where that begins with http and not https.
    """
    job, index = parse_file_id(file.rpartition("files/")[2].partition(":")[0])
    return await answer_file(request, get_studio(request), job, index, f"{job}-{index}.mp4")


async def read_operation_file(request: Request, file: Name) -> JSONResponse:
    """Return the address, size and times of a video of an operation."""
    studio, (job, index) = get_studio(request), parse_file_id(file)
    path, _ = await studio.locate_video(job, index)
    found = await studio.read_video_job(job, has_position=False)
    uri = build_file_uri(str(request.base_url).rstrip("/"), job, index)
    size = (await asyncio.to_thread(path.stat)).st_size
    return answer(
        GoogleFileDetails(
            name=f"files/{build_file_id(job, index)}", uri=uri, download_uri=uri, size_bytes=str(size),
            create_time=found.finished_at, expiration_time=found.expires_at,
        )
    )  # fmt: skip


async def list_google_models(request: Request) -> JSONResponse:
    """List the video models whose provider's key is there, as one page."""
    return answer(GoogleModelPage(models=await _list_models(request)))


async def read_google_model(request: Request, model: Name) -> JSONResponse:
    """Return one video model by its id."""
    for row in await _list_models(request):
        if row.name == f"models/{model}":
            return answer(row)
    raise NotFound(code="model_not_offered", model=model)


async def _list_models(request: Request) -> tuple[GoogleModel, ...]:
    rows = await get_studio(request).list_models(kind="video", key=not get_deployment(request).is_rehearsal)
    return tuple(GoogleModel(name=f"models/{row.id}", display_name=row.name, description=row.price) for row in rows)


async def create_vertex_operation(request: Request, model: Name) -> JSONResponse:
    """Queue a job as ``create_operation`` does, and answer with a name as Vertex gives it; may spend.

    Project and location of the path are read by nobody.
    """
    job = await _queue_job(request, model)
    begin = request.url.path.partition(":predictLongRunning")[0].split("/", 2)[2]
    return answer(GoogleOperation(name=f"{begin}/operations/{job}"))


async def fetch_vertex_operation(request: Request, model: Name) -> JSONResponse:
    """Return the state of the operation that the body names; once it is done, also its videos in base64."""
    body = await read_body(request, FetchBody.get_schema())
    name = FetchBody.parse(body.fields).operation_name
    studio, job = get_studio(request), name.rpartition("/")[2]
    operation = build_operation(await studio.read_video_job(job, has_position=False), "")
    if isinstance(operation.response, GoogleVideos):
        paths = [(await studio.locate_video(job, n))[0] for n in range(len(operation.response.list_samples()))]
        videos = [await asyncio.to_thread(_encode_video, path) for path in paths]
        operation = operation.replace(response=VertexVideos(videos=tuple(videos)))
    return answer(operation.replace(name=name))


def _encode_video(path: Path) -> VertexVideo:
    return VertexVideo(bytes_base64_encoded=base64.b64encode(path.read_bytes()).decode())


for _prefix in _PREFIXES:
    _part = APIRouter(prefix=_prefix, route_class=_ROUTE, include_in_schema=_prefix == "/v1beta")
    _part.add_api_route(
        "/models/{model}:predictLongRunning", create_operation, methods=["POST"], openapi_extra=_CREATE,
        responses=describe(GoogleOperation),
    )  # fmt: skip
    _part.add_api_route(
        "/models/{model}/operations/{job}", read_operation_of_model, responses=describe(GoogleOperation)
    )
    _part.add_api_route("/operations/{job}", read_operation, responses=describe(GoogleOperation))
    _part.add_api_route(
        "/files/{file:path}:download", send_operation_file, response_class=FileResponse,
        responses=describe_file("video/mp4"),
    )  # fmt: skip
    if _prefix:  # paths of the root are pages
        _part.add_api_route("/files/{file}", read_operation_file, responses=describe(GoogleFileDetails))
        _part.add_api_route("/models", list_google_models, responses=describe(GoogleModelPage))
        _part.add_api_route("/models/{model}", read_google_model, responses=describe(GoogleModel))
    router.include_router(_part)


for _prefix in _VERTEX_PREFIXES:
    _part = APIRouter(prefix=_prefix, route_class=_ROUTE, include_in_schema=False)
    _part.add_api_route("/models/{model}:predictLongRunning", create_vertex_operation, methods=["POST"])
    _part.add_api_route("/models/{model}:fetchPredictOperation", fetch_vertex_operation, methods=["POST"])
    router.include_router(_part)


def build_file_id(job: str, index: int) -> str:
    """Build the id of a job's video: small letters and digits alone, since Google's clients read no others."""
    return f"{job.removeprefix('job_').replace('-', '')}{index:02d}"


def parse_file_id(file: str) -> tuple[str, int]:
    """Return the job and the index of a file's id, also of the older form ``JOB-0``. Raises ``NotFound``."""
    if found := _FILE_ID.fullmatch(file):
        return f"job_{UUID(found[1])}", int(found[2])
    if found := _OLD_FILE_ID.fullmatch(file):
        return found[1], int(found[2])
    raise NotFound(code="job_not_found", job=file[:100])


def build_file_uri(base_url: str, job: str, index: int) -> str:
    """Build the address of a job's video."""
    return f"{base_url}/v1beta/files/{build_file_id(job, index)}:download?alt=media"


def build_operation(job: VideoJob, base_url: str) -> GoogleOperation:
    """Build the long-running operation that Google's clients read for a job."""
    status = find_openai_status(job)
    operation = GoogleOperation(
        name=f"models/{job.model}/operations/{job.job}",
        metadata=GoogleProgress(
            state=status,
            progress_percent=job.progress,
            warning="; ".join(filter(None, (job.replacement, job.missing))),
        ),
    )
    if status == "completed":
        uris = [build_file_uri(base_url, job.job, n) for n in range(len(job.files))]
        samples = GoogleSamples(generated_samples=tuple(GoogleSample(video=GoogleFile(uri=uri)) for uri in uris))
        return operation.replace(is_done=True, response=GoogleVideos(generate_video_response=samples))
    if status == "failed":
        message = redact_shown(job.message) or f"the job was {job.state}"
        code = _CODES["FAILED_PRECONDITION" if job.state == "waiting" else "INVALID_ARGUMENT"]
        if job.state == "cancelled":
            code = 1
        return operation.replace(is_done=True, error=GoogleFault(code=code, message=message))
    return operation


async def _open_video(
    studio: AsyncStudio, video: Any, model: str, folder: ScratchFolder, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options by which a clip goes on from a video of an operation. Raises ``BadInput``, ``NotFound``."""
    uri = video.get("uri") if isinstance(video, Mapping) else None
    file = uri.rpartition("files/")[2].partition(":")[0] if isinstance(uri, str) else ""
    if not (_FILE_ID.fullmatch(file) or _OLD_FILE_ID.fullmatch(file)):
        raise BadInput("video", str(video)[:60], "an object with the uri of a video that was made here")
    if {"image", "last_frame", "references"} & {*options}:
        raise BadInput("video", "beside a picture", "a video or pictures, not both")
    job, index = parse_file_id(file)
    return {**await open_continuation(studio, job, folder, index=index, model=model), **options}


def _read_pictures(instance: Mapping[str, Any], folder: ScratchFolder) -> dict[str, Any]:
    """Save first frame, last frame and references. Raises ``BadInput``."""
    options: dict[str, Any] = {}
    for theirs, ours in (("image", "image"), ("lastFrame", "last_frame")):
        if instance.get(theirs) is not None:
            options[ours] = save_upload(folder, ours, _decode(f"instances[0].{theirs}", instance[theirs]))
    references = instance.get("referenceImages")
    if references is not None:
        if not isinstance(references, list):
            raise BadInput("instances[0].referenceImages", str(references)[:60], "a list")
        options["references"] = {}
        for n, one in enumerate(references, 1):
            field = f"instances[0].referenceImages[{n - 1}]"
            if not isinstance(one, Mapping):
                raise BadInput(field, str(one)[:60], "an object with an image")
            role = "style" if one.get("referenceType") == "style" else "product"
            picture = save_upload(folder, f"reference-{n}", _decode(f"{field}.image", one.get("image")))
            options["references"][f"{role}=reference {n}"] = picture
    return options


def _decode(field: str, image: object) -> bytes:
    """Decode an image of the wire. Raises ``BadInput``."""
    found = image.get("inlineData", image) if isinstance(image, Mapping) else None
    data = (found.get("bytesBase64Encoded") or found.get("data")) if isinstance(found, Mapping) else None
    if not isinstance(data, str):
        raise BadInput(field, str(image)[:60], "an object with bytesBase64Encoded")
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:  # also for letters beyond ASCII
        raise BadInput(field, "not base64", "an object with bytesBase64Encoded") from None
