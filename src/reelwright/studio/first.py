"""The first plan and the first price of a brief: found without opening the home, so that nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput
from reelwright.reel.breakdown import breakdown
from reelwright.reel.brief import Brief, Goal, Material
from reelwright.reel.choices import Choices
from reelwright.reel.graph import Graph
from reelwright.reel.operation import Standing
from reelwright.reel.plan import Own, Plan, Shot
from reelwright.reel.request import Input
from reelwright.settings import Settings
from reelwright.studio.answers import Planned, Quoted, WithKey
from reelwright.studio.briefing import file_called
from reelwright.studio.home import hands_of, price
from reelwright.studio.quote import in_full, quote_of
from reelwright.studio.warned import refuse_retired
from reelwright.studio.words import opening, said_of
from reelwright.units import frames_to_ms

USUAL_SIDE: Final = Brief(text="").short_side
MARGIN_MS: Final = 50
"""A length in seconds and one in whole frames may differ by so much and be the same."""


def first_planned(brief: Brief) -> Planned:
    """The plan that the rules make of ``brief``, and what they understood. Deterministic; spends nothing.

    Raises ``BadInput``, also where it would show characters that no bundled face can draw.
    """
    from reelwright.planner.drawable import refuse_brief
    from reelwright.planner.rules import plan

    planned = plan(brief)
    refuse_brief(planned.plan, brief)
    said = (*said_of(brief), *planned.said)
    return Planned(plan=planned.plan, understood=planned.understood, said=said)


def given_plan(plan: Plan | Path | str | None, brief: Brief) -> Planned | None:
    """A plan of one's own, or the file that holds one, which may show the brief's materials; cast as the brief asks
    where no shot of it is cast yet, and opening on the brief's stills. Raises ``BadInput``, also where it names a model
    that is retired: what a person wrote is never written over.
    """
    if plan is None:
        return None
    from reelwright.planner.casting.cast import taken
    from reelwright.planner.casting.keeping import cast_for
    from reelwright.planner.casting.own_stills import with_stills

    found = _plan_of(plan, brief.materials)
    refuse_retired(found)
    _refuse_beside(found, brief)
    if taken(found):
        return Planned(plan=with_stills(found, brief.storyboard) if brief.storyboard else found, understood={})
    made_by = cast_for(found, brief)
    return Planned(plan=made_by.plan, understood={}, said=made_by.said)


def _refuse_beside(plan: Plan, brief: Brief) -> None:
    """Raise ``BadInput`` for what the brief asks of a planner and a plan of one's own says otherwise, or has not."""
    from reelwright.planner.match import aspect_of

    aspect = aspect_of(plan.size)
    seconds = f"{float(plan.seconds):g}"
    shown = {one.asset for shot in plan.shots for one in _assets(shot)} | {
        shot.source.asset for shot in plan.shots if isinstance(shot.source, Own)
    }
    unseen = next((material.name for material in brief.materials if material.asset not in shown), None)
    apart = brief.length_ms is not None and abs(brief.length_ms - frames_to_ms(plan.length, plan.fps)) > MARGIN_MS
    asked: dict[str, tuple[object, str]] = {
        "length": (f"{(brief.length_ms or 0) / 1000:g}" if apart else None, f"{seconds}, as the plan has it"),
        "aspect": (brief.aspect if brief.aspect != aspect else None, f"{aspect}, as the plan has it"),
        "short_side": (
            brief.short_side if brief.short_side not in (USUAL_SIDE, min(plan.size)) else None,
            f"{min(plan.size)}, as the plan has it",
        ),
        "language": (
            brief.language if brief.language != plan.language else None, f"{plan.language}, as the plan has it"
        ),
        "archetype": (brief.archetype or None, "nothing beside a plan, which has its own shape"),
        "planner": (brief.planner or None, "nothing beside a plan, which is written already"),
        "variation": (brief.variation or None, "nothing beside a plan: there is no other one"),
        "image": (unseen, "a picture or a clip that the plan shows, by its name"),
    }  # fmt: skip
    for name, (value, accepted) in asked.items():
        if value is not None:
            raise BadInput(name, value, accepted, hint="say it in the plan, or leave --plan out")


