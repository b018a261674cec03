"""Tells the director how a film is made: a brief becomes a plan, shots become takes, takes a cut, the cut a film."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import ceil
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from reelwright.engine.steps.interfaces import Vault
from reelwright.reel.base.document import from_json, from_plain
from reelwright.reel.base.value import ShotId, StepKey
from reelwright.reel.film.breakdown import FILM, MIX, build_graph, make_take_key, make_voice_key
from reelwright.reel.film.cut import Cut, build_cut
from reelwright.reel.film.fit import fit
from reelwright.reel.film.formats import find_step_aspect
from reelwright.reel.film.plan import Plan, WordTimes
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.graph.wanted_steps import ResolvedStep, resolve_steps
from reelwright.reel.records.money import Price, Quote
from reelwright.reel.records.operation import Lease, Standing, Verdict
from reelwright.studio import late_modules as late
from reelwright.studio.quotes.planning_steps import build_project_planning_steps, explain_planning_failure
from reelwright.studio.quotes.quote import WalkedGraph, compute_quote
from reelwright.studio.quotes.stuck_shots import draw_stuck_shots, drop_refused_rounds
from reelwright.studio.results.results import Finding
from reelwright.studio.runtime import quality
from reelwright.studio.runtime.clip_samples import get_wanted_clip, request_missing_samples
from reelwright.units import Frames, Micros, convert_ms_to_frames

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider
    from reelwright.store.journal import Journal  # loads SQLAlchemy
    from reelwright.store.ledger import Ledger


WANTS_ALL_SAMPLES: Final = "wants_all_samples"
"""The option of a job that requests samples again which did not arrive: a clip's, but not that of an edit or retake."""


