"""Segments to one picture without encoding: a list of our own names, a stream copy, and proof that nothing was lost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from reelwright.errors import MediaError, WrongResult
from reelwright.media import ffmpeg
from reelwright.media.encoding import REORDER, encode, timescale
from reelwright.media.probe import Probe, probe

Pair = tuple[int, int]


def gather(segments: Sequence[Path], room: Path, size: Pair, fps: Pair) -> list[tuple[Path, Probe]]:
    """The segments under names of our own in ``room``, each with its probe.

    One stream has one set of decoder parameters. A segment that an older encoder wrote with others is encoded
    again, so that no player has to cope with two in one track.
    """
    gathered = []
    for index, path in enumerate(segments):
        own = room / f"s{index:04d}.mp4"
        own.symlink_to(path.absolute())
        gathered.append((own, _fitting(own, size)))
    usual = gathered[0][1].extradata
    return [
        (path, found) if found.extradata == usual else _again(path, found, room, size, fps) for path, found in gathered
    ]


def join(segments: Sequence[Path], mix: Path, metadata: Path, made: Path, fps: Pair) -> None:
    """Copy the pictures one after the other, every frame on the grid, and the mix beside them. Nothing is encoded
    but a mix that is not AAC yet."""
    listing = made.parent / "segments.ffconcat"
    listing.write_text("ffconcat version 1.0\n" + "".join(f"file {path.name}\n" for path in segments), "ascii")
    tick = timescale(fps) * fps[1] // fps[0]
    snap = f"setts=pts=round(PTS/{tick})*{tick}:dts=(N-{REORDER})*{tick}:duration={tick}"
    args = [*ffmpeg.source(listing, "-safe", "1", "-auto_convert", "0", demuxer="concat"), *ffmpeg.source(mix)]
    args += [*ffmpeg.source(metadata, demuxer="ffmetadata"), "-map", "0:v:0", "-map", "1:a:0", "-map_metadata", "2"]
    args += ["-c:v", "copy", "-bsf:v", snap, *_sound(mix), "-video_track_timescale", str(timescale(fps))]
    args += ["-fflags", "+bitexact", "-movflags", "+faststart+negative_cts_offsets", "-f", "mp4", ffmpeg.target(made)]
    ffmpeg.run(args)


def check_join(made: Path, segments: Sequence[Path]) -> None:
    """Every picture packet of the segments is in the film, in order, to the byte. Raises ``WrongResult``."""
    wanted = hashlib.sha256(b"".join(digest for path in segments for digest in _packets(path)))
    found = hashlib.sha256(b"".join(_packets(made)))
    if wanted.digest() != found.digest():
        raise WrongResult(f"{made.name} does not hold the frames of its segments")


def _fitting(path: Path, size: Pair) -> Probe:
    found = probe(path)
    if (found.width, found.height, found.pix_fmt) != (*size, "yuv420p"):
        raise WrongResult(f"segment {path.name} is {found.width}x{found.height} {found.pix_fmt}, wanted {size}")
    return found


def _again(path: Path, found: Probe, room: Path, size: Pair, fps: Pair) -> tuple[Path, Probe]:
    again = room / f"again-{path.name}"
    encode(ffmpeg.source(path), "[0:v:0]null", again, size, fps, found.frames)
    return again, probe(again)


def _sound(mix: Path) -> list[str]:
    from reelwright.media.probe import probe_sound

    sound = probe_sound(mix)
    if (sound.codec, sound.rate, sound.channels) == ("aac", 48_000, 2):
        return ["-c:a", "copy"]
    return ["-c:a", "aac", "-b:a", "192k", "-ar", "48000", "-ac", "2"]


def _packets(path: Path) -> Iterator[bytes]:
    import av

    try:
        with av.open(str(path)) as container:
            for packet in container.demux(container.streams.video[0]):
                if packet.size:
                    yield hashlib.sha256(bytes(packet)).digest()
    except av.FFmpegError as cause:
        raise MediaError(f"{path.name} cannot be read back", last_words=str(cause)) from cause
