"""The probe measures what a media file really holds: it counts packets and never believes a header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright import late_libraries as late
from reelwright.errors import UnreadableMedia

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

HOUSE_TAG: Final = "comment"
HOUSE_MARK: Final = "reelwright-house:"
BT709: Final = (1, 1, 1)
"""Primaries, transfer, matrix. Source: ITU-T H.273, tables 2 to 4."""
PQ: Final = 16
HLG: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """The first audio stream of a file.

    ``rate`` in Hz; ``samples`` per channel that a player plays (priming left out); ``start`` in seconds.
    """

    codec: str
    rate: int
    channels: int
    samples: int
    start: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The measured facts of a media file.

    ``width`` and ``height`` as coded, before ``rotation`` (degrees, anticlockwise, to be applied when shown).

    ``frames``: packets that are there and shown. ``duration`` and ``start`` in seconds, exact; ``lag``: by how much the
    picture starts later than its container. ``raster``: a moment, in seconds after the container starts, from which the
    frames keep their even distance: ``lag``, but where the first frame alone lasts longer. ``has_steady_rate``: every
    frame lasts as long as the next. ``color``: (primaries, transfer, matrix) as in H.273, 2 where the file names none.
    ``index`` of its stream. ``house``: digest of the house format if the file says that it is in it. ``missing``:
    seconds that are announced and not there.
    """

    format: str
    index: int
    codec: str
    width: int
    height: int
    fps: Fraction
    frames: int
    duration: Fraction
    start: Fraction
    lag: Fraction
    raster: Fraction
    has_steady_rate: bool
    rotation: int
    sar: Fraction
    pix_fmt: str
    color: tuple[int, int, int]
    is_full_range: bool
    is_interlaced: bool
    has_alpha: bool
    extradata: bytes
    streams: int
    missing: Fraction
    audio: Audio | None = None
    house: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as shown: square pixels, rotated."""
        width = round(self.width * self.sar)
        return (self.height, width) if self.rotation % 180 else (width, self.height)

    @property
    def is_hdr(self) -> bool:
        return self.color[1] in (PQ, HLG)


def probe(path: Path, *, demuxer: str | None = None) -> Probe:
    """Open ``path`` (by ``demuxer`` when it came from outside), count its packets and decode its first frame.

    A file that has not changed is opened once by each process. Raises ``UnreadableMedia`` when it cannot be opened,
    has no video or no frame.
    """
    try:
        state = path.stat()
    except OSError as cause:
        raise UnreadableMedia(code="file_unreadable", file=path.name, last_words=cause.strerror or "") from cause
    return _probe(path, demuxer, (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))


@lru_cache(maxsize=64)
def _probe(path: Path, demuxer: str | None, state: tuple[int, ...]) -> Probe:
    """Probe a file, remembered by its ``state``: another file under the same name is another file."""
    try:
        with late.av.open(str(path.absolute()), format=demuxer, options={"protocol_whitelist": "file"}) as container:
            return _video(container, path.name)
    except (late.av.FFmpegError, OSError) as cause:
        raise UnreadableMedia(code="file_unreadable", file=path.name, last_words=_reason(cause)) from cause


def _reason(cause: Exception) -> str:
    """Return the reason of an error, without the library's number and without a path of this machine."""
    return getattr(cause, "strerror", None) or str(cause)


def probe_sound(path: Path) -> Audio:
    """Probe the first audio stream. Raises ``UnreadableMedia`` when there is none."""
    try:
        with late.av.open(str(path.absolute()), options={"protocol_whitelist": "file"}) as container:
            found = _audio(container)
    except (late.av.FFmpegError, OSError) as cause:
        raise UnreadableMedia(code="file_unreadable", file=path.name, last_words=_reason(cause)) from cause
    if found is None:
        raise UnreadableMedia(code="file_without_sound", file=path.name)
    return found


