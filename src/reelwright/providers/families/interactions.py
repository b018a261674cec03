"""Google's Interactions API: bodies for films and pictures, and how answers are read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from reelwright.catalogue.models import compute_catalogue_digest
from reelwright.net.redact import redact_line
from reelwright.providers.families.assets import ASSET, Picture
from reelwright.providers.families.google_faults import FILTERED
from reelwright.providers.families.shapes import as_address, as_count, as_mapping, as_mappings, as_mime, is_text
from reelwright.providers.protocol import Output, Progress
from reelwright.reel.base.value import define_value
from reelwright.reel.graph.outcome import MissingSample
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price
from reelwright.units import Micros

FILM_MEMBERS: Final = ("data",)
"""Members of an answer that may hold a whole film in base64."""
_LAST_YEAR: Final = 9999
"""A date in this year is a mistake, and adding a time to it would overflow."""
OUTPUT_LIFETIME: Final = timedelta(hours=48)
"""Time for which an output can be fetched if the file's entry does not say. Source: Files API, read 2026-11-20."""
TASKS: Final = {
    "text_to_video": "text_to_video",
    "image_to_video": "image_to_video",
    "first_last_frame": "image_to_video",
    "reference_to_video": "reference_to_video",
}
"""Google's task by our mode: a last frame is the second picture of an image_to_video."""
_ENDED: Final = frozenset({"failed", "incomplete", "budget_exceeded", "cancelled"})
"""Statuses of an interaction that ended and should have given nothing."""
_PASSING: Final = frozenset({"api_error", "service_unavailable", "rate_limit_exceeded", "too_many_requests"})
"""Errors of an accepted interaction that failed for reasons of Google's own."""
_ORDER: Final = ("first_frame", "last_frame", "source", "reference")
_NOT_FRAMES: Final = "Use the given images as references. They are not to be used as literal frames."


@define_value
class TokenPrices:
    """Prices of Google's tokens, in micro-dollars for a million: of input, of text (thoughts count as text), and of
    video.
    """

    input_micros: int
    text_micros: int
    video_micros: int
    source: str


TOKEN_PRICES: Final[Mapping[str, TokenPrices]] = {
    "gemini-omni-1.1-flash": TokenPrices(
        input_micros=1_500_000, text_micros=9_000_000, video_micros=17_500_000, source="price list of 2026-11"
    ),
    "gemini-omni-1.2-flash": TokenPrices(
        input_micros=1_500_000,
        text_micros=9_000_000,
        video_micros=12_000_000,
        source="a reseller's price list of 2026-11-06",
    ),
}
"""Token prices by which Google bills Omni. Source: models.yaml (S1) for 1.1; inference.sh, read 2026-11-20, for 1.2."""


def build_body(request: Request, sold_as: str, pictures: Sequence[Picture]) -> dict[str, Any]:
    """Build the body of a POST that creates an interaction, with placeholders for pictures.

    Films run in the background; without that, the POST would last for the whole render.
    """
    ordered = sorted(pictures, key=lambda p: _ORDER.index(p.role) if p.role in _ORDER else len(_ORDER))
    content = [{"type": "image", "data": {ASSET: p.asset}, "mime_type": p.mime} for p in ordered]
    content.append({"type": "text", "text": _build_prompt(request, ordered)})
    body: dict[str, Any] = {"model": sold_as, "input": [{"type": "user_input", "content": content}]}
    if request.mode not in TASKS:
        return {**body, "background": False, "store": False, "response_format": _build_image_format(request)}
    return {
        **body,
        "background": True,
        "store": True,
        "response_format": _build_video_format(request),
        "generation_config": {"video_config": {"task": TASKS[request.mode]}},
    }


def _build_video_format(request: Request) -> dict[str, str]:
    settings = {
        "aspect_ratio": request.aspect,
        "resolution": request.resolution,
        "duration": _format_duration(request.ms),
    }
    return {"type": "video", "delivery": "uri", **{name: value for name, value in settings.items() if value}}


