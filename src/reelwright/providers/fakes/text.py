"""The chat wires of OpenAI, Anthropic and Google, faked: one question, one answer, tokens counted and billed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import sold_by
from reelwright.providers.fakes.asked import Asked
from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply, json_reply
from reelwright.providers.wires.chat import bill_of
from reelwright.providers.wires.said import Said

LETTERS_A_TOKEN: Final = 4
_ANTHROPIC: Final[Mapping[int, str]] = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
    413: "request_too_large", 429: "rate_limit_error", 500: "api_error", 529: "overloaded_error",
}  # fmt: skip
_GOOGLE: Final[Mapping[int, str]] = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE",
}  # fmt: skip


class FakeText(Fake):
    """It answers with what ``footage`` gives for an ``Asked`` of kind ``text``, whose prompt is all that was said."""

    name: ClassVar[str] = "text"

    def kind(self, call: Call) -> Kind:
        return "submit" if call.method == "POST" and _wire(call) else "other"

    async def answer(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
        if call.kind == "submit":
            return await self._submit(call, met)
        if call.method == "GET" and call.path.rstrip("/").endswith("/models"):
            rows = [{"id": row.sold_as, "object": "model", "type": "model"} for row in sold_by("text")]
            return json_reply({"object": "list", "data": rows, "has_more": False})
        return self._said(call, 404, "Not found")

    def refusal(self, code: int, said: str) -> Reply:
        return json_reply({"error": {"message": said, "type": "error", "code": str(code), "param": None}}, code)

    def _said(self, call: Call, code: int, said: str) -> Reply:
        """A refusal in the shape of the wire that was spoken."""
        if _wire(call) == "anthropic":
            told = {"type": "error", "error": {"type": _ANTHROPIC.get(code, "api_error"), "message": said}}
            return json_reply(told, code)
        if _wire(call) == "google":
            return json_reply({"error": {"code": code, "message": said, "status": _GOOGLE.get(code, "UNKNOWN")}}, code)
        return self.refusal(code, said)

    async def _submit(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
        try:
            body = call.json()
        except ValueError:
            return self._said(call, 400, "the body is no JSON")
        wire = _wire(call)
        name = str(body.get("model", "")) if wire != "google" else call.path.rpartition("/")[2].partition(":")[0]
        row = next((row for row in sold_by("text") if row.sold_as == name), None)
        if row is None:
            return self._said(call, 404, f"The model {name} does not exist.")
        words = _words(body)
        if not words:
            return self._said(call, 400, "messages: at least one message is required")
        return await self._told(call, row, words, met)

    async def _told(self, call: Call, row: Model, words: str, met: tuple[Behaviour, ...]) -> Reply:
        asked = Asked(provider="text", model=row.sold_as, kind="text", prompt=words)
        text = (await self.footage(asked)).decode()
        into, out = _tokens(words), _tokens(text)
        price = bill_of(Said(text=text, tokens=(into, out)), row.id)
        micros = price.micros or 0 if price else 0
        work = self.remote.accept(asked, micros, row.latency_s, met, payer=call.payer)
        await asyncio.sleep(work.ready_s)
        if work.fails:
            return self._said(call, 500, "The server had an error while processing your request.")
        if not work.brought:
            return self._said(call, 400, "Your prompt was flagged by our content policy.")
        shapes = {"openai": _openai, "anthropic": _anthropic, "google": _google}
        return json_reply(shapes[_wire(call)](row, work.id, text, into, out))


FAKE = FakeText


def _wire(call: Call) -> str:
    """Whose wire a call speaks; empty where it is none of them."""
    path = call.path.rstrip("/")
    if path.endswith("/chat/completions"):
        return "openai"
    if path.endswith("/messages"):
        return "anthropic"
    return "google" if path.endswith(":generateContent") else ""


def _words(body: Mapping[str, Any]) -> str:
    """All that was said, one line a message, without what is not text."""
    rows = body.get("contents") or body.get("messages") or []
    system = body.get("system") or body.get("systemInstruction") or ""
    return "\n".join(part for part in (_plain(system), *(_plain(row) for row in rows)) if part)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(filter(None, map(_plain, value)))
    if isinstance(value, dict):
        return _plain(value.get("content") or value.get("parts") or value.get("text") or "")
    return ""


def _tokens(text: str) -> int:
    return max(1, len(text) // LETTERS_A_TOKEN)


def _openai(row: Model, id_: str, text: str, into: int, out: int) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": None}
    return {
        "id": f"chatcmpl-{id_}", "object": "chat.completion", "created": 1_763_600_000, "model": row.sold_as,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out},
    }  # fmt: skip


def _anthropic(row: Model, id_: str, text: str, into: int, out: int) -> dict[str, Any]:
    return {
        "id": f"msg_{id_}", "type": "message", "role": "assistant", "model": row.sold_as, "stop_reason": "end_turn",
        "stop_sequence": None, "content": [{"type": "text", "text": text}],
        "usage": {"input_tokens": into, "output_tokens": out},
    }  # fmt: skip


def _google(row: Model, id_: str, text: str, into: int, out: int) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": into, "candidatesTokenCount": out, "totalTokenCount": into + out}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": row.sold_as, "responseId": id_}
