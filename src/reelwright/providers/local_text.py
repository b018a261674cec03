"""Language models on servers of one's own, for nothing: Ollama, LM Studio, and whatever speaks OpenAI's chat wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from reelwright.catalogue.models import model
from reelwright.errors import NotAccepted, NotFound, OutcomeUnknown, ProviderError, Refused, Unreachable
from reelwright.net.answer import Answer
from reelwright.net.held import HeldUp
from reelwright.net.http import Http
from reelwright.net.keys import Key
from reelwright.net.redact import plainly
from reelwright.providers.protocol import CannotTell, Keep, Make, Output, Progress, Read
from reelwright.providers.sold import Sold
from reelwright.providers.wires.answers import failure, wait_of
from reelwright.providers.wires.conversation import conversation, most_tokens
from reelwright.providers.wires.local_chat import SERVERS, LocalServer, body_of, error_in, names_in, said_in, url_of
from reelwright.providers.wires.said import Said
from reelwright.reel.ledger import OwnWork
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.request import Input, Request

ANSWER_S: Final = 1800.0
"""How long an answer may take. 6,000 tokens at 4 a second, which a small machine writes, are 25 minutes."""
LIST_S: Final = 5.0
_ANY: Final = "default"
"""What a server is asked for where no name is given: most have one model, and do not look."""
_OF_THE_SCHEMA: Final = ("response_format", "json_schema", "grammar", "schema")
"""Words of a refusal by a server that cannot hold an answer to a schema."""
MIME: Final = "text/plain; charset=utf-8"


class LocalText(Sold):
    """One request is one question; nothing is billed, so that what nobody knows of is simply asked again."""

    name = "local_text"
    resubmit: Literal["never", "free"] = "free"

    def __init__(self, http: Http, key: Key | None = None) -> None:
        self._http = http
        self._key = key.fingerprint if key else ""
        self.read_s = ANSWER_S

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """The whole conversation, and the schema that the answer is held to."""
        row = model(request.model)
        return {
            "kind": row.profile,
            "model": str(request.extra.get("served") or _ANY),
            "instructions": str(request.extra.get("instructions", "")),
            "said": await conversation(request, inputs, read),
            "schema": str(request.extra.get("schema", "")),
            "most_tokens": most_tokens(request, row),
            "key": self._key,
            "waits_on_503": row.retry_on_503,
        }

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """One POST, whose answer is the text itself; a second where the server knows no schemas. Costs nothing.

        Raises ``NotAccepted`` where the server does not run or is busy, ``Refused`` where it says no, its model is not
        there or its answer has no room, and ``OutcomeUnknown`` for anything else without an answer.
        """
        server = SERVERS[prepared["kind"]]
        answer = await self._posted(server, prepared)
        if prepared["schema"] and answer.status == 400 and _declines_the_schema(answer):
            answer = await self._posted(server, prepared, schema=False)
        if answer.status != 200:
            raise await self._meant(server, prepared, answer)
        said = _said(server, answer)
        asset = await keep(_once(said.text.encode()), MIME)
        output = Output(sample=0, mime=MIME, asset=asset, facts={"text": said.text, **said.facts})
        return Progress(state="succeeded", outputs=(output,), done=1.0)

    async def poll(self, operation: Operation) -> Progress:
        raise NotFound(f"a language model has no operation {operation.id}; it answers with the text itself")

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        raise NotFound(f"a language model keeps nothing to fetch for {operation.id}")

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        return "cannot"

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> CannotTell:
        return CannotTell()

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None

    async def _posted(self, server: LocalServer, prepared: Mapping[str, Any], *, schema: bool = True) -> Answer:
        body = body_of(server.kind, prepared, schema=schema)
        try:
            return await self._http.send_once(
                "POST", url_of(self._http.base, server.ask), json=body, read_s=self.read_s
            )
        except NotAccepted as error:
            if isinstance(error.__cause__, HeldUp):
                raise
            raise NotAccepted(server.is_down(self._http.base)) from error
        except OutcomeUnknown as error:
            if isinstance(error.__cause__, TimeoutError) or "Timeout" in type(error.__cause__).__name__:
                said = f"{server.label} did not finish its answer within {self.read_s / 60:.0f} min"
                raise OutcomeUnknown(said, hint="a smaller model is faster") from error
            said = f"{server.label} ended in the middle of its answer ({error})"
            raise OutcomeUnknown(said, hint="its log says why; a smaller model needs less memory") from error

    async def _meant(self, server: LocalServer, prepared: Mapping[str, Any], answer: Answer) -> ProviderError:
        """The error that an answer of another status than 200 stands for. A model that is missing: which are there."""
        said = _words(answer)
        if answer.status == 404:
            try:
                there = await names_at(self._http, server)
            except Unreachable:
                return Refused(f"{server.label} refused (404): {plainly(said)}")
            wanted = prepared["model"]
            if not is_there(wanted, there):
                return Refused(server.has_no(wanted, there))
            return Refused(f"{server.label} refused (404): {plainly(said)}")
        wait_s = wait_of(answer.headers, said)
        return failure(server.label, answer.status, said, after_s=wait_s, waits_on_503=bool(prepared["waits_on_503"]))


async def names_at(http: Http, server: LocalServer, wait_s: float = LIST_S) -> tuple[str, ...]:
    """The models that ``server`` lists at the address of ``http``. Raises ``Unreachable``."""
    try:
        answer = await http.get(url_of(http.base, server.listing), read_s=wait_s)
    except Unreachable as cause:
        raise Unreachable(server.is_down(http.base)) from cause
    try:
        if answer.status != 200:
            raise ValueError(f"status {answer.status}")
        return names_in(server.kind, answer.json())
    except ValueError as cause:
        raise Unreachable(f"what answers at {http.base} is no {server.label} ({plainly(str(cause))})") from cause


def is_there(wanted: str, there: Iterable[str]) -> bool:
    """Whether ``wanted`` is one of those that are ``there``; Ollama takes ``NAME`` for ``NAME:latest``."""
    return bool({wanted.lower(), f"{wanted.lower()}:latest"} & {name.lower() for name in there})


def _said(server: LocalServer, answer: Answer) -> Said:
    """Raises ``OutcomeUnknown`` for what is no answer, ``Refused`` for one that had no room."""
    try:
        said, ended = said_in(server.kind, answer.json())
    except ValueError as cause:
        told = plainly(str(cause)) or "no reason given"
        raise OutcomeUnknown(f"{server.label} answered with something that is no answer: {told}") from cause
    if ended == "length":
        used = said.tokens[1] or "all its"
        hint = "a model that is not so wordy, or with more room (context), may come to an end"
        raise Refused(f"{server.label} ran out of room after {used} tokens, in the middle of its answer", hint=hint)
    if not said.text.strip():
        raise OutcomeUnknown(f"{server.label} answered without a word ({ended or 'no reason given'})")
    return said


def _declines_the_schema(answer: Answer) -> bool:
    said = _words(answer).lower()
    return any(word in said for word in _OF_THE_SCHEMA)


def _words(answer: Answer) -> str:
    try:
        return error_in(answer.json()) or answer.said()
    except ValueError:
        return answer.said()


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
