"""Takes and sounds that their provider failed to make: another try of each is requested once its price is agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reelwright.reel.base.value import Fingerprint
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.graph.choices import RetakeRequest, compute_round_fingerprint
from reelwright.reel.graph.outcome import PASSING_REASONS, RETRIED_REASONS
from reelwright.reel.graph.wanted_steps import walk_graph
from reelwright.reel.records.operation import Standing

if TYPE_CHECKING:
    from reelwright.store.ledger import Ledger  # loads SQLAlchemy


async def request_failed_takes(ledger: Ledger, standing: Standing, *, is_asked: bool) -> Standing:
    """Request every round of a paid step again that brought nothing for reasons that may pass. Buys nothing, writes
    nothing.

    ``is_asked``: also where its provider refused the request, or billed what failed. A person asks for that by name
    (``retry``, ``resume``): a program that repeats a command would be refused, or pay for nothing, each time.

    Each is the next try of the order that failed, so that it is shared with every project that wants this order. The
    standing stays as it is where nothing failed so, where the round is requested already, or while a purchase is open.
    """
    if standing.plan is None or standing.open_purchases or not standing.outcomes:
        return standing
    graph = build_graph(standing.plan, standing.goal, standing.encoding)
    want, found = walk_graph(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    asks = list(standing.choices.retakes)
    for fp, step in {found[step.key].fingerprint: step for step in want.stuck}.items():  # equal lines are one order
        if step.request is None or fp is None or not _may_succeed_later(standing, fp, is_asked=is_asked):
            continue
        purchases = await ledger.list_purchases(standing.account, standing.project)
        names = _list_names(standing, fp)
        if not is_asked and any(one.spent_micros > 0 for one in purchases if one.fingerprint in names):
            continue
        numbers = {one.fingerprint: one.n for one in purchases}
        for name, samples in _list_rounds(standing, fp, step.request.samples):
            if (n := numbers.get(name)) is not None:
                retry = 1 + sum(ask.fingerprint == fp and ask.round == n and ask.retry > 0 for ask in asks)
                asks.append(RetakeRequest(fingerprint=fp, round=n, samples=samples, retry=retry))
    if len(asks) == len(standing.choices.retakes):
        return standing
    return replace(standing, choices=replace(standing.choices, retakes=tuple(asks)))


def _may_succeed_later(standing: Standing, fp: Fingerprint, *, is_asked: bool) -> bool:
    """Whether all rounds of a step have ended without an asset, for reasons after which another try is worth it."""
    reasons = RETRIED_REASONS if is_asked else PASSING_REASONS
    names = _list_names(standing, fp)
    if any(name not in standing.outcomes for name in names):
        return False
    ended = [standing.outcomes[name] for name in names]
    missing = {lost.reason for outcome in ended for lost in outcome.missing}
    return not any(outcome.assets for outcome in ended) and bool(missing) and missing <= reasons


def _list_rounds(standing: Standing, fp: Fingerprint, samples: int) -> Sequence[tuple[Fingerprint, int]]:
    """List the rounds of a step by the fingerprint and the samples of each one's first try."""
    later = [ask for ask in standing.choices.retakes if ask.fingerprint == fp and not ask.retry]
    return [(fp, samples), *((compute_round_fingerprint(ask), ask.samples) for ask in later)]


def _list_names(standing: Standing, fp: Fingerprint) -> Sequence[Fingerprint]:
    """List the fingerprint of a step and those of its rounds."""
    return (fp, *(compute_round_fingerprint(ask) for ask in standing.choices.retakes if ask.fingerprint == fp))
