"""Comparing a purchase, before it is first sent, with what a provider's list showed when the journal was reconciled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reelwright.engine.policy import CLAIM_LOOKS, OPERATIONS_NAMED_IN_A_QUESTION
from reelwright.engine.purchases.operations import Pace
from reelwright.engine.purchases.recover import build_outcome_unknown
from reelwright.engine.steps import clock
from reelwright.engine.steps.durability import retry_write
from reelwright.engine.steps.step_run import DropSignal, StepRun
from reelwright.errors import NotFound, Refused, Unreachable
from reelwright.providers.protocol import Provider, WorkLister, as_work_lister
from reelwright.reason import Reason, build_reason
from reelwright.reel.base.crashpoints import reach
from reelwright.reel.records.ledger import ListedWork
from reelwright.reel.records.operation import Lease, Operation, Purchase
from reelwright.store.ledger import Ledger


async def claim(
    ledger: Ledger,
    provider: Provider,
    lease: Lease,
    purchase: Purchase,
    prepared_request: Mapping[str, Any],
    run: StepRun,
    pace: Pace,
) -> Operation | None:
    """Find the listed operation that belongs to a purchase which was never sent, and record it for the purchase. None:
    there is none, it may be sent.

    Raises ``OutcomeUnknown`` if only a person can tell (the purchase is then ``unknown``, though it was never sent),
    and ``DropSignal`` if another director has handled the purchase.
    """
    lists = as_work_lister(provider)
    begun = clock.read_seconds()
    maybe: Sequence[ListedWork] = ()
    left = CLAIM_LOOKS
    while left:
        same, maybe = _compared(lists, prepared_request, await ledger.list_unclaimed_work(purchase.id))
        if not maybe or not run.is_wanted:
            await _let_go(ledger, purchase)
            return None
        left -= 1
        # Who was written off may have made it; so a person is asked, as by ``ListSearch``.
        if lists and len(same) == 1 and not await ledger.count_written_off(purchase.id, prepared_request):
            operation = lists.get_listed_operation(prepared_request, same[0])
            is_there = await _is_there(provider, operation)
            if is_there and await _is_ours(ledger, lease, purchase, operation, clock.read_seconds() - begun):
                run.is_sent = True
                reach("C06")
                return operation
            if is_there is not False:  # the provider could not be asked, or another purchase may have it: look on
                left = CLAIM_LOOKS
        await run.wait_for_change(pace.least_s)
    reason = build_reason("list_showed", operations=[work.id for work in maybe[:OPERATIONS_NAMED_IN_A_QUESTION]])
    await retry_write(lambda: ledger.hold_for_decision(lease, purchase.id, prepared_request, reason))
    raise build_outcome_unknown(purchase, reason)


def _compared(
    lists: WorkLister | None, prepared: Mapping[str, Any], works: Sequence[ListedWork]
) -> tuple[Sequence[ListedWork], Sequence[ListedWork]]:
    """Return the listed works that equal the request, and those that may; without a way to compare, all may."""
    if lists is None:
        return (), works
    matches = [(work, lists.compare(prepared, work, by_another=True)) for work in works]
    same = [work for work, match in matches if match == "same"]
    return same, same or [work for work, match in matches if match == "possible"]


async def _is_there(provider: Provider, operation: Operation) -> bool | None:
    """Whether the provider knows the operation by its listed id; None if the provider cannot be reached now."""
    try:
        return (await provider.poll(operation)).state != "lost"
    except Unreachable:
        return None
    except (NotFound, Refused):
        return False


async def _is_ours(ledger: Ledger, lease: Lease, purchase: Purchase, operation: Operation, waited_s: float) -> bool:
    """Record the operation; whether it is this purchase's now. Raises ``DropSignal`` if another director handled it."""
    whose = await retry_write(lambda: ledger.claim_listed_operation(lease, purchase.id, operation, waited_s))
    if whose == "over":
        raise DropSignal
    return whose == "ours"


async def _let_go(ledger: Ledger, purchase: Purchase) -> None:
    """Move the purchase from unknown to intent: it is none of the listed works, and may be sent for the first time."""
    if purchase.state == "unknown":
        await ledger.move(purchase.id, ["unknown"], "intent", Reason("not_in_list"), sends=0)
