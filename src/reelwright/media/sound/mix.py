"""The work ``mix`` makes one full-length mix, exactly as long as the film, at its loudness and below its true peak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.errors import BadInput, WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import probe_sound
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult
from reelwright.media.sound.balance import balance_tracks
from reelwright.media.sound.dsp import RATE, to_decibels, to_gain
from reelwright.media.sound.limit import limit
from reelwright.media.sound.measure_loudness import RAW, Loudness, keep_raw, measure
from reelwright.media.sound.tracks import Track, load_track, to_sample
from reelwright.reason import build_reason

HEADROOM_DB = 0.8
"""Room below the wanted true peak before AAC, which lifted peaks by 0.2 to 1.6 dB in our measurements."""
MOST_CORRECTIONS = 8
"""Encodings until the peak holds: each that is above it lowers the ceiling by what it is over, and a little more."""
AAC_LOSS_LU = 0.06
"""Mean loudness that twelve beds lost by AAC at 192 kbit/s."""
MOST_GAIN_DB = 24.0
MOST_ROUNDS = 6
LEAST_SLOPE = 0.2
"""A limiter that gives back less loudness than this for a decibel of gain has nothing more to give."""
NEAR_DB = 0.1
FAR_DB = 0.15


@dataclass(frozen=True, slots=True)
class Master:
    """A mix at its level: ``gain_db`` added, then limited to ``ceiling_db``; ``least``: the limiter's deepest gain."""

    track: np.ndarray
    gain_db: float
    ceiling_db: float
    least: float


