"""The chat wires of servers of one's own: Ollama's, and OpenAI's as LM Studio, vLLM and llama.cpp speak it.

Ollama is asked at its own address and not at `/v1`: there alone a request can say how much room the model gets. Its
usual room of 4,096 tokens is less than a script with its instructions, and what does not fit is cut off in silence.
Sources: ollama/ollama `server/routes.go`, `openai/openai.go` and `docs/` of 2026-08-21; lmstudio.ai/docs, 2026-11-21.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from reelwright.providers.wires.said import Said
from reelwright.reel.noun import noun

Kind = Literal["ollama", "lmstudio", "own"]
_ROOM: Final = 4096
"""The room of a model grows by so many tokens: another room makes Ollama load the model anew."""
_BYTES_A_TOKEN: Final = 3
_AROUND: Final = 256
"""Tokens that a model's own template puts around what is said."""
_THOUGHT: Final = re.compile(r"\s*<think>.*?</think>\s*", re.S)


@noun
class LocalServer:
    """One kind of server. ``label``: its name for people; ``start`` and ``get``: how it and a model of it come there.

    ``named``: what ``REELWRIGHT_<NAMED>_BASE_URL`` is called. ``ask`` and ``listing``: its paths.
    """

    kind: Kind
    label: str
    named: str
    ask: str
    listing: str
    start: str
    get: str

    @property
    def variable(self) -> str:
        return f"REELWRIGHT_{self.named.upper()}_BASE_URL"

    def is_down(self, base: str, why: str = "") -> str:
        """What a person is told when nothing answers at ``base``: what was tried, and how the server is started."""
        reason = f" ({why})" if why else ""
        return f"{self.label} does not answer at {base}{reason}; {self.start} (another address: {self.variable})"

    def has_no(self, model: str, there: tuple[str, ...]) -> str:
        """What a person is told when ``model`` is not there."""
        shown = ", ".join(there) if there else "it has none yet"
        return f"{self.label} has no model {model!r}; there: {shown}; {self.get.format(model=model)}"


SERVERS: Final[Mapping[str, LocalServer]] = MappingProxyType(
    {
        "ollama": LocalServer(
            kind="ollama", label="Ollama", named="ollama", ask="/api/chat", listing="/api/tags",
            start="start it with `ollama serve` or by opening its app", get="get it with `ollama pull {model}`",
        ),
        "lmstudio": LocalServer(
            kind="lmstudio", label="LM Studio", named="lmstudio", ask="/v1/chat/completions", listing="/v1/models",
            start="start its server with `lms server start`, or under Developer in its window",
            get="get it with `lms get {model}`, or load it in its window",
        ),
        "own": LocalServer(
            kind="own", label="your own server", named="text", ask="/v1/chat/completions", listing="/v1/models",
            start="start it", get="name one of those, as own-text:NAME",
        ),
    }
)  # fmt: skip
"""By the ``profile`` of their rows in the catalogue."""


def url_of(base: str, path: str) -> str:
    """Where ``path`` is on a server whose address is given with ``/v1`` or without."""
    return f"{base.rstrip('/').removesuffix('/v1')}{path}"


def body_of(kind: str, prepared: Mapping[str, Any], *, schema: bool = True) -> dict[str, Any]:
    """What is asked, in the words of the wire. ``schema`` False: without holding the answer to its schema."""
    roles = [{"role": who, "content": text} for who, text in prepared["said"]]
    if prepared["instructions"]:
        roles.insert(0, {"role": "system", "content": prepared["instructions"]})
    shape = json.loads(prepared["schema"]) if schema and prepared["schema"] else None
    most = int(prepared["most_tokens"])
    if kind == "ollama":
        asked: dict[str, Any] = {"model": prepared["model"], "messages": roles, "stream": False, "think": False}
        if shape is not None:
            asked["format"] = shape
        return asked | {"options": {"num_ctx": _room_of(roles, most), "num_predict": most}}
    asked = {"model": prepared["model"], "messages": roles, "max_tokens": most}
    if shape is not None:
        held = {"name": "script", "schema": shape, "strict": True}
        asked["response_format"] = {"type": "json_schema", "json_schema": held}
    return asked


def _room_of(roles: list[dict[str, str]], most: int) -> int:
    said = sum(len(row["content"].encode()) for row in roles)
    return -(-(said // _BYTES_A_TOKEN + _AROUND + most) // _ROOM) * _ROOM


def said_in(kind: str, answer: Any) -> tuple[Said, str]:
    """What was answered, and why it ended (``stop``, ``length`` …). Raises ``ValueError`` where it is no answer."""
    if not isinstance(answer, dict):
        raise ValueError("it is no object")
    if answer.get("error"):  # LM Studio says so with a status of 200
        raise ValueError(error_in(answer))
    choices = [answer] if kind == "ollama" else answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(choice, dict) or not isinstance(content, str | None) or not isinstance(message, dict):
        raise ValueError("there is no message in it")
    text = _THOUGHT.sub("", content or "", count=1) if (content or "").lstrip().startswith("<think>") else content or ""
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
    return Said(text=plain, tokens=(into, out), facts=facts), ended if isinstance(ended, str) else ""


def error_in(answer: Any) -> str:
    """The sentence of an error: ``{"error": "…"}`` or ``{"error": {"message": "…"}}``; empty where there is none."""
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, dict):
        return str(error.get("message") or error.get("code") or error.get("type") or "")
    return str(error) if isinstance(error, str) else ""


def names_in(kind: str, listed: Any) -> tuple[str, ...]:
    """The models that can write and run on that machine, in the server's own order. Raises ``ValueError``.

    Left out: what only embeds, and what Ollama passes on to its makers' own machines.
    """
    rows = listed.get("models" if kind == "ollama" else "data") if isinstance(listed, dict) else None
    if kind == "ollama" and rows is None and isinstance(listed, dict) and "models" in listed:
        rows = []  # as it is spelled where nothing was pulled yet
    if not isinstance(rows, list):
        raise ValueError("it lists no models")
    found = [row for row in rows if isinstance(row, dict) and _writes(row)]
    names = [row.get("name") or row.get("id") for row in found]
    return tuple(name for name in names if isinstance(name, str) and name.isprintable() and not is_elsewhere(name))


def _writes(row: Mapping[str, Any]) -> bool:
    can = row.get("capabilities")
    if isinstance(can, list) and can:
        return "completion" in can and not row.get("remote_host")
    return not row.get("remote_host") and "embed" not in str(row.get("name") or row.get("id") or "").lower()


def is_elsewhere(model: str) -> bool:
    """Whether Ollama would send the question to its makers' machines, for a price that nobody here knows."""
    return model.rpartition(":")[2] == "cloud" or model.endswith("-cloud")
