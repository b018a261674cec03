"""Formats of a film: the same plan cut in further aspects, over every step that stays the same for them. Pure."""

from __future__ import annotations

from dataclasses import replace

from reelwright.reel.base.value import StepKey
from reelwright.reel.film.plan import Format, OwnFootage, Plan, Shot, map_shots
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.request import Input, Request
from reelwright.units import ASPECTS, find_nearest_aspect


def derive_format_plan(plan: Plan, shape: Format) -> Plan:
    """Return the plan of one format: what is drawn is drawn in its size, what is bought natively in its aspect.

    All other requests stay, and with them their takes; words, lengths, voice and music are those of the film.
    """

    def resize_request(request: Request) -> Request:
        if request.is_local:
            aspect = find_nearest_aspect(shape.size)
            return replace(request, aspect=aspect, extra={**request.extra, "size": list(shape.size)})
        if not shape.is_native or request.model not in shape.model_aspects:
            return request
        return replace(request, aspect=shape.model_aspects[request.model] or None)

    def resize_shot(shot: Shot) -> Shot:
        if isinstance(shot.source, OwnFootage):
            return shot
        still = resize_request(shot.still) if shot.still else None
        return replace(shot, source=resize_request(shot.source), still=still)

    return map_shots(replace(plan, size=shape.size, formats=()), resize_shot)


def add_format_steps(graph: Graph, other: Graph, shape: Format) -> Graph:
    """Return ``graph`` with the steps of ``other``, that of one format, which it does not have; these come last.

    A step that is the same for both is shared under its key, also where it is bought and not ``shape.is_native``.
    Every other one has the name of the format after its key: ``segment/s03/9x16``.
    """
    steps = dict(graph.steps)
    keys: dict[StepKey, StepKey] = {}

    def add(key: StepKey) -> StepKey:
        if key in keys:
            return keys[key]
        step = other.steps[key]
        is_bought = step.request is not None and not step.request.is_local
        if is_bought and not shape.is_native:
            keys[key] = key
            return key
        step = _rename_inputs(step, {needed: add(needed) for needed in step.prerequisites})
        keys[key] = key if graph.steps.get(key) == step else StepKey(f"{key}/{shape.name}")
        steps[keys[key]] = replace(step, key=keys[key])
        return keys[key]

    goal = tuple(add(key) for key in other.goal)
    return Graph(steps=steps, goal=tuple(dict.fromkeys((*graph.goal, *goal))))


def find_step_aspect(key: str) -> str:
    """Return the aspect of the format that a step is made for alone, such as ``9:16``; empty for one that all share."""
    aspect = key.rpartition("/")[2].replace("x", ":")
    return aspect if key.count("/") > 1 and aspect in ASPECTS else ""


def _rename_inputs(step: Step, keys: dict[StepKey, StepKey]) -> Step:
    def rename(needed: Input) -> Input:
        return replace(needed, of=keys[needed.of]) if needed.of else needed

    request = step.request and replace(step.request, inputs=tuple(map(rename, step.request.inputs)))
    after = tuple(keys[key] for key in step.after)
    return replace(step, request=request, needs=tuple(map(rename, step.needs)), after=after)
