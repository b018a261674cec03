"""Fake of ElevenLabs' wire: speech with timestamps, music, sounds, and a history that holds the speech."""

from __future__ import annotations

import asyncio
import base64
import io
import math
import wave
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import list_sold_models
from reelwright.catalogue.price import compute_price
from reelwright.providers.fakes.media_spec import MIMES, MediaKind, MediaSpec
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply, make_json_reply
from reelwright.providers.wires.elevenlabs import MICROS_PER_CREDIT, VOICE
from reelwright.reel.graph.request import Request

LETTER_MS: Final = 60
"""Milliseconds that a letter sounds: about 16 letters a second, like a calm voice."""
REST_MS: Final = 300
"""Milliseconds of rest on a space after a mark."""
_MARKS: Final = ".,;:!?…"
_HALF_PRICE: Final = ("flash", "turbo")
"""Words in the names of models whose letters cost half a credit. Source: their prices in the catalogue."""
_WORDS: Final[Mapping[int, str]] = {
    400: "invalid_request", 401: "invalid_api_key", 402: "payment_required", 403: "forbidden", 404: "not_found",
    429: "system_busy", 503: "service_unavailable",
}  # fmt: skip
_VOICES: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "voice_id": VOICE, "name": "George", "category": "premade", "description": "Warm, for stories",
        "labels": {"accent": "british", "gender": "male", "language": "en"},
        "verified_languages": [{"language": "en", "model_id": "eleven_v3", "accent": "british", "locale": "en-GB"}],
    },
    {"voice_id": "EXAVITQu4vr4xnSDxMaL", "name": "Sarah", "category": "premade", "labels": {"language": "en"}},
    {"voice_id": "XB0fDUnXU5powFXDhCwa", "name": "Charlotte", "category": "premade", "labels": {"language": "sv"}},
)  # fmt: skip


_UNHEARD: Final = "XB0fDUnXU5powFXDhCwa"
"""The voice that has no sample."""
_SAMPLE_RATE: Final = 8000


class FakeElevenLabs(Fake):
    """Fake of ElevenLabs' HTTP API for tests and rehearsals. ``has_history`` False: an account with zero retention,
    whose history is empty.
    """

    name: ClassVar[str] = "elevenlabs"
    has_history: bool = True

    def identify_kind(self, call: Call) -> Kind:
        """Return which method of ``Provider`` the call serves, by its HTTP method and path."""
        parts = call.path.strip("/").split("/")
        if parts[:2] in (["v1", "text-to-speech"], ["v1", "music"], ["v1", "sound-generation"]):
            return "submit"
        if parts[:2] == ["v1", "history"]:
            return "find" if len(parts) == 2 else "fetch" if parts[-1] == "audio" else "poll"
        return "other"

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Answer a call as ElevenLabs does, with ``behaviours`` applied to the work that it accepts."""
        parts = call.path.strip("/").split("/")
        match call.kind:
            case "submit":
                return await self._submit(call, parts, behaviours)
            case "find":
                return self._history(call)
            case "poll" | "fetch":
                return await self._item(call, parts[2])
        if parts == ["v2", "voices"]:
            return _list_voices(call)
        if parts[:1] == ["samples"]:
            return Reply(body=_draw_sample(parts[-1]), headers={"content-type": "audio/wav"})
        if parts == ["v1", "user"]:
            return make_json_reply({"user_id": "fake", "subscription": {"tier": "creator", "character_count": 0}})
        return self.make_error(404, "Not found")

    def make_error(self, code: int, message: str) -> Reply:
        """Build an error response in ElevenLabs' shape."""
        if code == 422:
            return make_json_reply({"detail": [{"type": "missing", "loc": ["body"], "msg": message, "input": {}}]}, 422)
        return make_json_reply({"detail": {"status": _WORDS.get(code, "error"), "message": message}}, code)

    # ---- paid requests
    async def _submit(self, call: Call, parts: list[str], behaviours: tuple[Behaviour, ...]) -> Reply:
        try:
            body = call.parse_json()
        except ValueError:
            return self.make_error(400, "the body is no JSON")
        spec = _parse_spec(parts, body) if isinstance(body, dict) else None
        if spec is None:
            return self.make_error(422, "Field required")
        row = next((row for row in list_sold_models("elevenlabs") if row.sold_as == spec.model), None)
        if row is None:
            return self.make_error(404, f"A model with model ID {spec.model} does not exist.")
        credits = _count_credits(row, spec)
        micros = credits * MICROS_PER_CREDIT if credits is not None else _compute_price(row, spec)
        work = self.remote.accept(spec, micros, row.latency_s, behaviours, payer=call.payer)
        await asyncio.sleep(work.ready_s)
        if work.must_fail:
            return self.make_error(500, "Something went wrong on our side.")
        if not work.delivered_samples:
            detail = {"status": "bad_prompt", "message": "We're sorry, but your prompt violates our Terms."}
            return make_json_reply({"detail": {**detail, "data": {"prompt_suggestion": "Something kinder"}}}, 400)
        return _build_answer(work, await self.remote.get_output(work, 0), credits)

    # ---- history
    def _history(self, call: Call) -> Reply:
        size = int(call.query.get("page_size", "100"))
        listing = self.script.listing
        rows = [work for work in listing.list_visible(self.remote) if self._is_listed(work, call)]
        after = call.query.get("start_after_history_item_id")
        ids = [listing.spell_id(work.id) for work in rows]
        start = ids.index(after) + 1 if after in ids else 0
        page = [self._as_listed(work) for work in rows[start : start + size]]
        more = start + size < len(rows)
        last = page[-1]["history_item_id"] if page else None
        return make_json_reply({"history": page, "last_history_item_id": last, "has_more": more})

    def _as_listed(self, work: Work) -> dict[str, Any]:
        listing, item = self.script.listing, _build_item(work)
        echoed = listing.repeat_request({"text": item.pop("text")}, "text")
        dated = {"history_item_id": listing.spell_id(work.id), "date_unix": int(listing.shift_time(work.accepted_at))}
        return {**item, **echoed, **dated}

    def _is_listed(self, work: Work, call: Call) -> bool:
        since = int(call.query.get("date_after_unix", "0"))
        voice = call.query.get("voice_id", work.spec.voice)
        return (
            self.has_history
            and work.spec.kind == "speech"
            and bool(work.delivered_samples)
            and int(self.script.listing.shift_time(work.accepted_at)) >= since
            and work.spec.voice == voice
        )

    async def _item(self, call: Call, id_: str) -> Reply:
        work = self.remote.get(id_)
        if work is None or work.spec.kind != "speech" or not self.has_history:
            return self.make_error(404, "A history item with this ID does not exist.")
        if call.kind == "poll":
            return make_json_reply(_build_item(work))
        if work.is_expired:
            return self.make_error(404, "The audio of this history item was removed.")
        return Reply(body=await self.remote.get_output(work, 0), headers={"content-type": MIMES["speech"]})


