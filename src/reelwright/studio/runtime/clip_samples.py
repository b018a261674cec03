"""Samples of a clip: finds those that arrived or were filtered, and requests missing ones under their order numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from reelwright.reel.base.value import Fingerprint, define_value
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.command import Command
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices, RetakeRequest
from reelwright.reel.graph.choices import compute_round_fingerprint as name_of_round
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.reel.records.operation import Purchase, Standing
from reelwright.studio.runtime.shot_orders import find_last_order, find_order

if TYPE_CHECKING:
    from reelwright.store.ledger import Ledger  # loads SQLAlchemy


@define_value
class WantedClip:
    """The clip that a command asked for, before an edit: its request to the model, and the number of samples in all."""

    request: Request
    samples: int


def get_wanted_clip(plan: Plan, choices: Choices) -> WantedClip:
    """Return the request and number of samples in the plan and choices of a clip's first revision."""
    source = plan.shots[0].source
    assert isinstance(source, Request), "a clip is bought from a model"
    return WantedClip(request=source, samples=source.samples + sum(ask.samples for ask in choices.retakes))


def get_commanded_clip(command: Command) -> WantedClip:
    """Return the request and number of samples that a clip's command asks for."""
    assert command.plan, "the command of a clip has its plan"
    return get_wanted_clip(command.plan, command.choices)


async def request_missing_samples(
    ledger: Ledger, standing: Standing, clip: WantedClip, since: datetime | None = None
) -> Standing:
    """Add rounds to a clip's standing for the samples it still lacks, unless a purchase is open. Buys nothing.

    A purchase that ended without a take is requested again under its own order number: its send never arrived, or the
    provider was too busy, had no funds for it, or was asked to cancel it. If an order that is shared with another
    project brought fewer samples than were requested here, another order is requested, and so for samples whose files
    were deleted. What a provider refused for good counts as landed with nothing, and is not requested again. The
    standing stays as it is if nothing is missing, or if the clip was edited.

    ``since``: when the job's director took it up. A purchase that was sent since then and ended without a take is not
    requested again by this director: the provider would refuse it again.
    """
    rounds = list_requested_rounds(standing)
    first = next(iter(rounds), None)
    if first is None or standing.open_purchases or not _has_takes(standing, rounds) or is_edited(standing, clip):
        return standing
    assert standing.plan
    purchases = await ledger.list_purchases(standing.account, standing.project)
    back = find_returned_purchases(purchases, standing, rounds)
    refused_now = [p for p in back if since is not None and p.posted_at is not None and p.posted_at >= since]
    asks = [*standing.choices.retakes, *_build_first_round(standing, purchases, rounds, refused_now)]
    short = _count_short_samples(standing, clip, rounds, asks) - sum(p.samples for p in refused_now)
    there = {ask.round for ask in asks if ask.fingerprint == first} | {p.n for p in refused_now}
    for number, samples in ((p.n, p.samples) for p in back if p.n not in there):
        if short > 0:
            asks.append(RetakeRequest(fingerprint=first, round=number, samples=min(short, samples)))
            short -= asks[-1].samples
    again = await _request_deleted_samples(ledger, standing, rounds, asks, short)
    asks += again
    short -= sum(ask.samples for ask in again)
    ordered = await find_last_order(ledger, standing, standing.plan.shots[0])
    last = max((ordered.number, *(ask.round for ask in asks), 1))
    while short > 0:
        last += 1
        asks.append(RetakeRequest(fingerprint=first, round=last, samples=min(short, rounds[first])))
        short -= asks[-1].samples
    return _with_rounds(standing, asks)


async def request_deleted_samples(ledger: Ledger, standing: Standing, clip: WantedClip) -> Standing:
    """Add rounds to a clip's standing for samples whose files were deleted, unless a purchase is open. Buys nothing.

    An order of which another project of the account has the takes is requested before a new one. The standing stays as
    it is if no file was deleted, if as many samples as ``clip`` asks for are there, or if the clip was edited.
    """
    rounds = list_requested_rounds(standing)
    if not rounds or standing.open_purchases or is_edited(standing, clip):
        return standing
    asks = standing.choices.retakes
    short = _count_short_samples(standing, clip, rounds, asks)
    return _with_rounds(standing, (*asks, *await _request_deleted_samples(ledger, standing, rounds, asks, short)))


async def _request_deleted_samples(
    ledger: Ledger, standing: Standing, rounds: Mapping[Fingerprint, int], asks: Sequence[RetakeRequest], short: int
) -> list[RetakeRequest]:
    """Return rounds for at most ``short`` samples whose files were deleted, besides the rounds ``asks``."""
    left = min(short, count_deleted_samples(standing, rounds))
    if left <= 0:
        return []
    assert standing.plan
    first, most = next(iter(rounds.items()))
    order = find_order(standing, standing.plan.shots[0])
    orders = await ledger.find_orders(standing.account, [order] if order else [])
    numbers = [ask.round for ask in asks if ask.fingerprint == first]
    last = max((standing.order_number, *numbers, 1))
    takes = {
        one.purchase.n: len(one.outcome.assets) if one.outcome else one.purchase.samples
        for one in orders
        if one.purchase.project != standing.project and not (one.has_failed or one.deleted_at) and one.purchase.n > last
    }
    new = max((last, *(one.purchase.n for one in orders)))
    found: list[RetakeRequest] = []
    while left > 0:
        new += not takes
        number = min(takes, default=new)
        found.append(RetakeRequest(fingerprint=first, round=number, samples=min(left, takes.pop(number, most))))
        left -= found[-1].samples
    return found


