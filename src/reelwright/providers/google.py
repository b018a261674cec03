"""Adapter of Google's Gemini API: films by Gemini Omni in the background, pictures by Gemini image models at once."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from reelwright.catalogue.models import find_model
from reelwright.errors import NotAccepted, NotFound, OutcomeUnknown, ReelwrightError, Unreachable
from reelwright.net.closing import ensure_closed
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse
from reelwright.net.keys import Key
from reelwright.net.policy import MAX_PAID_ANSWER_BYTES
from reelwright.net.redact import redact_line
from reelwright.net.webhooks import verify_webhook
from reelwright.providers.catalogue_provider import CatalogueProvider
from reelwright.providers.families.assets import embed_base64, inspect_pictures, refuse_read
from reelwright.providers.families.google_faults import (
    Fault,
    is_key_error,
    make_refusal,
    make_submit_error,
    parse_fault,
)
from reelwright.providers.families.inline import decode_value, parse_inline_index, parse_without_inline
from reelwright.providers.families.interactions import FILM_MEMBERS, build_body, parse_progress, parse_time
from reelwright.providers.families.operation_paths import quote_operation_id
from reelwright.providers.families.outputs import require_media
from reelwright.providers.families.shapes import as_mapping, as_name, is_address, parse_notice_id
from reelwright.providers.policy import DECODED_PIECE_BYTES, LOST_AFTER_REFUSED_POLLS, MAX_FILM_BYTES
from reelwright.providers.protocol import Keep, Make, Output, Progress, Read
from reelwright.providers.wires.answers import build_poll_error, check_same_key
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.operation import Operation
from reelwright.send_and_answer_waits import GOOGLE_ANSWER_S

MOST_BYTES: Final = 10 * 1024**2
"""The largest picture. Source: S0-55; base64 in a body of at most 100 MB, ai.google.dev, read 2026-11-20."""
_PATH: Final = "/v1/interactions"
_OVER: Final = frozenset({"completed", "failed", "cancelled", "incomplete", "budget_exceeded"})


class Google(CatalogueProvider):
    """Adapter of Google's Interactions API, which sells films and pictures. Each interaction is one purchase.

    There is no list, so the outcome of a send without an answer cannot be found.
    """

    name = "google"
    read_s: float = GOOGLE_ANSWER_S

    def __init__(self, http: HttpClient, key: Key | None = None) -> None:
        self._http = http
        self._key = key.fingerprint if key else ""
        self._reads: dict[str, Read] = {}
        self._refused: dict[str, int] = {}

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Build the request that ``submit`` sends, with placeholders for pictures; never bills."""
        pictures = await inspect_pictures(inputs, read, MOST_BYTES)
        self._reads[purchase] = read
        row = find_model(request.model)
        return {"purchase": purchase, "model": row.id, "body": build_body(request, row.sold_as, pictures)}

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Send one paid POST; may spend. A picture comes in the answer and is stored; a film is polled for."""
        try:
            body = await embed_base64(
                prepared_request["body"], self._reads.pop(prepared_request["purchase"], refuse_read)
            )
        except (ReelwrightError, OSError) as cause:
            raise NotAccepted(code="nothing_sent_inputs_unreadable", provider="Google", cause=cause) from cause
        answer = await self._http.send_once("POST", _PATH, json=body, read_s=self.read_s)
        if answer.status != 200:
            raise make_submit_error(
                _parse_fault(answer), retry_on_503=find_model(prepared_request["model"]).can_retry_on_503
            )
        interaction = as_mapping(answer.parse_json_or_none())
        if not body["background"] and str(interaction.get("status")) in _OVER:
            return await _store_pictures(parse_progress(interaction), keep)
        if not (found := as_name(interaction.get("id"))):
            raise OutcomeUnknown(code="answer_without_id", provider="Google")
        return Operation(id=found, key=self._key, facts={"stays": True})

    async def poll(self, operation: Operation) -> Progress:
        """Ask Google once for the state of an interaction; never bills.

        Raises ``Refused`` if the key is refused, ``Unreachable`` if the answer does not describe the interaction.
        """
        answer = await self._http.get(_build_path(operation), cap=MAX_PAID_ANSWER_BYTES)
        if answer.status != 200:
            return self._read_poll_error(operation, _parse_fault(answer))
        self._refused.pop(operation.id, None)
        try:
            interaction = parse_without_inline(answer.body, FILM_MEMBERS)
        except ValueError as cause:
            raise Unreachable(code="answer_not_json", provider="Google") from cause
        if not isinstance(interaction, dict) or not isinstance(interaction.get("status"), str):
            raise Unreachable(code="answer_not_understood", provider="Google", fault="")
        progress = parse_progress(interaction)
        return await self._check_files_ready(progress) if progress.state == "succeeded" else progress

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Stream the bytes of a film or picture. The key is sent to Google's own hosts only; any other address is
        fetched without it.
        """
        kind = output.mime.partition("/")[0]
        if output.url and (number := parse_inline_index(output.url)) is not None:
            return require_media(self._stream_inline(operation, number), kind, "Google")
        return require_media(self._http.stream(str(output.url), cap=MAX_FILM_BYTES), kind, "Google")

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output] | None) -> None:
        """Delete films from the Files API, where they would lie for two days; ``outputs`` None: all of the interaction.
        Raises ``Unreachable``.
        """
        for output in (await self.poll(operation)).outputs if outputs is None else outputs:
            if not await self._fetch_file_entry(output):
                continue  # gone: Google's answer is the same 403 as for a file of another
            answer = await self._http.send_free("DELETE", _build_entry_url(output))
            if answer.status not in (200, 204, 404, 410):
                raise Unreachable(code="removal_refused", provider="Google", fault=f"status {answer.status}")

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        """Ask Google to cancel an interaction; return what became of the request."""
        answer = await self._http.send_free("POST", f"{_build_path(operation)}/cancel")
        if answer.status in (400, 404, 409):
            return "too_late"
        interaction = answer.parse_json_or_none()
        if answer.status != 200 or not isinstance(interaction, dict):
            raise Unreachable(code="cancel_not_answered", provider="Google", fault=_parse_fault(answer))
        if interaction.get("status") == "cancelled":
            return "cancelled"
        return "too_late" if str(interaction.get("status")) in _OVER else "asked"

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Verify a webhook of Google and return the interaction id in it; None unless its signature and time are right.

        Source: ai.google.dev, webhooks, read 2026-11-22: Standard Webhooks with the secret of a static webhook. The
        other way, a URL in the request, is signed with a key of Google's and is not verified here.
        """
        if verify_webhook(headers, body, secrets) is None:
            return None
        return parse_notice_id(body)

    def _read_poll_error(self, operation: Operation, fault: Fault) -> Progress:
        """Return or raise what an error answer to a poll means.

        Google answers unknown ids with 404, or with 400 and words.
        """
        if fault.status == 404 or (fault.status == 400 and "invalid interaction name" in fault.message.lower()):
            check_same_key("Google", operation.key, self._key, "GEMINI_API_KEY")
            return Progress(state="lost", message=f"Google does not know it any more: {fault}")
        if fault.status in (401, 403) or is_key_error(fault):
            raise make_refusal(fault)
        if fault.status == 400:
            self._refused[operation.id] = self._refused.get(operation.id, 0) + 1
            if self._refused[operation.id] >= LOST_AFTER_REFUSED_POLLS:
                return Progress(
                    state="lost", message=f"Google would not tell of it {LOST_AFTER_REFUSED_POLLS} times: {fault}"
                )
        raise build_poll_error("Google", fault.status, fault, fault.after_s)

    async def _check_files_ready(self, progress: Progress) -> Progress:
        """Check that finished films can be fetched, which may take a minute more, and read until when they can be."""
        outputs = []
        for output in progress.outputs:
            entry = await self._fetch_file_entry(output)
            if entry.get("state") == "PROCESSING":
                return Progress(state="running", message="Google is getting it ready to be fetched")
            if entry.get("state") == "FAILED":
                message = (
                    f"Google made it and could not lay it down: {as_mapping(entry.get('error')).get('message', '')}"
                )
                return Progress(state="failed", bill=progress.bill, message=redact_line(message))
            expires = parse_time(entry.get("expirationTime")) or output.expires
            outputs.append(replace(output, expires=expires))
        return replace(progress, outputs=tuple(outputs))

    async def _fetch_file_entry(self, output: Output) -> Mapping[str, Any]:
        """Fetch the Files API's entry of an output; empty if it has none."""
        where = _build_entry_url(output)
        if not where.startswith(f"{self._http.base.rstrip('/')}/"):
            return {}
        answer = await self._http.get(where)
        return as_mapping(answer.parse_json_or_none()) if answer.status == 200 else {}

    async def _stream_inline(self, operation: Operation, number: int) -> AsyncIterator[bytes]:
        answer = await self._http.get(_build_path(operation), cap=MAX_PAID_ANSWER_BYTES)
        if answer.status == 404:
            raise NotFound(code="output_gone", provider="Google", status=answer.status)
        if answer.status != 200:
            raise Unreachable(code="output_not_served", provider="Google", fault=_parse_fault(answer))
        try:
            async with ensure_closed(decode_value(_split(answer.body), FILM_MEMBERS, number)) as parts:
                async for part in parts:
                    yield part
        except ValueError as cause:
            raise Unreachable(code="output_missing", provider="Google", cause=cause) from cause


async def _store_pictures(progress: Progress, keep: Keep) -> Progress:
    """Store the pictures of an answer in the vault before anyone else learns of them."""
    outputs = []
    for output in progress.outputs:
        try:
            data = base64.b64decode(output.url or "", validate=True)
        except ValueError as cause:
            fault = "a picture that is not base64"
            raise OutcomeUnknown(code="answer_without_result", provider="Google", fault=fault) from cause
        outputs.append(replace(output, url=None, asset=await keep(_split(data), output.mime)))
    return replace(progress, outputs=tuple(outputs))


async def _split(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), DECODED_PIECE_BYTES):
        yield data[start : start + DECODED_PIECE_BYTES]


def _build_path(operation: Operation) -> str:
    return f"{_PATH}/{quote_operation_id(operation, 'Google')}"


def _build_entry_url(output: Output) -> str:
    """Return the URL of the Files API's entry of an output; empty if it has none."""
    place = urlsplit(output.url or "") if is_address(output.url) else None
    if place is None or not place.path.endswith(":download"):
        return ""
    return place._replace(path=place.path.removesuffix(":download"), query="").geturl()


def _parse_fault(answer: HttpResponse) -> Fault:
    return parse_fault(answer.status, answer.headers, answer.body)
