"""The quote: the price of the steps that are certainly and possibly wanted, shot by shot, and the time they take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from reelwright.planner.presets import describe_limits
from reelwright.planner.roles import list_screen_words
from reelwright.reel.base.value import ShotId, StepKey, cache_by_identity
from reelwright.reel.film.markup import to_plain_text
from reelwright.reel.film.plan import Beat, Plan, Shot
from reelwright.reel.graph.graph import PAID, Graph
from reelwright.reel.graph.orders import Order, list_orders
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.graph.wanted_steps import ResolvedStep, WantedSteps, find_wanted_steps, walk_graph
from reelwright.reel.records.money import Price, Quote
from reelwright.reel.records.operation import Standing
from reelwright.studio.policy import QUOTE_LIFETIME, QUOTED_SHOT_CHARS
from reelwright.studio.quotes import duration_estimates
from reelwright.studio.quotes.film_budget import find_flavor_budget
from reelwright.studio.quotes.planning_steps import count_finished_words
from reelwright.studio.quotes.quote_warnings import list_quote_warnings
from reelwright.studio.results.results import PriceWithKey, ProjectQuote, QuoteRow
from reelwright.units import Micros

_SENT: Final = "sent already: it is on its way"

Pricing = Callable[[Request], Price]
WalkedGraph = tuple[WantedSteps, Mapping[StepKey, ResolvedStep]]


def compute_quote(
    standing: Standing, graph: Graph, price: Pricing, hands: int, walk: WalkedGraph | None = None
) -> Quote:  # fmt: skip
    """Price each wanted step that does not exist yet by ``price``, and estimate the time with ``hands`` workers.

    Each is priced by the request in the plan. ``walk``: the result of ``walk_graph``, if the caller has it.

    A step that this project has sent already has no price here: it is paid under the earlier agreement. Neither has one
    of which ``reconcile`` recovered the purchase.
    """
    wanted_steps, resolved_steps = walk or walk_graph(
        graph, standing.choices, standing.outcomes, standing.deleted_assets
    )
    todo = list_orders(
        graph,
        standing.choices,
        standing.outcomes,
        wanted_steps.certain,
        standing.deleted_assets,
        resolved_steps,
        order_number=standing.order_number,
    )
    own = (p.fingerprint for p in standing.open_purchases if p.state != "intent" and p.resubmit != "free")
    on_its_way = {*own, *standing.recovered_orders}
    sent = frozenset(order.fingerprint for order in todo if order.fingerprint in on_its_way)
    unsent = [order for order in todo if order.fingerprint not in sent]
    all_sent = {order.step.key for order in todo} - {order.step.key for order in unsent}
    possible = {step.key: price(step.request) for step in wanted_steps.possible if step.kind in PAID and step.request}
    certain = {
        step.key: _price_orders([order for order in unsent if order.step.key == step.key], step.request, price)
        for step in wanted_steps.certain
        if step.kind in PAID and step.request
    }
    certain |= {key: replace(certain[key], micros=Micros(0), basis=_SENT) for key in certain if key in all_sent}
    sure = {step.key for step in wanted_steps.certain}
    every = sure | {step.key for step in wanted_steps.possible}
    return Quote(
        certain=certain,
        possible=possible,
        ceiling=Micros(sum(p.micros or 0 for p in (*certain.values(), *possible.values()))),
        seconds=(
            round(duration_estimates.compute_critical_path(graph, sure), 1),
            round(duration_estimates.compute_max_duration(graph, every, hands), 1),
        ),
        expires_at=datetime.now(UTC) + QUOTE_LIFETIME,
        up_to_date=len(list_needed_steps(graph) - every - {step.key for step in wanted_steps.stuck})
        + count_finished_words(standing, graph),
        in_flight=sent,
    )


def list_needed_steps(graph: Graph) -> frozenset[StepKey]:
    """Return the keys of all steps that the graph's goal needs, directly or through others, also finished ones."""
    found: set[StepKey] = set()
    ahead = list(graph.goal)
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead += graph.steps[key].prerequisites
    return frozenset(found)


def _price_orders(orders: Sequence[Order], request: Request, price: Pricing) -> Price:
    """Price all orders of a step together: rounds may request different numbers of samples.

    ``request``: that of the step, which is priced where there is no order.
    """
    each = [price(order.step.request) for order in orders if order.step.request] or [price(request)]
    if len(each) < 2 or any(not one.micros for one in each):
        return each[0]
    kinds = Counter(one.basis for one in each)
    basis = " + ".join(f"{often} x {basis}" if often > 1 else basis for basis, often in kinds.items())
    return replace(each[0], micros=Micros(sum(one.micros or 0 for one in each)), basis=basis)


