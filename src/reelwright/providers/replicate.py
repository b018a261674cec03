"""Adapter of Replicate: predictions of many models behind one token.

Predictions can be listed, so a lost submission can be found.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, Literal

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import get_sold_model, load_provider_models
from reelwright.errors import (
    BadInput,
    NotAccepted,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    ReelwrightError,
    Refused,
    Unreachable,
)
from reelwright.net.closing import ensure_closed
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse, parse_json
from reelwright.net.keys import Key
from reelwright.net.webhooks import verify_webhook
from reelwright.providers.catalogue_provider import CatalogueProvider
from reelwright.providers.families.assets import ASSET, refuse_read
from reelwright.providers.families.data_uris import embed_data_uris, read_bytes
from reelwright.providers.families.list_search import ListEntry, ListSearch
from reelwright.providers.families.outputs import require_media
from reelwright.providers.policy import MAX_FILM_BYTES, MAX_PREPARED_REQUESTS, REPLICATE_PAGES
from reelwright.providers.protocol import (
    Absent,
    CannotTell,
    FoundOperation,
    Keep,
    Make,
    Match,
    Output,
    PossibleMatches,
    Progress,
    Read,
)
from reelwright.providers.wires import replicate as wire
from reelwright.providers.wires.answers import build_poll_error, check_same_key, parse_retry_after
from reelwright.providers.wires.magic import detect_mime, get_extension
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import ListedWork, OwnWork
from reelwright.reel.records.operation import Operation
from reelwright.send_and_answer_waits import LISTED_AFTER, REPLICATE_ANSWER_S, REPLICATE_UPLOAD_S

INLINE_BYTES: Final = 256 * 1024
"""Inputs up to this size are sent as data URIs, larger ones are uploaded. Source: replicate.com, input files."""
INPUT_BYTES: Final = 100 * 1024**2
"""Larger uploads are refused by Replicate. Source: replicate.com, input files."""
_FILE_ID: Final = re.compile(r"[A-Za-z0-9_-]{6,80}")


class Replicate(CatalogueProvider):
    """Adapter of Replicate, which sells predictions of many models and lists them. ``Prefer: wait`` is never sent: it
    would tie a paid prediction to an open socket.
    """

    name = "replicate"
    has_list = True
    webhook_url = ""
    """Where Replicate tells us that a prediction is over; empty: nowhere. Never part of the prepared request."""

    def __init__(self, http: HttpClient, key: Key | None = None, listed_after: timedelta = LISTED_AFTER) -> None:
        self._http = http
        self._key = key.fingerprint if key else ""
        self._listed_after = listed_after
        self._reads: dict[str, Read] = {}
        self._answered: dict[str, str] = {}
        self.read_s = REPLICATE_ANSWER_S

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Upload large inputs, and build the request that ``submit`` sends; small inputs are embedded then. Never
        bills.
        """
        row = get_sold_model(request.model)
        staged: list[str] = []
        given: dict[str, list[Any]] = {}
        for needed, digest in inputs:
            given.setdefault(needed.role, []).append(await self._stage_input(digest, read, staged))
        self._reads = {purchase: read, **dict(list(self._reads.items())[: MAX_PREPARED_REQUESTS - 1])}
        return {
            "path": wire.build_path(row.sold_as),
            "model": row.sold_as.partition(":")[0],
            "body": wire.build_body(request, row, given, wire.derive_seed(purchase) if row.has_seed else None),
            "staged": staged,
            "key": self._key,
            "purchase": purchase,
            "deadline": wire.choose_deadline(row),
            "waits_on_503": row.can_retry_on_503,
        }

    async def _stage_input(self, digest: Digest, read: Read, staged: list[str]) -> Any:
        data = await read_bytes(digest, read)
        if len(data) > INPUT_BYTES:
            raise BadInput("inputs", f"{len(data):,} bytes", f"at most {INPUT_BYTES:,} bytes for Replicate")
        mime = detect_mime(data)
        if len(data) <= INLINE_BYTES:
            return {ASSET: digest, "mime": mime}
        answer = await self._http.send_free(
            "POST",
            "/v1/files",
            files={"content": (f"input.{get_extension(mime)}", data, mime)},
            read_s=REPLICATE_UPLOAD_S,
        )
        file = answer.parse_json_or_none()
        urls = file.get("urls") if isinstance(file, dict) else None
        if answer.status not in (200, 201) or not isinstance(file, dict) or not isinstance(urls, dict):
            raise _make_upload_error(answer, file)
        staged.append(str(file.get("id", "")))
        return str(urls.get("get", ""))

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Send one paid POST and return the prediction that it creates as an operation; may spend."""
        try:
            body = await embed_data_uris(
                prepared_request["body"], self._reads.pop(prepared_request["purchase"], refuse_read)
            )
        except (ReelwrightError, OSError) as cause:
            raise NotAccepted(code="nothing_sent_inputs_unreadable", provider="Replicate", cause=cause) from cause
        if self.webhook_url:
            body = {**body, "webhook": self.webhook_url, "webhook_events_filter": ["completed"]}
        answer = await self._http.send_once(
            "POST",
            prepared_request["path"],
            json=body,
            headers={"Cancel-After": prepared_request["deadline"]},
            read_s=self.read_s,
        )
        prediction = answer.parse_json_or_none()
        if answer.status not in (200, 201, 202):
            raise wire.make_error(
                answer.status, answer.headers, prediction, waits_on_503=bool(prepared_request["waits_on_503"])
            )
        found = wire.parse_id(prediction)
        if found is None:
            raise OutcomeUnknown(code="answer_without_id", provider="Replicate")
        self._answered.setdefault(found, str(prepared_request["purchase"]))  # a second answer with it is not believed
        return self._operation(found)

    async def poll(self, operation: Operation) -> Progress:
        """Ask Replicate once for the state of a prediction; never bills.

        Raises ``Refused`` if another token made it, ``Unreachable`` if the answer does not describe it.
        """
        check_same_key("Replicate", operation.key, self._key, "REPLICATE_API_TOKEN")
        answer = await self._http.get(f"/v1/predictions/{_check_id(operation)}")
        if answer.status in (404, 410):
            return Progress(state="lost", message="Replicate does not know this prediction any more")
        prediction = answer.parse_json_or_none()
        if answer.status in (401, 403):
            raise wire.make_error(answer.status, answer.headers, prediction)
        if answer.status != 200 or wire.parse_id(prediction) != operation.id:
            raise build_poll_error("Replicate", answer.status, after_s=parse_retry_after(answer.headers))
        progress = wire.parse_progress(prediction)
        row = _find_row(prediction.get("model"))
        bill = (
            wire.compute_machine_bill(prediction, row) if row and progress.state not in ("queued", "running") else None
        )
        return replace(progress, bill=bill)

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Stream the bytes of an output. The token is sent to Replicate's own host only, never to the host of the
        output.
        """
        if output.url is None:
            raise NotFound(code="output_not_kept", provider="Replicate", operation=operation.id)
        stream = self._http.stream(output.url, cap=MAX_FILM_BYTES)
        kind = output.mime.partition("/")[0]
        async with ensure_closed(require_media(stream, kind, "Replicate") if kind else stream) as chunks:
            async for chunk in chunks:
                yield chunk

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        """Ask Replicate to cancel a prediction; return what came of it."""
        answer = await self._http.send_free("POST", f"/v1/predictions/{_check_id(operation)}/cancel")
        prediction = answer.parse_json_or_none()
        if answer.status == 404:
            return "too_late"
        if answer.status != 200 or wire.parse_id(prediction) is None:
            raise Unreachable(code="cancel_not_answered", provider="Replicate", fault=f"status {answer.status}")
        state = wire.parse_progress(prediction).state
        return "cancelled" if state == "cancelled" else "asked" if state in ("queued", "running") else "too_late"

    async def find(
        self, prepared_request: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """Look in Replicate's list of predictions for a purchase whose answer was lost.

        An answer that this process received is known, even if recording it failed.
        """
        if prepared_request.get("key") != self._key:
            return CannotTell()
        if answered := [
            found for found, whose in self._answered.items() if whose == purchase and found not in own.claimed_ids
        ]:
            return FoundOperation(operation=self._operation(answered[-1]))
        search = ListSearch(own, self._answered)
        page = "/v1/predictions"
        for _ in range(REPLICATE_PAGES):
            rows, cursor = await self._page(page)
            reads_on = search.add(_to_list_entry(row, prepared_request) for row in rows)
            if not reads_on or not cursor:
                return await self._confirm(search.answer(self._operation, self._listed_after.total_seconds()))
            page = f"/v1/predictions?cursor={cursor}"
        return CannotTell()

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        """List the predictions that no purchase of ours claims, the newest first."""
        search = ListSearch(own, self._answered)
        page = "/v1/predictions"
        for _ in range(REPLICATE_PAGES):
            rows, cursor = await self._page(page)
            if not search.add_work(map(wire.to_listed_work, rows)) or not cursor:
                break
            page = f"/v1/predictions?cursor={cursor}"
        return search.list_unclaimed_work()

    def compare(self, prepared_request: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        """Compare a listed prediction with a prepared request: same, possible, or other."""
        return wire.match(
            work.echoed_request, wire.remove_own_seed(prepared_request) if by_another else prepared_request
        )

    def get_listed_operation(self, prepared_request: Mapping[str, Any], work: ListedWork) -> Operation:
        """Return the operation of a listed prediction."""
        return self._operation(work.id)

    async def _page(self, page: str) -> tuple[list[Mapping[str, Any]], str]:
        """Fetch one page of the list: its predictions, and the cursor of the next page, empty on the last one."""
        answer = await self._http.get(page, cap=32 * 1024**2)
        body = answer.parse_json_or_none()
        if answer.status in (401, 403):
            raise wire.make_error(answer.status, answer.headers, body)
        rows = body.get("results") if isinstance(body, dict) else None
        if answer.status != 200 or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unreachable(code="list_not_readable", provider="Replicate", fault=f"status {answer.status}")
        return rows, _cursor(body.get("next"))

    async def _confirm(
        self, answer: FoundOperation | PossibleMatches | Absent
    ) -> FoundOperation | PossibleMatches | Absent:
        """Ask for the found prediction by the id that the list gives. An unusable id is left to a person."""
        if isinstance(answer, FoundOperation):
            id_ = answer.operation.id
            if not wire.PREDICTION_ID.fullmatch(id_) or (await self.poll(answer.operation)).state == "lost":
                return PossibleMatches(entries=(id_,))
        return answer

    async def unstage(self, uploads: Sequence[Any]) -> None:
        """Delete the inputs that ``prepare`` uploaded to Replicate. Raises ``Unreachable``; an input that is gone
        already is no error.
        """
        for file in uploads:
            if not _FILE_ID.fullmatch(str(file)):
                continue
            answer = await self._http.send_free("DELETE", f"/v1/files/{file}")
            if answer.status not in (200, 202, 204, 404, 410):
                raise Unreachable(code="removal_refused", provider="Replicate", fault=f"status {answer.status}")

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Verify a webhook of Replicate and return the prediction id in it; None unless its signature and time are
        right.

        Source: Standard Webhooks; the time may differ by five minutes.
        """
        if verify_webhook(headers, body, secrets) is None:
            return None
        try:
            return wire.parse_id(parse_json(body))
        except ValueError:
            return None

    def _operation(self, found: str) -> Operation:
        return Operation(id=found, key=self._key)


def _find_row(sold_as: Any) -> Model | None:
    return next(
        (row for row in load_provider_models("replicate").values() if row.sold_as.partition(":")[0] == sold_as), None
    )


def _check_id(operation: Operation) -> str:
    if not wire.PREDICTION_ID.fullmatch(operation.id):
        raise NotFound(code="operation_not_kept", provider="Replicate", operation=operation.id)
    return operation.id


def _to_list_entry(row: Mapping[str, Any], prepared_request: Mapping[str, Any]) -> ListEntry:
    return ListEntry(
        id=str(row.get("id") or ""), at=wire.parse_time(row.get("created_at")), match=wire.match(row, prepared_request)
    )


def _cursor(next_url: Any) -> str:
    """Return the cursor of the next page. Nothing else is taken from the address that the list gives."""
    match = re.search(r"[?&]cursor=([A-Za-z0-9%._~=+-]{1,400})", next_url) if isinstance(next_url, str) else None
    return match[1] if match else ""


def _make_upload_error(answer: HttpResponse, body: Any) -> ProviderError:
    """Return the error of a failed upload. Nothing was bought, so the outcome is never unknown."""
    error = wire.make_error(answer.status, answer.headers, body)
    return error if isinstance(error, Refused) else Unreachable(code="upload_failed", provider="Replicate", cause=error)
