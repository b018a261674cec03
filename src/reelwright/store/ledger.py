"""``SqlLedger``: what ``engine/waist.py`` calls the ledger, on the journal's database; each method one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from reelwright.errors import LeaseLost
from reelwright.reel.money import Price
from reelwright.reel.noun import Fingerprint, ShotId, StepKey
from reelwright.reel.operation import Lease, Operation, Purchase, PurchaseState
from reelwright.reel.outcome import Outcome
from reelwright.store import allowances, assets, budgets, landings, purchases
from reelwright.store.database import Database
from reelwright.store.leases import fence
from reelwright.store.unit import Unit
from reelwright.units import Micros


class SqlLedger:
    """Allowances, purchases and budgets. Money in micro-dollars. Every method may raise ``StoreUnavailable``."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def allow(self, lease: Lease, job: str, ceiling: Micros, approved_by: str) -> str:
        """Make or grow the job's allowance to ``ceiling`` in every budget it falls under, or ``OverBudget``."""

        def write(unit: Unit) -> str:
            fence(unit.conn, lease)
            return allowances.allow(unit, lease, job, ceiling, approved_by)

        return await self._db.write(write)

    async def intend(
        self, lease: Lease, allowance: str, job: str, step: StepKey, fp: Fingerprint, scope: str, provider: str,
        model: str, price: Price, resubmit: Literal["never", "free"],
    ) -> Purchase:  # fmt: skip
        """A purchase in ``intent``, reserved from its allowance; the open or landed one of ``fp`` if it exists.

        A try that is known to have failed opens the next one. Raises ``OverBudget``, ``NeedsConsent``.
        """
        intent = purchases.Intent(allowance, job, step, fp, scope, provider, model, price, resubmit)

        def write(unit: Unit) -> Purchase:
            fence(unit.conn, lease)
            return purchases.intend(unit, lease, intent)

        return await self._db.write(write)

    async def posting(
        self, lease: Lease, purchase: str, prepared: Mapping[str, Any], revision: int | None = None
    ) -> bool:
        """intent → posting, synced before it returns.

        False: somebody else took it, the lease is lost, the job is being cancelled, or ``revision`` is not the newest
        any more: send nothing.
        """

        def write(unit: Unit) -> bool:
            fence(unit.conn, lease)
            return purchases.posting(unit, lease, purchase, prepared, revision)

        try:
            return await self._db.write(write)
        except LeaseLost:
            return False

    async def bought(self, purchase: str, operation: Operation) -> None:
        """posting or unknown → submitted. NOT fenced: a director that lost its lease must still record it."""
        await self._db.write(lambda unit: purchases.bought(unit, purchase, operation))

    async def move(
        self,
        purchase: str,
        sources: Sequence[PurchaseState],
        to: PurchaseState,
        said: str,
        not_before: datetime | None = None,
    ) -> bool:
        """One step of the state machine, with its history row. False when it was not in ``sources``."""
        return await self._db.write(lambda u: purchases.shift(u, purchase, sources, to, said, not_before))

    async def landed(self, lease: Lease, purchase: str, step: StepKey, outcome: Outcome, shot: ShotId | None) -> None:
        """posting or submitted → succeeded, outcome and take rows, one commit. Twice is as once.

        Like ``bought``, not fenced where the answer was the result itself: it is what was paid for.
        """

        def write(unit: Unit) -> None:
            _fence_what_can_be_asked_for_again(unit, lease, purchase)
            if purchases.succeed(unit, lease, purchase) and shot is not None:
                landings.keep_takes(unit, lease, shot, purchase, outcome)
            landings.record(unit, lease, step, outcome)
            assets.landed(unit.conn, lease.account, landings.files_of(outcome))

        await self._db.write(write)

    async def failed(
        self, lease: Lease, purchase: str, price: Price, said: str, outcome: Outcome | None = None
    ) -> None:
        """posting or submitted → failed → settled where it was billed, else released; with its outcome, one commit."""

        def write(unit: Unit) -> None:
            _fence_what_can_be_asked_for_again(unit, lease, purchase)
            step = purchases.fail(unit, lease, purchase, price, said)
            if outcome is not None:
                landings.record(unit, lease, step, outcome)
                assets.landed(unit.conn, lease.account, landings.files_of(outcome))

        await self._db.write(write)

    async def settle(self, purchase: str, price: Price, state: Literal["settled", "released"], said: str) -> None:
        """The final price, once. What was reserved above it goes back to the allowance."""
        await self._db.write(lambda unit: purchases.settle(unit, purchase, price, state, said))

    async def purchases(self, account: str, project: str) -> Sequence[Purchase]:
        """All of a project, first intended first."""
        return await self._db.read(lambda conn: purchases.list_purchases(conn, account, project))

    async def set_budget(
        self,
        account: str,
        scope: budgets.Scope,
        subject: str,
        cap: Micros,
        period: budgets.Period | None = None,
    ) -> str:
        """Make or change a cap; returns its id for the current period."""
        return await self._db.write(lambda unit: budgets.set_budget(unit, account, scope, subject, cap, period))


def _fence_what_can_be_asked_for_again(unit: Unit, lease: Lease, purchase: str) -> None:
    """An operation can be asked again by whoever drives the project now; an answer that was the result cannot."""
    if purchases.has_operation(unit.conn, lease, purchase):
        fence(unit.conn, lease)
