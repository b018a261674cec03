"""Google's Interactions API on loopback: films in the background, pictures in one answer, bills by tokens."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import rows_of
from reelwright.catalogue.price import price_of
from reelwright.providers.fakes.asked import MIMES, Asked
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply, json_reply
from reelwright.providers.families.interactions import TOKENS
from reelwright.reel.request import Request
from reelwright.units import ASPECTS, size_of

_PATH: Final = re.compile(r"^/v1(?:beta)?/interactions(?:/(?P<id>[^/]+))?(?P<cancel>/cancel)?$")
_FILE: Final = re.compile(r"^/v1(?:beta)?/files/(?P<id>[0-9a-f]{32})(?P<sample>\d)(?P<bytes>:download)?$")
"""Ids of files are lower-case letters and digits only: their client looks for no more."""
_KNOWN: Final = frozenset(
    {
        "model", "input", "background", "store", "stream", "response_format", "generation_config", "labels",
        "previous_interaction_id", "webhook_config", "system_instruction", "safety_settings", "service_tier",
    }
)  # fmt: skip
_FILMED_A_SECOND: Final = {"360p": 1931, "720p": 5792, "1080p": 8688, "4k": 17376}
"""Tokens of film. Source: 5792 measured by others at 720p, 2026-09-03; the rest in proportion to the price list."""
_A_PICTURE, _THOUGHTS, _PICTURE_OUT = 258, 900, 1290
_KEPT_S: Final = 48 * 3600.0
_CODES: Final = {
    400: "invalid_request", 401: "authentication", 402: "payment_required", 403: "permission_denied",
    404: "not_found", 416: "out_of_range", 429: "rate_limit_exceeded", 499: "cancelled", 500: "api_error",
    503: "service_unavailable",
}  # fmt: skip
_REFUSAL: Final = "I can't create that. Please try another prompt."
_TASKS: Final = frozenset({"text_to_video", "image_to_video", "reference_to_video"})


class Refusal(Exception):
    """A request that is answered with an error: its status, Google's word for it, and a sentence."""

    def __init__(self, status: int, code: str, said: str) -> None:
        super().__init__(said)
        self.status, self.code = status, code


