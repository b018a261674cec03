"""The house format: the one way in which picture is encoded here, so that every segment joins every other."""

from __future__ import annotations

import hashlib
import os
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput, WrongResult
from reelwright.media import ffmpeg
from reelwright.media.probe import BT709, HOUSE_MARK, HOUSE_TAG, Probe, probe
from reelwright.media.work import Report

_SPEEDS: Final = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")
TAGGED: Final = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
"""Ends every graph: since ffmpeg 9 a frame's own properties win over the output's flags (reference/media.md 4)."""
FROM_RGB: Final = f"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,{TAGGED}"


def video_args(size: tuple[int, int], fps: tuple[int, int]) -> list[str]:
    """Output arguments for ``size`` pixels (even) at ``fps``: H.264 High, yuv420p, closed GOPs of two seconds, BT.709.

    Speed and quality come from ``REELWRIGHT_PRESET`` (veryfast) and ``REELWRIGHT_CRF`` (20). The number of threads is
    fixed: the same input gives the same frames on every machine.
    """
    if size[0] % 2 or size[1] % 2 or min(size) < 2:
        raise BadInput("size", list(size), "even numbers of pixels")
    speed, quality = _speed(), _quality()
    gop = round(2 * Fraction(*fps))
    return [
        *("-c:v", "libx264", "-preset", speed, "-crf", quality, "-threads", "2", "-profile:v", "high"),
        *("-pix_fmt", "yuv420p", "-g", str(gop), "-flags", "+cgop", "-x264-params", "open-gop=0:stitchable=1"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"),
        *("-r", f"{fps[0]}/{fps[1]}", "-fps_mode", "cfr", "-video_track_timescale", str(timescale(fps))),
    ]


def timescale(fps: tuple[int, int]) -> int:
    """Ticks per second in which one frame is a whole number."""
    return fps[0] * 512 if fps[1] == 1 else fps[0]


def house_digest(size: tuple[int, int], fps: tuple[int, int]) -> str:
    """Names the house format at this size and rate, written by this very ffmpeg."""
    said = "\n".join([*video_args(size, fps), ffmpeg.edition(ffmpeg.program())])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def house_args(size: tuple[int, int], fps: tuple[int, int]) -> list[str]:
    """``video_args`` and the mark that says so, for an mp4 without sound, reproducible to the byte."""
    mark = f"{HOUSE_TAG}={HOUSE_MARK}{house_digest(size, fps)}"
    return [
        *("-an", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
        *video_args(size, fps),
        *("-metadata", mark, "-fflags", "+bitexact", "-f", "mp4"),
    ]


def check_house(path: Path, size: tuple[int, int], fps: tuple[int, int], frames: int) -> Probe:
    """The probe of a file that must be in the house format and exactly ``frames`` long. Raises ``WrongResult``."""
    found = probe(path)
    seen = {
        "frames": found.frames,
        "size": (found.width, found.height),
        "rate": found.fps,
        "duration": found.duration,
        "start": found.start,
        "steady": found.steady,
        "pixels": (found.pix_fmt, found.sar, found.rotation),
        "color": (found.color, found.full_range),
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
        raise WrongResult(f"{path.name}: {'; '.join(wrong)}")
    return found


class FrameEncoder(AbstractContextManager["FrameEncoder"]):
    """BGRA frames in, a file in the house format out; exactly ``frames`` of them, or ``WrongResult``.

    Raises ``MediaError`` with ffmpeg's last words as soon as ffmpeg is gone; a partial file is then removed.
    """

    def __init__(
        self, path: Path, size: tuple[int, int], fps: tuple[int, int], frames: int, report: Report | None = None
    ) -> None:
        if frames < 1:
            raise WrongResult(f"{path.name}: asked for {frames} frames")
        self._path, self._size, self._fps, self._frames = path, size, fps, frames
        self._bytes, self._given = size[0] * size[1] * 4, 0
        shape = ("-s", f"{size[0]}x{size[1]}", "-framerate", f"{fps[0]}/{fps[1]}")
        args = [*("-f", "rawvideo", "-pix_fmt", "bgr0", *shape, "-i", "pipe:0", "-vf", FROM_RGB)]
        args += [*house_args(size, fps), ffmpeg.target(path)]
        self._pipe = ffmpeg.pipe(args, frames=frames, report=report)

    def __enter__(self) -> FrameEncoder:
        self._pipe.__enter__()
        return self

    def write(self, bgra: bytes | memoryview) -> None:
        """One whole frame: rows from the top, four bytes a pixel, alpha ignored."""
        if len(bgra) != self._bytes and memoryview(bgra).nbytes != self._bytes:
            raise WrongResult(f"{self._path.name}: a frame of {len(bgra)} bytes, wanted {self._bytes}")
        self._given += 1
        self._pipe.write(bgra)

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        done = False
        try:
            self._pipe.__exit__(kind, *rest)
            if kind is None:
                if self._given != self._frames:
                    raise WrongResult(f"{self._path.name}: {self._given} frames were drawn, wanted {self._frames}")
                check_house(self._path, self._size, self._fps, self._frames)
                done = True
        finally:
            if not done:
                self._path.unlink(missing_ok=True)


def _speed() -> str:
    speed = os.environ.get("REELWRIGHT_PRESET") or "veryfast"
    if speed not in _SPEEDS:
        raise BadInput("preset", speed, ", ".join(_SPEEDS))
    return speed


def _quality() -> str:
    quality = os.environ.get("REELWRIGHT_CRF") or "20"
    if not quality.isdigit() or not 0 <= int(quality) <= 51:
        raise BadInput("crf", quality, "a whole number from 0 to 51")
    return quality
