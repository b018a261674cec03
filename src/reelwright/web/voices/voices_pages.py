"""Routes of the voices: their list, from which one is chosen for a film, and the sample of each."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reelwright.errors import NotFound, ReelwrightError
from reelwright.server.routes.native import get_deployment
from reelwright.studio.results.inventory import VoiceList
from reelwright.studio.results.options import Name
from reelwright.web.forms import Studio
from reelwright.web.outcomes import PageRoute, describe_trouble
from reelwright.web.rendering import HEADERS, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_KINDS: Final = {
    b"RIFF": "audio/wav", b"ID3": "audio/mpeg", b"\xff\xfb": "audio/mpeg", b"\xff\xf3": "audio/mpeg",
    b"\xff\xf2": "audio/mpeg", b"OggS": "audio/ogg", b"fLaC": "audio/flac",
}  # fmt: skip
"""First bytes of the sounds that browsers play, each with its type. What begins otherwise is not sent on."""
_NONE: Final = VoiceList(providers=(), voices=())


@router.get("/studio/voices")
async def show_voices(request: Request, studio: Studio, model: str = "") -> Response:
    """Show the voices that may be used, each with its sample; asks the providers, and costs nothing.

    ``model``: the id of the speech model that is to speak; any other: the first that can be used.
    """
    is_open = get_deployment(request).is_rehearsal  # every key counts as here then
    found, trouble = _NONE, None
    try:
        found = await studio.list_voices()
    except ReelwrightError as error:
        trouble = describe_trouble(error)
    models = [
        one
        for one in await studio.list_models(kind="speech")
        if is_open or (one.has_key if one.key_variable else one.provider in found.providers)
    ]
    chosen = next((one for one in models if one.id == model), models[0] if models else None)
    voices = [one for one in found.voices if chosen and one.provider == chosen.provider]
    return render(
        request, "voices/page.html", room="create", models=models, chosen=chosen, voices=voices, trouble=trouble
    )


@router.get("/studio/voices/{provider}/{voice}/sample")
async def send_sample(studio: Studio, provider: Name, voice: Name) -> Response:
    """Return the sample of a voice as its provider gives it away. Raises ``NotFound`` where there is none."""
    sound = await studio.read_voice_sample(provider, voice)
    kind = next((kind for head, kind in _KINDS.items() if sound.startswith(head)), None)
    if kind is None:
        raise NotFound(code="name_not_found", kind="sample of a voice", name=voice)
    return Response(sound, 200, {**HEADERS, "Cache-Control": "private, max-age=3600"}, kind)
