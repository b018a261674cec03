"""ElevenLabs' wire, faked: speech with timestamps, music, sounds, and a history that holds the speech."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import sold_by
from reelwright.catalogue.price import price_of
from reelwright.providers.fakes.asked import MIMES, Asked, Made
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply, json_reply
from reelwright.providers.wires.elevenlabs import MICROS_PER_CREDIT
from reelwright.reel.request import Request

LETTER_MS: Final = 60
"""How long a letter sounds here: about 16 a second, as a calm voice speaks."""
REST_MS: Final = 300
"""How long a voice rests here on a space after a mark."""
_MARKS: Final = ".,;:!?…"
_HALF_PRICE: Final = ("flash", "turbo")
"""Models whose letters cost half a credit. Source: the catalogue's prices of them."""
_WORDS: Final[Mapping[int, str]] = {
    400: "invalid_request", 401: "invalid_api_key", 402: "payment_required", 403: "forbidden", 404: "not_found",
    429: "system_busy", 503: "service_unavailable",
}  # fmt: skip


class FakeElevenLabs(Fake):
    """``keeps_history`` False: an account with zero retention, whose history is empty."""

    name: ClassVar[str] = "elevenlabs"
    keeps_history: bool = True

    def kind(self, call: Call) -> Kind:
        parts = call.path.strip("/").split("/")
        if parts[:2] in (["v1", "text-to-speech"], ["v1", "music"], ["v1", "sound-generation"]):
            return "submit"
        if parts[:2] == ["v1", "history"]:
            return "find" if len(parts) == 2 else "fetch" if parts[-1] == "audio" else "poll"
        return "other"

    async def answer(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
        parts = call.path.strip("/").split("/")
        match call.kind:
            case "submit":
                return await self._submit(call, parts, met)
            case "find":
                return self._history(call)
            case "poll" | "fetch":
                return await self._item(call, parts[2])
        if parts == ["v1", "user"]:
            return json_reply({"user_id": "fake", "subscription": {"tier": "creator", "character_count": 0}})
        return self.refusal(404, "Not found")

    def refusal(self, code: int, said: str) -> Reply:
        if code == 422:
            return json_reply({"detail": [{"type": "missing", "loc": ["body"], "msg": said, "input": {}}]}, 422)
        return json_reply({"detail": {"status": _WORDS.get(code, "error"), "message": said}}, code)

    # ---- what costs money
    async def _submit(self, call: Call, parts: list[str], met: tuple[Behaviour, ...]) -> Reply:
        try:
            body = call.json()
        except ValueError:
            return self.refusal(400, "the body is no JSON")
        asked = _asked(parts, body) if isinstance(body, dict) else None
        if asked is None:
            return self.refusal(422, "Field required")
        row = next((row for row in sold_by("elevenlabs") if row.sold_as == asked.model), None)
        if row is None:
            return self.refusal(404, f"A model with model ID {asked.model} does not exist.")
        credits = _credits(row, asked)
        micros = credits * MICROS_PER_CREDIT if credits is not None else _price(row, asked)
        work = self.remote.accept(asked, micros, row.latency_s, met, payer=call.payer)
        await asyncio.sleep(work.ready_s)
        if work.fails:
            return self.refusal(500, "Something went wrong on our side.")
        if not work.brought:
            told = {"status": "bad_prompt", "message": "We're sorry, but your prompt violates our Terms."}
            return json_reply({"detail": {**told, "data": {"prompt_suggestion": "Something kinder"}}}, 400)
        return _answer(work, await self.remote.output(work, 0), credits)

    # ---- the history
    def _history(self, call: Call) -> Reply:
        size = int(call.query.get("page_size", "100"))
        listing = self.script.listing
        rows = [work for work in listing.shown(self.remote) if self._is_listed(work, call)]
        after = call.query.get("start_after_history_item_id")
        ids = [listing.named(work.id) for work in rows]
        start = ids.index(after) + 1 if after in ids else 0
        page = [self._as_listed(work) for work in rows[start : start + size]]
        more = start + size < len(rows)
        last = page[-1]["history_item_id"] if page else None
        return json_reply({"history": page, "last_history_item_id": last, "has_more": more})

    def _as_listed(self, work: Work) -> dict[str, Any]:
        listing, item = self.script.listing, _item_of(work)
        told = listing.repeated({"text": item.pop("text")}, "text")
        dated = {"history_item_id": listing.named(work.id), "date_unix": int(listing.dated(work.at))}
        return {**item, **told, **dated}

    def _is_listed(self, work: Work, call: Call) -> bool:
        since = int(call.query.get("date_after_unix", "0"))
        voice = call.query.get("voice_id", work.asked.voice)
        return (
            self.keeps_history
            and work.asked.kind == "speech"
            and bool(work.brought)
            and int(self.script.listing.dated(work.at)) >= since
            and work.asked.voice == voice
        )

    async def _item(self, call: Call, id_: str) -> Reply:
        work = self.remote.get(id_)
        if work is None or work.asked.kind != "speech" or not self.keeps_history:
            return self.refusal(404, "A history item with this ID does not exist.")
        if call.kind == "poll":
            return json_reply(_item_of(work))
        if work.expired:
            return self.refusal(404, "The audio of this history item was removed.")
        return Reply(body=await self.remote.output(work, 0), headers={"content-type": MIMES["speech"]})


FAKE = FakeElevenLabs


def _asked(parts: list[str], body: Mapping[str, Any]) -> Asked | None:
    kinds: dict[str, Made] = {"text-to-speech": "speech", "music": "music", "sound-generation": "sound_effect"}
    kind = kinds[parts[1]]
    text = body.get("prompt" if kind == "music" else "text")
    if not isinstance(text, str) or not text:
        return None
    ms = {
        "speech": _heard_ms(text)[-1],
        "music": int(body.get("music_length_ms") or 30_000),
        "sound_effect": round(float(body.get("duration_seconds") or 5) * 1000),
    }[kind]
    return Asked(
        provider="elevenlabs",
        model=str(body.get("model_id", "")),
        kind=kind,
        prompt=text,
        ms=ms,
        seed=body.get("seed"),
        voice=parts[2] if kind == "speech" else "",
    )


def _credits(row: Model, asked: Asked) -> int | None:
    """Credits of speech; None for what is not billed by the letter."""
    if asked.kind != "speech":
        return None
    half = any(word in row.sold_as for word in _HALF_PRICE)
    return len(asked.prompt) // 2 if half else len(asked.prompt)


def _price(row: Model, asked: Asked) -> int:
    return price_of(Request(model=row.id, mode=row.modes[0], prompt=asked.prompt, ms=asked.ms)).micros or 0


def _answer(work: Work, sound: bytes, credits: int | None) -> Reply:
    headers = {"request-id": f"req_{work.id}"}
    if work.asked.kind != "speech":
        return Reply(body=sound, headers={**headers, "content-type": MIMES[work.asked.kind]})
    told = {"audio_base64": base64.b64encode(sound).decode(), **_alignments(work.asked.prompt)}
    return json_reply(told, headers={**headers, "character-cost": str(credits), "history-item-id": work.id})


def _heard_ms(text: str) -> list[int]:
    """When each letter has been said: all sound for as long, and there is a rest after a mark."""
    ends, at, before = [], 0, ""
    for letter in text:
        at += REST_MS if letter == " " and before and before in _MARKS else LETTER_MS
        ends.append(at)
        before = letter
    return ends


def _alignments(text: str) -> dict[str, Any]:
    """Letter after letter."""
    ends = [ms / 1000 for ms in _heard_ms(text)]
    rows = {
        "characters": list(text), "character_start_times_seconds": [0.0, *ends[:-1]],
        "character_end_times_seconds": ends,
    }  # fmt: skip
    return {"alignment": rows, "normalized_alignment": rows}


def _item_of(work: Work) -> dict[str, Any]:
    return {
        "history_item_id": work.id, "request_id": f"req_{work.id}", "voice_id": work.asked.voice,
        "model_id": work.asked.model, "voice_name": "Fake", "voice_category": "premade", "text": work.asked.prompt,
        "date_unix": int(work.at), "character_count_change_from": 0,
        "character_count_change_to": work.micros // MICROS_PER_CREDIT, "content_type": MIMES["speech"],
        "state": "created", "source": "TTS", "alignments": _alignments(work.asked.prompt),
    }  # fmt: skip
