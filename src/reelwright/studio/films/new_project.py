"""Plans and quotes a brief that has no project yet, without opening the home, so that nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from reelwright.catalogue.models import load_models
from reelwright.errors import BadInput
from reelwright.media.looks.own_look import is_own_look, parse_look
from reelwright.planner.presets import set_presets
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.brief import Brief, Goal, Material
from reelwright.reel.film.encoding_options import DEFAULT_ENCODING, EncodingOptions
from reelwright.reel.film.plan import OwnFootage, Plan, Shot, list_aspects
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.request import Input
from reelwright.reel.graph.wanted_steps import walk_graph
from reelwright.reel.records.operation import Standing
from reelwright.settings import Settings
from reelwright.studio import late_modules as late
from reelwright.studio.films.format_prices import add_framing_prices
from reelwright.studio.policy import LENGTH_MARGIN_MS, MAX_ESTIMATES_KEPT
from reelwright.studio.quotes.planning_steps import build_planning_steps, describe_planner
from reelwright.studio.quotes.quote import build_project_quote, compute_quote
from reelwright.studio.quotes.quote_warnings import refuse_retired
from reelwright.studio.results.results import PlanResult, PriceWithKey, ProjectQuote
from reelwright.studio.runtime.home import Home, count_hands, price_request
from reelwright.studio.scripts.briefing import find_file
from reelwright.studio.scripts.own_looks import resolve_look
from reelwright.studio.scripts.script_files import describe_draft
from reelwright.units import convert_frames_to_ms, find_nearest_aspect

USUAL_SIDE: Final = Brief(text="").short_side


def plan_by_rules(brief: Brief) -> PlanResult:
    """Make a plan of ``brief`` by built-in rules, without a model; the same brief gives the same plan. Free.

    Raises ``BadInput``, also if the film would show characters that no bundled font can draw.
    """
    planned = late.rules.plan(brief)
    late.drawable.refuse_brief(planned.plan, brief)
    notes = (*describe_planner(brief), *planned.messages)
    draft = planned.draft if planned.draft and planned.draft.lines and planned.facts else None
    return PlanResult(
        plan=planned.plan, interpretation=planned.interpretation, notes=notes,
        draft=describe_draft(planned.facts, draft, planned.script) if planned.facts and draft else None,
    )  # fmt: skip


async def estimate_plan(home: Home, standing: Standing) -> Plan:
    """Return the plan that the rules would make, to estimate steps and prices of a project without a plan. Cached.

    The home keeps it: between the quote and the director, which both need it, lie calls that have no use for it.
    """
    if (plan := home.rules_plans.get(standing.project)) is None:
        plan = (await asyncio.to_thread(plan_by_rules, standing.brief)).plan
        keep_estimate(home, standing.project, plan)
    return plan


def keep_estimate(home: Home, project: str, plan: Plan) -> None:
    """Put a plan by the rules into the cache of ``estimate_plan``, which holds those of the newest 200 projects."""
    while len(home.rules_plans) >= MAX_ESTIMATES_KEPT:  # in a server that runs for weeks
        home.rules_plans.pop(next(iter(home.rules_plans)))
    home.rules_plans[project] = plan


def read_given_plan(plan: Plan | Path | str | None, brief: Brief, looks: Path | None = None) -> PlanResult | None:
    """Check a person's own plan, or read it from a file, and choose models if it names none; None gives None.
    ``looks``: folder of the person's own looks.

    The plan may show the brief's materials. Models are chosen as the brief asks. Beats open on the brief's stills.
    Raises ``BadInput``, also for a retired model: what a person wrote is never replaced.
    """
    if plan is None:
        return None

    found = _read_plan(plan, brief.materials, looks)
    refuse_retired(found)
    _refuse_contradictions(found, brief)
    if late.cast.list_model_shots(found):
        found = late.own_stills.apply_stills(found, brief.storyboard) if brief.storyboard else found
        return PlanResult(plan=_with_formats(found, brief), interpretation={})
    made_by = late.budget.cast_within_budget(found, brief)
    return PlanResult(plan=_with_formats(made_by.plan, brief), interpretation={}, notes=made_by.messages)


def _with_formats(plan: Plan, brief: Brief) -> Plan:
    """Return the plan in the further formats, and for the presets, that the brief asks for; else with its own."""
    if not brief.presets:
        return late.resizing.set_formats(plan, brief.formats, is_native=brief.is_native) if brief.formats else plan
    own, *further = list_aspects(plan)
    wanted = [aspect for aspect in (brief.aspect, *brief.formats) if aspect and aspect != own]
    if any(aspect not in further for aspect in wanted):  # those of the presets are added; the plan keeps its own
        more = tuple(dict.fromkeys([*further, *wanted]))
        plan = late.resizing.set_formats(plan, more, is_native=brief.is_native)
    return set_presets(plan, brief.presets)


def _refuse_contradictions(plan: Plan, brief: Brief) -> None:
    """Raise ``BadInput`` for an option of the brief that contradicts the person's own plan, or has no effect on it."""
    aspect = find_nearest_aspect(plan.size)
    seconds = f"{float(plan.seconds):g}"
    shown = {one.asset for shot in plan.shots for one in _list_assets(shot)} | {
        shot.source.asset for shot in plan.shots if isinstance(shot.source, OwnFootage)
    }
    unseen = next((material.name for material in brief.materials if material.asset not in shown), None)
    apart = (
        brief.length_ms is not None
        and abs(brief.length_ms - convert_frames_to_ms(plan.length, plan.fps)) > LENGTH_MARGIN_MS
    )
    wanted = {brief.aspect, *brief.formats}
    is_in_plan = brief.aspect == aspect or (bool(brief.presets) and bool(wanted & set(list_aspects(plan))))
    options: dict[str, tuple[object, str]] = {
        "length": (f"{(brief.length_ms or 0) / 1000:g}" if apart else None, f"{seconds}, as the plan has it"),
        "aspect": (None if is_in_plan else brief.aspect, f"{aspect}, as the plan has it"),
        "short_side": (
            brief.short_side if brief.short_side not in (USUAL_SIDE, min(plan.size)) else None,
            f"{min(plan.size)}, as the plan has it",
        ),
        "language": (
            brief.language if brief.language != plan.language else None, f"{plan.language}, as the plan has it"
        ),
        "archetype": (brief.archetype or None, "nothing beside a plan, which has its own shape"),
        "planner": (brief.planner or None, "nothing beside a plan, which is written already"),
        "look": (brief.look if brief.look not in ("", plan.look) else None, f"{plan.look}, as the plan has it"),
        "accent": (brief.accent or None, "nothing beside a plan, which has its own colour"),
        "logo": (brief.logo.name if brief.logo else None, "nothing beside a plan, whose pictures are settled"),
        "font": (brief.font.name if brief.font else None, "nothing beside a plan, whose type is settled"),
        "end_card": (brief.end_card or None, "nothing beside a plan, which has its own words"),
        "variation": (brief.variation or None, "nothing beside a plan: there is no other one"),
        "image": (unseen, "a picture or a clip that the plan shows, by its name"),
    }  # fmt: skip
    for name, (value, accepted) in options.items():
        if value is not None:
            raise BadInput(name, value, accepted, hint="say it in the plan, or leave the plan out")


