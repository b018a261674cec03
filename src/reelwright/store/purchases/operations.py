"""Operations and the purchases that they belong to: recorded from an answer, or found in a provider's list.

An operation that is only found in a list is never given to two purchases.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, case, exists, func, null, select

from reelwright.reason import build_reason
from reelwright.reel.base.document import to_json
from reelwright.reel.records.ledger import OperationOwner, OwnWork
from reelwright.reel.records.operation import Operation, Purchase
from reelwright.send_and_answer_waits import MAX_SEND_WITH_ANSWER_S
from reelwright.store.database.processes import identify_machine, is_gone
from reelwright.store.database.unit import Unit
from reelwright.store.limits.states import advance, lock_purchase, move, record_history
from reelwright.store.policy import MAX_OPERATIONS_COMPARED, MAX_SENDS_REMEMBERED, SEND_IS_RECENT_MS
from reelwright.store.purchases.waiting_jobs import requeue_waiting_jobs
from reelwright.store.schema.rows import parse_object, to_purchase
from reelwright.store.schema.schema import (
    AT_PROVIDER,
    STARTED,
    adjustments,
    directors,
    leases,
    purchase_history,
    purchases,
)
from reelwright.store.schema.sql import NowMs, hold_lock

_posted_here: Final[dict[str, None]] = {}
"""Purchases that this process posted, the newest last: it can be answered for no other."""
MAX_INDEXED_BYTES: Final = 512
"""Longest id that is indexed as it is: a row of an index of PostgreSQL holds 2704 bytes, and an id may be longer."""


def record_operation(
    unit: Unit, purchase: str, operation: Operation, sends: int | None = None
) -> Literal["ours", "anothers"]:
    """Record the operation that a provider answered: posting or unknown → submitted. Returns whose it is.

    Not fenced: a director that lost its lease must still record an operation that we pay for. Jobs that wait for a
    decision about the purchase go on. In any other state, a second operation is noted in the history.

    An answer is not believed where it names an operation that another purchase of the provider has (``anothers``):
    followed twice, one paid take would be delivered twice, and what was bought would be lost. The purchase goes from
    posting to unknown, if it was sent ``sends`` times, and both purchases get a note.
    """
    is_free_to_take = ~exists(select(_HOLDERS.c.id).where(*_match_holder(operation)))
    columns = build_operation_columns(operation)
    if advance(unit, purchase, "posting", "submitted", None, is_free_to_take, **columns):
        return "ours"
    row = lock_purchase(unit.conn, purchase)
    query = select(_HOLDERS).where(*_match_holder(operation), purchases.c.id == row.id)
    holder = unit.conn.execute(query).first()
    if holder is None:
        _record_or_note(unit, row, operation)
        return "ours"
    reason = build_reason("operation_taken", provider=row.provider, operation=operation.id)
    if sends not in (None, row.send_count) or not move(unit, row, ("posting",), "unknown", reason):
        record_history(unit, row, row.state, row.state, reason)
    reason = build_reason("operation_of_another", operation=operation.id, purchase=row.id)
    record_history(unit, holder, holder.state, holder.state, reason)
    return "anothers"


_HOLDERS: Final = purchases.alias()
"""Purchases that have an operation, beside the one that is answered with it."""


def _match_holder(operation: Operation) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a purchase of ``_HOLDERS`` has the operation, and is another than the answered.

    Free work is never compared: servers on this machine count their operations anew each time that they start.
    """
    same = (_HOLDERS.c.provider == purchases.c.provider, _HOLDERS.c.operation_id == build_index_key(operation.id))
    return (*same, _HOLDERS.c.id != purchases.c.id, purchases.c.resubmit != "free")


def build_operation_columns(operation: Operation) -> dict[str, Any]:
    """Build the columns that give a purchase ``operation``, which no other purchase of its provider can have then."""
    operation_id = case((purchases.c.resubmit == "free", null()), else_=build_index_key(operation.id))
    return {"operation": to_json(operation), "operation_id": operation_id}


def build_index_key(operation_id: str) -> str:
    """Return an operation's id as it is indexed: a long one by its SHA-256."""
    encoded = operation_id.encode()
    return operation_id if len(encoded) <= MAX_INDEXED_BYTES else hashlib.sha256(encoded).hexdigest()


