"""Adapter of ElevenLabs: speech with timed words, music and sounds. Each answer is the result itself.

Lost speech is found in the history; music and sounds are not listed there.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from reelwright.catalogue.models import compute_catalogue_digest, get_sold_model
from reelwright.errors import BadInput, NotFound, OutcomeUnknown, Unreachable
from reelwright.net.closing import ensure_closed
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse
from reelwright.net.keys import Key
from reelwright.providers.catalogue_provider import CatalogueProvider, yield_bytes
from reelwright.providers.families.list_search import ListEntry, ListSearch
from reelwright.providers.families.outputs import require_media
from reelwright.providers.families.shapes import as_mime
from reelwright.providers.policy import (
    ELEVENLABS_HISTORY_PAGES,
    ELEVENLABS_VOICE_PAGES,
    MAX_AUDIO_BYTES,
    MAX_VOICE_SAMPLE_BYTES,
)
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
    Voice,
)
from reelwright.providers.wires import elevenlabs as wire
from reelwright.providers.wires.answers import build_poll_error, check_same_key, parse_retry_after
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import ListedWork, OwnWork
from reelwright.reel.records.operation import Operation
from reelwright.send_and_answer_waits import ELEVENLABS_ANSWER_S, LISTED_AFTER

VOICES_PER_PAGE: Final = 100
_ITEM_ID: Final = re.compile(r"[A-Za-z0-9_-]{2,80}")


class ElevenLabs(CatalogueProvider):
    """Adapter of ElevenLabs: sells speech, music and sounds. Every POST that succeeds costs money.

    Music and sounds are in no history, so a person decides about a lost one.
    """

    name = "elevenlabs"
    has_list = True
    has_voices = True

    def __init__(self, http: HttpClient, key: Key | None = None, listed_after: timedelta = LISTED_AFTER) -> None:
        self._http = http
        self._key = key.fingerprint if key else ""
        self._listed_after = listed_after
        self._answered: dict[str, str] = {}
        self.read_s = ELEVENLABS_ANSWER_S

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` unless the catalogue accepts the request and, for speech, its voice is an id of
        ElevenLabs.
        """
        super().check(request)
        if request.mode == "speech" and not wire.VOICE_ID.fullmatch(wire.get_voice(request)):
            raise BadInput("voice", wire.get_voice(request), f"the id of a voice of ElevenLabs, such as {wire.VOICE}")

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Build the request that ``submit`` sends, as plain JSON values; sends nothing."""
        row = get_sold_model(request.model)
        return {
            "path": wire.build_path(request),
            "body": wire.build_body(request, row),
            "mode": request.mode,
            "voice": wire.get_voice(request) if request.mode == "speech" else "",
            "key": self._key,
            "purchase": purchase,
            "waits_on_503": row.can_retry_on_503,
        }

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Send one paid POST, and store the sound in its answer before returning; spends."""
        answer = await self._http.send_once(
            "POST",
            prepared_request["path"],
            json=prepared_request["body"],
            params={"output_format": wire.FORMAT},
            read_s=self.read_s,
        )
        if answer.status != 200:
            waits = bool(prepared_request["waits_on_503"])
            raise wire.make_error(answer.status, answer.headers, answer.parse_json_or_none(), waits_on_503=waits)
        item = answer.headers.get("history-item-id", "")
        self._answered[item] = str(prepared_request["purchase"])
        speech = answer.parse_json_or_none() if prepared_request["mode"] == "speech" else None
        audio = wire.decode_audio(speech) if prepared_request["mode"] == "speech" else _read_sound(answer)
        asset = await keep(yield_bytes(audio), wire.MIME)
        output = Output(sample=0, mime=wire.MIME, asset=asset, facts=wire.extract_facts(audio, speech))
        bill = wire.parse_bill(answer.headers, compute_catalogue_digest(self.name))
        operation = Operation(id=item, key=self._key) if _ITEM_ID.fullmatch(item) else None
        return Progress(state="succeeded", outputs=(output,), fraction_done=1.0, bill=bill, operation=operation)

    async def poll(self, operation: Operation) -> Progress:
        """Read speech from the history of the account, whose sound can be fetched again at no cost.

        Raises ``Refused`` if another key made it, ``Unreachable`` if the answer does not describe it.
        """
        check_same_key("ElevenLabs", operation.key, self._key, "ELEVENLABS_API_KEY")
        answer = await self._http.get(f"/v1/history/{_check_id(operation)}")
        item = answer.parse_json_or_none()
        if answer.status in (400, 404, 410, 422):
            return Progress(state="lost", message="ElevenLabs has it in its history no more")
        if answer.status in (401, 403):
            raise wire.make_error(answer.status, answer.headers, item)
        if answer.status != 200 or not isinstance(item, dict) or item.get("history_item_id") != operation.id:
            raise build_poll_error("ElevenLabs", answer.status, after_s=parse_retry_after(answer.headers))
        if item.get("state") == "processing":
            return Progress(state="running")
        return self._progress(operation, item)

    def _progress(self, operation: Operation, item: Mapping[str, Any]) -> Progress:
        credits = wire.count_credits(item)
        output = Output(
            sample=0,
            mime=as_mime(item.get("content_type"), wire.MIME),
            url=f"{self._http.base}/v1/history/{operation.id}/audio",
            facts=wire.extract_facts(b"", item.get("alignments")),
        )
        bill = wire.price_credits(credits, compute_catalogue_digest(self.name)) if credits is not None else None
        return Progress(state="succeeded", outputs=(output,), fraction_done=1.0, bill=bill)

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Stream the sound of an operation from the history; never bills."""
        if output.url is None:
            raise NotFound(code="output_not_kept", provider="ElevenLabs", operation=operation.id)
        stream = self._http.stream(output.url, cap=MAX_AUDIO_BYTES)
        async with ensure_closed(require_media(stream, "audio", "ElevenLabs")) as chunks:
            async for chunk in chunks:
                yield chunk

    async def find(
        self, prepared_request: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """Look in the account's history of speech for a purchase whose answer was lost; music and sounds cannot be
        found.

        Some accounts keep no history, so an empty one proves nothing. An answer that this process received is known,
        even if storing its sound failed.
        """
        if prepared_request.get("mode") != "speech" or prepared_request.get("key") != self._key:
            return CannotTell()
        if answered := [
            item for item, whose in self._answered.items() if whose == purchase and _ITEM_ID.fullmatch(item)
        ]:
            return FoundOperation(operation=self._operation(answered[-1]))
        search = ListSearch(own, self._answered)
        params: dict[str, Any] = {"page_size": 100}
        for _ in range(ELEVENLABS_HISTORY_PAGES):
            page = await self._page(params)
            reads_on = search.add(_to_list_entry(row, prepared_request) for row in page["history"])
            if search.is_empty:
                return CannotTell()
            if not reads_on or not page.get("has_more"):
                return await self._confirm(search.answer(self._operation, self._listed_after.total_seconds()))
            if not (after := _parse_cursor(page)):
                break
            params |= {"start_after_history_item_id": after}
        return CannotTell()

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        """List speech in the account's history that no purchase of ours claims; music and sounds are not in it.

        If it is longer than ``ELEVENLABS_HISTORY_PAGES``, the newest of it.
        """
        search = ListSearch(own, self._answered)
        params: dict[str, Any] = {"page_size": 100}
        for _ in range(ELEVENLABS_HISTORY_PAGES):
            page = await self._page(params)
            if not search.add_work(map(wire.to_listed_work, page["history"])) or not page.get("has_more"):
                break
            if not (after := _parse_cursor(page)):
                break
            params |= {"start_after_history_item_id": after}
        return search.list_unclaimed_work()

    def compare(self, prepared_request: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        """Compare an item of the history with a prepared request: same, possible, or other."""
        return (
            wire.match(work.echoed_request, prepared_request) if prepared_request.get("mode") == "speech" else "other"
        )

    def get_listed_operation(self, prepared_request: Mapping[str, Any], work: ListedWork) -> Operation:
        """Return the operation of an item of the history."""
        return self._operation(work.id)

    async def list_voices(self) -> Sequence[Voice]:
        """List the voices that the account may use, the newest 1,000 at most. Raises ``Unreachable`` and
        ``Refused``.
        """
        found: list[Voice] = []
        params: dict[str, Any] = {"page_size": VOICES_PER_PAGE, "include_total_count": "false"}
        for _ in range(ELEVENLABS_VOICE_PAGES):
            answer = await self._http.get("/v2/voices", params=params, cap=32 * 1024**2)
            page = answer.parse_json_or_none()
            if answer.status in (401, 403):
                raise wire.make_error(answer.status, answer.headers, page)
            rows = page.get("voices") if isinstance(page, dict) else None
            if answer.status != 200 or not isinstance(page, dict) or not isinstance(rows, list):
                raise Unreachable(code="list_not_readable", provider="ElevenLabs", fault=f"status {answer.status}")
            found += [voice for row in rows if (voice := wire.parse_voice(row))]
            token = page.get("next_page_token")
            if not page.get("has_more") or not isinstance(token, str) or not token:
                break
            params["next_page_token"] = token
        return found

    def read_sample(self, voice: Voice) -> AsyncIterator[bytes]:
        """Download the sample of a voice, which the maker gives away. Raises as ``HttpClient.stream`` does."""
        return self._http.stream(voice.sample_url, cap=MAX_VOICE_SAMPLE_BYTES)

    async def _page(self, params: Mapping[str, Any]) -> dict[str, Any]:
        answer = await self._http.get("/v1/history", params=params, cap=32 * 1024**2)
        page = answer.parse_json_or_none()
        if answer.status in (401, 403):
            raise wire.make_error(answer.status, answer.headers, page)
        rows = page.get("history") if isinstance(page, dict) else None
        if answer.status != 200 or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unreachable(code="list_not_readable", provider="ElevenLabs", fault=f"status {answer.status}")
        return dict(page)

    async def _confirm(
        self, answer: FoundOperation | PossibleMatches | Absent
    ) -> FoundOperation | PossibleMatches | Absent:
        """Ask for the found item by the id that the history gives. An unusable id is left to a person."""
        if isinstance(answer, FoundOperation):
            id_ = answer.operation.id
            if not _ITEM_ID.fullmatch(id_) or (await self.poll(answer.operation)).state == "lost":
                return PossibleMatches(entries=(id_,))
        return answer

    def _operation(self, item: str) -> Operation:
        return Operation(id=item, key=self._key)


def _check_id(operation: Operation) -> str:
    if not _ITEM_ID.fullmatch(operation.id):
        raise NotFound(code="operation_not_kept", provider="ElevenLabs", operation=operation.id)
    return operation.id


def _parse_cursor(page: Mapping[str, Any]) -> str:
    """Return the item after which the next page of a history begins; empty if the answer does not say."""
    after = page.get("last_history_item_id")
    return after if isinstance(after, str) and _ITEM_ID.fullmatch(after) else ""


def _to_list_entry(row: Mapping[str, Any], prepared_request: Mapping[str, Any]) -> ListEntry:
    return ListEntry(
        id=str(row.get("history_item_id") or ""), at=wire.parse_created_at(row), match=wire.match(row, prepared_request)
    )


def _read_sound(answer: HttpResponse) -> bytes:
    """Return the bytes of an answer that is the sound. Raises ``OutcomeUnknown`` for a page or a document instead."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not answer.body or not (kind.startswith("audio/") or kind == "application/octet-stream"):
        raise OutcomeUnknown(code="answer_without_result", provider="ElevenLabs", fault=kind)
    return answer.body
