"""Which samples of a clip came, which were kept back, and which are asked for again, each under its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reelwright.reel.choices import Ask
from reelwright.reel.choices import again as name_of_round
from reelwright.reel.command import Command
from reelwright.reel.noun import Fingerprint
from reelwright.reel.operation import Purchase, Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.request import Request
from reelwright.reel.wanted import known
from reelwright.studio import making
from reelwright.studio.editing import highest_of
from reelwright.studio.edits import order_of
from reelwright.studio.home import Home


async def asked_for_what_is_short(
    home: Home, standing: Standing, command: Command, sends: Mapping[str, int] | None = None
) -> Standing:
    """The standing with rounds for samples that neither came nor were kept back, once nothing is on its way.

    What was given back is asked for under its own number: a send never arrived, a provider was too busy, had no funds
    for it, or was asked to cancel it. Another order is asked for where another project's, which this one shares,
    brought fewer than were asked for here. What a provider refused for good has landed with nothing, and is not asked
    for again. The same where nothing is short, or where it was edited since.

    ``sends``: how often each purchase had been sent when this call began. What it has sent since then and was given
    back is not asked for again by the same call: what was refused once is refused twice.
    """
    asked = asked_for(home, standing)
    first = next(iter(asked), None)
    if first is None or standing.open or not _has_takes(standing, asked) or is_edited(standing, command):
        return standing
    assert standing.plan
    purchases = await home.ledger.purchases(home.account, standing.project)
    back = given_back(purchases, standing, asked)
    refused_now = [p for p in back if sends is not None and p.attempts > sends.get(p.id, 0)]
    asks = [*standing.choices.asks, *_first_again(standing, purchases, asked, refused_now)]
    told = sum(_told(standing.had[name], samples) for name, samples in asked.items() if name in standing.had)
    coming = sum(ask.samples for ask in asks if ask.of == first and name_of_round(ask) not in standing.had)
    short = samples_of(command) - told - coming - sum(p.samples for p in refused_now)
    there = {ask.round for ask in asks if ask.of == first} | {p.n for p in refused_now}
    for number, samples in ((p.n, p.samples) for p in back if p.n not in there):
        if short > 0:
            asks.append(Ask(of=first, round=number, samples=min(short, samples)))
            short -= asks[-1].samples
    last = max((await highest_of(home, standing, standing.plan.shots[0]), *(ask.round for ask in asks), 1))
    while short > 0:
        last += 1
        asks.append(Ask(of=first, round=last, samples=min(short, asked[first])))
        short -= asks[-1].samples
    return _asking(standing, asks)


async def asked_for_what_was_given_back(home: Home, standing: Standing) -> Standing:
    """The standing of a clip with its first order asked for again where nothing came of it, while another sample came.

    The same of anything else than a clip: only a clip has rounds beside a first order that was never had.
    """
    if standing.plan is None or len(standing.plan.shots) != 1 or making.last_goal(standing) != "takes":
        return standing
    asked = asked_for(home, standing)
    if standing.open or not _has_takes(standing, asked):
        return standing
    purchases = await home.ledger.purchases(home.account, standing.project)
    return _asking(standing, (*standing.choices.asks, *_first_again(standing, purchases, asked, ())))


def _asking(standing: Standing, asks: Sequence[Ask]) -> Standing:
    if tuple(asks) == standing.choices.asks:
        return standing
    return replace(standing, choices=replace(standing.choices, asks=tuple(asks)))


def _first_again(
    standing: Standing, purchases: Sequence[Purchase], asked: Mapping[Fingerprint, int], but_not: Sequence[Purchase]
) -> tuple[Ask, ...]:
    """The first order as a round, under the same number; none where it is had, or asked for so already.

    It is not asked for as the first any more, since a take is there. ``but_not``: what is not asked for again.
    """
    first = next(iter(asked), None)
    if first is None or first in standing.had:
        return ()
    number = _first_number(standing, purchases, first)
    again = Ask(of=first, round=number, samples=asked[first])
    if not number or again in standing.choices.asks or any(p.n == number for p in but_not):
        return ()
    return (again,)


def _first_number(standing: Standing, purchases: Sequence[Purchase], first: Fingerprint) -> int:
    """Which order of the account the first one is; 0 while it has no number, which it is given when it is bought."""
    return standing.nth or next((p.n for p in purchases if p.fingerprint == first), 0)


def _has_takes(standing: Standing, asked: Mapping[Fingerprint, int]) -> bool:
    return any(standing.had[name].assets for name in asked if name in standing.had)


def _told(outcome: Outcome, samples: int) -> int:
    """Of how many of ``samples`` an outcome says what became of them: one word may be for all that did not come."""
    return len(outcome.assets) + len(outcome.missing) if outcome.assets else samples


def is_edited(standing: Standing, command: Command) -> bool:
    """Whether the clip asks for anything else than its command does, however many samples."""
    assert standing.plan and command.plan
    now, typed = (plan.shots[0].source for plan in (standing.plan, command.plan))
    assert isinstance(typed, Request)
    return not isinstance(now, Request) or replace(now, samples=1) != replace(typed, samples=1)


def samples_of(command: Command) -> int:
    """How many samples were asked for in all."""
    assert command.plan
    source = command.plan.shots[0].source
    assert isinstance(source, Request)
    return source.samples + sum(ask.samples for ask in command.choices.asks)


def asked_for(home: Home, standing: Standing) -> dict[Fingerprint, int]:
    """Samples of the first purchase and of every round, in their order."""
    assert standing.plan
    graph = home.produce.graph(standing)
    found = known(graph, standing.choices, standing.had, standing.gone)
    step = graph.goal[0]
    fp, request = found[step].fingerprint, graph.steps[step].request
    if fp is None or request is None:
        return {}
    return {fp: request.samples} | {name_of_round(ask): ask.samples for ask in standing.choices.asks if ask.of == fp}


def given_back(
    purchases: Sequence[Purchase], standing: Standing, asked: Mapping[Fingerprint, int]
) -> Sequence[Purchase]:
    """The newest purchase of each order of the clip that was sent and has ended, where nothing is had of that order."""
    first = next(iter(asked), None)
    if first is None or standing.plan is None:
        return ()
    numbers = {name_of_round(ask): ask.round for ask in standing.choices.asks}
    numbers[first] = _first_number(standing, purchases, first)
    there = {numbers[name] for name in asked if name in standing.had}
    order = order_of(standing, standing.plan.shots[0])
    newest = {p.n: p for p in purchases if p.order == order and p.n not in there}
    return [p for p in newest.values() if p.attempts and p.state in ("released", "settled")]
