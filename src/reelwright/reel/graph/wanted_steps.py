"""Wanted steps: what must still be obtained for the goal. Steps below a finished one are not looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, NamedTuple

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
    return _read(graph, choices, outcomes, deleted_assets).wanted


def walk_graph(
    graph: Graph, choices: Choices, outcomes: Mapping[Fingerprint, Outcome], deleted_assets: Set[Digest] = frozenset()
) -> tuple[WantedSteps, Mapping[StepKey, ResolvedStep]]:
    """Return the results of ``find_wanted_steps`` and ``resolve_steps``."""
    seen = _read(graph, choices, outcomes, deleted_assets)
    return seen.wanted, seen.every


def resolve_steps(
    graph: Graph, choices: Choices, outcomes: Mapping[Fingerprint, Outcome], deleted_assets: Set[Digest] = frozenset()
) -> Mapping[StepKey, ResolvedStep]:
    """Resolve every step: its fingerprint and its chosen asset, as far as they are known now."""
    return _read(graph, choices, outcomes, deleted_assets).every


def prepare_walk(
    graph: Graph, choices: Choices, outcomes: Mapping[Fingerprint, Outcome], deleted_assets: Set[Digest] = frozenset()
) -> Callable[[StepKey], ResolvedStep]:
    """Return what resolves one step at a time, for who needs only the first of some kind."""
    return _read(graph, choices, outcomes, deleted_assets).resolve


def _read(
    graph: Graph, choices: Choices, outcomes: Mapping[Fingerprint, Outcome], deleted_assets: Set[Digest]
) -> _Reading:
    """Return the reading of this graph with these results; a page or a price asks for the same one many times.

    The graph, the choices and each outcome of a journal are the same objects in the next request, as the mapping that
    holds the outcomes is not.
    """
    found = tuple((name, id(outcome)) for name, outcome in outcomes.items())
    key = (id(graph), id(choices), frozenset(deleted_assets), found)
    if (known := _readings.get(key)) is None:
        if len(_readings) >= _MOST_READINGS:
            _readings.clear()
        known = _readings[key] = _Reading(graph, choices, dict(outcomes), frozenset(deleted_assets))
    return known


class _Reading:
    """A graph read with a person's choices and the results so far: what they say of each step. It never changes."""

    def __init__(
        self, graph: Graph, choices: Choices, outcomes: Mapping[Fingerprint, Outcome], deleted_assets: frozenset[Digest]
    ) -> None:
        self.graph, self.choices, self.outcomes, self.deleted_assets = graph, choices, outcomes, deleted_assets
        self.undecided: set[StepKey] = set()  # of those resolved so far: a person must decide
        self._resolved_steps: dict[StepKey, ResolvedStep] = {}
        self._retakes: dict[Fingerprint, list[Fingerprint]] = {}
        for ask in sorted(choices.retakes, key=lambda one: one.round):
            self._retakes.setdefault(ask.fingerprint, []).append(compute_round_fingerprint(ask))

    @cached_property
    def every(self) -> Mapping[StepKey, ResolvedStep]:
        return MappingProxyType({key: self.resolve(key) for key in self.graph.steps})

    @cached_property
    def wanted(self) -> WantedSteps:
        return _Walk(self).collect()

    def resolve(self, key: StepKey) -> ResolvedStep:
        if (known := self._resolved_steps.get(key)) is None:
            known = self._resolved_steps[key] = self._compute(key)
        return known

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
                self.undecided.add(key)
            return ResolvedStep(fp, circle.asset)
        if fp is None:
            return ResolvedStep(None, None)
        names = (fp, *self._retakes.get(fp, ()))
        rounds = [self.outcomes[name] for name in names if name in self.outcomes]
        got_digests = [o.chosen_asset or o.assets[0] for o in rounds if o.assets]
        if rounds and not got_digests:
            self.undecided.add(key)
        alive = next((d for d in got_digests if d not in self.deleted_assets), None)
        return ResolvedStep(fp, alive or (got_digests[0] if got_digests else None))


_readings: Final[dict[tuple[Any, ...], _Reading]] = {}
"""Each holds what the ``id`` values of its key are of, so that nothing else can get the same."""
_MOST_READINGS: Final = 32
"""Most readings at once: some pages and prices of a film each ask for two or three. Others than these are rare."""


class _Walk:
    """A walk from the goal down to what exists, which collects what is wanted on its way."""

    def __init__(self, seen: _Reading) -> None:
        self._seen = seen
        self._certain: dict[StepKey, Step] = {}
        self._possible: dict[StepKey, Step] = {}
        self._stuck: dict[StepKey, Step] = {}
        self._looked: set[StepKey] = set()

    def collect(self) -> WantedSteps:
        steps, choices, gone = self._seen.graph.steps, self._seen.choices, self._seen.deleted_assets
        for key in self._seen.graph.goal:
            self._require(key)
        for ask in choices.retakes:  # retakes of a fingerprint that the plan still has
            if compute_round_fingerprint(ask) not in self._seen.outcomes:
                for key in steps:
                    if self._look(key).fingerprint == ask.fingerprint:
                        self._add(key)
        # A step whose bytes were deleted may come back with other bytes: then its dependants must be obtained too.
        redone = {key for key in self._certain if self._look(key).asset in gone}
        while redone and (
            more := [
                key for key, step in steps.items() if key not in redone and any(i.of in redone for i in step.inputs)
            ]
        ):
            redone.update(more)
            self._possible.update({key: steps[key] for key in more if key not in self._certain})
        return WantedSteps(tuple(self._certain.values()), tuple(self._possible.values()), tuple(self._stuck.values()))

    def _look(self, key: StepKey) -> ResolvedStep:
        """Resolve a step, and note it and all that it reads as stuck where a person must decide."""
        if key not in self._looked:
            self._looked.add(key)
            for needed in self._seen.graph.steps[key].inputs:
                if needed.of:
                    self._look(needed.of)
            found = self._seen.resolve(key)
            if key in self._seen.undecided:
                self._stuck[key] = self._seen.graph.steps[key]
            return found
        return self._seen.resolve(key)

    def _require(self, key: StepKey) -> None:
        """Add the step of ``key`` and what it needs, unless its bytes exist or a person must decide about it."""
        if key in self._certain or key in self._possible:
            return
        digest = self._look(key).asset
        if not ((digest and digest not in self._seen.deleted_assets) or key in self._stuck):
            self._add(key)

    def _add(self, key: StepKey) -> None:
        """Add the step of ``key`` to those to be obtained, and require all steps that it depends on."""
        step = self._seen.graph.steps[key]
        needed = step.prerequisites
        there = all((d := self._look(k).asset) and d not in self._seen.deleted_assets for k in needed)
        (self._certain if there else self._possible)[key] = step
        for k in needed:
            self._require(k)
