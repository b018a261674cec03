"""The order of a shot's present request: its fingerprint in the account, and the number of its last one there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reelwright.reel.base.value import Fingerprint
from reelwright.reel.film.breakdown import build_graph, make_take_key
from reelwright.reel.film.plan import OwnFootage, Shot
from reelwright.reel.graph.graph import compute_order_fingerprint
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.reel.records.operation import Standing

if TYPE_CHECKING:
    from reelwright.store.ledger import Ledger  # loads SQLAlchemy


def find_order(standing: Standing, shot: Shot) -> Fingerprint | None:
    """Return the fingerprint under which the account orders a shot's takes; None for own footage or missing inputs."""
    if standing.plan is None or isinstance(shot.source, OwnFootage):
        return None
    graph = build_graph(standing.plan, "takes", standing.encoding)
    step = graph.steps[make_take_key(shot.id)]
    there = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    digests = [i.asset or (there[i.of].asset if i.of else None) for i in step.inputs]
    fp, given = there[step.key].fingerprint, tuple(digest for digest in digests if digest)
    return compute_order_fingerprint(step, fp, given) if fp and len(given) == len(digests) else None


class LastOrder(NamedTuple):
    """The last order of a shot's present request in the account, in any project.

    ``fingerprint``: of the orders of that request; None where the account cannot order it. ``number``: 0 where there is
    none.
    """

    fingerprint: Fingerprint | None
    number: int


async def find_last_order(ledger: Ledger, standing: Standing, shot: Shot) -> LastOrder:
    """Find the last order of the shot's present request in the account."""
    order = find_order(standing, shot)
    return LastOrder(order, await ledger.find_last_order_number(standing.account, order) if order else 0)
