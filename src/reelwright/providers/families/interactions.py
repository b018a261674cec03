"""Google's Interactions API: what is sent for a film or a picture, and how its answers are read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from reelwright.catalogue.models import catalogue_digest
from reelwright.net.redact import plainly
from reelwright.providers.families.assets import ASSET, Picture
from reelwright.providers.families.google_faults import FILTERED
from reelwright.providers.families.shapes import address_of, count, is_text, mapping, mappings, mime_of
from reelwright.providers.protocol import Output, Progress
from reelwright.reel.money import Price
from reelwright.reel.noun import noun
from reelwright.reel.outcome import Missing
from reelwright.reel.request import Request
from reelwright.units import Micros

FILMS: Final = ("data",)
"""Members of an answer that may hold a whole film in base64."""
_LAST_YEAR: Final = 9999
"""What is dated there is dated by mistake, and no time can be added to it."""
KEPT: Final = timedelta(hours=48)
"""How long an output can be fetched where the file's own entry does not say. Source: Files API, read 2026-11-20."""
TASKS: Final = {
    "text_to_video": "text_to_video",
    "image_to_video": "image_to_video",
    "first_last_frame": "image_to_video",
    "reference_to_video": "reference_to_video",
}
"""Our mode to their task: a last frame is the second picture of an image_to_video."""
_PASSING: Final = frozenset({"api_error", "service_unavailable", "rate_limit_exceeded", "too_many_requests"})
"""Errors of an interaction that failed after it was taken on for reasons of Google's own."""
_ORDER: Final = ("first_frame", "last_frame", "source", "reference")
_NOT_FRAMES: Final = "Use the given images as references. They are not to be used as literal frames."


@noun
class Tokens:
    """Micro-dollars for a million tokens: put in, said (thoughts count), and filmed."""

    put_in: int
    said: int
    filmed: int
    source: str


TOKENS: Final[Mapping[str, Tokens]] = {
    "gemini-omni-1.1-flash": Tokens(
        put_in=1_500_000, said=9_000_000, filmed=17_500_000, source="price list of 2026-11"
    ),
    "gemini-omni-1.2-flash": Tokens(
        put_in=1_500_000, said=9_000_000, filmed=12_000_000, source="a reseller's price list of 2026-11-06"
    ),
}
"""What Google bills Omni by. Source: models.yaml (S1) for 1.1; inference.sh, read 2026-11-20, for 1.2."""


def body_of(request: Request, sold_as: str, pictures: Sequence[Picture]) -> dict[str, Any]:
    """The body of one interaction, pictures by digest. Always in the background: else the POST is the whole render."""
    ordered = sorted(pictures, key=lambda p: _ORDER.index(p.role) if p.role in _ORDER else len(_ORDER))
    content = [{"type": "image", "data": {ASSET: p.asset}, "mime_type": p.mime} for p in ordered]
    content.append({"type": "text", "text": _prompt(request, ordered)})
    body: dict[str, Any] = {"model": sold_as, "input": [{"type": "user_input", "content": content}]}
    if request.mode not in TASKS:
        return {**body, "background": False, "store": False, "response_format": _image_format(request)}
    return {
        **body,
        "background": True,
        "store": True,
        "response_format": _video_format(request),
        "generation_config": {"video_config": {"task": TASKS[request.mode]}},
    }


def _video_format(request: Request) -> dict[str, str]:
    told = {"aspect_ratio": request.aspect, "resolution": request.resolution, "duration": _duration(request.ms)}
    return {"type": "video", "delivery": "uri", **{name: value for name, value in told.items() if value}}


def _image_format(request: Request) -> dict[str, str]:
    told = {"aspect_ratio": request.aspect, "image_size": request.resolution}
    return {"type": "image", **{name: value for name, value in told.items() if value}}


def _duration(ms: int | None) -> str | None:
    """A protobuf Duration as text: ``8s``, ``7.5s``. A bare number is answered with 400."""
    return None if ms is None else f"{ms / 1000:.3f}".rstrip("0").rstrip(".") + "s"


def _prompt(request: Request, pictures: Sequence[Picture]) -> str:
    """The prompt with each picture's role, which this API has no field for.

    Source: ai.google.dev/gemini-api/docs/omni, "tags", read 2026-11-20. One first frame needs none: the task says it.
    A prompt that has tags of its own is left alone.
    """
    roles = [picture.role for picture in pictures]
    if request.mode not in TASKS or "<FIRST_FRAME>" in request.prompt or "<IMAGE_REF_" in request.prompt:
        return request.prompt
    if "reference" not in roles:
        return f"<FIRST_FRAME> <LAST_FRAME> {request.prompt}" if "last_frame" in roles else request.prompt
    frames = [f"<{role.upper()}>@Image{n}" for n, role in enumerate(roles, 1) if role != "reference"]
    places = [n for n, role in enumerate(roles, 1) if role == "reference"]
    references = [f"<IMAGE_REF_{k}>@Image{n}" for k, n in enumerate(places)]
    named = [f"<IMAGE_REF_{k}> is {name}." for k, name in enumerate(_names(request)[: len(places)]) if name]
    declared = [f"[# Sources {' '.join(frames)}]"] if frames else []
    declared.append(f"[# References {' '.join(references)}]")
    return " ".join([*declared, request.prompt, *named, *([] if frames else [_NOT_FRAMES])])


