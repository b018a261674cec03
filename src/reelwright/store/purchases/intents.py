"""The intent of a purchase: which purchase answers an order, or the row of a new try with its price reserved."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, case, exists, func, or_, select, update

from reelwright.errors import NeedsConsent, OverBudget
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.document import to_plain
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.graph.orders import format_order_key
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Lease, Purchase
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import fence_and_read, is_undriven
from reelwright.store.limits.states import ENDED, lock_purchase, move, record_history
from reelwright.store.projects import order_numbers
from reelwright.store.purchases import adoption
from reelwright.store.purchases.purchases import move_without_price
from reelwright.store.reservations import allowances, shares
from reelwright.store.reservations.allowances import release_reservation, reserve
from reelwright.store.schema.rows import RECOVERED_FOR, to_purchase
from reelwright.store.schema.schema import jobs, purchases
from reelwright.store.schema.schema import projects as project_rows
from reelwright.store.schema.sql import NowMs, as_json, insert


class Intent(NamedTuple):
    """The content of a new purchase's row. ``scope``: the account or project within which an order is bought only once.

    ``fingerprint``: that of the outcome in the project. ``order`` and ``n``: the order that it is a try of; with ``n``
    0 a new order, which gets its number in ``intend``.
    """

    allowance: str
    job: str
    step: StepKey
    fingerprint: Fingerprint
    scope: str
    provider: str
    model: str
    price: Price
    resubmit: Literal["never", "free"]
    order: Fingerprint
    n: int = 1
    samples: int = 1

    @property
    def key(self) -> Fingerprint:
        """The order's name, ``fingerprint`` or ``fingerprint#n``, under which its price is reserved."""
        return Fingerprint(format_order_key(self.order, self.n))


def intend(unit: Unit, lease: Lease, intent: Intent, lease_s: int) -> Purchase:
    """Return the open or successful purchase of the order, else insert a new try and reserve its price. Fenced.

    Where another project's purchase succeeded, its outcome is copied to this project, and nothing is bought. Where the
    job of another project's purchase was stopped, its operation goes on as a purchase of this project. Raises
    ``NeedsConsent`` when the price is unknown, ``OverBudget`` when it does not fit the allowance.
    """
    fence_and_read(unit.conn, lease, select(jobs.c.id).where(jobs.c.id == intent.job))
    if _may_claim(lease, intent):
        shares.lock(unit.conn, lease.account)
    intent = intent._replace(n=_choose_order_number(unit.conn, lease, intent))
    last = _read_newest_try(unit.conn, intent)
    if last is not None and last.state == "intent" and last.job != intent.job:
        last = _release_if_orphaned(unit, lease, last, intent, lease_s)
    if last is not None and last.project != lease.project and last.state == "submitted":
        last = _take_over(unit, lease, last, intent) or last
    if last is None or _was_in_vain(last) or _was_in_vain_elsewhere(unit.conn, lease, last):
        last = _insert_try(unit, lease, intent, last) or _read_newest_try(unit.conn, intent)
    assert last is not None
    if last.project != lease.project:
        if last.state not in ENDED and _is_shared(lease, intent):
            allowances.join_purchase(unit.conn, lease.account, intent.allowance, intent.key, intent.price.micros or 0)
        if last.succeeded_at is not None:
            adoption.adopt_outcomes(
                unit, lease.account, lease.project, [adoption.Wish(intent.step, intent.fingerprint, last)]
            )
    return to_purchase(last)


def _choose_order_number(conn: Connection, lease: Lease, intent: Intent) -> int:
    """Choose the order's number: of the project's purchase of this fingerprint, else ``intent.n``, else a new one.

    Instead of a new number, that of a purchase that was recovered and that no order took yet: see ``_claim_recovered``.
    """
    mine = (purchases.c.project == lease.project, purchases.c.fingerprint == intent.fingerprint)
    bound = (
        select(purchases.c.order_number)
        .where(*_match_order(intent), *mine)
        .order_by(purchases.c.attempt.desc())
        .limit(1)
    )
    numbers = select(
        bound.scalar_subquery().label("bound"),
        order_numbers.select_last(intent.scope, intent.order).label("last"),
        exists(select(purchases.c.id).where(*_match_order(intent), purchases.c.order_number == intent.n)).label(
            "is_there"
        ),
        exists(_select_recovered(lease, intent)).label("is_recovered"),
    )
    row = conn.execute(numbers).one()
    if row.bound or row.is_there:
        return int(row.bound or intent.n)
    claimed = _claim_recovered(conn, lease, intent) if row.is_recovered and _may_claim(lease, intent) else 0
    return claimed or intent.n or 1 + (row.last or 0)


