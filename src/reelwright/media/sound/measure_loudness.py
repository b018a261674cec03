"""Loudness and true peak of a file, as ffmpeg's ebur128 measures them (ITU-R BS.1770-4, EBU R 128)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwright.errors import WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.sound.dsp import RATE

SILENT_LUFS = -69.9
"""ebur128 says -70 where nothing passes its gate: silence, or less than one block of 400 ms."""
_INTEGRATED = re.compile(r"Integrated loudness:\s+I:\s+(-?[\d.]+|nan) LUFS")
_PEAK = re.compile(r"True peak:\s+Peak:\s+(-?[\d.]+|-?inf|nan) dBFS")


@dataclass(frozen=True, slots=True)
class Loudness:
    """Measured loudness: ``lufs`` integrated and ``dbtp`` true peak;
    None where there is nothing to hear, or where it was not measured.
    """

    lufs: float | None
    dbtp: float | None


def measure(path: Path, *raw: str, peak: bool = True) -> Loudness:
    """Measure the loudness and, unless ``peak`` is False, the true peak of a sound file, by ffmpeg.

    ``raw``: the input options of a file without a header. Without the peak: half the time. Raises ``MediaError``.
    """
    graph = "ebur128=peak=true:framelog=quiet" if peak else "ebur128=framelog=quiet"
    log = ffmpeg.run([*ffmpeg.build_input(path, *raw), "-map", "0:a:0", "-af", graph, "-f", "null", "-"])
    return parse_loudness(log, peak=peak)


def parse_loudness(log: str, *, peak: bool = True) -> Loudness:
    """Parse the summary that ebur128 prints last.

    Raises ``WrongResult`` when a wanted value is not there exactly once.
    """
    lufs = _only(_INTEGRATED, log)
    dbtp = _only(_PEAK, log) if peak else None
    return Loudness(
        lufs if np.isfinite(lufs) and lufs > SILENT_LUFS else None,
        dbtp if dbtp is not None and np.isfinite(dbtp) and dbtp > -120 else None,
    )


def _only(pattern: re.Pattern[str], log: str) -> float:
    found: list[str] = pattern.findall(log)
    if len(found) != 1:
        raise WrongResult(code="loudness_not_measured", last_words=log)
    return float(found[0])


RAW = ("-f", "f32le", "-ar", str(RATE), "-ch_layout", "stereo")
"""Input options of the headerless files that tracks pass through on their way to ffmpeg."""


def keep_raw(path: Path, track: np.ndarray) -> Path:
    """Write (2, n) float32 into ``path`` as interleaved little-endian floats without a header, and return ``path``."""
    np.ascontiguousarray(track.T, dtype="<f4").tofile(path)
    return path
