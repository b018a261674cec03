"""Describes a colour in words, as people and models say it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final, TypeVar

from reelwright.media.drawing.colour import to_oklch
from reelwright.media.looks.registry import load_look
from reelwright.planner.match import read_film_settings
from reelwright.reel.film.plan import Plan, Shot, map_shots
from reelwright.reel.graph.request import Request

T = TypeVar("T")

_HUES: Final = (
    (20, "pink-red"), (45, "red"), (70, "orange"), (115, "yellow"), (135, "lime green"), (165, "green"),
    (200, "teal"), (258, "blue"), (285, "deep blue"), (320, "violet"), (350, "magenta"), (361, "pink-red"),
)  # fmt: skip
"""Upper ends of OKLCH hues in degrees."""
_NAMES: Final = "|".join([*(name for _, name in _HUES), "white", "black", "grey"])
_DESCRIBED: Final = re.compile(rf"(?:(?:pale|deep) )?(?:{_NAMES}) \(#[0-9A-Fa-f]{{6}}\)")
"""A colour as ``describe_accent`` writes it."""
_MAX_GREY_CHROMA: Final = 0.04


def describe_accent(look: str, accent: str) -> str:
    """Describe the film's colour in words with its code: ``yellow (#FFE600)``. ``accent`` empty: the look's own."""
    colour = accent or load_look(look).palette.accent
    light, chroma, hue = to_oklch(colour)
    if chroma < _MAX_GREY_CHROMA:
        return f"{'white' if light > 0.85 else 'black' if light < 0.25 else 'grey'} ({colour})"
    degrees = hue * 57.29577951308232 % 360
    name = next(name for end, name in _HUES if degrees < end)
    return f"{'pale ' if light > 0.85 and chroma < 0.12 else 'deep ' if light < 0.45 else ''}{name} ({colour})"


def keep_told_accent(plan: Plan, before: Plan | None) -> Plan:
    """Return the plan whose AI models are told the accent as ``before``, where it is that of the film's own look.

    A changed file of a look is drawn again and buys nothing: to a model the colour is a hint. A take whose request
    differs otherwise gets the new one.
    """
    if before is None or not plan.own_look or plan.look != before.look:
        return plan
    if read_film_settings(plan).accent != read_film_settings(before).accent:
        return plan
    earlier = {shot.id: shot for shot in before.shots}

    def keep(request: T, was: Any) -> T:
        return was if _differs_in_accent_alone(request, was) else request

    def keep_in_shot(shot: Shot) -> Shot:
        was = earlier.get(shot.id)
        return replace(shot, source=keep(shot.source, was.source), still=keep(shot.still, was.still)) if was else shot

    return map_shots(plan, keep_in_shot)


def _differs_in_accent_alone(request: object, was: object) -> bool:
    if not isinstance(request, Request) or not isinstance(was, Request):
        return False
    bare, bare_was = (replace(one, prompt=_DESCRIBED.sub("", one.prompt)) for one in (request, was))
    return bare == bare_was
