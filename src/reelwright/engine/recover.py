"""What an earlier life left behind: sends without an answer, operations nobody polls, landings not yet settled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from reelwright.engine import clock
from reelwright.engine.errand import Dropped, Errand
from reelwright.engine.operations import Pace
from reelwright.engine.surely import surely
from reelwright.engine.waist import Ledger
from reelwright.errors import OutcomeUnknown, Refused, Unreachable
from reelwright.providers.protocol import Absent, Found, Provider
from reelwright.reel.crashpoints import reach
from reelwright.reel.ids import minted_at
from reelwright.reel.noun import Fingerprint
from reelwright.reel.operation import Operation, Purchase, Standing

_FINDS: Final = 10
"""Looks at a provider's list, once nothing can arrive any more, before a person is asked."""


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
    ledger: Ledger, provider: Provider, purchase: Purchase, errand: Errand, pace: Pace, arrives_s: float
) -> Operation | None:
    """What became of a send without an answer: its operation, or None where it may be sent again.

    ``arrives_s``: seconds after which nothing of a send can arrive any more, counted from when it was begun. Its
    director may not be dead: it may be stopped in the middle of it, or cut off from us and not from the provider.
    That something is absent is believed of a list only that is complete to a later moment than that.

    Raises ``OutcomeUnknown`` where only a person can tell; what was reserved stays held.
    """
    await hold(ledger, purchase, "an earlier run ended while it was being sent", purchase.attempts)
    if purchase.resubmit == "free":
        return None
    arrived = datetime.now(UTC) + timedelta(seconds=arrives_s - await ledger.sent_ago(purchase.id))
    seen: dict[str, float] = {}
    left = _FINDS
    while left:
        left -= datetime.now(UTC) > arrived
        try:
            answer = await provider.find(purchase.prepared, purchase.id, minted_at(purchase.id))
        except Unreachable:
            await errand.rest(pace.least_s)  # the list could not be read: look again
            continue
        except Refused as error:  # of the list, not of what was sent
            raise not_known(purchase, f"{provider.name} refuses to tell: {error}") from error
        if isinstance(answer, Found):
            first = seen.setdefault(answer.operation.id, clock.seconds())
            if await _is_ours(ledger, purchase, answer.operation, clock.seconds() - first):
                return answer.operation
            left = _FINDS
        elif not isinstance(answer, Absent):
            break
        elif answer.complete_until >= arrived:
            # of this very send: while the list was read, a successor may have sent it, and be without an answer, too
            said, sends = "the provider never had it", purchase.attempts
            await ledger.move(purchase.id, ["unknown"], "intent", said, sends=sends)
            return None
        await errand.rest(pace.least_s)
    raise not_known(purchase, "no answer was seen")


async def _is_ours(ledger: Ledger, purchase: Purchase, operation: Operation, seen_s: float) -> bool:
    """Whether it is recorded now; False: a like purchase is being sent, whose it may be. Look again.

    Raises ``OutcomeUnknown`` where it is another purchase's, ``Dropped`` where somebody else has seen to ours.
    """
    whose = await surely(lambda: ledger.found(purchase.id, operation, seen_s))
    if whose == "anothers":
        raise not_known(purchase, "all that its list shows of this was bought by another purchase")
    if whose == "over":
        raise Dropped
    if whose == "ours":
        reach("C06")
    return whose == "ours"


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
