"""Compare a purchase, before it is first sent, with what a provider's list showed when the journal was reconciled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reelwright.engine import clock
from reelwright.engine.errand import Dropped, Errand
from reelwright.engine.operations import Pace
from reelwright.engine.recover import not_known
from reelwright.engine.surely import surely
from reelwright.engine.waist import Ledger
from reelwright.errors import NotFound, Refused, Unreachable
from reelwright.providers.protocol import Lists, Provider, with_list
from reelwright.reel.crashpoints import reach
from reelwright.reel.ledger import ListedWork
from reelwright.reel.operation import Lease, Operation, Purchase

_LOOKS: Final = 10
"""Before a person is asked: other purchases take theirs meanwhile, so that what is left may be none of this one's."""
_NAMED: Final = 5


async def claim(
    ledger: Ledger, provider: Provider, lease: Lease, purchase: Purchase, prepared: Mapping[str, Any], errand: Errand,
    pace: Pace,
) -> Operation | None:  # fmt: skip
    """The listed operation that is this very purchase, which has it from then on; None: none is, it may be sent.

    Raises ``OutcomeUnknown`` where only a person can tell: the purchase is ``unknown`` then, though it was never sent.
    """
    lists = with_list(provider)
    begun = clock.seconds()
    maybe: Sequence[ListedWork] = ()
    left = _LOOKS
    while left:
        same, maybe = _compared(lists, prepared, await ledger.unclaimed(purchase.id))
        if not maybe or not errand.meant:
            await _let_go(ledger, purchase)
            return None
        left -= 1
        if lists and len(same) == 1:
            operation = lists.listed_operation(prepared, same[0])
            is_there = await _is_there(provider, operation)
            if is_there and await _is_ours(ledger, lease, purchase, operation, clock.seconds() - begun):
                errand.sent = True
                reach("C06")
                return operation
            if is_there is not False:  # nobody could be asked, or another may have it: for as long as that takes
                left = _LOOKS
        await errand.rest(pace.least_s)
    named = ", ".join(work.id for work in maybe[:_NAMED])
    said = f"the list there showed {named}, which may be it, when this journal was reconciled"
    await surely(lambda: ledger.hold_unsent(lease, purchase.id, prepared, said))
    raise not_known(purchase, said)


def _compared(
    lists: Lists | None, prepared: Mapping[str, Any], works: Sequence[ListedWork]
) -> tuple[Sequence[ListedWork], Sequence[ListedWork]]:
    """What repeats the request, and what may be it; where nobody can compare them, all may be."""
    if lists is None:
        return (), works
    matches = [(work, lists.compare(prepared, work, by_another=True)) for work in works]
    same = [work for work, match in matches if match == "same"]
    return same, same or [work for work, match in matches if match == "possible"]


async def _is_there(provider: Provider, operation: Operation) -> bool | None:
    """Whether the provider knows the operation by the id that its list gave; None where it cannot be asked now."""
    try:
        return (await provider.poll(operation)).state != "lost"
    except Unreachable:
        return None
    except (NotFound, Refused):
        return False


async def _is_ours(ledger: Ledger, lease: Lease, purchase: Purchase, operation: Operation, waited_s: float) -> bool:
    """Whether the purchase has it now. Raises ``Dropped`` where somebody else has seen to the purchase."""
    whose = await surely(lambda: ledger.claim(lease, purchase.id, operation, waited_s))
    if whose == "over":
        raise Dropped
    return whose == "ours"


async def _let_go(ledger: Ledger, purchase: Purchase) -> None:
    """unknown → intent: it is nothing of what is listed, and may be sent for the first time."""
    if purchase.state == "unknown":
        await ledger.move(purchase.id, ["unknown"], "intent", "it is nothing of what the list showed", sends=0)
