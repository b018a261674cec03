"""ElevenLabs' wire: speech, music and sounds as bodies, alignments as timed words, and ours found in the history."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import regex

from reelwright.catalogue.model import Model
from reelwright.errors import NotAccepted, OutcomeUnknown, ProviderError, Refused
from reelwright.net.redact import plainly
from reelwright.providers.families.list_search import is_same_model, is_same_text
from reelwright.providers.families.shapes import is_text
from reelwright.providers.protocol import Match
from reelwright.providers.wires.answers import failure, wait_of
from reelwright.providers.wires.mp3 import sounding_ms
from reelwright.providers.wires.options import options_of, renamed
from reelwright.reel.ledger import ListedWork
from reelwright.reel.money import Price
from reelwright.reel.noun import Digest
from reelwright.reel.request import Request
from reelwright.units import Micros

FORMAT: Final = "mp3_44100_128"
"""What is asked for: every plan of theirs may have it. Source: elevenlabs 2.78.0, output_format, read 2026-11-20."""
MIME: Final = "audio/mpeg"
VOICE: Final = "JBFqnCBsd6RMkjVDRZzb"
"""Who speaks where the request names nobody: the voice of their own examples."""
_CREDITS: Final = re.compile(r"[0-9]{1,9}")
_MOST_CREDITS: Final = 10**9
VOICE_ID: Final = re.compile(r"[A-Za-z0-9]{8,64}")
MICROS_PER_CREDIT: Final = 80
"""$0.08 for 1,000 credits. Source: models.yaml, eleven_multilingual_v2 at one credit a character, as of 2026-11."""
_SETTINGS: Final[Mapping[str, str]] = {
    "stability": "stability", "similarity": "similarity_boost", "style": "style", "speed": "speed",
}  # fmt: skip
"""Options that travel as voice settings, and their names there."""
_UNSPACED: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}--\p{M}]", regex.V1
)
_SPACED: Final = regex.compile(r"[[\p{L}\p{N}]--\p{Lm}]", regex.V1)
_HEARD: Final = regex.compile(r"[\p{L}\p{N}\p{M}\p{S}]")
_FUNDS: Final = frozenset({"quota_exceeded", "insufficient_credits", "payment_required"})
_POLICY: Final = frozenset({"bad_prompt", "bad_composition_plan", "content_policy", "voice_blocked", "blocked_voice"})


# ---- sent


def path_of(request: Request) -> str:
    """Where a request goes, by its mode."""
    if request.mode == "speech":
        return f"/v1/text-to-speech/{voice_of(request)}/with-timestamps"
    return {"music": "/v1/music", "sound_effect": "/v1/sound-generation"}[request.mode]


def voice_of(request: Request) -> str:
    """The voice's id."""
    return str(request.extra.get("voice") or VOICE)


def body_of(request: Request, row: Model) -> dict[str, Any]:
    """The body of one request: what was not asked for is left to them."""
    options = options_of(request, row)
    make = {"speech": _speech, "music": _music, "sound_effect": _sound}[request.mode]
    return make(request, row, options)


def _speech(request: Request, row: Model, options: dict[str, Any]) -> dict[str, Any]:
    options.pop("language", None)
    settings = {theirs: options.pop(ours) for ours, theirs in _SETTINGS.items() if ours in options}
    language = str(request.extra.get("language", "")).partition("-")[0]
    told = {"text": request.prompt, "model_id": row.sold_as, **options}
    told |= {"voice_settings": settings} if settings else {}
    told |= {"seed": request.seed} if request.seed is not None else {}
    told |= {"language_code": language} if language and "language" in row.options else {}
    return told


def _music(request: Request, row: Model, options: dict[str, Any]) -> dict[str, Any]:
    told = {"prompt": request.prompt, "model_id": row.sold_as, "force_instrumental": True}
    told |= renamed(options, {"instrumental": "force_instrumental"})
    told |= {"seed": request.seed} if request.seed is not None else {}
    return told | ({"music_length_ms": request.ms} if request.ms is not None else {})


def _sound(request: Request, row: Model, options: dict[str, Any]) -> dict[str, Any]:
    told = {"text": request.prompt, "model_id": row.sold_as, **options}
    return told | ({"duration_seconds": request.ms / 1000} if request.ms is not None else {})


# ---- answered


def refusal(status: int, headers: Mapping[str, str], body: Any, *, waits_on_503: bool = False) -> ProviderError:
    """The error that an answer stands for. A spent quota comes as 401, and 429 has two meanings: both are waits."""
    kind, said, better = _told(body)
    if status == 401 and kind in _FUNDS:
        return Refused(f"ElevenLabs refused: {plainly(said)}", hint="the quota there is used up: top up or wait")
    if kind in _POLICY and status in (400, 403, 422):
        return Refused(
            f"ElevenLabs refused the words: {plainly(said)}",
            is_final=True,
            hint=f"they suggest: {better}" if better else "",
        )
    error = failure("ElevenLabs", status, said, after_s=wait_of(headers, said), waits_on_503=waits_on_503)
    if isinstance(error, NotAccepted) and kind == "too_many_concurrent_requests":
        error.hint = "fewer at once: the plan there allows only so many"
    return error


