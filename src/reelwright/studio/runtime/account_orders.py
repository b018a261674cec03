"""Reuse of what other projects of the account bought: looked up before a price, adopted before a job.

The account pays for an order once. The same shot in another film, or the same command repeated after any end, costs
nothing. A look-up asks the ledger only for the fingerprints of wanted steps, level by level along the graph; it never
reads everything that the account has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from reelwright.reel.base.value import Digest, Fingerprint, StepKey
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.orders import WANTS, Order, list_orders
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.wanted_steps import walk_graph
from reelwright.reel.records.ledger import ExistingOrder, select_recovered
from reelwright.reel.records.operation import Standing
from reelwright.studio.quotes.planning_steps import build_project_planning_steps
from reelwright.studio.runtime.home import Home
from reelwright.units import Micros, format_usd

GraphBuilder = Callable[[Standing], Graph]


class AccountLookup(NamedTuple):
    """A project's standing, completed by the outcomes that other projects of the account bought.

    ``adopted_orders``: for each such outcome its step, its fingerprint in this project, and the order.
    ``wanted_orders``: those that are still to be bought, or to be waited for. ``unknown_sends``: a sentence about paid
    requests that this journal does not know, where it may not buy; empty: it may.
    """

    standing: Standing
    adopted_orders: tuple[tuple[StepKey, Fingerprint, ExistingOrder], ...]
    wanted_orders: tuple[Order, ...]
    unknown_sends: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for a person: which steps are reused for nothing, and which were deleted and cost money again."""
        there = [one for _, _, one in self.adopted_orders if one.deleted_at is None]
        notes = [_describe_reuse(there)] if there else []
        for step, _, one in self.adopted_orders:
            if one.deleted_at and one.changed_at:
                notes.append(
                    f"{step.partition('/')[0]} made on {one.changed_at:%Y-%m-%d}, deleted on "
                    f"{one.deleted_at:%Y-%m-%d}; "
                    f"${format_usd(one.purchase.quoted_micros)} to make again"
                )
        return (self.unknown_sends, *notes) if self.unknown_sends else tuple(notes)


async def include_account_orders(
    home: Home, standing: Standing, build_graph: GraphBuilder | None = None
) -> AccountLookup:
    """Look up which wanted steps other projects of the account bought, and return the standing with their outcomes.

    Writes nothing. ``build_graph``: makes the graph of wanted steps for a standing; default: the graph of the project
    itself.
    """
    build_graph = build_graph or home.producer.build_graph
    had = await _look_up(home, standing, build_graph)
    if home.guard is None or (block := await home.guard.find_block(home.account)) is None:
        return had
    free = _list_free_models(home)
    orders = _list_open_orders(had.standing, build_graph(had.standing))
    if not any(one.step.request and one.step.request.model not in free for one in orders):
        return had
    return had._replace(unknown_sends=_describe_unknown_sends(block.unknown_sends))


async def _look_up(home: Home, standing: Standing, build_graph: GraphBuilder) -> AccountLookup:
    adopted: list[tuple[StepKey, Fingerprint, ExistingOrder]] = []
    looked: set[Fingerprint] = set()
    wanted: dict[Fingerprint, Order] = {}
    while True:
        todo = [one for one in _list_open_orders(standing, build_graph(standing)) if one.fingerprint not in looked]
        own = {purchase.fingerprint for purchase in standing.open_purchases}
        if not todo:
            return AccountLookup(standing, tuple(adopted), tuple(wanted.values()))
        looked |= {one.fingerprint for one in todo}
        wanted |= {one.fingerprint: one for one in todo if one.n and one.fingerprint not in own}
        found = await home.ledger.find_orders(home.account, {one.order_fingerprint for one in todo})
        there = {
            (one.purchase.order_fingerprint, one.purchase.n): one
            for one in found
            if one.purchase.project != standing.project
        }
        recovered = select_recovered(todo, found, standing.project)
        taken = [one for _, one in recovered]
        more: dict[Fingerprint, Outcome] = {}
        gone: set[Digest] = set()
        for order in todo:
            one = there.get((order.order_fingerprint, order.n))
            if one is None or one.outcome is None or order.fingerprint in own:
                continue
            more[order.fingerprint] = replace(one.outcome, fingerprint=order.fingerprint)
            adopted.append((order.step.key, order.fingerprint, one))
            taken.append(one)
            gone |= set(one.outcome.assets) if one.deleted_at else set()
            wanted.pop(order.fingerprint, None)
        lost = (one.purchase for one in taken if one.is_recovered and one.claimed_by is None)
        standing = replace(
            standing,
            recovered_orders=standing.recovered_orders | {order.fingerprint for order, _ in recovered},
            recovered_micros=standing.recovered_micros | {(one.job, one.id): one.expected_micros for one in lost},
        )
        if not more:
            return AccountLookup(standing, tuple(adopted), tuple(wanted.values()))
        standing = _add_outcomes(standing, more, gone)


