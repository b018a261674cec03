"""The AI models, flavors, looks, presets, moods and voices that can be chosen."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from reelwright.server.routes.native import answer, describe, get_deployment, get_studio
from reelwright.studio.results.inventory import (
    FlavorList,
    LookList,
    ModelDetails,
    ModelList,
    MoodList,
    PresetList,
    VoiceList,
)
from reelwright.studio.results.options import Name

router = APIRouter(prefix="/api/v1", tags=["models and flavors"])


@router.get("/models", summary="List AI models", responses=describe(ModelList))
async def list_models(request: Request, kind: Name | None = None, can: Name | None = None) -> JSONResponse:
    """List the AI models with their prices, limits and dates; ``kind`` and ``can`` filter them."""
    rows = await get_studio(request).list_models(kind=kind, can=can)
    return JSONResponse({"models": [row.to_json() for row in rows]})


@router.get("/models/{model}", summary="Read an AI model", responses=describe(ModelDetails))
async def read_model(request: Request, model: Name) -> JSONResponse:
    """Read one AI model by its id or an alias, also a retired one."""
    return answer(await get_studio(request).describe_model(model))


@router.get("/flavors", summary="List flavors", responses=describe(FlavorList))
async def list_flavors(request: Request) -> JSONResponse:
    """List the flavors: named ways of making a film."""
    return JSONResponse({"flavors": [row.to_json() for row in await get_studio(request).list_flavors()]})


@router.get("/looks", summary="List looks", responses=describe(LookList))
async def list_looks(request: Request) -> JSONResponse:
    """List the looks: colours, lettering and motion of what Reelwright draws."""
    return answer(LookList(looks=await get_studio(request).list_looks()))


@router.get("/presets", summary="List delivery presets", responses=describe(PresetList))
async def list_presets(request: Request) -> JSONResponse:
    """List the delivery presets: the frame, the longest film and the loudness of each platform, and what it covers."""
    return answer(PresetList(presets=await get_studio(request).list_presets()))


@router.get("/moods", summary="List moods", responses=describe(MoodList))
async def list_moods(request: Request) -> JSONResponse:
    """List the moods of the music that Reelwright composes: what each sounds like, its tempo, and its use."""
    return answer(MoodList(moods=await get_studio(request).list_moods()))


@router.get(
    "/moods/{mood}/sample", summary="Hear a mood", response_class=Response,
    responses={200: {"content": {"audio/mp4": {"schema": {"type": "string", "format": "binary"}}}}},
)  # fmt: skip
async def read_mood_sample(request: Request, mood: Name) -> Response:
    """Read about eight seconds of a mood as M4A. A server composes each mood once; it costs nothing."""
    sound = await get_deployment(request).mood_samples.read(get_studio(request), mood)
    return Response(sound, 200, {"Cache-Control": "private, max-age=86400"}, "audio/mp4")


@router.get("/voices", summary="List voices", responses=describe(VoiceList))
async def list_voices(request: Request) -> JSONResponse:
    """List the voices that can read a film's lines. Asks the providers whose key is there; costs nothing."""
    return answer(await get_studio(request).list_voices())
