"""Fake of Google's Interactions API on loopback: films in the background, pictures in one answer, bills by tokens."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import load_provider_models
from reelwright.catalogue.price import compute_price
from reelwright.providers.fakes.media_spec import MIMES, MediaSpec
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply, format_time, make_json_reply
from reelwright.providers.families.interactions import TOKEN_PRICES
from reelwright.reel.graph.request import Request
from reelwright.units import ASPECTS, compute_size

_PATH: Final = re.compile(r"^/v1(?:beta)?/interactions(?:/(?P<id>[^/]+))?(?P<cancel>/cancel)?$")
_FILE: Final = re.compile(r"^/v1(?:beta)?/files/(?P<id>[0-9a-f]{32})(?P<sample>\d)(?P<bytes>:download)?$")
"""Ids of files have lower-case letters and digits only: Google's client accepts no others."""
_KNOWN: Final = frozenset(
    {
        "model", "input", "background", "store", "stream", "response_format", "generation_config", "labels",
        "previous_interaction_id", "webhook_config", "system_instruction", "safety_settings", "service_tier",
    }
)  # fmt: skip
_FILMED_A_SECOND: Final = {"360p": 1931, "720p": 5792, "1080p": 8688, "4k": 17376}
"""Tokens of a second of film. Source: 5792 at 720p as others measured, 2026-09-03; the rest by the price list."""
_A_PICTURE, _THOUGHTS, _PICTURE_OUT = 258, 900, 1290
_KEPT_S: Final = 48 * 3600.0  # as Google keeps files
_CODES: Final = {
    400: "invalid_request", 401: "authentication", 402: "payment_required", 403: "permission_denied",
    404: "not_found", 416: "out_of_range", 429: "rate_limit_exceeded", 499: "cancelled", 500: "api_error",
    503: "service_unavailable",
}  # fmt: skip
_REFUSAL: Final = "I can't create that. Please try another prompt."
_TASKS: Final = frozenset({"text_to_video", "image_to_video", "reference_to_video"})