def _select_recovered(lease: Lease, intent: Intent) -> Select[Any]:
    """Select the recovered purchases of the order that this project took, or that no order took and that may bring a
    take. An order took one also where a project of it has a try of the same number.
    """
    is_recovered = project_rows.c.lookup_key.startswith(RECOVERED_FOR)
    others, theirs = purchases.alias(), project_rows.alias()
    same = (
        others.c.scope == intent.scope,
        others.c.order_fingerprint == intent.order,
        others.c.order_number == purchases.c.order_number,
    )
    has_order = exists(select(others.c.id).join(theirs, theirs.c.id == others.c.project)).where(
        *same, func.coalesce(theirs.c.lookup_key, "").not_like(f"{RECOVERED_FOR}%")
    )
    is_open = or_(purchases.c.succeeded_at.is_not(None), purchases.c.state.not_in(("failed", *ENDED)))
    whose = or_(purchases.c.claimed_by == lease.project, and_(purchases.c.claimed_by.is_(None), is_open, ~has_order))
    query = select(purchases.c.order_number).join(project_rows, project_rows.c.id == purchases.c.project)
    return query.where(*_match_order(intent), whose, is_recovered)


def _claim_recovered(conn: Connection, lease: Lease, intent: Intent) -> int:
    """Take a purchase of this order that ``reconcile`` recovered from a lost project; return its number, 0 for none.

    So an order that the journal lost (a program sends its Idempotency-Key again, a person types ``--again`` again) is
    not bought a second time. One that landed is taken first, then one that is at its provider, then one of which nobody
    knows. Where the order has a number of its own, the purchase gets that number. The caller has locked the shares.
    """
    found = conn.execute(_select_recovered(lease, intent).add_columns(purchases.c.claimed_by)).all()
    numbers = {row.order_number for row in found if row.claimed_by is None}
    if intent.n == 0 and (taken := [row.order_number for row in found if row.claimed_by == lease.project]):
        return int(taken[0])
    ranks = ("unknown", "posting", "submitted", "succeeded", "settled")
    orders = adoption.find_orders(conn, lease.account, [intent.order])
    free = [one.purchase for one in orders if one.purchase.n in numbers and not (one.has_failed or one.deleted_at)]
    best = max(free, key=lambda one: (ranks.index(one.state), -one.n), default=None)
    if best is None:
        return 0
    number = intent.n or best.n
    which = (*_match_order(intent), purchases.c.order_number == best.n)
    conn.execute(update(purchases).where(*which).values(order_number=number, claimed_by=lease.project))
    return number


def _read_newest_try(conn: Connection, intent: Intent) -> Row[Any] | None:
    """Read the newest try of the numbered order, whichever project of its scope made it: first one that is open.

    ``reconcile`` may have recovered several that were sent, and each of them is followed to its end.
    """
    query = select(purchases).where(*_match_order(intent), purchases.c.order_number == intent.n)
    is_over = case((purchases.c.state.in_(("failed", *sorted(ENDED))), 1), else_=0)
    return conn.execute(query.order_by(is_over, purchases.c.attempt.desc()).limit(1)).first()


def _match_order(intent: Intent) -> tuple[Any, ...]:
    return purchases.c.scope == intent.scope, purchases.c.order_fingerprint == intent.order


def _release_if_orphaned(unit: Unit, lease: Lease, last: Row[Any], intent: Intent, lease_s: int) -> Row[Any] | None:
    """Release the newest try if its job ended or no living director drives its project; read the newest try again."""
    if _job_is_over(unit.conn, last.account, last.job):
        move_without_price(unit, last.id, ("intent",), "released", Reason("job_ended_unsent"))
    elif last.project != lease.project and is_undriven(unit.conn, lease, last.project, lease_s):
        move_without_price(unit, last.id, ("intent",), "released", build_reason("taken_over", project=lease.project))
    return _read_newest_try(unit.conn, intent)


def _take_over(unit: Unit, lease: Lease, left: Row[Any], intent: Intent) -> Row[Any] | None:
    """Go on, as a new try, with the operation of another project's purchase whose job was stopped; return that try.

    The other project's purchase is released, and its price reserved from ``intent.allowance``. None: its job was not
    stopped, its provider may have been asked to cancel it or has billed more than its quote, or its price does not fit
    the allowance; then it stays where it is. Sends nothing. The caller has locked the shares.
    """
    stopped = select(jobs.c.id).where(jobs.c.account == left.account, jobs.c.id == left.job, jobs.c.cancel_requested)
    # without waiting: who holds the job's row may wait for the shares
    if unit.conn.execute(stopped.with_for_update(read=True, skip_locked=True)).first() is None:
        return None
    row = lock_purchase(unit.conn, left.id)
    is_billed_above = row.billed_micros is not None or row.dispute is not None
    if row.state != "submitted" or row.stopped_at or is_billed_above or row.provider != intent.provider:
        return None
    try:
        with unit.conn.begin_nested():
            allowances.lock_allowances(unit.conn, row.allowance, intent.allowance)
            reserve(unit.conn, lease, intent.job, intent.allowance, row.quoted_micros)
            reason = build_reason("taken_over_when_stopped", project=lease.project)
            move(unit, row, ("submitted",), "released", reason, operation=None, operation_id=None, staged_inputs=None)
            release_reservation(unit.conn, row.account, row.allowance, row.quoted_micros)
            columns = {**row._mapping, **_to_columns(lease, intent, row.attempt + 1)}
            kept = {name: row._mapping[name] for name in _OF_OPERATION}
            made = insert(unit.conn, purchases).values(**{**columns, **kept, "intent_at": NowMs()})
            taken = unit.conn.execute(made.returning(*purchases.c)).one()
            allowances.hold_price(unit.conn, lease.account, intent.allowance, intent.key, row.quoted_micros)
    except OverBudget:
        return None
    record_history(unit, taken, None, "submitted", build_reason("taken_from", project=row.project), row.operation)
    return taken


