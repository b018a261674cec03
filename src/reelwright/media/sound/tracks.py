"""The mix's sources as samples: our own beds are read, all other files are decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.errors import BadInput
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import probe
from reelwright.media.base.work import Source
from reelwright.media.sound.dsp import RATE, make_envelope
from reelwright.media.sound.ends import EDGE_S, finish_bed
from reelwright.media.sound.wav import read_wav
from reelwright.media.video.normalise import find_easing, find_first_moment

ROLES = ("bed", "voice", "sound")
LEVELS = ("keep", "duck")
SHORT_S, SOON_S = 0.1, 1.5
"""A bed that lacks so much of its film is short; one whose music is over so long before the film's end ends early."""
PREROLL = 2 * RATE
"""Samples that are decoded before those that are wanted: a decoder needs the packets before its first good one."""
GAP_S = 0.01
"""A gap in the timestamps of a sound that is longer is filled with silence. ffmpeg itself fills none below 0.1 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A source in its place. ``sound`` is (2, n) and starts at sample ``at``; None: the source has no sound.

    ``louder_db``: how much louder than the usual loudness of its stem a person wants it.
    """

    role: str
    level: str
    at: int
    sound: np.ndarray | None
    lacks_s: float = 0.0
    louder_db: float = 0.0


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
    if source.role == "sound":
        sound = _load_sound_of_shot(source.path, start, count, _find_picture_window(entry), fps, room)
    else:
        sound = _samples(source, to_sample(start, fps), count, room)
    lacks = 0.0
    if sound is not None and source.role != "bed":
        sound = sound * make_envelope(sound.shape[1], EDGE_S, EDGE_S)
    elif sound is not None and fade:
        short, (sound, over) = (count - sound.shape[1]) / RATE, finish_bed(sound, count, to_sample(fade, fps))
        left = (count - over) / RATE
        lacks = left if short > SHORT_S or left > SOON_S else 0.0
    return Track(
        role=source.role, level=level, at=begin, sound=sound, lacks_s=lacks, louder_db=_read_level(entry) / 1000
    )


def _read_level(given: Mapping[str, Any]) -> int:
    value = given.get("level_milli_db", 0)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput("tracks.level_milli_db", value, "a whole number of thousandths of a decibel")
    return value


def _frames(given: Mapping[str, Any], name: str) -> int:
    value = given.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadInput(f"tracks.{name}", value, "a whole number of frames, 0 or more")
    return value


def _find_picture_window(entry: Mapping[str, Any]) -> tuple[int, int] | None:
    if "picture_start" not in entry:
        return None
    return _frames(entry, "picture_start"), _frames(entry, "picture_length")


def _samples(source: Source, start: int, count: int, room: Path) -> np.ndarray | None:
    """Return samples [start, start + count) of a bed or a voice, as many as there are."""
    own = read_wav(source.path)
    return _decoded(source.path, start, count, room) if own is None else own[:, start : start + count]


def _load_sound_of_shot(
    path: Path, start: int, count: int, window: tuple[int, int] | None, fps: tuple[int, int], room: Path
) -> np.ndarray | None:
    """Return the sound beside the picture that ``normalise`` makes of the same source; None when it has none.

    ``start``: frame of the source; ``window``: start and length of the picture of a bought take, which may be eased.
    """
    found = probe(path)
    if found.audio is None:
        return None
    slower = None
    if window:
        eased, slower, _ = find_easing(found, fps, *window)
        start += eased - window[0]
    begin = to_sample(start, fps) + round(find_first_moment(found, fps) * RATE)
    is_seekable = begin > found.lag * RATE + PREROLL
    return _decoded(path, begin, count, room, skipped=begin - PREROLL if is_seekable else 0, slower=slower)


def _decoded(
    path: Path, start: int, count: int, room: Path, skipped: int = 0, slower: Fraction | None = None
) -> np.ndarray:
    """Decode samples [start, start + count), counted from the start of the container; what lies before it is silence.

    Sound that starts late in its container starts late here too, and gaps in it stay as long as its timestamps say.
    ffmpeg seeks by the picture: to its last key frame before ``skipped``, or to its first one where there is none. The
    first sound after that is damaged (it lacks the packet before it), so that nothing is sought near the start.

    ``slower``: sound of a take that is played slower is lowered with it, by a semitone at most. The filter that keeps
    the pitch moved sounds by up to 23 ms (measured with beeps over noise and tones, ffmpeg 9.0.2).
    """
    raw = room / "decoded.f32"
    place = ["-ss", f"{skipped / RATE:.6f}"] if skipped else []
    first = start - skipped
    filters = [f"aresample={RATE}:async=1:min_hard_comp={GAP_S}:first_pts=0"]
    filters.append(f"atrim=start_sample={first}" if first >= 0 else f"adelay={-first}S:all=1")
    if slower:
        filters += [f"asetrate={round(RATE / slower)}", f"aresample={RATE}"]
    args = [*ffmpeg.build_input(path, *place, "-t", f"{(first + count) / RATE + 1:.6f}"), "-map", "0:a:0"]
    args += ["-af", ",".join(filters), "-ac", "2", "-c:a", "pcm_f32le", "-f", "f32le", ffmpeg.build_output(raw)]
    ffmpeg.run(args)
    found = np.fromfile(raw, dtype="<f4").reshape(-1, 2).T[:, :count]
    raw.unlink()
    return np.ascontiguousarray(found)
