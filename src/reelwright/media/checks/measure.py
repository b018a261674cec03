"""The checks on a finished film: black, frozen, empty, flashing, silent, clipped, off-loudness. Findings name shots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np

from reelwright.errors import MediaError
from reelwright.media.base import ffmpeg
from reelwright.media.checks.flashing import MOST, find_flashing
from reelwright.media.checks.frame_stats import FrameStats
from reelwright.reason import Reason, build_reason
from reelwright.reel.film.loudness_target import WEB_DBTP, WEB_LUFS
from reelwright.units import convert_seconds_to_frames

Finding = dict[str, Any]
"""``{"check", "shot", "reason"}``; ``shot`` is None for a finding about the whole film, ``reason`` is JSON."""

_BLACK_LEVEL: Final = 3350
"""16 + 8 % of the luma range, in hundredths of a level. Source: reference/media.md 9."""
_STAGED_BLACK_S: Final = Fraction(4, 10)
"""Longest black in drawn shots: the eight frames before a reveal. A longer one, or one in a clip, is a finding."""
_STILL_LEVEL: Final = 30
"""Mean change from frame to frame, in hundredths of a level: below it lies the noise of an encoder."""
_STILL_DRIFT: Final = 2
"""Levels by which no field of the grid may have moved away since a standstill began: a slow push moves some at once,
and a leader's hand its own, where the mean of the picture hardly changes."""
_UNIFORM_LEVEL: Final = 8
_UNIFORM_SHARE: Final = 0.08
"""A frame is nearly uniform where fewer of its fields than this part differ from their median by more than that level.
One word at a tenth of the frame's height marks about as many; the least that a staging draws, 0.18 (measured on
all stagings in six scripts and three aspects)."""
_EMPTY_S: Final = Fraction(3, 2)
_CUT_LEVEL: Final = 2500
_BLACK_S: Final = Fraction(3, 10)
_STILL_S: Final = Fraction(8, 10)
_SILENT_S: Final = Fraction(7, 10)
_LUFS_ROOM_MILLI: Final = 500
WEB_LEVELS: Final = (WEB_LUFS * 1000, WEB_DBTP * 1000)
"""Loudness and highest true peak, in thousandths, where no preset says otherwise."""
_NOTHING_LUFS_MILLI: Final = -60_000
_SHORTEST_GATED_S: Final = Fraction(3)
"""Below this, integrated loudness rests on too few blocks to be held against a film."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The measured sound of a film: loudness in thousandths of LUFS and dBTP,
    None where there is too little to measure; ``silences`` in seconds.
    """

    lufs_milli: int | None
    dbtp_milli: int | None
    clipped_samples: int
    silences: tuple[tuple[Fraction, Fraction], ...]


def listen(path: Path, seconds: Fraction) -> Sound:
    """Decode the sound of ``path`` once and measure it. ``seconds``: its length; a silence may last until then."""
    graph = (
        f"silencedetect=n=-50dB:d={float(_SILENT_S)},ebur128=peak=true:framelog=quiet,"
        "astats=measure_perchannel=none:measure_overall=Peak_count+Peak_level"
    )
    log = ffmpeg.run([*ffmpeg.build_input(path), "-map", "0:a:0", "-af", graph, "-f", "null", "-"])
    lufs, peak = _last(r"I:\s+(-?[\d.]+) LUFS", log), _last(r"Peak:\s+(-?[\d.]+|-inf) dBFS", log)
    if lufs is None:
        raise MediaError(code="loudness_not_measured", file=path.name, last_words=log)
    level = _last(r"Peak level dB: (-?[\d.]+)", log)
    count = _last(r"Peak count: ([\d.]+)", log)
    return Sound(
        lufs_milli=lufs if lufs > -70_000 else None,
        dbtp_milli=peak,
        clipped_samples=(count or 0) // 1000 if level is not None and level >= 0 else 0,
        silences=tuple(_silences(log, seconds)),
    )