def _list_assets(shot: Shot) -> tuple[Input, ...]:
    return () if isinstance(shot.source, OwnFootage) else tuple(one for one in shot.source.inputs if one.asset)


def _find_look(name: str, folder: Path | None, field: str) -> str:
    look = resolve_look(name, folder, field)
    if is_own_look(look) and "font" in parse_look(look):
        raise BadInput(field, name, "a look without a font file; give the font by an edit of the film's look")
    return look


def _read_plan(plan: Plan | Path | str, materials: Sequence[Material], looks: Path | None) -> Plan:
    if isinstance(plan, Plan):
        return late.plan_reader.validate_plan(plan, "plan")
    path = find_file("plan", plan)
    try:
        find_look = partial(_find_look, folder=looks, field=f"{path.name}.look")
        return late.plan_reader.read_plan(path.read_text(encoding="utf-8"), path.name, materials, find_look)
    except UnicodeDecodeError as cause:
        raise BadInput("plan", path.name, "text in UTF-8") from cause


def build_whole_graph(
    brief: Brief, plan: Plan, goal: Goal, *, is_planned: bool, encoding: EncodingOptions = DEFAULT_ENCODING
) -> Graph:
    """Build the graph of all steps up to ``goal``: those of ``plan``, and those that write it unless ``is_planned``.

    ``encoding``: see ``build_graph``.
    """
    rest = build_graph(plan, goal, encoding)
    if is_planned:
        return rest
    words = build_planning_steps(brief).graph
    return Graph(steps={**words.steps, **rest.steps}, goal=(*words.goal, *rest.goal))


