"""What the account has already of what a project wants: looked up before a price, adopted before a job.

An order is had once per account, so the same shot in another film, or the same command after any end, costs nothing.
Look-ups go by the fingerprints of what is wanted, level by level, and never read all that the account has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from reelwright.reel.graph import Graph
from reelwright.reel.ledger import OrderHad
from reelwright.reel.noun import Digest, Fingerprint, StepKey
from reelwright.reel.operation import Standing
from reelwright.reel.orders import Order, orders
from reelwright.reel.outcome import Outcome
from reelwright.reel.wanted import wanted_and_known
from reelwright.studio.home import Home
from reelwright.studio.words import opening_of
from reelwright.units import Micros, usd

Graphing = Callable[[Standing], Graph]


class Had(NamedTuple):
    """Where a project stands with all that the account has. ``adopted``: step, name and purchase of each."""

    standing: Standing
    adopted: tuple[tuple[StepKey, Fingerprint, OrderHad], ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is used again, and what was deleted and has to be made again, as sentences for a person."""
        there = [one for _, _, one in self.adopted if one.gone_at is None]
        notes = [_used_again(there)] if there else []
        for step, _, one in self.adopted:
            if one.gone_at and one.at:
                notes.append(
                    f"{step.partition('/')[0]} made on {one.at:%Y-%m-%d}, deleted on {one.gone_at:%Y-%m-%d}; "
                    f"${usd(one.purchase.quoted)} to make again"
                )
        return tuple(notes)


async def with_account(home: Home, standing: Standing, graph_of: Graphing | None = None) -> Had:
    """The standing as it would be with what other projects of the account bought. Writes nothing.

    ``graph_of``: what is wanted where the project stands; its own graph unless said.
    """
    graph_of = graph_of or home.produce.graph
    adopted: list[tuple[StepKey, Fingerprint, OrderHad]] = []
    looked: set[Fingerprint] = set()
    while True:
        todo = [one for one in _todo(standing, graph_of(standing)) if one.fingerprint not in looked]
        if not todo:
            return Had(standing, tuple(adopted))
        looked |= {one.fingerprint for one in todo}
        found = await home.ledger.orders_of(home.account, {one.of for one in todo})
        there = {(one.purchase.order, one.purchase.n): one for one in found}
        more: dict[Fingerprint, Outcome] = {}
        gone: set[Digest] = set()
        for order in todo:
            one = there.get((order.of, order.n))
            if one is None or one.outcome is None or one.purchase.project == standing.project:
                continue
            more[order.fingerprint] = replace(one.outcome, fingerprint=order.fingerprint)
            adopted.append((order.step.key, order.fingerprint, one))
            gone |= set(one.outcome.assets) if one.gone_at else set()
        if not more:
            return Had(standing, tuple(adopted))
        standing = _with(standing, more, gone)


async def adopt(home: Home, project: str) -> int:
    """Give the project what the account has of what it wants; how many steps. Buys nothing."""
    had = await with_account(home, await home.journal.standing(home.account, project))
    if not had.adopted:
        return 0
    wanted = [(step, name, one.purchase.id) for step, name, one in had.adopted]
    return await home.ledger.adopt(home.account, project, wanted)


def _todo(standing: Standing, graph: Graph) -> list[Order]:
    """What is to be bought and has a number in the account; a project that wants another of everything has none.

    What the project has under way itself is not looked up.
    """
    want, found = wanted_and_known(graph, standing.choices, standing.had, standing.gone)
    every = orders(graph, standing.choices, standing.had, want.certain, standing.gone, found, nth=standing.nth)
    own = {purchase.fingerprint for purchase in standing.open}
    return [order for order in every if order.step.request and order.n and order.fingerprint not in own]


def _with(standing: Standing, more: Mapping[Fingerprint, Outcome], gone: set[Digest]) -> Standing:
    """The standing with outcomes of others; a plan that a language model wrote comes to light by them."""
    standing = replace(standing, had={**standing.had, **more}, gone=standing.gone | gone)
    if standing.plan is None and (plan := opening_of(standing).plan):
        return replace(standing, plan=plan)
    return standing


def _used_again(there: list[OrderHad]) -> str:
    paid = Micros(sum(_paid(one) for one in there))
    days = sorted({f"{one.at:%Y-%m-%d}" for one in there if one.at})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    what = "1 step is" if len(there) == 1 else f"{len(there)} steps are"
    return f"{what} used again: bought on {when} for ${usd(paid)}; nothing is paid for that now"


def _paid(one: OrderHad) -> int:
    return one.purchase.settled if one.purchase.settled is not None else one.purchase.quoted
