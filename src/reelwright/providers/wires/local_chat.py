"""The chat wires of servers that the user runs: Ollama's, and OpenAI's as LM Studio, vLLM and llama.cpp speak it.

Ollama is asked at its own path and not at `/v1`, because only there can a request set the size of the context. The
usual context of 4,096 tokens is less than a script with its instructions, and the rest would be cut off in silence.
Sources: ollama/ollama `server/routes.go`, `openai/openai.go` and `docs/` of 2026-08-21; lmstudio.ai/docs, 2026-11-21.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from reelwright.providers.policy import CONTEXT_STEP_TOKENS, TEMPLATE_TOKENS
from reelwright.providers.wires.chat_answer import ChatAnswer
from reelwright.reel.base.value import define_value

Kind = Literal["ollama", "lmstudio", "own"]
_BYTES_A_TOKEN: Final = 3


@define_value
class LocalServer:
    """A kind of server for language models that a user can run: its paths, and what to tell a person about it.

    ``label``: its name for people. ``setting_name``: NAME in the setting ``REELWRIGHT_<NAME>_BASE_URL``. ``chat_path``
    and ``list_path``: its paths. ``start_hint`` and ``get_hint``: how a person starts it and gets a model for it.
    """

    kind: Kind
    label: str
    setting_name: str
    chat_path: str
    list_path: str
    start_hint: str
    get_hint: str

    @property
    def variable(self) -> str:
        """The environment variable that sets the server's base URL."""
        return f"REELWRIGHT_{self.setting_name.upper()}_BASE_URL"

    def describe_down(self, base: str) -> dict[str, Any]:
        """Return the arguments of the error for a server that does not answer at ``base``."""
        hint = f"{self.start_hint} (another address: {self.variable})"
        return {"code": "local_server_down", "provider": self.label, "address": base, "hint": hint}

    def describe_missing_model(self, model: str, available_names: tuple[str, ...]) -> dict[str, Any]:
        """Return the arguments of the error for a ``model`` that the server does not have."""
        code = "local_model_missing" if available_names else "local_models_missing"
        hint = self.get_hint.format(model=model)
        return {"code": code, "provider": self.label, "model": model, "available": available_names, "hint": hint}


SERVERS: Final[Mapping[str, LocalServer]] = MappingProxyType(
    {
        "ollama": LocalServer(
            kind="ollama",
            label="Ollama",
            setting_name="ollama",
            chat_path="/api/chat",
            list_path="/api/tags",
            start_hint="start it with `ollama serve` or by opening its app",
            get_hint="get it with `ollama pull {model}`",
        ),
        "lmstudio": LocalServer(
            kind="lmstudio",
            label="LM Studio",
            setting_name="lmstudio",
            chat_path="/v1/chat/completions",
            list_path="/v1/models",
            start_hint="start its server with `lms server start`, or under Developer in its window",
            get_hint="get it with `lms get {model}`, or load it in its window",
        ),
        "own": LocalServer(
            kind="own",
            label="your own server",
            setting_name="text",
            chat_path="/v1/chat/completions",
            list_path="/v1/models",
            start_hint="start it",
            get_hint="name one of those, as own-text:NAME",
        ),
    }
)
"""Kinds of servers, by the ``profile`` of their rows in the catalogue."""


def build_url(base: str, path: str) -> str:
    """Return the URL of ``path`` on a local server whose base URL may end in ``/v1``."""
    return f"{base.rstrip('/').removesuffix('/v1')}{path}"


