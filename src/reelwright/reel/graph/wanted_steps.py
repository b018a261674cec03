"""Wanted steps: what must still be obtained for the goal. Steps below a finished one are not looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import NamedTuple

from reelwright.reel.base.value import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.graph.choices import Choices, compute_round_fingerprint
from reelwright.reel.graph.graph import Graph, Step, compute_step_fingerprint
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Input, compute_request_digest


class WantedSteps(NamedTuple):
    """The steps that must still be obtained.

    ``certain``: all their inputs exist. ``possible``: their inputs are not known yet, and they may turn out to be
    finished. ``stuck``: a person must decide.
    """

    certain: tuple[Step, ...]
    possible: tuple[Step, ...]
    stuck: tuple[Step, ...]


class ResolvedStep(NamedTuple):
    """A step's fingerprint (None while inputs are missing), and the ``asset`` that dependent steps read, if any."""

    fingerprint: Fingerprint | None
    asset: Digest | None


def find_wanted_steps(
    graph: Graph, choices: Choices, outcomes: Mapping[Fingerprint, Outcome], deleted_assets: Set[Digest] = frozenset()
) -> WantedSteps:
    """Find the steps that must still be obtained for the goal; what only a finished step needs is left out.

    ``deleted_assets``: digests without bytes.
    """
    return _collect_wanted(_Walk(graph, choices, outcomes, deleted_assets))


def walk_graph(
    graph: Graph, choices: Choices, outcomes: Mapping[Fingerprint, Outcome], deleted_assets: Set[Digest] = frozenset()
) -> tuple[WantedSteps, dict[StepKey, ResolvedStep]]:
    """Return the results of ``find_wanted_steps`` and ``resolve_steps`` from a single walk over the graph."""
    walk = _Walk(graph, choices, outcomes, deleted_assets)
    return _collect_wanted(walk), {key: walk.resolve(key) for key in graph.steps}


def _collect_wanted(walk: _Walk) -> WantedSteps:
    graph, choices, had, gone = walk.graph, walk.choices, walk.outcomes, walk.deleted_assets
    for key in graph.goal:
        walk.require(key)
    for ask in choices.retakes:  # retakes of a fingerprint that the plan still has
        for key in graph.steps:
            if compute_round_fingerprint(ask) not in had and walk.resolve(key).fingerprint == ask.fingerprint:
                walk.add(key)
    # A step whose bytes were deleted may come back with other bytes: then its dependants must be obtained too.
    redone = {key for key in walk.certain if walk.resolve(key).asset in gone}
    while redone and (
        more := [
            key for key, step in graph.steps.items() if key not in redone and any(i.of in redone for i in step.inputs)
        ]
    ):
        redone.update(more)
        walk.possible.update({key: graph.steps[key] for key in more if key not in walk.certain})
    return WantedSteps(tuple(walk.certain.values()), tuple(walk.possible.values()), tuple(walk.stuck.values()))


def resolve_steps(
    graph: Graph, choices: Choices, outcomes: Mapping[Fingerprint, Outcome], deleted_assets: Set[Digest] = frozenset()
) -> dict[StepKey, ResolvedStep]:
    """Resolve every step: its fingerprint and its chosen asset, as far as they are known now."""
    walk = _Walk(graph, choices, outcomes, deleted_assets)
    return {key: walk.resolve(key) for key in graph.steps}


def prepare_walk(
    graph: Graph, choices: Choices, outcomes: Mapping[Fingerprint, Outcome], deleted_assets: Set[Digest] = frozenset()
) -> Callable[[StepKey], ResolvedStep]:
    """Return what resolves one step at a time, for who needs only the first of some kind."""
    return _Walk(graph, choices, outcomes, deleted_assets).resolve


class _Walk:
    def __init__(
        self, graph: Graph, choices: Choices, outcomes: Mapping[Fingerprint, Outcome], deleted_assets: Set[Digest]
    ) -> None:
        self.graph, self.choices, self.outcomes, self.deleted_assets = graph, choices, outcomes, deleted_assets
        self.certain: dict[StepKey, Step] = {}
        self.possible: dict[StepKey, Step] = {}
        self.stuck: dict[StepKey, Step] = {}
        self._resolved_steps: dict[StepKey, ResolvedStep] = {}

    def resolve(self, key: StepKey) -> ResolvedStep:
        if key not in self._resolved_steps:
            self._resolved_steps[key] = self._compute(key)
        return self._resolved_steps[key]

    def _compute(self, key: StepKey) -> ResolvedStep:
        step = self.graph.steps[key]
        got: dict[Input, Digest] = {}
        for needed in step.inputs:
            if needed.of and (digest := self.resolve(needed.of).asset):
                got[needed] = digest
        fp = compute_step_fingerprint(step, got)
        circle = self.choices.circles.get(ShotId(key.removeprefix("take/"))) if step.kind == "take" else None
        if circle and step.request and circle.request == compute_request_digest(step.request):
            if circle.asset in self.deleted_assets:  # a person chose it: it is never replaced automatically
                self.stuck[key] = step
            return ResolvedStep(fp, circle.asset)
        if fp is None:
            return ResolvedStep(None, None)
        asks = sorted((a for a in self.choices.retakes if a.fingerprint == fp), key=lambda a: a.round)
        names = (fp, *(compute_round_fingerprint(a) for a in asks))
        rounds = [self.outcomes[name] for name in names if name in self.outcomes]
        got_digests = [o.chosen_asset or o.assets[0] for o in rounds if o.assets]
        if rounds and not got_digests:
            self.stuck[key] = step
        alive = next((d for d in got_digests if d not in self.deleted_assets), None)
        return ResolvedStep(fp, alive or (got_digests[0] if got_digests else None))

    def require(self, key: StepKey) -> None:
        """Add the step of ``key`` and what it needs, unless its bytes exist or a person must decide about it."""
        if key in self.certain or key in self.possible:
            return
        digest = self.resolve(key).asset
        if not ((digest and digest not in self.deleted_assets) or key in self.stuck):
            self.add(key)

    def add(self, key: StepKey) -> None:
        """Add the step of ``key`` to those to be obtained, and require all steps that it depends on."""
        step = self.graph.steps[key]
        needed = step.prerequisites
        there = all((d := self.resolve(k).asset) and d not in self.deleted_assets for k in needed)
        (self.certain if there else self.possible)[key] = step
        for k in needed:
            self.require(k)
