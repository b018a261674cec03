"""ElevenLabs' wire: bodies of speech, music and sounds, timed words from alignments, and matching of the history."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import regex

from reelwright.catalogue.model_row import Model
from reelwright.errors import NotAccepted, OutcomeUnknown, ProviderError
from reelwright.net.redact import redact_line
from reelwright.providers.families.list_search import is_same_model, is_same_text
from reelwright.providers.families.shapes import build_unreadable_bill, is_text
from reelwright.providers.policy import MAX_COST_CREDITS
from reelwright.providers.protocol import Match, Voice
from reelwright.providers.wires.answers import build_refusal, make_submit_error, parse_retry_after
from reelwright.providers.wires.mp3 import measure_duration_ms
from reelwright.providers.wires.options import collect_options, rename_options
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Request
from reelwright.reel.records.ledger import ListedWork
from reelwright.reel.records.money import Price
from reelwright.units import Micros

FORMAT: Final = "mp3_44100_128"
"""Output format, which every plan of ElevenLabs includes. Source: elevenlabs 2.78.0, output_format, read 2026-11-20."""
MIME: Final = "audio/mpeg"
VOICE: Final = "JBFqnCBsd6RMkjVDRZzb"
"""Default voice: the one in ElevenLabs' own examples."""
_CREDITS: Final = re.compile(r"[0-9]{1,9}")
VOICE_ID: Final = re.compile(r"[A-Za-z0-9]{8,64}")
MICROS_PER_CREDIT: Final = 80
"""$0.08 for 1,000 credits. Source: models.yaml, eleven_multilingual_v2 at one credit a character, as of 2026-11."""
_SETTINGS: Final[Mapping[str, str]] = {
    "stability": "stability", "similarity": "similarity_boost", "style": "style", "speed": "speed",
}  # fmt: skip
"""Options that are sent as voice settings, and their names there."""
_UNSPACED: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}--\p{M}]", regex.V1
)
_SPACED: Final = regex.compile(r"[[\p{L}\p{N}]--\p{Lm}]", regex.V1)
_HEARD: Final = regex.compile(r"[\p{L}\p{N}\p{M}\p{S}]")
_FUNDS: Final = frozenset({"quota_exceeded", "insufficient_credits", "payment_required"})
_POLICY: Final = frozenset({"bad_prompt", "bad_composition_plan", "content_policy", "voice_blocked", "blocked_voice"})


def parse_voice(row: object) -> Voice | None:
    """Parse an entry of ElevenLabs' list of voices; None if its id is not usable.

    Source: elevenlabs 2.78.0, types/voice.py, read 2026-11-22.
    """
    if not isinstance(row, dict) or not VOICE_ID.fullmatch(str(row.get("voice_id"))):
        return None
    labels, checked = row.get("labels"), row.get("verified_languages")
    labels = labels if isinstance(labels, dict) else {}
    checked = checked if isinstance(checked, list) else []
    languages = {str(one.get("locale") or one.get("language")) for one in checked if isinstance(one, dict)}
    if not languages and is_text(labels.get("language")):
        languages = {labels["language"]}
    sample = str(row.get("preview_url") or "")
    return Voice(
        id=str(row["voice_id"]),
        name=redact_line(str(row.get("name") or row["voice_id"])),
        description=redact_line(str(row.get("description") or "")),
        languages=tuple(sorted(languages - {"None", ""})),
        labels={str(name): redact_line(str(value)) for name, value in labels.items() if is_text(value)},
        sample_url=sample if sample.startswith(("https://", "http://")) else "",  # whether it may be asked: ``net``
    )


# ---- requests


def build_path(request: Request) -> str:
    """Return the URL path of a request, which depends on its mode: speech, music or sound effect."""
    if request.mode == "speech":
        return f"/v1/text-to-speech/{get_voice(request)}/with-timestamps"
    return {"music": "/v1/music", "sound_effect": "/v1/sound-generation"}[request.mode]


def get_voice(request: Request) -> str:
    """Return the id of the voice that a request names, or of the default voice."""
    return str(request.extra.get("voice") or VOICE)


def build_body(request: Request, row: Model) -> dict[str, Any]:
    """Build the JSON body of a paid request to ElevenLabs. Unset options are left to ElevenLabs' defaults."""
    options = collect_options(request, row)
    make = {"speech": _build_speech, "music": _build_music, "sound_effect": _build_sound}[request.mode]
    return make(request, row, options)


