"""Fits a plan to its spoken lines: every shot gets the time that they need. The voice comes before the picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from reelwright.reel.film.plan import Beat, Line, Plan, WordTimes
from reelwright.units import Frames, convert_seconds_to_frames

TAIL_S = Fraction(1, 4)
"""Least air after a line, in seconds. Source: craft.md 3.2, read 2026-11-20."""


def fit(plan: Plan, spoken_lengths: Mapping[str, Frames], word_times: Mapping[str, WordTimes] | None = None) -> Plan:
    """Return ``plan`` with the length of each spoken line, and with longer beats where a line would be cut off.

    ``spoken_lengths``: by line id. ``word_times``: by line id, where the voice reported them. A beat grows by its last
    shot. Requests stay as they are: the ``planner`` normalises them for the new lengths afterwards.
    """
    tail = convert_seconds_to_frames(TAIL_S, plan.fps)
    beats: list[Beat] = []
    at = 0
    for beat in plan.beats:
        lines: list[Line] = []
        clear = 0
        for line in beat.lines:
            spoken = spoken_lengths.get(line.id, line.spoken_length)
            start = Frames(max(line.start, clear))
            room = Frames(max(line.room, spoken or 0))
            words = _find_word_times(line, spoken_lengths, word_times or {})
            lines.append(replace(line, start=start, spoken_length=spoken, room=room, word_times=words))
            clear = start + (spoken or line.room) + tail
        short = max(0, clear - beat.length) if any(line.spoken_length for line in lines) else 0
        shots = beat.shots
        if short:
            shots = (*shots[:-1], replace(shots[-1], length=Frames(shots[-1].length + short)))
        length = Frames(beat.length + short)
        beats.append(replace(beat, start=Frames(at), length=length, shots=shots, lines=tuple(lines)))
        at += length
    return replace(plan, beats=tuple(beats))


def _find_word_times(
    line: Line, spoken_lengths: Mapping[str, Frames], word_times: Mapping[str, WordTimes]
) -> WordTimes:
    """Return the word times of ``line``; empty where its voice reports none.

    A line that was fitted to the same length without word times keeps none, so that its plan does not change.
    """
    if line.id not in spoken_lengths:
        return line.word_times
    was_without = line.spoken_length == spoken_lengths[line.id] and not line.word_times
    return () if was_without else word_times.get(line.id, ())