def _video(container: InputContainer, name: str) -> Probe:
    pictures = [s for s in container.streams.video if not s.disposition & s.disposition.attached_pic]
    if not pictures:
        raise UnreadableMedia(code="file_without_video", file=name)
    stream = pictures[0]
    spans = [
        (p.pts, p.duration or 0) for p in container.demux(stream) if p.size and p.pts is not None and not p.is_discard
    ]
    if not spans:
        raise UnreadableMedia(code="file_without_frames", file=name)
    base = Fraction(stream.time_base or 1)
    begin, end, steady = _timing(spans)
    opened = Fraction(container.start_time or 0, 1_000_000)
    frame = _first_frame(container, stream.index, name)
    codec, rate = stream.codec_context, stream.average_rate or stream.base_rate or 0
    comment = container.metadata.get(HOUSE_TAG, "")
    return Probe(
        format=container.format.name,
        index=stream.index,
        codec=codec.name,
        width=codec.width,
        height=codec.height,
        fps=Fraction(rate),
        frames=len(spans),
        duration=(end - begin) * base,
        start=begin * base,
        lag=begin * base - opened,
        raster=(begin if steady else _find_raster(spans)) * base - opened,
        has_steady_rate=steady,
        rotation=int(frame.rotation) % 360,
        sar=Fraction(stream.sample_aspect_ratio or 1) or Fraction(1),
        pix_fmt=codec.pix_fmt or frame.format.name,
        color=(int(codec.color_primaries), int(codec.color_trc), int(codec.colorspace)),
        is_full_range=int(codec.color_range) == 2,
        is_interlaced=bool(frame.interlaced_frame),
        has_alpha=stream.metadata.get("alpha_mode") == "1" or _has_alpha(codec.pix_fmt or ""),
        extradata=bytes(codec.extradata or b""),
        streams=len(container.streams),
        missing=_missing(container, stream, begin * base, end * base),
        audio=_audio(container),
        house=comment.removeprefix(HOUSE_MARK) if comment.startswith(HOUSE_MARK) else None,
        tags=dict(container.metadata),
    )


def _has_alpha(pixels: str) -> bool:
    return pixels.startswith(("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16", "pal8"))


def _timing(spans: list[tuple[int, int]]) -> tuple[int, int, bool]:
    """Return the first and last moment in ticks,
    and whether the frames are evenly spaced (a tick of rounding aside).
    """
    spans = sorted(spans)
    gaps = Counter(b[0] - a[0] for a, b in pairwise(spans))
    steady = not gaps or max(gaps) - min(gaps) <= 1
    last = spans[-1][1] or (gaps.most_common(1)[0][0] if gaps else 0)
    return spans[0][0], spans[-1][0] + last, steady


def _find_raster(spans: list[tuple[int, int]]) -> Fraction:
    """Return the moment in ticks nearest to the first frame from which all later ones lie at an even distance.

    Fragmented files are often written so: the priming of the sound moves all frames but the first, which fills the gap.
    """
    first, *later = sorted(pts for pts, _ in spans)
    gaps = [b - a for a, b in pairwise(later)]
    if not gaps or max(gaps) - min(gaps) > 1:
        return Fraction(first)
    period = Fraction(sum(gaps), len(gaps))
    return later[0] - round((later[0] - first) / period) * period


def _missing(container: InputContainer, stream: VideoStream, begin: Fraction, end: Fraction) -> Fraction:
    """Return the seconds that an index announces but a truncated file does not have.

    Only what every track lacks is truncation.
    """
    if stream.duration is not None and stream.time_base is not None:
        announced = stream.duration * stream.time_base
        lacking = announced - (end - max(begin, Fraction(0)))
    elif len(container.streams) == 1 and container.duration:
        lacking = Fraction(container.duration, 1_000_000) - end
    else:
        return Fraction(0)
    frame = 1 / Fraction(stream.average_rate or 25)
    return lacking if lacking > 2 * frame else Fraction(0)


def _first_frame(container: InputContainer, index: int, name: str) -> Any:
    container.seek(0)
    for frame in container.decode(container.streams[index]):
        return frame
    words = "its first frame cannot be decoded"
    raise UnreadableMedia(code="file_unreadable", file=name, last_words=words)


def _audio(container: InputContainer) -> Audio | None:
    if not container.streams.audio:
        return None
    stream = container.streams.audio[0]
    container.seek(0)
    base = Fraction(stream.time_base or 1)
    spans = [(p.pts, p.duration or 0) for p in container.demux(stream) if p.size and p.pts is not None]
    if not spans:
        return None
    begin = max(Fraction(0), min(spans)[0] * base)
    end = max(pts + length for pts, length in spans) * base
    return Audio(
        codec=stream.codec_context.name,
        rate=stream.rate,
        channels=stream.channels,
        samples=round((end - begin) * stream.rate),
        start=begin,
    )
