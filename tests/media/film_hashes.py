"""Hashes of all that can be decoded: "the same film" means equal hashes, whatever the bytes of the container are."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from reelwright.media.base import ffmpeg


class Hashes(NamedTuple):
    """SHA-256 of each decoded frame and of each block of decoded samples, in order."""

    frames: tuple[str, ...]
    samples: tuple[str, ...]


def compute_hashes(path: Path, room: Path) -> Hashes:
    """Decode all of ``path`` and hash every frame and block of samples."""
    listing = room / "framehash.txt"
    args = [*ffmpeg.build_input(path, "-threads", "1"), "-map", "0:v:0", "-map", "0:a?", "-fps_mode", "passthrough"]
    ffmpeg.run([*args, "-f", "framehash", "-hash", "sha256", ffmpeg.build_output(listing)])
    by_stream: dict[str, list[str]] = {"0": [], "1": []}
    for line in listing.read_text("ascii").splitlines():
        if not line.startswith("#"):
            parts = [part.strip() for part in line.split(",")]
            by_stream[parts[0]].append(parts[-1])
    listing.unlink()
    return Hashes(frames=tuple(by_stream["0"]), samples=tuple(by_stream["1"]))
