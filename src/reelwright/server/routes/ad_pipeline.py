"""The dialect of the ad pipeline, ads by beats: a film from a prompt, its stills, chunks and cost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from reelwright.errors import BadInput, NotFound
from reelwright.net.redact import redact
from reelwright.reel.brief import Brief
from reelwright.reel.value import Digest
from reelwright.server.access import get_caller
from reelwright.server.api_description import describe_fields
from reelwright.server.links import build_asset_paths
from reelwright.server.order_bodies import is_digest
from reelwright.server.program_requests import ProgramBody, build_create_request, read_body, save_upload
from reelwright.server.routes.native import get_approval, get_deployment, get_studio
from reelwright.server.states import find_ad_status
from reelwright.settings import Settings
from reelwright.studio.flavoring import apply_flavor
from reelwright.studio.scratch import open_scratch_folder
from reelwright.studio.video_jobs import VideoJob

router = APIRouter(prefix="/api", tags=["ad pipeline"])
_TEXTS: Final = ("prompt", "title", "description", "model", "config_flavor")
FLAVOR: Final = "default"
STILLS: Final = "flux-dev"
"""The model of stills unless the flavor or the setting ``stills`` names one: that of the ad pipeline."""
FIELDS: Final[dict[str, Any]] = {
    "prompt": {"type": "string", "description": "The brief"},
    "title": {"type": ["string", "null"]},
    "description": {"type": ["string", "null"]},
    "model": {"type": ["string", "null"], "description": "An AI model of /api/v1/models"},
    "config_flavor": {"type": ["string", "null"], "description": "A flavor of /api/v1/flavors"},
    "reference_assets": {"type": ["array", "null"], "items": {"type": "string"}, "description": "Ids of /api/upload"},
}
"""What a film is made from, as OpenAPI describes it."""
_UPLOAD: Final = describe_fields(
    ["files"],
    "multipart/form-data",
    files={"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1},
)


async def create_film(request: Request, body: ProgramBody) -> JSONResponse:
    """Queue the job of a film from ``prompt``, ``title``, ``description``, ``model`` and ``reference_assets``; may
    spend.
    """
    studio, deployment = get_studio(request), get_deployment(request)
    texts = {name: body.fields.get(name) for name in _TEXTS}
    for name, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise BadInput(name, str(value)[:60], "text")
    prompt = texts["prompt"] or ""
    if not prompt.strip():
        raise BadInput("prompt", texts["prompt"], "text")
    options: dict[str, Any] = {"flavor": texts["config_flavor"] or request.query_params.get("config_flavor") or FLAVOR}
    if texts["model"]:
        options["models"] = [texts["model"]]
        options |= _choose_stills(options["flavor"], deployment.runtime.settings)
    if references := await _find_references(request, body):
        options["references"] = references
    labels = {"dialect": "ads", "title": texts["title"] or "", "description": texts["description"] or ""}
    queued = await studio.enqueue_make(
        prompt, request=build_create_request(request, body), confirm=get_approval(request), labels=labels,
        accept_unconfirmed=deployment.options.may_buy_unconfirmed, **options,
    )  # fmt: skip
    return JSONResponse(
        {"video_id": queued.job, "status": "queued", "message": "the film is queued", "job_id": queued.job}
    )


@router.post("/upload", summary="Send pictures", openapi_extra=_UPLOAD)
async def upload_files(request: Request) -> JSONResponse:
    """Store the pictures of the form field ``files``; return their ids in the same order. If one is bad, none is
    kept.
    """
    files = (await read_body(request)).files.get("files", ())
    if not files:
        raise BadInput("files", "no file", "one or more pictures in a form")
    with open_scratch_folder() as folder:
        paths = [save_upload(folder, f"upload-{n}", content) for n, content in enumerate(files, 1)]
        made = await get_studio(request).add_materials(paths, "picture")
    return JSONResponse({"asset_ids": [one.id for one in made]})


async def build_status(request: Request, job: VideoJob) -> dict[str, Any]:
    """Build the JSON object with the state of a film that clients of the ad pipeline read."""
    studio = get_studio(request)
    parts = await studio.read_film_parts(job.project)
    status, phase = find_ad_status(job, has_stills=parts.has_stills, has_takes=parts.has_takes)
    is_done = status == "completed"
    film = f"/api/v1/jobs/{job.job}/files/0" if is_done and job.files else None
    stills = await build_asset_paths(get_deployment(request), get_caller(request), parts.stills)
    return {
        "video_id": job.job, "job_id": job.job, "status": status, "progress": float(job.progress),
        "current_phase": phase, "animatic_urls": stills, "stitched_video_url": film and f"{film}/picture",
        "final_video_url": film,
        "current_chunk_index": parts.take_count, "total_chunks": parts.wanted_take_count,
        "cost_usd": parts.micros / 1e6, "title": job.labels.get("title") or None,
        "description": job.labels.get("description") or None,
        "error": redact(job.message) or None if status == "failed" else None,
    }  # fmt: skip


def _choose_stills(flavor: str, settings: Settings) -> Mapping[str, str]:
    """Choose the model of the stills on which takes open: that pipeline has one for each beat. Raises ``BadInput``."""
    from reelwright.planner.flavors import choose_flavor

    has_own = choose_flavor(apply_flavor(Brief(text=""), flavor, settings.flavors), FLAVOR).stills
    return {} if has_own else {"stills": settings.stills or STILLS}


async def _find_references(request: Request, body: ProgramBody) -> Mapping[str, str]:
    """Find the pictures of ``reference_assets``. Raises ``BadInput``, and ``NotFound`` for an id that nobody sent."""
    ids = body.fields.get("reference_assets")
    if ids is None:
        return {}
    if not isinstance(ids, list) or not all(is_digest(one) for one in ids):
        raise BadInput("reference_assets", str(ids)[:60], "a list of ids of /api/upload")
    studio = get_studio(request)
    home = (await studio.open_runtime()).get_home(studio.account)
    found: dict[str, str] = {}
    for n, one in enumerate(ids, 1):
        if not await home.vault.has(home.account, Digest(one)):
            raise NotFound(code="asset_not_found", asset=one)
        path = await asyncio.to_thread(home.vault.get_verified_path, home.account, Digest(one))
        found[f"product=reference {n}"] = str(path)
    return found