def record_found_operation(
    unit: Unit, purchase: str, operation: Operation, history_position: int | None = None, waited_s: float = 0.0
) -> OperationOwner:
    """Record an operation of the provider's list for a purchase in ``unknown``: → submitted. Returns whose it is.

    Under a lock: where two purchases match one operation, the first gets it. A similar purchase that is being sent may
    have started the operation; its answer will tell, and until then no purchase gets the operation (``not_yet``).
    ``history_position``: what ``read_history_position`` returned after the operation was seen; purchases posted later
    have not started it. ``waited_s``: seconds that the caller has waited since then, by its own clock.
    """
    lock_operations(unit)
    row = lock_purchase(unit.conn, purchase)
    if row.state in ("unknown", "intent", "posting"):
        if find_other_purchases(unit.conn, row, operation):
            return "anothers"
        if may_belong_to_another(unit.conn, row, history_position, waited_s):
            return "not_yet"
    if _record_or_note(unit, row, operation) or (
        row.state == "submitted" and parse_operation_id(row.operation) == operation.id
    ):
        return "ours"
    return "over"


def lock_operations(unit: Unit) -> None:
    """Keep other transactions from assigning operations until this one ends. Call it before any row is locked."""
    hold_lock(unit.conn, "found")


def find_other_purchases(conn: Connection, row: Row[Any], operation: Operation) -> Sequence[Row[Any]]:
    """Find purchases other than ``row`` that have the operation with this id of the same provider.

    Only ids are compared: an operation that a person named lacks the facts that an adapter adds.
    """
    key = build_index_key(operation.id)
    named = purchases.c.operation.contains(json.dumps(operation.id, ensure_ascii=False), autoescape=True)
    is_held = named | (purchases.c.operation_id == key)
    others = (purchases.c.provider == row.provider, purchases.c.id != row.id, is_held)
    return [
        other
        for other in conn.execute(select(purchases).where(*others))
        if parse_operation_id(other.operation) == operation.id or other.operation_id == key
    ]


def parse_operation_id(operation: str | None) -> str | None:
    """Return the id of an operation from a row's JSON; None where the row has none."""
    return None if operation is None else str(parse_object(operation)["id"])


def _record_or_note(unit: Unit, row: Row[Any], operation: Operation) -> bool:
    """Move the row to submitted and return True; in any other state, note an operation that it lacks in its history."""
    if move(unit, row, ("posting", "unknown", "intent"), "submitted", None, **build_operation_columns(operation)):
        requeue_waiting_jobs(unit, row.account, row.id)
        return True
    if parse_operation_id(row.operation) != operation.id:
        reason = build_reason("second_operation", operation=operation.id)
        record_history(unit, row, row.state, row.state, reason, to_json(operation))
    return False


def note_posting(purchase: str) -> None:
    """Remember that this process posts a purchase. To be called before its transaction is committed."""
    _posted_here[purchase] = None
    if len(_posted_here) > MAX_SENDS_REMEMBERED:
        del _posted_here[next(iter(_posted_here))]


def may_belong_to_another(conn: Connection, row: Row[Any], history_position: int | None, waited_s: float) -> bool:
    """Whether the operation may be that of another purchase of the same model, which still waits for its answer.

    Counts purchases in ``posting`` that were posted up to ``history_position`` and whose director may still record an
    answer. After ``MAX_SEND_WITH_ANSWER_S`` seconds no answer can come any more.
    """
    if waited_s >= MAX_SEND_WITH_ANSWER_S:
        return False
    alike = (purchases.c.provider == row.provider, purchases.c.model == row.model, purchases.c.id != row.id)
    begun = exists().where(purchase_history.c.purchase == purchases.c.id, STARTED)
    if history_position is not None:
        begun = begun.where(purchase_history.c.seq <= history_position)
    senders = leases.outerjoin(directors, directors.c.id == leases.c.director)
    sent = select(purchases.c.id.label("purchase"), directors).select_from(
        purchases.outerjoin(senders, leases.c.project == purchases.c.project)
    )
    sent = sent.where(AT_PROVIDER, *alike, purchases.c.state == "posting", begun)
    return any(_can_record_answer(conn, holder) for holder in conn.execute(sent))


def _can_record_answer(conn: Connection, holder: Row[Any]) -> bool:
    """Whether a process may be left that records the answer of ``holder.purchase``. ``holder``: who drives its project.
    A process on another host may always be left.

    A project without a director was released in good order, with no answer on its way; one that this process took over
    from another has answers of that one on their way, if at all. Only a director that had lost the project may still be
    sending then, and that director is alive. (2026-11: after a kill one take waited ten minutes for the answer of the
    other, which only the killed process could have had.)
    """
    was_taken_over = holder.id is None or (_is_this_process(holder) and holder.purchase not in _posted_here)
    if not was_taken_over:
        return not _is_dead(holder)
    return any(not (_is_dead(other) or _is_this_process(other)) for other in conn.execute(select(directors)))


def _is_dead(director: Row[Any]) -> bool:
    return (director.host, director.boot_id) == identify_machine() and is_gone(director.pid, director.process_start)


def _is_this_process(director: Row[Any]) -> bool:
    return (director.host, director.boot_id) == identify_machine() and director.pid == os.getpid()