FAKE = FakeElevenLabs


def _list_voices(call: Call) -> Reply:
    size, start = int(call.query.get("page_size", "10")), int(call.query.get("next_page_token") or "0")
    more = start + size < len(_VOICES)
    voices = [
        one | ({"preview_url": f"{call.url}/samples/{one['voice_id']}"} if one["voice_id"] != _UNHEARD else {})
        for one in map(dict, _VOICES[start : start + size])
    ]
    page = {"voices": voices, "has_more": more}
    return make_json_reply({**page, "next_page_token": str(start + size) if more else None})


def _draw_sample(voice: str) -> bytes:
    """Draw a second of a tone as WAV, at a pitch of the voice's own."""
    hertz, drawn = 180 + sum(voice.encode()) % 200, io.BytesIO()
    with wave.open(drawn, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_SAMPLE_RATE)
        levels = (round(6000 * math.sin(math.tau * hertz * n / _SAMPLE_RATE)) for n in range(_SAMPLE_RATE))
        sound.writeframes(b"".join(level.to_bytes(2, "little", signed=True) for level in levels))
    return drawn.getvalue()


def _parse_spec(parts: list[str], body: Mapping[str, Any]) -> MediaSpec | None:
    kinds: dict[str, MediaKind] = {"text-to-speech": "speech", "music": "music", "sound-generation": "sound_effect"}
    kind = kinds[parts[1]]
    text = body.get("prompt" if kind == "music" else "text")
    if not isinstance(text, str) or not text:
        return None
    ms = {
        "speech": _compute_letter_ends(text)[-1],
        "music": int(body.get("music_length_ms") or 30_000),
        "sound_effect": round(float(body.get("duration_seconds") or 5) * 1000),
    }[kind]
    return MediaSpec(
        provider="elevenlabs",
        model=str(body.get("model_id", "")),
        kind=kind,
        prompt=text,
        ms=ms,
        seed=body.get("seed"),
        voice=parts[2] if kind == "speech" else "",
    )


def _count_credits(row: Model, spec: MediaSpec) -> int | None:
    """Count the credits of speech; None for what is not billed by the letter."""
    if spec.kind != "speech":
        return None
    half = any(word in row.sold_as for word in _HALF_PRICE)
    return len(spec.prompt) // 2 if half else len(spec.prompt)


def _compute_price(row: Model, spec: MediaSpec) -> int:
    return compute_price(Request(model=row.id, mode=row.modes[0], prompt=spec.prompt, ms=spec.ms)).micros or 0


def _build_answer(work: Work, sound: bytes, credits: int | None) -> Reply:
    headers = {"request-id": f"req_{work.id}"}
    if work.spec.kind != "speech":
        return Reply(body=sound, headers={**headers, "content-type": MIMES[work.spec.kind]})
    body = {"audio_base64": base64.b64encode(sound).decode(), **_build_alignments(work.spec.prompt)}
    return make_json_reply(body, headers={**headers, "character-cost": str(credits), "history-item-id": work.id})


def _compute_letter_ends(text: str) -> list[int]:
    """Return when each letter has been spoken: all letters last equally long, and a mark is followed by a rest."""
    ends, at, before = [], 0, ""
    for letter in text:
        at += REST_MS if letter == " " and before and before in _MARKS else LETTER_MS
        ends.append(at)
        before = letter
    return ends


def _build_alignments(text: str) -> dict[str, Any]:
    ends = [ms / 1000 for ms in _compute_letter_ends(text)]
    rows = {
        "characters": list(text), "character_start_times_seconds": [0.0, *ends[:-1]],
        "character_end_times_seconds": ends,
    }  # fmt: skip
    return {"alignment": rows, "normalized_alignment": rows}


def _build_item(work: Work) -> dict[str, Any]:
    return {
        "history_item_id": work.id, "request_id": f"req_{work.id}", "voice_id": work.spec.voice,
        "model_id": work.spec.model, "voice_name": "Fake", "voice_category": "premade", "text": work.spec.prompt,
        "date_unix": int(work.accepted_at), "character_count_change_from": 0,
        "character_count_change_to": work.micros // MICROS_PER_CREDIT, "content_type": MIMES["speech"],
        "state": "created", "source": "TTS", "alignments": _build_alignments(work.spec.prompt),
    }  # fmt: skip