def _build_image_format(request: Request) -> dict[str, str]:
    settings = {"aspect_ratio": request.aspect, "image_size": request.resolution}
    return {"type": "image", **{name: value for name, value in settings.items() if value}}


def _format_duration(ms: int | None) -> str | None:
    """Format a protobuf Duration: ``8s``, ``7.5s``. A bare number is answered with 400."""
    return None if ms is None else f"{ms / 1000:.3f}".rstrip("0").rstrip(".") + "s"


def _build_prompt(request: Request, pictures: Sequence[Picture]) -> str:
    """Return the prompt with each picture's role, for which this API has no field.

    Source: ai.google.dev/gemini-api/docs/omni, "tags", read 2026-11-20. A single first frame needs no tag: the task
    says it. A prompt that has tags of its own is left alone.
    """
    roles = [picture.role for picture in pictures]
    if request.mode not in TASKS or "<FIRST_FRAME>" in request.prompt or "<IMAGE_REF_" in request.prompt:
        return request.prompt
    if "reference" not in roles:
        return f"<FIRST_FRAME> <LAST_FRAME> {request.prompt}" if "last_frame" in roles else request.prompt
    frames = [f"<{role.upper()}>@Image{n}" for n, role in enumerate(roles, 1) if role != "reference"]
    places = [n for n, role in enumerate(roles, 1) if role == "reference"]
    references = [f"<IMAGE_REF_{k}>@Image{n}" for k, n in enumerate(places)]
    named = [
        f"<IMAGE_REF_{k}> is {name}." for k, name in enumerate(_list_reference_names(request)[: len(places)]) if name
    ]
    declared = [f"[# Sources {' '.join(frames)}]"] if frames else []
    declared.append(f"[# References {' '.join(references)}]")
    return " ".join([*declared, request.prompt, *named, *([] if frames else [_NOT_FRAMES])])


def _list_reference_names(request: Request) -> list[str]:
    """List ``Mia (person)`` for each reference, in the order of the reference inputs."""
    references = request.extra.get("references", ())
    return [f"{r['name']} ({r['role']})" if r.get("name") and r.get("role") else "" for r in references]


def parse_progress(interaction: Mapping[str, Any]) -> Progress:
    """Return the state of an interaction that Google's response describes. The list of statuses is open: an unknown one
    counts as running.

    A filter shows in three ways: an error code on submit, ``errors`` of a failed interaction, and a completed one that
    holds words only. An interaction that counted tokens of film and gives no film has failed, and was billed.
    """
    status = str(interaction.get("status", ""))
    if status == "completed" or (status in _ENDED and _list_media(interaction)):
        return _read_completed(interaction)  # a film that is there is paid for, whatever the status calls it
    if status == "cancelled":
        return Progress(state="cancelled", message="Google cancelled it", bill=compute_bill(interaction))
    if status in _ENDED:
        return _read_failed(interaction, status)
    return Progress(state="queued" if status == "queued" else "running", life_s=OUTPUT_LIFETIME.total_seconds())


def _read_completed(interaction: Mapping[str, Any]) -> Progress:
    parts, media = _collect_parts(interaction), _list_media(interaction)
    bill = compute_bill(interaction)
    if media:
        return Progress(
            state="succeeded",
            outputs=tuple(_build_output(n, p, interaction) for n, p in enumerate(media)),
            fraction_done=1.0,
            bill=bill,
        )
    words = redact_line(" ".join(str(part.get("text", "")) for part in parts if part.get("type") == "text"))
    if count_tokens(interaction, "video") or count_tokens(interaction, "image"):
        message = f"Google counts what it made and does not give it: {words or 'no words either'}"
        return Progress(state="failed", bill=bill, message=message, is_empty=True)
    if not words:
        message = "Google says that it is done, and gives neither a film nor a word"
        return Progress(state="failed", message=message, is_empty=True)
    return _build_refused(words)


