"""What an earlier life left behind: sends without an answer, operations nobody polls, landings not yet settled."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from reelwright.engine import clock
from reelwright.engine.errand import Dropped, Errand
from reelwright.engine.operations import Pace
from reelwright.engine.surely import surely
from reelwright.engine.waist import Ledger
from reelwright.errors import OutcomeUnknown, Refused, Unreachable
from reelwright.providers.protocol import Absent, Found, Perhaps, Provider
from reelwright.reel.crashpoints import reach
from reelwright.reel.ledger import Whose
from reelwright.reel.noun import Fingerprint
from reelwright.reel.operation import Operation, Purchase, Standing

_FINDS: Final = 10
"""Looks at a provider's list, once all that can arrive must stand in it, before a person is asked."""
_LISTED_S: Final = 60.0
"""A list that takes longer than this to show new work is not waited for."""


def left_behind(standing: Standing, seen_to: Collection[Fingerprint]) -> tuple[Purchase, ...]:
    """Open purchases of this project that nobody sees to: what was sent lands, what was not is released."""
    return tuple(p for p in standing.open if p.project == standing.project and p.fingerprint not in seen_to)


async def hold(ledger: Ledger, purchase: Purchase, said: str, sends: int) -> None:
    """Sent, and no answer: posting → unknown. What costs nothing goes back to intent at once.

    ``sends``: only the send of that number is meant: what a successor has sent since is his to see to.
    """
    await ledger.move(purchase.id, ["posting"], "unknown", said, sends=sends)
    if purchase.resubmit == "free":
        await ledger.move(purchase.id, ["unknown"], "intent", "costs nothing: sent again", sends=sends)


async def resolve(
    ledger: Ledger, provider: Provider, purchase: Purchase, errand: Errand, pace: Pace, arrives_s: float,
    said: str = "no answer was seen",
) -> Operation | None:  # fmt: skip
    """Find out what became of a send without an answer: its operation, or None where it may be sent again.

    ``arrives_s``: seconds after which nothing of a send can arrive any more. Its director may not be dead: it may be
    stopped in the middle of it, or cut off from us and not from the provider. They are waited for by this process's
    own clock, from its first look on: how long ago it was sent, a clock that was set meanwhile cannot say. Only a list
    that was asked for after that, and after what arrived last must stand in it, is believed when it does not show it.

    Raises ``OutcomeUnknown`` where only a person can tell; what was reserved stays held.
    """
    await hold(ledger, purchase, "an earlier run ended while it was being sent", purchase.attempts)
    if purchase.resubmit == "free":
        return None
    arrived = clock.seconds() + arrives_s
    seen: dict[str, tuple[int, float]] = {}
    claimed: set[str] = set()
    left, shown, listed = _FINDS, "", arrived
    while left:
        left -= clock.seconds() > listed
        try:
            own = await ledger.own_work(purchase.id)
            asked = clock.seconds()
            answer = await provider.find(purchase.prepared, purchase.id, own)
        except Unreachable:
            await errand.rest(pace.least_s)  # the list could not be read: look again
            continue
        except Refused as error:  # of the list, not of what was sent
            raise not_known(purchase, f"{provider.name} refuses to tell: {error}") from error
        shown = ""
        if isinstance(answer, Found):
            operation = answer.operation
            if operation.id not in seen:
                seen[operation.id] = await ledger.history_mark(), clock.seconds()
            mark, first = seen[operation.id]
            whose = await _whose(ledger, purchase, operation, mark, clock.seconds() - first)
            if whose == "ours":
                return operation
            if whose == "anothers":
                # Its answer may have been recorded after ``own`` was read (2026-11: one of three equal samples was
                # dropped, and a person was asked for nothing). Another look leaves it out, unless the adapter cannot.
                if operation.id in claimed:
                    raise not_known(purchase, "all that its list shows of this was bought by another purchase")
                claimed.add(operation.id)
            left = _FINDS
        elif isinstance(answer, Perhaps):
            shown = ", ".join(answer.entries)  # another purchase of ours may have made it, and claim it yet
        elif not isinstance(answer, Absent):
            break
        elif asked - answer.listed_after_s >= arrived:
            # of this very send: while the list was read, a successor may have sent it, and be without an answer, too
            never = "the provider never had it"
            await ledger.move(purchase.id, ["unknown"], "intent", never, sends=purchase.attempts)
            return None
        elif answer.listed_after_s <= _LISTED_S:
            listed = arrived + max(0.0, answer.listed_after_s)
        errand.waits(f"{said}: it is looked for in the list of {provider.name}, for minutes, before it is sent again")
        await errand.rest(pace.least_s)
    raise not_known(purchase, f"its list shows {shown}, which may be it" if shown else said)


async def _whose(ledger: Ledger, purchase: Purchase, operation: Operation, mark: int, waited_s: float) -> Whose:
    """Whose operation it is; where it is ours, it is recorded now. "not_yet": a like purchase is being sent, whose it
    may be. Look again.

    Raises ``Dropped`` where somebody else has seen to ours.
    """
    whose = await surely(lambda: ledger.found(purchase.id, operation, mark, waited_s))
    if whose == "over":
        raise Dropped
    if whose == "ours":
        reach("C06")
    return whose


async def bought(ledger: Ledger, purchase: Purchase, operation: Operation) -> None:
    """Record the operation, whoever drives the project now."""
    await surely(lambda: ledger.bought(purchase.id, operation))
    reach("C06")


def not_known(purchase: Purchase, said: str) -> OutcomeUnknown:
    """The error that makes a job wait for a person."""
    return OutcomeUnknown(
        f"{purchase.step} may have been bought from {purchase.provider}; {said}",
        hint="nothing is sent again by itself, what was reserved stays held; look at the provider's own list, then say "
        f"what became of it: `reelwright spend decide {purchase.id[-6:]} arrived|never|written-off`",
        step=purchase.step,
    )
