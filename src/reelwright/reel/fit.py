"""Words first, then picture: give every shot the time its spoken lines need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from reelwright.reel.plan import Beat, Line, Plan, Timed
from reelwright.units import Frames, seconds_to_frames

TAIL_S = Fraction(1, 4)
"""Least air after a line, in seconds. Source: craft.md 3.2, read 2026-11-20."""


def fit(plan: Plan, said: Mapping[str, Frames], timed: Mapping[str, Timed] | None = None) -> Plan:
    """The plan with ``spoken`` set by line id and beats grown where a line would be cut; no word is ever cut.

    ``timed``: the words of a line in time, where its voice told them. A beat grows by its last shot. Requests are left
    alone: planner/match normalises them for the new lengths.
    """
    tail = seconds_to_frames(TAIL_S, plan.fps)
    beats: list[Beat] = []
    at = 0
    for beat in plan.beats:
        lines: list[Line] = []
        clear = 0
        for line in beat.lines:
            spoken = said.get(line.id, line.spoken)
            start = Frames(max(line.start, clear))
            room = Frames(max(line.room, spoken or 0))
            words = _timed(line, said, timed or {})
            lines.append(replace(line, start=start, spoken=spoken, room=room, timed=words))
            clear = start + (spoken or line.room) + tail
        short = max(0, clear - beat.length) if any(line.spoken for line in lines) else 0
        shots = beat.shots
        if short:
            shots = (*shots[:-1], replace(shots[-1], length=Frames(shots[-1].length + short)))
        length = Frames(beat.length + short)
        beats.append(replace(beat, start=Frames(at), length=length, shots=shots, lines=tuple(lines)))
        at += length
    return replace(plan, beats=tuple(beats))


def _timed(line: Line, said: Mapping[str, Frames], timed: Mapping[str, Timed]) -> Timed:
    """What the line's voice told; nothing where it tells nothing. A line that was fitted without stays as it was."""
    if line.id not in said:
        return line.timed
    was_without = line.spoken == said[line.id] and not line.timed
    return () if was_without else timed.get(line.id, ())
