"""ElevenLabs: speech with timed words, music and sounds. The answer is the result; lost speech is found in history."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Literal

from reelwright.catalogue.models import catalogue_digest, model
from reelwright.errors import BadInput, NotFound, OutcomeUnknown, Refused, Unreachable
from reelwright.net.answer import Answer
from reelwright.net.closing import closing
from reelwright.net.http import Http
from reelwright.net.keys import Key
from reelwright.providers.families.list_search import Listed, ListSearch
from reelwright.providers.families.outputs import media_only
from reelwright.providers.families.shapes import mime_of
from reelwright.providers.protocol import Absent, CannotTell, Found, Keep, Make, Match, Output, Perhaps, Progress, Read
from reelwright.providers.sold import Sold
from reelwright.providers.wires import elevenlabs as wire
from reelwright.providers.wires.answers import wait_of
from reelwright.reel.ledger import ListedWork, OwnWork
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.request import Input, Request

LISTED_AFTER: Final = timedelta(seconds=30)
"""Speech stands in the history this long after it was made at the latest."""
ANSWER_S: Final = 300.0
"""How long an answer may take: a song of ten minutes is made while its socket waits."""
PAGES: Final = 20
"""Of 100 rows of history each: how far back speech is looked for."""
AUDIO_BYTES: Final = 256 * 1024**2
_ITEM_ID: Final = re.compile(r"[A-Za-z0-9_-]{2,80}")


class ElevenLabs(Sold):
    """Every POST that succeeds costs money. Music and sounds are in no history: a lost one is a person's to decide."""

    name = "elevenlabs"
    has_list = True

    def __init__(self, http: Http, key: Key | None = None, listed_after: timedelta = LISTED_AFTER) -> None:
        self._http = http
        self._key = key.fingerprint if key else ""
        self._listed_after = listed_after
        self._answered: dict[str, str] = {}
        self.read_s = ANSWER_S

    def check(self, request: Request) -> None:
        """As the catalogue, and the voice must be an id of theirs."""
        super().check(request)
        if request.mode == "speech" and not wire.VOICE_ID.fullmatch(wire.voice_of(request)):
            raise BadInput("voice", wire.voice_of(request), f"the id of a voice of ElevenLabs, such as {wire.VOICE}")

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        row = model(request.model)
        return {
            "path": wire.path_of(request),
            "body": wire.body_of(request, row),
            "mode": request.mode,
            "voice": wire.voice_of(request) if request.mode == "speech" else "",
            "key": self._key,
            "purchase": purchase,
            "waits_on_503": row.retry_on_503,
        }

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """One POST, whose answer is the sound itself; it is kept before this returns. Spends."""
        answer = await self._http.send_once(
            "POST", prepared["path"], json=prepared["body"], params={"output_format": wire.FORMAT}, read_s=self.read_s
        )
        if answer.status != 200:
            raise wire.refusal(
                answer.status, answer.headers, _json(answer), waits_on_503=bool(prepared["waits_on_503"])
            )
        item = answer.headers.get("history-item-id", "")
        self._answered[item] = str(prepared["purchase"])
        told = _json(answer) if prepared["mode"] == "speech" else None
        audio = wire.audio_of(told) if prepared["mode"] == "speech" else _sound(answer)
        asset = await keep(_once(audio), wire.MIME)
        output = Output(sample=0, mime=wire.MIME, asset=asset, facts=wire.facts_of(audio, told))
        bill = wire.bill_of(answer.headers, catalogue_digest(self.name))
        named = Operation(id=item, key=self._key) if _ITEM_ID.fullmatch(item) else None
        return Progress(state="succeeded", outputs=(output,), done=1.0, bill=bill, operation=named)

    async def poll(self, operation: Operation) -> Progress:
        """A row of the history, whose sound can be had again for nothing."""
        if operation.key and operation.key != self._key:
            raise Refused("another ElevenLabs key made this", hint="set that key again, or decide with `spend`")
        answer = await self._http.get(f"/v1/history/{_safe(operation)}")
        told = _json(answer)
        if answer.status in (400, 404, 410, 422):
            return Progress(state="lost", said="ElevenLabs has it in its history no more")
        if answer.status in (401, 403):
            raise wire.refusal(answer.status, answer.headers, told)
        if answer.status != 200 or not isinstance(told, dict) or told.get("history_item_id") != operation.id:
            raise Unreachable(f"ElevenLabs answered a poll with {answer.status}", after_s=wait_of(answer.headers))
        if told.get("state") == "processing":
            return Progress(state="running")
        return self._progress(operation, told)

    def _progress(self, operation: Operation, item: Mapping[str, Any]) -> Progress:
        credits = wire.credits_of(item)
        output = Output(
            sample=0,
            mime=mime_of(item.get("content_type"), wire.MIME),
            url=f"{self._http.base}/v1/history/{operation.id}/audio",
            facts=wire.facts_of(b"", item.get("alignments")),
        )
        bill = wire.credits_price(credits, catalogue_digest(self.name)) if credits is not None else None
        return Progress(state="succeeded", outputs=(output,), done=1.0, bill=bill)

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        if output.url is None:
            raise NotFound(f"{operation.id} of ElevenLabs names no sound")
        stream = self._http.stream(output.url, cap=AUDIO_BYTES)
        async with closing(media_only(stream, "audio", "ElevenLabs")) as chunks:
            async for chunk in chunks:
                yield chunk

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        return "cannot"

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Found | Absent | CannotTell:
        """Look for ours in the history of speech.

        Only an account whose history holds anything at all can tell that ours is not there: some keep none. What was
        answered here is known already, also where its sound could not be kept.
        """
        if prepared.get("mode") != "speech" or prepared.get("key") != self._key:
            return CannotTell()
        if answered := [
            item for item, whose in self._answered.items() if whose == purchase and _ITEM_ID.fullmatch(item)
        ]:
            return Found(operation=self._operation(answered[-1]))
        search = ListSearch(own, self._answered)
        params: dict[str, Any] = {"page_size": 100}
        for _ in range(PAGES):
            told = await self._page(params)
            reads_on = search.add(_listed(row, prepared) for row in told["history"])
            if search.is_empty:
                return CannotTell()
            if not reads_on or not told.get("has_more"):
                return await self._confirmed(search.answer(self._operation, self._listed_after.total_seconds()))
            if not (after := _after(told)):
                break
            params |= {"start_after_history_item_id": after}
        return CannotTell()

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        """Speech alone, since music and sounds are in no history; of one longer than ``PAGES``, the newest."""
        search = ListSearch(own, self._answered)
        params: dict[str, Any] = {"page_size": 100}
        for _ in range(PAGES):
            told = await self._page(params)
            if not search.add_work(map(wire.work_of, told["history"])) or not told.get("has_more"):
                break
            if not (after := _after(told)):
                break
            params |= {"start_after_history_item_id": after}
        return search.work()

    def compare(self, prepared: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        return wire.match(work.told, prepared) if prepared.get("mode") == "speech" else "other"

    def listed_operation(self, prepared: Mapping[str, Any], work: ListedWork) -> Operation:
        return self._operation(work.id)

    async def _page(self, params: Mapping[str, Any]) -> dict[str, Any]:
        answer = await self._http.get("/v1/history", params=params, cap=32 * 1024**2)
        told = _json(answer)
        if answer.status in (401, 403):
            raise wire.refusal(answer.status, answer.headers, told)
        rows = told.get("history") if isinstance(told, dict) else None
        if answer.status != 200 or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unreachable(f"ElevenLabs answered with {answer.status} and something that is no history")
        return dict(told)

    async def _confirmed(self, answer: Found | Perhaps | Absent) -> Found | Perhaps | Absent:
        """Ask for what was found by the id that the history gives: an id that nothing goes by is a person's to read."""
        if isinstance(answer, Found):
            id_ = answer.operation.id
            if not _ITEM_ID.fullmatch(id_) or (await self.poll(answer.operation)).state == "lost":
                return Perhaps(entries=(id_,))
        return answer

    def _operation(self, item: str) -> Operation:
        return Operation(id=item, key=self._key)

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Nothing that is bought here comes later, so that no webhook is ours."""
        return None


def _safe(operation: Operation) -> str:
    if not _ITEM_ID.fullmatch(operation.id):
        raise NotFound(f"{operation.id!r} is no row of ElevenLabs' history")
    return operation.id


def _after(told: Mapping[str, Any]) -> str:
    """After which row the next page of a history begins; empty where it does not say so."""
    after = told.get("last_history_item_id")
    return after if isinstance(after, str) and _ITEM_ID.fullmatch(after) else ""


def _listed(row: Mapping[str, Any], prepared: Mapping[str, Any]) -> Listed:
    return Listed(id=str(row.get("history_item_id") or ""), at=wire.made_at(row), match=wire.match(row, prepared))


def _sound(answer: Answer) -> bytes:
    """The bytes of an answer that is the sound. Raises ``OutcomeUnknown`` for a page or a document in its place."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not answer.body or not (kind.startswith("audio/") or kind == "application/octet-stream"):
        raise OutcomeUnknown(f"ElevenLabs answered with {kind or 'nothing'} in the place of a sound")
    return answer.body


def _json(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
