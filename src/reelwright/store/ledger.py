"""The ledger: allowances, purchases, budgets and limits; each method is one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row

from reelwright.errors import LeaseLost, StoreUnavailable
from reelwright.reel.ledger import (
    Budget,
    BudgetScope,
    Decision,
    ExistingOrder,
    LedgerEntry,
    Limit,
    LimitScope,
    ListedWork,
    OperationOwner,
    OwnWork,
    Period,
    PostingResult,
)
from reelwright.reel.money import Price
from reelwright.reel.operation import Lease, Operation, Purchase, PurchaseState
from reelwright.reel.outcome import Outcome
from reelwright.reel.value import Fingerprint, ShotId, StepKey
from reelwright.store import (
    adjustment,
    adoption,
    allowances,
    assets,
    budgets,
    decisions,
    entries,
    limits,
    listed_work,
    operations,
    purchases,
    shares,
    step_outcomes,
    turns,
)
from reelwright.store.database import Database
from reelwright.store.leases import fence
from reelwright.store.markers import Mark
from reelwright.store.send_guard import SendGuard
from reelwright.store.unit import Unit
from reelwright.units import Micros


class Ledger:
    """Allowances, purchases, budgets and limits, in the journal's database. Money is in micro-dollars.

    Every method may raise ``StoreUnavailable``. ``find_default_limit``: returns the limit of a name that no row limits;
    every director must be given the same. ``lease_s``: seconds without a heartbeat after which a director counts as
    gone. ``guard``: decides whether this journal may buy, and marks each paid send in the vault; None where no money is
    spent.
    """

    def __init__(
        self,
        database: Database,
        *,
        find_default_limit: limits.FindDefaultLimit = limits.find_no_default,
        lease_s: int = 30,
        guard: SendGuard | None = None,
    ) -> None:
        self._db = database
        self._guard = guard
        self._default, self._lease_s = find_default_limit, lease_s

    async def ensure_allowance(
        self,
        lease: Lease,
        job: str,
        ceiling: Micros,
        approved_by: str,
        shared_prices: Mapping[Fingerprint, Micros] | None = None,
    ) -> str:
        """Reserve ``ceiling`` for the job in every budget that it falls under; return the allowance's id.

        An allowance that is smaller grows, a larger one stays. Raises ``OverBudget``: then nothing is reserved.
        ``shared_prices``: prices of the orders that other projects of the account may want too, each reserved once
        for all of them; None where the project shares nothing.
        """

        def write(unit: Unit) -> str:
            fence(unit.conn, lease)
            return allowances.ensure_allowance(unit, lease, job, ceiling, approved_by, shared_prices)

        return await self._db.write(write)

    async def intend(
        self, lease: Lease, allowance: str, job: str, step: StepKey, fp: Fingerprint, scope: str, provider: str,
        model: str, price: Price, resubmit: Literal["never", "free"], *, order: Fingerprint | None = None, n: int = 1,
        samples: int = 1,
    ) -> Purchase:  # fmt: skip
        """Return the order's open or successful purchase, else insert one in ``intent``, reserved from ``allowance``.

        ``order`` (by default ``fp``) and ``n`` say which order; see ``purchases.Intent``. After a try that is known to
        have failed, the next try is inserted. Raises ``OverBudget``, ``NeedsConsent``.
        """
        intent = purchases.Intent(
            allowance, job, step, fp, scope, provider, model, price, resubmit, order or fp, n, samples
        )
        return await self._db.write(lambda unit: purchases.intend(unit, lease, intent, self._lease_s))

    async def begin_posting(
        self, lease: Lease, purchase: str, prepared_request: Mapping[str, Any], revision: int | None = None, *,
        is_compared: bool = False,
    ) -> PostingResult:  # fmt: skip
        """Move a purchase from intent to posting, synced before this returns: only then may the request be sent.

        Every limit counts it in the same commit, whoever else sends. A paid send is also marked in the vault, synced,
        before this returns. The result says that it may not be sent where a limit has no room (``is_over_limit``);
        where another director took it, the lease is lost, the job is being cancelled, or ``revision`` is not the
        newest; or where a purchase is to be sent for the first time and must first be compared with what its provider's
        list showed when the journal was reconciled (``is_compared`` says that it was). Raises ``NotReconciled`` where
        this journal may buy nothing.
        """
        check = await self._guard.check(lease.account) if self._guard else None

        def write(unit: Unit) -> tuple[PostingResult, Mark | None]:
            posted = purchases.begin_posting(unit, lease, purchase, prepared_request, revision, self._default)
            mark = posted.paid_row if check is not None else None
            if check is not None and mark is not None:
                check.raise_if_blocked()  # what was written above is undone
                if mark["provider"] in check.listed_providers and mark["sends"] == 1 and not is_compared:
                    raise _NeedsComparison
            return posted, mark

        try:
            posted, mark = await self._db.write(write)
        except LeaseLost:
            return PostingResult(False)
        except _NeedsComparison:
            return PostingResult(False, needs_reconciling=True)
        if self._guard and mark is not None:
            try:
                await asyncio.to_thread(self._guard.mark_send, lease.account, mark)
            except StoreUnavailable:
                with suppress(
                    StoreUnavailable, LeaseLost
                ):  # if this fails too, it stays in posting, and is looked for later
                    await self.undo_posting(lease, purchase)
                raise
        return posted

    async def undo_posting(self, lease: Lease, purchase: str) -> None:
        """Move a purchase back from posting to intent: ``begin_posting`` under this lease failed, and nothing was sent.

        Fenced: only under another lease could the purchase have been moved to posting again.
        """

        def write(unit: Unit) -> None:
            fence(unit.conn, lease)
            purchases.move_without_price(
                unit, purchase, ("posting",), "intent", "nothing was sent: the journal was away", None
            )

        await self._db.write(write)

    async def record_operation(self, purchase: str, operation: Operation) -> None:
        """Record the operation that a provider answered: posting or unknown → submitted.

        NOT fenced: a director that lost its lease must still record it.
        """
        await self._db.write(lambda unit: operations.record_operation(unit, purchase, operation))

    async def list_unclaimed_work(self, purchase: str) -> Sequence[ListedWork]:
        """List work that the provider's list showed when the journal was reconciled, and that may be this purchase."""
        return await self._db.read(lambda conn: listed_work.list_unclaimed_work(conn, purchase))

    async def claim_listed_operation(
        self, lease: Lease, purchase: str, operation: Operation, waited_s: float = 0.0
    ) -> OperationOwner:
        """Record a listed operation for a purchase that was never sent: intent or unknown → submitted. Fenced."""
        return await self._db.write(
            lambda unit: listed_work.claim_listed_operation(unit, lease, purchase, operation, waited_s)
        )

    async def hold_for_decision(
        self, lease: Lease, purchase: str, prepared_request: Mapping[str, Any], message: str
    ) -> None:
        """Move a purchase that was never sent from intent to unknown: a person decides whether the list shows it.

        Fenced.
        """
        await self._db.write(
            lambda unit: listed_work.hold_for_decision(unit, lease, purchase, prepared_request, message)
        )

    async def read_own_work(self, purchase: str) -> OwnWork:
        """Read what is known of our own work at the provider of a purchase, apart from that purchase."""
        return await self._db.read(lambda conn: operations.read_own_work(conn, purchase))

    async def read_history_position(self) -> int:
        """Read the number of the last line in the history of purchases; 0 if there is none."""
        return await self._db.read(operations.read_history_position)

    async def record_found_operation(
        self, purchase: str, operation: Operation, history_position: int | None = None, waited_s: float = 0.0
    ) -> OperationOwner:  # fmt: skip
        """Record an operation that the provider's list shows: unknown → submitted.

        Not where it is, or may be, another purchase's; the result says which. ``history_position``: what
        ``read_history_position`` returned after the operation was seen; ``waited_s``: seconds since then.
        """
        return await self._db.write(
            lambda unit: operations.record_found_operation(unit, purchase, operation, history_position, waited_s)
        )

    async def move(
        self,
        purchase: str,
        sources: Sequence[PurchaseState],
        to: PurchaseState,
        message: str,
        not_before: datetime | None = None,
        *,
        sends: int | None = None,
    ) -> bool:
        """Move a purchase from one of ``sources`` to ``to``, with a line of history. False: it was in another state.

        For states without a price; ``settle`` takes one. ``sends``: only if it was sent exactly this many times, since
        another director may have sent it again meanwhile.
        """
        return await self._db.write(
            lambda u: purchases.move_without_price(u, purchase, sources, to, message, not_before, sends)
        )

    async def record_success(
        self, lease: Lease, purchase: str, step: StepKey, outcome: Outcome, shot: ShotId | None,
        operation: Operation | None = None,
    ) -> None:  # fmt: skip
        """Move a purchase from posting or submitted to succeeded and insert its outcome and takes, in one commit.

        A second call changes nothing. Not fenced where the answer was the result itself: it was paid for and cannot be
        fetched again. ``operation``: how the provider's list names such an answer.
        """

        def write(unit: Unit) -> None:
            if purchases.succeed_submitted(unit, lease, purchase):
                fence(unit.conn, lease)
                first = True
            else:
                row = _lock_and_fence_if_repeatable(unit, lease, purchase)
                if purchases.note_late_answer(unit, row, operation):
                    return
                first = purchases.succeed(unit, row, operation)
            if first and shot is not None:
                step_outcomes.insert_takes(unit, lease, shot, purchase, outcome)
            arrived = [step_outcomes.LeasedOutcome(lease, step, outcome)]
            step_outcomes.insert_outcomes(unit, arrived)
            assets.mark_present(unit.conn, step_outcomes.list_files(arrived))

        await self._db.write(write)

    async def record_failure(
        self, lease: Lease, purchase: str, price: Price, message: str, outcome: Outcome | None = None, tries: int = 1
    ) -> bool:
        """Move a purchase through failed to settled if it was billed, else to released, in one commit.

        ``outcome``, which has no assets but a reason, is recorded with it once ``tries`` purchases of its order have
        failed. True: fewer have, so that it may be bought again.
        """

        def write(unit: Unit) -> bool:
            row = _lock_and_fence_if_repeatable(unit, lease, purchase)
            if purchases.fail(unit, row, price, message) < tries:
                return True
            if outcome is not None:
                arrived = [step_outcomes.LeasedOutcome(lease, StepKey(row.step), outcome)]
                step_outcomes.insert_outcomes(unit, arrived)
                assets.mark_present(unit.conn, step_outcomes.list_files(arrived))
            return False

        return await self._db.write(write)

    async def settle(self, purchase: str, price: Price, state: Literal["settled", "released"], message: str) -> None:
        """Record the final price, once. What was reserved above it goes back to the allowance."""
        await self._db.write(lambda unit: purchases.settle(unit, purchase, price, state, message))

    async def write_off(self, purchase: str, price: Price, message: str, sends: int) -> None:
        """Settle a purchase in ``unknown`` at ``price``, if it was sent exactly ``sends`` times.

        Otherwise nothing happens: another director has sent it again meanwhile.
        """
        await self._db.write(lambda unit: purchases.write_off(unit, purchase, price, message, sends))

    async def list_purchases(self, account: str, project: str) -> Sequence[Purchase]:
        """List all purchases of a project, the earliest first."""
        return await self._db.read(lambda conn: purchases.list_purchases(conn, account, project))

    async def read_purchase_state(self, lease: Lease, purchase: str) -> tuple[PurchaseState, bool]:
        """Read the state of another project's purchase in the account, and whether a director drives that project."""
        return await self._db.read(lambda conn: purchases.read_purchase_state(conn, lease, purchase, self._lease_s))

    async def find_orders(self, account: str, fingerprints: Collection[Fingerprint]) -> Sequence[ExistingOrder]:
        """Find every order of the account with these fingerprints, each with its newest try. Queries use an index."""
        return await self._db.read(lambda conn: adoption.find_orders(conn, account, fingerprints))

    async def find_last_order_number(self, account: str, order: Fingerprint) -> int:
        """Find the number of the account's last order of a fingerprint; 0 where there is none."""
        return await self._db.read(lambda conn: purchases.find_last_order_number(conn, account, order))

    async def adopt_outcomes(
        self, account: str, project: str, adoptions: Sequence[tuple[StepKey, Fingerprint, str]]
    ) -> int:
        """Copy the outcomes of other projects' purchases to the project; return how many it did not have yet.

        Buys nothing. ``adoptions``: for each its step and fingerprint in this project, and the purchase's id.
        """
        return await self._db.write(lambda unit: adoption.adopt_purchases(unit, account, project, adoptions))

    async def is_wanted_elsewhere(self, account: str, project: str, order_name: str) -> bool:
        """Whether a live job of another project of the account wants the order with this name, too."""
        return await self._db.read(lambda conn: shares.is_wanted_elsewhere(conn, account, project, order_name))

    async def clear_staged_files(self, account: str, purchase: str) -> None:
        """Record that the input files staged at the provider for a purchase are removed."""
        await self._db.write(lambda unit: purchases.clear_staged_files(unit, account, purchase))

    # what a program does for a person
    async def decide(
        self, account: str, purchase: str, verdict: Decision, by: str, operation: Operation | None = None,
        outcome: Outcome | None = None,
    ) -> LedgerEntry:  # fmt: skip
        """Record what a person says became of an unknown purchase; ``operation`` or ``outcome``: what arrived.

        Raises ``NotFound``, ``BadInput``.
        """

        def write(unit: Unit) -> LedgerEntry:
            decisions.decide(unit, account, purchase, verdict, by, operation, outcome)
            return entries.read_entry(unit.conn, account, purchase)

        return await self._db.write(write)

    async def adjust(self, account: str, purchase: str, micros: int, because: str, by: str) -> LedgerEntry:
        """Append a correction of ``micros`` micro-dollars to a settlement; its budgets count it.

        Raises ``NotFound``, ``BadInput``.
        """

        def write(unit: Unit) -> LedgerEntry:
            adjustment.adjust(unit, account, purchase, micros, because, by)
            return entries.read_entry(unit.conn, account, purchase)

        return await self._db.write(write)

    async def list_entries(self, account: str, project: str | None = None) -> Sequence[LedgerEntry]:
        """List every purchase of the account, or of one project, with its adjustments, the earliest first."""
        return await self._db.read(lambda conn: entries.list_entries(conn, account, project))

    async def list_purchases_awaiting_turn(self, account: str | None = None) -> frozenset[str]:
        """List the ids of purchases that wait in ``intent`` for room under a limit, of all accounts or of one."""
        return await self._db.read(
            lambda conn: turns.list_purchases_awaiting_turn(conn, self._default, self._lease_s, account)
        )

    async def list_limits(self, account: str) -> Sequence[Limit]:
        """List all limits that were set for the account or for the deployment."""
        return await self._db.read(lambda conn: limits.list_limits(conn, account))

    async def set_limit(self, account: str, limit: Limit) -> None:
        """Create or change a limit. Raises ``BadInput``."""
        await self._db.write(lambda unit: limits.set_limit(unit, account, limit))

    async def remove_limit(self, account: str, scope: LimitScope, subject: str) -> None:
        """Remove a limit; the default holds again, where there is one. Raises ``NotFound``."""
        await self._db.write(lambda unit: limits.remove_limit(unit, account, scope, subject))

    async def list_budgets(self, account: str) -> Sequence[Budget]:
        """List every cap that the account can fall under."""
        return await self._db.read(lambda conn: budgets.list_budgets(conn, account))

    async def set_budget(
        self, account: str, scope: BudgetScope, subject: str, cap: Micros, period: Period | None = None
    ) -> Budget:
        """Create or change a cap; what is held and was spent under it counts. Raises ``BadInput``."""
        return await self._db.write(lambda unit: budgets.set_budget(unit, account, scope, subject, cap, period))

    async def remove_budget(self, account: str, scope: BudgetScope, subject: str, period: Period | None = None) -> None:
        """Remove a cap. Raises ``NotFound``, ``BadInput``."""
        await self._db.write(lambda unit: budgets.remove_budget(unit, account, scope, subject, period))


class _NeedsComparison(Exception):
    """Raised to undo a transaction: the purchase must be compared with its provider's list before it is sent."""


def _lock_and_fence_if_repeatable(unit: Unit, lease: Lease, purchase: str) -> Row[Any]:
    """Lock a purchase, and fence only where it has an operation, which the project's new director can ask again.

    An answer that was the result itself cannot be asked for again, so that it is recorded without a valid lease.
    """
    row = purchases.lock_purchase_for_lease(unit.conn, lease, purchase)
    if row.operation is not None:
        fence(unit.conn, lease)
    return row
