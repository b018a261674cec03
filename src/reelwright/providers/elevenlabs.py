"""ElevenLabs: speech with timed words, music and sounds. The answer is the result; lost speech is found in history."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from reelwright.catalogue.models import catalogue_digest, model
from reelwright.errors import BadInput, NotFound, OutcomeUnknown, Refused, Unreachable
from reelwright.net.answer import Answer
from reelwright.net.http import Http
from reelwright.net.keys import Key
from reelwright.providers.families.outputs import media_only
from reelwright.providers.families.shapes import mime_of
from reelwright.providers.protocol import Absent, CannotTell, Found, Keep, Make, Output, Progress, Read
from reelwright.providers.sold import Sold
from reelwright.providers.wires import elevenlabs as wire
from reelwright.providers.wires.answers import SKEW, Clock, clock_of, wait_of
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
            "asked_at": datetime.now(UTC).isoformat(),
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
        async for chunk in media_only(self._http.stream(output.url, cap=AUDIO_BYTES), "audio", "ElevenLabs"):
            yield chunk

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        return "cannot"

    async def find(self, prepared: Mapping[str, Any], purchase: str, since: datetime) -> Found | Absent | CannotTell:
        """Ours in the history: same voice, model and text, made in the time of our send.

        Only an account whose history holds anything at all can tell that ours is not there: some keep none. What was
        answered here is known already, also where its sound could not be kept.
        """
        if prepared.get("mode") != "speech" or prepared.get("key") != self._key:
            return CannotTell()
        if answered := [
            item for item, whose in self._answered.items() if whose == purchase and _ITEM_ID.fullmatch(item)
        ]:
            return Found(operation=Operation(id=answered[-1], key=self._key))
        looked = datetime.now(UTC)
        listed = await self._history(prepared)
        if listed is None:
            return CannotTell()
        rows, clock = listed
        told = [(wire.same(row, prepared, clock), row) for row in rows if _id_of(row) not in self._answered]
        ours = [_id_of(row) for answer, row in told if answer == "yes"]
        if len(ours) == 1 and _ITEM_ID.fullmatch(ours[0]):
            return Found(operation=Operation(id=ours[0], key=self._key))
        if ours or any(answer == "perhaps" for answer, _ in told):
            return CannotTell()
        if not rows and not await self._keeps_history():
            return CannotTell()
        return Absent(complete_until=looked - self._listed_after)

    async def _history(self, prepared: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], Clock] | None:
        """Rows made with this voice since our send; None where there are more than can be looked through."""
        asked = datetime.fromisoformat(prepared["asked_at"])
        params = {"page_size": 100, "voice_id": prepared["voice"], "date_after_unix": _unix(asked - SKEW)}
        found: list[Mapping[str, Any]] = []
        for _ in range(PAGES):
            told, clock = await self._page(params)
            found += told["history"]
            after = told.get("last_history_item_id")
            if not told.get("has_more"):
                return found, clock
            if not isinstance(after, str) or not _ITEM_ID.fullmatch(after):
                return None
            params = {**params, "start_after_history_item_id": after}
        return None

    async def _keeps_history(self) -> bool:
        return bool((await self._page({"page_size": 1}))[0]["history"])

    async def _page(self, params: Mapping[str, Any]) -> tuple[dict[str, Any], Clock]:
        answer = await self._http.get("/v1/history", params=params, cap=32 * 1024**2)
        told = _json(answer)
        if answer.status in (401, 403):
            raise wire.refusal(answer.status, answer.headers, told)
        rows = told.get("history") if isinstance(told, dict) else None
        if answer.status != 200 or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unreachable(f"ElevenLabs answered with {answer.status} and something that is no history")
        return told, clock_of(answer.headers, datetime.now(UTC))

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Nothing that is bought here comes later, so that no webhook is ours."""
        return None


def _safe(operation: Operation) -> str:
    if not _ITEM_ID.fullmatch(operation.id):
        raise NotFound(f"{operation.id!r} is no row of ElevenLabs' history")
    return operation.id


def _id_of(row: Mapping[str, Any]) -> str:
    return str(row.get("history_item_id", ""))


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


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
