"""The dialect of the ad pipeline, ads by beats: a film from a prompt, its stills, chunks and cost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field, WithJsonSchema

from reelwright.errors import BadInput
from reelwright.net.redact import redact_shown
from reelwright.planner.flavors import choose_flavor
from reelwright.reel.film.brief import Brief
from reelwright.server.api_description import describe_body
from reelwright.server.caller import get_caller
from reelwright.server.dialects.states import find_ad_status
from reelwright.server.links import build_asset_urls, build_film_urls
from reelwright.server.order_bodies import find_asset, is_digest
from reelwright.server.program_requests import (
    DialectBody,
    build_create_request,
    choose_single,
    name_fields,
    read_body,
    read_price_cap,
    read_successor,
    refuse_unknown_fields,
    save_upload,
)
from reelwright.server.routes.native import answer, describe, get_approval, get_deployment, get_studio
from reelwright.settings import Settings
from reelwright.studio.results.options import BriefText, Line, Name, Options
from reelwright.studio.results.result_model import ResultModel
from reelwright.studio.results.video_job import VideoJob
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts.flavoring import apply_flavor

router = APIRouter(prefix="/api", tags=["ad pipeline"])
FLAVOR: Final = "ads"
QUEUED: Final = "the film is queued"
MODEL: Final = "hailuo_fast"
"""The video model where neither body nor setting nor flavor names one: that of the ad pipeline."""
MANY_STILLS: Final = "flux-2-pro"
"""In place of ``STILLS``, which is shown one picture, where the body names several reference assets."""
STILLS: Final = "flux-dev"
"""The model of stills unless the flavor or the setting ``stills`` names one: that of the ad pipeline."""


class AdBody(DialectBody):
    """The body of a film: its words, and what it is made with."""

    prompt: Annotated[BriefText, Field(description="the brief")]
    title: Annotated[
        Line | None,
        Field(description="the title of the project; it stands on a film in which the prompt says no words"),
    ] = None
    description: Annotated[Line | None, Field(description="a note, kept with the job")] = None
    model: Annotated[
        str | None,
        Field(description="an AI model of /api/v1/models; animatic: drawn, for nothing. Default: hailuo_fast"),
    ] = None
    config_flavor: Annotated[str | None, Field(description="a flavor of /api/v1/flavors")] = None
    reference_assets: Annotated[Sequence[str] | None, Field(description="a list of ids of /api/upload")] = None
    overlays: Annotated[
        Literal["title", "none"] | None,
        Field(description="none: no words over the pictures; title, the default: name and call stand on the film"),
    ] = None


class FilesBody(Options):
    """Pictures of a form."""

    files: Annotated[
        Sequence[Any],
        WithJsonSchema(
            {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1, "maxItems": 100}
        ),
    ]


class QueuedAd(ResultModel):
    """The job of a film that was queued. ``message``: also by which model a retired one was replaced."""

    video_id: str
    status: str = "queued"
    message: str = QUEUED


class AdFilm(ResultModel):
    """The state of a film, as clients of the ad pipeline read it."""

    video_id: str
    job_id: str
    status: str
    progress: float
    current_phase: str
    animatic_urls: tuple[str, ...]
    stitched_video_url: str | None
    final_video_url: str | None
    current_chunk_index: int
    total_chunks: int
    cost_usd: float
    title: str | None
    description: str | None
    error: str | None


class AssetIds(ResultModel):
    """The ids of pictures that were sent, in their order."""

    asset_ids: tuple[str, ...]


_UPLOAD: Final = describe_body(FilesBody, "multipart/form-data")


async def create_film(request: Request, config_flavor: Name | None) -> JSONResponse:
    """Queue the job of a film from an ``AdBody``; may spend. ``config_flavor``: of the query."""
    body = await read_body(request, AdBody.get_schema())
    refuse_unknown_fields(request, body, AdBody.get_schema(), query=("config_flavor",))
    studio, deployment = get_studio(request), get_deployment(request)
    given = AdBody.parse(body.fields)
    if not given.prompt.strip():
        raise BadInput("prompt", given.prompt, "text")
    options: dict[str, Any] = {"flavor": choose_single("config_flavor", config_flavor, given.config_flavor) or FLAVOR}
    options |= _choose_models(given.model, options["flavor"], deployment.runtime.settings)
    if references := await _find_references(request, given.reference_assets):
        options["references"] = references
    labels = {"dialect": "ads", "title": given.title or "", "description": given.description or ""}
    options["successor"] = read_successor(request, given.successor)
    brief = Brief(text=given.prompt, title=given.title or "", overlays=given.overlays or "")
    if len(options.get("references", ())) > 1 and options.get("stills") == STILLS:
        options["stills"] = MANY_STILLS
    with name_fields({"models": "model", "flavor": "config_flavor", "references": "reference_assets"}):
        queued = await studio.enqueue_make(
            brief, request=await build_create_request(request, body), confirm=get_approval(request, given.max_usd),
            approved_micros=read_price_cap(request, given.max_usd), labels=labels, may_use_twin=True,
            accept_unconfirmed=deployment.options.may_buy_unconfirmed, **options,
        )  # fmt: skip
    replaced = queued.video.replacement if queued.video else ""
    message = f"{QUEUED}; {replaced}" if replaced else QUEUED
    return answer(QueuedAd(video_id=queued.job, message=message))


@router.post("/upload", summary="Send pictures", openapi_extra=_UPLOAD, responses=describe(AssetIds))
async def upload_files(request: Request) -> JSONResponse:
    """Store the pictures of the form field ``files``; return their ids in the same order. If one is bad, none is
    kept.
    """
    files = (await read_body(request, FilesBody.get_schema())).files.get("files", ())
    if not files:
        raise BadInput("files", "no file", "one or more pictures in a form")
    with open_scratch_folder() as folder:
        paths = [await asyncio.to_thread(save_upload, folder, f"upload-{n}", one) for n, one in enumerate(files, 1)]
        made = await get_studio(request).add_materials(paths, "picture")
    return answer(AssetIds(asset_ids=tuple(one.id for one in made)))


async def build_status(request: Request, job: VideoJob) -> AdFilm:
    """Build the state of a film that clients of the ad pipeline read."""
    studio = get_studio(request)
    parts = await studio.read_film_parts(job.project)
    status, phase = find_ad_status(job, has_stills=parts.has_stills, has_takes=parts.has_takes)
    is_done = status == "completed"
    whom, base = (get_deployment(request), get_caller(request)), str(request.base_url)
    film, picture = await build_film_urls(*whom, base, job.job, job.files[0]) if is_done and job.files else (None, None)
    stills = await build_asset_urls(*whom, base, parts.stills)
    return AdFilm(
        video_id=job.job, job_id=job.job, status=status, progress=job.progress, current_phase=phase,
        animatic_urls=tuple(stills), stitched_video_url=picture, final_video_url=film,
        current_chunk_index=parts.take_count, total_chunks=parts.wanted_take_count, cost_usd=parts.micros / 1e6,
        title=job.labels.get("title") or None, description=job.labels.get("description") or None,
        error=redact_shown(job.message) or None if status == "failed" else None,
    )  # fmt: skip


def _choose_models(model: str | None, flavor: str, settings: Settings) -> Mapping[str, Any]:
    """Choose the models of the takes, and of the still on which each beat opens; a flavor's own stay. Raises
    ``BadInput``.
    """
    own = choose_flavor(apply_flavor(Brief(text=""), flavor, settings.flavors), FLAVOR)
    named = model or ("" if own.models else settings.model or MODEL)
    stills = own.stills or settings.stills or STILLS
    is_drawn = named == "animatic"
    return {**({"models": [named]} if named else {}), **({} if is_drawn or own.stills else {"stills": stills})}


async def _find_references(request: Request, ids: Sequence[str] | None) -> Mapping[str, str]:
    """Find the pictures of ``reference_assets``. Raises ``BadInput``, and ``NotFound`` for an id that nobody sent."""
    if ids is None:
        return {}
    if not all(map(is_digest, ids)):
        raise BadInput("reference_assets", str(ids)[:60], "a list of ids of /api/upload")
    studio = get_studio(request)
    return {f"product=reference {n}": await find_asset(studio, "reference_assets", one) for n, one in enumerate(ids, 1)}
