"""Whose an operation is: recorded where its answer came, and never taken by two of those who only find it in a list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from reelwright.reel.document import to_json
from reelwright.reel.ledger import Whose
from reelwright.reel.operation import Operation
from reelwright.store.rows import plain
from reelwright.store.schema import AT_PROVIDER, purchases
from reelwright.store.sql import hold, now_ms
from reelwright.store.states import advanced, locked, move, remember
from reelwright.store.unit import Unit

ANSWERED_S: Final = 600
"""No send of ours takes longer, with its answer: 15 s to its first byte, 120 s to its last, 300 s for a song."""


def bought(unit: Unit, purchase: str, operation: Operation) -> None:
    """Record what was bought, whoever says so and whenever: an operation that we pay for is never dropped."""
    if advanced(unit, purchase, "posting", "submitted", "", operation=to_json(operation)):
        return  # nobody can have found it meanwhile: ``found`` waits for whoever is being sent
    row = locked(unit.conn, purchase)
    _keep(unit, row, operation)
    for other in named_by_others(unit.conn, row, operation):
        said = f"{operation.id}, which it goes by, was answered to {row.id}: only one of both was billed"
        remember(unit, other, other.state, other.state, said)


def found(unit: Unit, purchase: str, operation: Operation, seen_s: float = 0.0) -> Whose:
    """Record what the provider's list shows for a purchase in ``unknown``, unless it is, or may be, another's.

    One finds at a time: what two look for alike, the first has. A like purchase that is being sent may be the one
    that made it; its answer will say so, and while it may still come nobody takes the operation for his own.
    ``seen_s``: seconds since the operation was first seen: who was sent after that has not made it.
    """
    one_finds(unit)
    row = locked(unit.conn, purchase)
    if row.state in ("unknown", "intent", "posting"):
        if named_by_others(unit.conn, row, operation):
            return "anothers"
        if _is_sent_alike(unit.conn, row, seen_s):
            return "not_yet"
    if _keep(unit, row, operation) or (row.state == "submitted" and id_in(row.operation) == operation.id):
        return "ours"
    return "over"


def one_finds(unit: Unit) -> None:
    """Until this transaction ends nobody else finds or names an operation. Before any row is locked."""
    hold(unit.conn, "found")


def named_by_others(conn: Connection, row: Row[Any], operation: Operation) -> Sequence[Row[Any]]:
    """Purchases other than ``row`` that have this very operation of its provider; by its id alone: what a person named
    stands without the facts that an adapter adds.
    """
    named = purchases.c.operation.contains(json.dumps(operation.id, ensure_ascii=False), autoescape=True)
    others = (purchases.c.provider == row.provider, purchases.c.id != row.id, named)
    return [other for other in conn.execute(select(purchases).where(*others)) if id_in(other.operation) == operation.id]


def id_in(operation: str | None) -> str | None:
    """The id of an operation as a row spells it."""
    return None if operation is None else str(plain(operation)["id"])


def _keep(unit: Unit, row: Row[Any], operation: Operation) -> bool:
    """→ submitted; where the row stands elsewhere, what it did not know of is kept in its history, and told."""
    told = to_json(operation)
    if move(unit, row, ("posting", "unknown", "intent"), "submitted", "", operation=told):
        return True
    if id_in(row.operation) != operation.id:
        said = f"a second operation came to light, {operation.id}: it may have been paid too"
        remember(unit, row, row.state, row.state, said, told)
    return False


def _is_sent_alike(conn: Connection, row: Row[Any], seen_s: float) -> bool:
    """Whether an answer may still come to another purchase of the same model that was sent before."""
    alike = (purchases.c.provider == row.provider, purchases.c.model == row.model, purchases.c.id != row.id)
    since, until = now_ms() - ANSWERED_S * 1000, now_ms() - round(seen_s * 1000)
    sent = (purchases.c.state == "posting", purchases.c.posted_at > since, purchases.c.posted_at <= until)
    return conn.execute(select(purchases.c.id).where(AT_PROVIDER, *alike, *sent).limit(1)).first() is not None
