"""Google's Gemini API: films by Gemini Omni in the background, pictures by the Gemini image models in one answer."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from reelwright.catalogue.models import known
from reelwright.errors import NotAccepted, NotFound, OutcomeUnknown, ReelwrightError, Refused, Unreachable
from reelwright.net.answer import Answer
from reelwright.net.closing import closing
from reelwright.net.http import ANSWER_CAP, Http
from reelwright.net.keys import Key
from reelwright.net.redact import plainly
from reelwright.providers.families.assets import filled, looked_at, unread
from reelwright.providers.families.google_faults import Fault, is_of_key, read_fault, refusal, submit_error
from reelwright.providers.families.inline import decoded, inline_number, sifted
from reelwright.providers.families.interactions import FILMS, body_of, moment, progress_of
from reelwright.providers.families.outputs import media_only
from reelwright.providers.families.shapes import is_address, mapping, name_of
from reelwright.providers.protocol import CannotTell, Keep, Make, Output, Progress, Read
from reelwright.providers.sold import Sold
from reelwright.reel.ledger import OwnWork
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.request import Input, Request

MOST_BYTES: Final = 10 * 1024**2
"""Of one picture. Source: S0-55; base64 in a body of at most 100 MB, ai.google.dev, read 2026-11-20."""
OUTPUT_CAP: Final = 2 * 1024**3
_PATH: Final = "/v1/interactions"
_POLLS_400: Final = 20
"""Answers of 400 in a row before an interaction is given up: billed ones answered so for a while (observed)."""
_OVER: Final = frozenset({"completed", "failed", "cancelled", "incomplete", "budget_exceeded"})
_PIECE: Final = 1 << 20


class Google(Sold):
    """One interaction is one purchase. It has no list, so what became of a send without an answer cannot be found."""

    name = "google"
    read_s: float = 240.0  # a picture is drawn while its POST waits

    def __init__(self, http: Http, key: Key | None = None) -> None:
        self._http = http
        self._key = key.fingerprint if key else ""
        self._reads: dict[str, Read] = {}
        self._refused: dict[str, int] = {}

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        pictures = await looked_at(inputs, read, MOST_BYTES)
        self._reads[purchase] = read
        row = known(request.model)
        return {"purchase": purchase, "model": row.id, "body": body_of(request, row.sold_as, pictures)}

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        try:
            body = await filled(prepared["body"], self._reads.pop(prepared["purchase"], unread))
        except (ReelwrightError, OSError) as cause:
            raise NotAccepted(f"nothing was sent to Google: its pictures cannot be read: {cause}") from cause
        answer = await self._http.send_once("POST", _PATH, json=body, read_s=self.read_s)
        if answer.status != 200:
            raise submit_error(_fault(answer), retry_on_503=known(prepared["model"]).retry_on_503)
        told = mapping(_json(answer))
        if not body["background"] and str(told.get("status")) in _OVER:
            return await _kept(progress_of(told), keep)
        if not (found := name_of(told.get("id"))):
            raise OutcomeUnknown("Google took it on and answered with something that names no interaction")
        return Operation(id=found, key=self._key)

    async def poll(self, operation: Operation) -> Progress:
        """Raises ``Refused`` where the key is refused, ``Unreachable`` where nothing was told."""
        answer = await self._http.get(_place(operation), cap=ANSWER_CAP)
        if answer.status != 200:
            return self._not_told(operation, _fault(answer))
        self._refused.pop(operation.id, None)
        try:
            told = sifted(answer.body, FILMS)
        except ValueError as cause:
            raise Unreachable("Google answered a question with something that is no JSON") from cause
        if not isinstance(told, dict) or not isinstance(told.get("status"), str):
            raise Unreachable("Google answered a question with something that is no interaction")
        progress = progress_of(told)
        return await self._when_ready(progress) if progress.state == "succeeded" else progress

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """The key goes to Google's own hosts only; whatever else an output's address names is asked without it."""
        kind = output.mime.partition("/")[0]
        if output.url and (number := inline_number(output.url)) is not None:
            return media_only(self._inline(operation, number), kind, "Google")
        return media_only(self._http.stream(str(output.url), cap=OUTPUT_CAP), kind, "Google")

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        answer = await self._http.call("POST", f"{_place(operation)}/cancel")
        if answer.status in (400, 404, 409):
            return "too_late"
        told = _json(answer)
        if answer.status != 200 or not isinstance(told, dict):
            raise Unreachable(f"Google did not say whether it cancels: {_fault(answer)}")
        if told.get("status") == "cancelled":
            return "cancelled"
        return "too_late" if str(told.get("status")) in _OVER else "asked"

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> CannotTell:
        return CannotTell()

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None

    def _not_told(self, operation: Operation, fault: Fault) -> Progress:
        """What an error answer to a question means. Unknown ids are answered with 404, or with 400 in so many words."""
        if fault.status == 404 or (fault.status == 400 and "invalid interaction name" in fault.message.lower()):
            if operation.key and operation.key != self._key:
                raise Refused("another Google key made this", hint="set that key again, or decide with `spend`")
            return Progress(state="lost", said=f"Google does not know it any more: {fault}")
        if fault.status in (401, 403) or is_of_key(fault):
            raise refusal(fault)
        if fault.status == 400:
            self._refused[operation.id] = self._refused.get(operation.id, 0) + 1
            if self._refused[operation.id] >= _POLLS_400:
                return Progress(state="lost", said=f"Google would not tell of it {_POLLS_400} times: {fault}")
        raise Unreachable(f"Google did not tell how far it is: {fault}", after_s=fault.after_s)

    async def _when_ready(self, progress: Progress) -> Progress:
        """A finished film is a file that may need a minute more before it can be fetched; its entry says until when."""
        outputs = []
        for output in progress.outputs:
            entry = await self._entry(output)
            if entry.get("state") == "PROCESSING":
                return Progress(state="running", said="Google is getting it ready to be fetched")
            if entry.get("state") == "FAILED":
                said = f"Google made it and could not lay it down: {mapping(entry.get('error')).get('message', '')}"
                return Progress(state="failed", bill=progress.bill, said=plainly(said))
            expires = moment(entry.get("expirationTime")) or output.expires
            outputs.append(replace(output, expires=expires))
        return replace(progress, outputs=tuple(outputs))

    async def _entry(self, output: Output) -> Mapping[str, Any]:
        """The Files API's entry of an output, empty where there is none."""
        if not is_address(output.url):
            return {}
        place = urlsplit(output.url or "")
        if not place.path.endswith(":download"):
            return {}
        where = place._replace(path=place.path.removesuffix(":download"), query="").geturl()
        if not where.startswith(f"{self._http.base.rstrip('/')}/"):
            return {}
        answer = await self._http.get(where)
        return mapping(_json(answer)) if answer.status == 200 else {}

    async def _inline(self, operation: Operation, number: int) -> AsyncIterator[bytes]:
        answer = await self._http.get(_place(operation), cap=ANSWER_CAP)
        if answer.status == 404:
            raise NotFound("Google no longer has this output")
        if answer.status != 200:
            raise Unreachable(f"Google did not give its output: {_fault(answer)}")
        try:
            async with closing(decoded(_pieces(answer.body), FILMS, number)) as parts:
                async for part in parts:
                    yield part
        except ValueError as cause:
            raise Unreachable(f"Google's output is no base64 or not there ({cause})") from cause


async def _kept(progress: Progress, keep: Keep) -> Progress:
    """The pictures of an answer in the vault, before anybody else hears of them."""
    outputs = []
    for output in progress.outputs:
        try:
            data = base64.b64decode(output.url or "", validate=True)
        except ValueError as cause:
            raise OutcomeUnknown("Google answered with a picture that is no base64") from cause
        outputs.append(replace(output, url=None, asset=await keep(_pieces(data), output.mime)))
    return replace(progress, outputs=tuple(outputs))


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]


def _place(operation: Operation) -> str:
    return f"{_PATH}/{quote(operation.id, safe='')}"


def _fault(answer: Answer) -> Fault:
    return read_fault(answer.status, answer.headers, answer.body)


def _json(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
