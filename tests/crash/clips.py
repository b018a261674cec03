"""The tiny production of the crash matrix: paid takes of words in the brief, a body of each, a film of text."""

from __future__ import annotations

from crash.kinds import KINDS
from engine.production import FILM, WORDS, TinyProduction, take_key
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.document import to_plain
from reelwright.reel.base.value import ShotId, StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Beat, Opening, Plan, Shot
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Lease, Standing
from reelwright.units import Frames


def plan_of(brief: Brief) -> Plan:
    """One shot for each word, all from the brief's model."""
    kind = next(kind for kind in KINDS.values() if kind.model == brief.models[0])
    shots = tuple(
        Shot(id=ShotId(name), prompt=name, length=Frames(24), source=kind.request(name), opening=Opening())
        for name in brief.text.split()
    )
    beat = Beat(id="beat", name="all", start=Frames(0), length=Frames(24 * len(shots)), shots=shots)
    return Plan(
        schema=1, brief=compute_digest(to_plain(brief)), title=brief.text, fps=(24, 1), size=(180, 320), look="plain",
        tone="plain", language="en", beats=(beat,),
    )  # fmt: skip


class Clips(TinyProduction):
    """Words first; then nothing but takes that are paid for; then what is composed of them."""

    def build_graph(self, standing: Standing) -> Graph:
        if standing.plan is None:
            return super().build_graph(standing)
        steps: dict[StepKey, Step] = {}
        for one in standing.plan.shots:
            assert isinstance(one.source, Request)
            steps[take_key(one.id)] = Step(key=take_key(one.id), kind="take", request=one.source)
        bodies = [self._own_step(f"segment/{k[5:]}", "segment", self._body, (k,), {"of": k[5:]}) for k in steps]
        film = self._own_step(FILM, "film", "film", tuple(body.key for body in bodies), {})
        steps |= {step.key: step for step in (*bodies, film)}
        return Graph(steps=steps, goal=(FILM,))

    async def apply_outcome(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        if step.key != WORDS or standing.plan is not None:
            return False
        await self._journal.revise_under_lease(lease, 0, plan_of(standing.brief), Choices(), "rules")
        return True
