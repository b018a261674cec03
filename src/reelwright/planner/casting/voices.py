"""Voice lines: who says them, how long a beat may become by them before anybody has spoken, and what is said anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.catalogue.limits import check
from reelwright.catalogue.model import Model
from reelwright.catalogue.models import model
from reelwright.planner.casting.requests import at_length, needed_ms, voice_request
from reelwright.planner.counting import said_seconds
from reelwright.planner.tables import tones
from reelwright.reel.breakdown import VIDEO_MODES
from reelwright.reel.fit import fit
from reelwright.reel.plan import Beat, Line, Own, Plan
from reelwright.units import Frames, seconds_to_frames

LONGEST: Final = Fraction(108, 100)
"""A line may take so much longer than is counted. Source: DESIGN.md 2, read 2026-11-20."""


def voiced(plan: Plan, row: Model, voice: str) -> Plan:
    """Every line spoken by ``voice``, which may be anything that the model's provider knows by that name."""
    beats = tuple(
        replace(
            beat,
            lines=tuple(
                replace(line, request=voice_request(line.text, row, voice, plan.language)) for line in beat.lines
            ),
        )
        for beat in plan.beats
    )
    return replace(plan, beats=beats)


def longest(plan: Plan) -> Mapping[str, int]:
    """Frames by which each beat grows at most, by its id, once its lines are spoken."""
    pace = tones()[plan.tone].pace if plan.tone in tones() else 100
    said: dict[str, Frames] = {}
    for _, line in plan.lines():
        if line.request and line.spoken is None:
            seconds = said_seconds(line.text, plan.language, pace) * LONGEST
            said[line.id] = Frames(seconds_to_frames(seconds, plan.fps) + 1)
    grown = fit(plan, said)
    return {was.id: int(now.length - was.length) for was, now in zip(plan.beats, grown.beats, strict=True)}


def said_anew(plan: Plan, before: Plan) -> Plan:
    """The voice asked again for lines whose words are not those of ``before``. A take that may have to be longer for
    them waits, and is quoted at the longest.

    Raises ``BadInput`` where the voice's model does not take the words. Never spends.
    """
    old = {line.id: line.text for _, line in before.lines()}
    new = {line.id for _, line in plan.lines() if line.request and line.text != old.get(line.id)}
    if not new:
        return plan

    def anew(line: Line) -> Line:
        if line.id not in new or line.request is None:
            return line
        request = replace(line.request, prompt=line.text)
        check(request)
        return replace(line, request=request, spoken=None)

    beats = [replace(beat, lines=tuple(anew(line) for line in beat.lines)) for beat in plan.beats]
    plan = replace(plan, beats=tuple(beats))
    grown = longest(plan)
    touched = {beat.id for beat in plan.beats if any(line.id in new for line in beat.lines)}
    waiting = [_waiting(plan, beat, grown.get(beat.id, 0)) if beat.id in touched else beat for beat in plan.beats]
    return replace(plan, beats=tuple(waiting))


def _waiting(plan: Plan, beat: Beat, spare: int) -> Beat:
    """The beat, its last take as long as its words may need it; it waits where that makes a difference."""
    *others, last = beat.shots
    if isinstance(last.source, Own) or last.source.mode not in VIDEO_MODES:
        return beat
    row = model(last.source.model)
    if not row.seconds:
        return beat
    least, most = (at_length(last.source, row, needed_ms(plan, last, frames)) for frames in (0, spare))
    return replace(beat, shots=(*others, replace(last, source=most, waits=least.ms != most.ms)))
