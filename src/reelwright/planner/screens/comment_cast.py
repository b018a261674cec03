"""Casts beats and lines of a script that a comment gives to a model or a voice of their own."""

from __future__ import annotations

from dataclasses import replace

from reelwright.planner.casting.budget import cast_within_budget
from reelwright.planner.casting.requests import build_voice_request
from reelwright.planner.casting.terms import parse_voice
from reelwright.planner.flavors import Flavor
from reelwright.planner.screens.film import FilmedScript
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Beat, Line, Plan


def cast_script(film: FilmedScript, brief: Brief, flavor: Flavor) -> tuple[Plan, tuple[str, ...]]:
    """Cast the plan as brief and flavor ask, and as the comments of its script do. Also return messages for the person.

    A budget chooses among the models of the brief only: a model that a comment names is kept. Raises ``BadInput``.
    Never spends.
    """
    made = cast_within_budget(film.plan, brief, flavor)
    beats = list(made.plan.beats)
    messages = list(made.messages)
    for index, beat in enumerate(film.plan.beats):
        if model := film.models.get(beat.id):
            alone = replace(film.plan, beats=(beat,), bed=None)
            own = cast_within_budget(alone, replace(brief, models=(model,), max_price=None, music=None), flavor)
            beats[index] = replace(own.plan.beats[0], lines=beats[index].lines)
            messages += [one for one in own.messages if one not in messages]
    beats = [_set_voices(beat, film, made.plan.language) for beat in beats]
    return replace(made.plan, beats=tuple(beats)), tuple(messages)


def _set_voices(beat: Beat, filmed: FilmedScript, language: str) -> Beat:
    def said(line: Line) -> Line:
        if line.id not in filmed.voices:
            return line
        row, voice = parse_voice(filmed.voices[line.id])
        return replace(line, request=build_voice_request(line.text, row, voice, language))

    return replace(beat, lines=tuple(said(line) for line in beat.lines))
