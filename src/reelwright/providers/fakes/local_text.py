"""Fake of Ollama and LM Studio: lists, chat wires and errors. Nothing is billed and no key is needed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from reelwright.catalogue.models import load_provider_models
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.media_spec import Footage, MediaSpec, make_tiny_file
from reelwright.providers.fakes.script import Behaviour, Kind, Script
from reelwright.providers.fakes.wire import Call, Fake, Reply, make_json_reply

Speaks = Literal["ollama", "lmstudio", "any"]
LETTERS_A_TOKEN: Final = 4
_AT: Final = "2026-11-21T09:00:00.000000Z"
_ROWS: Final[Mapping[str, str]] = {"ollama": "ollama", "lmstudio": "lmstudio", "any": "own-text"}
_OPENAI: Final = "/v1/chat/completions"
_OLLAMA: Final = "/api/chat"


class FakeLocalText(Fake):
    """Fake of Ollama, LM Studio or another local server, which answers a chat with the text that ``footage`` makes. Its
    prompt is the whole conversation.
    """

    name: ClassVar[str] = "local_text"

    def __init__(
        self,
        bill: Bill | None = None,
        script: Script | None = None,
        footage: Footage = make_tiny_file,
        secret: str | None = None,
        *,
        speaks: Speaks = "any",
        models: tuple[str, ...] | None = None,
        schemas: bool = True,
    ) -> None:
        """Make a fake of one server.

        ``speaks``: whose wires; ``any``: both. ``schemas`` False: it refuses to follow a schema. ``models``: the models
        that it has; None: every name is accepted, and none is listed.
        """
        super().__init__(bill, script, footage, secret)
        self.speaks, self.models, self.schemas = speaks, models, schemas

    def is_authorized(self, call: Call) -> bool:
        """Whether the call may be answered: any call, or only one with ``secret`` if the fake has one."""
        return self.secret in (None, call.secret)

    def identify_kind(self, call: Call) -> Kind:
        """Return which method of ``Provider`` the call serves, by its HTTP method and path."""
        return "submit" if call.method == "POST" and call.path in self._chats else "other"

    @property
    def _chats(self) -> tuple[str, ...]:
        return (_OPENAI,) if self.speaks == "lmstudio" else (_OLLAMA, _OPENAI)

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Answer a call as the faked server does, with ``behaviours`` applied to the work that it accepts."""
        there = self.models or ()
        if call.kind == "submit":
            return await self._submit(call, behaviours)
        if call.method == "GET" and call.path == "/v1/models":
            owner = "library" if self.speaks == "ollama" else "organization_owner"
            rows = [{"id": name, "object": "model", "created": 1_763_700_000, "owned_by": owner} for name in there]
            return make_json_reply({"object": "list", "data": rows})
        if self.speaks == "lmstudio":
            return make_json_reply({"error": f"Unexpected endpoint or method. ({call.method} {call.path})"})
        if call.method == "GET" and call.path == "/api/tags":
            return make_json_reply({"models": [_tag(name) for name in there]})
        if call.method == "GET" and call.path == "/api/version":
            return make_json_reply({"version": "0.14.0"})
        if call.method == "GET" and call.path == "/":
            return Reply(body=b"Ollama is running", headers={"content-type": "text/plain; charset=utf-8"})
        return Reply(status=404, body=b"404 page not found", headers={"content-type": "text/plain"})

    def make_error(self, code: int, message: str) -> Reply:
        """Build an error response in the faked server's shape."""
        if self.speaks == "ollama":
            return make_json_reply({"error": message}, code)
        return make_json_reply({"error": {"message": message, "type": "invalid_request_error", "code": None}}, code)

    def _make_wire_error(self, call: Call, code: int, message: str) -> Reply:
        """Build an error in the shape of the wire that the call speaks."""
        if call.path == _OLLAMA:
            return make_json_reply({"error": message}, code)
        kind = {400: "invalid_request_error", 404: "not_found_error"}.get(code, "api_error")
        return make_json_reply({"error": {"message": message, "type": kind, "param": None, "code": None}}, code)

    async def _submit(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        try:
            body = call.parse_json()
        except ValueError as error:
            return self._make_wire_error(call, 400, str(error))
        name, rows = body.get("model"), body.get("messages")
        if not isinstance(name, str) or not name:
            return self._make_wire_error(call, 400, "model is required")
        if self.models is not None and not {name, f"{name}:latest"} & set(self.models):
            return self._make_wire_error(call, 404, f"model '{name}' not found")
        if not isinstance(rows, list) or not rows:
            return self._make_wire_error(call, 400, "'messages' field is required")
        shape = body.get("format") if call.path == _OLLAMA else body.get("response_format")
        if shape and not self.schemas:
            return self._make_wire_error(call, 400, "response_format is not supported by this server")
        if shape and _schema_of(call.path, shape) is None:
            return self._make_wire_error(call, 400, "invalid JSON schema in format")
        if self.speaks == "lmstudio" and isinstance(shape, dict) and shape.get("type") == "json_object":
            return self._make_wire_error(call, 400, "'response_format.type' must be 'json_schema' or 'text'")
        return await self._answer_question(
            call, body, "\n".join(str(row.get("content", "")) for row in rows), behaviours
        )

    async def _answer_question(
        self, call: Call, body: Mapping[str, Any], words: str, behaviours: tuple[Behaviour, ...]
    ) -> Reply:
        row = load_provider_models("local_text")[_ROWS[self.speaks]]
        spec = MediaSpec(provider="local_text", model=body["model"], kind="text", prompt=words)
        text = (await self.footage(spec)).decode()
        into, out = max(1, len(words) // LETTERS_A_TOKEN), max(1, len(text) // LETTERS_A_TOKEN)
        options = body.get("options") if call.path == _OLLAMA else {"num_predict": body.get("max_tokens")}
        most = (options or {}).get("num_predict")
        ended = "stop"
        if isinstance(most, int) and 0 < most < out:
            text, out, ended = text[: most * LETTERS_A_TOKEN], most, "length"
        work = self.remote.accept(spec, 0, row.latency_s, behaviours, payer=call.payer)
        await asyncio.sleep(work.ready_s)
        if work.must_fail:
            return self._make_wire_error(
                call, 500, "model requires more system memory (9.8 GiB) than is available (3.1 GiB)"
            )
        shape = _ollama if call.path == _OLLAMA else _openai
        answer = shape(body["model"], work.id, text, into, out, ended)
        if call.path == _OLLAMA and body.get("stream", True):
            return _stream(answer)
        return make_json_reply(answer)


FAKE = FakeLocalText


def _schema_of(path: str, shape: Any) -> Mapping[str, Any] | None:
    """Return the schema that the answer has to follow; None if it is none."""
    if path == _OLLAMA:
        return shape if isinstance(shape, dict) else {} if shape == "json" else None
    if not isinstance(shape, dict) or shape.get("type") not in ("json_schema", "json_object", "text"):
        return None
    if shape["type"] != "json_schema":
        return {}
    json_schema = shape.get("json_schema")
    found = (
        json_schema.get("schema")
        if isinstance(json_schema, dict) and isinstance(json_schema.get("name"), str)
        else None
    )
    return found if isinstance(found, dict) else None


def _tag(name: str) -> dict[str, Any]:
    family = name.partition(":")[0]
    can = ["embedding"] if "embed" in name else ["completion"]
    return {
        "name": name, "model": name, "modified_at": _AT, "size": 2_019_393_189, "digest": "a" * 64,
        "details": {
            "parent_model": "", "format": "gguf", "family": family, "families": [family], "parameter_size": "3.2B",
            "quantization_level": "Q4_K_M",
        },
        "capabilities": can,
        **({"remote_model": family, "remote_host": "https://ollama.com:443"} if name.endswith("cloud") else {}),
    }  # fmt: skip


def _ollama(model: str, id_: str, text: str, into: int, out: int, ended: str) -> dict[str, Any]:
    return {
        "model": model, "created_at": _AT, "message": {"role": "assistant", "content": text}, "done": True,
        "done_reason": ended, "total_duration": 5_000_000_000, "load_duration": 900_000_000,
        "prompt_eval_count": into, "prompt_eval_duration": 300_000_000, "eval_count": out,
        "eval_duration": 3_800_000_000,
    }  # fmt: skip


def _openai(model: str, id_: str, text: str, into: int, out: int, ended: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": f"chatcmpl-{id_}", "object": "chat.completion", "created": 1_763_700_000, "model": model,
        "system_fingerprint": model, "choices": [{"index": 0, "message": message, "finish_reason": ended}],
        "usage": {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out},
    }  # fmt: skip


def _stream(answer: Mapping[str, Any]) -> Reply:
    """Build a streamed answer, Ollama's default: an object per line, the last of which is done."""
    part = {**answer, "done": False}
    for name in ("done_reason", "total_duration", "eval_count", "prompt_eval_count"):
        part.pop(name, None)
    last = {**answer, "message": {"role": "assistant", "content": ""}}
    body = "".join(f"{json.dumps(row)}\n" for row in (part, last))
    return Reply(body=body.encode(), headers={"content-type": "application/x-ndjson"})
