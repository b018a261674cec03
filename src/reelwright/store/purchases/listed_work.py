"""Operations that providers' lists showed and no purchase had: ``reconcile`` records them, each for one purchase.

A purchase is compared with them before it is sent for the first time (``engine.claim``). If one of them may be its own,
it waits in ``unknown`` for a person, although it was never sent: its ``sends`` are 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from reelwright.reason import Reason
from reelwright.reel.base.document import to_json
from reelwright.reel.records.ledger import ListedWork, OperationOwner, OwnWork
from reelwright.reel.records.operation import Lease, Operation, normalise_id
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import fence
from reelwright.store.limits.states import ENDED, advance, lock_purchase, move
from reelwright.store.purchases.operations import (
    build_operation_columns,
    find_other_purchases,
    lock_operations,
    may_belong_to_another,
    parse_operation_id,
    read_history_position,
)
from reelwright.store.schema.rows import from_json, parse_object
from reelwright.store.schema.schema import listed_operations, purchase_history, purchases
from reelwright.store.schema.sql import NowMs, as_json, insert


def record_listed_work(unit: Unit, account: str, works: Sequence[ListedWork]) -> None:
    """Record operations that providers' lists show; those that were recorded before stay as they are."""
    mark = read_history_position(unit.conn)
    for work in works:
        columns = {"account": account, "provider": work.provider, "operation": work.id, "work": to_json(work)}
        made = insert(unit.conn, listed_operations).values(**columns, history_seq=mark, recorded_at=NowMs())
        unit.conn.execute(made.on_conflict_do_nothing())


def forget_listed_work(unit: Unit, account: str) -> None:
    """Delete the account's record of operations in providers' lists: a person says that they are not ours."""
    unit.conn.execute(delete(listed_operations).where(listed_operations.c.account == account))


def list_providers(conn: Connection, account: str) -> frozenset[str]:
    """List the providers whose lists showed work when the journal was reconciled."""
    query = select(listed_operations.c.provider).where(listed_operations.c.account == account).distinct()
    return frozenset(conn.execute(query).scalars())


def list_unclaimed_work(conn: Connection, purchase: str) -> tuple[ListedWork, ...]:
    """List work that the provider's list showed when the journal was reconciled, and that may be this unsent purchase.

    No purchase has it, and no person has said that an earlier try of the same order is none of it.
    """
    row = conn.execute(select(purchases).where(purchases.c.id == purchase)).one()
    known = set(map(normalise_id, list_known_operations(conn, row.provider)))
    denied_at = _find_last_denial(conn, row)
    query = select(listed_operations).where(
        listed_operations.c.account == row.account,
        listed_operations.c.provider == row.provider,
        listed_operations.c.history_seq >= denied_at,
    )
    found = conn.execute(query.order_by(listed_operations.c.recorded_at, listed_operations.c.operation))
    return tuple(from_json(ListedWork, one.work, "work") for one in found if normalise_id(one.operation) not in known)


def claim_listed_operation(
    unit: Unit, lease: Lease, purchase: str, operation: Operation, waited_s: float = 0.0
) -> OperationOwner:
    """Record a listed operation for a purchase that was never sent: intent or unknown → submitted. Fenced.

    Returns whose the operation is; ``not_yet`` while a similar purchase, which was being sent when the operation was
    recorded, may still get it as its answer. ``waited_s``: seconds that the caller has waited for that.
    """
    lock_operations(unit)
    fence(unit.conn, lease)
    row = lock_purchase(unit.conn, purchase)
    if row.state == "submitted" and parse_operation_id(row.operation) == operation.id:
        return "ours"
    if row.state not in ("intent", "unknown") or row.send_count:
        return "over"
    if find_other_purchases(unit.conn, row, operation):
        return "anothers"
    listed = (listed_operations.c.account == row.account, listed_operations.c.provider == row.provider)
    query = select(listed_operations.c.history_seq).where(*listed, listed_operations.c.operation == operation.id)
    if may_belong_to_another(unit.conn, row, unit.conn.execute(query).scalar(), waited_s):
        return "not_yet"
    reason = Reason("found_in_reconciled_list")
    move(unit, row, ("intent", "unknown"), "submitted", reason, **build_operation_columns(operation))
    return "ours"


def hold_for_decision(
    unit: Unit, lease: Lease, purchase: str, prepared_request: Mapping[str, Any], reason: Reason
) -> None:
    """Move an unsent purchase from intent to unknown: a person decides whether work at the provider is its own.

    ``reconcile`` recorded that work. Does nothing in another state. Fenced.
    """
    fence(unit.conn, lease)
    # By way of posting, which it leaves in the same commit: no one sees it there, and it does not count as sent.
    never: dict[str, Any] = {"send_count": purchases.c.send_count, "prepared_request": as_json(prepared_request)}
    if advance(unit, purchase, "intent", "posting", reason, **never) is not None:
        advance(unit, purchase, "posting", "unknown", reason)


def list_unanswered_requests(conn: Connection, account: str) -> list[tuple[str, Mapping[str, Any]]]:
    """List provider and prepared request of purchases that were sent and not answered.

    Their operations are looked up without the help of listed work.
    """
    sent = (purchases.c.account == account, purchases.c.state.in_(("posting", "unknown")), purchases.c.send_count > 0)
    rows = conn.execute(select(purchases.c.provider, purchases.c.prepared_request).where(*sent))
    return [(row.provider, parse_object(row.prepared_request)) for row in rows]


def list_known_operations(conn: Connection, provider: str) -> frozenset[str]:
    """List the ids of all operations of a provider that purchases have, or had in their history, in all accounts."""
    held = select(purchases.c.operation).where(purchases.c.provider == provider, purchases.c.operation.is_not(None))
    lit = select(purchase_history.c.operation).join(purchases)
    lit = lit.where(purchases.c.provider == provider, purchase_history.c.operation.is_not(None))
    return frozenset(
        str(parse_operation_id(one)) for query in (held, lit) for one in conn.execute(query.distinct()).scalars()
    )


def read_known_work(conn: Connection, provider: str) -> OwnWork:
    """Read what the journal knows of our own work at a provider, to compare its list without a certain purchase."""
    known = list_known_operations(conn, provider)
    return OwnWork(claimed_ids=known, earlier_ids=known)


def _find_last_denial(conn: Connection, row: Row[Any]) -> int:
    """Find the last line of history in which a person decided an unsent try of this order; 0 if there is none."""
    tries = select(purchases.c.id).where(
        purchases.c.scope == row.scope,
        purchases.c.order_fingerprint == row.order_fingerprint,
        purchases.c.order_number == row.order_number,
        purchases.c.id != row.id,
        purchases.c.send_count == 0,
        purchases.c.state.in_(ENDED),
        purchases.c.succeeded_at.is_(None),
    )
    decided = select(func.max(purchase_history.c.seq)).where(
        purchase_history.c.purchase.in_(tries),
        purchase_history.c.from_state == "unknown",
        purchase_history.c.to_state.in_(ENDED),
    )
    return conn.execute(decided).scalar() or 0
