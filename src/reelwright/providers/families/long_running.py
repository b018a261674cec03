"""Veo's long-running operations: bodies for Vertex or the Gemini wire, and how both answers are read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from reelwright.errors import BadInput
from reelwright.net.redact import redact_line
from reelwright.providers.families.assets import ASSET, Picture
from reelwright.providers.families.google_faults import POLICY
from reelwright.providers.families.shapes import as_address, as_count, as_mapping, as_mappings, as_mime, as_texts
from reelwright.providers.families.support_codes import explain_reason
from reelwright.providers.policy import MAX_SAMPLES_OF_AN_OPERATION
from reelwright.providers.protocol import Output, Progress
from reelwright.reel.graph.outcome import MissingSample
from reelwright.reel.graph.request import Request

Wire = Literal["vertex", "gemini"]
FILM_MEMBERS: Final = ("bytesBase64Encoded", "encodedVideo")
"""Members of an answer that may hold a whole film in base64."""
_PARAMETERS: Final = {
    "negative_prompt": "negativePrompt",
    "person_generation": "personGeneration",
    "enhance_prompt": "enhancePrompt",
    "compression_quality": "compressionQuality",
    "resize_mode": "resizeMode",
}
_VERTEX_ONLY: Final = frozenset({"seed", "enhance_prompt", "compression_quality", "resize_mode", "storage_uri"})
"""Options refused by the Gemini wire. Source: google-genai 2.34.0, _GenerateVideosConfig_to_mldev, read 2026-11-20."""
_PASSING: Final = {8: "Google had no room for it", 13: "Google failed inside", 14: "Google was not reachable inside"}


def check_wire(request: Request, wire: Wire) -> None:
    """Raise ``BadInput`` for an option that this API (Vertex's or Gemini's) cannot carry, even if the model supports
    it.
    """
    options = {name for name in _VERTEX_ONLY if name in request.extra} | (
        {"seed"} if request.seed is not None else set()
    )
    if wire == "gemini" and (unsupported := sorted(options & _VERTEX_ONLY)):
        raise BadInput(unsupported[0], request.extra.get(unsupported[0], request.seed), "nothing: only Vertex takes it")
    if wire == "gemini" and request.sound is False:
        raise BadInput("sound", False, "true: only Vertex makes a film without sound")
    for reference in request.extra.get("references", ()):
        if reference.get("role") == "style":
            raise BadInput("references", "style", "person, product or place: Veo 3.1 takes no reference of style")
    roles = {needed.role for needed in request.inputs}
    if "last_frame" in roles and "first_frame" not in roles:
        raise BadInput("last_frame", "without a first frame", "both a first and a last frame")


def build_body(request: Request, pictures: Sequence[Picture], wire: Wire, storage: str = "", label: str = "") -> Any:
    """Build the body of a submission to Veo, with placeholders for pictures.

    ``storage``: a ``gs://`` prefix; empty: films come inline.
    """
    instance: dict[str, Any] = {"prompt": request.prompt}
    for picture in pictures:
        image = {"bytesBase64Encoded": {ASSET: picture.asset}, "mimeType": picture.mime}
        if picture.role == "reference":
            instance.setdefault("referenceImages", []).append({"image": image, "referenceType": "asset"})
        else:
            instance["lastFrame" if picture.role == "last_frame" else "image"] = image
    body: dict[str, Any] = {"instances": [instance], "parameters": _build_parameters(request, wire, storage)}
    return {**body, "labels": {"reelwright": label}} if label and wire == "vertex" else body


def _build_parameters(request: Request, wire: Wire, storage: str) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "sampleCount": request.samples,
        "durationSeconds": None if request.ms is None else request.ms // 1000,
        "aspectRatio": request.aspect,
        "resolution": request.resolution,
        "seed": request.seed,
        **{theirs: request.extra.get(ours) for ours, theirs in _PARAMETERS.items()},
    }
    if wire == "vertex":
        parameters |= {"generateAudio": request.sound, "storageUri": storage or None}
    return {name: value for name, value in parameters.items() if value is not None}


def parse_progress(operation: Mapping[str, Any]) -> Progress:
    """Return the state of a Veo operation that Vertex's or Gemini's response describes.

    ``done`` is absent while it runs. An error comes with HTTP 200. Samples that the filter removed are missing, with
    the reason in plain words; the others are delivered.
    """
    if not operation.get("done"):
        return Progress(state="running", fraction_done=_parse_fraction(operation))
    response = as_mapping(operation.get("response"))
    response = as_mapping(response.get("generateVideoResponse", response))
    samples = as_mappings(response.get("videos")) or as_mappings(response.get("generatedSamples"))
    outputs = tuple(o for n, sample in enumerate(samples) if (o := _build_output(n, sample)))
    if not outputs and isinstance(operation.get("error"), Mapping):
        return _read_failed(operation["error"])
    missing = _list_filtered(response, len(outputs))
    if outputs:  # beside an error, too: a film that is there is paid for
        message = (
            f"{len(missing)} of {len(outputs) + len(missing)} were filtered: {missing[0].message}" if missing else ""
        )
        return Progress(state="succeeded", outputs=outputs, missing=missing, fraction_done=1.0, message=message)
    if missing:
        return Progress(state="refused", missing=missing, message=missing[0].message)
    message = "Google says that it is done, and gives neither a film nor a reason"
    return Progress(state="failed", message=message, is_empty=True)


def _build_output(number: int, sample: Mapping[str, Any]) -> Output | None:
    video = as_mapping(sample.get("video", sample))
    where = next((found for name in ("gcsUri", "uri", *FILM_MEMBERS) if (found := as_address(video.get(name)))), "")
    mime = as_mime(video.get("mimeType") or video.get("encoding"), "video/mp4")
    return Output(sample=number, mime=mime, url=where) if where else None


def _list_filtered(response: Mapping[str, Any], delivered: int) -> tuple[MissingSample, ...]:
    """List one missing sample for each that the content filter removed. They are numbered after the delivered ones."""
    reasons = [redact_line(reason) for reason in as_texts(response.get("raiMediaFilteredReasons"))]
    taken = max(as_count(response.get("raiMediaFilteredCount")), 0 if delivered else len(reasons))
    messages = [explain_reason(reason) for reason in reasons] or ["Google's content filter took it and gave no reason"]
    return tuple(
        MissingSample(sample=delivered + n, reason="filtered", message=messages[min(n, len(messages) - 1)])
        for n in range(min(taken, MAX_SAMPLES_OF_AN_OPERATION))
    )


def _read_failed(error: Mapping[str, Any]) -> Progress:
    """Return the state that an error of google.rpc means.

    3 is a bad field or, in words, the content filter; 8, 13 and 14 are failures inside Google.
    """
    code = as_count(error.get("code"))
    words = redact_line(str(error.get("message") or "no reason was given"))
    if code == 3 and POLICY.search(words):
        message = f"Google's content filter refused it: {explain_reason(words)}"
        return Progress(
            state="refused", missing=(MissingSample(sample=0, reason="filtered", message=message),), message=message
        )
    if code == 5:
        return Progress(state="lost", message=f"Google does not know it any more: {words}")
    if code == 1:
        return Progress(state="cancelled", message=words)
    message = f"{_PASSING.get(code, 'Google could not make it')}: {words}"
    return Progress(state="failed", message=message, can_retry=code in _PASSING)


def _parse_fraction(operation: Mapping[str, Any]) -> float | None:
    """Return how much is done, from 0 to 1, if the metadata says so."""
    percent = as_mapping(operation.get("metadata")).get("progressPercentage")
    return min(1.0, max(0.0, percent / 100)) if isinstance(percent, int | float) else None
