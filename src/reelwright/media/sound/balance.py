"""The balance of the tracks and their sum: voices lead, and everything under them is lowered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from reelwright.media.sound.dsp import to_decibels, to_gain
from reelwright.media.sound.ducking import find_speech, make_ducking_curve
from reelwright.media.sound.measure_loudness import RAW, keep_raw, measure
from reelwright.media.sound.tracks import Track

STEM_LUFS = {"voice": -16.0, "keep": -18.0, "bed": -19.0, "duck": -30.0}
"""Craft.md 5.2, read 2026-11-20: the voice anchors, music alone may come to 3 LU below it, ambience 12 to 14 LU."""
MOST_DB = 18.0
UNDER_KEPT_DB = 6.0


def balance_tracks(tracks: Sequence[Track], count: int, room: Path) -> tuple[np.ndarray, list[dict[str, object]]]:
    """Sum the tracks as (2, count), and list what was done to each.

    A bed alone keeps its own level (the master sets it), whatever a person wants of it. Under a voice everything else
    goes down by nine decibels; a bed goes down by six under a take's own sound that is kept.
    """
    heard = [track for track in tracks if track.sound is not None and track.sound.size]
    alone = len({_stem(track) for track in heard}) < 2
    levels = {id(track): 0.0 if alone else _level(track, room) for track in heard}
    voice, kept = (_sum([t for t in heard if _stem(t) == stem], levels, count) for stem in ("voice", "keep"))
    under_voice = make_ducking_curve(count, find_speech(voice)) if voice is not None else None
    under_kept = (
        make_ducking_curve(count, find_speech(kept), UNDER_KEPT_DB)
        if kept is not None and under_voice is None
        else None
    )
    out = np.zeros((2, count), dtype=np.float32)
    for stem in ("voice", "keep", "duck", "bed"):
        part = voice if stem == "voice" else _sum([t for t in heard if _stem(t) == stem], levels, count)
        if part is None:
            continue
        if stem != "voice" and under_voice is not None:
            part = part * under_voice
        if stem == "bed" and under_kept is not None:
            part = part * under_kept
        out += part
    return out, [_said(track, levels, under_voice) for track in tracks]


def _stem(track: Track) -> str:
    return track.level if track.role == "sound" else track.role


def _level(track: Track, room: Path) -> float:
    """Return the decibels that bring a track to its stem's loudness, at most 18 either way; 0 if too short to measure.

    What a person wants of it beside that is added.
    """
    assert track.sound is not None
    path = keep_raw(room / "stem.f32", track.sound)
    lufs = measure(path, *RAW, peak=False).lufs
    path.unlink()
    usual = 0.0 if lufs is None else float(np.clip(STEM_LUFS[_stem(track)] - lufs, -MOST_DB, MOST_DB))
    return usual + track.louder_db


def _sum(tracks: Sequence[Track], levels: dict[int, float], count: int) -> np.ndarray | None:
    if not tracks:
        return None
    out = np.zeros((2, count), dtype=np.float32)
    for track in tracks:
        if track.sound is not None:
            room = out[:, track.at : track.at + track.sound.shape[1]]
            room += np.float32(to_gain(levels[id(track)])) * track.sound[:, : room.shape[1]]
    return out


def _said(track: Track, levels: dict[int, float], under_voice: np.ndarray | None) -> dict[str, object]:
    facts: dict[str, object] = {"role": track.role, "heard": id(track) in levels}
    if id(track) in levels:
        facts["gain_db_milli"] = round(levels[id(track)] * 1000)
        if under_voice is not None and track.role != "voice":
            facts["duck_db_milli"] = round(to_decibels(float(under_voice.min())) * 1000)
    return facts
