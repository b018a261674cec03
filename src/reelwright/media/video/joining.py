"""Segments are joined to one picture without encoding:
a list of our own names, a stream copy, and proof that nothing was lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwright import late_libraries as late
from reelwright.errors import MediaError, WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import probe_sound
from reelwright.media.video.encoding import REORDER, compute_timescale

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A segment under a name of our own.

    ``packets``: sha256 of each of its encoded frames; ``parameters``: the setup of a decoder.
    """

    path: Path
    packets: tuple[bytes, ...]
    parameters: bytes


def gather(segments: Sequence[Path], room: Path, size: Pair) -> list[Segment]:
    """Read the encoded frames of every segment once, and put links to the segments into ``room``.

    Raises ``WrongResult`` for a segment with other decoder parameters than the first: one stream has one set of them,
    and the encoder and its options stand in the fingerprint of every segment.
    """
    gathered = []
    for index, path in enumerate(segments):
        own = room / f"s{index:04d}.mp4"
        own.symlink_to(path.absolute())
        gathered.append(_read(own, size))
    for number, one in enumerate(gathered, 1):
        if one.parameters != gathered[0].parameters:
            raise WrongResult(code="segments_differ", number=number)
    return gathered


def join(segments: Sequence[Path], mix: Path, metadata: Path, film: Path, fps: Pair) -> None:
    """Write ``film``: the pictures of all segments one after another, every frame on the grid, and the mix beside them.

    Nothing is encoded but a mix that is not AAC yet.
    """
    listing = film.parent / "segments.ffconcat"
    listing.write_text("ffconcat version 1.0\n" + "".join(f"file {path.name}\n" for path in segments), "ascii")
    tick = compute_timescale(fps) * fps[1] // fps[0]
    snap = f"setts=pts=round(PTS/{tick})*{tick}:dts=(N-{REORDER})*{tick}:duration={tick}"
    args = [
        *ffmpeg.build_input(listing, "-safe", "1", "-auto_convert", "0", demuxer="concat"),
        *ffmpeg.build_input(mix),
    ]
    args += [
        *ffmpeg.build_input(metadata, demuxer="ffmetadata"),
        "-map",
        "0:v:0",
        "-map",
        "1:a:0",
        "-map_metadata",
        "2",
    ]
    args += ["-c:v", "copy", "-bsf:v", snap, *_sound(mix), "-video_track_timescale", str(compute_timescale(fps))]
    args += [
        "-fflags",
        "+bitexact",
        "-movflags",
        "+faststart+negative_cts_offsets",
        "-f",
        "mp4",
        ffmpeg.build_output(film),
    ]
    ffmpeg.run(args)


def check_join(film: Path, segments: Sequence[Segment], size: Pair) -> None:
    """Check that every encoded frame of the segments is in the film, in order, to the byte. Raises ``WrongResult``."""
    if _read(film, size).packets != tuple(packet for segment in segments for packet in segment.packets):
        raise WrongResult(code="join_wrong", file=film.name)


def _read(path: Path, size: Pair) -> Segment:
    try:
        with late.av.open(str(path), options={"protocol_whitelist": "file"}) as container:
            stream = container.streams.video[0]
            codec = stream.codec_context
            packets = tuple(hashlib.sha256(memoryview(p)).digest() for p in container.demux(stream) if p.size)
            shape, parameters = (codec.width, codec.height, codec.pix_fmt), bytes(codec.extradata or b"")
    except (late.av.FFmpegError, IndexError) as cause:
        raise MediaError(code="file_unreadable", file=path.name, last_words=str(cause)) from cause
    if shape != (*size, "yuv420p"):
        faults = [f"shape is {shape}, wanted {(*size, 'yuv420p')}"]
        raise WrongResult(code="format_wrong", file=path.name, faults=faults)
    return Segment(path=path, packets=packets, parameters=parameters)


def _sound(mix: Path) -> list[str]:
    sound = probe_sound(mix)
    if (sound.codec, sound.rate, sound.channels) == ("aac", 48_000, 2):
        return ["-c:a", "copy"]
    return ["-c:a", "aac", "-b:a", "192k", "-ar", "48000", "-ac", "2"]
