"""Samples of a clip: finds those that arrived or were filtered, and requests missing ones under their order numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reelwright.reel.choices import RetakeRequest
from reelwright.reel.choices import compute_round_fingerprint as name_of_round
from reelwright.reel.command import Command
from reelwright.reel.operation import Purchase, Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.request import Request
from reelwright.reel.value import Fingerprint
from reelwright.reel.wanted_steps import resolve_steps
from reelwright.studio.editing import find_highest_order
from reelwright.studio.home import Home
from reelwright.studio.plan_changes import find_order
from reelwright.studio.produce import get_goal


async def request_missing_samples(
    home: Home, standing: Standing, command: Command, sends: Mapping[str, int] | None = None
) -> Standing:
    """Return the standing with rounds for the samples that are missing, once no purchase is open.

    A purchase that ended without a take is requested again under its own order number: its send never arrived, or the
    provider was too busy, had no funds for it, or was asked to cancel it. If an order that is shared with another
    project brought fewer samples than were requested here, another order is requested. What a provider refused for good
    counts as landed with nothing, and is not requested again. The standing stays as it is if nothing is missing, or if
    the clip was edited.

    ``sends``: by purchase, how often it had been sent when this call began. A purchase that was sent since then and
    ended without a take is not requested again by the same call: the provider would refuse it again.
    """
    rounds = list_requested_rounds(home, standing)
    first = next(iter(rounds), None)
    if first is None or standing.open_purchases or not _has_takes(standing, rounds) or is_edited(standing, command):
        return standing
    assert standing.plan
    purchases = await home.ledger.list_purchases(home.account, standing.project)
    back = find_returned_purchases(purchases, standing, rounds)
    refused_now = [p for p in back if sends is not None and p.attempts > sends.get(p.id, 0)]
    asks = [*standing.choices.retakes, *_build_first_round(standing, purchases, rounds, refused_now)]
    accounted = sum(
        _count_accounted_samples(standing.outcomes[name], samples)
        for name, samples in rounds.items()
        if name in standing.outcomes
    )
    coming = sum(
        ask.samples for ask in asks if ask.fingerprint == first and name_of_round(ask) not in standing.outcomes
    )
    short = count_samples(command) - accounted - coming - sum(p.samples for p in refused_now)
    there = {ask.round for ask in asks if ask.fingerprint == first} | {p.n for p in refused_now}
    for number, samples in ((p.n, p.samples) for p in back if p.n not in there):
        if short > 0:
            asks.append(RetakeRequest(fingerprint=first, round=number, samples=min(short, samples)))
            short -= asks[-1].samples
    last = max((await find_highest_order(home, standing, standing.plan.shots[0]), *(ask.round for ask in asks), 1))
    while short > 0:
        last += 1
        asks.append(RetakeRequest(fingerprint=first, round=last, samples=min(short, rounds[first])))
        short -= asks[-1].samples
    return _with_rounds(standing, asks)


async def request_first_order_again(home: Home, standing: Standing) -> Standing:
    """Return a clip's standing with its first order requested again, if only a later order brought a sample.

    Other standings stay as they are: only a clip can have later rounds while its first order brought nothing.
    """
    if standing.plan is None or len(standing.plan.shots) != 1 or get_goal(standing) != "takes":
        return standing
    rounds = list_requested_rounds(home, standing)
    if standing.open_purchases or not _has_takes(standing, rounds):
        return standing
    purchases = await home.ledger.list_purchases(home.account, standing.project)
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


def _count_accounted_samples(outcome: Outcome, samples: int) -> int:
    """Count the samples that an outcome accounts for. One reason may stand for all samples that are missing."""
    return len(outcome.assets) + len(outcome.missing) if outcome.assets else samples


def is_edited(standing: Standing, command: Command) -> bool:
    """Return whether the clip's request differs from its command's, apart from the number of samples."""
    assert standing.plan and command.plan
    now, typed = (plan.shots[0].source for plan in (standing.plan, command.plan))
    assert isinstance(typed, Request)
    return not isinstance(now, Request) or replace(now, samples=1) != replace(typed, samples=1)


def count_samples(command: Command) -> int:
    """Count the samples that the command requests in all its rounds."""
    assert command.plan
    source = command.plan.shots[0].source
    assert isinstance(source, Request)
    return source.samples + sum(ask.samples for ask in command.choices.retakes)


def list_requested_rounds(home: Home, standing: Standing) -> dict[Fingerprint, int]:
    """Return the number of samples by fingerprint: of the first purchase, then of every round, in their order."""
    assert standing.plan
    graph = home.producer.build_graph(standing)
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
    """Return the newest purchase of each order that was sent and has ended without an outcome."""
    first = next(iter(rounds), None)
    if first is None or standing.plan is None:
        return ()
    numbers = {name_of_round(ask): ask.round for ask in standing.choices.retakes}
    numbers[first] = _find_first_number(standing, purchases, first)
    there = {numbers[name] for name in rounds if name in standing.outcomes}
    order = find_order(standing, standing.plan.shots[0])
    newest = {p.n: p for p in purchases if p.order_fingerprint == order and p.n not in there}
    return [p for p in newest.values() if p.attempts and p.state in ("released", "settled")]
