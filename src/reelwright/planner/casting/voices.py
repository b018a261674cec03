"""Requests voice lines: sets who speaks, estimates how much longer beats become, and requests changed lines again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import get_sold_model
from reelwright.errors import BadInput
from reelwright.planner.casting.requests import build_voice_request, choose_voice, compute_needed_ms, fit_length
from reelwright.planner.counting import estimate_speech_seconds
from reelwright.planner.tables import load_tones
from reelwright.reel.film.breakdown import VIDEO_MODES
from reelwright.reel.film.fit import fit
from reelwright.reel.film.plan import Beat, Line, OwnFootage, Plan
from reelwright.reel.graph.request import Request
from reelwright.units import Frames, convert_seconds_to_frames

LENGTH_MARGIN: Final = Fraction(108, 100)
"""A line may take 8 % longer than estimated. Source: DESIGN.md 2, read 2026-11-20."""


def set_voice(plan: Plan, row: Model, voice: str) -> Plan:
    """Return the plan with every line spoken by ``voice``: any name that the model's provider knows."""
    beats = tuple(
        replace(
            beat,
            lines=tuple(
                replace(line, request=build_voice_request(line.text, row, voice, plan.language)) for line in beat.lines
            ),
        )
        for beat in plan.beats
    )
    return replace(plan, beats=beats)


def estimate_growth(plan: Plan) -> Mapping[str, int]:
    """Estimate the frames by which each beat grows at most, by its id, once its lines are spoken."""
    pace = load_tones()[plan.tone].pace if plan.tone in load_tones() else 100
    line_frames: dict[str, Frames] = {}
    for _, line in plan.list_lines():
        if line.request and line.spoken_length is None:
            seconds = estimate_speech_seconds(line.text, plan.language, pace) * LENGTH_MARGIN
            line_frames[line.id] = Frames(convert_seconds_to_frames(seconds, plan.fps) + 1)
    grown = fit(plan, line_frames)
    return {was.id: int(now.length - was.length) for was, now in zip(plan.beats, grown.beats, strict=True)}


def update_voice_requests(plan: Plan, before: Plan) -> Plan:
    """Return the plan with new voice requests for lines whose words are not those of ``before``.

    A take that may have to be longer for them waits, and is quoted at its longest. Raises ``BadInput`` if the voice's
    model does not take the words. Never spends.
    """
    old = {line.id: line.text for _, line in before.list_lines()}
    requests = {
        line.id: replace(line.request, prompt=line.text)
        for _, line in plan.list_lines()
        if line.request and line.text != old.get(line.id)
    }
    for request in requests.values():
        check_request(request)
    return _request_again(plan, requests)


def replace_voice(plan: Plan, row: Model, voice: str) -> Plan:
    """Return the plan whose spoken lines are spoken by ``voice`` of the model ``row``; lines that none speaks stay.
    ``voice`` empty: the model's own of the film's language.

    A take that may have to be longer for them waits, and is quoted at its longest. Raises ``BadInput`` for a film in
    which nothing is spoken.
    """
    now = {get_voice_name(line.request) for _, line in plan.list_lines() if line.request}
    if not now:
        raise BadInput("voice", f"{row.id}:{voice}", "a film with a line that a voice speaks")
    new = f"{row.id}:{choose_voice(row, voice, plan.language)}"
    origins = {old for old, there in plan.replaced_voices.items() if there in now}
    origins |= now - set(plan.replaced_voices.values())
    replaced = {**plan.replaced_voices, **dict.fromkeys(origins, new)}
    kept = {old: there for old, there in replaced.items() if old != there}
    return copy_voices(replace(plan, author="person"), kept | dict.fromkeys(now, new), kept)


def copy_voices(plan: Plan, voices: Mapping[str, str], replaced_voices: Mapping[str, str] | None = None) -> Plan:
    """Return the plan in which each voice of ``voices`` (``MODEL:voice``) is replaced by the one that it is given with.

    ``replaced_voices``: what the plan then remembers; None: ``voices``.
    """
    requests = {}
    for _, line in plan.list_lines():
        before = get_voice_name(line.request) if line.request else ""
        if line.request and voices.get(before, before) != before:
            model, _, voice = voices[before].partition(":")
            requests[line.id] = build_voice_request(line.text, get_sold_model(model), voice, plan.language)
    return replace(
        _request_again(plan, requests), replaced_voices=voices if replaced_voices is None else replaced_voices
    )


def get_voice_name(request: Request) -> str:
    """Return the voice of a line's request as a person names it: ``MODEL:voice``."""
    return f"{request.model}:{request.extra.get('voice', '')}"


def _request_again(plan: Plan, requests: Mapping[str, Request]) -> Plan:
    """Return the plan with new requests for lines, by the line's id, and with takes that may have to wait for them."""
    if not requests:
        return plan

    def change(line: Line) -> Line:
        if line.id not in requests:
            return line
        return replace(line, request=requests[line.id], spoken_length=None)

    beats = [replace(beat, lines=tuple(change(line) for line in beat.lines)) for beat in plan.beats]
    plan = replace(plan, beats=tuple(beats))
    grown = estimate_growth(plan)
    touched = {beat.id for beat in plan.beats if any(line.id in requests for line in beat.lines)}
    waiting = [
        _lengthen_last_take(plan, beat, grown.get(beat.id, 0)) if beat.id in touched else beat for beat in plan.beats
    ]
    return replace(plan, beats=tuple(waiting))


def _lengthen_last_take(plan: Plan, beat: Beat, spare: int) -> Beat:
    """Return the beat with its last take as long as its words may need. The take waits if its price depends on the
    words.
    """
    *others, last = beat.shots
    if isinstance(last.source, OwnFootage) or last.source.mode not in VIDEO_MODES:
        return beat
    row = get_sold_model(last.source.model)
    if not row.seconds:
        return beat
    least, most = (fit_length(last.source, row, compute_needed_ms(plan, last, frames)) for frames in (0, spare))
    return replace(beat, shots=(*others, replace(last, source=most, length_needs_voice=least.ms != most.ms)))
