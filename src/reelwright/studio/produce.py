"""The product, read aloud: a brief becomes a plan, its shots become takes, takes a cut, the cut a film."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from reelwright.engine.waist import Journal, Vault, Verdict
from reelwright.reel.breakdown import FILM, MIX, breakdown, voice_key
from reelwright.reel.brief import Goal
from reelwright.reel.cut import Cut, cut
from reelwright.reel.document import from_json, from_plain
from reelwright.reel.fit import fit
from reelwright.reel.graph import Graph, Step
from reelwright.reel.money import Price, Quote
from reelwright.reel.noun import StepKey
from reelwright.reel.operation import Lease, Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.plan import Plan, Timed
from reelwright.reel.request import Request
from reelwright.reel.wanted import Known, known
from reelwright.studio import quality
from reelwright.studio.answers import Finding
from reelwright.studio.quote import quote_of
from reelwright.studio.words import cannot_plan, opening_of
from reelwright.units import Frames, ms_to_frames


class Produce:
    """What a studio hands the director: it knows films, the director knows steps. May not spend: it only says."""

    def __init__(self, journal: Journal, vault: Vault, price: Callable[[Request], Price], hands: int) -> None:
        self._journal, self._vault, self._price, self._hands = journal, vault, price, hands

    def graph(self, standing: Standing) -> Graph:
        """The words alone while there is no plan, else the breakdown for the job's goal."""
        if standing.plan is None:
            return opening_of(standing).graph
        return breakdown(standing.plan, goal_of(standing))

    def quote(self, standing: Standing, graph: Graph) -> Quote:
        """What is wanted now: its ceiling, and the time along the critical path."""
        return quote_of(standing, graph, self._price, self._hands)

    async def landed(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        """Words bring the first revision; the last voice line brings the revision that fits it."""
        if step.kind == "words" and standing.plan is None:
            await self._plan(lease, standing, outcome)
        elif step.kind == "voice" and standing.plan is not None:
            await self._fit(lease, standing, standing.plan)
        return step.kind in ("words", "voice")

    def cut(self, standing: Standing, graph: Graph) -> Cut | None:
        """Which take where, once every take, voice line and bed of the plan is had; goals before it have none."""
        if standing.plan is None or goal_of(standing) not in ("cut", "film"):
            return None
        found = known(graph, standing.choices, standing.had, standing.gone)
        chosen = {key: one.chosen for key, one in found.items() if one.chosen and one.chosen not in standing.gone}
        if any(key not in chosen for key, step in graph.steps.items() if step.kind in ("take", "voice", "bed")):
            return None
        return cut(standing.plan, chosen)

    async def unstick(self, lease: Lease, standing: Standing, stuck: Collection[StepKey]) -> bool:
        """Rounds that were refused while another brought takes are let go; stuck shots are drawn where that was chosen.

        A provider that refuses every shot refuses the key or the account, not the shots: a person decides then.
        """
        if standing.plan is None:
            return False
        from reelwright.studio.stuck import drawn_for, without_refused_rounds

        if choices := without_refused_rounds(standing, self.graph(standing), stuck):
            await self._journal.revise_leased(lease, standing.revision, standing.plan, choices, "system")
            return True
        if standing.brief.on_stuck != "animatic" or (plan := drawn_for(standing.plan, stuck)) is None:
            return False
        await self._journal.revise_leased(lease, standing.revision, plan, standing.choices, "system")
        return True

    def verdict(self, standing: Standing, graph: Graph) -> Verdict:
        """Done; or waiting for a person, with the shot named, where a check failed and nobody overruled it."""
        if standing.plan is None and (spent := opening_of(standing).spent):
            return Verdict(state="waiting", said=cannot_plan(standing.brief, spent), step=graph.goal[0])
        film = film_of(standing, graph)
        if film is None:
            return Verdict(state="done")
        digest = film.chosen or film.assets[0]
        found = findings_in(standing, graph, film)
        if faults := quality.faults(found):
            return Verdict(state="waiting", said=quality.in_words(faults), film=digest, step=FILM)
        return Verdict(state="done", film=digest)

    async def _plan(self, lease: Lease, standing: Standing, outcome: Outcome) -> None:
        """The first revision: what the rules made, or what a model's answer is; nothing while an answer is none."""
        if standing.brief.planner:
            plan = opening_of(standing).plan
        else:
            plan = await self._read_plan(lease, outcome) if outcome.assets else None
        if plan:
            await self._journal.revise_leased(lease, 0, plan, standing.choices, plan.author)

    async def _read_plan(self, lease: Lease, outcome: Outcome) -> Plan:
        body = b"".join([part async for part in self._vault.read(lease.account, outcome.assets[0])])
        return from_json(Plan, body, "plan.json")

    async def _fit(self, lease: Lease, standing: Standing, plan: Plan) -> None:
        spoken = _spoken(standing, plan)
        if spoken is None:
            return
        from reelwright.planner.edit import refit

        fitted = refit(fit(plan, *spoken))
        if fitted.beats != plan.beats:
            await self._journal.revise_leased(lease, standing.revision, fitted, standing.choices, "rules")


def goal_of(standing: Standing) -> Goal:
    return standing.job.goal if standing.job else standing.brief.goal


def film_of(standing: Standing, graph: Graph) -> Outcome | None:
    """The film's outcome, where the graph leads to a film and it is had."""
    return outcome_of(standing, graph, FILM) if FILM in graph.steps else None


def outcome_of(standing: Standing, graph: Graph, key: StepKey) -> Outcome | None:
    """What came of a step under its present fingerprint."""
    found: Mapping[StepKey, Known] = known(graph, standing.choices, standing.had, standing.gone)
    name = found[key].fingerprint
    return standing.had.get(name) if name else None


def findings_in(standing: Standing, graph: Graph, film: Outcome) -> tuple[Finding, ...]:
    """What the checks found in the film, and in the mix under it."""
    mix = outcome_of(standing, graph, MIX)
    said = [*film.facts.get("findings", ()), *(mix.facts.get("findings", ()) if mix else ())]
    return quality.findings({"findings": said}, standing.plan, standing.choices.accepted)


def _spoken(standing: Standing, plan: Plan) -> tuple[dict[str, Frames], dict[str, Timed]] | None:
    """Frames that each voiced line takes, and its words in time where its voice told; None while a line is missing."""
    graph = breakdown(plan, "cut")
    frames: dict[str, Frames] = {}
    timed: dict[str, Timed] = {}
    for _, line in plan.lines():
        if line.request is None:
            continue
        outcome = outcome_of(standing, graph, voice_key(line.id))
        if outcome is None or "duration_ms" not in outcome.facts:
            return None
        frames[line.id] = ms_to_frames(int(outcome.facts["duration_ms"]), plan.fps)
        if words := outcome.facts.get("words"):
            timed[line.id] = from_plain(Timed, words, "words")
    return frames, timed
