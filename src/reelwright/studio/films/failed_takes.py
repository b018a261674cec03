"""Takes and sounds that their provider failed to make: another try of each is requested once its price is agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reelwright.reel.base.value import Fingerprint
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.graph.choices import RetakeRequest, compute_round_fingerprint
from reelwright.reel.graph.outcome import PASSING_REASONS
from reelwright.reel.graph.wanted_steps import walk_graph
from reelwright.reel.records.operation import Standing

if TYPE_CHECKING:
    from reelwright.store.ledger import Ledger  # loads SQLAlchemy


async def request_failed_takes(ledger: Ledger, standing: Standing, *, has_billed: bool) -> Standing:
    """Add a round for every paid step that brought nothing for reasons that may pass. Buys nothing, writes nothing.

    ``has_billed``: also where its provider billed what failed. A person asks for that by name (``retry``, ``resume``):
    a program that repeats a command would pay for nothing each time.

    Each is the next try of the order that failed, so that it is shared with every project that wants this order. The
    standing stays as it is where nothing failed so, where the round is requested already, or while a purchase is open.
    """
    if standing.plan is None or standing.open_purchases:
        return standing
    graph = build_graph(standing.plan, standing.goal, standing.encoding)
    want, found = walk_graph(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    asks = list(standing.choices.retakes)
    for step in want.stuck:
        fp = found[step.key].fingerprint
        if step.request is None or fp is None or not _may_succeed_later(standing, fp):
            continue
        purchases = await ledger.list_purchases(standing.account, standing.project)
        names = _list_names(standing, fp)
        if not has_billed and any(one.spent_micros > 0 for one in purchases if one.fingerprint in names):
            continue
        if failed := next((one for one in purchases if one.fingerprint == fp), None):
            retry = 1 + sum(ask.fingerprint == fp and ask.retry > 0 for ask in asks)
            asks.append(RetakeRequest(fingerprint=fp, round=failed.n, samples=step.request.samples, retry=retry))
    if len(asks) == len(standing.choices.retakes):
        return standing
    return replace(standing, choices=replace(standing.choices, retakes=tuple(asks)))


def _may_succeed_later(standing: Standing, fp: Fingerprint) -> bool:
    """Whether all rounds of a step have ended without an asset, for reasons that may pass."""
    names = _list_names(standing, fp)
    if any(name not in standing.outcomes for name in names):
        return False
    ended = [standing.outcomes[name] for name in names]
    missing = {lost.reason for outcome in ended for lost in outcome.missing}
    return not any(outcome.assets for outcome in ended) and bool(missing) and missing <= PASSING_REASONS


def _list_names(standing: Standing, fp: Fingerprint) -> Sequence[Fingerprint]:
    """List the fingerprint of a step and those of its rounds."""
    return (fp, *(compute_round_fingerprint(ask) for ask in standing.choices.retakes if ask.fingerprint == fp))
