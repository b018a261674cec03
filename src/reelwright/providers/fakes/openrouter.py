"""Fake of OpenRouter's video wire: submit, poll, content, the list of models, and errors."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import list_sold_models
from reelwright.catalogue.price import compute_price
from reelwright.providers.fakes.media_spec import MediaSpec, get_pixel_size
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply, make_json_reply
from reelwright.reel.graph.request import Request
from reelwright.units import MICROS_PER_DOLLAR

_PATH: Final = "/api/v1/videos"
_WORK: Final = re.compile(rf"{_PATH}/(?P<id>gen-vid-[\w-]+)(?P<content>/content)?")
_LIFE_S: Final = 24 * 3600.0  # as OpenRouter keeps films
_STATES: Final = {"queued": "pending", "running": "in_progress", "succeeded": "completed", "failed": "failed"}


class FakeOpenRouter(Fake):
    """Fake of OpenRouter's video API. Source of the wire: openrouter 1.3.84, read 2026-11-20."""

    name = "openrouter"

    def identify_kind(self, call: Call) -> Kind:
        """Return which method of ``Provider`` the call serves, by its HTTP method and path."""
        if call.path == _PATH and call.method == "POST":
            return "submit"
        found = _WORK.fullmatch(call.path)
        if found is None:
            return "other"
        return "fetch" if found["content"] else "poll"

    def is_authorized(self, call: Call) -> bool:
        """Whether the call has an accepted credential or a signed link. The signature is checked when the call is
        answered.

        Signed links need no key; their signature is checked when they are answered.
        """
        return "sig" in call.query or super().is_authorized(call)

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Answer a call as OpenRouter does, with ``behaviours`` applied to the work that it accepts."""
        if call.kind == "submit":
            return self._submit(call, behaviours)
        if call.path == f"{_PATH}/models":
            return make_json_reply({"data": [_build_model_entry(row) for row in list_sold_models("openrouter")]})
        if call.path == "/api/v1/key":
            return make_json_reply({"data": {"label": "rehearsal", "limit": None, "usage": self._sum_usage(call)}})
        found = _WORK.fullmatch(call.path)
        work = self.remote.get(found["id"]) if found else None
        if work is None:
            return self.make_error(404, "Video not found")
        return await (self._fetch_content(call, work) if call.kind == "fetch" else self._poll(call, work))

    def make_error(self, code: int, message: str) -> Reply:
        """Build an error response in OpenRouter's shape."""
        return make_json_reply({"error": {"code": code, "message": message}}, code)

    def _submit(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        try:
            body = call.parse_json()
            row, request = _parse_body(body)
        except ValueError as wrong:
            return self.make_error(400, f"Invalid request parameters: {wrong}")
        except KeyError:
            return self.make_error(404, "Model not found")
        work = self.remote.accept(
            _build_spec(row, request, body),
            compute_price(request).micros or 0,
            row.latency_s,
            behaviours,
            id_=f"gen-vid-{int(time.time())}-{uuid4().hex[:20]}",
            payer=call.payer,
            life_s=_LIFE_S,
        )
        return make_json_reply({"id": work.id, "polling_url": f"{_PATH}/{work.id}", "status": "pending"}, 202)

    async def _poll(self, call: Call, work: Work) -> Reply:
        state = await self.remote.get_state(work)
        job: dict[str, Any] = {"id": work.id, "polling_url": f"{_PATH}/{work.id}", "status": _STATES[state]}
        if state == "failed":
            job |= {"error": "Provider returned error: internal", "usage": _build_usage(work)}
        elif state == "succeeded" and not work.delivered_samples:
            filtered = "Provider returned error: content policy violation"
            job |= {"status": "failed", "error": filtered, "usage": _build_usage(work)}
        elif state == "succeeded":
            place = f"{call.url}{_PATH}/{work.id}/content?index=0"
            job |= {"generation_id": f"gen-{work.number}", "usage": _build_usage(work), "unsigned_urls": [place]}
            if not work.is_expired:
                job |= {"urls": [f"{place}&sig={work.id}"], "expires_at": int(work.expires_at or 0)}
        return make_json_reply(job)

    async def _fetch_content(self, call: Call, work: Work) -> Reply:
        if await self.remote.get_state(work) != "succeeded":
            return self.make_error(409, "Video is not ready")
        if call.query.get("sig", work.id) != work.id:
            return self.make_error(403, "Bad signature")
        if work.is_expired:
            return self.make_error(410, "Video has expired")
        if call.query.get("index", "0") != "0" or not work.delivered_samples:
            return self.make_error(404, "No such output")
        return Reply(body=await self.remote.get_output(work, 0), headers={"content-type": "video/mp4"})

    def _sum_usage(self, call: Call) -> float:
        return sum(charge.micros for charge in self.bill.charges if charge.key == call.payer) / MICROS_PER_DOLLAR


def _build_usage(work: Work) -> dict[str, Any]:
    return {"cost": work.micros / MICROS_PER_DOLLAR, "is_byok": False}


def _parse_body(body: Any) -> tuple[Model, Request]:
    """Return the catalogue's row and the request. Raises ``KeyError`` for a model, ``ValueError`` for anything else."""
    if not isinstance(body, Mapping) or not isinstance(body.get("model"), str):
        raise ValueError("model is required")
    row = {one.sold_as: one for one in list_sold_models("openrouter")}[body["model"]]
    frames = [one.get("frame_type") for one in body.get("frame_images", ())]
    mode = "first_last_frame" if "last_frame" in frames else "image_to_video" if frames else "text_to_video"
    seconds = body.get("duration", row.seconds[0])
    if not isinstance(body.get("prompt", ""), str) or isinstance(seconds, bool) or not isinstance(seconds, int):
        raise ValueError("prompt is text and duration a whole number")
    if seconds not in row.seconds:
        raise ValueError(f"duration {seconds} is not among {list(row.seconds)}")
    resolution = str(body.get("resolution", row.resolutions[0])).lower()
    if resolution not in row.resolutions:
        raise ValueError(f"resolution {resolution} is not among {list(row.resolutions)}")
    request = Request(
        model=row.id,
        mode=mode,
        prompt=body.get("prompt", ""),
        ms=seconds * 1000,
        aspect=body.get("aspect_ratio", "16:9"),
        resolution=resolution,
        sound=body.get("generate_audio") if row.sound == "asked" else None,
        seed=body.get("seed"),
    )
    return row, request


def _build_spec(row: Model, request: Request, body: Mapping[str, Any]) -> MediaSpec:
    return MediaSpec(
        provider="openrouter",
        model=row.sold_as,
        kind="video",
        prompt=request.prompt,
        ms=request.ms or 0,
        size=get_pixel_size(request.aspect or "16:9", request.resolution or "720p"),
        fps=(row.fps or 24, 1),
        has_sound=row.sound == "always" or (row.sound == "asked" and request.sound is not False),
        seed=request.seed,
        inputs=len(body.get("frame_images", ())) + len(body.get("input_references", ())),
    )


def _build_model_entry(row: Model) -> dict[str, Any]:
    """Build an entry of the list of models, as far as it tells what a model can do."""
    return {
        "id": row.sold_as,
        "canonical_slug": row.sold_as,
        "name": row.name,
        "created": 1_760_000_000,
        "supported_durations": list(row.seconds),
        "supported_resolutions": list(row.resolutions),
        "supported_aspect_ratios": list(row.aspects),
        "supported_frame_images": ["first_frame", "last_frame"][: 2 if "first_last_frame" in row.modes else 1],
        "supported_sizes": [],
        "generate_audio": row.sound != "never",
        "seed": row.has_seed,
        "allowed_passthrough_parameters": ["negativePrompt"] if row.has_negative_prompt else [],
        "creativity": None,
        "upscale_factor": None,
    }


FAKE: Final = FakeOpenRouter
