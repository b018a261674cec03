"""Beats and lines of a script that a comment gives to a model or a voice of their own."""

from __future__ import annotations

from dataclasses import replace

from reelwright.planner.casting.keeping import cast_for
from reelwright.planner.casting.requests import voice_request
from reelwright.planner.casting.terms import voice_of
from reelwright.planner.flavors import Flavor
from reelwright.planner.screens.film import Filmed
from reelwright.reel.brief import Brief
from reelwright.reel.plan import Beat, Line, Plan


def cast_of(filmed: Filmed, brief: Brief, chosen: Flavor) -> tuple[Plan, tuple[str, ...]]:
    """The plan cast as brief and flavor ask, and as the comments of its script do; what is to be known of it.

    A budget chooses among the models of the brief only: what a comment names is taken. Raises ``BadInput``. Never
    spends.
    """
    made = cast_for(filmed.plan, brief, chosen)
    beats = list(made.plan.beats)
    said = list(made.said)
    for index, beat in enumerate(filmed.plan.beats):
        if model := filmed.models.get(beat.id):
            alone = replace(filmed.plan, beats=(beat,), bed=None)
            own = cast_for(alone, replace(brief, models=(model,), max_price=None, music=None), chosen)
            beats[index] = replace(own.plan.beats[0], lines=beats[index].lines)
            said += [one for one in own.said if one not in said]
    beats = [_voiced(beat, filmed, made.plan.language) for beat in beats]
    return replace(made.plan, beats=tuple(beats)), tuple(said)


def _voiced(beat: Beat, filmed: Filmed, language: str) -> Beat:
    def said(line: Line) -> Line:
        if line.id not in filmed.voices:
            return line
        row, voice = voice_of(filmed.voices[line.id])
        return replace(line, request=voice_request(line.text, row, voice, language))

    return replace(beat, lines=tuple(said(line) for line in beat.lines))
