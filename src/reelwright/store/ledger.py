"""The ledger: allowances, purchases, budgets and limits; each method is one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal

from reelwright.errors import LeaseLost, StoreUnavailable
from reelwright.lease_and_heartbeat import DEFAULT_LEASE_S
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.records.ledger import PostingResult
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Lease, Operation, Purchase
from reelwright.store import decisions
from reelwright.store.database.database import Database
from reelwright.store.database.transactions import DatabaseClient, make_read_method, make_write_method
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import fence
from reelwright.store.limits import budgets, limits
from reelwright.store.projects import id_lookup, order_numbers
from reelwright.store.purchases import (
    adjustment,
    adoption,
    disputes,
    entries,
    erased_purchases,
    intents,
    listed_work,
    operations,
    purchase_outcomes,
    purchases,
    sums,
    turns,
)
from reelwright.store.purchases.send_guard import SendGuard
from reelwright.store.reservations import allowances, shares
from reelwright.store.vault.markers import Mark
from reelwright.units import Micros


class Ledger(DatabaseClient):
    """Allowances, purchases, budgets and limits, in the journal's database. Money is in micro-dollars.

    Every method may raise ``StoreUnavailable``, and every one that writes under a lease ``LeaseLost``, unless its text
    says that it is not fenced. ``find_default_limit``: returns the limit of a name that no row limits; every director
    must be given the same. ``lease_s``: seconds without a heartbeat after which a director counts as gone. ``guard``:
    decides whether this journal may buy, and marks each paid send in the vault; None where no money is spent.
    """

    def __init__(
        self,
        database: Database,
        *,
        find_default_limit: limits.FindDefaultLimit = limits.find_no_default,
        lease_s: int = DEFAULT_LEASE_S,
        guard: SendGuard | None = None,
    ) -> None:
        super().__init__(database, lease_s)
        self._guard, self._default = guard, find_default_limit

    list_disputed_bills = make_read_method(disputes.list_disputed_bills)

    # before a purchase is sent
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

        ``order`` (by default ``fp``) and ``n`` say which order; see ``intents.Intent``. After a try that is known to
        have failed, the next try is inserted. Raises ``OverBudget``, ``NeedsConsent``.
        """
        intent = intents.Intent(
            allowance, job, step, fp, scope, provider, model, price, resubmit, order or fp, n, samples
        )
        return await self._db.write(lambda unit: intents.intend(unit, lease, intent, self._lease_s))

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
        this journal may buy nothing, and what ``disputes.refuse_unaffordable`` raises where it fits a cap no more.
        """
        check = await self._guard.check(lease.account) if self._guard else None

        def write(unit: Unit) -> tuple[PostingResult, Mark | None]:
            posted = purchases.begin_posting(
                unit, lease, purchase, prepared_request, revision, self._default, self._lease_s
            )
            mark = posted.paid_row if check is not None else None
            if check is not None and mark is not None:
                check.raise_if_blocked()  # what was written above is undone
                if mark["provider"] in check.listed_providers and mark["send_count"] == 1 and not is_compared:
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
                # If this fails too, the purchase stays in posting, and is looked for later.
                with suppress(StoreUnavailable, LeaseLost):
                    await self.undo_posting(lease, purchase)
                raise
        return posted

    undo_posting = make_write_method(purchases.undo_posting)
    record_answer = make_write_method(purchases.record_answer)
    record_bill = make_write_method(disputes.record_bill)
    find_highest_bill = make_read_method(disputes.find_job_bill)
    find_bill_ratios = make_read_method(disputes.find_bill_ratios)

    async def list_purchases_awaiting_turn(self, account: str | None = None) -> frozenset[str]:
        """List the ids of purchases that wait in ``intent`` for room under a limit, of all accounts or of one."""
        return await self._db.read(
            lambda conn: turns.list_purchases_awaiting_turn(conn, self._default, self._lease_s, account)
        )

    list_unfinished = make_read_method(turns.list_unfinished)

    # the provider's answer
    def note_operation(self, purchase: Purchase, operation: Operation) -> None:
        """Write the operation of a paid purchase into the vault, in the background, beside the mark of its send."""
        if self._guard and purchase.resubmit != "free":
            self._guard.note_operation(purchase.account, purchase.id, operation)

    record_operation = make_write_method(operations.record_operation)
    record_found_operation = make_write_method(operations.record_found_operation)
    read_own_work = make_read_method(operations.read_own_work)
    count_written_off = make_read_method(operations.count_written_off)
    read_refused_try = make_read_method(operations.read_refused_try)
    read_history_position = make_read_method(operations.read_history_position)
    list_unclaimed_work = make_read_method(listed_work.list_unclaimed_work)
    claim_listed_operation = make_write_method(listed_work.claim_listed_operation)
    hold_for_decision = make_write_method(listed_work.hold_for_decision)

    # the end of a purchase
    move = make_write_method(purchases.move_without_price)
    record_success = make_write_method(purchase_outcomes.record_success)
    record_failure = make_write_method(purchase_outcomes.record_failure)
    settle = make_write_method(purchases.settle)
    write_off = make_write_method(purchases.write_off)
    clear_staged_files = make_write_method(purchases.clear_staged_files)
    record_kept_outputs = make_write_method(purchases.record_kept_outputs)
    read_kept_outputs = make_read_method(purchases.read_kept_outputs)
    list_erased_purchases = make_read_method(erased_purchases.list_erased_purchases)
    record_copies_left = make_write_method(erased_purchases.record_copies_left)

    # the orders of an account
    list_purchases = make_read_method(purchases.list_purchases)
    sum_spent_by_project = make_read_method(sums.sum_spent_by_project)
    find_orders = make_read_method(adoption.find_orders)
    has_recovered = make_read_method(adoption.has_recovered)
    find_last_order_number = make_read_method(order_numbers.find_last)
    list_taken_order_numbers = make_read_method(order_numbers.list_taken)
    adopt_outcomes = make_write_method(adoption.adopt_purchases)
    is_wanted_elsewhere = make_read_method(shares.is_wanted_elsewhere)
    begin_cancel = make_write_method(shares.begin_cancel)

    async def read_purchase_state(self, lease: Lease, purchase: str) -> purchases.OthersPurchase:
        """Read the state of another project's purchase in the account, and what becomes of it there."""
        return await self._db.read(lambda conn: purchases.read_purchase_state(conn, lease, purchase, self._lease_s))

    # entries, limits and budgets, as a person reads and sets them
    resolve_purchase = make_read_method(id_lookup.resolve_purchase)
    read_entry = make_read_method(entries.read_entry)
    list_entries = make_read_method(entries.list_entries)
    decide = make_write_method(decisions.decide)
    adjust = make_write_method(adjustment.adjust)
    list_limits = make_read_method(limits.list_limits)
    set_limit = make_write_method(limits.set_limit)
    remove_limit = make_write_method(limits.remove_limit)
    find_running_batch = make_read_method(budgets.find_running_batch)
    list_budgets = make_read_method(budgets.list_budgets)
    set_budget = make_write_method(budgets.set_budget)
    remove_budget = make_write_method(budgets.remove_budget)


class _NeedsComparison(Exception):
    """Raised to undo a transaction: the purchase must be compared with its provider's list before it is sent."""