def _build_speech(request: Request, row: Model, options: dict[str, Any]) -> dict[str, Any]:
    options.pop("language", None)
    settings = {theirs: options.pop(ours) for ours, theirs in _SETTINGS.items() if ours in options}
    language = str(request.extra.get("language", "")).partition("-")[0]
    body = {"text": request.prompt, "model_id": row.sold_as, **options}
    body |= {"voice_settings": settings} if settings else {}
    body |= {"seed": request.seed} if request.seed is not None else {}
    body |= {"language_code": language} if language and "language" in row.options else {}
    return body


def _build_music(request: Request, row: Model, options: dict[str, Any]) -> dict[str, Any]:
    body = {"prompt": request.prompt, "model_id": row.sold_as, "force_instrumental": True}
    body |= rename_options(options, {"instrumental": "force_instrumental"})
    body |= {"seed": request.seed} if request.seed is not None else {}
    return body | ({"music_length_ms": request.ms} if request.ms is not None else {})


def _build_sound(request: Request, row: Model, options: dict[str, Any]) -> dict[str, Any]:
    body = {"text": request.prompt, "model_id": row.sold_as, **options}
    return body | ({"duration_seconds": request.ms / 1000} if request.ms is not None else {})


# ---- answers


def make_error(status: int, headers: Mapping[str, str], body: Any, *, waits_on_503: bool = False) -> ProviderError:
    """Return the error that ElevenLabs' error response to a paid POST means: not accepted, refused, or outcome unknown.
    Of responses to a GET, it is right only for 401 and 403.

    A spent quota comes as 401 and is refused. 429 has two meanings, both of which are waits.
    """
    kind, message, suggestion = _parse_error(body)
    if status == 401 and kind in _FUNDS:
        return build_refusal("ElevenLabs", status, redact_line(message), code="quota_used_up")
    if kind in _POLICY and status in (400, 403, 422):
        hint = f"they suggest: {suggestion}" if suggestion else ""
        return build_refusal(
            "ElevenLabs", status, redact_line(message), code="content_filtered", is_final=True, hint=hint
        )
    error = make_submit_error(
        "ElevenLabs", status, message, after_s=parse_retry_after(headers, message), waits_on_503=waits_on_503
    )
    if isinstance(error, NotAccepted) and kind == "too_many_concurrent_requests":
        error.advice = "fewer at once: the plan there allows only so many"
    return error


def _parse_error(body: Any) -> tuple[str, str, str]:
    """Read an error's body as (their code, their message, their suggested prompt). FastAPI answers with a list."""
    detail = body.get("detail") if isinstance(body, dict) else body
    if isinstance(detail, dict):
        data = detail.get("data")
        suggestion = data.get("prompt_suggestion") if isinstance(data, dict) else ""
        return str(detail.get("status", "")), str(detail.get("message", "")), redact_line(suggestion or "")
    if isinstance(detail, list):
        rows = [row for row in detail if isinstance(row, dict)]
        message = "; ".join(f"{'.'.join(map(str, row.get('loc', ())))}: {row.get('msg', '')}" for row in rows)
        return "", message, ""
    return "", str(detail or ""), ""


def decode_audio(body: Any) -> bytes:
    """Decode the base64 audio in an answer with timestamps.

    Raises ``OutcomeUnknown`` if it is missing: it was made and billed.
    """
    encoded = body.get("audio_base64") if isinstance(body, dict) else None
    try:
        audio = base64.b64decode(encoded, validate=True) if isinstance(encoded, str) else b""
    except ValueError:
        audio = b""
    if not audio:
        raise OutcomeUnknown(code="answer_without_result", provider="ElevenLabs", fault="")
    return audio


def extract_facts(audio: bytes, answer: Any) -> dict[str, Any]:
    """Return the length of the audio in milliseconds (``duration_ms``) and, for speech, the timed ``words``."""
    letters = _parse_timed_letters(answer)
    words = _join_letters(letters)
    ms = measure_duration_ms(audio) or max((end for _, _, end in letters), default=None)
    return {**({"duration_ms": ms} if ms else {}), **({"words": words} if words else {})}


def _parse_timed_letters(answer: Any) -> list[tuple[str, int, int]]:
    if isinstance(answer, dict):
        for name in ("alignment", "normalized_alignment"):
            if (letters := _parse_alignment(answer.get(name))) is not None:
                return letters
    return []