class Producer:
    """The engine's ``Production`` for films and clips: decides which steps a project needs. Never spends."""

    def __init__(
        self, journal: Journal, ledger: Ledger, vault: Vault, price: Callable[[Request], Price], hands: int,
        providers: Mapping[str, Provider] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        self._journal, self._ledger, self._vault = journal, ledger, vault
        self._price, self._hands, self._providers = price, hands, providers

    def build_graph(self, standing: Standing) -> Graph:
        """Build the graph of a project's steps up to its goal; while it has no plan, only the steps that write it.

        While a take falls short of its order and nobody has accepted it, the goal is only what has to be bought.
        """
        if standing.plan is None:
            return build_project_planning_steps(standing).graph
        graph = build_graph(standing.plan, standing.goal, standing.encoding)
        if standing.goal in ("cut", "film") and quality.has_open_shortfalls(standing, graph):
            bought = tuple(key for key, step in graph.steps.items() if step.kind in ("take", "voice", "bed"))
            return Graph(steps=graph.steps, goal=bought)
        return graph

    def quote(self, standing: Standing, graph: Graph, walk: WalkedGraph | None = None) -> Quote:
        """Price the steps of the graph that do not exist yet: the most they cost, and estimated times.

        ``walk``: the result of ``walk_graph``, if the caller has it.

        A provider that has billed the job more than its quotes is expected to do so again. Spends nothing.
        """
        price = partial(self._expect_bill, standing.bill_ratios) if standing.bill_ratios else self._price
        return compute_quote(standing, graph, price, self._hands, walk)

    def _expect_bill(self, ratios: Mapping[str, Fraction], request: Request) -> Price:
        """Price a request at what its provider is expected to bill."""
        price = self._price(request)
        sellers = (one.name for one in self._providers.values() if request.model in one.list_models())
        ratio = ratios.get(next(sellers, ""))
        if ratio is None or not price.micros:
            return price
        how, semicolon, source = price.basis.partition("; ")
        basis = f"{how}, {float(ratio):.4g} times that, as was billed before{semicolon}{source}"
        return replace(price, micros=Micros(ceil(price.micros * ratio)), basis=basis)

    async def apply_outcome(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        """Write the revision that a finished planning or voice step brings; return whether to re-read the project."""
        if step.kind == "words" and standing.plan is None:
            await self._plan(lease, standing, outcome)
        elif step.kind == "voice" and standing.plan is not None:
            await self._fit(lease, standing, standing.plan)
        return step.kind in ("words", "voice")

    def build_cut(self, standing: Standing, graph: Graph) -> Cut | None:
        """Compute the cut, which take plays when; None while a take or sound is missing or the goal needs none."""
        if standing.plan is None or standing.goal not in ("cut", "film"):
            return None
        found = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
        chosen = {
            key: one.asset for key, one in found.items() if one.asset and one.asset not in standing.deleted_assets
        }
        if any(key not in chosen for key, step in graph.steps.items() if step.kind in ("take", "voice", "bed")):
            return None
        return build_cut(standing.plan, chosen)

    async def unstick(self, lease: Lease, standing: Standing, stuck_steps: Collection[StepKey]) -> bool:
        """Write a revision that drops refused retakes or, if the brief allows, draws stuck shots; return if it did.

        Refused rounds of a shot that has a take are dropped; other shots are drawn if the brief says so (``on_stuck``).
        Returns whether it wrote a revision; otherwise a person decides. That is so if a provider refuses every shot: it
        then refuses the key or the account, not the shots.
        """
        if standing.plan is None:
            return False

        if choices := drop_refused_rounds(standing, self.build_graph(standing), stuck_steps):
            await self._journal.revise_under_lease(lease, standing.revision, standing.plan, choices, "system")
            return True
        if standing.brief.on_stuck != "animatic" or (plan := draw_stuck_shots(standing.plan, stuck_steps)) is None:
            return False
        await self._journal.revise_under_lease(lease, standing.revision, plan, standing.choices, "system")
        return True

    async def extend(self, lease: Lease, standing: Standing) -> bool:
        """Write a revision of a clip that requests its missing samples again, if its job wants all; return whether.

        Samples are missing if an earlier director had sent them, or if an order that the clip shares with another
        project brought fewer.
        """
        job = standing.job
        if job is None or not job.options.get(WANTS_ALL_SAMPLES) or standing.plan is None:
            return False

        wanted = get_wanted_clip(*await self._journal.read_revision(lease.account, lease.project, 1))
        since = await self._journal.read_lease_start(lease)
        extended = await request_missing_samples(self._ledger, standing, wanted, since)
        if extended is standing:
            return False
        await self._journal.revise_under_lease(lease, standing.revision, standing.plan, extended.choices, "system")
        return True

    def reach_verdict(self, standing: Standing, graph: Graph) -> Verdict:
        """Decide whether a job whose steps all exist is done, or waits because a check or the planning failed."""
        if standing.plan is None and (spent := build_project_planning_steps(standing).faults):
            return Verdict(state="waiting", reason=explain_planning_failure(standing.brief, spent), step=graph.goal[0])
        film = find_film(standing, graph)
        digest = (film.chosen_asset or film.assets[0]) if film else None
        if faults := quality.find_open_faults(list_findings(standing, graph, film)):
            step = FILM if film else make_take_key(ShotId(str(faults[0].shot)))
            return Verdict(state="waiting", reason=quality.explain_faults(faults), film=digest, step=step)
        return Verdict(state="done", film=digest)

    async def _plan(self, lease: Lease, standing: Standing, outcome: Outcome) -> None:
        """Write the first revision, from the rules or from a model's answer, unless the answer is no plan."""
        if standing.brief.planner:
            plan = build_project_planning_steps(standing).plan
        else:
            plan = await self._read_plan(lease, outcome) if outcome.assets else None
        if plan:
            await self._journal.revise_under_lease(lease, 0, plan, standing.choices, plan.author)

    async def _read_plan(self, lease: Lease, outcome: Outcome) -> Plan:
        body = b"".join([part async for part in self._vault.read(lease.account, outcome.assets[0])])
        return from_json(Plan, body, "plan.json")

    async def _fit(self, lease: Lease, standing: Standing, plan: Plan) -> None:
        spoken = _measure_spoken_lines(standing, plan)
        if spoken is None:
            return

        fitted = late.edit.rebuild_requests(fit(plan, *spoken))
        if fitted.beats != plan.beats:
            await self._journal.revise_under_lease(lease, standing.revision, fitted, standing.choices, "rules")


def find_film(standing: Standing, graph: Graph) -> Outcome | None:
    """Return the outcome of the step that joins the film; None if the graph has no such step or it is not made."""
    return find_outcome(standing, graph, FILM) if FILM in graph.steps else None


def find_films(standing: Standing, graph: Graph) -> dict[StepKey, Outcome]:
    """Return the outcome of each step that joins a film, one for each of its formats, as far as they are made."""
    keys = (key for key, step in graph.steps.items() if step.kind == "film")
    return {key: made for key in keys if (made := find_outcome(standing, graph, key))}


def find_outcome(standing: Standing, graph: Graph, key: StepKey) -> Outcome | None:
    """Return the outcome of the step ``key`` under its present fingerprint; None if it does not exist yet."""
    found: Mapping[StepKey, ResolvedStep] = resolve_steps(
        graph, standing.choices, standing.outcomes, standing.deleted_assets
    )
    name = found[key].fingerprint
    return standing.outcomes.get(name) if name else None


def list_findings(standing: Standing, graph: Graph, film: Outcome | None) -> tuple[Finding, ...]:
    """List what the automatic checks found in the takes, in a film and in its sound, with whether a person accepted it.

    ``film`` None: there is none yet.
    """
    mix = find_outcome(standing, graph, MIX) if film else None
    others = {key: made for key, made in find_films(standing, graph).items() if key != FILM} if film else {}
    facts = [
        *quality.list_take_facts(standing, graph),
        *(quality.list_plan_facts(standing) if film else ()),
        *(film.facts.get("findings", ()) if film else ()),
        *(mix.facts.get("findings", ()) if mix else ()),
        *(
            {**fact, "aspect": find_step_aspect(key)}
            for key, made in others.items()
            for fact in made.facts.get("findings", ())
        ),
    ]
    accepted, is_clip = standing.choices.accepted_findings, standing.is_clip
    return quality.read_findings({"findings": facts}, standing.plan, accepted, is_clip=is_clip)


def _measure_spoken_lines(standing: Standing, plan: Plan) -> tuple[dict[str, Frames], dict[str, WordTimes]] | None:
    """Return by line the frames of its voice, and word times if the voice gave them; None while a line is missing."""
    graph = build_graph(plan, "cut")
    frames: dict[str, Frames] = {}
    timed: dict[str, WordTimes] = {}
    for _, line in plan.list_lines():
        if line.request is None:
            continue
        outcome = find_outcome(standing, graph, make_voice_key(line.id))
        if outcome is None or "duration_ms" not in outcome.facts:
            return None
        frames[line.id] = convert_ms_to_frames(int(outcome.facts["duration_ms"]), plan.fps)
        if words := outcome.facts.get("words"):
            timed[line.id] = from_plain(WordTimes, words, "words")
    return frames, timed
