"""Veo's long-running operations: what is sent to Vertex or the Gemini wire, and how both answers are read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from reelwright.errors import BadInput
from reelwright.net.redact import plainly
from reelwright.providers.families.assets import ASSET, Picture
from reelwright.providers.families.google_faults import POLICY
from reelwright.providers.families.shapes import address_of, count, mapping, mappings, mime_of, texts
from reelwright.providers.families.support_codes import in_plain_words
from reelwright.providers.protocol import Output, Progress
from reelwright.reel.outcome import Missing
from reelwright.reel.request import Request

Wire = Literal["vertex", "gemini"]
FILMS: Final = ("bytesBase64Encoded", "encodedVideo")
"""Members of an answer that may hold a whole film in base64."""
_PARAMETERS: Final = {
    "negative_prompt": "negativePrompt",
    "person_generation": "personGeneration",
    "enhance_prompt": "enhancePrompt",
    "compression_quality": "compressionQuality",
    "resize_mode": "resizeMode",
}
_VERTEX_ONLY: Final = frozenset({"seed", "enhance_prompt", "compression_quality", "resize_mode", "storage_uri"})
"""What the Gemini wire refuses. Source: google-genai 2.34.0, _GenerateVideosConfig_to_mldev, read 2026-11-20."""
_MOST_SAMPLES: Final = 16
_PASSING: Final = {8: "Google had no room for it", 13: "Google failed inside", 14: "Google was not reachable inside"}


def check_wire(request: Request, wire: Wire) -> None:
    """Raise ``BadInput`` for what this wire has no field for, however able the model is."""
    told = {name for name in _VERTEX_ONLY if name in request.extra} | ({"seed"} if request.seed is not None else set())
    if wire == "gemini" and (alien := sorted(told & _VERTEX_ONLY)):
        raise BadInput(alien[0], request.extra.get(alien[0], request.seed), "nothing: only Vertex takes it")
    if wire == "gemini" and request.sound is False:
        raise BadInput("sound", False, "true: only Vertex makes a film without sound")
    for reference in request.extra.get("references", ()):
        if reference.get("role") == "style":
            raise BadInput("references", "style", "person, product or place: Veo 3.1 takes no reference of style")
    roles = {needed.role for needed in request.inputs}
    if "last_frame" in roles and "first_frame" not in roles:
        raise BadInput("last_frame", "without a first frame", "both a first and a last frame")


def body_of(request: Request, pictures: Sequence[Picture], wire: Wire, storage: str = "", label: str = "") -> Any:
    """The body of one submission, pictures by digest. ``storage``: a ``gs://`` prefix; empty: films come inline."""
    instance: dict[str, Any] = {"prompt": request.prompt}
    for picture in pictures:
        image = {"bytesBase64Encoded": {ASSET: picture.asset}, "mimeType": picture.mime}
        if picture.role == "reference":
            instance.setdefault("referenceImages", []).append({"image": image, "referenceType": "asset"})
        else:
            instance["lastFrame" if picture.role == "last_frame" else "image"] = image
    body: dict[str, Any] = {"instances": [instance], "parameters": _parameters(request, wire, storage)}
    return {**body, "labels": {"reelwright": label}} if label and wire == "vertex" else body


def _parameters(request: Request, wire: Wire, storage: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "sampleCount": request.samples,
        "durationSeconds": None if request.ms is None else request.ms // 1000,
        "aspectRatio": request.aspect,
        "resolution": request.resolution,
        "seed": request.seed,
        **{theirs: request.extra.get(ours) for ours, theirs in _PARAMETERS.items()},
    }
    if wire == "vertex":
        told |= {"generateAudio": request.sound, "storageUri": storage or None}
    return {name: value for name, value in told.items() if value is not None}


def progress_of(told: Mapping[str, Any]) -> Progress:
    """Where an operation stands: Vertex's ``videos`` or the Gemini wire's ``generatedSamples``.

    ``done`` is absent while it runs. An error comes with HTTP 200. What the filter took away is missing with its
    reason in plain words; what it left is delivered.
    """
    if not told.get("done"):
        return Progress(state="running", done=_share(told))
    if isinstance(told.get("error"), Mapping):
        return _failed(told["error"])
    response = mapping(told.get("response"))
    response = mapping(response.get("generateVideoResponse", response))
    samples = mappings(response.get("videos")) or mappings(response.get("generatedSamples"))
    outputs = tuple(o for n, sample in enumerate(samples) if (o := _output(n, sample)))
    missing = _filtered(response, len(outputs))
    if outputs:
        said = f"{len(missing)} of {len(outputs) + len(missing)} were filtered: {missing[0].said}" if missing else ""
        return Progress(state="succeeded", outputs=outputs, missing=missing, done=1.0, said=said)
    if missing:
        return Progress(state="refused", missing=missing, said=missing[0].said)
    return Progress(state="failed", said="Google says that it is done, and gives neither a film nor a reason")


def _output(number: int, sample: Mapping[str, Any]) -> Output | None:
    video = mapping(sample.get("video", sample))
    where = next((found for name in ("gcsUri", "uri", *FILMS) if (found := address_of(video.get(name)))), "")
    mime = mime_of(video.get("mimeType") or video.get("encoding"), "video/mp4")
    return Output(sample=number, mime=mime, url=where) if where else None


def _filtered(response: Mapping[str, Any], delivered: int) -> tuple[Missing, ...]:
    """One for each sample that the content filter took: those after the delivered ones, as they are numbered."""
    reasons = [plainly(reason) for reason in texts(response.get("raiMediaFilteredReasons"))]
    taken = max(count(response.get("raiMediaFilteredCount")), 0 if delivered else len(reasons))
    said = [in_plain_words(reason) for reason in reasons] or ["Google's content filter took it and gave no reason"]
    return tuple(
        Missing(sample=delivered + n, reason="filtered", said=said[min(n, len(said) - 1)])
        for n in range(min(taken, _MOST_SAMPLES))
    )


def _failed(error: Mapping[str, Any]) -> Progress:
    """Codes of google.rpc: 3 is a bad field or, in words, the content filter; 8, 13 and 14 are Google's own trouble."""
    code = count(error.get("code"))
    words = plainly(str(error.get("message") or "no reason was given"))
    if code == 3 and POLICY.search(words):
        said = f"Google's content filter refused it: {in_plain_words(words)}"
        return Progress(state="refused", missing=(Missing(sample=0, reason="filtered", said=said),), said=said)
    if code == 5:
        return Progress(state="lost", said=f"Google does not know it any more: {words}")
    if code == 1:
        return Progress(state="cancelled", said=words)
    said = f"{_PASSING.get(code, 'Google could not make it')}: {words}"
    return Progress(state="failed", said=said, again=code in _PASSING)


def _share(told: Mapping[str, Any]) -> float | None:
    """How much is done, from 0 to 1, where the metadata says so."""
    percent = mapping(told.get("metadata")).get("progressPercentage")
    return min(1.0, max(0.0, percent / 100)) if isinstance(percent, int | float) else None
