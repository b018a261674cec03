"""``wanted − had``: what must be obtained for the goal, and nothing below what is had already."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import NamedTuple

from reelwright.reel.choices import Choices, again
from reelwright.reel.graph import Graph, Step, fingerprint
from reelwright.reel.noun import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.outcome import Outcome
from reelwright.reel.request import Input, request_digest


class Wanted(NamedTuple):
    """``certain``: inputs are there. ``possible``: their inputs are not known yet. ``stuck``: a person decides."""

    certain: tuple[Step, ...]
    possible: tuple[Step, ...]
    stuck: tuple[Step, ...]


class Known(NamedTuple):
    """What the walk found of a step: its fingerprint (None while inputs are missing), and what dependants read."""

    fingerprint: Fingerprint | None
    chosen: Digest | None


def wanted(
    graph: Graph, choices: Choices, had: Mapping[Fingerprint, Outcome], gone: Set[Digest] = frozenset()
) -> Wanted:
    """Demand-driven from the goal. ``gone``: digests whose bytes were deleted."""
    return _wanted(_Walk(graph, choices, had, gone))


def wanted_and_known(
    graph: Graph, choices: Choices, had: Mapping[Fingerprint, Outcome], gone: Set[Digest] = frozenset()
) -> tuple[Wanted, dict[StepKey, Known]]:
    """``wanted`` and ``known`` of one walk, for who needs both whenever something landed."""
    walk = _Walk(graph, choices, had, gone)
    return _wanted(walk), {key: walk.known(key) for key in graph.steps}


def _wanted(walk: _Walk) -> Wanted:
    graph, choices, had, gone = walk.graph, walk.choices, walk.had, walk.gone
    for key in graph.goal:
        walk.ask(key)
    for ask in choices.asks:  # retakes that are still meant
        for key in graph.steps:
            if again(ask) not in had and walk.known(key).fingerprint == ask.of:
                walk.want(key)
    anew = {key for key in walk.certain if walk.known(key).chosen in gone}  # other bytes: dependants may be wanted too
    while more := [
        key for key, step in graph.steps.items() if key not in anew and any(i.of in anew for i in step.inputs)
    ]:
        anew.update(more)
        walk.possible.update({key: graph.steps[key] for key in more if key not in walk.certain})
    return Wanted(tuple(walk.certain.values()), tuple(walk.possible.values()), tuple(walk.stuck.values()))


def known(
    graph: Graph, choices: Choices, had: Mapping[Fingerprint, Outcome], gone: Set[Digest] = frozenset()
) -> dict[StepKey, Known]:
    """Of every step: its fingerprint and chosen digest, as far as they can be known now."""
    walk = _Walk(graph, choices, had, gone)
    return {key: walk.known(key) for key in graph.steps}


class _Walk:
    def __init__(self, graph: Graph, choices: Choices, had: Mapping[Fingerprint, Outcome], gone: Set[Digest]) -> None:
        self.graph, self.choices, self.had, self.gone = graph, choices, had, gone
        self.certain: dict[StepKey, Step] = {}
        self.possible: dict[StepKey, Step] = {}
        self.stuck: dict[StepKey, Step] = {}
        self._known: dict[StepKey, Known] = {}

    def known(self, key: StepKey) -> Known:
        if key not in self._known:
            self._known[key] = self._find(key)
        return self._known[key]

    def _find(self, key: StepKey) -> Known:
        step = self.graph.steps[key]
        got: dict[Input, Digest] = {}
        for needed in step.inputs:
            if needed.of and (digest := self.known(needed.of).chosen):
                got[needed] = digest
        fp = fingerprint(step, got)
        circle = self.choices.circled.get(ShotId(key.removeprefix("take/"))) if step.kind == "take" else None
        if circle and step.request and circle.request == request_digest(step.request):
            if circle.asset in self.gone:  # a person chose it: never replaced by itself
                self.stuck[key] = step
            return Known(fp, circle.asset)
        if fp is None:
            return Known(None, None)
        asks = sorted((a for a in self.choices.asks if a.of == fp), key=lambda a: a.round)
        names = (fp, *(again(a) for a in asks))
        rounds = [self.had[name] for name in names if name in self.had]
        got_digests = [o.chosen or o.assets[0] for o in rounds if o.assets]
        if rounds and not got_digests:
            self.stuck[key] = step
        alive = next((d for d in got_digests if d not in self.gone), None)
        return Known(fp, alive or (got_digests[0] if got_digests else None))

    def ask(self, key: StepKey) -> None:
        """Make sure that the bytes of ``key`` will exist."""
        if key in self.certain or key in self.possible:
            return
        digest = self.known(key).chosen
        if not ((digest and digest not in self.gone) or key in self.stuck):
            self.want(key)

    def want(self, key: StepKey) -> None:
        """``key`` itself is to be obtained, and what it reads must be there for it."""
        step = self.graph.steps[key]
        needed = step.ahead
        there = all((d := self.known(k).chosen) and d not in self.gone for k in needed)
        (self.certain if there else self.possible)[key] = step
        for k in needed:
            self.ask(k)
