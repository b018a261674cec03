"""Keeps the prompts that models were sent, where a film that is planned again asks for the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from reelwright.planner.casting.wording import has_titles
from reelwright.planner.match import read_film_settings
from reelwright.reel.film.plan import Plan, Shot, map_shots
from reelwright.reel.graph.request import Request

T = TypeVar("T")


def keep_prompts(plan: Plan, before: Plan | None) -> Plan:
    """Return the plan whose AI models get the prompts of ``before`` where the film asks for the same.

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
