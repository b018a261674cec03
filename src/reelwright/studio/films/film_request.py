"""Requests for a film before anything is written: the command, its first plan, and the price of what is missing.

Every interface asks here first, so that the price shown is that of what will be done: for the project that the same
command has already, else for what the account lacks, else for everything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.messages import format_notes
from reelwright.providers.protocol import Provider
from reelwright.reason import Action, Note
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.brief import Brand, Brief, Goal
from reelwright.reel.film.command import Command, compute_command_digest
from reelwright.reel.film.encoding_options import DEFAULT_ENCODING, EncodingOptions
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.graph import PAID, Graph
from reelwright.reel.graph.request import Request
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.reel.records.operation import Standing
from reelwright.settings import Settings
from reelwright.studio import late_modules as late
from reelwright.studio.films import project_run
from reelwright.studio.films.drive import carry_out_cancel
from reelwright.studio.films.failed_takes import request_failed_takes
from reelwright.studio.films.new_project import (
    build_new_standing,
    build_whole_graph,
    choose_first_plan,
    keep_estimate,
    list_prices_with_key,
    quote_graph,
    read_given_plan,
)
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.film_budget import add_spent, drop_idle_budget
from reelwright.studio.quotes.planning_steps import build_planning_steps
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.quotes.quote_warnings import list_lost_edits
from reelwright.studio.results.results import ProjectQuote, ScriptResult
from reelwright.studio.results.verb_options import BriefOptions
from reelwright.studio.runtime.account_orders import include_account_orders
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.scratch import ScratchFolder
from reelwright.studio.scripts.briefing import IntakeResult, build_brief, describe_font, describe_unshown_logo
from reelwright.studio.scripts.scripts import LoadedScript, load_script, read_script_source


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmRequest:
    """A checked request for a film, not stored yet.

    ``plan``: that of its command; before a language model has written one, the rules' plan. ``notes``: what was
    repaired and decided for the person. ``script``: if given; it makes the next revision of its project, if that
    exists. ``draft``: what was read in the brief as the words of the film.
    """

    command: Command
    intake: IntakeResult
    plan: Plan
    notes: tuple[str, ...]
    script: LoadedScript | None = None
    draft: ScriptResult | None = None

    def build_graph(self, encoding: EncodingOptions = DEFAULT_ENCODING) -> Graph:
        """Build the graph of all steps that a new project of this request would have. Reads no project."""
        brief, is_planned = self.command.brief, self.command.plan is not None
        return build_whole_graph(brief, self.plan, brief.goal, is_planned=is_planned, encoding=encoding)


async def build_film_request(
    brief: str | Brief,
    goal: Goal,
    plan: Plan | Path | None,
    options: BriefOptions,
    scratch: ScratchFolder,
    settings: Settings,
    *,
    again: bool = False,
    sellers: Mapping[str, Provider] | None = None,
    brand: Brand | None = None,
) -> FilmRequest:
    """Check a brief, and plan it by rules or by ``plan``, with its pictures copied into ``scratch``. ``sellers`` and
    ``brand``: see ``build_brief``.

    Spends nothing. Raises ``BadInput``.
    """
    goal = validation.check_goal(goal)
    made, taken = await build_brief(brief, options, scratch, settings, sellers, brand)
    made = replace(drop_idle_budget(made), goal=goal)
    given = await asyncio.to_thread(read_given_plan, plan, made, settings.looks)
    planned = await asyncio.to_thread(choose_first_plan, made, given)
    if made.variation and given is None:
        await asyncio.to_thread(_refuse_useless_variation, made, planned.plan)
    command = Command(
        name=planned.plan.title,
        brief=made,
        digest=compute_command_digest(made, given.plan if given else None, is_repeat=again),
        plan=None if made.planner and given is None else planned.plan,
        plan_author="person" if given else "rules",
        order_number=0 if again else 1,
    )
    notes = (*taken.notes, *planned.notes, *_describe_brand(made, planned.plan))
    return FilmRequest(command=command, intake=taken, plan=planned.plan, notes=notes, draft=planned.draft)


async def keep_paid_takes(home: Home | None, settings: Settings, request: FilmRequest) -> FilmRequest:
    """Return the request with the film that its brief has without a budget, where the rest of it fits that budget.

    Takes that the account has cost nothing more: cast for its whole price, the film would be another one, with takes
    that are bought beside them. Spends nothing.
    """
    brief, command = request.command.brief, request.command
    is_cast = brief.max_price is not None and command.plan is not None and command.plan_author == "rules"
    if home is None or not is_cast or not command.order_number:
        return request
    full = await asyncio.to_thread(choose_first_plan, replace(brief, max_price=None), None)
    plan = replace(full.plan, brief=request.plan.brief)
    if plan == request.plan:
        return request
    notes = (*request.intake.notes, *full.notes, *_describe_brand(brief, plan))
    whole = replace(request, command=replace(command, plan=plan), plan=plan, notes=notes)
    quote = await quote_film_request(home, settings, whole, new=True)
    fits = not quote.unknown_price_steps and quote.micros + quote.recovered_micros <= (brief.max_price or 0)
    return whole if fits else request


def _describe_brand(brief: Brief, plan: Plan) -> tuple[str, ...]:
    """Return sentences for a person about what of the film's brand cannot be seen in its plan."""
    brand = late.brand_choice.choose_brand(brief)
    return (*describe_unshown_logo(brand.logo, plan), *describe_font(brand.font, plan))


