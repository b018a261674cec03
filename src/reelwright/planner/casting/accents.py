"""Tells models the film's colour in words, and keeps what they were told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, TypeVar

from reelwright.media.drawing.colour import to_oklch
from reelwright.media.looks.registry import load_look
from reelwright.planner.casting.wording import has_titles
from reelwright.planner.match import read_film_settings
from reelwright.reel.film.plan import Plan, Shot, map_shots
from reelwright.reel.graph.request import Request

T = TypeVar("T")

_HUES: Final = (
    (20, "pink-red"), (45, "red"), (70, "orange"), (115, "yellow"), (135, "lime green"), (165, "green"),
    (200, "teal"), (258, "blue"), (285, "deep blue"), (320, "violet"), (350, "magenta"), (361, "pink-red"),
)  # fmt: skip
"""Upper ends of OKLCH hues in degrees."""
_MAX_GREY_CHROMA: Final = 0.04


def describe_accent(look: str, accent: str) -> str:
    """Describe the film's colour in words: ``deep green``. ``accent`` empty: the look's own.

    Its code is not told: models paint letters and figures of a prompt into the picture.
    """
    light, chroma, hue = to_oklch(accent or load_look(look).palette.accent)
    if chroma < _MAX_GREY_CHROMA:
        return "white" if light > 0.85 else "black" if light < 0.25 else "grey"
    degrees = hue * 57.29577951308232 % 360
    name = next(name for end, name in _HUES if degrees < end)
    return f"{'pale ' if light > 0.85 and chroma < 0.12 else 'deep ' if light < 0.45 else ''}{name}"


def keep_told_accent(plan: Plan, before: Plan | None) -> Plan:
    """Return the plan whose AI models are told the accent, and all else, in the words of ``before``, where the film
    asks for the same.

    Neither a changed file of a look nor a release that words its prompts better buys a take again: it takes a change of
    what is seen in the shot, of its model, its length or its pictures.
    """
    if before is None or plan.look != before.look:
        return plan
    if read_film_settings(plan).accent != read_film_settings(before).accent:
        return plan
    earlier = {shot.id: shot for shot in before.shots}

    def keep(shot: Shot) -> Shot:
        was = earlier.get(shot.id)
        if was is None or shot.prompt != was.prompt or has_titles(shot) != has_titles(was):
            return shot
        return replace(shot, source=_keep_words(shot.source, was.source), still=_keep_words(shot.still, was.still))

    return map_shots(plan, keep)


def _keep_words(request: T, was: Any) -> T:
    is_asked_alike = (
        isinstance(request, Request) and isinstance(was, Request) and replace(request, prompt=was.prompt) == was
    )
    return was if is_asked_alike else request
