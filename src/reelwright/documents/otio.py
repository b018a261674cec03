"""Writes a cut as an OpenTimelineIO timeline, which editing programs read.

Source of the schema: opentimelineio.readthedocs.io, "OTIO file format specification", version 0.17, read 2026-11-25.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineClip:
    """A clip of the picture track: ``length`` frames of ``file`` from ``start`` on, at the rate of the timeline."""

    name: str
    file: str
    start: int
    length: int


def write_otio(title: str, fps: tuple[int, int], clips: Sequence[TimelineClip]) -> str:
    """Write a timeline with one picture track as JSON. ``fps``: frames per second as a fraction. Pure."""
    rate = fps[0] / fps[1]
    track: dict[str, Any] = {
        "OTIO_SCHEMA": "Track.1", "name": "Picture", "kind": "Video", "metadata": {}, "effects": [], "markers": [],
        "source_range": None, "enabled": True, "children": [_build_clip(clip, rate) for clip in clips],
    }  # fmt: skip
    stack: dict[str, Any] = {
        "OTIO_SCHEMA": "Stack.1", "name": "tracks", "metadata": {}, "effects": [], "markers": [], "source_range": None,
        "enabled": True, "children": [track],
    }  # fmt: skip
    timeline: dict[str, Any] = {
        "OTIO_SCHEMA": "Timeline.1", "name": title, "metadata": {}, "global_start_time": None, "tracks": stack,
    }  # fmt: skip
    return json.dumps(timeline, ensure_ascii=False, indent=2) + "\n"


def _build_clip(clip: TimelineClip, rate: float) -> dict[str, Any]:
    media: dict[str, Any] = {
        "OTIO_SCHEMA": "ExternalReference.1", "name": clip.file, "metadata": {}, "available_image_bounds": None,
        "available_range": _build_range(0, clip.start + clip.length, rate), "target_url": clip.file,
    }  # fmt: skip
    return {
        "OTIO_SCHEMA": "Clip.2", "name": clip.name, "metadata": {}, "effects": [], "markers": [], "enabled": True,
        "source_range": _build_range(clip.start, clip.length, rate), "media_references": {"DEFAULT_MEDIA": media},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }  # fmt: skip


def _build_range(start: int, length: int, rate: float) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(start)},
        "duration": {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(length)},
    }
