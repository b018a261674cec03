"""Single frames of a clip or film: its first or last, or all from a time on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from reelwright import late_libraries as late
from reelwright.errors import UnreadableMedia
from reelwright.media.base.probe import probe


def read_frame(path: Path, which: Literal["first", "last"]) -> late.Image.Image:
    """Read the first or the last frame of ``path``, upright. Raises ``UnreadableMedia``."""
    picture = next(decode_frames(path, Fraction(0)), None) if which == "first" else _last(path)
    if picture is None:
        words = f"its {which} frame cannot be decoded"
        raise UnreadableMedia(code="file_unreadable", file=path.name, last_words=words)
    return _upright(picture)


def _last(path: Path) -> Any:
    """Return the last frame; None where nothing can be decoded. The next shot waits for it, so that speed matters.

    Of the frames before its last second only those are decoded that others refer to; some clips have only one key
    frame.
    """
    found = probe(path)
    start = max(Fraction(0), found.start + found.duration - 1)
    frame = None
    with _opened(path, start) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for packet in container.demux(stream):
            early = packet.pts is not None and packet.pts * stream.time_base < start
            stream.codec_context.skip_frame = "NONREF" if early else "DEFAULT"
            for frame in packet.decode():  # noqa: B007  the last one is meant
                pass
    return frame


def decode_frames(path: Path, start: Fraction) -> Iterator[Any]:
    """Yield decoded frames from the key frame at or before ``start`` seconds."""
    with _opened(path, start) as container:
        yield from container.decode(video=0)


def read_frames(path: Path, times: Sequence[Fraction]) -> list[late.Image.Image]:
    """Read the frames of ``path`` that are shown at ``times``, rising seconds, upright.

    After its end that is its last frame. Raises ``UnreadableMedia``, also if nothing can be decoded.
    """
    found: list[late.Image.Image] = []
    last = None
    for frame in decode_frames(path, times[0]):
        if frame.pts is None:
            continue
        while len(found) < len(times) and frame.pts * frame.time_base >= times[len(found)]:
            found.append(_upright(frame))
        last = frame
        if len(found) == len(times):
            return found
    if last is None:
        raise UnreadableMedia(code="file_unreadable", file=path.name, last_words="no frame of it can be decoded")
    return found + [_upright(last)] * (len(times) - len(found))


@contextmanager
def _opened(path: Path, start: Fraction) -> Iterator[Any]:
    """Open a file at the key frame at or before ``start`` seconds.

    Raises ``UnreadableMedia`` for every error inside.
    """
    try:
        with late.av.open(str(path.absolute()), options={"protocol_whitelist": "file"}) as container:
            if start > 0:
                container.seek(int(start * 1_000_000), backward=True)
            yield container
    except late.av.FFmpegError as cause:
        raise UnreadableMedia(code="file_unreadable", file=path.name, last_words=str(cause)) from cause


def _upright(frame: Any) -> late.Image.Image:
    picture: late.Image.Image = frame.to_image()
    return picture.rotate(int(frame.rotation), expand=True) if frame.rotation else picture