class Adoption(NamedTuple):
    """The number of outcomes that a project got from others of its account, and the paid orders that it still wants."""

    outcome_count: int
    wanted_orders: tuple[str, ...]

    def add_wants(self, options: Mapping[str, object]) -> dict[str, object]:
        """Return a job's options with what it wants, so that a stop elsewhere sees it while the job is queued."""
        return {**options, **({WANTS: list(self.wanted_orders)} if self.wanted_orders else {})}


async def adopt(home: Home, project: str) -> Adoption:
    """Record in a project the outcomes that other projects of its account already bought. Buys nothing."""
    had = await include_account_orders(home, await home.journal.read_standing(home.account, project))
    free = _list_free_models(home)
    paid = (one for one in had.wanted_orders if one.step.request and one.step.request.model not in free)
    wants = tuple(one.key for one in paid)
    if not had.adopted_orders:
        return Adoption(0, wants)
    adopted = [(step, name, one.purchase.id) for step, name, one in had.adopted_orders]
    return Adoption(await home.ledger.adopt_outcomes(home.account, project, adopted), wants)


def _list_free_models(home: Home) -> set[str]:
    return {model for one in home.providers.values() if one.resubmit == "free" for model in one.list_models()}


def _list_open_orders(standing: Standing, graph: Graph) -> list[Order]:
    """Return the orders to be bought. Those of a project made with ``--again`` have no number in the account yet.

    Orders that the project itself has sent are left out.
    """
    want, found = walk_graph(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    every = list_orders(
        graph,
        standing.choices,
        standing.outcomes,
        want.certain,
        standing.deleted_assets,
        found,
        order_number=standing.order_number,
    )
    sent = {purchase.fingerprint for purchase in standing.open_purchases if purchase.state != "intent"}
    return [order for order in every if order.step.request and order.fingerprint not in sent]


def _add_outcomes(standing: Standing, more: Mapping[Fingerprint, Outcome], gone: set[Digest]) -> Standing:
    """Return the standing with outcomes of other projects. They may include a plan that a language model wrote."""
    standing = replace(standing, outcomes={**standing.outcomes, **more}, deleted_assets=standing.deleted_assets | gone)
    if standing.plan is None and (plan := build_project_planning_steps(standing).plan):
        return replace(standing, plan=plan)
    return standing


def _describe_unknown_sends(sends: Sequence[Mapping[str, Any]]) -> str:
    """Describe what a price cannot count, because this journal does not know it."""
    until = "nothing is bought before the journal is reconciled"
    if not sends:
        return f"this journal may not know what was bought since: no budget counts that, and {until}"
    n, micros = len(sends), format_usd(Micros(sum(int(one["quoted_micros"]) for one in sends)))
    what = "1 paid request" if n == 1 else f"{n} paid requests"
    return f"{what} (${micros}) of which only the vault knows: no budget counts that yet, and {until}"


def _describe_reuse(there: list[ExistingOrder]) -> str:
    paid = Micros(sum(_get_price(one) for one in there))
    days = sorted({f"{one.changed_at:%Y-%m-%d}" for one in there if one.changed_at})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    what = "1 step is" if len(there) == 1 else f"{len(there)} steps are"
    return f"{what} used again: bought on {when} for ${format_usd(paid)}; nothing is paid for that now"


def _get_price(one: ExistingOrder) -> int:
    return one.purchase.settled_micros if one.purchase.settled_micros is not None else one.purchase.quoted_micros
