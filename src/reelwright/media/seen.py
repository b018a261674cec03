"""What was seen of each frame as it was encoded, so that the checks on a film need not decode it once more."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reelwright.errors import WrongResult
from reelwright.media import ffmpeg
from reelwright.media.boxes import append_box, read_box

_BOX: Final = uuid.UUID("0a4f9a52-6d0e-5f4b-9e35-7265656c7365")
_SHORT_SIDE: Final = 136
_WANTED: Final = {"YAVG": "luma", "YMAX": "peak", "YDIF": "change"}
_SCALE: Final = 100
"""Stored in hundredths of an 8-bit level, as whole numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Per frame, in hundredths of an 8-bit luma level at about 136 pixels wide: mean, brightest spot, mean
    difference to the frame before it (0 for the first)."""

    luma: tuple[int, ...]
    peak: tuple[int, ...]
    change: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.luma)


def watching(size: tuple[int, int], name: str) -> str:
    """A filter chain that writes what it sees to the file ``name`` (own, relative)."""
    short = min(size)
    width, height = (max(2, 2 * round(side * _SHORT_SIDE / short / 2)) for side in size)
    return f"scale={width}:{height}:flags=fast_bilinear,signalstats,metadata=mode=print:file={name}"


def parse(text: str) -> Seen:
    """Read what ``watching`` wrote."""
    series: dict[str, list[int]] = {name: [] for name in _WANTED.values()}
    for line in text.splitlines():
        key, _, value = line.partition("=")
        name = _WANTED.get(key.rpartition(".")[2])
        if name:
            series[name].append(round(float(value) * _SCALE))
    return Seen(luma=tuple(series["luma"]), peak=tuple(series["peak"]), change=tuple(series["change"]))


def keep(path: Path, notes: Path, frames: int) -> None:
    """Move what was seen into the mp4 it was seen of. Raises ``WrongResult`` when frames are missing in it."""
    seen = parse(notes.read_text(encoding="ascii"))
    notes.unlink()
    if not len(seen) == len(seen.peak) == len(seen.change) == frames:
        raise WrongResult(f"{path.name}: {len(seen)} frames were seen, wanted {frames}")
    body = {"luma": seen.luma, "peak": seen.peak, "change": seen.change}
    append_box(path, _BOX, json.dumps(body, separators=(",", ":")).encode())


def seen_of(path: Path, frames: int, room: Path) -> Seen:
    """What was seen when ``path`` was encoded; a file that says nothing, or of another length, is looked at now.

    Raises ``MediaError`` when it cannot be decoded whole.
    """
    body = read_box(path, _BOX)
    if body is not None:
        told = json.loads(body)
        if len(told["luma"]) == frames:
            return Seen(luma=tuple(told["luma"]), peak=tuple(told["peak"]), change=tuple(told["change"]))
    return look(path, room)


def look(path: Path, room: Path) -> Seen:
    """Decode the first video stream once, small, and look at every frame."""
    from reelwright.media.probe import probe

    found = probe(path)
    notes = room / f"{path.stem}.seen"
    graph = f"[0:{found.index}]{watching((found.width, found.height), notes.name)}[w]"
    ffmpeg.run([*ffmpeg.source(path), "-filter_complex", graph, "-map", "[w]", "-f", "null", "-"], cwd=room)
    seen = parse(notes.read_text(encoding="ascii"))
    notes.unlink()
    if len(seen) != found.frames:
        raise WrongResult(f"{path.name}: {len(seen)} frames can be decoded, {found.frames} are there")
    return seen