def build_body(kind: str, prepared_request: Mapping[str, Any], *, has_schema: bool = True) -> dict[str, Any]:
    """Build the JSON body of a chat request to a local server. ``has_schema`` False: the answer need not follow its
    schema.
    """
    roles = [{"role": role, "content": text} for role, text in prepared_request["said"]]
    if prepared_request["instructions"]:
        roles.insert(0, {"role": "system", "content": prepared_request["instructions"]})
    shape = json.loads(prepared_request["schema"]) if has_schema and prepared_request["schema"] else None
    most = int(prepared_request["most_tokens"])
    if kind == "ollama":
        body: dict[str, Any] = {"model": prepared_request["model"], "messages": roles, "stream": False, "think": False}
        if shape is not None:
            body["format"] = shape
        return body | {"options": {"num_ctx": _compute_context(roles, most), "num_predict": most}}
    body = {"model": prepared_request["model"], "messages": roles, "max_tokens": most}
    if shape is not None:
        json_schema = {"name": "script", "schema": shape, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": json_schema}
    return body


def _compute_context(roles: list[dict[str, str]], most: int) -> int:
    size = sum(len(row["content"].encode()) for row in roles)
    return -(-(size // _BYTES_A_TOKEN + TEMPLATE_TOKENS + most) // CONTEXT_STEP_TOKENS) * CONTEXT_STEP_TOKENS


def parse_answer(kind: str, answer: Any) -> tuple[ChatAnswer, str]:
    """Parse a local server's chat response; return the answer, and why it ended (``stop``, ``length`` …). Raises
    ``ValueError`` if it is no answer.
    """
    if not isinstance(answer, dict):
        raise ValueError("it is no object")
    if answer.get("error"):  # LM Studio says so with a status of 200
        raise ValueError(parse_error(answer))
    choices = [answer] if kind == "ollama" else answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(choice, dict) or not isinstance(content, str | None) or not isinstance(message, dict):
        raise ValueError("there is no message in it")
    text = content or ""
    if text.lstrip().startswith("<think>"):
        thought, ends, rest = text.partition("</think>")
        text = rest.lstrip() if ends else thought
    if kind == "ollama":
        counts = (answer.get("prompt_eval_count"), answer.get("eval_count"))
    else:
        usage = answer.get("usage")
        used = usage if isinstance(usage, dict) else {}
        counts = (used.get("prompt_tokens"), used.get("completion_tokens"))
    into, out = (count if type(count) is int and 0 <= count < 1 << 53 else 0 for count in counts)
    facts = {"tokens_in": into, "tokens_out": out}
    ended = choice.get("done_reason" if kind == "ollama" else "finish_reason")
    plain = text.encode("utf-8", "replace").decode()  # JSON may spell halves of characters
    return ChatAnswer(text=plain, tokens=(into, out), facts=facts), ended if isinstance(ended, str) else ""


def parse_error(answer: Any) -> str:
    """Return the message in a local server's error response, or else its code or type.

    Empty if there is none of these.
    """
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, dict):
        return str(error.get("message") or error.get("code") or error.get("type") or "")
    return str(error) if isinstance(error, str) else ""


def parse_model_names(kind: str, response: Any) -> tuple[str, ...]:
    """Return the names of the models that a local server lists and that write text on that machine, in its order.
    Raises ``ValueError``.

    Models that only embed are left out, and so are those that Ollama passes on to its makers' machines.
    """
    rows = response.get("models" if kind == "ollama" else "data") if isinstance(response, dict) else None
    if kind == "ollama" and rows is None and isinstance(response, dict) and "models" in response:
        rows = []  # as it is spelled where nothing was pulled yet
    if not isinstance(rows, list):
        raise ValueError("it lists no models")
    found = [row for row in rows if isinstance(row, dict) and _can_write(row)]
    names = [row.get("name") or row.get("id") for row in found]
    return tuple(name for name in names if isinstance(name, str) and name.isprintable() and not is_cloud_model(name))


def _can_write(row: Mapping[str, Any]) -> bool:
    can = row.get("capabilities")
    if isinstance(can, list) and can:
        return "completion" in can and not row.get("remote_host")
    return not row.get("remote_host") and "embed" not in str(row.get("name") or row.get("id") or "").lower()


def is_cloud_model(model: str) -> bool:
    """Whether Ollama runs this model on its makers' machines, at an unknown price, and not locally."""
    return model.rpartition(":")[2] == "cloud" or model.endswith("-cloud")
