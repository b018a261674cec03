"""Statistics of each frame, recorded while it is encoded, so that the checks on a film need not decode it again."""

from __future__ import annotations

import json
import uuid
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from reelwright.errors import WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.boxes import append_box, read_box
from reelwright.media.base.probe import probe

_BOX: Final = uuid.UUID("0a4f9a52-6d0e-5f4b-9e35-7265656c7365")
_SHORT_SIDE: Final = 136
_WANTED: Final = {"YAVG": "luma", "YMAX": "peak", "YDIF": "change"}
_SCALE: Final = 100
"""Levels are stored in hundredths of an 8-bit level, as whole numbers."""
_FIELDS: Final = 144
"""Approximate number of fields of the grid: 16 by 9 in a film of 16:9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameStats:
    """Statistics per frame, in hundredths of an 8-bit luma level at about 136 pixels wide: mean, brightest spot, mean
    difference to the frame before it (0 for the first).

    ``grid``: mean colours, RGB in 8 bits, of the fields of a coarse grid, frame by frame and row by row.
    """

    luma: tuple[int, ...]
    peak: tuple[int, ...]
    change: tuple[int, ...]
    grid: np.ndarray = field(repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.luma)


def compute_grid_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the columns and rows of the grid of a picture of ``size``."""
    across = max(2, round((_FIELDS * size[0] / size[1]) ** 0.5))
    return across, max(2, round(_FIELDS / across))


@dataclass(frozen=True, slots=True)
class StatsRecorder:
    """A recorder for the statistics that ffmpeg writes about pictures of ``size``:
    two files of our own, ``notes`` and ``grid``.
    """

    size: tuple[int, int]
    notes: Path

    @property
    def grid(self) -> Path:
        """Path of the file into which ffmpeg writes the grid of every frame."""
        return self.notes.with_suffix(".grid")

    def build_graph(self, under: str) -> str:
        """Build the filter graph that measures the pictures of the label ``under`` and ends in the label ``[grid]``."""
        short, (columns, rows) = min(self.size), compute_grid_size(self.size)
        width, height = (max(2, 2 * round(side * _SHORT_SIDE / short / 2)) for side in self.size)
        small = f"[{under}]scale={width}:{height}:flags=fast_bilinear,split[stats][fields]"
        stats = f"[stats]signalstats,metadata=mode=print:file={self.notes.name},nullsink"
        return f"{small};{stats};[fields]scale={columns}:{rows}:flags=area,format=rgb24[grid]"

    def build_args(self) -> list[str]:
        """Build the ffmpeg arguments of a further output, which writes the grid; they stand after all others."""
        return ["-map", "[grid]", "-fps_mode", "passthrough", "-f", "rawvideo", ffmpeg.build_output(self.grid)]

    def read(self) -> FrameStats:
        """Read the statistics and remove the files. Raises ``WrongResult`` where the two differ in length."""
        log, grid = self.notes.read_text(encoding="ascii"), self.grid.read_bytes()
        self.drop()
        return _seen(_parsed(log), grid, self.size, self.notes.stem)

    def drop(self) -> None:
        """Delete both files if they are there."""
        self.notes.unlink(missing_ok=True)
        self.grid.unlink(missing_ok=True)


def _parsed(text: str) -> dict[str, list[int]]:
    series: dict[str, list[int]] = {name: [] for name in _WANTED.values()}
    for line in text.splitlines():
        key, _, value = line.partition("=")
        name = _WANTED.get(key.rpartition(".")[2])
        if name:
            series[name].append(round(float(value) * _SCALE))
    return series


def _seen(series: dict[str, list[int]], grid: bytes, size: tuple[int, int], name: str) -> FrameStats:
    columns, rows = compute_grid_size(size)
    counts = {*map(len, series.values()), len(grid) / (columns * rows * 3)}
    if len(counts) != 1:
        raise WrongResult(code="frames_not_measured", file=name, found=min(counts), wanted=max(counts))
    fields = np.frombuffer(grid, np.uint8).reshape(-1, rows, columns, 3)
    return FrameStats(
        luma=tuple(series["luma"]), peak=tuple(series["peak"]), change=tuple(series["change"]), grid=fields
    )


def store_stats(path: Path, recorder: StatsRecorder, frames: int) -> None:
    """Move the recorded statistics into the mp4 to which they belong.

    Raises ``WrongResult`` when frames are missing in it.
    """
    seen = recorder.read()
    if len(seen) != frames:
        raise WrongResult(code="frames_not_measured", file=path.name, found=len(seen), wanted=frames)
    body = {"luma": seen.luma, "peak": seen.peak, "change": seen.change, "size": recorder.size}
    header = json.dumps(body, separators=(",", ":")).encode()
    append_box(path, _BOX, header + b"\n" + zlib.compress(seen.grid.tobytes()))


def load_stats(path: Path, frames: int, room: Path) -> FrameStats:
    """Load the statistics recorded when ``path`` was encoded;
    a file without them, or of another length, is measured now.

    Raises ``MediaError`` when it cannot be decoded whole.
    """
    header, _, grid = (read_box(path, _BOX) or b"").partition(b"\n")
    if grid:
        series = json.loads(header)
        if len(series["luma"]) == frames:
            size = (int(series["size"][0]), int(series["size"][1]))
            return _seen({name: series[name] for name in _WANTED.values()}, zlib.decompress(grid), size, path.name)
    return measure_frames(path, room)


def measure_frames(path: Path, room: Path) -> FrameStats:
    """Decode the first video stream once, small, and measure every frame."""
    found = probe(path)
    watching = StatsRecorder((found.width, found.height), room / f"{path.stem}.seen")
    graph = f"[0:{found.index}]null[w];{watching.build_graph('w')}"
    ffmpeg.run([*ffmpeg.build_input(path), "-filter_complex", graph, *watching.build_args()], cwd=room)
    seen = watching.read()
    if len(seen) != found.frames:
        raise WrongResult(code="frames_not_measured", file=path.name, found=len(seen), wanted=found.frames)
    return seen
