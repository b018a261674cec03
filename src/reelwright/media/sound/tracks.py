"""The mix's sources as samples: our own beds are read, all other files are decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.errors import BadInput
from reelwright.media import ffmpeg
from reelwright.media.probe import probe
from reelwright.media.sound.dsp import RATE, make_envelope
from reelwright.media.sound.ends import EDGE_S, finish_bed
from reelwright.media.sound.wav import read_wav
from reelwright.media.work import Source

ROLES = ("bed", "voice", "sound")
LEVELS = ("keep", "duck")
SHORT_S, SOON_S = 0.1, 1.5
"""A bed that lacks so much of its film is short; one whose music is over so long before the film's end ends early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A source in its place. ``sound`` is (2, n) and starts at sample ``at``; None: the source has no sound."""

    role: str
    level: str
    at: int
    sound: np.ndarray | None
    lacks_s: float = 0.0


def to_sample(frames: int, fps: tuple[int, int]) -> int:
    """Return the sample at which a frame starts; a half goes up."""
    return int(Fraction(frames * fps[1] * RATE, fps[0]) + Fraction(1, 2))


def load_track(entry: Mapping[str, Any], source: Source, fps: tuple[int, int], room: Path) -> Track:
    """Load one track, cut to its ``length``. A bed with a ``fade`` (frames) was bought and may have no end of its own;
    every other sound would click where it is cut, so that it comes and goes within 8 ms.

    Raises ``BadInput`` for its values, ``MediaError`` for its file.
    """
    level = entry.get("level", "keep")
    if source.role not in ROLES:
        raise BadInput("tracks", source.role, "a source whose role is one of " + ", ".join(ROLES))
    if level not in LEVELS:
        raise BadInput("tracks.level", level, "one of " + ", ".join(LEVELS))
    at, length, start, fade = (_frames(entry, name) for name in ("at", "length", "start", "fade"))
    begin = to_sample(at, fps)
    count = to_sample(at + length, fps) - begin
    sound = _samples(source, to_sample(start, fps), count, room)
    lacks = 0.0
    if sound is not None and source.role != "bed":
        sound = sound * make_envelope(sound.shape[1], EDGE_S, EDGE_S)
    elif sound is not None and fade:
        short, (sound, over) = (count - sound.shape[1]) / RATE, finish_bed(sound, count, to_sample(fade, fps))
        left = (count - over) / RATE
        lacks = left if short > SHORT_S or left > SOON_S else 0.0
    return Track(role=source.role, level=level, at=begin, sound=sound, lacks_s=lacks)


def _frames(given: Mapping[str, Any], name: str) -> int:
    value = given.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadInput(f"tracks.{name}", value, "a whole number of frames, 0 or more")
    return value


def _samples(source: Source, start: int, count: int, room: Path) -> np.ndarray | None:
    """Return samples [start, start + count) of the source, as many as there are; None when it has no sound."""
    own = read_wav(source.path)
    if own is not None:
        return own[:, start : start + count]
    if source.role == "sound" and probe(source.path).audio is None:
        return None
    return _decoded(source.path, start, count, room)


def _decoded(path: Path, start: int, count: int, room: Path) -> np.ndarray:
    """Decode a file with ffmpeg; sound that starts late in its container starts late here too."""
    raw = room / "decoded.f32"
    place = ["-ss", f"{start / RATE:.6f}", "-t", f"{count / RATE:.6f}"]
    resampled = f"aresample={RATE}:async=1:first_pts=0"
    args = [*ffmpeg.build_input(path, *place), "-map", "0:a:0", "-af", resampled, "-ac", "2", "-c:a", "pcm_f32le"]
    ffmpeg.run([*args, "-f", "f32le", ffmpeg.build_output(raw)])
    found = np.fromfile(raw, dtype="<f4").reshape(-1, 2).T[:, :count]
    raw.unlink()
    return np.ascontiguousarray(found)