def list_findings(
    stats: FrameStats, sound: Sound, shots: Sequence[Mapping[str, Any]], fps: tuple[int, int],
    *, is_silent: bool = False, levels: tuple[int, int] = WEB_LEVELS,
) -> list[Finding]:  # fmt: skip
    """List every fault in a film's picture and sound, by check: black, frozen, empty, flashing, silent, level.

    ``is_silent``: nothing is to be heard. ``levels``: the loudness and the highest true peak that are wanted, in
    thousandths of LUFS and dBTP. ``shots``: ``{"shot", "start", "length"}``, with ``holds`` where its words
    are drawn, and ``drawn`` where our own hands move a picture over it, or hold it.
    """
    frozen = list(_frozen(stats, shots, fps))
    frozen_shots = {finding["shot"] for finding in frozen}
    return [
        *_black(stats, shots, fps),
        *frozen,
        *(finding for finding in _empty(stats, shots, fps) if finding["shot"] not in frozen_shots),
        *_flashing(stats, shots, fps),
        *([] if is_silent else _silent(sound, shots, fps)),
        *_levels(sound, len(stats) / Fraction(*fps), *levels),
    ]


def find_cuts(stats: FrameStats) -> list[int]:
    """Find the frames at which the picture is another than before: a change far above its neighbours'."""
    found = []
    for at in range(1, len(stats)):
        around = sorted(stats.change[max(1, at - 4) : at + 5])
        if stats.change[at] > _CUT_LEVEL and stats.change[at] > 4 * around[len(around) // 2]:
            found.append(at)
    return found


def _black(seen: FrameStats, shots: Sequence[Mapping[str, Any]], fps: tuple[int, int]) -> Iterator[Finding]:
    """Yield black stretches; a shot whose words are drawn may be empty for a moment."""
    holds, staged = _held(len(seen), shots, "holds"), convert_seconds_to_frames(_STAGED_BLACK_S, fps)
    for start, length in _runs([peak < _BLACK_LEVEL for peak in seen.peak], convert_seconds_to_frames(_BLACK_S, fps)):
        if length > staged or not all(holds[start : start + length]):
            yield _finding("black", start, length, shots, fps)


def _frozen(seen: FrameStats, shots: Sequence[Mapping[str, Any]], fps: tuple[int, int]) -> Iterator[Finding]:
    """Yield footage in which nothing moves.

    What we draw may hold; black is reported as black and not also as frozen.
    """
    holds = _held(len(seen), shots, "holds", "drawn")
    still = [
        change < _STILL_LEVEL and not held and peak >= _BLACK_LEVEL
        for change, held, peak in zip(seen.change, holds, seen.peak, strict=True)
    ]
    least = convert_seconds_to_frames(_STILL_S, fps)
    for start, length in _runs(still, least):
        for begin, stood in _standstills(seen, start, length, least):
            yield _finding("frozen", begin, stood, shots, fps)


def _empty(seen: FrameStats, shots: Sequence[Mapping[str, Any]], fps: tuple[int, int]) -> Iterator[Finding]:
    """Yield frames that stand and show next to nothing, in footage and in what we draw.

    Grain over them changes nothing.

    A held picture is what the plan asks for, and black is reported as black.
    """
    held = _held(len(seen), shots, "drawn")
    bare = [
        uniform and not own and peak >= _BLACK_LEVEL
        for uniform, own, peak in zip(_uniform(seen.grid), held, seen.peak, strict=True)
    ]
    least = convert_seconds_to_frames(_EMPTY_S, fps) + 1
    for start, length in _runs(bare, least):
        for begin, stood in _standstills(seen, start, length, least):
            yield _finding("empty", begin, stood, shots, fps)


def _uniform(grid: np.ndarray) -> list[bool]:
    """Return for each frame whether nearly all of its fields have one colour."""
    fields = grid.reshape(len(grid), -1, 3).astype(np.int16)
    apart = np.abs(fields - np.median(fields, axis=1, keepdims=True)).max(axis=2) > _UNIFORM_LEVEL
    return [bool(share < _UNIFORM_SHARE) for share in apart.mean(axis=1)]


def _standstills(seen: FrameStats, start: int, length: int, least: int) -> Iterator[tuple[int, int]]:
    """Yield the first frame and length of every ``least`` frames or more in which no
    field drifts away from where it was.
    """
    fields = seen.grid[start : start + length].astype(np.int16)
    begin = 0
    while begin + least <= length:
        drift = np.abs(fields[begin:] - fields[begin]).reshape(length - begin, -1).max(axis=1)
        moved = np.flatnonzero(drift > _STILL_DRIFT)
        stood = int(moved[0]) if moved.size else length - begin
        if stood >= least:
            yield start + begin, stood
            begin += stood
        else:
            begin += 1


def _flashing(seen: FrameStats, shots: Sequence[Mapping[str, Any]], fps: tuple[int, int]) -> Iterator[Finding]:
    """Yield a finding for each shot that flashes, with the second in which it begins."""
    named: set[str | None] = set()
    rate = Fraction(*fps)
    for found in find_flashing(seen.grid, fps):
        shot = find_shot(shots, found.middle)
        if shot not in named:
            named.add(shot)
            reason = build_reason(
                "flashes_red" if found.is_red else "flashes", flashes=found.flashes, at_s=float(found.start / rate),
                area=float(found.area), most=MOST,
            )  # fmt: skip
            yield {"check": "flash", "shot": shot, "reason": reason.to_json()}


def _held(frames: int, shots: Sequence[Mapping[str, Any]], *names: str) -> list[bool]:
    """Return for each frame whether its shot has one of the flags ``names`` in the plan."""
    holds = [False] * frames
    for shot in shots:
        if any(shot.get(name) for name in names):
            for at in range(int(shot["start"]), min(frames, int(shot["start"]) + int(shot["length"]))):
                holds[at] = True
    return holds


def _silent(sound: Sound, shots: Sequence[Mapping[str, Any]], fps: tuple[int, int]) -> Iterator[Finding]:
    if sound.lufs_milli is None or sound.lufs_milli < _NOTHING_LUFS_MILLI:
        yield {"check": "silent", "shot": None, "reason": Reason("film_silent").to_json()}
        return
    for start, end in sound.silences:
        at, length = convert_seconds_to_frames(start, fps), convert_seconds_to_frames(end - start, fps)
        yield _finding("silent", at, length, shots, fps)


def _levels(sound: Sound, seconds: Fraction, lufs_milli: int, dbtp_milli: int) -> Iterator[Finding]:
    if sound.clipped_samples:
        reason = build_reason("sound_clipped", samples=sound.clipped_samples)
        yield {"check": "clipped", "shot": None, "reason": reason.to_json()}
    if sound.lufs_milli is None or sound.lufs_milli < _NOTHING_LUFS_MILLI:
        return
    if seconds >= _SHORTEST_GATED_S and abs(sound.lufs_milli - lufs_milli) > _LUFS_ROOM_MILLI:
        reason = build_reason("loudness_wrong", lufs=sound.lufs_milli / 1000, wanted=lufs_milli / 1000)
        yield {"check": "loudness", "shot": None, "reason": reason.to_json()}
    if sound.dbtp_milli is not None and sound.dbtp_milli > dbtp_milli:
        reason = build_reason("peak_too_high", dbtp=sound.dbtp_milli / 1000, wanted=dbtp_milli / 1000)
        yield {"check": "peak", "shot": None, "reason": reason.to_json()}


def _finding(check: str, start: int, length: int, shots: Sequence[Mapping[str, Any]], fps: tuple[int, int]) -> Finding:
    seconds, at = float(Fraction(length) / Fraction(*fps)), float(Fraction(start) / Fraction(*fps))
    reason = build_reason("stands_out", check=check, seconds=seconds, at_s=at)
    return {"check": check, "shot": find_shot(shots, start), "reason": reason.to_json()}


def find_shot(shots: Sequence[Mapping[str, Any]], frame: int) -> str | None:
    """Return the id of the shot whose window holds ``frame``, or None."""
    for shot in shots:
        if int(shot["start"]) <= frame < int(shot["start"]) + int(shot["length"]):
            return str(shot["shot"])
    return None


def _runs(marked: Sequence[bool], least: int) -> Iterator[tuple[int, int]]:
    """Yield the first frame and length of each run of True that is at least ``least`` long."""
    at = 0
    for value, group in groupby(marked):
        length = len(list(group))
        if value and length >= least:
            yield at, length
        at += length


def _last(pattern: str, log: str) -> int | None:
    """Return the last number that matches, in thousandths; minus infinity counts as -120."""
    found = re.findall(pattern, log)
    if not found:
        return None
    return -120_000 if found[-1] == "-inf" else round(float(found[-1]) * 1000)


def _silences(log: str, seconds: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield start and end of each silence; silencedetect prints no end when the film ends first."""
    starts = [max(Fraction(0), Fraction(text)) for text in re.findall(r"silence_start: (-?[\d.]+)", log)]
    ends = [Fraction(text) for text in re.findall(r"silence_end: ([\d.]+)", log)]
    for at, start in enumerate(starts):
        yield start, ends[at] if at < len(ends) else seconds