def _assets(shot: Shot) -> tuple[Input, ...]:
    return () if isinstance(shot.source, Own) else tuple(one for one in shot.source.inputs if one.asset)


def _plan_of(plan: Plan | Path | str, materials: Sequence[Material]) -> Plan:
    from reelwright.planner.read import checked_plan, read_plan

    if isinstance(plan, Plan):
        return checked_plan(plan, "plan")
    path = file_called("plan", plan)
    try:
        return read_plan(path.read_text(encoding="utf-8"), path.name, materials)
    except UnicodeDecodeError as cause:
        raise BadInput("plan", path.name, "text in UTF-8") from cause


def whole_way(brief: Brief, plan: Plan, goal: Goal, *, own_plan: bool) -> Graph:
    """All that a new project goes through: the words, but with a plan of one's own, and what ``plan`` needs."""
    words = Graph(steps={}, goal=()) if own_plan else opening(brief).graph
    rest = breakdown(plan, goal)
    return Graph(steps={**words.steps, **rest.steps}, goal=(*words.goal, *rest.goal))


def first_plan(brief: Brief, given: Planned | None) -> Planned:
    """The plan that was given, else the one that the rules make. Raises ``BadInput``."""
    if given is None:
        _refuse_unplanned(brief)
    return given or first_planned(brief)


def first_quote(
    settings: Settings, brief: Brief, goal: Goal, given: Planned | None, said: Sequence[str] = ()
) -> tuple[Plan, Quoted]:
    """Everything is wanted: the words where no plan was given, and all that the plan needs on the way to ``goal``.

    ``said``: what is known of the materials; what the planner decided for the person is added to it.
    """
    planned = first_plan(brief, given)
    graph = whole_way(brief, planned.plan, goal, own_plan=given is not None)
    keyed = () if brief.models not in ((), ("animatic",)) else with_a_key(planned.plan)
    standing = supposed(settings, brief, planned.plan)
    return planned.plan, quote_where(settings, standing, graph, (*said, *planned.said), keyed)


def _refuse_unplanned(brief: Brief) -> None:
    """Raise ``BadInput`` for stills of beats that a language model is yet to name."""
    if brief.planner and brief.storyboard:
        from reelwright.planner.casting.own_stills import FIELD, said

        still = said(brief.storyboard[0])
        hint = f"reelwright make BRIEF --planner {brief.planner} --until plan, then edit last --still {still}"
        accepted = f"a plan that is there: {brief.planner} is yet to say which beats it has"
        raise BadInput(FIELD, still, accepted, hint=hint)


def supposed(settings: Settings, brief: Brief, plan: Plan, choices: Choices | None = None, *, nth: int = 1) -> Standing:
    """Where a project of this brief and plan would stand, once it was opened."""
    return Standing(
        account=settings.account,
        project="",
        brief=brief,
        revision=0,
        plan=plan,
        choices=choices or Choices(),
        job=None,
        had={},
        gone=frozenset(),
        nth=nth,
    )


def quote_where(
    settings: Settings, standing: Standing, graph: Graph, said: Sequence[str] = (), with_key: tuple[WithKey, ...] = ()
) -> Quoted:
    """What ``graph`` wants where a project would stand, and its price."""
    quote = quote_of(standing, graph, price, hands_of(settings))
    full = in_full(standing, graph, quote, project=None, hands=hands_of(settings), with_key=with_key)
    return replace(full, said=(*said, *full.said))


def with_a_key(plan: Plan) -> tuple[WithKey, ...]:
    """The same film from each video model that one key opens and that makes its aspect, the cheapest first."""
    from reelwright.catalogue.film import film_prices
    from reelwright.catalogue.models import models

    if all(shot.written and not shot.prompt for shot in plan.shots):
        return ()  # words alone: no model has anything to make
    rows = [
        WithKey(model=name, provider=models()[name].provider, micros=found.micros, basis=found.basis)
        for name, found in film_prices(plan).items()
        if found.micros is not None
    ]
    return tuple(sorted(rows, key=lambda row: (row.micros, row.model)))
