"""Finds the address of the video in the answer of a long-running operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reelwright.client.exceptions import APIError

_LISTS: Final = (
    ("generateVideoResponse", "generatedSamples"),
    ("generatedVideos",),
    ("generatedSamples",),
    ("videos",),
    ("predictions",),
)
"""Paths to the samples: Gemini's wire (LiteLLM passes it on unchanged), its older forms, Vertex.

Source: providers/README.md 3.2 and 3.3, read 2026-11-20.
"""


def parse_video_uri(answer: Mapping[str, Any]) -> str:
    """Return the URL of the first video in the answer about a long-running operation.

    Raises ``APIError`` if there is none, with the service's own reason if it gave one.
    """
    response = answer.get("response", answer)
    for path in _LISTS:
        for sample in _read_path(response, path):
            if uri := _find_uri(sample):
                return uri
    raise APIError(_find_reason(answer, response), response_data=dict(answer))


def _read_path(value: Any, path: tuple[str, ...]) -> list[Any]:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return list(value) if isinstance(value, (list, tuple)) else []


def _find_uri(sample: Any) -> str | None:
    if not isinstance(sample, Mapping):
        return None
    video = sample.get("video", sample)
    if not isinstance(video, Mapping):
        return None
    for name in ("uri", "gcsUri", "url"):
        if isinstance(found := video.get(name), str) and found:
            return found
    return None


def _find_reason(answer: Mapping[str, Any], response: Any) -> str:
    if isinstance(error := answer.get("error"), Mapping):
        return f"the operation failed: {error.get('message') or error.get('code') or 'no reason given'}"
    if answer.get("done") is False or ("done" not in answer and "name" in answer and "response" not in answer):
        return "the operation is not done yet, so it has no video"
    held = response.get("generateVideoResponse", response) if isinstance(response, Mapping) else {}
    reasons = held.get("raiMediaFilteredReasons") if isinstance(held, Mapping) else None
    if isinstance(reasons, (list, tuple)) and reasons:
        return f"the service withheld the video: {'; '.join(map(str, reasons))}"
    return "the answer holds no video"