def _build_refused(words: str) -> Progress:
    message = f"Google's content filter refused it: {words}"
    return Progress(
        state="refused", missing=(MissingSample(sample=0, reason="filtered", message=message),), message=message
    )


def _build_output(sample: int, part: Mapping[str, Any], interaction: Mapping[str, Any]) -> Output:
    mime = as_mime(part.get("mime_type"), "video/mp4" if part["type"] == "video" else "image/png")
    since = parse_time(interaction.get("updated") or interaction.get("created"))
    uri = as_address(part.get("uri"))
    expires = since + OUTPUT_LIFETIME if since and uri else None
    return Output(sample=sample, mime=mime, url=uri or str(part["data"]), expires=expires)


def _read_failed(interaction: Mapping[str, Any], status: str) -> Progress:
    errors = [*as_mappings(interaction.get("errors")), *as_mappings([interaction.get("error")])]
    words = redact_line("; ".join(str(error.get("message", "")) for error in errors)) or status.replace("_", " ")
    codes = {str(error.get("code", "")).lower() for error in errors}
    if codes & FILTERED:
        return _build_refused(words)
    passes = bool(codes & _PASSING) and not count_tokens(interaction, "video")
    return Progress(
        state="failed", bill=compute_bill(interaction), message=f"Google could not make it: {words}", can_retry=passes
    )


def _collect_parts(interaction: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    steps = [step for step in as_mappings(interaction.get("steps")) if step.get("type") == "model_output"]
    return [part for step in steps for part in as_mappings(step.get("content"))]


def _list_media(interaction: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the films and pictures of an interaction that can be fetched."""
    return [
        p
        for p in _collect_parts(interaction)
        if p.get("type") in ("video", "image") and (as_address(p.get("uri")) or (is_text(p.get("data")) and p["data"]))
    ]


def count_tokens(interaction: Mapping[str, Any], modality: str) -> int:
    """Return how many output tokens of a modality, such as ``video``, an interaction reports; 0 if none."""
    by_modality = as_mappings(as_mapping(interaction.get("usage")).get("output_tokens_by_modality"))
    return sum(
        as_count(part.get("tokens")) for part in by_modality if str(part.get("modality", "")).lower() == modality
    )


def compute_bill(interaction: Mapping[str, Any]) -> Price | None:
    """Return the price of the tokens that Google counted for an interaction; None if it counts none or their price is
    unknown.

    A completed interaction without a count of its film has no price. Thoughts are part of the output total, so they are
    not added again.
    """
    tokens, filmed = _find_token_prices(str(interaction.get("model", ""))), count_tokens(interaction, "video")
    usage = as_mapping(interaction.get("usage"))
    if tokens is None or (
        not filmed and (interaction.get("status") == "completed" or "total_input_tokens" not in usage)
    ):
        return None
    put_in, put_out = as_count(usage.get("total_input_tokens")), as_count(usage.get("total_output_tokens"))
    millionths = (
        put_in * tokens.input_micros + max(0, put_out - filmed) * tokens.text_micros + filmed * tokens.video_micros
    )
    return Price(
        micros=Micros(-(-millionths // 1_000_000)),
        basis=f"{filmed} tokens of film, {put_in} put in, {max(0, put_out - filmed)} said; {tokens.source}",
        catalogue=compute_catalogue_digest("google"),
        certainty="computed",
    )


def _find_token_prices(model: str) -> TokenPrices | None:
    """Find the prices of a model by the name in an answer, which may be a path or name a version: ``models/…-001``."""
    name = model.rpartition("/")[2]
    return next((prices for sold, prices in TOKEN_PRICES.items() if name == sold or name.startswith(f"{sold}-")), None)


def parse_time(text: Any) -> datetime | None:
    """Parse an ISO 8601 time with a time zone, and return it in UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(str(text))
        return found.astimezone(UTC) if found.tzinfo and found.year < _LAST_YEAR else None
    except (ValueError, OverflowError):
        return None
