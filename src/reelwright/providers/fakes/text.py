"""Fake of the chat wires of OpenAI, Anthropic and Google: one question, one answer, tokens counted and billed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import list_sold_models
from reelwright.providers.fakes.media_spec import MediaSpec
from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply, make_json_reply
from reelwright.providers.wires.chat import compute_bill
from reelwright.providers.wires.chat_answer import ChatAnswer

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
    """Fake of the chat APIs of OpenAI, Anthropic and Google, which answers with the text that ``footage`` makes. Its
    prompt is the whole conversation.
    """

    name: ClassVar[str] = "text"

    def identify_kind(self, call: Call) -> Kind:
        """Return which method of ``Provider`` the call serves, by its HTTP method and path."""
        return "submit" if call.method == "POST" and _wire(call) else "other"

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Answer a call as the faked provider does, with ``behaviours`` applied to the work that it accepts."""
        if call.kind == "submit":
            return await self._submit(call, behaviours)
        if call.method == "GET" and call.path.rstrip("/").endswith("/models"):
            rows = [{"id": row.sold_as, "object": "model", "type": "model"} for row in list_sold_models("text")]
            return make_json_reply({"object": "list", "data": rows, "has_more": False})
        return self._make_wire_error(call, 404, "Not found")

    def make_error(self, code: int, message: str) -> Reply:
        """Build an error response in the faked provider's shape."""
        return make_json_reply({"error": {"message": message, "type": "error", "code": str(code), "param": None}}, code)

    def _make_wire_error(self, call: Call, code: int, message: str) -> Reply:
        """Build an error in the shape of the wire that the call speaks."""
        if _wire(call) == "anthropic":
            body = {"type": "error", "error": {"type": _ANTHROPIC.get(code, "api_error"), "message": message}}
            return make_json_reply(body, code)
        if _wire(call) == "google":
            return make_json_reply(
                {"error": {"code": code, "message": message, "status": _GOOGLE.get(code, "UNKNOWN")}}, code
            )
        return self.make_error(code, message)

    async def _submit(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        try:
            body = call.parse_json()
        except ValueError:
            return self._make_wire_error(call, 400, "the body is no JSON")
        wire = _wire(call)
        name = str(body.get("model", "")) if wire != "google" else call.path.rpartition("/")[2].partition(":")[0]
        row = next((row for row in list_sold_models("text") if row.sold_as == name), None)
        if row is None:
            return self._make_wire_error(call, 404, f"The model {name} does not exist.")
        words = _words(body)
        if not words:
            return self._make_wire_error(call, 400, "messages: at least one message is required")
        return await self._answer_question(call, row, words, behaviours)

    async def _answer_question(self, call: Call, row: Model, words: str, behaviours: tuple[Behaviour, ...]) -> Reply:
        spec = MediaSpec(provider="text", model=row.sold_as, kind="text", prompt=words)
        text = (await self.footage(spec)).decode()
        into, out = _tokens(words), _tokens(text)
        price = compute_bill(ChatAnswer(text=text, tokens=(into, out)), row.id)
        micros = price.micros or 0 if price else 0
        work = self.remote.accept(spec, micros, row.latency_s, behaviours, payer=call.payer)
        await asyncio.sleep(work.ready_s)
        if work.must_fail:
            return self._make_wire_error(call, 500, "The server had an error while processing your request.")
        if not work.delivered_samples:
            return self._make_wire_error(call, 400, "Your prompt was flagged by our content policy.")
        shapes = {"openai": _openai, "anthropic": _anthropic, "google": _google}
        return make_json_reply(shapes[_wire(call)](row, work.id, text, into, out))


FAKE = FakeText


def _wire(call: Call) -> str:
    """Return whose wire a call speaks; empty if it is none of them."""
    path = call.path.rstrip("/")
    if path.endswith("/chat/completions"):
        return "openai"
    if path.endswith("/messages"):
        return "anthropic"
    return "google" if path.endswith(":generateContent") else ""


def _words(body: Mapping[str, Any]) -> str:
    """Join the texts of all messages, one line each, without anything that is not text."""
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
