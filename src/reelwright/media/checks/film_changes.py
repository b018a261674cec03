"""Changes between two films: a film is joined from closed pieces, so what is equal has equal encoded bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from pathlib import Path
from typing import Literal

from reelwright import late_libraries as late
from reelwright.errors import UnreadableMedia


@dataclass(frozen=True, slots=True)
class ChangedRange:
    """A range of the newer film, in seconds, that the older film does not have; empty where something was removed."""

    start: Fraction
    end: Fraction


def find_changed_ranges(before: Path, after: Path) -> tuple[ChangedRange, ...]:
    """Find the ranges of the pictures of ``after`` that differ from ``before``, to the piece. Decodes nothing.

    Raises ``UnreadableMedia``.
    """
    old, new = _read_pieces(before), _read_pieces(after)
    matcher = SequenceMatcher(None, [digest for _, _, digest in old], [digest for _, _, digest in new], autojunk=False)
    ranges: list[ChangedRange] = []
    for kind, _, _, first, last in matcher.get_opcodes():
        if kind == "equal":
            continue
        start = new[first][0] if first < len(new) else new[-1][1]
        end = new[last - 1][1] if last > first else start
        if ranges and ranges[-1].end == start:
            ranges[-1] = ChangedRange(ranges[-1].start, end)
        else:
            ranges.append(ChangedRange(start, end))
    return tuple(ranges)


def has_changed_sound(before: Path, after: Path) -> bool:
    """Return whether the sound of two films differs. Decodes nothing. Raises ``UnreadableMedia``."""
    return _hash_stream(before) != _hash_stream(after)


def _read_pieces(path: Path) -> list[tuple[Fraction, Fraction, str]]:
    """Read the pieces between key frames: when each starts and ends, and a hash of its encoded bytes."""
    pieces: list[tuple[Fraction, Fraction, str]] = []
    start, end, digest = Fraction(0), Fraction(0), hashlib.sha256()
    for at, lasts, is_key, data in _list_packets(path, "video"):
        if is_key and end > start:
            pieces.append((start, end, digest.hexdigest()))
            start, digest = at, hashlib.sha256()
        end = max(end, at + lasts)
        digest.update(data)
    return [*pieces, (start, end, digest.hexdigest())]


def _hash_stream(path: Path) -> str:
    digest = hashlib.sha256()
    for _, _, _, data in _list_packets(path, "audio"):
        digest.update(data)
    return digest.hexdigest()


def _list_packets(path: Path, kind: Literal["video", "audio"]) -> list[tuple[Fraction, Fraction, bool, bytes]]:
    try:
        with late.av.open(str(path.absolute()), options={"protocol_whitelist": "file"}) as container:
            streams = container.streams.video if kind == "video" else container.streams.audio
            if not streams:
                return []
            stream, base = streams[0], streams[0].time_base or Fraction(1)
            return [
                (Fraction(packet.pts) * base, Fraction(packet.duration or 0) * base, packet.is_keyframe, bytes(packet))
                for packet in container.demux(stream)
                if packet.pts is not None
            ]
    except late.av.FFmpegError as cause:
        raise UnreadableMedia(code="file_unreadable", file=path.name, last_words=str(cause)) from cause
