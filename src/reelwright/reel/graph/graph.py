"""Steps and the graph they form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Final, Literal

from reelwright.reel.base.canonical import compute_fingerprint
from reelwright.reel.base.value import Digest, Fingerprint, StepKey, define_value
from reelwright.reel.graph.request import Input, Request, to_fingerprint_fields

Kind = Literal["words", "still", "take", "voice", "bed", "segment", "mix", "film"]
PAID: Final[frozenset[Kind]] = frozenset({"words", "still", "take", "voice", "bed"})
"""Kinds that may cost money. They always pass the gate, also at a price of 0."""
EPOCH: Final[Mapping[Kind, int]] = {
    "words": 1, "still": 1, "take": 1, "voice": 1, "bed": 1, "segment": 2, "mix": 2, "film": 2,
}  # fmt: skip
"""A number in every fingerprint of a kind. It is raised when our own work of that kind changes its result on purpose.

The epoch of a paid kind never changes: its steps would be bought again.
"""


@define_value
class Step:
    """A unit of work of a job. A paid step has a request; a local step has the name of its work, arguments and needs.

    ``args`` of a step with a request: what our own work is told beside the request; empty for what costs money.
    ``after``: steps that must be finished first, though nothing of them is read; no part of the fingerprint.
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
        """The inputs whose bytes it reads: of its request, or of our own work."""
        return self.request.inputs if self.request else self.needs

    @property
    def prerequisites(self) -> tuple[StepKey, ...]:
        """Keys of all steps that must be finished before this one can start."""
        return (*(i.of for i in self.inputs if i.of), *self.after)


@define_value
class Graph:
    """The steps of a job. ``goal``: the steps whose results the job is for.

    Raises ``ValueError`` on creation for a cycle, and for a step that needs one that does not exist.
    """

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
            for needed in self.steps[key].prerequisites:
                visit(needed, (*path, key))
            done.add(key)

        for key in (*self.goal, *self.steps):
            visit(key, ())


def compute_step_fingerprint(step: Step, input_digests: Mapping[Input, Digest]) -> Fingerprint | None:
    """Return the fingerprint of ``step``; None while the digest of an input is missing.

    ``input_digests`` holds the stored bytes of inputs, never anything that our code computed from them: an upgrade
    would change that, and the step would be bought again.
    """
    digests = tuple(i.asset or input_digests.get(i) for i in step.inputs)
    if any(d is None for d in digests):
        return None
    of = step.request if step.request and not step.args else step  # an edit's plans share all but one shot's request
    cached = _cached_fingerprints.get((id(of), step.kind, digests))
    if cached and cached[0] is of:
        return cached[1]
    if len(_cached_fingerprints) >= _MOST_CACHED:
        _cached_fingerprints.clear()
    made = _hash_step(step, digests)
    _cached_fingerprints[id(of), step.kind, digests] = (of, made)
    return made


def compute_order_fingerprint(step: Step, fp: Fingerprint, digests: tuple[Digest, ...]) -> Fingerprint:
    """Return the fingerprint that ``step`` would have with one sample: it names the order in the account.

    ``fp``: the step's own fingerprint, over the same input ``digests``. Both are equal for a request of one sample.
    """
    if step.request is None or step.request.samples == 1:
        return fp
    return _hash_step(replace(step, request=replace(step.request, samples=1)), digests)


_cached_fingerprints: Final[dict[tuple[int, str, tuple[Digest | None, ...]], tuple[Step | Request, Fingerprint]]] = {}
"""Fingerprints by the ``id`` of the request, or else of the step, by kind and by input digests. One pass over a project
asks for each many times.

Each entry also holds what its ``id`` is of, so that nothing else can get the same.
"""
_MOST_CACHED: Final = 4096


def _hash_step(step: Step, digests: tuple[Digest | None, ...]) -> Fingerprint:
    content = {**(to_fingerprint_fields(step.request) if step.request else {"work": step.work}), **step.args}
    inputs = [[i.role, i.part, d] for i, d in zip(step.inputs, digests, strict=True)]
    return compute_fingerprint(step.kind, [EPOCH[step.kind], content, inputs])
