"""A cache of policies, disputed bills and recovered orders, which are read every two seconds for all requests."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reelwright.reel.records.retention import RetentionPolicies
from reelwright.studio.policy import POLICY_CACHE_S

if TYPE_CHECKING:
    from reelwright.store.journal import Journal
    from reelwright.store.ledger import Ledger
    from reelwright.store.purchases.disputes import DisputedBill


class PolicyCache:
    """A cache that asks the journal again after two seconds. One for each runtime."""

    def __init__(self) -> None:
        self._policies: RetentionPolicies | None = None
        self._bills: dict[str, tuple[float, Sequence[DisputedBill]]] = {}
        self._recovered: dict[str, tuple[float, bool]] = {}
        self._read_at = 0.0

    async def read(self, journal: Journal) -> RetentionPolicies:
        """Return the retention policies from the journal, at most two seconds old."""
        if self._policies is None or time.monotonic() - self._read_at > POLICY_CACHE_S:
            self._policies, self._read_at = await journal.read_policies(), time.monotonic()
        return self._policies

    async def read_disputed_bills(self, ledger: Ledger, account: str) -> Sequence[DisputedBill]:
        """Return the disputed bills of an account that nobody has decided about, at most two seconds old."""
        now = time.monotonic()
        read_at, bills = self._bills.get(account, (-POLICY_CACHE_S, ()))
        if now - read_at >= POLICY_CACHE_S:
            self._bills = {one: kept for one, kept in self._bills.items() if now - kept[0] < POLICY_CACHE_S}
            bills = await ledger.list_disputed_bills(account)
            self._bills[account] = (now, bills)
        return bills

    async def has_recovered_orders(self, ledger: Ledger, account: str) -> bool:
        """Return whether ``reconcile`` recovered purchases that no order took yet; the answer is two seconds old at
        most.
        """
        now = time.monotonic()
        read_at, has_some = self._recovered.get(account, (-POLICY_CACHE_S, False))
        if now - read_at >= POLICY_CACHE_S:
            self._recovered = {one: kept for one, kept in self._recovered.items() if now - kept[0] < POLICY_CACHE_S}
            has_some = await ledger.has_recovered(account)
            self._recovered[account] = (now, has_some)
        return has_some

    def clear(self) -> None:
        """Drop what is cached, so that the next read asks the database; call it after changing a policy or deciding."""
        self._policies = None
        self._bills.clear()
        self._recovered.clear()
