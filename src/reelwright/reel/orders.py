"""What must be obtained for the certain steps: each with the fingerprint and the round under which it is kept.

An order is had once per account: it is (account, fingerprint, n), the n-th time the very same is wanted on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from reelwright.reel.choices import Ask, Choices, again
from reelwright.reel.graph import Graph, Step, order_fingerprint
from reelwright.reel.noun import Digest, Fingerprint, StepKey, noun
from reelwright.reel.outcome import Outcome
from reelwright.reel.request import Input, Request
from reelwright.reel.wanted import Known, known


@noun
class Order:
    """One thing to obtain. ``step`` holds the request of its round; ``inputs`` are in the order of the step's.

    ``fingerprint``: the name under which the project keeps what comes of it. ``of``: the order's own fingerprint in
    the account, the same for every project and round. ``n``: which time it is wanted; 0: another one than all others,
    whose number is given when it is bought.
    """

    step: Step
    fingerprint: Fingerprint
    round: int
    inputs: tuple[tuple[Input, Digest], ...]
    of: Fingerprint
    n: int = 1

    @property
    def key(self) -> str:
        """The order's name in its account, as text; empty while it has no number."""
        return order_key(self.of, self.n)


def order_key(of: Fingerprint, n: int) -> str:
    """``fingerprint`` of the first order, ``fingerprint#n`` of the n-th; empty for one without a number yet."""
    if n == 0:
        return ""
    return of if n == 1 else f"{of}#{n}"


def orders(
    graph: Graph,
    choices: Choices,
    had: Mapping[Fingerprint, Outcome],
    certain: Sequence[Step],
    gone: Set[Digest] = frozenset(),
    found: Mapping[StepKey, Known] | None = None,
    *,
    nth: int = 1,
) -> tuple[Order, ...]:
    """The orders of every certain step: its first round where there is none yet, and each round asked for.

    A paid step whose bytes are gone has none: it is bought again as a round, once somebody asked (``anew``).
    ``found``: what is known of the steps, where the caller has walked them. ``nth``: which order of its fingerprint the
    first round of this project is; see ``Standing.nth``.
    """
    found = known(graph, choices, had, gone) if found is None else found
    made: list[Order] = []
    for step in certain:
        fp = found[step.key].fingerprint
        if fp is None:
            continue
        inputs = tuple((i, _digest(i, found)) for i in step.inputs)
        of = order_fingerprint(step, fp, tuple(digest for _, digest in inputs))
        if _first(step, fp, found[step.key], had, gone):
            made.append(Order(step=step, fingerprint=fp, round=1, inputs=inputs, of=of, n=nth))
        for ask in _rounds(choices, fp):
            if again(ask) not in had:
                asked = replace(step, request=_of_round(step.request, ask)) if step.request else step
                name = again(ask)
                made.append(Order(step=asked, fingerprint=name, round=ask.round, inputs=inputs, of=of, n=ask.round))
    return tuple(made)


def anew(
    graph: Graph,
    choices: Choices,
    had: Mapping[Fingerprint, Outcome],
    certain: Sequence[Step],
    gone: Set[Digest] = frozenset(),
    found: Mapping[StepKey, Known] | None = None,
) -> tuple[Ask, ...]:
    """A round to ask for of every certain paid step whose bytes are gone and for which no round is pending."""
    found = known(graph, choices, had, gone) if found is None else found
    asks: list[Ask] = []
    for step in certain:
        fp, chosen = found[step.key]
        if step.request and fp and chosen in gone and all(again(a) in had for a in _rounds(choices, fp)):
            last = max((a.round for a in _rounds(choices, fp)), default=1)
            lost = len(set(had[fp].assets) & gone) if fp in had else 1
            asks.append(Ask(of=fp, round=last + 1, samples=max(1, lost)))
    return tuple(asks)


def _first(step: Step, fp: Fingerprint, found: Known, had: Mapping[Fingerprint, Outcome], gone: Set[Digest]) -> bool:
    """Whether the step itself is to be obtained, not only another round of it."""
    if step.request:
        return fp not in had and found.chosen is None
    return fp not in had or found.chosen in gone


def _rounds(choices: Choices, fp: Fingerprint) -> list[Ask]:
    return sorted((a for a in choices.asks if a.of == fp), key=lambda a: a.round)


def _digest(needed: Input, found: Mapping[StepKey, Known]) -> Digest:
    digest = needed.asset or (found[needed.of].chosen if needed.of else None)
    assert digest, f"{needed.of} has a dependant with a fingerprint, so it is chosen"
    return digest


def _of_round(request: Request, ask: Ask) -> Request:
    """The same request for so many samples; seed and variant move on, else the very same bytes would come again."""
    step = ask.round - 1
    extra = dict(request.extra)
    for name in ("seed", "variant"):
        if isinstance(extra.get(name), int):
            extra[name] += step
    seed = None if request.seed is None else request.seed + step
    return replace(request, samples=ask.samples, seed=seed, extra=extra)
