"""Values of the ledger: budgets, limits, adjustments, and a purchase as a person reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from reelwright.reason import Reason
from reelwright.reel.base.value import Fingerprint, StepKey, define_value
from reelwright.reel.graph.orders import Order
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation, Purchase, PurchaseState
from reelwright.units import Micros

BudgetScope = Literal["deployment", "account", "key", "project"]
BUDGET_SCOPES: tuple[BudgetScope, ...] = get_args(BudgetScope)
Period = Literal["day", "month"]
LimitScope = Literal["provider", "model", "account", "project", "jobs", "batch"]
LIMIT_SCOPES: tuple[LimitScope, ...] = get_args(LimitScope)
Decision = Literal["arrived", "never", "written_off", "as_billed", "as_quoted"]
Dispute = Literal["open", "short", "as_billed", "as_quoted", "corrected"]
"""The state of a dispute about a bill: ``open`` (it is far above its quote) or ``short`` (its takes fell short of the
order, and it counts in full) until a person decides, then the decision.
"""
OperationOwner = Literal["ours", "anothers", "not_yet", "over"]
"""The owner of an operation that a provider's list shows, seen from one purchase whose outcome is unknown.

``ours``: it was recorded for that purchase. ``anothers``: it belongs to another purchase. ``not_yet``: nobody can say
yet, since another purchase that may have created it is still being sent. ``over``: the purchase is no longer unknown.
"""


@define_value
class OwnWork:
    """The operations at a provider that the journal knows, for the search for one purchase whose answer was lost.

    ``claimed_ids``: ids of operations that belong to other purchases. ``earlier_ids``: those of them that were recorded
    before the purchase was first posted, by the order of the history and not by any clock. ``is_recent``: by the
    database's clock, the purchase was posted within the last day. A wrong clock makes the search longer, never shorter.
    ``equal_sends``: how many of our purchases were sent with this very request and wait for an answer, or to be sent
    again, with this one.
    ``equal_written_off``: how many others with this request a person wrote off at their price: each may have been made.
    """

    claimed_ids: frozenset[str] = frozenset()
    earlier_ids: frozenset[str] = frozenset()
    is_recent: bool = True
    equal_sends: int = 1
    equal_written_off: int = 0


@define_value
class ListedWork:
    """Work in a provider's list. ``id``: of its operation; ``made_at``: when it was created, by the provider's clock.

    ``echoed_request``: what the list repeats of the request, for the same adapter to compare with.
    """

    provider: str
    id: str
    model: str = ""
    prompt: str = ""
    made_at: datetime | None = None
    echoed_request: Mapping[str, Any] = field(default_factory=dict)


@define_value
class Budget:
    """A cap on spending. ``subject``: whose it is (an account, a key, a project). ``period`` None: it never resets.

    Periods are days and months of UTC. An allowance counts in the period in which it was approved.
    """

    scope: BudgetScope
    subject: str
    cap_micros: Micros
    reserved_micros: Micros
    settled_micros: Micros
    period: Period | None
    starts: datetime | None
    ends: datetime | None

    @property
    def left_micros(self) -> Micros:
        """The amount that may still be reserved; 0 if bills have passed the cap."""
        return Micros(max(0, self.cap_micros - self.reserved_micros - self.settled_micros))


@define_value
class Limit:
    """A limit of at most ``open_at_once``, and of at most ``starts`` in ``per_s`` seconds; None: no such limit.

    The scope ``jobs`` counts jobs that run at once, of the whole deployment or of the account that is the ``subject``.
    The scope ``batch`` counts rows of the batch that is the ``subject``: a film while its job runs; a row that ends
    with its takes while a provider works on them, and until it is sent again if the provider was busy. The other scopes
    count purchases that are being sent or are at work at a provider. ``cap_micros``: of a new batch, the most that all
    of its rows together may spend; None: no such cap. ``spent_micros``: what is spent of that before its first row.
    """

    scope: LimitScope
    subject: str
    open_at_once: int | None = None
    starts: int | None = None
    per_s: int | None = None
    cap_micros: Micros | None = None
    spent_micros: Micros = Micros(0)


@define_value
class Adjustment:
    """A later correction of a settlement, appended and never edited. ``micros`` may be negative."""

    purchase: str
    micros: int
    because: str
    by: str
    at: datetime


@define_value
class LedgerEntry:
    """A purchase as the ledger shows it. ``quote`` and ``settlement`` say how each amount came about.

    ``is_written_off``: settled without takes, because nobody could tell whether it arrived. ``has_landed``: it brought
    a result. ``notices``: what a person should look into, such as a second operation that may have been paid.
    ``counted_micros``: the part of its settlement that budgets count, which is less than all of it where the bill is
    disputed. ``billed_micros``: as in ``Purchase``.
    """

    id: str
    project: str
    job: str
    step: StepKey
    fingerprint: Fingerprint
    try_: int
    state: PurchaseState
    provider: str
    model: str
    quote: Price
    settlement: Price | None
    operation: Operation | None
    sends: int
    reason: Reason | None
    intended_at: datetime
    posted_at: datetime | None
    ended_at: datetime | None
    not_before: datetime | None
    has_landed: bool
    is_written_off: bool
    adjustments: tuple[Adjustment, ...] = ()
    notices: tuple[Reason, ...] = ()
    counted_micros: Micros = Micros(0)
    dispute: Dispute | None = None
    billed_micros: Micros | None = None

    @property
    def held_micros(self) -> Micros:
        """Micro-dollars that this purchase reserves, its bill above the quote, or its quote; 0 once it has ended."""
        return Micros(0) if self.ended_at else Micros(self.billed_micros or self.quote.micros or 0)

    @property
    def spent_micros(self) -> Micros:
        """Micro-dollars that budgets count for this purchase with all corrections, without a disputed part."""
        return Micros(self.counted_micros + sum(a.micros for a in self.adjustments))


@define_value
class ExistingOrder:
    """An order that the account has made before: its newest purchase, and its outcome if that has takes.

    ``has_failed``: the purchase ended without a take, so that another project may buy the order. ``changed_at``: when
    the purchase ended, landed or was intended. ``deleted_at``: when bytes of its takes were deleted. ``is_recovered``:
    ``reconcile`` recovered the purchase from a project that the journal lost. ``is_free``: it was recovered, may bring
    a take or has one, and no order took it yet. ``claimed_by``: the project whose order took it.
    """

    purchase: Purchase
    outcome: Outcome | None
    has_failed: bool
    changed_at: datetime | None
    deleted_at: datetime | None = None
    is_recovered: bool = False
    is_free: bool = False
    claimed_by: str | None = None

    @property
    def is_recovered_and_open(self) -> bool:
        """Whether another project that wants the order waits for this purchase, and pays nothing for it."""
        return self.is_recovered and self.outcome is None and not self.has_failed


def select_recovered(
    orders: Collection[Order], existing_orders: Iterable[ExistingOrder], project: str = ""
) -> list[tuple[Order, ExistingOrder]]:
    """Return those of ``orders`` that a recovered purchase among the account's ``existing_orders`` answers, with it.

    That is the open one with the order's number. An order without a purchase of its number takes one that is free, or
    that ``project`` took for it before; each answers one order (the store decides in the same way when it is bought).
    """
    there = {(one.purchase.order_fingerprint, one.purchase.n): one for one in existing_orders}
    found: list[tuple[Order, ExistingOrder]] = []
    new: list[Order] = []
    for order in orders:
        one = there.get((order.order_fingerprint, order.n))
        if one is None:
            new.append(order)
        elif one.is_recovered_and_open:
            found.append((order, one))
    wanted = {(order.order_fingerprint, order.n) for order in orders}
    free = {key: one for key, one in there.items() if key not in wanted}
    for order in new:
        for key, one in free.items():
            is_mine = order.n == 0 and bool(project) and one.claimed_by == project and not one.has_failed
            if key[0] == order.order_fingerprint and (one.is_free or is_mine):
                found.append((order, one))
                del free[key]
                break
    return found


class PostingResult(NamedTuple):
    """The result of an attempt to move a purchase to ``posting``; true if it may be sent now.

    ``is_over_limit``: it may not be sent yet, because a limit has no room; try again later. ``paid_row``: all columns
    of a purchase that costs money if it is sent, as they are now, with its job's ``payer`` and ``batch_key``.
    ``needs_reconciling``: it may not be sent before it was compared with the provider's list that was read when the
    journal was reconciled.
    """

    may_send: bool
    is_over_limit: bool = False
    paid_row: Mapping[str, Any] | None = None
    needs_reconciling: bool = False

    def __bool__(self) -> bool:
        return self.may_send