def build_project_quote(
    standing: Standing,
    graph: Graph,
    quote: Quote,
    *,
    project: str | None,
    hands: int = 1,
    notes: Sequence[str] = (),
    prices_with_key: tuple[PriceWithKey, ...] = (),
    wanted_steps: WantedSteps | None = None,
) -> ProjectQuote:
    """Convert the engine's quote to the one that is shown to a person: a row for each shot, times, and warnings.

    ``notes``: put before the warnings. ``wanted_steps``: the result of ``find_wanted_steps``, if the caller has it.
    """
    if wanted_steps is None:
        wanted_steps = find_wanted_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    sure = {step.key for step in wanted_steps.certain}
    maybe = {step.key for step in wanted_steps.possible}
    return ProjectQuote(
        wanted_steps=tuple(key for key in graph.steps if key in sure or key in maybe),
        possible_steps=tuple(key for key in graph.steps if key in maybe),
        up_to_date=quote.up_to_date,
        micros=quote.ceiling,
        max_duration_s=quote.seconds[1],
        min_duration_s=quote.seconds[0],
        shots=_rows(standing.plan, graph, quote, wanted_steps) if standing.plan else (),
        prices_by_step=_by_step(graph, quote),
        durations_by_continuity=_times(graph, sure | maybe, hands),
        prices_with_key=prices_with_key,
        unknown_price_steps=quote.unknown_steps,
        unconfirmed_price_steps=quote.unconfirmed_steps,
        notes=(
            *notes,
            *(describe_limits(standing.plan) if standing.plan and standing.plan.presets else ()),
            *list_quote_warnings(graph, quote),
        ),
        project=project,
        expires_at=quote.expires_at,
        budget=find_flavor_budget(standing.brief, quote.ceiling),
        sent_takes=len(quote.in_flight),
        spent_by_job=standing.spent_by_job,
        bill_ratios=standing.bill_ratios,
        recovered_by_job=_sum_by_job(standing.recovered_micros) if standing.recovered_micros else {},
        requests=_list_requests(graph, quote, sure | maybe),
    )


def _sum_by_job(recovered_micros: Mapping[tuple[str, str], Micros]) -> dict[str, Micros]:
    made: dict[str, Micros] = {}
    for (job, _), micros in recovered_micros.items():
        made[job] = Micros(made.get(job, 0) + micros)
    return made


def _list_requests(graph: Graph, quote: Quote, wanted_steps: Set[StepKey]) -> tuple[Request, ...]:
    """Return the requests of the steps that are not sent yet."""
    sent = {key for key, price in quote.certain.items() if price.basis == _SENT}
    found = (step.request for key, step in graph.steps.items() if key in wanted_steps and key not in sent)
    return tuple(request for request in found if request is not None)


def _by_step(graph: Graph, quote: Quote) -> dict[str, Micros]:
    """Return the ceiling by kind of step, for kinds that cost money."""
    found: dict[str, int] = {}
    for key, each in {**quote.certain, **quote.possible}.items():
        if each.micros:
            kind = graph.steps[key].kind
            found[kind] = found.get(kind, 0) + each.micros
    return {kind: Micros(total) for kind, total in found.items()}


def _times(graph: Graph, wanted: Set[StepKey], hands: int) -> dict[str, float]:
    """Return the longest duration in seconds with shots that continue each other, and with shots that do not."""
    loose = {
        key: replace(step, request=replace(step.request, inputs=tuple(i for i in step.inputs if not _is_take(i))))
        for key, step in graph.steps.items()
        if step.request and any(map(_is_take, step.inputs))
    }
    if not loose:
        return {}
    free = Graph(steps={**graph.steps, **loose}, goal=graph.goal)
    return {
        "beat": round(duration_estimates.compute_max_duration(graph, wanted, hands), 1),
        "loose": round(duration_estimates.compute_max_duration(free, wanted, hands), 1),
    }


def _is_take(one: Input) -> bool:
    return one.of is not None and one.of.startswith("take/")


def _rows(plan: Plan, graph: Graph, quote: Quote, wanted_steps: WantedSteps) -> tuple[QuoteRow, ...]:
    """Return a row for each shot, then one for the steps that belong to the whole film."""
    numbers = {shot.id: (n, beat.name) for n, (beat, shot) in enumerate(_shots(plan), 1)}
    first_words = {shot.id: _find_first_words(plan, shot) for _, shot in _shots(plan)}
    owners: dict[ShotId | None, list[StepKey]] = {shot: [] for shot in numbers}
    needed_keys = list_needed_steps(graph)
    for key in (key for key in graph.steps if key in needed_keys):
        owners.setdefault(find_step_shot(key, numbers), []).append(key)
    sure = {step.key for step in wanted_steps.certain}
    every = sure | {step.key for step in wanted_steps.possible}
    prices = {**quote.possible, **quote.certain}
    rows = []
    for shot, keys in owners.items():
        n, name = numbers[shot] if shot else (None, "film")
        needed = [key for key in keys if key in every]
        paid = [key for key in needed if key in prices]
        rows.append(
            QuoteRow(
                n=n,
                shot=shot,
                name=name,
                wanted_steps=len(needed),
                up_to_date=len(keys) - len(needed),
                micros=Micros(sum(prices[key].micros or 0 for key in paid)),
                is_certain=all(key in sure for key in paid),
                basis=tuple(dict.fromkeys(_basis(key, prices[key]) for key in paid if prices[key].micros != 0)),
                first_words=first_words[shot] if shot else "",
            )
        )
    return tuple(rows)


@cache_by_identity(512)
def _find_first_words(plan: Plan, shot: Shot) -> str:
    """Return the first words that are read in a shot, as many as fit in ``QUOTED_SHOT_CHARS``, on one line."""
    text = " ".join(map(to_plain_text, list_screen_words(plan, shot).values()))
    return text if len(text) <= QUOTED_SHOT_CHARS else f"{text[: QUOTED_SHOT_CHARS - 1].rstrip()}…"


def _basis(key: StepKey, price: Price) -> str:
    """Return the basis of a price with its kind: ``take: 4 s at 720p, $0.10 a second; source, date``."""
    return f"{key.partition('/')[0]}: {price.basis}"


def _shots(plan: Plan) -> list[tuple[Beat, Shot]]:
    return [(beat, shot) for beat in plan.beats for shot in beat.shots]


def find_step_shot(key: StepKey, shots: Mapping[ShotId, object]) -> ShotId | None:
    """Return the id of the shot that the step ``key`` belongs to; None for a step of the whole film."""
    parts = key.split("/")
    shot = ShotId(parts[1]) if len(parts) > 1 else None
    return shot if shot in shots else None
