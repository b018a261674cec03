"""Steps and the graph they form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Final, Literal

from reelwright.reel.canonical import fingerprint_of
from reelwright.reel.noun import Digest, Fingerprint, StepKey, noun
from reelwright.reel.request import Input, Request, spoken

Kind = Literal["words", "still", "take", "voice", "bed", "segment", "mix", "film"]
PAID: Final[frozenset[Kind]] = frozenset({"words", "still", "take", "voice", "bed"})
"""Kinds that may cost money. They always pass the gate, also at a price of 0."""
EPOCH: Final[Mapping[Kind, int]] = {
    "words": 1, "still": 1, "take": 1, "voice": 1, "bed": 1, "segment": 1, "mix": 1, "film": 2,
}  # fmt: skip
"""Raised when our own work of that kind changes its result on purpose. A paid kind's epoch never moves."""


@noun
class Step:
    """One unit of a job. Paid steps carry a request; our own carry the name of a work, its arguments and needs.

    ``after``: steps that must be had first though nothing of them is read; no part of the fingerprint.
    """

    key: StepKey
    kind: Kind
    request: Request | None = None
    work: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[Input, ...] = ()
    after: tuple[StepKey, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        return self.request.inputs if self.request else self.needs

    @property
    def ahead(self) -> tuple[StepKey, ...]:
        """Keys of all steps that must be had before this one can be obtained."""
        return (*(i.of for i in self.inputs if i.of), *self.after)


@noun
class Graph:
    """Acyclic; checked when made. ``goal``: the steps that must be had."""

    steps: Mapping[StepKey, Step]
    goal: tuple[StepKey, ...]

    def __post_init__(self) -> None:
        done: set[StepKey] = set()

        def visit(key: StepKey, path: tuple[StepKey, ...]) -> None:
            if key in done:
                return
            if key in path:
                raise ValueError(f"the plan has a cycle: {' → '.join((*path, key))}")
            if key not in self.steps:
                raise ValueError(f"step {path[-1] if path else 'goal'} needs {key}, which does not exist")
            for needed in self.steps[key].ahead:
                visit(needed, (*path, key))
            done.add(key)

        for key in (*self.goal, *self.steps):
            visit(key, ())


def fingerprint(step: Step, got: Mapping[Input, Digest]) -> Fingerprint | None:
    """None while an input is missing. A paid step's inputs are landed bytes only, never what our code computed."""
    digests = tuple(i.asset or got.get(i) for i in step.inputs)
    if any(d is None for d in digests):
        return None
    known = _known.get((id(step), digests))
    if known and known[0] is step:
        return known[1]
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    made = _fingerprint(step, digests)
    _known[id(step), digests] = (step, made)
    return made


def order_fingerprint(step: Step, fp: Fingerprint, digests: tuple[Digest, ...]) -> Fingerprint:
    """What a paid step asks its provider for, however many samples of it: the first part of an order's name.

    ``fp``: the step's own fingerprint, over the same input ``digests``; both are equal where one sample is asked for.
    """
    if step.request is None or step.request.samples == 1:
        return fp
    return _fingerprint(replace(step, request=replace(step.request, samples=1)), digests)


_known: Final[dict[tuple[int, tuple[Digest | None, ...]], tuple[Step, Fingerprint]]] = {}
"""By the very step (kept, so that its identity is its own) and its inputs: one reading of a project asks many times."""
_MOST_KNOWN: Final = 512


def _fingerprint(step: Step, digests: tuple[Digest | None, ...]) -> Fingerprint:
    said = spoken(step.request) if step.request else {"work": step.work, **step.args}
    inputs = [[i.role, i.part, d] for i, d in zip(step.inputs, digests, strict=True)]
    return fingerprint_of(step.kind, [EPOCH[step.kind], said, inputs])
