"""Operations that providers' lists showed and no purchase had: recorded by ``reconcile``, each for one purchase.

A purchase that is to be sent for the first time is compared with them (``engine.claim``). One that may be among them
waits in ``unknown`` for a person though it was never sent: its ``sends`` are 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from reelwright.reel.document import to_json
from reelwright.reel.ledger import ListedWork, OwnWork, Whose
from reelwright.reel.operation import Lease, Operation, plain_id
from reelwright.store.bought import history_mark, id_in, is_sent_alike, named_by_others, one_finds
from reelwright.store.leases import fence
from reelwright.store.rows import from_json, plain
from reelwright.store.schema import listed_operations, purchase_history, purchases
from reelwright.store.sql import as_json, insert, now_ms
from reelwright.store.states import ENDED, advanced, locked, move
from reelwright.store.unit import Unit


def record(unit: Unit, account: str, works: Sequence[ListedWork]) -> None:
    """Record them as the account's; what was recorded before stays as it was."""
    mark = history_mark(unit.conn)
    for work in works:
        told = {"account": account, "provider": work.provider, "operation": work.id, "work": to_json(work)}
        made = insert(unit.conn, listed_operations).values(**told, history=mark, recorded_at=now_ms())
        unit.conn.execute(made.on_conflict_do_nothing())


def forget(unit: Unit, account: str) -> None:
    """Forget all of it: a person says that it is another program's."""
    unit.conn.execute(delete(listed_operations).where(listed_operations.c.account == account))


def providers_of(conn: Connection, account: str) -> frozenset[str]:
    """Whose lists showed something when the journal was reconciled."""
    query = select(listed_operations.c.provider).where(listed_operations.c.account == account).distinct()
    return frozenset(conn.execute(query).scalars())


def unclaimed(conn: Connection, purchase: str) -> tuple[ListedWork, ...]:
    """What may be a purchase that was never sent: no purchase has it, and nobody has said that it is not this one."""
    row = conn.execute(select(purchases).where(purchases.c.id == purchase)).one()
    known = set(map(plain_id, known_operations(conn, row.provider)))
    said = _denied(conn, row)
    query = select(listed_operations).where(
        listed_operations.c.account == row.account,
        listed_operations.c.provider == row.provider,
        listed_operations.c.history >= said,
    )
    found = conn.execute(query.order_by(listed_operations.c.recorded_at, listed_operations.c.operation))
    return tuple(from_json(ListedWork, one.work, "work") for one in found if plain_id(one.operation) not in known)


def claim(unit: Unit, lease: Lease, purchase: str, operation: Operation, waited_s: float) -> Whose:
    """Take a listed operation for a purchase that was never sent: intent or unknown → submitted. Fenced.

    Whoever is being sent meanwhile, and was when it was recorded, may be the one that made it: ``not_yet``.
    """
    one_finds(unit)
    fence(unit.conn, lease)
    row = locked(unit.conn, purchase)
    if row.state == "submitted" and id_in(row.operation) == operation.id:
        return "ours"
    if row.state not in ("intent", "unknown") or row.sends:
        return "over"
    if named_by_others(unit.conn, row, operation):
        return "anothers"
    listed = (listed_operations.c.account == row.account, listed_operations.c.provider == row.provider)
    query = select(listed_operations.c.history).where(*listed, listed_operations.c.operation == operation.id)
    if is_sent_alike(unit.conn, row, unit.conn.execute(query).scalar(), waited_s):
        return "not_yet"
    said = "its provider's list showed it when the journal was reconciled"
    move(unit, row, ("intent", "unknown"), "submitted", said, operation=to_json(operation))
    return "ours"


def hold_unsent(unit: Unit, lease: Lease, purchase: str, prepared: Mapping[str, Any], said: str) -> None:
    """intent → unknown, as though it had been sent: a person says whether it is among what is listed. Fenced."""
    fence(unit.conn, lease)
    # Through posting, which it leaves in the same commit: nobody sees it there, and it does not count as sent.
    never = {"sends": purchases.c.sends, "prepared": as_json(prepared)}
    if advanced(unit, purchase, "intent", "posting", said, **never) is not None:
        advanced(unit, purchase, "posting", "unknown", said)


def expected(conn: Connection, account: str) -> list[tuple[str, Mapping[str, Any]]]:
    """(provider, prepared) of purchases that were sent and not answered: they look for theirs by themselves."""
    sent = (purchases.c.account == account, purchases.c.state.in_(("posting", "unknown")), purchases.c.sends > 0)
    rows = conn.execute(select(purchases.c.provider, purchases.c.prepared).where(*sent))
    return [(row.provider, plain(row.prepared)) for row in rows]


def known_operations(conn: Connection, provider: str) -> frozenset[str]:
    """Ids of every operation of a provider that a purchase has, or has had come to light, whosever it is."""
    held = select(purchases.c.operation).where(purchases.c.provider == provider, purchases.c.operation.is_not(None))
    lit = select(purchase_history.c.operation).join(purchases)
    lit = lit.where(purchases.c.provider == provider, purchase_history.c.operation.is_not(None))
    return frozenset(str(id_in(one)) for query in (held, lit) for one in conn.execute(query.distinct()).scalars())


def own_operations(conn: Connection, provider: str) -> OwnWork:
    """What the journal knows of our own work at a provider, for who reads its list without a purchase to look for."""
    known = known_operations(conn, provider)
    return OwnWork(claimed=known, before=known)


def _denied(conn: Connection, row: Row[Any]) -> int:
    """Where the history stood when a person last said of an earlier try of this order that it is none of those."""
    tries = select(purchases.c.id).where(
        purchases.c.scope == row.scope,
        purchases.c.order_fingerprint == row.order_fingerprint,
        purchases.c.n == row.n,
        purchases.c.id != row.id,
        purchases.c.sends == 0,
        purchases.c.state.in_(ENDED),
        purchases.c.succeeded_at.is_(None),
    )
    decided = select(func.max(purchase_history.c.seq)).where(
        purchase_history.c.purchase.in_(tries),
        purchase_history.c.from_state == "unknown",
        purchase_history.c.to_state.in_(ENDED),
    )
    return conn.execute(decided).scalar() or 0
