"""Voice lines: who says them, and how long a beat may become by them before anybody has spoken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.catalogue.models import Model
from reelwright.planner.casting.requests import voice_request
from reelwright.planner.counting import said_seconds
from reelwright.planner.tables import tones
from reelwright.reel.fit import fit
from reelwright.reel.plan import Plan
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
