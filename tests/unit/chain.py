"""Three chained shots a → b → c and a film over them, as CORE.md section 3 replays them."""

from __future__ import annotations

from dataclasses import replace

from reelwright.reel.base.value import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.graph.choices import Choices, Circle, RetakeRequest, compute_round_fingerprint
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.orders import Order, list_orders
from reelwright.reel.graph.outcome import MissingSample, Outcome
from reelwright.reel.graph.request import Input, Request, compute_request_digest
from reelwright.reel.graph.wanted_steps import WantedSteps, find_wanted_steps, resolve_steps

FILM = StepKey("film/film")


def key(name: str) -> StepKey:
    return StepKey(f"take/{name}")


def chained(**prompts: str) -> Graph:
    """``a`` opens on nothing, ``b`` on the last frame of ``a``, ``c`` on that of ``b``; the film needs ``c``."""
    steps: dict[StepKey, Step] = {}
    before: StepKey | None = None
    for name in "abc":
        inputs = (Input(role="first_frame", of=before, part="last_frame"),) if before else ()
        request = Request(model="m/1", mode="take", prompt=prompts.get(name, name), inputs=inputs)
        steps[key(name)] = Step(key=key(name), kind="take", request=request)
        before = key(name)
    needs = tuple(Input(role="source", of=key(n)) for n in "abc")
    steps[FILM] = Step(key=FILM, kind="film", work="film", args={"fps": [24, 1]}, needs=needs)
    return Graph(steps=steps, goal=(FILM,))


class Cutting:
    """What is had and chosen while a chain is being made; ``take`` lands a step under its next open order."""

    def __init__(self, graph: Graph | None = None) -> None:
        self.graph = graph or chained()
        self.had: dict[Fingerprint, Outcome] = {}
        self.choices = Choices()
        self.gone: frozenset[Digest] = frozenset()

    @property
    def wanted(self) -> WantedSteps:
        return find_wanted_steps(self.graph, self.choices, self.had, self.gone)

    @property
    def said(self) -> tuple[str, str, str]:
        """Certain, possible and stuck as text: ``a``, ``b c film``, ````."""
        return tuple(" ".join(sorted(s.key.split("/")[1] for s in part)) for part in self.wanted)  # type: ignore[return-value]

    @property
    def orders(self) -> tuple[Order, ...]:
        return list_orders(self.graph, self.choices, self.had, self.wanted.certain, self.gone)

    def fingerprint(self, name: StepKey) -> Fingerprint:
        fp = resolve_steps(self.graph, self.choices, self.had, self.gone)[name].fingerprint
        assert fp
        return fp

    def land(self, name: StepKey, asset: str | None) -> Cutting:
        """The one order of ``name`` brings ``asset``, or nothing."""
        order = next(o for o in self.orders if o.step.key == name)
        missing = () if asset else (MissingSample(sample=0, reason="filtered"),)
        assets = (Digest(asset),) if asset else ()
        fp = order.fingerprint
        self.had[fp] = Outcome(
            fingerprint=fp, assets=assets, missing=missing, chosen_asset=assets[0] if assets else None
        )
        return self

    def whole(self) -> Cutting:
        for name in "abc":
            self.land(key(name), f"{name}1")
        return self.land(FILM, "film1")

    def ask(self, name: str, round_: int = 2) -> RetakeRequest:
        ask = RetakeRequest(fingerprint=self.fingerprint(key(name)), round=round_)
        self.choices = replace(self.choices, retakes=(*self.choices.retakes, ask))
        return ask

    def land_round(self, ask: RetakeRequest, asset: str | None) -> None:
        fp = compute_round_fingerprint(ask)
        missing = () if asset else (MissingSample(sample=0, reason="filtered"),)
        self.had[fp] = Outcome(fingerprint=fp, assets=(Digest(asset),) if asset else (), missing=missing)

    def circle(self, name: str, asset: str) -> None:
        request = self.graph.steps[key(name)].request
        assert request
        circle = Circle(asset=Digest(asset), request=compute_request_digest(request))
        self.choices = replace(self.choices, circles={**self.choices.circles, ShotId(name): circle})

    def delete(self, *assets: str) -> None:
        self.gone |= {Digest(a) for a in assets}