class FakeGoogle(Fake):
    """Under /v1 and /v1beta alike. Its ids begin with ``v1_``, as theirs do."""

    name: ClassVar[str] = "google"

    def kind(self, call: Call) -> Kind:
        found = _PATH.match(call.path)
        if found:
            if call.method == "POST":
                return "cancel" if found["cancel"] else "submit"
            return "poll" if call.method == "GET" else "other"
        lies = _FILE.match(call.path)
        return "fetch" if lies and lies["bytes"] else "other"

    async def answer(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
        if lies := _FILE.match(call.path):
            return await self._file(call, lies["id"], int(lies["sample"]))
        found = _PATH.match(call.path)
        if not found or call.kind == "other":
            return self.refusal(404, f"{call.method} {call.path} is no part of this API")
        if call.kind == "submit":
            try:
                return await self._taken_on(call, met)
            except Refusal as error:
                return _error(error.status, error.code, str(error))
        work = self.remote.get(str(found["id"]).removeprefix("v1_"))
        if work is None:
            return _error(400, "invalid_request", f"Invalid interaction name: {found['id']}")
        if call.kind == "cancel":
            stopped = self.remote.cancel(work)
            return (
                json_reply(_head(work, "cancelled")) if stopped else _error(400, "failed_precondition", "It is over.")
            )
        return json_reply(await self._standing(call, work))

    def refusal(self, code: int, said: str) -> Reply:
        return _error(code, _CODES.get(code, "api_error"), said)

    async def _taken_on(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
        body = _body(call)
        row = _row(body)
        prompt, pictures = _content(body)
        if row.kind == "image":
            return await self._picture(call, body, row, prompt, pictures, met)
        asked, resolution = _film(body, row, prompt, pictures)
        usage = _usage(prompt, pictures, _FILMED_A_SECOND[resolution] * asked.ms // 1000)
        micros = _by_tokens(row, usage) or _by_catalogue(row, asked, resolution)
        work = self.remote.accept(asked, micros, row.latency_s, met, payer=call.payer, life_s=_KEPT_S)
        if not body.get("background"):
            await self._until_over(work)  # theirs blocks for the whole render, too
            return json_reply(await self._standing(call, work))
        return json_reply(_head(work, "in_progress"))

    async def _picture(
        self, call: Call, body: Mapping[str, Any], row: Model, prompt: str, pictures: int, met: tuple[Behaviour, ...]
    ) -> Reply:
        told = body.get("response_format") or {}
        size = size_of(told["aspect_ratio"]) if told.get("aspect_ratio") in ASPECTS else (1024, 1024)
        asked = Asked(provider="google", model=row.sold_as, kind="image", prompt=prompt, size=size, inputs=pictures)
        mode = "image_to_image" if pictures else "text_to_image"
        micros = price_of(Request(model=row.id, mode=mode, prompt=prompt)).micros or 0
        work = self.remote.accept(asked, micros, row.latency_s, met, payer=call.payer)
        await self._until_over(work)
        return json_reply(await self._standing(call, work))

    async def _until_over(self, work: Work) -> None:
        while await self.remote.state(work) in ("queued", "running"):  # noqa: ASYNC110  # time is all there is to it
            await asyncio.sleep(min(0.05, max(0.001, work.over_at - time.time())))

    async def _standing(self, call: Call, work: Work) -> dict[str, Any]:
        state = await self.remote.state(work)
        if state in ("queued", "running"):
            return _head(work, "in_progress" if state == "running" else state)
        if state == "cancelled":
            return {**_head(work, "cancelled"), "usage": _NONE_USED}
        usage = self._used(work)
        if state == "failed":
            told = {"errors": [{"code": "api_error", "message": "Internal error during generation."}]}
            return {**_head(work, "failed"), **told, "usage": usage if work.micros else _NONE_USED}
        if not work.brought:
            said = [{"type": "text", "text": _REFUSAL}]
            tokens = {"total_input_tokens": 12, "total_output_tokens": 9, "total_tokens": 21}
            return {**_head(work, "completed"), "steps": [_output(said)], "usage": tokens}
        thought = {"type": "thought", "signature": "c2lnbmF0dXJl"}
        return {**_head(work, "completed"), "steps": [thought, _output([await self._part(call, work)])], "usage": usage}

    async def _part(self, call: Call, work: Work) -> dict[str, Any]:
        kind = work.asked.kind
        if kind == "video":
            where = f"{call.url}/v1beta/files/{work.id}0:download?alt=media"
            return {"type": "video", "mime_type": MIMES[kind], "uri": where}
        data = base64.b64encode(await self.remote.output(work, 0)).decode()
        return {"type": "image", "mime_type": MIMES[kind], "data": data}

    def _used(self, work: Work) -> dict[str, Any]:
        asked = work.asked
        if asked.kind == "image":
            return _usage(asked.prompt, asked.inputs, _PICTURE_OUT, "image")
        rung = _resolution(asked.size)
        return _usage(asked.prompt, asked.inputs, _FILMED_A_SECOND[rung] * asked.ms // 1000)

    async def _file(self, call: Call, id_: str, sample: int) -> Reply:
        work = self.remote.get(id_)
        if work is None or work.expired or sample not in work.brought:
            said = {"code": 404, "message": f"File {id_} does not exist.", "status": "NOT_FOUND"}
            return json_reply({"error": said}, 404)
        if call.kind == "fetch":
            return Reply(body=await self.remote.output(work, sample), headers={"content-type": "video/mp4"})
        entry = {"name": f"files/{id_}{sample}", "mimeType": "video/mp4", "source": "GENERATED", "state": "ACTIVE"}
        if work.expires_at is not None:
            entry["expirationTime"] = _time(work.expires_at)
        return json_reply(entry)


FAKE = FakeGoogle


def _body(call: Call) -> dict[str, Any]:
    try:
        body = call.json()
    except ValueError as error:
        raise Refusal(400, "invalid_request", f"The body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise Refusal(400, "invalid_request", "The body is no object.")
    for name in body:
        if name not in _KNOWN:
            raise Refusal(400, "parameter_unknown", f"Unknown parameter '{name}'.")
    if body.get("background") and body.get("store") is False:
        raise Refusal(400, "invalid_request", "background requires store.")
    return body


def _row(body: Mapping[str, Any]) -> Model:
    named = body.get("model")
    for row in rows_of("google").values():
        if row.sold_as == named and row.lifecycle.stage != "retired":
            return row
    raise Refusal(404, "model_not_found", f"Model {named} is no longer available.")


def _content(body: Mapping[str, Any]) -> tuple[str, int]:
    """The prompt, and how many pictures came. Flat lists are taken as well as steps."""
    told = body.get("input")
    if isinstance(told, str):
        return told, 0
    parts = [part for step in told or [] for part in (step.get("content") or [] if "content" in step else [step])]
    for part in parts:
        if part.get("type") == "image" and not (part.get("uri") or _is_base64(part.get("data"))):
            raise Refusal(400, "invalid_request", "image: expected base64 data or a uri.")
    words = " ".join(part["text"] for part in parts if part.get("type") == "text")
    if not words.strip():
        raise Refusal(400, "invalid_request", "input: a text is missing.")
    return words, sum(part.get("type") == "image" for part in parts)


def _is_base64(data: Any) -> bool:
    try:
        return bool(data) and bool(base64.b64decode(data, validate=True))
    except (ValueError, TypeError):
        return False


def _film(body: Mapping[str, Any], row: Model, prompt: str, pictures: int) -> tuple[Asked, str]:
    told = body.get("response_format") or {}
    duration = told.get("duration", "8s")
    if not isinstance(duration, str) or not re.fullmatch(r"\d+(\.\d+)?s", duration):
        raise Refusal(400, "invalid_request", "duration: expected a Duration string such as '8s'.")
    ms = round(float(duration[:-1]) * 1000)
    if not row.seconds[0] * 1000 <= ms <= row.seconds[-1] * 1000:
        raise Refusal(416, "out_of_range", f"duration: {duration} is out of range.")
    aspect, resolution = told.get("aspect_ratio", "16:9"), told.get("resolution", "720p")
    if aspect not in row.aspects or resolution not in row.resolutions:
        raise Refusal(400, "invalid_request", f"response_format: {aspect} at {resolution} is not supported.")
    task = ((body.get("generation_config") or {}).get("video_config") or {}).get("task", "text_to_video")
    least, most = {"text_to_video": (0, 0), "image_to_video": (1, 2)}.get(task, (1, row.references))
    if task not in _TASKS or not least <= pictures <= most:
        raise Refusal(400, "invalid_request", f"task: {task} does not take {pictures} images.")
    asked = Asked(
        provider="google", model=row.sold_as, kind="video", prompt=prompt, ms=ms, inputs=pictures, sound=True,
        size=size_of(aspect, _SHORT[resolution]), fps=(24, 1),
    )  # fmt: skip
    return asked, resolution


_SHORT: Final = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}


def _resolution(size: tuple[int, int]) -> str:
    return {side: name for name, side in _SHORT.items()}[min(size)]


_NONE_USED: Final = {"total_input_tokens": 0, "total_output_tokens": 0, "total_tokens": 0}
"""What was not billed counts nothing."""


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


def _by_tokens(row: Model, usage: Mapping[str, Any]) -> int:
    """Micro-dollars by the token, rounded up; 0 where no price by the token is known."""
    tokens = TOKENS.get(row.sold_as)
    if tokens is None:
        return 0
    filmed = int(usage["output_tokens_by_modality"][0]["tokens"])
    put_in, said = int(usage["total_input_tokens"]), int(usage["total_thought_tokens"])
    return -(-(put_in * tokens.put_in + said * tokens.said + filmed * tokens.filmed) // 1_000_000)


def _by_catalogue(row: Model, asked: Asked, resolution: str) -> int:
    request = Request(model=row.id, mode="text_to_video", prompt=asked.prompt, ms=asked.ms, resolution=resolution)
    return price_of(request).micros or 0


def _head(work: Work, status: str) -> dict[str, Any]:
    at = _time(work.at)
    over = _time(max(work.at, min(work.over_at, time.time())))
    told = {"object": "interaction", "model": work.asked.model, "created": at, "updated": over}
    return {"id": f"v1_{work.id}", "status": status, **told}


def _output(content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "model_output", "content": content}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _error(status: int, code: str, said: str) -> Reply:
    return json_reply({"error": {"code": code, "message": said}}, status)
