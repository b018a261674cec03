"""Purchases of other projects of the account: waiting for them, and finishing them if no director does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from reelwright.engine.policy import OTHER_PURCHASE_LOOK_EVERY_S
from reelwright.engine.purchases.recover import NO_ANSWER, hold
from reelwright.engine.steps.step_run import DropSignal, RetrySignal, StepRun
from reelwright.errors import OutcomeUnknown, StoreUnavailable
from reelwright.reason import Reason
from reelwright.reel.graph.choices import RetakeRequest
from reelwright.reel.records.operation import Holder, Lease, Purchase, Standing
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger

CarryOn = Callable[[Lease, Purchase, StepRun], Awaitable[object]]
"""``Gate.carry_on``: finishes a purchase from any state; sends nothing for a run without an order."""


class OtherProjects:
    """Waits for purchases that other projects of the account make of the same thing, on behalf of a gate. Sends
    nothing. ``holder``: the gate's director.
    """

    def __init__(self, journal: Journal, ledger: Ledger, holder: Holder, carry_on: CarryOn) -> None:
        self._journal, self._ledger, self._holder, self._carry_on = journal, ledger, holder, carry_on
        self._unreleased: list[Lease] = []

    async def wait_for(self, lease: Lease, purchase: Purchase, run: StepRun) -> None:
        """Wait until another project's purchase has ended, or no director will send it, or ``run`` is no longer wanted.

        Also return where its job was stopped, so that the ledger is asked to let ``run``'s project take it over. If no
        director drives the other project any more, finish what that project has sent. Nothing new is sent for it.
        """
        looks, alone = 0, False
        while run.is_wanted:
            await self._release_rest()
            state, is_driven, is_left = await self._ledger.read_purchase_state(lease, purchase.id)
            if state in ("settled", "released", "succeeded", "unknown") or (state == "intent" and not is_driven):
                return
            still_alone = alone and not is_driven
            if is_left and looks and not still_alone:
                return
            if still_alone and await self._recover(lease, purchase, run):
                return
            looks, alone = looks + 1, not is_driven
            await run.wait_for_change(OTHER_PURCHASE_LOOK_EVERY_S)

    async def look_up(self, lease: Lease, purchase: Purchase, run: StepRun) -> bool:
        """Look at the provider for what became of another project's purchase in ``unknown``, and finish it if it is
        found.

        Return False if the provider cannot tell, or a director drives that project and does so itself. Raises
        ``OutcomeUnknown`` with what a list shows if only a person can tell.
        """
        _, is_driven, _ = await self._ledger.read_purchase_state(lease, purchase.id)
        try:
            return not is_driven and await self._recover(lease, purchase, run)
        except OutcomeUnknown as error:
            if error.params.get("cause") != NO_ANSWER:
                raise
            return False

    async def finish_stopped_job(self, lease: Lease, purchase: Purchase) -> None:
        """End the stopped job of another project's purchase that was taken over, unless a director drives that project.

        What the job had reserved is released.
        """
        theirs = await self._journal.claim_for_recovery(self._holder, lease.account, purchase.project)
        if theirs is None:
            return
        try:
            standing = await self._journal.read_standing(theirs.account, theirs.project)
            if standing.job and standing.job.is_cancel_requested and not standing.open_purchases:
                await self._journal.finish(theirs, standing.job.id, "cancelled", None, None)
        finally:
            self._unreleased.append(theirs)
            with contextlib.suppress(StoreUnavailable):
                await self._release_rest()

    async def _recover(self, lease: Lease, purchase: Purchase, run: StepRun) -> bool:
        """Finish what a project without a director has sent, until its job is stopped or ``run`` is no longer wanted.

        Return False if a director drives that project again. The project's lease is held meanwhile, so that no other
        director polls.
        """
        theirs = await self._journal.claim_for_recovery(self._holder, lease.account, purchase.project)
        if theirs is None:
            return False
        try:
            bought = await self._ledger.list_purchases(lease.account, purchase.project)
            now = next(one for one in bought if one.id == purchase.id)
            for other in bought:
                if other.state == "posting" and other.id != now.id:  # else its operation may be taken for this one
                    await hold(self._ledger, other, Reason("director_gone"), other.attempts)
            request = run.order.step.request if run.order else None
            recovery = StepRun(
                step=now.step, fingerprint=now.fingerprint, report=run.report, request=request, is_sent=True
            )
            recovery.must_cancel = now.is_stopped
            carrying_on = asyncio.ensure_future(self._carry_on(theirs, now, recovery))
            try:
                await self._watch(lease, now, run, carrying_on)
            finally:
                carrying_on.cancel()
                await asyncio.wait({carrying_on})
            if not carrying_on.cancelled():
                with contextlib.suppress(DropSignal, RetrySignal):
                    carrying_on.result()
        finally:
            self._unreleased.append(theirs)
            with contextlib.suppress(StoreUnavailable):  # a full disk: released at the next look
                await self._release_rest()
        return True

    async def _watch(
        self, lease: Lease, purchase: Purchase, run: StepRun, carrying_on: asyncio.Future[object]
    ) -> None:  # fmt: skip
        """Return once ``carrying_on`` has ended, or ``run`` is no longer wanted, or the purchase's job is stopped."""
        could_be_left = (await self._ledger.read_purchase_state(lease, purchase.id)).is_left
        while not (await asyncio.wait({carrying_on}, timeout=OTHER_PURCHASE_LOOK_EVERY_S))[0] and run.is_wanted:
            if not could_be_left and (await self._ledger.read_purchase_state(lease, purchase.id)).is_left:
                return

    async def _release_rest(self) -> None:
        """Release the leases that are no longer needed, so that no project looks as if a director drove it."""
        while self._unreleased:
            lease = self._unreleased.pop()
            try:
                await asyncio.shield(self._journal.release(lease))
            except (StoreUnavailable, asyncio.CancelledError):
                self._unreleased.append(lease)
                raise

    async def number_rounds(
        self, account: str, standing: Standing, asks: Sequence[RetakeRequest]
    ) -> tuple[RetakeRequest, ...]:
        """Give new rounds for deleted takes their numbers: that of an order which the account has bought again, else
        the next one.
        """
        found = []
        for ask in asks:
            last = max(
                (other.round for other in standing.choices.retakes if other.fingerprint == ask.fingerprint), default=1
            )
            orders = await self._ledger.find_orders(account, [ask.fingerprint])
            there = [
                one.purchase.n for one in orders if not (one.has_failed or one.deleted_at) and one.purchase.n > last
            ]
            highest = max((one.purchase.n for one in orders), default=1)
            found.append(replace(ask, round=min(there, default=max(ask.round, highest + 1))))
        return tuple(found)
