"""What becomes of a shot that nobody makes: its rounds let go, or itself drawn, where a person chose so beforehand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from reelwright.reel.breakdown import take_key
from reelwright.reel.choices import Choices, again
from reelwright.reel.graph import Graph
from reelwright.reel.noun import StepKey
from reelwright.reel.operation import Standing
from reelwright.reel.plan import Plan, each_shot
from reelwright.reel.wanted import known


def without_refused_rounds(standing: Standing, graph: Graph, stuck: Collection[StepKey]) -> Choices | None:
    """The choices without rounds that were refused of steps that have a take all the same. None: there are none."""
    found = known(graph, standing.choices, standing.had, standing.gone)
    had = {found[key].fingerprint for key in stuck if key in found and found[key].chosen}
    kept = tuple(ask for ask in standing.choices.asks if ask.of not in had or again(ask) in standing.had)
    return replace(standing.choices, asks=kept) if kept != standing.choices.asks else None


def drawn_for(plan: Plan, stuck: Collection[StepKey]) -> Plan | None:
    """The plan with its stuck shots drawn on this machine. None where it is none of the shots, or all of them.

    What continued a stuck shot opens by itself then.
    """
    from reelwright.planner.casting.cast import taken
    from reelwright.planner.casting.recast import drawn_instead, unchained

    made = taken(plan)
    lost = {shot.id for shot in made if take_key(shot.id) in stuck}
    if not lost or len(lost) == len(made) > 1:
        return None
    drawn = each_shot(plan, lambda shot: drawn_instead(plan, shot) if shot.id in lost else unchained(plan, shot, lost))
    return replace(drawn, author="rules")
