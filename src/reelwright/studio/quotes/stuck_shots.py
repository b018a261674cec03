"""Ways on for stuck shots: drop their refused rounds, or draw the shots, if a person chose that beforehand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from reelwright.reel.base.value import StepKey
from reelwright.reel.film.breakdown import make_take_key
from reelwright.reel.film.plan import Plan, map_shots
from reelwright.reel.graph.choices import Choices, compute_round_fingerprint
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.reel.records.operation import Standing
from reelwright.studio import late_modules as late


def drop_refused_rounds(standing: Standing, graph: Graph, stuck: Collection[StepKey]) -> Choices | None:
    """Return the choices without retakes that a provider refused for shots that have a take; None if there are none.

    ``stuck``: the steps that cannot go on.
    """
    found = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    had = {found[key].fingerprint for key in stuck if key in found and found[key].asset}
    kept = tuple(
        ask
        for ask in standing.choices.retakes
        if ask.fingerprint not in had or compute_round_fingerprint(ask) in standing.outcomes
    )
    return replace(standing.choices, retakes=kept) if kept != standing.choices.retakes else None


def draw_stuck_shots(plan: Plan, stuck: Collection[StepKey]) -> Plan | None:
    """Return the plan with its stuck shots drawn on this machine; None if no shot is stuck, or all of several are.

    A shot that continued a stuck shot then no longer continues it.
    """
    made = late.cast.list_model_shots(plan)
    lost = {shot.id for shot in made if make_take_key(shot.id) in stuck}
    if not lost or len(lost) == len(made) > 1:
        return None
    drawn = map_shots(
        plan,
        lambda shot: (
            late.recast.draw_instead(plan, shot) if shot.id in lost else late.recast.detach_shot(plan, shot, lost)
        ),
    )
    return replace(drawn, author="rules")