def _names(request: Request) -> list[str]:
    """``Mia (person)`` of each reference, in the order of the reference inputs."""
    told = request.extra.get("references", ())
    return [f"{r['name']} ({r['role']})" if r.get("name") and r.get("role") else "" for r in told]


def progress_of(told: Mapping[str, Any]) -> Progress:
    """Where an interaction stands. Its status is an open list: one that we do not know is one that goes on.

    Filtered is told in three ways: an error's code when it is sent, ``errors`` of one that failed, and one that is
    completed with words only. One that filmed by its count of tokens and gives no film has failed, and was billed.
    """
    status = str(told.get("status", ""))
    if status == "completed":
        return _completed(told)
    if status == "cancelled":
        return Progress(state="cancelled", said="Google cancelled it", bill=bill_of(told))
    if status in ("failed", "incomplete", "budget_exceeded"):
        return _failed(told, status)
    return Progress(state="queued" if status == "queued" else "running", life_s=KEPT.total_seconds())


def _completed(told: Mapping[str, Any]) -> Progress:
    parts = _parts(told)
    media = [
        p
        for p in parts
        if p.get("type") in ("video", "image") and (address_of(p.get("uri")) or (is_text(p.get("data")) and p["data"]))
    ]
    bill = bill_of(told)
    if media:
        return Progress(
            state="succeeded", outputs=tuple(_output(n, p, told) for n, p in enumerate(media)), done=1.0, bill=bill
        )
    words = plainly(" ".join(str(part.get("text", "")) for part in parts if part.get("type") == "text"))
    if tokens_of(told, "video") or tokens_of(told, "image"):
        said = f"Google counts what it made and does not give it: {words or 'no words either'}"
        return Progress(state="failed", bill=bill, said=said)
    if not words:
        return Progress(state="failed", said="Google says that it is done, and gives neither a film nor a word")
    return _refused(words)


def _refused(words: str) -> Progress:
    said = f"Google's content filter refused it: {words}"
    return Progress(state="refused", missing=(Missing(sample=0, reason="filtered", said=said),), said=said)


def _output(sample: int, part: Mapping[str, Any], told: Mapping[str, Any]) -> Output:
    mime = mime_of(part.get("mime_type"), "video/mp4" if part["type"] == "video" else "image/png")
    since = moment(told.get("updated") or told.get("created"))
    uri = address_of(part.get("uri"))
    expires = since + KEPT if since and uri else None
    return Output(sample=sample, mime=mime, url=uri or str(part["data"]), expires=expires)


def _failed(told: Mapping[str, Any], status: str) -> Progress:
    errors = [*mappings(told.get("errors")), *mappings([told.get("error")])]
    words = plainly("; ".join(str(error.get("message", "")) for error in errors)) or status.replace("_", " ")
    codes = {str(error.get("code", "")).lower() for error in errors}
    if codes & FILTERED:
        return _refused(words)
    passes = bool(codes & _PASSING) and not tokens_of(told, "video")
    return Progress(state="failed", bill=bill_of(told), said=f"Google could not make it: {words}", again=passes)


def _parts(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    steps = [step for step in mappings(told.get("steps")) if step.get("type") == "model_output"]
    return [part for step in steps for part in mappings(step.get("content"))]


def tokens_of(told: Mapping[str, Any], modality: str) -> int:
    """Tokens put out in one modality, 0 where none are told."""
    told_by = mappings(mapping(told.get("usage")).get("output_tokens_by_modality"))
    return sum(count(part.get("tokens")) for part in told_by if str(part.get("modality", "")).lower() == modality)


def bill_of(told: Mapping[str, Any]) -> Price | None:
    """What an interaction costs by the tokens that Google counted; None where it counts none or their price is not
    known. One that is completed counts its film.

    Thoughts are inside of the total that is put out, so they are not added again.
    """
    tokens, filmed = TOKENS.get(str(told.get("model", ""))), tokens_of(told, "video")
    usage = mapping(told.get("usage"))
    if tokens is None or (not filmed and (told.get("status") == "completed" or "total_input_tokens" not in usage)):
        return None
    put_in, put_out = count(usage.get("total_input_tokens")), count(usage.get("total_output_tokens"))
    millionths = put_in * tokens.put_in + max(0, put_out - filmed) * tokens.said + filmed * tokens.filmed
    return Price(
        micros=Micros(-(-millionths // 1_000_000)),
        basis=f"{filmed} tokens of film, {put_in} put in, {max(0, put_out - filmed)} said; {tokens.source}",
        catalogue=catalogue_digest("google"),
        certainty="computed",
    )


def moment(text: Any) -> datetime | None:
    """A time of day as Google writes it, with its zone; None for anything else."""
    try:
        found = datetime.fromisoformat(str(text))
        return found.astimezone(UTC) if found.tzinfo and found.year < _LAST_YEAR else None
    except (ValueError, OverflowError):
        return None
