"""Orders: what must be obtained for the certain steps, with the fingerprint and round under which it is stored.

An account buys an order once. An order is (account, fingerprint, n): the n-th deliberate purchase of the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

from reelwright.reel.base.value import Digest, Fingerprint, StepKey, define_value
from reelwright.reel.graph.choices import Choices, RetakeRequest, compute_round_fingerprint
from reelwright.reel.graph.graph import Graph, Step, compute_order_fingerprint
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.graph.wanted_steps import ResolvedStep, resolve_steps

WANTS: Final = "wants"
"""The option of a job that names the paid orders which it wanted when it was queued."""


@define_value
class Order:
    """A purchase or local work to do. ``step`` holds the request of its round; ``inputs`` are in the step's order.

    ``fingerprint``: under it, the project stores the outcome. ``order_fingerprint``: the order's own fingerprint in the
    account, the same for every project and round. ``n``: the number of the deliberate purchase; 0: a new order, which
    gets its number when it is bought.
    """

    step: Step
    fingerprint: Fingerprint
    round: int
    inputs: tuple[tuple[Input, Digest], ...]
    order_fingerprint: Fingerprint
    n: int = 1

    @property
    def key(self) -> str:
        """The order's name in its account; empty while it has no number."""
        return format_order_key(self.order_fingerprint, self.n)


NumberedOrder = tuple[Fingerprint, int]
"""The fingerprint and the number of an order."""


def format_order_key(fingerprint: Fingerprint, n: int) -> str:
    """Return the order's name: ``fingerprint`` for ``n`` 1, ``fingerprint#n`` above, empty for 0, no number yet."""
    if n == 0:
        return ""
    return fingerprint if n == 1 else f"{fingerprint}#{n}"


def list_orders(
    graph: Graph,
    choices: Choices,
    outcomes: Mapping[Fingerprint, Outcome],
    certain: Sequence[Step],
    deleted_assets: Set[Digest] = frozenset(),
    resolved_steps: Mapping[StepKey, ResolvedStep] | None = None,
    *,
    order_number: int = 1,
) -> tuple[Order, ...]:
    """Return what to obtain for the steps ``certain``, whose inputs exist: a first round, and requested retakes.

    A round that has an outcome is left out. A paid step whose bytes were deleted gets no first round: it is bought
    again as a retake, once a person asked for that (``propose_retakes``). ``resolved_steps``: the result of
    ``resolve_steps``, if the caller has it. ``order_number``: see ``Standing.order_number``.
    """
    resolved_steps = (
        resolve_steps(graph, choices, outcomes, deleted_assets) if resolved_steps is None else resolved_steps
    )
    made: list[Order] = []
    for step in certain:
        fp = resolved_steps[step.key].fingerprint
        if fp is None:
            continue
        inputs = tuple((i, _get_input_digest(i, resolved_steps)) for i in step.inputs)
        of = compute_order_fingerprint(step, fp, tuple(digest for _, digest in inputs))
        if _needs_first_round(step, fp, resolved_steps[step.key], outcomes, deleted_assets):
            made.append(Order(step=step, fingerprint=fp, round=1, inputs=inputs, order_fingerprint=of, n=order_number))
        for ask in _list_retakes(choices, fp):
            if compute_round_fingerprint(ask) not in outcomes:
                retake_step = replace(step, request=_build_round_request(step.request, ask)) if step.request else step
                name = compute_round_fingerprint(ask)
                made.append(
                    Order(
                        step=retake_step,
                        fingerprint=name,
                        round=ask.round,
                        inputs=inputs,
                        order_fingerprint=of,
                        n=ask.round,
                    )
                )
    return tuple(made)


def propose_retakes(
    graph: Graph,
    choices: Choices,
    outcomes: Mapping[Fingerprint, Outcome],
    certain: Sequence[Step],
    deleted_assets: Set[Digest] = frozenset(),
    resolved_steps: Mapping[StepKey, ResolvedStep] | None = None,
) -> tuple[RetakeRequest, ...]:
    """Propose a retake for each paid step of ``certain`` whose bytes were deleted and that has none pending.

    Each retake asks for as many samples as were deleted, and for one at least. Spends nothing.
    """
    resolved_steps = (
        resolve_steps(graph, choices, outcomes, deleted_assets) if resolved_steps is None else resolved_steps
    )
    asks: list[RetakeRequest] = []
    for step in certain:
        fp, chosen = resolved_steps[step.key]
        if (
            step.request
            and fp
            and chosen in deleted_assets
            and all(compute_round_fingerprint(a) in outcomes for a in _list_retakes(choices, fp))
        ):
            last = max((a.round for a in _list_retakes(choices, fp)), default=1)
            lost = len(set(outcomes[fp].assets) & deleted_assets) if fp in outcomes else 1
            asks.append(RetakeRequest(fingerprint=fp, round=last + 1, samples=max(1, lost)))
    return tuple(asks)


def _needs_first_round(
    step: Step, fp: Fingerprint, found: ResolvedStep, had: Mapping[Fingerprint, Outcome], gone: Set[Digest]
) -> bool:
    """Whether the first round of the step must be obtained. Deleted results of local work are made again."""
    if step.request:
        return fp not in had and found.asset is None
    return fp not in had or found.asset in gone


def _list_retakes(choices: Choices, fp: Fingerprint) -> list[RetakeRequest]:
    return sorted((a for a in choices.retakes if a.fingerprint == fp), key=lambda a: a.round)


def _get_input_digest(needed: Input, found: Mapping[StepKey, ResolvedStep]) -> Digest:
    digest = needed.asset or (found[needed.of].asset if needed.of else None)
    assert digest, f"{needed.of} has a dependant with a fingerprint, so it is chosen"
    return digest


def _build_round_request(request: Request, ask: RetakeRequest) -> Request:
    """Return the request of a retake: its own number of samples, and another seed and variant.

    With the same seed a provider would return the same bytes again.
    """
    step = ask.round - 1
    extra = dict(request.extra)
    for name in ("seed", "variant"):
        if isinstance(extra.get(name), int):
            extra[name] += step
    seed = None if request.seed is None else request.seed + step
    return replace(request, samples=ask.samples, seed=seed, extra=extra)