def _parse_alignment(alignment: Any) -> list[tuple[str, int, int]] | None:
    if not isinstance(alignment, dict):
        return None
    rows = [
        alignment.get(key) for key in ("characters", "character_start_times_seconds", "character_end_times_seconds")
    ]
    if not all(isinstance(row, list) for row in rows) or len({len(row) for row in rows if row is not None}) != 1:
        return None
    found = []
    for letter, start, end in zip(*(row or [] for row in rows), strict=True):
        if not is_text(letter) or not _is_time(start) or not _is_time(end) or end < start:
            return None
        found.append((letter, round(start * 1000), round(end * 1000)))
    return found


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 86_400


def _join_letters(letters: Sequence[tuple[str, int, int]]) -> list[list[Any]]:
    runs: list[list[tuple[str, int, int]]] = []
    before = " "
    for row in letters:
        letter = row[0]
        if letter and not letter.isspace():
            if before.isspace() or _is_word_start(letter, runs[-1][0][0]):
                runs.append([])
            runs[-1].append(row)
        before = letter or before
    words: list[list[Any]] = []
    at = 0
    for run in runs:  # a word never starts before the one before it did
        at = max(run[0][1], at)
        heard = [end for letter, _, end in run if _HEARD.search(letter)] or [run[-1][2]]
        words.append(["".join(letter for letter, _, _ in run), at, max(heard[-1], at)])
    return words


def _is_word_start(letter: str, first: str) -> bool:
    """Whether a word begins here without a space: at each letter of a script that has none, and after such a letter.

    ``first``: the first letter of the word before.
    """
    return bool(_UNSPACED.match(letter) or (_UNSPACED.match(first) and _SPACED.match(letter)))


def parse_bill(headers: Mapping[str, str], catalogue: Digest) -> Price | None:
    """Return the price of the credits that the ``character-cost`` header of an answer states; None without that
    header. The price of a header that is no number of credits is unknown.
    """
    header = headers.get("character-cost", "").strip()
    if not header:
        return None
    if not _CREDITS.fullmatch(header):
        return build_unreadable_bill("ElevenLabs", header, catalogue)
    return price_credits(int(header), catalogue)


def price_credits(credits: int, catalogue: Digest) -> Price:
    """Return the price of a number of ElevenLabs' credits, at $0.08 for 1,000."""
    return Price(
        micros=Micros(credits * MICROS_PER_CREDIT),
        basis=f"{credits} credits as told by ElevenLabs, at $0.08 for 1,000",
        catalogue=catalogue,
        certainty="computed",
    )


# ---- history


def match(item: Mapping[str, Any], prepared_request: Mapping[str, Any]) -> Match:
    """Compare an item of the history with the speech that ``prepared_request`` orders: same, possible, or other."""
    model, ours = item.get("model_id"), prepared_request["body"]
    if isinstance(model, str) and not is_same_model(str(ours["model_id"]), model):
        return "other"
    if parse_created_at(item) is None or not all(
        isinstance(item.get(name), str | None) for name in ("voice_id", "model_id")
    ):
        return "possible"
    same = item.get("voice_id") in (None, prepared_request["voice"]) and isinstance(item.get("text"), str)
    return "same" if same and is_same_text(item["text"], ours["text"]) else "possible"


def to_listed_work(item: Mapping[str, Any]) -> ListedWork:
    """Convert an item of the history to ``ListedWork``."""
    echoed_fields = ("model_id", "voice_id", "text", "date_unix")
    return ListedWork(
        provider="elevenlabs",
        id=str(item.get("history_item_id") or ""),
        model=str(item.get("model_id") or ""),
        prompt=str(item.get("text") or ""),
        made_at=parse_created_at(item),
        echoed_request={name: item[name] for name in echoed_fields if name in item},
    )


def parse_created_at(item: Mapping[str, Any]) -> datetime | None:
    """Return when an item of the history was made, by ElevenLabs' clock; None if it has no valid date."""
    seconds = item.get("date_unix")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds < 1 << 35:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def count_credits(item: Mapping[str, Any]) -> int | None:
    """Return how many credits an item of the history cost; None if it does not say."""
    before, after = item.get("character_count_change_from"), item.get("character_count_change_to")
    if not isinstance(before, int) or not isinstance(after, int):
        return None
    return after - before if 0 <= after - before < MAX_COST_CREDITS else None