def choose_first_plan(brief: Brief, given_plan: PlanResult | None) -> PlanResult:
    """Return ``given_plan``, or the plan that the rules make of ``brief`` if it is None. Raises ``BadInput``."""
    if given_plan is None:
        _refuse_unplanned(brief)
    return given_plan or plan_by_rules(brief)


def quote_new_project(
    settings: Settings, brief: Brief, goal: Goal, first: PlanResult, *, is_planned: bool
) -> ProjectQuote:
    """Quote a project that is not opened yet, with every step up to ``goal`` wanted. Spends nothing.

    ``is_planned``: see ``build_whole_graph``.
    """
    graph = build_whole_graph(brief, first.plan, goal, is_planned=is_planned)
    keyed = () if brief.models not in ((), ("animatic",)) else list_prices_with_key(first.plan)
    standing = build_new_standing(settings, brief, first.plan)
    return quote_graph(settings, standing, graph, first.notes, keyed)


def _refuse_unplanned(brief: Brief) -> None:
    """Raise ``BadInput`` for stills by beat if a language model plans, which has not named the beats yet."""
    if brief.planner and brief.storyboard:
        still = late.own_stills.format_still(brief.storyboard[0])
        hint = f"make only the plan first, then edit the project with the still {still}"
        accepted = f"a plan that is there: {brief.planner} is yet to say which beats it has"
        raise BadInput(late.own_stills.STILL_FIELD, still, accepted, hint=hint)


def build_new_standing(
    settings: Settings, brief: Brief, plan: Plan, choices: Choices | None = None, *, nth: int = 1,
    encoding: EncodingOptions = DEFAULT_ENCODING,
) -> Standing:  # fmt: skip
    """Build the standing that a new project of this brief and plan would have, for a quote. Writes nothing."""
    return Standing(
        account=settings.account,
        project="",
        brief=brief,
        revision=0,
        plan=plan,
        choices=choices or Choices(),
        job=None,
        outcomes={},
        deleted_assets=frozenset(),
        order_number=nth,
        encoding=encoding,
    )


def quote_graph(
    settings: Settings,
    standing: Standing,
    graph: Graph,
    notes: Sequence[str] = (),
    prices_with_key: tuple[PriceWithKey, ...] = (),
) -> ProjectQuote:
    """Quote the steps of ``graph`` for a project that is not opened yet. ``notes``: put first. Spends nothing."""
    hands = count_hands(settings)
    walk = walk_graph(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    quote = compute_quote(standing, graph, price_request, hands, walk)
    quoted = build_project_quote(
        standing, graph, quote, project=None, hands=hands, notes=notes, prices_with_key=prices_with_key,
        wanted_steps=walk[0],
    )  # fmt: skip
    if standing.plan is None or not standing.plan.formats:
        return quoted
    return add_framing_prices(
        quoted, standing, lambda stands, wanted: compute_quote(stands, wanted, price_request, hands)
    )


def list_prices_with_key(plan: Plan) -> tuple[PriceWithKey, ...]:
    """Price the plan's film from each video model that needs an API key and makes its aspect; the cheapest first."""
    if all(shot.markdown and not shot.prompt for shot in plan.shots):
        return ()  # only text: no model has anything to make
    rows = [
        PriceWithKey(model=name, provider=load_models()[name].provider, micros=found.micros, basis=found.basis)
        for name, found in late.film_prices.compute_film_prices(plan).items()
        if found.micros is not None
    ]
    return tuple(sorted(rows, key=lambda row: (row.micros, row.model)))
