"""Purchases: their intent, sending, success or failure, and final price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, case, exists, func, or_, select, update

from reelwright.errors import BadInput, NeedsConsent, OverBudget
from reelwright.known_providers import needs_turn
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.document import to_json, to_plain
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.graph.orders import format_order_key
from reelwright.reel.records.ledger import PostingResult
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import CAPS, Lease, Operation, Purchase, PurchaseState
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import fence, fence_and_read, is_undriven
from reelwright.store.limits import budgets
from reelwright.store.limits.limits import FindDefaultLimit, find_no_default, has_room
from reelwright.store.limits.states import ENDED, advance, lock_purchase, move, record_history
from reelwright.store.projects import order_numbers
from reelwright.store.projects.projects import select_newest_number
from reelwright.store.purchases import adoption
from reelwright.store.purchases.disputes import build_settlement_columns, has_doubts, refuse_unaffordable
from reelwright.store.reservations import allowances, shares
from reelwright.store.reservations.allowances import get_held, release_reservation, reserve
from reelwright.store.schema.rows import RECONCILE, RECOVERED_FOR, to_purchase
from reelwright.store.schema.schema import CHARGED, adjustments, jobs, purchase_history, purchases
from reelwright.store.schema.schema import allowances as allowance_rows
from reelwright.store.schema.schema import projects as project_rows
from reelwright.store.schema.sql import InArray, NowMs, as_json, insert, to_ms
from reelwright.units import Micros

MAY_SUCCEED: Final[tuple[PurchaseState, ...]] = ("posting", "submitted", "unknown")
"""States from which a purchase can succeed."""


CONSENT: Final = (jobs.c.consent_micros, jobs.c.consent_by)
"""Columns of a job's row: what may be spent for it."""


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
    bound = select(purchases.c.n).where(*_match_order(intent), *mine).order_by(purchases.c["try"].desc()).limit(1)
    numbers = select(
        bound.scalar_subquery().label("bound"),
        order_numbers.select_last(intent.scope, intent.order).label("last"),
        exists(select(purchases.c.id).where(*_match_order(intent), purchases.c.n == intent.n)).label("is_there"),
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
    is_recovered = project_rows.c.found_by.startswith(RECOVERED_FOR)
    others, theirs = purchases.alias(), project_rows.alias()
    same = (others.c.scope == intent.scope, others.c.order_fingerprint == intent.order, others.c.n == purchases.c.n)
    has_order = exists(select(others.c.id).join(theirs, theirs.c.id == others.c.project)).where(
        *same, func.coalesce(theirs.c.found_by, "").not_like(f"{RECOVERED_FOR}%")
    )
    is_open = or_(purchases.c.succeeded_at.is_not(None), purchases.c.state.not_in(("failed", *ENDED)))
    whose = or_(purchases.c.claimed_by == lease.project, and_(purchases.c.claimed_by.is_(None), is_open, ~has_order))
    query = select(purchases.c.n).join(project_rows, project_rows.c.id == purchases.c.project)
    return query.where(*_match_order(intent), whose, is_recovered)


def _claim_recovered(conn: Connection, lease: Lease, intent: Intent) -> int:
    """Take a purchase of this order that ``reconcile`` recovered from a lost project; return its number, 0 for none.

    So an order that the journal lost (a program sends its Idempotency-Key again, a person types ``--again`` again) is
    not bought a second time. One that landed is taken first, then one that is at its provider, then one of which nobody
    knows. Where the order has a number of its own, the purchase gets that number. The caller has locked the shares.
    """
    found = conn.execute(_select_recovered(lease, intent).add_columns(purchases.c.claimed_by)).all()
    numbers = {row.n for row in found if row.claimed_by is None}
    if intent.n == 0 and (taken := [row.n for row in found if row.claimed_by == lease.project]):
        return int(taken[0])
    ranks = ("unknown", "posting", "submitted", "succeeded", "settled")
    orders = adoption.find_orders(conn, lease.account, [intent.order])
    free = [one.purchase for one in orders if one.purchase.n in numbers and not (one.has_failed or one.deleted_at)]
    best = max(free, key=lambda one: (ranks.index(one.state), -one.n), default=None)
    if best is None:
        return 0
    number = intent.n or best.n
    which = (*_match_order(intent), purchases.c.n == best.n)
    conn.execute(update(purchases).where(*which).values(n=number, claimed_by=lease.project))
    return number


def _read_newest_try(conn: Connection, intent: Intent) -> Row[Any] | None:
    """Read the newest try of the numbered order, whichever project of its scope made it: first one that is open.

    ``reconcile`` may have recovered several that were sent, and each of them is followed to its end.
    """
    query = select(purchases).where(*_match_order(intent), purchases.c.n == intent.n)
    is_over = case((purchases.c.state.in_(("failed", *sorted(ENDED))), 1), else_=0)
    return conn.execute(query.order_by(is_over, purchases.c["try"].desc()).limit(1)).first()


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
    stopped = select(jobs.c.id).where(jobs.c.account == left.account, jobs.c.id == left.job, jobs.c.cancel)
    # without waiting: who holds the job's row may wait for the shares
    if unit.conn.execute(stopped.with_for_update(read=True, skip_locked=True)).first() is None:
        return None
    row = lock_purchase(unit.conn, left.id)
    if row.state != "submitted" or row.stopped_at or row.billed is not None or row.provider != intent.provider:
        return None
    try:
        with unit.conn.begin_nested():
            allowances.lock_both(unit.conn, row.allowance, intent.allowance)
            reserve(unit.conn, lease, intent.job, intent.allowance, row.quoted)
            reason = build_reason("taken_over_when_stopped", project=lease.project)
            move(unit, row, ("submitted",), "released", reason, operation=None, operation_id=None, staged=None)
            release_reservation(unit.conn, row.account, row.allowance, row.quoted)
            columns = {**row._mapping, **_to_columns(lease, intent, row._mapping["try"] + 1)}
            kept = {name: row._mapping[name] for name in _OF_OPERATION}
            made = insert(unit.conn, purchases).values(**{**columns, **kept, "intent_at": NowMs()})
            taken = unit.conn.execute(made.returning(*purchases.c)).one()
            allowances.hold_price(unit.conn, lease.account, intent.allowance, intent.key, row.quoted)
    except OverBudget:
        return None
    record_history(unit, taken, None, "submitted", build_reason("taken_from", project=row.project), row.operation)
    return taken


_OF_OPERATION: Final = (
    "state", "operation", "operation_id", "quoted", "quote", "prepared", "staged", "sends", "samples", "posted_at",
    "submitted_at", "answered_at",
)  # fmt: skip
"""Columns that a purchase takes over with an operation."""


def begin_posting(
    unit: Unit, lease: Lease, purchase: str, prepared_request: Mapping[str, Any], revision: int | None,
    find_default_limit: FindDefaultLimit, lease_s: int,
) -> PostingResult:  # fmt: skip
    """Record that a purchase is about to be sent (intent becomes posting) if every limit has room; send nothing.

    Send only if the result says ``may_send``. It does not where another director took the purchase, its job is being
    cancelled or ended, or ``revision`` is not the newest; where a limit has no room, it stays in intent. Fenced.
    Raises ``OverBudget``, ``NeedsConsent`` and ``DecisionNeeded``, see ``disputes.refuse_unaffordable``.
    """
    newest = select_newest_number(lease.account, lease.project).label("newest")
    closed = select(allowance_rows.c.closed_at).where(allowance_rows.c.id == purchases.c.allowance)
    also = (newest, closed.scalar_subquery().label("closed_at"), has_doubts())
    of_job = (jobs.c.cancel, jobs.c.finished_at, jobs.c.payer, jobs.c.batch_key, jobs.c.goal, *CONSENT)
    query = select(*of_job, *also, *purchases.c).select_from(jobs)
    mine = (purchases.c.account == lease.account, purchases.c.project == lease.project, purchases.c.id == purchase)
    row = fence_and_read(unit.conn, lease, query.join(purchases, purchases.c.job == jobs.c.id).where(*mine))
    if row is None or row.cancel or row.finished_at is not None or revision not in (None, row.newest or 0):
        return PostingResult(False)
    if row.state == "intent" and row.quoted and row.closed_at is not None:
        budgets.refuse_if_exceeded(unit.conn, row.allowance)
    if row.state == "intent" and row.has_doubts:
        refuse_unaffordable(unit.conn, row)
    if row.state == "intent" and not has_room(
        unit.conn, row, find_default_limit if needs_turn(row.resubmit, row.provider) else find_no_default, lease_s
    ):
        return PostingResult(False, is_over_limit=True)
    staged = as_json(prepared_request["staged"]) if prepared_request.get("staged") else None
    columns: dict[str, Any] = {"prepared": as_json(prepared_request), "staged": staged}
    posted = advance(unit, purchase, "intent", "posting", None, **columns, not_before=None, answered_at=None)
    if posted is None:
        return PostingResult(False)
    paid_by = {"payer": row.payer, "batch_key": row.batch_key}
    return PostingResult(True, paid_row=None if posted.resubmit == "free" else {**posted._mapping, **paid_by})


def record_answer(unit: Unit, account: str, purchase: str) -> None:
    """Record that a provider's work on a purchase is over, before it lands: from now on no limit counts it.

    A second call changes nothing.
    """
    which = (purchases.c.account == account, purchases.c.id == purchase, purchases.c.state == "submitted")
    answer = update(purchases).where(*which, purchases.c.answered_at.is_(None)).values(answered_at=NowMs())
    row = unit.conn.execute(answer.returning(purchases.c.project, purchases.c.job, purchases.c.step)).first()
    if row is not None:
        body = {"purchase": purchase, "step": row.step}
        unit.add_event(account, row.project, row.job, "purchase.answered", body)


def undo_posting(unit: Unit, lease: Lease, purchase: str) -> None:
    """Move a purchase back from posting to intent: ``begin_posting`` under this lease failed, and nothing was sent.

    Fenced: only under another lease could the purchase have been moved to posting again.
    """
    fence(unit.conn, lease)
    move_without_price(unit, purchase, ("posting",), "intent", Reason("journal_was_away"))


def move_without_price(
    unit: Unit,
    purchase: str,
    sources: Sequence[PurchaseState],
    to: PurchaseState,
    reason: Reason | None,
    not_before: datetime | None = None,
    *,
    sends: int | None = None,
) -> bool:
    """Move a purchase from one of ``sources`` to ``to``; to ``released`` also frees its reservation.

    False: it was in another state. ``sends``: only if it was sent exactly this many times, since another director may
    have sent it again meanwhile. Raises ``NotFound``, and ``BadInput`` for ``settled``, which needs a price.
    """
    if to == "settled":
        raise BadInput("state", to, "a state without a price; settle() takes one")
    row = lock_purchase(unit.conn, purchase)
    if sends not in (None, row.sends):
        return False
    # A released purchase keeps its not_before: the next try of the order is not sent sooner.
    when = {} if to == "released" else {"not_before": to_ms(not_before)}
    if not move(unit, row, sources, to, reason, **when):
        return False
    if to == "released":
        release_reservation(unit.conn, row.account, row.allowance, get_held(row))
    return True


def settle(
    unit: Unit, purchase: str, price: Price, state: Literal["settled", "released"], reason: Reason | None, *,
    is_short: bool = False,
) -> None:  # fmt: skip
    """Record the final price, once: a purchase that has ended stays as it is. Releases what was reserved above it.

    ``is_short``: less came than was ordered.

    Raises ``NotFound``, and ``BadInput`` in a state before success or failure, or without a price.
    """
    if state == "settled" and price.micros is not None:
        columns = {**build_settlement_columns(price, is_short=is_short), "settlement": to_json(price)}
        if done := advance(unit, purchase, "succeeded", "settled", reason, **columns):
            release_reservation(unit.conn, done.account, done.allowance, get_held(done), done.settled)
            _replace_first_bill(unit, done, done.settled)
            return
    row = lock_purchase(unit.conn, purchase)
    if row.state in ENDED:
        return
    sources: tuple[PurchaseState, ...] = ("succeeded", "failed", "unknown")
    if row.state not in sources:
        raise BadInput("purchase", row.state, f"one of {', '.join(sources)} before it is {state}", step=row.step)
    if state == "released":
        move(unit, row, sources, "released", reason)
        release_reservation(unit.conn, row.account, row.allowance, get_held(row))
        _replace_first_bill(unit, row, 0)
        return
    if price.micros is None:
        raise BadInput("price", None, "an amount, reported, computed or quoted", step=row.step)
    move(unit, row, sources, "settled", reason, settlement=to_json(price), **build_settlement_columns(price))
    settled = lock_purchase(unit.conn, purchase).settled
    release_reservation(unit.conn, row.account, row.allowance, get_held(row), settled)
    _replace_first_bill(unit, row, settled)


def _replace_first_bill(unit: Unit, row: Row[Any], settled: int) -> None:
    """Replace a bill that was recorded before the purchase ended, and that its provider changed since, by the last."""
    if row.billed not in (None, settled):
        which = (purchases.c.account == row.account, purchases.c.id == row.id)
        last = settled if settled > row.quoted else None
        unit.conn.execute(update(purchases).where(*which).values(billed=last))


def write_off(unit: Unit, purchase: str, price: Price, reason: Reason | None, sends: int) -> None:
    """Settle a purchase whose state is ``unknown`` at ``price``, if it was sent exactly ``sends`` times.

    Otherwise nothing happens: another director has sent it again meanwhile.
    """
    row = lock_purchase(unit.conn, purchase)
    if row.state == "unknown" and row.sends == sends:
        settle(unit, purchase, price, "settled", reason)


def fail(unit: Unit, row: Row[Any], price: Price, reason: Reason | None) -> int:
    """Move a purchase to failed and settle it, or release it if ``price`` is 0; return how many tries have failed.

    Tries of the same order count.
    """
    move(unit, row, ("posting", "submitted"), "failed", reason)
    settle(unit, row.id, price, "settled" if price.micros else "released", reason)
    tries = (
        purchases.c.scope == row.scope,
        purchases.c.order_fingerprint == row.order_fingerprint,
        purchases.c.n == row.n,
    )
    failed = select(func.count(purchase_history.c.seq)).join(purchases).where(*tries)
    return unit.conn.execute(failed.where(purchase_history.c.to_state == "failed")).scalar_one()


def lock_purchase_for_lease(conn: Connection, lease: Lease, purchase: str) -> Row[Any]:
    """Lock a purchase of the lease's account and return its row. Raises ``NotFound``, ``BadInput``."""
    row = lock_purchase(conn, purchase)
    if row.account != lease.account:
        raise BadInput("purchase", purchase, "a purchase of this account")
    return row


def succeed_submitted(unit: Unit, lease: Lease, purchase: str) -> Row[Any] | None:
    """Move a purchase from submitted to succeeded in one statement and return its row; None in any other state.

    Raises ``BadInput`` for a purchase of another account.
    """
    row = advance(unit, purchase, "submitted", "succeeded", None)
    if row is not None and row.account != lease.account:
        raise BadInput("purchase", purchase, "a purchase of this account")
    return row


def note_late_answer(unit: Unit, row: Row[Any], operation: Operation | None) -> bool:
    """Whether the purchase was given up while unknown, before its answer came; note in its history that it was.

    The note is for a person, who may correct its price.
    """
    if row.state not in ENDED or row.succeeded_at is not None:
        return False
    given_up = (purchase_history.c.purchase == row.id, purchase_history.c.from_state == "unknown")
    ended = select(purchase_history.c.seq).where(*given_up, purchase_history.c.to_state == row.state)
    if unit.conn.execute(ended.limit(1)).first() is None:
        return False
    reason = build_reason("answered_late", state=row.state)
    record_history(unit, row, row.state, row.state, reason, to_json(operation) if operation else None)
    return True


def succeed(unit: Unit, row: Row[Any], operation: Operation | None = None) -> bool:
    """Move a purchase from posting, submitted or unknown to succeeded. False: it had succeeded before.

    The caller has fenced. Raises ``BadInput`` in any other state.
    """
    named = {} if operation is None or row.operation is not None else {"operation": to_json(operation)}
    if move(unit, row, MAY_SUCCEED, "succeeded", None, **named):
        return True
    if row.succeeded_at is None:
        raise BadInput("purchase", row.state, f"one of {', '.join(MAY_SUCCEED)} before it lands", step=row.step)
    return False


def was_taken_over(row: Row[Any]) -> bool:
    """Whether another project goes on with the purchase's operation since its job was stopped."""
    reason = Reason.from_text(row.said) if row.state == "released" else None
    return reason is not None and reason.code == "taken_over_when_stopped"


def clear_staged_files(unit: Unit, account: str, purchase: str) -> None:
    """Record that a purchase's input files at the provider are removed; removes nothing itself."""
    which = (purchases.c.account == account, purchases.c.id == purchase)
    unit.conn.execute(update(purchases).where(*which).values(staged=None))


class OthersPurchase(NamedTuple):
    """A purchase of another project. ``is_driven``: a director drives that project. ``is_left``: its job was stopped,
    and its operation goes on, which a project that waits for the order may take over.
    """

    state: PurchaseState
    is_driven: bool
    is_left: bool


def read_purchase_state(conn: Connection, lease: Lease, purchase: str, lease_s: int) -> OthersPurchase:
    """Read the state of a purchase of another project in the account, and what becomes of it there."""
    query = select(purchases.c.state, purchases.c.project, purchases.c.stopped_at, jobs.c.cancel)
    query = query.join(jobs, jobs.c.id == purchases.c.job)
    row = conn.execute(query.where(purchases.c.account == lease.account, purchases.c.id == purchase)).one()
    is_left = row.state == "submitted" and row.cancel and row.stopped_at is None
    return OthersPurchase(row.state, not is_undriven(conn, lease, row.project, lease_s), is_left)


def sum_spent_by_job(conn: Connection, account: str, project: str) -> dict[str, Micros]:
    """Sum what each job of a project has spent or may have: settled prices, and quoted prices of open sends."""
    which = (purchases.c.account == account, purchases.c.project == project)
    spent = func.sum(func.coalesce(purchases.c.billed, purchases.c.settled, purchases.c.quoted))
    query = select(purchases.c.job, spent).where(*which, CHARGED).group_by(purchases.c.job)
    return {job: Micros(int(micros)) for job, micros in conn.execute(query)}


def list_recovered_micros(conn: Connection, account: str, project: str) -> dict[tuple[str, str], Micros]:
    """List what recovered purchases of a project cost, by job and purchase, until a budget counts them.

    That is one that was given to their job, or to a later one of the project.
    """
    later = jobs.alias("later")
    counted = exists().where(
        later.c.account == account,
        later.c.project == project,
        later.c.seq >= jobs.c.seq,
        later.c.consent_by.in_(CAPS),
    )
    which = (purchases.c.account == account, purchases.c.project == project, CHARGED, ~counted)
    known = func.coalesce(purchases.c.billed, purchases.c.settled, purchases.c.quoted)
    query = (
        select(purchases.c.job, purchases.c.id, known)
        .join(allowance_rows, allowance_rows.c.id == purchases.c.allowance)
        .join(jobs, (jobs.c.account == purchases.c.account) & (jobs.c.id == purchases.c.job))
        .where(*which, allowance_rows.c.approved_by == RECONCILE)
    )
    return {(job, name): Micros(int(micros)) for job, name, micros in conn.execute(query)}


def sum_spent_by_project(conn: Connection, account: str, names: Sequence[str]) -> dict[str, Micros]:
    """Sum what each of these projects has spent or may have, as ``Purchase.spent_micros`` counts; none that spent 0."""
    corrected = select(func.sum(adjustments.c.micros)).where(adjustments.c.purchase == purchases.c.id)
    known = func.coalesce(purchases.c.settled, purchases.c.billed, purchases.c.quoted)
    charged = case((purchases.c.state.in_(("intent", "released")), 0), else_=known)
    spent = func.sum(charged + func.coalesce(corrected.scalar_subquery(), 0))
    which = (purchases.c.account == account, InArray(purchases.c.project, "called"))
    query = select(purchases.c.project, spent).where(*which).group_by(purchases.c.project).having(spent != 0)
    return {project: Micros(int(micros)) for project, micros in conn.execute(query, {"called": list(names)})}


def list_purchases(conn: Connection, account: str, project: str) -> Sequence[Purchase]:
    """List the purchases of a project, the earliest first."""
    corrected = select(func.sum(adjustments.c.micros)).where(adjustments.c.purchase == purchases.c.id)
    query = select(purchases, corrected.scalar_subquery().label("corrected"))
    query = query.where(purchases.c.account == account, purchases.c.project == project)
    return [to_purchase(row) for row in conn.execute(query.order_by(purchases.c.intent_at, purchases.c.id))]


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
    number = 1 if last is None else last._mapping["try"] + 1
    if intent.price.micros is None:
        actions = [Action("cap_unknown_price"), Action("choose_model")]
        raise NeedsConsent(code="price_unknown", steps=[intent.step], step=intent.step, actions=actions)
    columns = {**_to_columns(lease, intent, number), "not_before": last.not_before if last is not None else None}
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
        "n": intent.n,
        "samples": intent.samples,
        "try": number,
        "step": intent.step,
        "state": "intent",
        "provider": intent.provider,
        "model": intent.model,
        "resubmit": intent.resubmit,
        "quoted": intent.price.micros,
        "quote": as_json(to_plain(intent.price)),
        "prepared": "{}",
        "sends": 0,
        "said": "",
    }


def _job_is_over(conn: Connection, account: str, job: str) -> bool:
    """Whether the job ended or is to be cancelled. Its row is locked before any other: no cancel can slip in."""
    query = select(jobs.c.cancel, jobs.c.finished_at).where(jobs.c.account == account, jobs.c.id == job)
    found = conn.execute(query.with_for_update(read=True)).first()
    return found is None or bool(found.cancel) or found.finished_at is not None