def _told(body: Any) -> tuple[str, str, str]:
    """(their word for it, their sentence, their suggestion) of an error's body; a list is what FastAPI says."""
    detail = body.get("detail") if isinstance(body, dict) else body
    if isinstance(detail, dict):
        data = detail.get("data")
        better = data.get("prompt_suggestion") if isinstance(data, dict) else ""
        return str(detail.get("status", "")), str(detail.get("message", "")), plainly(better or "")
    if isinstance(detail, list):
        rows = [row for row in detail if isinstance(row, dict)]
        said = "; ".join(f"{'.'.join(map(str, row.get('loc', ())))}: {row.get('msg', '')}" for row in rows)
        return "", said, ""
    return "", str(detail or ""), ""


def audio_of(body: Any) -> bytes:
    """The sound of an answer with timestamps. Raises ``OutcomeUnknown``: it was made, and is not in the answer."""
    told = body.get("audio_base64") if isinstance(body, dict) else None
    try:
        audio = base64.b64decode(told, validate=True) if isinstance(told, str) else b""
    except ValueError:
        audio = b""
    if not audio:
        raise OutcomeUnknown("ElevenLabs answered without any sound")
    return audio


def facts_of(audio: bytes, answer: Any) -> dict[str, Any]:
    """``duration_ms`` measured on the bytes (else where the last letter ends), and ``words`` where they are timed."""
    letters = _timed_letters(answer)
    words = _words(letters)
    ms = sounding_ms(audio) or max((end for _, _, end in letters), default=None)
    return {**({"duration_ms": ms} if ms else {}), **({"words": words} if words else {})}


def words_of(answer: Any) -> list[list[Any]]:
    """``[[text, start_ms, end_ms], …]`` from the alignment of the text as written, else of the text as spoken.

    A script without spaces is told letter by letter. A mark after a word (a comma, a stop) is of it, and the rest that
    it asks for is not. Empty where nothing is timed, or where it contradicts itself.
    """
    return _words(_timed_letters(answer))


def _timed_letters(answer: Any) -> list[tuple[str, int, int]]:
    if isinstance(answer, dict):
        for name in ("alignment", "normalized_alignment"):
            if (letters := _letters(answer.get(name))) is not None:
                return letters
    return []


def _letters(alignment: Any) -> list[tuple[str, int, int]] | None:
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


def _words(letters: Sequence[tuple[str, int, int]]) -> list[list[Any]]:
    runs: list[list[tuple[str, int, int]]] = []
    before = " "
    for row in letters:
        letter = row[0]
        if letter and not letter.isspace():
            if before.isspace() or _begins(letter, runs[-1][0][0]):
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


def _begins(letter: str, first: str) -> bool:
    """Whether a word begins without a space: at every letter of a script that has none, and after such a one.

    ``first``: with what the word before it begins.
    """
    return bool(_UNSPACED.match(letter) or (_UNSPACED.match(first) and _SPACED.match(letter)))


def bill_of(headers: Mapping[str, str], catalogue: Digest) -> Price | None:
    """What the answer's ``character-cost`` header says it took; None where there is no such header."""
    told = headers.get("character-cost", "").strip()
    return credits_price(int(told), catalogue) if _CREDITS.fullmatch(told) else None


def credits_price(credits: int, catalogue: Digest) -> Price:
    """The price of so many credits."""
    return Price(
        micros=Micros(credits * MICROS_PER_CREDIT),
        basis=f"{credits} credits as told by ElevenLabs, at $0.08 for 1,000",
        catalogue=catalogue,
        certainty="computed",
    )


# ---- found again


def match(item: Mapping[str, Any], prepared: Mapping[str, Any]) -> Match:
    """How a row of the history compares with the speech that ``prepared`` asked for."""
    model, ours = item.get("model_id"), prepared["body"]
    if isinstance(model, str) and not is_same_model(str(ours["model_id"]), model):
        return "other"
    if made_at(item) is None or not all(isinstance(item.get(name), str | None) for name in ("voice_id", "model_id")):
        return "possible"
    same = item.get("voice_id") in (None, prepared["voice"]) and isinstance(item.get("text"), str)
    return "same" if same and is_same_text(item["text"], ours["text"]) else "possible"


def work_of(item: Mapping[str, Any]) -> ListedWork:
    """A row of the history as it is recorded."""
    told = ("model_id", "voice_id", "text", "date_unix")
    return ListedWork(
        provider="elevenlabs",
        id=str(item.get("history_item_id") or ""),
        model=str(item.get("model_id") or ""),
        prompt=str(item.get("text") or ""),
        at=made_at(item),
        told={name: item[name] for name in told if name in item},
    )


def made_at(item: Mapping[str, Any]) -> datetime | None:
    """When a row of the history was made, by their clock."""
    made = item.get("date_unix")
    if not isinstance(made, int) or isinstance(made, bool) or not 0 < made < 1 << 35:
        return None
    return datetime.fromtimestamp(made, UTC)


def credits_of(item: Mapping[str, Any]) -> int | None:
    """Credits that a row of the history took."""
    before, after = item.get("character_count_change_from"), item.get("character_count_change_to")
    if not isinstance(before, int) or not isinstance(after, int):
        return None
    return after - before if 0 <= after - before < _MOST_CREDITS else None