def _count_short_samples(
    standing: Standing, clip: WantedClip, rounds: Mapping[Fingerprint, int], asks: Sequence[RetakeRequest]
) -> int:
    """Count the samples of a clip that neither arrived nor are coming by the rounds ``asks``; below 0: it has more."""
    first = next(iter(rounds))
    accounted = sum(
        _count_accounted_samples(standing, standing.outcomes[name], samples)
        for name, samples in rounds.items()
        if name in standing.outcomes
    )
    coming = sum(
        ask.samples for ask in asks if ask.fingerprint == first and name_of_round(ask) not in standing.outcomes
    )
    return clip.samples - accounted - coming


def count_deleted_samples(standing: Standing, rounds: Mapping[Fingerprint, int]) -> int:
    """Count the takes of these rounds whose files were deleted."""
    there = (standing.outcomes[name] for name in rounds if name in standing.outcomes)
    return sum(asset in standing.deleted_assets for outcome in there for asset in outcome.assets)


async def request_first_order_again(ledger: Ledger, standing: Standing) -> Standing:
    """Add a round to a clip's standing that requests its first order again, if only later orders brought samples.

    Other standings stay as they are: only a clip can have later rounds while its first order brought nothing.
    """
    if standing.plan is None or len(standing.plan.shots) != 1 or standing.goal != "takes":
        return standing
    rounds = list_requested_rounds(standing)
    if standing.open_purchases or not _has_takes(standing, rounds):
        return standing
    purchases = await ledger.list_purchases(standing.account, standing.project)
    return _with_rounds(standing, (*standing.choices.retakes, *_build_first_round(standing, purchases, rounds, ())))


def _with_rounds(standing: Standing, asks: Sequence[RetakeRequest]) -> Standing:
    if tuple(asks) == standing.choices.retakes:
        return standing
    return replace(standing, choices=replace(standing.choices, retakes=tuple(asks)))


def _build_first_round(
    standing: Standing, purchases: Sequence[Purchase], rounds: Mapping[Fingerprint, int], but_not: Sequence[Purchase]
) -> tuple[RetakeRequest, ...]:
    """Return the first order as a round with the same number; empty if it has an outcome or is requested already.

    Since the shot has a take of another round, its first order is no longer requested by itself. ``but_not``: purchases
    that are not requested again.
    """
    first = next(iter(rounds), None)
    if first is None or first in standing.outcomes:
        return ()
    number = _find_first_number(standing, purchases, first)
    again = RetakeRequest(fingerprint=first, round=number, samples=rounds[first])
    if not number or again in standing.choices.retakes or any(p.n == number for p in but_not):
        return ()
    return (again,)


def _find_first_number(standing: Standing, purchases: Sequence[Purchase], first: Fingerprint) -> int:
    """Return the order number of the first purchase in the account; 0 until it gets one, when it is bought."""
    return standing.order_number or next((p.n for p in purchases if p.fingerprint == first), 0)


def _has_takes(standing: Standing, rounds: Mapping[Fingerprint, int]) -> bool:
    return any(standing.outcomes[name].assets for name in rounds if name in standing.outcomes)


def _count_accounted_samples(standing: Standing, outcome: Outcome, samples: int) -> int:
    """Count the samples that an outcome accounts for. One reason may stand for all samples that are missing.

    Takes whose files were deleted do not count, and each of several with equal bytes does: it was paid for. (2026-11:
    of two that were deleted, one was bought again, and the clip was up to date with one; of four with equal bytes three
    were bought again, and so on at every call.)
    """
    if not outcome.assets:
        return samples
    return sum(asset not in standing.deleted_assets for asset in outcome.assets) + len(outcome.missing)


def is_edited(standing: Standing, clip: WantedClip) -> bool:
    """Return whether the project now requests another clip than ``clip``; the number of samples does not count."""
    assert standing.plan
    now = standing.plan.shots[0].source
    return not isinstance(now, Request) or replace(now, samples=1) != replace(clip.request, samples=1)


def is_clip(standing: Standing) -> bool:
    """Return whether a project is a clip: one shot, and no film is made of it."""
    return standing.brief.goal == "takes" and standing.plan is not None and len(standing.plan.shots) == 1


def list_requested_rounds(standing: Standing) -> dict[Fingerprint, int]:
    """Return the samples that a clip requests, by fingerprint: of its first order, then of each round, in order."""
    assert standing.plan
    graph = build_graph(standing.plan, "takes", standing.encoding)
    found = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    step = graph.goal[0]
    fp, request = found[step].fingerprint, graph.steps[step].request
    if fp is None or request is None:
        return {}
    return {fp: request.samples} | {
        name_of_round(ask): ask.samples for ask in standing.choices.retakes if ask.fingerprint == fp
    }


def find_returned_purchases(
    purchases: Sequence[Purchase], standing: Standing, rounds: Mapping[Fingerprint, int]
) -> Sequence[Purchase]:
    """Return, for each of a clip's orders without an outcome, its newest purchase if it was sent and has ended."""
    first = next(iter(rounds), None)
    if first is None or standing.plan is None:
        return ()
    numbers = {name_of_round(ask): ask.round for ask in standing.choices.retakes}
    numbers[first] = _find_first_number(standing, purchases, first)
    there = {numbers[name] for name in rounds if name in standing.outcomes}
    order = find_order(standing, standing.plan.shots[0])
    newest = {p.n: p for p in purchases if p.order_fingerprint == order and p.n not in there}
    return [p for p in newest.values() if p.attempts and p.state in ("released", "settled")]
