"""Replicate: predictions of many models behind one token. They can be listed, so what an unknown send did is found."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, Literal

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import model, rows_of
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
from reelwright.net.answer import Answer, json_of
from reelwright.net.closing import closing
from reelwright.net.http import Http
from reelwright.net.keys import Key
from reelwright.net.webhooks import verified
from reelwright.providers.families.assets import ASSET
from reelwright.providers.families.data_uris import whole, with_data_uris
from reelwright.providers.families.list_search import Listed, ListSearch
from reelwright.providers.families.outputs import media_only
from reelwright.providers.protocol import Absent, CannotTell, Found, Keep, Make, Match, Output, Perhaps, Progress, Read
from reelwright.providers.sold import Sold
from reelwright.providers.wires import replicate as wire
from reelwright.providers.wires.answers import wait_of
from reelwright.providers.wires.magic import ending_of, mime_of_bytes
from reelwright.reel.ledger import ListedWork, OwnWork
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.request import Input, Request

INLINE_BYTES: Final = 256 * 1024
"""Inputs up to here go as data URIs, larger ones are uploaded. Source: replicate.com, input files."""
INPUT_BYTES: Final = 100 * 1024**2
LISTED_AFTER: Final = timedelta(seconds=30)
"""A prediction stands in the list this long after it was made at the latest: before that, absence proves nothing."""
ANSWER_S: Final = 60.0
PAGES: Final = 50
"""Of 100 predictions each: how far back a purchase is looked for."""
OUTPUT_BYTES: Final = 2 * 1024**3
_KEPT: Final = 64
"""Preparations whose inputs can still be read here: they are sent right after they are made."""
_FILE_ID: Final = re.compile(r"[A-Za-z0-9_-]{6,80}")


class Replicate(Sold):
    """``Prefer: wait`` is never sent: it would tie what costs money to a socket."""

    name = "replicate"
    has_list = True

    def __init__(self, http: Http, key: Key | None = None, listed_after: timedelta = LISTED_AFTER) -> None:
        self._http = http
        self._key = key.fingerprint if key else ""
        self._listed_after = listed_after
        self._reads: dict[str, Read] = {}
        self._answered: dict[str, str] = {}
        self.read_s = ANSWER_S

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Large inputs are uploaded; small ones stand as digests and are put in when it is sent. Never bills."""
        row = model(request.model)
        staged: list[str] = []
        given: dict[str, list[Any]] = {}
        for needed, digest in inputs:
            given.setdefault(needed.role, []).append(await self._given(digest, read, staged))
        self._reads = {purchase: read, **dict(list(self._reads.items())[: _KEPT - 1])}
        return {
            "path": wire.path_of(row.sold_as),
            "model": row.sold_as.partition(":")[0],
            "body": wire.body_of(request, row, given, wire.seed_for(purchase) if row.seed else None),
            "staged": staged,
            "key": self._key,
            "purchase": purchase,
            "deadline": wire.deadline_of(row),
            "waits_on_503": row.retry_on_503,
        }

    async def _given(self, digest: Digest, read: Read, staged: list[str]) -> Any:
        data = await whole(digest, read)
        if len(data) > INPUT_BYTES:
            raise BadInput("inputs", f"{len(data):,} bytes", f"at most {INPUT_BYTES:,} bytes for Replicate")
        mime = mime_of_bytes(data)
        if len(data) <= INLINE_BYTES:
            return {ASSET: digest, "mime": mime}
        answer = await self._http.call(
            "POST", "/v1/files", files={"content": (f"input.{ending_of(mime)}", data, mime)}, read_s=120
        )
        made = _json(answer)
        urls = made.get("urls") if isinstance(made, dict) else None
        if answer.status not in (200, 201) or not isinstance(made, dict) or not isinstance(urls, dict):
            raise _of_upload(answer, made)
        staged.append(str(made.get("id", "")))
        return str(urls.get("get", ""))

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """One POST of one prediction. May spend."""
        try:
            body = await with_data_uris(prepared["body"], self._reads.pop(prepared["purchase"], _unread))
        except (ReelwrightError, OSError) as cause:
            raise NotAccepted(f"nothing was sent to Replicate: its inputs cannot be read: {cause}") from cause
        answer = await self._http.send_once(
            "POST", prepared["path"], json=body, headers={"Cancel-After": prepared["deadline"]}, read_s=self.read_s
        )
        made = _json(answer)
        if answer.status not in (200, 201, 202):
            raise wire.refusal(answer.status, answer.headers, made, waits_on_503=bool(prepared["waits_on_503"]))
        found = wire.id_of(made)
        if found is None:
            raise OutcomeUnknown(f"Replicate answered {answer.status} without naming a prediction")
        self._answered[found] = str(prepared["purchase"])
        return self._operation(found)

    async def poll(self, operation: Operation) -> Progress:
        """Raises ``Refused`` where another token made it, ``Unreachable`` where nothing was told."""
        if operation.key and operation.key != self._key:
            raise Refused(
                "another Replicate token made this prediction", hint="set that token again, or decide with `spend`"
            )
        answer = await self._http.get(f"/v1/predictions/{_safe(operation)}")
        if answer.status in (404, 410):
            return Progress(state="lost", said="Replicate does not know this prediction any more")
        told = _json(answer)
        if answer.status in (401, 403):
            raise wire.refusal(answer.status, answer.headers, told)
        if answer.status != 200 or wire.id_of(told) != operation.id:
            raise Unreachable(f"Replicate answered a poll with {answer.status}", after_s=wait_of(answer.headers))
        progress = wire.progress_of(told)
        row = _row(told.get("model"))
        bill = wire.machine_bill(told, row) if row and progress.state not in ("queued", "running") else None
        return replace(progress, bill=bill)

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """The token goes to Replicate's own host only, never to where outputs lie."""
        if output.url is None:
            raise NotFound(f"prediction {operation.id} names no file")
        stream = self._http.stream(output.url, cap=OUTPUT_BYTES)
        kind = output.mime.partition("/")[0]
        async with closing(media_only(stream, kind, "Replicate") if kind else stream) as chunks:
            async for chunk in chunks:
                yield chunk

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        answer = await self._http.call("POST", f"/v1/predictions/{_safe(operation)}/cancel")
        told = _json(answer)
        if answer.status == 404:
            return "too_late"
        if answer.status != 200 or wire.id_of(told) is None:
            raise Unreachable(f"Replicate answered a cancellation with {answer.status}")
        state = wire.progress_of(told).state
        return "cancelled" if state == "cancelled" else "asked" if state in ("queued", "running") else "too_late"

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Found | Absent | CannotTell:
        """Look for ours in the list of predictions. What was answered here is known, also where recording it failed."""
        if prepared.get("key") != self._key:
            return CannotTell()
        if answered := [found for found, whose in self._answered.items() if whose == purchase]:
            return Found(operation=self._operation(answered[-1]))
        search = ListSearch(own, self._answered)
        page = "/v1/predictions"
        for _ in range(PAGES):
            rows, cursor = await self._page(page)
            reads_on = search.add(_listed(row, prepared) for row in rows)
            if not reads_on or not cursor:
                return await self._confirmed(search.answer(self._operation, self._listed_after.total_seconds()))
            page = f"/v1/predictions?cursor={cursor}"
        return CannotTell()

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        """Of a list that is longer than ``PAGES``, the newest."""
        search = ListSearch(own, self._answered)
        page = "/v1/predictions"
        for _ in range(PAGES):
            rows, cursor = await self._page(page)
            if not search.add_work(map(wire.work_of, rows)) or not cursor:
                break
            page = f"/v1/predictions?cursor={cursor}"
        return search.work()

    def compare(self, prepared: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        return wire.match(work.told, wire.without_own_seed(prepared) if by_another else prepared)

    def listed_operation(self, prepared: Mapping[str, Any], work: ListedWork) -> Operation:
        return self._operation(work.id)

    async def _page(self, page: str) -> tuple[list[Mapping[str, Any]], str]:
        """The predictions of one page of the list, and the cursor of the next page, empty on the last one."""
        answer = await self._http.get(page, cap=32 * 1024**2)
        told = _json(answer)
        if answer.status in (401, 403):
            raise wire.refusal(answer.status, answer.headers, told)
        rows = told.get("results") if isinstance(told, dict) else None
        if answer.status != 200 or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unreachable(f"Replicate answered with {answer.status} and something that is no list of its work")
        return rows, _cursor(told.get("next"))

    async def _confirmed(self, answer: Found | Perhaps | Absent) -> Found | Perhaps | Absent:
        """Ask for what was found by the id that the list gives: an id that nothing goes by is for a person to read."""
        if isinstance(answer, Found):
            id_ = answer.operation.id
            if not wire.PREDICTION_ID.fullmatch(id_) or (await self.poll(answer.operation)).state == "lost":
                return Perhaps(entries=(id_,))
        return answer

    async def unstage(self, staged: Sequence[Any]) -> None:
        """Remove uploaded inputs. Raises ``Unreachable``; what is gone already is no error."""
        for file in staged:
            if not _FILE_ID.fullmatch(str(file)):
                continue
            answer = await self._http.call("DELETE", f"/v1/files/{file}")
            if answer.status not in (200, 202, 204, 404, 410):
                raise Unreachable(f"Replicate answered the removal of an input with {answer.status}")

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """The prediction of a webhook whose signature and time are right (Standard Webhooks, five minutes)."""
        if verified(headers, body, secrets) is None:
            return None
        try:
            return wire.id_of(json_of(body))
        except ValueError:
            return None

    def _operation(self, found: str) -> Operation:
        return Operation(id=found, key=self._key)


def _row(sold_as: Any) -> Model | None:
    return next((row for row in rows_of("replicate").values() if row.sold_as.partition(":")[0] == sold_as), None)


def _safe(operation: Operation) -> str:
    if not wire.PREDICTION_ID.fullmatch(operation.id):
        raise NotFound(f"{operation.id!r} is no prediction of Replicate's")
    return operation.id


def _listed(row: Mapping[str, Any], prepared: Mapping[str, Any]) -> Listed:
    return Listed(id=str(row.get("id") or ""), at=wire.moment(row.get("created_at")), match=wire.match(row, prepared))


def _cursor(told: Any) -> str:
    """The cursor of a list's next page; only that is taken from the address that they give."""
    match = re.search(r"[?&]cursor=([A-Za-z0-9%._~=+-]{1,400})", told) if isinstance(told, str) else None
    return match[1] if match else ""


def _unread(digest: Digest) -> AsyncIterator[bytes]:
    raise ProviderError("the inputs of this purchase were not prepared in this process")


def _json(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _of_upload(answer: Answer, told: Any) -> ProviderError:
    """An upload that did not work: nothing was bought, so that it is never unknown."""
    error = wire.refusal(answer.status, answer.headers, told)
    return error if isinstance(error, Refused) else Unreachable(f"an input could not be uploaded: {error}")
