"""A tiny studio: briefs such as ``a >b c`` become shots (``>`` continues the shot before), and shots a film of text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

from reelwright.providers.protocol import Provider
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.document import to_plain
from reelwright.reel.base.value import ShotId, StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.cut import Cut
from reelwright.reel.film.plan import Beat, Opening, Plan, Shot
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import PAID, Graph, Step
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.graph.wanted_steps import find_wanted_steps, resolve_steps
from reelwright.reel.records.money import Price, Quote
from reelwright.reel.records.operation import Lease, Standing, Verdict
from reelwright.store.journal import Journal
from reelwright.units import Frames, Micros

WORDS = StepKey("words/plan")
FILM = StepKey("film/film")


def take_key(name: str) -> StepKey:
    return StepKey(f"take/{name}")


def shot(word: str, before: str | None, model: str, extra: Mapping[str, Any], samples: int = 1) -> Shot:
    """One shot of a brief's word: ``>b`` continues the shot before it."""
    name = word.removeprefix(">")
    inputs = ()
    if word.startswith(">") and before:
        inputs = (Input(role="first_frame", of=take_key(before), part="last_frame"),)
    request = Request(model=model, mode="take", prompt=name, samples=samples, inputs=inputs, extra=extra)
    return Shot(id=ShotId(name), prompt=name, length=Frames(24), source=request, opening=Opening())


def plan_of(brief: Brief, extra: Mapping[str, Any] | None = None) -> Plan:
    words = brief.text.split()
    model = brief.models[0] if brief.models else "ink/1"
    shots = tuple(
        shot(word, words[i - 1].removeprefix(">") if i else None, model, extra or {}, brief.takes)
        for i, word in enumerate(words)
    )
    beat = Beat(id="beat", name="all", start=Frames(0), length=Frames(24 * len(shots)), shots=shots)
    return Plan(
        schema=1, brief=compute_digest(to_plain(brief)), title=brief.text, fps=(24, 1), size=(180, 320), look="plain",
        tone="plain", language="en", beats=(beat,),
    )  # fmt: skip


class TinyProduction:
    """Knows films of text. ``extra`` goes into every take's request, ``own`` into every work's arguments."""

    def __init__(
        self,
        journal: Journal,
        providers: Mapping[str, Provider],
        extra: Mapping[str, Any] | None = None,
        own: Mapping[str, Any] | None = None,
        body: str = "body",
    ) -> None:
        self._journal, self._extra, self._own, self._body = journal, extra or {}, own or {}, body
        self._models = {model: p for p in providers.values() for model in p.list_models()}

    def build_graph(self, standing: Standing) -> Graph:
        if standing.plan is None:
            words = Request(model="ink/1", mode="plan", prompt=standing.brief.text)
            return Graph(steps={WORDS: Step(key=WORDS, kind="words", request=words)}, goal=(WORDS,))
        steps: dict[StepKey, Step] = {}
        for one in standing.plan.shots:
            assert isinstance(one.source, Request)
            steps[take_key(one.id)] = Step(key=take_key(one.id), kind="take", request=one.source)
        takes = tuple(steps)
        if standing.job and standing.job.goal == "takes":
            return Graph(steps=steps, goal=takes)
        bodies = [self._own_step(f"segment/{k[5:]}", "segment", self._body, (k,), {"of": k[5:]}) for k in takes]
        bed = Step(key=StepKey("bed/film"), kind="bed", request=Request(model="ink/1", mode="bed", prompt="calm"))
        mix = self._own_step("mix/film", "mix", "mix", (bed.key,), {})
        film = self._own_step("film/film", "film", "film", (*(b.key for b in bodies), mix.key), {})
        steps |= {step.key: step for step in (*bodies, bed, mix, film)}
        return Graph(steps=steps, goal=(film.key,))

    def _own_step(self, key: str, kind: Any, work: str, needs: tuple[StepKey, ...], args: Mapping[str, Any]) -> Step:
        inputs = tuple(Input(role="source", of=need) for need in needs)
        return Step(key=StepKey(key), kind=kind, work=work, args={**self._own, **args}, needs=inputs)

    def quote(self, standing: Standing, graph: Graph) -> Quote:
        want = find_wanted_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
        certain = {s.key: self._price(s, standing.bill_ratios) for s in want.certain if s.kind in PAID}
        possible = {s.key: self._price(s, standing.bill_ratios) for s in want.possible if s.kind in PAID}
        ceiling = sum(p.micros or 0 for p in (*certain.values(), *possible.values()))
        until = datetime.now(UTC) + timedelta(hours=24)
        return Quote(certain=certain, possible=possible, ceiling=Micros(ceiling), seconds=(0, 1), expires_at=until)

    def _price(self, step: Step, bill_ratios: Mapping[str, Fraction]) -> Price:
        assert step.request
        seller = self._models[step.request.model]
        price = seller.price(step.request)
        ratio = bill_ratios.get(seller.name, 1)
        return price if price.micros is None else replace(price, micros=Micros(ceil(price.micros * ratio)))

    async def apply_outcome(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        if step.key == WORDS and standing.plan is None:
            plan = plan_of(standing.brief, self._extra)
            await self._journal.revise_under_lease(lease, 0, plan, Choices(), "rules")
        return step.key == WORDS

    def build_cut(self, standing: Standing, graph: Graph) -> Cut | None:
        return None

    async def unstick(self, lease: Lease, standing: Standing, stuck_steps: Collection[StepKey]) -> bool:
        return False

    async def extend(self, lease: Lease, standing: Standing) -> bool:
        return False

    def reach_verdict(self, standing: Standing, graph: Graph) -> Verdict:
        film = (
            resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)[FILM].asset
            if FILM in graph.steps
            else None
        )
        return Verdict(state="done", film=film)
