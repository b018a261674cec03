"""A copy of an H.264 clip for a late window, without the earlier frames that no other frame refers to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright import late_libraries as late
from reelwright.errors import UnreadableMedia
from reelwright.media.base.probe import Probe

_LEAST: int = 30
"""Fewest frames before the window for which a copy is worth a file."""
_SLICES = range(1, 6)
"""NAL unit types that carry picture. Source: ITU-T H.264, table 7-1."""


def drop_unused_frames(path: Path, source: Probe, start: Fraction, length: Fraction, target: Path) -> Path:
    """Copy a clip without those frames before ``start`` seconds that no other needs, to decode its window faster.

    ``source``: what was measured of ``path``. ``length``: of the window, in seconds; what follows it is left out.
    Returns ``target``, whose times are those of ``path``. Decoding the window gives the very same frames: a frame
    with ``nal_ref_idc`` 0 is never a reference (H.264 7.4.1). They are half of what is decoded on the way there.
    ``path`` itself is returned where there is nothing to gain, or where the clip is anything but plain: Matroska
    names no decode times for the first of reordered frames. Raises ``UnreadableMedia``.
    """
    plain = source.codec == "h264" and source.extradata[:1] == b"\x01" and source.has_steady_rate and not source.lag
    if (
        not plain
        or "mp4" not in source.format.split(",")
        or source.rotation
        or source.start
        or start * source.fps < _LEAST
    ):
        return path
    try:
        with (
            late.av.open(str(path), options={"protocol_whitelist": "file"}) as given,
            late.av.open(str(target), "w") as taken,
        ):
            stream = given.streams[source.index]
            copy = taken.add_stream_from_template(stream)
            for packet in _needed(given.demux(stream), stream, source, start, start + length):
                packet.stream = copy
                taken.mux(packet)
    except (late.av.FFmpegError, OSError) as cause:
        target.unlink(missing_ok=True)
        raise UnreadableMedia(code="file_unreadable", file=path.name, last_words=str(cause)) from cause
    return target


def _needed(packets: Iterator[Any], stream: Any, found: Probe, start: Fraction, end: Fraction) -> Iterator[Any]:
    """Yield packets up to the window's end; of those that show before it, only those that others refer to."""
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
    """Return whether the picture in these NAL units may be a reference: its first slice's ``nal_ref_idc`` is not 0."""
    at = 0
    while at + size < len(data):
        length = int.from_bytes(data[at : at + size], "big")
        header = data[at + size]
        if header & 31 in _SLICES:
            return bool(header >> 5 & 3)
        at += size + length
    return True