def read_history_position(conn: Connection) -> int:
    """Read the number of the last line in the history of purchases, an order that no clock changes; 0 without one."""
    return conn.execute(select(func.max(purchase_history.c.seq))).scalar() or 0


def read_own_work(conn: Connection, purchase: str) -> OwnWork:
    """Read what is known of our own work at the provider of a purchase, apart from it, in all accounts and projects."""
    row = conn.execute(select(purchases).where(purchases.c.id == purchase)).one()
    others = (purchases.c.provider == row.provider, purchases.c.id != purchase)
    begun = select(func.min(purchase_history.c.seq)).where(purchase_history.c.purchase == purchase, STARTED)
    posted = conn.execute(begun).scalar()
    named = select(purchase_history.c.operation, purchase_history.c.seq).join(purchases)
    named = named.where(*others, purchase_history.c.operation.is_not(None))
    recorded = conn.execute(named.order_by(purchase_history.c.seq.desc()).limit(MAX_OPERATIONS_COMPARED)).all()
    held = select(purchases.c.operation).where(*others, purchases.c.operation.is_not(None))
    claimed = conn.execute(held.order_by(purchases.c.intent_at.desc()).limit(MAX_OPERATIONS_COMPARED)).scalars()
    # What was answered with 429, and for a refused try what was refused, may have been accepted, too, and be listed.
    states = ("posting", "unknown", "intent", *(("released",) if row.state == "released" else ()))
    may_be_listed = purchases.c.state.in_(states) & purchases.c.operation.is_(None)
    alike = (*others, purchases.c.model == row.model, may_be_listed, purchases.c.send_count > 0)
    waiting = conn.execute(select(purchases.c.prepared_request).where(*alike)).scalars()
    request = _remove_own_marks(parse_object(row.prepared_request))
    ago = select(NowMs() - purchases.c.posted_at).where(purchases.c.id == purchase)
    return OwnWork(
        claimed_ids=frozenset(
            {
                *filter(None, map(parse_operation_id, claimed)),
                *(str(parse_operation_id(one.operation)) for one in recorded),
            }
        ),
        earlier_ids=frozenset(
            str(parse_operation_id(one.operation)) for one in recorded if posted is not None and one.seq < posted
        ),
        is_recent=0 <= (conn.execute(ago).scalar() or 0) < SEND_IS_RECENT_MS,
        equal_sends=1 + sum(_remove_own_marks(parse_object(other)) == request for other in waiting),
        equal_written_off=count_written_off(conn, purchase, parse_object(row.prepared_request)),
    )


def count_written_off(conn: Connection, purchase: str, prepared_request: Mapping[str, Any]) -> int:
    """Count other purchases with this request that were written off and still count in the ledger.

    Each may have been made, and then an entry of the provider's list is its, though no purchase names it.
    """
    row = conn.execute(select(purchases.c.provider, purchases.c.model).where(purchases.c.id == purchase)).one()
    corrected = select(func.coalesce(func.sum(adjustments.c.micros), 0)).where(adjustments.c.purchase == purchases.c.id)
    given_up = exists().where(
        purchase_history.c.purchase == purchases.c.id,
        purchase_history.c.from_state == "unknown",
        purchase_history.c.to_state == "settled",
    )
    written_off = select(purchases.c.prepared_request).where(
        purchases.c.provider == row.provider,
        purchases.c.model == row.model,
        purchases.c.id != purchase,
        purchases.c.state == "settled",
        purchases.c.operation.is_(None),
        purchases.c.succeeded_at.is_(None),
        purchases.c.settled_micros + corrected.scalar_subquery() > 0,
        given_up,
    )
    request = _remove_own_marks(prepared_request)
    others = conn.execute(written_off).scalars()
    return sum(_remove_own_marks(parse_object(other)) == request for other in others)


def read_refused_try(conn: Connection, purchase: str) -> Purchase | None:
    """Read the newest earlier try of a purchase's order that was sent and then released without an operation; None if
    there is none. Its provider may have accepted it all the same.
    """
    this = conn.execute(select(purchases).where(purchases.c.id == purchase)).one()
    order = [
        purchases.c[name] == this._mapping[name] for name in ("scope", "order_fingerprint", "order_number", "provider")
    ]
    sent = (purchases.c.state == "released", purchases.c.send_count > 0, purchases.c.operation.is_(None))
    earlier = select(purchases).where(*order, *sent, purchases.c.attempt < this.attempt)
    row = conn.execute(earlier.order_by(purchases.c.attempt.desc()).limit(1)).first()
    return to_purchase(row) if row else None


def _remove_own_marks(prepared_request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a prepared request without what names its purchase; a seed of its own stays, and tells it apart."""
    return {name: value for name, value in prepared_request.items() if name != "purchase"}
