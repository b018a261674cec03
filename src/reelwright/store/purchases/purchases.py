"""Purchases from their sending on: success or failure, and the final price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, func, select, update

from reelwright.errors import BadInput
from reelwright.known_providers import needs_turn
from reelwright.reason import Reason, build_reason
from reelwright.reel.base.document import to_json
from reelwright.reel.base.value import Digest
from reelwright.reel.records.ledger import PostingResult
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Lease, Operation, Purchase, PurchaseState
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import fence, fence_and_read, is_undriven
from reelwright.store.limits import budgets
from reelwright.store.limits.limits import FindDefaultLimit, find_no_default, has_room
from reelwright.store.limits.states import ENDED, advance, lock_purchase, move, record_history
from reelwright.store.projects.projects import select_newest_number
from reelwright.store.purchases.disputes import build_settlement_columns, has_doubts, refuse_unaffordable
from reelwright.store.purchases.operations import note_posting
from reelwright.store.reservations.allowances import get_held, release_reservation
from reelwright.store.schema.rows import to_purchase
from reelwright.store.schema.schema import adjustments, jobs, purchase_history, purchases
from reelwright.store.schema.schema import allowances as allowance_rows
from reelwright.store.schema.sql import NowMs, as_json

MAY_SUCCEED: Final[tuple[PurchaseState, ...]] = ("posting", "submitted", "unknown")
"""States from which a purchase can succeed."""


CONSENT: Final = (jobs.c.consent_micros, jobs.c.consent_by)
"""Columns of a job's row: what may be spent for it."""


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
    of_job = (jobs.c.cancel_requested, jobs.c.finished_at, jobs.c.payer, jobs.c.batch_key, jobs.c.goal, *CONSENT)
    query = select(*of_job, *also, *purchases.c).select_from(jobs)
    mine = (purchases.c.account == lease.account, purchases.c.project == lease.project, purchases.c.id == purchase)
    row = fence_and_read(unit.conn, lease, query.join(purchases, purchases.c.job == jobs.c.id).where(*mine))
    if row is None or row.cancel_requested or row.finished_at is not None or revision not in (None, row.newest or 0):
        return PostingResult(False)
    if row.state == "intent" and row.quoted_micros and row.closed_at is not None:
        budgets.refuse_if_exceeded(unit.conn, row.allowance)
    if row.state == "intent" and row.has_doubts:
        refuse_unaffordable(unit.conn, row)
    if row.state == "intent" and not has_room(
        unit.conn, row, find_default_limit if needs_turn(row.resubmit, row.provider) else find_no_default, lease_s
    ):
        return PostingResult(False, is_over_limit=True)
    staged_inputs = as_json(prepared_request["staged"]) if prepared_request.get("staged") else None
    columns: dict[str, Any] = {"prepared_request": as_json(prepared_request), "staged_inputs": staged_inputs}
    note_posting(purchase)
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
    wait_s: float | None = None,
    *,
    sends: int | None = None,
) -> bool:
    """Move a purchase from one of ``sources`` to ``to``; to ``released`` also frees its reservation.

    False: it was in another state. ``wait_s``: seconds in which it is not sent again. ``sends``: only if it was sent
    exactly this many times, since another director may have sent it again meanwhile.

    Raises ``NotFound``, and ``BadInput`` for ``settled``, which needs a price.
    """
    if to == "settled":
        raise BadInput("state", to, "a state without a price; settle() takes one")
    row = lock_purchase(unit.conn, purchase)
    if sends not in (None, row.send_count):
        return False
    # A released purchase keeps its not_before: the next try of the order is not sent sooner.
    due = None if wait_s is None else NowMs() + round(wait_s * 1000)  # by the clock that wrote posted_at
    when = {} if to == "released" else {"not_before": due}
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
            release_reservation(unit.conn, done.account, done.allowance, get_held(done), done.settled_micros)
            _replace_first_bill(unit, done, done.settled_micros)
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
        return
    if price.micros is None:
        raise BadInput("price", None, "an amount, reported, computed or quoted", step=row.step)
    move(unit, row, sources, "settled", reason, settlement=to_json(price), **build_settlement_columns(price))
    settled = lock_purchase(unit.conn, purchase).settled_micros
    release_reservation(unit.conn, row.account, row.allowance, get_held(row), settled)
    _replace_first_bill(unit, row, settled)


