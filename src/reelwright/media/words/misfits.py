"""Words that do not fit their frame: the segment that draws them records them, and the film reads the records."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from reelwright.media.base.boxes import append_box, read_box
from reelwright.media.pictures.placed_picture import PlacedPicture
from reelwright.reason import build_reason

_BOX: Final = uuid.UUID("0a4f9a52-6d0e-5f4b-9e36-7265656c7366")


def keep_misfits(path: Path, pictures: Sequence[PlacedPicture]) -> None:
    """Write into the segment at ``path`` which of ``pictures`` do not fit; nothing where all do."""
    rows = [[picture.start, picture.misfit] for picture in pictures if picture.misfit]
    if rows:
        append_box(path, _BOX, json.dumps(rows).encode())


def list_misfits(segments: Sequence[tuple[Path, int]], shots: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield a finding for each shot with words that do not fit. ``segments``: each with its frames, in order."""
    at, found = 0, set()
    for path, frames in segments:
        for start, reason in json.loads(read_box(path, _BOX) or b"[]"):
            shot = next((s["shot"] for s in shots if s["start"] <= at + start < s["start"] + s["length"]), None)
            if shot not in found:
                found.add(shot)
                misfit = build_reason("caption_misfits", cause=reason)
                yield {"check": "captions", "shot": shot, "reason": misfit.to_json()}
        at += frames