class RequestRefusal(Exception):
    """Raised by the fake for a request that it answers with an error: an HTTP status, Google's code for it, and a
    sentence.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class FakeGoogle(Fake):
    """Fake of Google's Interactions API, under /v1 and /v1beta alike. Its ids begin with ``v1_``, as Google's do.

    ``removed_paths``: paths of films that were removed from the Files API.
    """

    name: ClassVar[str] = "google"

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.removed_paths: list[str] = []

    def identify_kind(self, call: Call) -> Kind:
        """Return which method of ``Provider`` the call serves, by its HTTP method and path."""
        found = _PATH.match(call.path)
        if found:
            if call.method == "POST":
                return "cancel" if found["cancel"] else "submit"
            return "poll" if call.method == "GET" else "other"
        lies = _FILE.match(call.path)
        return "fetch" if lies and lies["bytes"] and call.method == "GET" else "other"

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Answer a call as Google does, with ``behaviours`` applied to the work that it accepts."""
        if lies := _FILE.match(call.path):
            return await self._read_file(call, lies["id"], int(lies["sample"]))
        found = _PATH.match(call.path)
        if not found or call.kind == "other":
            return self.make_error(404, f"{call.method} {call.path} is no part of this API")
        if call.kind == "submit":
            try:
                return await self._submit(call, behaviours)
            except RequestRefusal as error:
                return _make_error(error.status, error.code, str(error))
        work = self.remote.get(str(found["id"]).removeprefix("v1_"))
        if work is None:
            return _make_error(400, "invalid_request", f"Invalid interaction name: {found['id']}")
        if call.kind == "cancel":
            stopped = self.remote.cancel(work)
            return (
                make_json_reply(_build_head(work, "cancelled"))
                if stopped
                else _make_error(400, "failed_precondition", "It is over.")
            )
        return make_json_reply(await self._poll(call, work))

    def make_error(self, code: int, message: str) -> Reply:
        """Build an error response in Google's shape."""
        return _make_error(code, _CODES.get(code, "api_error"), message)

    async def _submit(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        body = _body(call)
        row = _row(body)
        prompt, pictures = _parse_content(body)
        if row.kind == "image":
            return await self._submit_picture(call, body, row, prompt, pictures, behaviours)
        spec, resolution = _parse_film(body, row, prompt, pictures)
        usage = _usage(prompt, pictures, _FILMED_A_SECOND[resolution] * spec.ms // 1000)
        micros = _price_by_tokens(row, usage) or _price_by_catalogue(row, spec, resolution)
        work = self.remote.accept(spec, micros, row.latency_s, behaviours, payer=call.payer, life_s=_KEPT_S)
        if not body.get("background"):
            await self._wait_until_over(work)  # Google's blocks for the whole render, too
            return make_json_reply(await self._poll(call, work))
        return make_json_reply(_build_head(work, "in_progress"))

    async def _submit_picture(
        self,
        call: Call,
        body: Mapping[str, Any],
        row: Model,
        prompt: str,
        pictures: int,
        behaviours: tuple[Behaviour, ...],
    ) -> Reply:
        settings = body.get("response_format") or {}
        size = compute_size(settings["aspect_ratio"]) if settings.get("aspect_ratio") in ASPECTS else (1024, 1024)
        spec = MediaSpec(provider="google", model=row.sold_as, kind="image", prompt=prompt, size=size, inputs=pictures)
        mode = "image_to_image" if pictures else "text_to_image"
        micros = compute_price(Request(model=row.id, mode=mode, prompt=prompt)).micros or 0
        work = self.remote.accept(spec, micros, row.latency_s, behaviours, payer=call.payer)
        await self._wait_until_over(work)
        return make_json_reply(await self._poll(call, work))

    async def _wait_until_over(self, work: Work) -> None:
        while await self.remote.get_state(work) in ("queued", "running"):  # noqa: ASYNC110  # time is all there is to it
            await asyncio.sleep(min(0.05, max(0.001, work.ends_at - time.time())))

    async def _poll(self, call: Call, work: Work) -> dict[str, Any]:
        state = await self.remote.get_state(work)
        if state in ("queued", "running"):
            return _build_head(work, "in_progress" if state == "running" else state)
        if state == "cancelled":
            return {**_build_head(work, "cancelled"), "usage": _NONE_USED}
        usage = self._count_usage(work)
        if state == "failed":
            errors = {"errors": [{"code": "api_error", "message": "Internal error during generation."}]}
            return {**_build_head(work, "failed"), **errors, "usage": usage if work.micros else _NONE_USED}
        if not work.delivered_samples:
            content = [{"type": "text", "text": _REFUSAL}]
            tokens = {"total_input_tokens": 12, "total_output_tokens": 9, "total_tokens": 21}
            return {**_build_head(work, "completed"), "steps": [_output(content)], "usage": tokens}
        thought = {"type": "thought", "signature": "c2lnbmF0dXJl"}
        return {
            **_build_head(work, "completed"),
            "steps": [thought, _output([await self._build_part(call, work)])],
            "usage": usage,
        }

    async def _build_part(self, call: Call, work: Work) -> dict[str, Any]:
        kind = work.spec.kind
        if kind == "video":
            where = f"{call.url}/v1beta/files/{work.id}0:download?alt=media"
            return {"type": "video", "mime_type": MIMES[kind], "uri": where}
        data = base64.b64encode(await self.remote.get_output(work, 0)).decode()
        return {"type": "image", "mime_type": MIMES[kind], "data": data}

    def _count_usage(self, work: Work) -> dict[str, Any]:
        spec = work.spec
        if spec.kind == "image":
            return _usage(spec.prompt, spec.inputs, _PICTURE_OUT, "image")
        rung = _resolution(spec.size)
        return _usage(spec.prompt, spec.inputs, _FILMED_A_SECOND[rung] * spec.ms // 1000)

    async def _read_file(self, call: Call, id_: str, sample: int) -> Reply:
        work = self.remote.get(id_)
        entry_path = call.path.removesuffix(":download")
        if work is None or work.is_expired or sample not in work.delivered_samples or entry_path in self.removed_paths:
            error = {"code": 404, "message": f"File {id_} does not exist.", "status": "NOT_FOUND"}
            return make_json_reply({"error": error}, 404)
        if call.method == "DELETE":
            self.removed_paths.append(entry_path)
            return make_json_reply({})
        if call.kind == "fetch":
            return Reply(body=await self.remote.get_output(work, sample), headers={"content-type": "video/mp4"})
        entry = {"name": f"files/{id_}{sample}", "mimeType": "video/mp4", "source": "GENERATED", "state": "ACTIVE"}
        if work.expires_at is not None:
            entry["expirationTime"] = format_time(work.expires_at)
        return make_json_reply(entry)


FAKE = FakeGoogle


def _body(call: Call) -> dict[str, Any]:
    try:
        body = call.parse_json()
    except ValueError as error:
        raise RequestRefusal(400, "invalid_request", f"The body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise RequestRefusal(400, "invalid_request", "The body is no object.")
    for name in body:
        if name not in _KNOWN:
            raise RequestRefusal(400, "parameter_unknown", f"Unknown parameter '{name}'.")
    if body.get("background") and body.get("store") is False:
        raise RequestRefusal(400, "invalid_request", "background requires store.")
    return body


def _row(body: Mapping[str, Any]) -> Model:
    named = body.get("model")
    for row in load_provider_models("google").values():
        if row.sold_as == named and row.lifecycle.stage != "retired":
            return row
    raise RequestRefusal(404, "model_not_found", f"Model {named} is no longer available.")


def _parse_content(body: Mapping[str, Any]) -> tuple[str, int]:
    """Return the prompt, and the number of pictures. Flat lists are accepted as well as steps."""
    steps = body.get("input")
    if isinstance(steps, str):
        return steps, 0
    parts = [part for step in steps or [] for part in (step.get("content") or [] if "content" in step else [step])]
    for part in parts:
        if part.get("type") == "image" and not (part.get("uri") or _is_base64(part.get("data"))):
            raise RequestRefusal(400, "invalid_request", "image: expected base64 data or a uri.")
    words = " ".join(part["text"] for part in parts if part.get("type") == "text")
    if not words.strip():
        raise RequestRefusal(400, "invalid_request", "input: a text is missing.")
    return words, sum(part.get("type") == "image" for part in parts)


def _is_base64(data: Any) -> bool:
    try:
        return bool(data) and bool(base64.b64decode(data, validate=True))
    except (ValueError, TypeError):
        return False


def _parse_film(body: Mapping[str, Any], row: Model, prompt: str, pictures: int) -> tuple[MediaSpec, str]:
    settings = body.get("response_format") or {}
    duration = settings.get("duration", "8s")
    if not isinstance(duration, str) or not re.fullmatch(r"\d+(\.\d+)?s", duration):
        raise RequestRefusal(400, "invalid_request", "duration: expected a Duration string such as '8s'.")
    ms = round(float(duration[:-1]) * 1000)
    if not row.seconds[0] * 1000 <= ms <= row.seconds[-1] * 1000:
        raise RequestRefusal(416, "out_of_range", f"duration: {duration} is out of range.")
    aspect, resolution = settings.get("aspect_ratio", "16:9"), settings.get("resolution", "720p")
    if aspect not in row.aspects or resolution not in row.resolutions:
        raise RequestRefusal(400, "invalid_request", f"response_format: {aspect} at {resolution} is not supported.")
    task = ((body.get("generation_config") or {}).get("video_config") or {}).get("task", "text_to_video")
    least, most = {"text_to_video": (0, 0), "image_to_video": (1, 2)}.get(task, (1, row.references))
    if task not in _TASKS or not least <= pictures <= most:
        raise RequestRefusal(400, "invalid_request", f"task: {task} does not take {pictures} images.")
    spec = MediaSpec(
        provider="google", model=row.sold_as, kind="video", prompt=prompt, ms=ms, inputs=pictures, has_sound=True,
        size=compute_size(aspect, _SHORT[resolution]), fps=(24, 1),
    )  # fmt: skip
    return spec, resolution


_SHORT: Final = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}


def _resolution(size: tuple[int, int]) -> str:
    return {side: name for name, side in _SHORT.items()}[min(size)]


_NONE_USED: Final = {"total_input_tokens": 0, "total_output_tokens": 0, "total_tokens": 0}
"""Usage of work that was not billed."""


def _usage(prompt: str, pictures: int, tokens: int, modality: str = "video") -> dict[str, Any]:
    put_in = len(prompt) // 4 + 1 + pictures * _A_PICTURE
    put_out = tokens + (_THOUGHTS if modality == "video" else 0)
    return {
        "total_input_tokens": put_in,
        "total_output_tokens": put_out,
        "total_thought_tokens": put_out - tokens,
        "total_tokens": put_in + put_out,
        "output_tokens_by_modality": [{"modality": modality, "tokens": tokens}],
    }


def _price_by_tokens(row: Model, usage: Mapping[str, Any]) -> int:
    """Return the price in micro-dollars by tokens, rounded up; 0 if no price by the token is known."""
    tokens = TOKEN_PRICES.get(row.sold_as)
    if tokens is None:
        return 0
    filmed = int(usage["output_tokens_by_modality"][0]["tokens"])
    put_in, thoughts = int(usage["total_input_tokens"]), int(usage["total_thought_tokens"])
    return -(
        -(put_in * tokens.input_micros + thoughts * tokens.text_micros + filmed * tokens.video_micros) // 1_000_000
    )


def _price_by_catalogue(row: Model, spec: MediaSpec, resolution: str) -> int:
    request = Request(model=row.id, mode="text_to_video", prompt=spec.prompt, ms=spec.ms, resolution=resolution)
    return compute_price(request).micros or 0


def _build_head(work: Work, status: str) -> dict[str, Any]:
    at = format_time(work.accepted_at)
    over = format_time(max(work.accepted_at, min(work.ends_at, time.time())))
    fields = {"object": "interaction", "model": work.spec.model, "created": at, "updated": over}
    return {"id": f"v1_{work.id}", "status": status, **fields}


def _output(content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "model_output", "content": content}


def _make_error(status: int, code: str, message: str) -> Reply:
    return make_json_reply({"error": {"code": code, "message": message}}, status)