_OF_OPERATION: Final = (
    "state", "operation", "operation_id", "quoted_micros", "quote", "prepared_request", "staged_inputs",
    "send_count", "samples", "posted_at", "submitted_at", "answered_at",
)  # fmt: skip
"""Columns that a purchase takes over with an operation."""


def _may_claim(lease: Lease, intent: Intent) -> bool:
    """Whether the order may take a recovered purchase: also one whose price nobody knows, since that costs nothing."""
    return intent.scope == lease.account and intent.price.micros != 0


def _is_shared(lease: Lease, intent: Intent) -> bool:
    """Whether other projects of the account may want the same order, and its price is not 0."""
    return intent.scope == lease.account and bool(intent.price.micros)


def _was_in_vain(row: Row[Any]) -> bool:
    """Whether the purchase ended without an outcome: only then may its order be bought again."""
    return row.state == "failed" or (row.state in ENDED and row.succeeded_at is None)


def _was_in_vain_elsewhere(conn: Connection, lease: Lease, row: Row[Any]) -> bool:
    """Whether another project's purchase succeeded without a take, as when a filter kept all: we may then buy it."""
    return row.project != lease.project and row.succeeded_at is not None and not adoption.has_takes(conn, row)


def _insert_try(unit: Unit, lease: Lease, intent: Intent, last: Row[Any] | None) -> Row[Any] | None:
    """Insert a new try and reserve its price; None where another director inserted it first.

    It is not sent sooner than ``last``, the try before it, was to be. Raises ``NeedsConsent``, ``OverBudget``.
    """
    number = 1 if last is None else last.attempt + 1
    if intent.price.micros is None:
        actions = [Action("cap_unknown_price"), Action("choose_model")]
        raise NeedsConsent(code="price_unknown", steps=[intent.step], step=intent.step, actions=actions)
    columns = {**_to_columns(lease, intent, number), "not_before": _keep_wait(last) if last is not None else None}
    reserve(unit.conn, lease, intent.job, intent.allowance, intent.price.micros)
    made = insert(unit.conn, purchases).values(**columns, intent_at=NowMs())
    row = unit.conn.execute(made.on_conflict_do_nothing().returning(*purchases.c)).first()
    if row is None:
        release_reservation(unit.conn, lease.account, intent.allowance, intent.price.micros)
    else:
        if _is_shared(lease, intent):
            allowances.hold_price(unit.conn, lease.account, intent.allowance, intent.key, intent.price.micros)
        record_history(unit, row, None, "intent", build_reason("try_begun", number=number))
    return row


def _keep_wait(last: Row[Any]) -> Any:
    """Return when the try after ``last`` may be sent: as that was to be, and if the clock was set back since, no later
    than that had to wait in all.
    """
    if last.not_before is None:
        return None
    latest = NowMs() + (last.not_before - (last.posted_at or last.intent_at))
    return case((latest < last.not_before, latest), else_=last.not_before)


def _to_columns(lease: Lease, intent: Intent, number: int) -> dict[str, Any]:
    return {
        "id": mint("purchase"),
        "account": lease.account,
        "project": lease.project,
        "job": intent.job,
        "allowance": intent.allowance,
        "scope": intent.scope,
        "fingerprint": intent.fingerprint,
        "order_fingerprint": intent.order,
        "order_number": intent.n,
        "samples": intent.samples,
        "attempt": number,
        "step": intent.step,
        "state": "intent",
        "provider": intent.provider,
        "model": intent.model,
        "resubmit": intent.resubmit,
        "quoted_micros": intent.price.micros,
        "quote": as_json(to_plain(intent.price)),
        "prepared_request": "{}",
        "send_count": 0,
        "reason": "",
    }


def _job_is_over(conn: Connection, account: str, job: str) -> bool:
    """Whether the job ended or is to be cancelled. Its row is locked before any other: no cancel can slip in."""
    query = select(jobs.c.cancel_requested, jobs.c.finished_at).where(jobs.c.account == account, jobs.c.id == job)
    found = conn.execute(query.with_for_update(read=True)).first()
    return found is None or bool(found.cancel_requested) or found.finished_at is not None
