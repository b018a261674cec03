"""The house format: the one format in which pictures are encoded here, so that every segment joins every other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput, ReelwrightError, WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import BT709, HOUSE_MARK, HOUSE_TAG, Probe, probe
from reelwright.media.base.work import Report
from reelwright.media.checks.frame_stats import StatsRecorder, store_stats
from reelwright.reel.film.encoding_options import DEFAULT_ENCODING, EncodingOptions

TAG_FILTERS: Final = (
    "setsar=1,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709:chroma_location=left"
    ":field_mode=prog"
)
"""Filters that end every graph. Since ffmpeg 9 a frame's own properties win over the output's flags; any that differ
between two segments would give them two sets of decoder parameters."""
FROM_RGB: Final = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
REORDER: Final = 2
"""Frames by which decoding runs ahead of showing: two B-frames (craft.md 7.1), one of them a reference."""


def build_video_args(
    size: tuple[int, int], fps: tuple[int, int], encoding: EncodingOptions = DEFAULT_ENCODING
) -> list[str]:
    """Build the output arguments for ``size`` pixels (even) at ``fps``:
    H.264 High, yuv420p, closed GOPs of two seconds, BT.709.

    One thread: the same input gives the same frames on every machine, and there is a hand for every core.
    """
    if size[0] % 2 or size[1] % 2 or min(size) < 2:
        raise BadInput("size", list(size), "even numbers of pixels")
    gop = round(2 * Fraction(*fps))
    return [
        *("-c:v", "libx264", "-preset", encoding.preset, "-crf", str(encoding.crf), "-threads", "1"),
        *("-bf", str(REORDER), "-profile:v", "high"),
        *("-pix_fmt", "yuv420p", "-g", str(gop), "-flags", "+cgop", "-x264-params", "open-gop=0:stitchable=1"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"),
        *("-r", f"{fps[0]}/{fps[1]}", "-fps_mode", "cfr", "-video_track_timescale", str(compute_timescale(fps))),
    ]


def compute_timescale(fps: tuple[int, int]) -> int:
    """Return a timescale, in ticks per second, in which one frame is a whole number of ticks."""
    return fps[0] * 512 if fps[1] == 1 else fps[0]


def compute_house_digest(
    size: tuple[int, int], fps: tuple[int, int], encoding: EncodingOptions = DEFAULT_ENCODING
) -> str:
    """Compute the digest that names the house format at this size and rate, with these options, by this very ffmpeg."""
    description = "\n".join([*build_video_args(size, fps, encoding), ffmpeg.read_build(ffmpeg.find_program())])
    return hashlib.sha256(description.encode()).hexdigest()[:32]


def build_house_args(size: tuple[int, int], fps: tuple[int, int], encoding: EncodingOptions) -> list[str]:
    """Build ``build_video_args`` and the house mark for an mp4 without sound, reproducible to the byte."""
    mark = f"{HOUSE_TAG}={HOUSE_MARK}{compute_house_digest(size, fps, encoding)}"
    return [
        *("-an", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
        *build_video_args(size, fps, encoding),
        *("-metadata", mark, "-fflags", "+bitexact", "-f", "mp4"),
    ]


def check_house(path: Path, size: tuple[int, int], fps: tuple[int, int], frames: int) -> Probe:
    """Check that a file is in the house format and exactly ``frames`` long, and return its probe.

    Raises ``WrongResult``.
    """
    found = probe(path)
    seen = {
        "frames": found.frames,
        "size": (found.width, found.height),
        "rate": found.fps,
        "duration": found.duration,
        "start": found.start,
        "steady": found.has_steady_rate,
        "pixels": (found.pix_fmt, found.sar, found.rotation),
        "color": (found.color, found.is_full_range),
    }
    rate = Fraction(*fps)
    wanted = {
        "frames": frames,
        "size": size,
        "rate": rate,
        "duration": frames / rate,
        "start": Fraction(0),
        "steady": True,
        "pixels": ("yuv420p", Fraction(1), 0),
        "color": (BT709, False),
    }
    if frames == 1:  # a container cannot say the rate of a single frame
        seen.pop("rate"), wanted.pop("rate")
    wrong = [f"{name} is {seen[name]}, wanted {wanted[name]}" for name in wanted if seen[name] != wanted[name]]
    if wrong:
        raise WrongResult(code="format_wrong", file=path.name, faults=wrong)
    return found


class _Writing:
    """The parts that every house file has in common:
    the end of its graph, its arguments, and the check when it is written.
    """

    def __init__(
        self, path: Path, size: tuple[int, int], fps: tuple[int, int], frames: int, encoding: EncodingOptions
    ) -> None:
        if frames < 1:
            raise WrongResult(code="frames_not_ordered", file=path.name, frames=frames)
        self.path, self.size, self.fps, self.frames, self.encoding = path, size, fps, frames, encoding
        self.watching = StatsRecorder(size, path.with_suffix(".seen"))

    def ending(self) -> str:
        """Return the end of a graph whose last chain has come to yuv420p at the right size and rate."""
        return f"trim=end_frame={self.frames},{TAG_FILTERS},split[v][w];{self.watching.build_graph('w')}"

    def args(self) -> list[str]:
        house = build_house_args(self.size, self.fps, self.encoding)
        made = ["-map", "[v]", "-frames:v", str(self.frames), *house, ffmpeg.build_output(self.path)]
        return [*made, *self.watching.build_args()]

    def check(self) -> None:
        check_house(self.path, self.size, self.fps, self.frames)
        store_stats(self.path, self.watching, self.frames)

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self.watching.drop()


def encode(
    inputs: Sequence[str],
    graph: str,
    path: Path,
    size: tuple[int, int],
    fps: tuple[int, int],
    frames: int,
    report: Report | None = None,
    encoding: EncodingOptions = DEFAULT_ENCODING,
) -> None:
    """Run the filter ``graph`` over the ffmpeg ``inputs`` into a file of ``frames`` frames in the house format.

    The last chain of ``graph`` is open, at yuv420p, ``size`` and ``fps``. Raises ``WrongResult`` for another number of
    frames; nothing is left behind when it fails.
    """
    writing = _Writing(path, size, fps, frames, encoding)
    try:
        args = [*inputs, "-filter_complex", f"{graph},{writing.ending()}", *writing.args()]
        ffmpeg.run(args, report=report, frames=frames, cwd=path.parent)
        writing.check()
    except ReelwrightError:
        writing.drop()
        raise


class FrameEncoder(AbstractContextManager["FrameEncoder"]):
    """An encoder that takes BGRA frames and writes a file in the house format;
    exactly ``frames`` of them, or ``WrongResult``.

    Raises ``MediaError`` with ffmpeg's last words as soon as ffmpeg is gone; a partial file is then removed.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        fps: tuple[int, int],
        frames: int,
        report: Report | None = None,
        encoding: EncodingOptions = DEFAULT_ENCODING,
    ) -> None:
        self._writing = _Writing(path, size, fps, frames, encoding)
        self._bytes, self._given = size[0] * size[1] * 4, 0
        shape = ("-s", f"{size[0]}x{size[1]}", "-framerate", f"{fps[0]}/{fps[1]}")
        args = [*("-f", "rawvideo", "-pix_fmt", "bgr0", *shape, "-i", "pipe:0")]
        args += ["-filter_complex", f"[0:v]{FROM_RGB},{self._writing.ending()}", *self._writing.args()]
        self._pipe = ffmpeg.open_pipe(args, frames=frames, report=report, cwd=path.parent)

    def __enter__(self) -> FrameEncoder:
        self._pipe.__enter__()
        return self

    def write(self, bgra: bytes | memoryview) -> None:
        """Write one whole frame: rows from the top, four bytes a pixel, alpha ignored."""
        if memoryview(bgra).nbytes != self._bytes:
            name = self._writing.path.name
            raise WrongResult(code="frame_wrong", file=name, found=len(bgra), wanted=self._bytes)
        self._given += 1
        if self._given <= self._writing.frames:
            self._pipe.write(bgra)

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        done = False
        try:
            self._pipe.__exit__(kind, *rest)
            if kind is None:
                self._check()
                done = True
        finally:
            if not done:
                self._writing.drop()

    def _check(self) -> None:
        name, wanted = self._writing.path.name, self._writing.frames
        if self._given != wanted:
            raise WrongResult(code="frames_wrong", file=name, found=self._given, wanted=wanted)
        self._writing.check()
