"""The price before: what is certainly and what is possibly wanted, shot by shot, with the time that it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from reelwright.reel.graph import PAID, Graph, Step
from reelwright.reel.money import Price, Quote
from reelwright.reel.noun import ShotId, StepKey
from reelwright.reel.operation import Standing
from reelwright.reel.orders import Order, orders
from reelwright.reel.plan import Beat, Plan, Shot
from reelwright.reel.request import Request
from reelwright.reel.wanted import Wanted, wanted
from reelwright.studio import pace
from reelwright.studio.answers import Priced, Quoted, WithKey
from reelwright.studio.film_budget import budget_of
from reelwright.studio.warned import warned
from reelwright.studio.words import words_had
from reelwright.units import Micros

LAPSES: Final = timedelta(hours=24)
"""A quote older than this is asked for again. Source: DESIGN.md 3.5, read 2026-11-20."""

_SENT: Final = "sent already: it is on its way"

Pricing = Callable[[Request], Price]


def quote_of(standing: Standing, graph: Graph, price: Pricing, hands: int) -> Quote:
    """``wanted − had`` with its ceiling. Every paid step is priced with the plan's request, whatever frame comes.

    What this project has sent already is on its way under what was agreed to before: it has no price here.
    """
    asked = wanted(graph, standing.choices, standing.had, standing.gone)
    todo = _orders(standing, graph, asked)
    on_its_way = {p.fingerprint for p in standing.open if p.state != "intent" and p.resubmit != "free"}
    sent = frozenset(order.fingerprint for order in todo if order.fingerprint in on_its_way)
    unsent = [order for order in todo if order.fingerprint not in sent]
    all_sent = {order.step.key for order in todo} - {order.step.key for order in unsent}
    certain, possible = _prices(asked.certain, price), _prices(asked.possible, price)
    certain |= {key: _all_of(key, unsent, price) for key in certain if key in {order.step.key for order in unsent}}
    certain |= {key: replace(certain[key], micros=Micros(0), basis=_SENT) for key in certain if key in all_sent}
    sure = {step.key for step in asked.certain}
    every = sure | {step.key for step in asked.possible}
    return Quote(
        certain=certain,
        possible=possible,
        ceiling=Micros(sum(p.micros or 0 for p in (*certain.values(), *possible.values()))),
        seconds=(round(pace.along(graph, sure), 1), round(pace.at_most(graph, every, hands), 1)),
        until=datetime.now(UTC) + LAPSES,
        had=len(on_the_way(graph) - every - {step.key for step in asked.stuck}) + words_had(standing, graph),
        sent=sent,
    )


def on_the_way(graph: Graph) -> frozenset[StepKey]:
    """Every step that the goal waits for, directly or through others."""
    found: set[StepKey] = set()
    ahead = list(graph.goal)
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead += graph.steps[key].ahead
    return frozenset(found)


def _orders(standing: Standing, graph: Graph, asked: Wanted) -> tuple[Order, ...]:
    return orders(graph, standing.choices, standing.had, asked.certain, standing.gone, nth=standing.nth)


def _prices(steps: Sequence[Step], price: Pricing) -> dict[StepKey, Price]:
    """The price of each step once."""
    return {step.key: price(step.request) for step in steps if step.kind in PAID and step.request}


def _all_of(key: StepKey, wanted: Sequence[Order], price: Pricing) -> Price:
    """The price of every order of a step: rounds may ask for other numbers of samples."""
    each = [price(order.step.request) for order in wanted if order.step.key == key and order.step.request]
    if len(each) < 2 or any(not one.micros for one in each):
        return each[0]
    kinds = Counter(one.basis for one in each)
    basis = " + ".join(f"{often} x {basis}" if often > 1 else basis for basis, often in kinds.items())
    return replace(each[0], micros=Micros(sum(one.micros or 0 for one in each)), basis=basis)


def in_full(
    standing: Standing,
    graph: Graph,
    quote: Quote,
    *,
    project: str | None,
    hands: int = 1,
    ways: Mapping[str, Micros] | None = None,
    with_key: tuple[WithKey, ...] = (),
) -> Quoted:
    """The quote as a door shows it: step keys in the order of the graph, and a row for each shot."""
    asked = wanted(graph, standing.choices, standing.had, standing.gone)
    sure = {step.key for step in asked.certain}
    maybe = {step.key for step in asked.possible}
    return Quoted(
        wanted=tuple(key for key in graph.steps if key in sure or key in maybe),
        possible=tuple(key for key in graph.steps if key in maybe),
        had=quote.had,
        micros=quote.ceiling,
        seconds=quote.seconds[1],
        least_s=quote.seconds[0],
        shots=_rows(standing.plan, graph, quote, asked) if standing.plan else (),
        ways=ways or {},
        by_step=_by_step(graph, quote),
        times=_times(graph, sure | maybe, hands),
        with_key=with_key,
        unknown=quote.unknown,
        unconfirmed=quote.unconfirmed,
        said=warned(graph, quote),
        project=project,
        until=quote.until,
        budget=budget_of(standing.brief, quote.ceiling),
        sent=len(quote.sent),
        spent=standing.spent,
    )


def _by_step(graph: Graph, quote: Quote) -> dict[str, Micros]:
    """Ceilings by kind of step, where money is spent at all."""
    found: dict[str, int] = {}
    for key, each in {**quote.certain, **quote.possible}.items():
        if each.micros:
            kind = graph.steps[key].kind
            found[kind] = found.get(kind, 0) + each.micros
    return {kind: Micros(total) for kind, total in found.items()}


def _times(graph: Graph, wanted: Set[StepKey], hands: int) -> dict[str, float]:
    """Most seconds with shots that go on from one another, and where each opened by itself."""
    loose = {key: replace(step, request=_unchained(step.request)) for key, step in graph.steps.items() if step.request}
    if all(loose[key] == graph.steps[key] for key in loose):
        return {}
    free = Graph(steps={**graph.steps, **loose}, goal=graph.goal)
    return {
        "beat": round(pace.at_most(graph, wanted, hands), 1),
        "loose": round(pace.at_most(free, wanted, hands), 1),
    }


def _unchained(request: Request | None) -> Request | None:
    if request is None:
        return None
    return replace(request, inputs=tuple(i for i in request.inputs if not (i.of and i.of.startswith("take/"))))


def _rows(plan: Plan, graph: Graph, quote: Quote, asked: Wanted) -> tuple[Priced, ...]:
    """A row for each shot, then one for all that belongs to the film as a whole."""
    numbers = {shot.id: (n, beat.name) for n, (beat, shot) in enumerate(_shots(plan), 1)}
    owners: dict[ShotId | None, list[StepKey]] = {shot: [] for shot in numbers}
    meant = on_the_way(graph)
    for key in (key for key in graph.steps if key in meant):
        owners.setdefault(shot_of(key, numbers), []).append(key)
    sure = {step.key for step in asked.certain}
    every = sure | {step.key for step in asked.possible}
    prices = {**quote.possible, **quote.certain}
    rows = []
    for shot, keys in owners.items():
        n, name = numbers[shot] if shot else (None, "film")
        needed = [key for key in keys if key in every]
        paid = [key for key in needed if key in prices]
        rows.append(
            Priced(
                n=n,
                shot=shot,
                name=name,
                wanted=len(needed),
                had=len(keys) - len(needed),
                micros=Micros(sum(prices[key].micros or 0 for key in paid)),
                certain=all(key in sure for key in paid),
                basis=tuple(dict.fromkeys(_basis(key, prices[key]) for key in paid if prices[key].micros != 0)),
            )
        )
    return tuple(rows)


def _basis(key: StepKey, price: Price) -> str:
    """``take: 4 s at 720p, $0.10 a second; source, date``."""
    return f"{key.partition('/')[0]}: {price.basis}"


def _shots(plan: Plan) -> list[tuple[Beat, Shot]]:
    return [(beat, shot) for beat in plan.beats for shot in beat.shots]


def shot_of(key: StepKey, shots: Mapping[ShotId, object]) -> ShotId | None:
    """The shot that a step belongs to; None for what belongs to the whole film."""
    parts = key.split("/")
    shot = ShotId(parts[1]) if len(parts) > 1 else None
    return shot if shot in shots else None
