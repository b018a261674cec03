"""The way to a late window of an H.264 clip, without the frames that nothing else is made from."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.errors import UnreadableMedia
from reelwright.media.probe import Probe

_LEAST: int = 30
"""Frames of way below which it is not worth a file."""
_SLICES = range(1, 6)
"""NAL unit types that carry picture. Source: ITU-T H.264, table 7-1."""


def thinned(path: Path, found: Probe, start: Fraction, length: Fraction, made: Path) -> Path:
    """A copy of ``path`` in which what comes before ``start`` seconds has no frames that no other refers to.

    Decoding the window gives the very same frames: a frame with ``nal_ref_idc`` 0 is never a reference (H.264
    7.4.1). They are half of what is decoded on the way there. ``path`` itself is returned where there is nothing to
    gain, or where the clip is anything but plain. Raises ``UnreadableMedia``.
    """
    plain = found.codec == "h264" and found.extradata[:1] == b"\x01" and found.steady and not found.lag
    if not plain or found.rotation or found.start or start * found.fps < _LEAST:
        return path
    import av

    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as given, av.open(str(made), "w") as taken:
            stream = given.streams[found.index]
            copy = taken.add_stream_from_template(stream)
            for packet in _needed(given.demux(stream), stream, found, start, start + length):
                packet.stream = copy
                taken.mux(packet)
    except (av.FFmpegError, OSError) as cause:
        made.unlink(missing_ok=True)
        raise UnreadableMedia(f"{path.name} cannot be copied", last_words=str(cause)) from cause
    return made


def _needed(packets: Iterator[Any], stream: Any, found: Probe, start: Fraction, end: Fraction) -> Iterator[Any]:
    """Packets up to the window's end; of those that show before it, only what others are made from."""
    frame = 1 / found.fps
    size = (found.extradata[4] & 3) + 1
    for packet in packets:
        if not packet.size:
            continue
        shown = packet.pts * stream.time_base
        if packet.dts * stream.time_base > end + 4 * frame:
            return
        if shown >= start - 2 * frame or _refers(memoryview(packet), size):
            yield packet


def _refers(data: memoryview, size: int) -> bool:
    """Whether the picture in these NAL units may be a reference: its first slice's ``nal_ref_idc`` is not 0."""
    at = 0
    while at + size < len(data):
        length = int.from_bytes(data[at : at + size], "big")
        header = data[at + size]
        if header & 31 in _SLICES:
            return bool(header >> 5 & 3)
        at += size + length
    return True
