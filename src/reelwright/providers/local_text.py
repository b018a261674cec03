"""Adapter of language models on servers that the user runs: Ollama, LM Studio, and any that speak OpenAI's chat wire.

Nothing is billed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from reelwright.catalogue.models import get_sold_model
from reelwright.errors import NotAccepted, NotFound, OutcomeUnknown, ProviderError, Refused, Unreachable
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse
from reelwright.net.keys import Key
from reelwright.net.redact import redact_line
from reelwright.net.send_deadline import SendTooLate
from reelwright.providers.catalogue_provider import CatalogueProvider, yield_bytes
from reelwright.providers.protocol import Keep, Make, Output, Progress, Read
from reelwright.providers.wires.answers import build_refusal, make_submit_error, parse_retry_after
from reelwright.providers.wires.chat_answer import ChatAnswer
from reelwright.providers.wires.conversation import get_max_tokens, read_conversation
from reelwright.providers.wires.local_chat import (
    SERVERS,
    LocalServer,
    build_body,
    build_url,
    parse_answer,
    parse_error,
    parse_model_names,
)
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.operation import Operation
from reelwright.send_and_answer_waits import LOCAL_MODELS_LIST_S, LOCAL_TEXT_ANSWER_S

_ANY: Final = "default"
"""Model name that is sent if none is given: most servers have one model and ignore the name."""
_OF_THE_SCHEMA: Final = ("response_format", "json_schema", "grammar", "schema")
"""Words in the refusal of a server that does not support schemas."""
MIME: Final = "text/plain; charset=utf-8"


class LocalText(CatalogueProvider):
    """Adapter of language models on a server that the user runs. Nothing is billed, so a question with an unknown
    outcome is sent again.
    """

    name = "local_text"
    resubmit: Literal["never", "free"] = "free"

    def __init__(self, http: HttpClient, key: Key | None = None) -> None:
        self._http = http
        self._key = key.fingerprint if key else ""
        self.read_s = LOCAL_TEXT_ANSWER_S

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Build the request that ``submit`` sends: the whole conversation, and the schema that the answer has to
        follow.
        """
        row = get_sold_model(request.model)
        return {
            "kind": row.profile,
            "model": str(request.extra.get("served") or _ANY),
            "instructions": str(request.extra.get("instructions", "")),
            "said": await read_conversation(request, inputs, read),
            "schema": str(request.extra.get("schema", "")),
            "most_tokens": get_max_tokens(request, row),
            "key": self._key,
            "waits_on_503": row.can_retry_on_503,
        }

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Send one POST, and store the text in its answer; send a second one if the server knows no schemas; costs
        nothing.

        Raises ``NotAccepted`` if the server does not run or is busy, ``Refused`` if it says no, has no such model or
        ran out of room for its answer, and ``OutcomeUnknown`` for anything else without an answer.
        """
        server = SERVERS[prepared_request["kind"]]
        answer = await self._post(server, prepared_request)
        if prepared_request["schema"] and answer.status == 400 and _is_schema_refused(answer):
            answer = await self._post(server, prepared_request, schema=False)
        if answer.status != 200:
            raise await self._make_error(server, prepared_request, answer)
        text_answer = _read_answer(server, answer)
        asset = await keep(yield_bytes(text_answer.text.encode()), MIME)
        output = Output(sample=0, mime=MIME, asset=asset, facts={"text": text_answer.text, **text_answer.facts})
        return Progress(state="succeeded", outputs=(output,), fraction_done=1.0)

    async def poll(self, operation: Operation) -> Progress:
        """Raise ``NotFound``: the answer to ``submit`` is the result, so there is nothing to poll."""
        raise NotFound(code="operation_not_kept", provider="a language model", operation=operation.id)

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Raise ``NotFound``: ``submit`` has stored the result, so there is nothing to fetch."""
        raise NotFound(code="output_not_kept", provider="a language model", operation=operation.id)

    async def _post(
        self, server: LocalServer, prepared_request: Mapping[str, Any], *, schema: bool = True
    ) -> HttpResponse:
        body = build_body(server.kind, prepared_request, has_schema=schema)
        try:
            return await self._http.send_once(
                "POST", build_url(self._http.base, server.chat_path), json=body, read_s=self.read_s
            )
        except NotAccepted as error:
            if isinstance(error.__cause__, SendTooLate):
                raise
            raise NotAccepted(**server.describe_down(self._http.base)) from error
        except OutcomeUnknown as error:
            if isinstance(error.__cause__, TimeoutError) or "Timeout" in type(error.__cause__).__name__:
                raise OutcomeUnknown(code="answer_overdue", provider=server.label, wait_s=self.read_s) from error
            raise OutcomeUnknown(code="local_server_stopped", provider=server.label, cause=error) from error

    async def _make_error(
        self, server: LocalServer, prepared_request: Mapping[str, Any], answer: HttpResponse
    ) -> ProviderError:
        """Return the error of an answer whose status is not 200.

        For a missing model, it lists the models that exist.
        """
        message = _read_error_text(answer)
        if answer.status == 404:
            available_names: tuple[str, ...] | None
            try:
                available_names = await fetch_model_names(self._http, server)
            except Unreachable:
                available_names = None
            model_name = prepared_request["model"]
            if available_names is not None and not is_available(model_name, available_names):
                return Refused(**server.describe_missing_model(model_name, available_names))
            return build_refusal(server.label, 404, f"{redact_line(message)} (404)", code="request_refused")
        wait_s = parse_retry_after(answer.headers, message)
        return make_submit_error(
            server.label, answer.status, message, after_s=wait_s, waits_on_503=bool(prepared_request["waits_on_503"])
        )