def _replace_first_bill(unit: Unit, row: Row[Any], settled: int) -> None:
    """Replace a bill that was recorded before the purchase ended, and that its provider changed since, by the last."""
    if row.billed_micros not in (None, settled):
        which = (purchases.c.account == row.account, purchases.c.id == row.id)
        last = settled if settled > row.quoted_micros else None
        unit.conn.execute(update(purchases).where(*which).values(billed_micros=last))


def write_off(unit: Unit, purchase: str, price: Price, reason: Reason | None, sends: int) -> None:
    """Settle a purchase whose state is ``unknown`` at ``price``, if it was sent exactly ``sends`` times.

    Otherwise nothing happens: another director has sent it again meanwhile.
    """
    row = lock_purchase(unit.conn, purchase)
    if row.state == "unknown" and row.send_count == sends:
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
        purchases.c.order_number == row.order_number,
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
    reason = Reason.from_text(row.reason) if row.state == "released" else None
    return reason is not None and reason.code == "taken_over_when_stopped"


def record_kept_outputs(unit: Unit, purchase: str, stored_outputs: Mapping[int, Digest], output_count: int) -> None:
    """Note in a purchase's history which of its outputs, by their number, are in the vault while others cannot be had.

    A person may be asked about those; what is here must not expire at the provider meanwhile.
    """
    row = lock_purchase(unit.conn, purchase)
    files = [f"{number}:{digest}" for number, digest in sorted(stored_outputs.items())]
    reason = build_reason("outputs_kept", landed=len(files), wanted=output_count, files=files)
    record_history(unit, row, row.state, row.state, reason)


def read_kept_outputs(conn: Connection, purchase: str) -> dict[int, Digest]:
    """Read which outputs of a purchase, by their number, are in the vault although it has not landed."""
    notes = select(purchase_history.c.reason).where(
        purchase_history.c.purchase == purchase, purchase_history.c.from_state == purchase_history.c.to_state
    )
    found: dict[int, Digest] = {}
    for text in conn.execute(notes.order_by(purchase_history.c.seq)).scalars():
        reason = Reason.from_text(text)
        files = reason.params["files"] if reason is not None and reason.code == "outputs_kept" else None
        if isinstance(files, list):  # a long list is stored as a text that is cut
            for number, _, digest in (str(file).partition(":") for file in files):
                found[int(number)] = Digest(digest)
    return found


def clear_staged_files(unit: Unit, account: str, purchase: str) -> None:
    """Record that a purchase's input files at the provider are removed; removes nothing itself."""
    which = (purchases.c.account == account, purchases.c.id == purchase)
    unit.conn.execute(update(purchases).where(*which).values(staged_inputs=None))


class OthersPurchase(NamedTuple):
    """A purchase of another project. ``is_driven``: a director drives that project. ``is_left``: its job was stopped,
    and its operation goes on, which a project that waits for the order may take over.
    """

    state: PurchaseState
    is_driven: bool
    is_left: bool


def read_purchase_state(conn: Connection, lease: Lease, purchase: str, lease_s: int) -> OthersPurchase:
    """Read the state of a purchase of another project in the account, and what becomes of it there."""
    query = select(purchases.c.state, purchases.c.project, purchases.c.stopped_at, jobs.c.cancel_requested)
    query = query.join(jobs, jobs.c.id == purchases.c.job)
    row = conn.execute(query.where(purchases.c.account == lease.account, purchases.c.id == purchase)).one()
    is_left = row.state == "submitted" and row.cancel_requested and row.stopped_at is None
    return OthersPurchase(row.state, not is_undriven(conn, lease, row.project, lease_s), is_left)


def list_purchases(conn: Connection, account: str, project: str) -> Sequence[Purchase]:
    """List the purchases of a project, the earliest first."""
    corrected = select(func.sum(adjustments.c.micros)).where(adjustments.c.purchase == purchases.c.id)
    query = select(purchases, corrected.scalar_subquery().label("corrected"))
    query = query.where(purchases.c.account == account, purchases.c.project == project)
    return [to_purchase(row) for row in conn.execute(query.order_by(purchases.c.intent_at, purchases.c.id))]
