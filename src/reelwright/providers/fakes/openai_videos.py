"""Fake of ``/v1/videos`` with the habits of four servers: OpenAI's own wire, LiteLLM, vLLM-Omni and SGLang."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import list_sold_models
from reelwright.catalogue.price import compute_price
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.media_spec import Footage, MediaSpec, make_tiny_file
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Kind, Script
from reelwright.providers.fakes.wire import Call, Fake, Reply, make_json_reply
from reelwright.providers.families.videos_wire import Profile
from reelwright.reel.graph.request import Request

_PATH: Final = "/v1/videos"
_WORK: Final = re.compile(rf"{_PATH}/(?P<id>[^/]+)(?P<content>/content)?")
_SIZE: Final = re.compile(r"(?P<width>\d{2,4})x(?P<height>\d{2,4})")
_REPEATED: Final = ("prompt", "seconds", "size")
_USUAL_S: Final = (30.0, 90.0)  # as long as real ones take


class FakeOpenaiVideos(Fake):
    """Fake of ``/v1/videos`` as OpenAI, LiteLLM, vLLM-Omni or SGLang serve it. ``profile``: whose habits.

    Sources: openai 3.51.0, litellm 1.109.1, vllm-omni and sglang, read 2026-11-20.
    """

    name = "openai_videos"

    def __init__(
        self,
        bill: Bill | None = None,
        script: Script | None = None,
        footage: Footage = make_tiny_file,
        secret: str | None = None,
        profile: Profile = "litellm",
    ) -> None:
        super().__init__(bill, script, footage, secret)
        self.profile = profile
        self._served = {row.profile: row for row in reversed(list_sold_models(self.name))}

    def identify_kind(self, call: Call) -> Kind:
        """Return which method of ``Provider`` the call serves, by its HTTP method and path."""
        if call.path == _PATH:
            return "submit" if call.method == "POST" else "find"
        found = _WORK.fullmatch(call.path)
        if found is None:
            return "other"
        if found["content"]:
            return "fetch"
        return "cancel" if call.method == "DELETE" else "poll"

    def is_authorized(self, call: Call) -> bool:
        """Whether the credential of the call is accepted. Servers that the user runs need no key, unless they were
        given one.
        """
        own = self.profile in ("vllm_omni", "sglang") and not call.secret
        return own or super().is_authorized(call)

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Answer a call as the faked server does, with ``behaviours`` applied to the work that it accepts."""
        if call.path == "/v1/models":
            return make_json_reply(
                {"object": "list", "data": [{"id": row.sold_as} for row in list_sold_models(self.name)]}
            )
        if call.kind == "submit":
            return self._submit(call, behaviours)
        if call.kind == "find":
            return await self._list(call)
        found = _WORK.fullmatch(call.path)
        work = self.remote.get(found["id"]) if found else None
        if work is None or (work.is_cancelled and self.profile == "vllm_omni"):
            return self.make_error(404, "Video not found")
        if call.kind == "fetch":
            return await self._fetch_content(work)
        return await (self._delete(work) if call.kind == "cancel" else self._poll(work))

    def make_error(self, code: int, message: str) -> Reply:
        """Build an error response in the faked server's shape."""
        if self.profile in ("vllm_omni", "sglang"):
            return make_json_reply({"detail": message}, code)
        kinds = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
        word = str(code) if self.profile == "litellm" else kinds.get(code)
        error = {"message": message, "type": "server_error" if code >= 500 else "invalid_request_error", "param": None}
        return make_json_reply({"error": {**error, "code": word}}, code)

    def _submit(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        try:
            spec, micros, usual_s = self._parse_fields(_read_fields(call))
        except ValueError as wrong:
            return self.make_error(422 if self.profile in ("vllm_omni", "sglang") else 400, str(wrong))
        work = self.remote.accept(spec, micros, usual_s, behaviours, id_=self._new_id(), payer=call.payer)
        return make_json_reply(self._build_video(work, "processing" if self.profile == "litellm" else "queued"))

    def _parse_fields(self, fields: Mapping[str, Any]) -> tuple[MediaSpec, int, tuple[float, float]]:
        """Return the media, its price, and how long it usually takes. Raises ``ValueError``."""
        prompt = fields.get("prompt")
        if not isinstance(prompt, str) or not prompt:
            raise ValueError("prompt: Field required")
        row = self._row(str(fields.get("model", "")))
        fps = int(fields.get("fps", row.fps if row and row.fps else 24))
        ms = int(fields["num_frames"]) * 1000 // fps if "num_frames" in fields else int(fields.get("seconds", 4)) * 1000
        size = _parse_size(fields)
        spec = MediaSpec(
            provider=self.name,
            model=str(fields.get("model", "")),
            kind="video",
            prompt=prompt,
            ms=ms,
            size=size,
            fps=(fps, 1),
            has_sound=str(fields.get("generate_sound")) == "true" or bool(row and row.sound == "always"),
            seed=int(fields["seed"]) if "seed" in fields else 1024 if self.profile == "sglang" else None,
            inputs=int("input_reference" in fields),
        )
        if row is None:
            return spec, 0, _USUAL_S
        resolution = f"{min(size)}p"
        request = Request(
            model=row.id, mode="text_to_video", prompt=prompt, ms=ms, resolution=resolution if resolution in
            row.resolutions else None, sound=None,
        )  # fmt: skip
        return spec, compute_price(request).micros or 0, row.latency_s

    def _row(self, name: str) -> Model | None:
        named = {row.sold_as: row for row in list_sold_models(self.name)}
        return named.get(name) or self._served.get(self.profile)

    def _new_id(self) -> str:
        own = uuid4().hex
        if self.profile == "litellm":
            hidden = f"litellm:custom_llm_provider:vertex_ai;model_id:veo;video_id:projects/p/operations/{own}"
            return f"video_{base64.urlsafe_b64encode(hidden.encode()).decode().rstrip('=')}"
        return {"vllm_omni": f"video_gen_{own}", "sglang": own}.get(self.profile, f"video_{own}")

    async def _list(self, call: Call) -> Reply:
        limit = min(int(call.query.get("limit", "20")), 100)
        works = self.script.listing.list_visible(self.remote)
        if after := call.query.get("after"):
            names = [self.script.listing.spell_id(work.id) for work in works]
            works = works[names.index(after) + 1 :] if after in names else []
        page = [self._as_listed(self._build_video(work, await self._choose_status(work))) for work in works[:limit]]
        ends = {"first_id": page[0]["id"] if page else None, "last_id": page[-1]["id"] if page else None}
        return make_json_reply({"object": "list", "data": page, **ends, "has_more": len(works) > limit})

    def _as_listed(self, video: dict[str, Any]) -> dict[str, Any]:
        """Return a video as the list shows it: the fields that repeat its request have the list's habits."""
        request_fields = {name: video[name] for name in _REPEATED if video.get(name) is not None}
        kept = {name: value for name, value in video.items() if name not in request_fields}
        return {
            **kept,
            **self.script.listing.repeat_request(request_fields),
            "id": self.script.listing.spell_id(video["id"]),
        }

    async def _poll(self, work: Work) -> Reply:
        return make_json_reply(self._build_video(work, await self._choose_status(work)))

    async def _choose_status(self, work: Work) -> str:
        """Choose the status. LiteLLM calls everything that is over completed; SGLang knows no work in progress."""
        state = await self.remote.get_state(work)
        if state in ("queued", "running"):
            word = "in_progress" if state == "running" else "queued"
            return {"litellm": "processing", "sglang": "queued"}.get(self.profile, word)
        if state == "cancelled":
            return "cancelled"
        over = state == "succeeded" and bool(work.delivered_samples)
        return "completed" if over or self.profile == "litellm" else "failed"

    def _build_video(self, work: Work, word: str) -> dict[str, Any]:
        width, height = work.spec.size
        video: dict[str, Any] = {"id": work.id, "object": "video", "status": word, "model": work.spec.model or "sora-2"}
        video |= {
            "created_at": self._format_time(work.accepted_at),
            "completed_at": None,
            "expires_at": None,
            "remixed_from_video_id": None,
        }
        video |= {"error": None if word != "failed" else self._build_error(work)}
        if self.profile == "litellm":
            usage = {"duration_seconds": work.spec.ms / 1000, "video_count": 1}
            return {**video, "created_at": None, "progress": None, "seconds": None, "size": None, "usage": usage}
        hundredths = (
            100 if word == "completed" else min(99, int(work.fraction_done * 100)) if word == "in_progress" else 0
        )
        if word == "completed":
            expires = self._format_time(work.expires_at) if work.expires_at else None
            video |= {"completed_at": self._format_time(work.ends_at), "expires_at": expires}
        if self.profile != "sglang":
            video["prompt"] = work.spec.prompt
        return {**video, "progress": hundredths, "seconds": str(work.spec.ms // 1000), "size": f"{width}x{height}"}

    def _format_time(self, at: float) -> int:
        return int(self.script.listing.shift_time(at))

    def _build_error(self, work: Work) -> dict[str, Any]:
        if not work.must_fail:
            message = "Your request was blocked by our moderation system."
            return {"code": "moderation_blocked", "message": message}
        if self.profile == "sglang":
            return {"message": "boom"}
        return {"code": 500 if self.profile == "vllm_omni" else "internal_error", "message": "CUDA out of memory"}

    async def _fetch_content(self, work: Work) -> Reply:
        state = await self.remote.get_state(work)
        if state in ("queued", "running"):
            return self.make_error(404, "Generation is still in-progress")
        if state != "succeeded" or not work.delivered_samples:
            return self.make_error(500, "No response data in completed operation")
        if work.is_expired:
            return self.make_error(404, "Video content has expired")
        return Reply(body=await self.remote.get_output(work, 0), headers={"content-type": "video/mp4"})

    async def _delete(self, work: Work) -> Reply:
        """Delete a video. vLLM-Omni ends its work; SGLang computes on and only forgets it."""
        if self.profile == "litellm":
            return self.make_error(405, "Method Not Allowed")
        if self.profile == "vllm_omni":
            self.remote.cancel(work)
        return make_json_reply({"id": work.id, "object": "video.deleted", "deleted": True})


def _read_fields(call: Call) -> Mapping[str, Any]:
    if call.headers.get("content-type", "").startswith("application/json"):
        body = call.parse_json()
        if not isinstance(body, Mapping):
            raise ValueError("body: Input should be a valid dictionary")
        return body
    return {name: part.body if part.filename else part.text for name, part in call.parse_form().items()}


def _parse_size(fields: Mapping[str, Any]) -> tuple[int, int]:
    if "width" in fields and "height" in fields:
        return int(fields["width"]), int(fields["height"])
    found = _SIZE.fullmatch(str(fields.get("size", "1280x720")))
    if found is None:
        raise ValueError("size: width x height is wanted")
    return int(found["width"]), int(found["height"])


FAKE: Final = FakeOpenaiVideos
