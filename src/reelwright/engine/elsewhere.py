"""What another project of the account is buying: waited for, and brought to its end where nobody drives it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from reelwright.engine.errand import Again, Dropped, Errand
from reelwright.engine.recover import hold
from reelwright.engine.waist import Journal, Ledger
from reelwright.errors import StoreUnavailable
from reelwright.reel.choices import Ask
from reelwright.reel.operation import Holder, Lease, Purchase, Standing

_LOOK_S: Final = 1.0
"""Between two looks at a purchase that another project makes."""

CarryOn = Callable[[Lease, Purchase, Errand], Awaitable[object]]
"""The gate's: brings a purchase to its end from whatever state it is in; sends nothing without an order."""


class Elsewhere:
    """The purchases of other projects that a gate waits for. Sends nothing. ``holder``: the director it works for."""

    def __init__(self, journal: Journal, ledger: Ledger, holder: Holder, carry_on: CarryOn) -> None:
        self._journal, self._ledger, self._holder, self._carry_on = journal, ledger, holder, carry_on
        self._unreleased: list[Lease] = []

    async def wait_for(self, lease: Lease, purchase: Purchase, errand: Errand) -> None:
        """Wait until it has an end, or nobody is there to send it, or ``errand`` is given up.

        What a project has sent that nobody drives any more is seen to from here; nothing is sent for that project.
        """
        alone = False
        while errand.meant:
            await self._release_rest()
            state, driven = await self._ledger.elsewhere(lease, purchase.id)
            if state in ("settled", "released", "succeeded", "unknown") or (state == "intent" and not driven):
                return
            if alone and not driven and await self._recover(lease, purchase, errand):
                return
            alone = not driven
            await errand.rest(_LOOK_S)

    async def _recover(self, lease: Lease, purchase: Purchase, errand: Errand) -> bool:
        """Bring to its end what a project without a director has sent. False: somebody drives that project again.

        Its lease is held meanwhile, so that nobody else polls.
        """
        theirs = await self._journal.claim_for_recovery(self._holder, lease.account, purchase.project)
        if theirs is None:
            return False
        try:
            bought = await self._ledger.purchases(lease.account, purchase.project)
            now = next(one for one in bought if one.id == purchase.id)
            for other in bought:
                if other.state == "posting" and other.id != now.id:  # else what a list shows may be taken for its own
                    await hold(self._ledger, other, "its director is gone; nobody saw an answer", other.attempts)
            seen_to = Errand(step=now.step, fingerprint=now.fingerprint, report=errand.report, sent=True)
            with contextlib.suppress(Dropped, Again):
                await self._carry_on(theirs, now, seen_to)
        finally:
            self._unreleased.append(theirs)
            with contextlib.suppress(StoreUnavailable):  # a full disk: at the next look, or with this process
                await self._release_rest()
        return True

    async def _release_rest(self) -> None:
        """Release what was claimed and is seen to: a lease that stays would look as if somebody drove its project."""
        while self._unreleased:
            lease = self._unreleased.pop()
            try:
                await asyncio.shield(self._journal.release(lease))
            except (StoreUnavailable, asyncio.CancelledError):
                self._unreleased.append(lease)
                raise

    async def number(self, account: str, standing: Standing, asks: Sequence[Ask]) -> tuple[Ask, ...]:
        """Number rounds for what was deleted: as the order that the account has again already, else as the next."""
        found = []
        for ask in asks:
            last = max((had.round for had in standing.choices.asks if had.of == ask.of), default=1)
            orders = await self._ledger.orders_of(account, [ask.of])
            there = [one.purchase.n for one in orders if not (one.is_in_vain or one.gone_at) and one.purchase.n > last]
            highest = max((one.purchase.n for one in orders), default=1)
            found.append(replace(ask, round=min(there, default=max(ask.round, highest + 1))))
        return tuple(found)