def make_mix(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Make ``mix.m4a`` (AAC 192 kbit/s, 48 kHz stereo) and ``mix.flac``, exactly ``frames`` long at ``fps``.

    ``args`` as ``reel.breakdown`` writes them: ``tracks`` parallel to ``sources`` (at, length, start in frames; level
    keep or duck; fade of a bought bed), lufs_milli, dbtp_milli. A source without sound is silence, and the facts say
    so. Facts: lufs_milli and dbtp_milli of the AAC file (None for silence), samples, rate, gain_db_milli,
    limited_db_milli, tracks, and findings where music is missing at the end.
    Raises ``BadInput``, ``MediaError``; ``WrongResult`` when a file is not exactly as long as the film.
    """
    fps, count = _length(args)
    if len(args["tracks"]) != len(sources):
        raise BadInput("tracks", len(args["tracks"]), f"one for each of the {len(sources)} sources")
    tracks = [load_track(given, source, fps, room) for given, source in zip(args["tracks"], sources, strict=True)]
    summed, track_facts = balance_tracks(tracks, count, room)
    report(0.3)
    wanted = args["lufs_milli"] / 1000, args["dbtp_milli"] / 1000
    master = _mastered(summed, wanted[0] + AAC_LOSS_LU, wanted[1] - HEADROOM_DB, room)
    report(0.5)
    found = _encoded(master, room, count)
    for _ in range(MOST_CORRECTIONS):
        if (fixed := _corrected(summed, master, found, wanted)) is None:
            break
        master, found = fixed, _encoded(fixed, room, count)
    report(1.0)
    facts = {
        "lufs_milli": None if found.lufs is None else round(found.lufs * 1000),
        "dbtp_milli": None if found.dbtp is None else round(found.dbtp * 1000),
        "samples": count,
        "rate": RATE,
        "gain_db_milli": round(master.gain_db * 1000),
        "limited_db_milli": round(to_decibels(master.least) * 1000),
        "tracks": track_facts,
        **({"findings": findings} if (findings := _findings(tracks)) else {}),
    }
    files = (
        ResultFile(path=room / "mix.m4a", mime="audio/mp4", name="mix"),
        ResultFile(path=room / "mix.flac", mime="audio/flac", name="stem"),
    )
    return WorkResult(files=files, facts=facts)


def _findings(tracks: Sequence[Track]) -> list[dict[str, Any]]:
    reasons = [build_reason("music_too_short", lacks_s=track.lacks_s) for track in tracks if track.lacks_s]
    return [{"check": "music", "shot": None, "reason": reason.to_json()} for reason in reasons]


def _length(args: Mapping[str, Any]) -> tuple[tuple[int, int], int]:
    fps, frames = args.get("fps"), args.get("frames")
    if not isinstance(fps, list | tuple) or len(fps) != 2 or not all(isinstance(n, int) and n > 0 for n in fps):
        raise BadInput("fps", fps, "two whole numbers, such as [30, 1]")
    if not isinstance(frames, int) or isinstance(frames, bool) or frames < 1:
        raise BadInput("frames", frames, "a whole number of frames, 1 or more")
    return (fps[0], fps[1]), to_sample(frames, (fps[0], fps[1]))


def _mastered(summed: np.ndarray, lufs: float, peak: float, room: Path) -> Master:
    """Raise the gain and limit until the loudness is there:
    what the limiter takes is given back, by the slope last seen.

    A second of drum hits may need several rounds, music one.
    """
    before = _measured(summed, room).lufs
    if before is None:
        return _levelled(summed, 0.0, peak)
    gain_db, slope = 0.0, 1.0
    master = _levelled(summed, lufs - before, peak)
    for _ in range(MOST_ROUNDS):
        found = _measured(master.track, room).lufs
        if found is None or abs(lufs - found) < NEAR_DB or master.gain_db >= MOST_GAIN_DB:
            return master
        if abs(master.gain_db - gain_db) > NEAR_DB:
            slope = float(np.clip((found - before) / (master.gain_db - gain_db), LEAST_SLOPE, 1.0))
        gain_db, before = master.gain_db, found
        master = _levelled(summed, gain_db + (lufs - found) / slope, peak)
    return master


def _levelled(summed: np.ndarray, gain_db: float, peak: float) -> Master:
    added = float(np.clip(gain_db, -60.0, MOST_GAIN_DB))
    limited, least = limit(summed * np.float32(to_gain(added)), to_gain(peak))
    return Master(limited, added, peak, least)


def _measured(track_: np.ndarray, room: Path) -> Loudness:
    path = keep_raw(room / "master.f32", track_)
    found = measure(path, *RAW, peak=False)
    path.unlink()
    return found


def _corrected(summed: np.ndarray, master: Master, found: Loudness, wanted: tuple[float, float]) -> Master | None:
    """Correct the master where AAC moved it out of its limits; None where it is within them."""
    lufs, peak = wanted
    over = max(0.0, found.dbtp - peak) if found.dbtp is not None else 0.0
    away = lufs - found.lufs if found.lufs is not None and master.gain_db < MOST_GAIN_DB else 0.0
    if not over and abs(away) <= FAR_DB:
        return None
    ceiling = master.ceiling_db - (over + 0.15 if over else 0.0)
    return _levelled(summed, master.gain_db + (away if abs(away) > NEAR_DB else 0.0), ceiling)


def _encoded(master: Master, room: Path, count: int) -> Loudness:
    """Encode both files in one run and measure the AAC, decoded.

    The fast coder: at 192 kbit/s its error stood as far below the music as the other's, for 0.4 of the time.
    """
    raw = keep_raw(room / "master.f32", master.track)
    plain = ["-map", "0:a:0", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    aac = [
        *plain,
        "-c:a",
        "aac",
        "-aac_coder",
        "fast",
        "-b:a",
        "192k",
        "-f",
        "ipod",
        ffmpeg.build_output(room / "mix.m4a"),
    ]
    whole = ["-c:a", "flac", "-compression_level", "2", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"]
    ffmpeg.run(
        [*ffmpeg.build_input(raw, *RAW), *aac, *plain, *whole, "-f", "flac", ffmpeg.build_output(room / "mix.flac")]
    )
    raw.unlink()
    for name in ("mix.m4a", "mix.flac"):
        found = probe_sound(room / name)
        if (found.samples, found.rate, found.channels) != (count, RATE, 2):
            samples, rate = found.samples, found.rate
            raise WrongResult(code="samples_wrong", file=name, found=samples, rate=rate, wanted=count)
    return measure(room / "mix.m4a")