async def fetch_model_names(
    http: HttpClient, server: LocalServer, wait_s: float = LOCAL_MODELS_LIST_S
) -> tuple[str, ...]:
    """Fetch the names of the models that a local server has. Raises ``Unreachable``."""
    try:
        answer = await http.get(build_url(http.base, server.list_path), read_s=wait_s)
    except Unreachable as cause:
        raise Unreachable(**server.describe_down(http.base)) from cause
    try:
        if answer.status != 200:
            raise ValueError(f"status {answer.status}")
        return parse_model_names(server.kind, answer.parse_json())
    except ValueError as cause:
        words = redact_line(str(cause))
        raise Unreachable(code="local_server_other", provider=server.label, address=http.base, cause=words) from cause


def is_available(model_name: str, available_names: Iterable[str]) -> bool:
    """Whether a local server has the model ``model_name``; Ollama accepts ``NAME`` for ``NAME:latest``."""
    return bool({model_name.lower(), f"{model_name.lower()}:latest"} & {name.lower() for name in available_names})


def _read_answer(server: LocalServer, answer: HttpResponse) -> ChatAnswer:
    """Read an answer. Raises ``OutcomeUnknown`` if it is no answer, ``Refused`` if it ran out of room."""
    try:
        text_answer, ended = parse_answer(server.kind, answer.parse_json())
    except ValueError as cause:
        fault = redact_line(str(cause))
        raise OutcomeUnknown(code="answer_not_understood", provider=server.label, fault=fault) from cause
    if ended == "length":
        raise Refused(code="answer_cut_short", provider=server.label, tokens=text_answer.tokens[1] or "all its")
    if not text_answer.text.strip():
        raise OutcomeUnknown(code="answer_without_result", provider=server.label, fault=ended)
    return text_answer


def _is_schema_refused(answer: HttpResponse) -> bool:
    message = _read_error_text(answer).lower()
    return any(word in message for word in _OF_THE_SCHEMA)


def _read_error_text(answer: HttpResponse) -> str:
    try:
        return parse_error(answer.parse_json()) or answer.describe_body()
    except ValueError:
        return answer.describe_body()