async def build_script_request(
    script: str | Path, goal: Goal, options: BriefOptions, scratch: ScratchFolder, settings: Settings, *,
    again: bool = False, base: Brief | None = None, brand: Brand | None = None,
) -> FilmRequest:  # fmt: skip
    """Check a script and make its plan, with its pictures copied into ``scratch``. Spends nothing.

    ``base``: the brief of the project that the script changes; None: the one of its name, or a new one. ``brand``: of
    the home, for a new one. Raises ``BadInput``.
    """
    made = await load_script(
        read_script_source(script),
        validation.check_goal(goal),
        options,
        scratch,
        settings,
        again=again,
        base=base,
        brand=brand,
    )
    plan, planned = await asyncio.to_thread(made.build_plan, None, made.brief)
    command = Command(name=made.title, brief=made.brief, digest=made.digest, plan=plan, order_number=0 if again else 1)
    notes = (*made.intake.notes, *format_notes(planned), *_describe_brand(made.brief, plan))
    return FilmRequest(command=command, intake=made.intake, plan=plan, notes=notes, script=made)


async def quote_film_request(
    home: Home | None, settings: Settings, request: FilmRequest, *, again: bool = False, new: bool = False,
    listen: Listen | None = None,
) -> ProjectQuote:  # fmt: skip
    """Quote what a request for a film would buy now, without what its project or account already has. Spends nothing.

    The quote's ``project`` is the one that the same command continues.

    A pending cancel of that project is carried out first. ``home`` None: there is none yet, so nothing exists.
    """
    brief, goal = request.command.brief, request.command.brief.goal
    if home and (project := await project_run.find_command_project(home, request.command, new=new, again=again)):
        await carry_out_cancel(home, project, listen)
        standing = project_run.aim_at_goal(await home.journal.read_standing_with_spending(home.account, project), goal)
        if request.script:
            return await quote_script_change(home, request, standing)
        if standing.plan is None:
            keep_estimate(home, project, request.plan)
        standing = await request_failed_takes(home.ledger, standing, is_asked=False)
        quote = await add_spent(home.ledger, home.account, await project_run.quote_with_account(home, standing))
        changed = await project_run.describe_later_edits(home, project)
        notes = (*request.intake.notes, *((changed,) if changed else ()), *quote.notes)
        return quote.replace(notes=notes, draft=request.draft)
    encoding = home.encoding if home else DEFAULT_ENCODING
    standing = build_new_standing(settings, brief, request.plan, nth=request.command.order_number, encoding=encoding)
    graph, notes = request.build_graph(encoding), tuple[str, ...]()
    if home and (request.command.order_number or await home.has_recovered_orders()):
        had = await include_account_orders(home, standing, lambda stands: graph)
        if request.command.plan is None and (written := build_planning_steps(brief, had.standing.outcomes).plan):
            graph = build_whole_graph(brief, written, goal, is_planned=False, encoding=encoding)
            had = await include_account_orders(home, replace(standing, plan=written), lambda stands: graph)
        standing, notes = had.standing, had.notes
    keyed = () if brief.models not in ((), ("animatic",)) else list_prices_with_key(request.plan)
    return quote_graph(settings, standing, graph, (*notes, *request.notes), keyed).replace(draft=request.draft)


async def quote_script_change(home: Home, request: FilmRequest, standing: Standing) -> ProjectQuote:
    """Quote what a project would lack if its plan became that of the request's script. Spends nothing."""
    plan, notes = await asyncio.to_thread(_plan_script_change, request, standing)
    quote = await add_spent(
        home.ledger, home.account, await project_run.quote_with_account(home, replace(standing, plan=plan))
    )
    sentences = (*request.intake.notes, *format_notes(notes), *quote.notes)
    return quote.replace(notes=sentences, lost_edits=list_lost_edits(notes), plan=plan)


def rebuild_plan(request: FilmRequest, standing: Standing) -> Plan:
    """Return the plan of the request's script; shots that it leaves as they are in a project keep their takes."""
    return _plan_script_change(request, standing)[0]


def _plan_script_change(request: FilmRequest, standing: Standing) -> tuple[Plan, tuple[Note, ...]]:
    """Plan the request's script for a project, and return notes about it.

    A budget casts a film anew as long as that leaves out no paid take which the project has: those cost nothing more
    (2026-11: a change of $0.30 under a budget of $0.50 drew shots whose takes had been paid, since the whole film costs
    $2.10). Else the film stays as it is, and its price is agreed to or not.
    """
    assert request.script
    planned = request.script.build_plan(standing.plan, standing.brief)
    if request.command.brief.max_price is None or standing.plan is None:
        return planned
    full = request.script.build_full_plan(standing.plan, standing.brief)
    return full if _find_paid_results(full[0], standing) - _find_paid_results(planned[0], standing) else planned


def _find_paid_results(plan: Plan, standing: Standing) -> set[Fingerprint]:
    """Find the results of paid steps which a plan's film uses and the project has."""
    graph = build_graph(plan, standing.goal, standing.encoding)
    steps = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    return {
        one.fingerprint
        for key, one in steps.items()
        if graph.steps[key].kind in PAID and one.fingerprint and one.fingerprint in standing.outcomes
    }


def _refuse_useless_variation(brief: Brief, plan: Plan) -> None:
    """Raise ``BadInput`` for a variation that changes no request: its film would exist already, or be bought again."""
    before = choose_first_plan(replace(brief, variation=0), None).plan
    if _requests(brief, plan) == _requests(replace(brief, variation=0), before):
        raise BadInput(
            "variation", brief.variation, "a variation by which something changes; with this brief none does",
            actions=[Action("make_again")],
        )  # fmt: skip


def _requests(brief: Brief, plan: Plan) -> list[Request | None]:
    """Return all paid requests in order, without those of a plan that a model has yet to write."""
    graph = (
        build_planning_steps(brief).graph
        if brief.planner
        else build_whole_graph(brief, plan, brief.goal, is_planned=True)
    )
    return [step.request for step in graph.steps.values() if step.kind in PAID]
