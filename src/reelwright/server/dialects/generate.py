"""Paths of two dialects: ``/api/generate`` (a form: Veo web app; JSON: ad pipeline) and ``/api/status``."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from reelwright.errors import BadInput
from reelwright.server.api_description import IDEMPOTENT, describe_body
from reelwright.server.dialects import ad_pipeline, veo_studio
from reelwright.server.routes.native import answer, get_studio
from reelwright.studio.results.options import Name

router = APIRouter(prefix="/api", tags=["Veo web app and ad pipeline"])
_BODIES: Final = {
    **describe_body(ad_pipeline.AdBody)["requestBody"]["content"],
    **describe_body(veo_studio.VeoForm, "multipart/form-data")["requestBody"]["content"],
}
_CREATE: Final = {**IDEMPOTENT, "requestBody": {"required": True, "content": _BODIES}}
_CREATED: Final[dict[int | str, dict[str, Any]]] = {200: {"model": veo_studio.VeoJob | ad_pipeline.QueuedAd}}
_STATE: Final[dict[int | str, dict[str, Any]]] = {200: {"model": veo_studio.VeoJob | ad_pipeline.AdFilm}}


@router.post("/generate", summary="Create a video or a film", openapi_extra=_CREATE, responses=_CREATED)
async def create(request: Request, config_flavor: Name | None = None) -> JSONResponse:
    """Queue a job of one to four videos from a form (Veo web app), or of a film from JSON (ad pipeline); may spend,
    as ``POST /v1/videos``.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await veo_studio.create_videos(request)
    if kind == "application/json":
        return await ad_pipeline.create_film(request, config_flavor)
    raise BadInput("Content-Type", kind, "multipart/form-data (videos) or application/json (a film)")


@router.get("/status/{job}", summary="Read the state of a video or a film", responses=_STATE)
async def read_status(request: Request, job: Name) -> JSONResponse:
    """Return the state of a job in the shape of the Veo web app or the ad pipeline, whichever created it; of any other
    job, a film as the ad pipeline and a clip as the Veo web app.
    """
    found = await get_studio(request).read_video_job(job)
    dialect = found.labels.get("dialect", "ads" if found.video_kind == "film" else "veo_studio")
    if dialect == "ads":
        return answer(await ad_pipeline.build_status(request, found))
    return answer(veo_studio.build_status(found))
