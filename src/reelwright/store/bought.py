"""Whose an operation is: recorded where its answer came, and never taken by two of those who only find it in a list."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, func, select

from reelwright.reel.document import to_json
from reelwright.reel.ledger import OwnWork, Whose
from reelwright.reel.operation import Operation
from reelwright.store.processes import is_gone, machine
from reelwright.store.rows import plain
from reelwright.store.schema import AT_PROVIDER, STARTED, directors, leases, purchase_history, purchases
from reelwright.store.sql import hold, now_ms
from reelwright.store.states import advanced, locked, move, remember
from reelwright.store.unit import Unit

ANSWERED_S: Final = 600
"""No send of ours takes longer, with its answer: 15 s to its first byte, 120 s to its last, 300 s for a song."""
_MOST_KNOWN: Final = 10_000
"""Newest operations that are compared with a list; an older one that a list shows is a person's to recognise."""
_RECENT_MS: Final = 24 * 3600 * 1000


def bought(unit: Unit, purchase: str, operation: Operation) -> None:
    """Record what was bought, whoever says so and whenever: an operation that we pay for is never dropped."""
    if advanced(unit, purchase, "posting", "submitted", "", operation=to_json(operation)):
        return  # nobody can have found it meanwhile: ``found`` waits for whoever is being sent
    row = locked(unit.conn, purchase)
    _keep(unit, row, operation)
    for other in named_by_others(unit.conn, row, operation):
        said = f"{operation.id}, which it goes by, was answered to {row.id}: only one of both was billed"
        remember(unit, other, other.state, other.state, said)


def found(unit: Unit, purchase: str, operation: Operation, mark: int | None = None, waited_s: float = 0.0) -> Whose:
    """Record what the provider's list shows for a purchase in ``unknown``, unless it is, or may be, another's.

    One finds at a time: what two look for alike, the first has. A like purchase that is being sent may be the one
    that made it; its answer will say so, and while it may still come nobody takes the operation for his own.
    ``mark``: where the history ended once the operation had been seen; who was posted after that has not made it.
    ``waited_s``: how long the caller has waited since then, by its own clock.
    """
    one_finds(unit)
    row = locked(unit.conn, purchase)
    if row.state in ("unknown", "intent", "posting"):
        if named_by_others(unit.conn, row, operation):
            return "anothers"
        if is_sent_alike(unit.conn, row, mark, waited_s):
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


def is_sent_alike(conn: Connection, row: Row[Any], mark: int | None, waited_s: float) -> bool:
    """Whether an answer may still come to another purchase of the same model that was posted before ``mark``.

    None comes to one whose director's process is gone.
    """
    if waited_s >= ANSWERED_S:
        return False
    alike = (purchases.c.provider == row.provider, purchases.c.model == row.model, purchases.c.id != row.id)
    begun = exists().where(purchase_history.c.purchase == purchases.c.id, STARTED)
    if mark is not None:
        begun = begun.where(purchase_history.c.seq <= mark)
    senders = leases.outerjoin(directors, directors.c.id == leases.c.director)
    sent = select(directors).select_from(purchases.outerjoin(senders, leases.c.project == purchases.c.project))
    sent = sent.where(AT_PROVIDER, *alike, purchases.c.state == "posting", begun)
    return any(_may_answer(conn, director) for director in conn.execute(sent))


def _may_answer(conn: Connection, director: Row[Any]) -> bool:
    """Whether a process may be left that records the answer. One that is far away may be, whatever is heard of it.

    A project that nobody holds was let go of by its director in good order, with no answer on its way; only one that
    had lost it to another may still be sending, and that director lives.
    """
    if director.id is not None:
        return not _is_dead(director)
    return any(not (_is_dead(other) or _is_this_process(other)) for other in conn.execute(select(directors)))


def _is_dead(director: Row[Any]) -> bool:
    return (director.host, director.boot) == machine() and is_gone(director.pid, director.born)


def _is_this_process(director: Row[Any]) -> bool:
    return (director.host, director.boot) == machine() and director.pid == os.getpid()


def history_mark(conn: Connection) -> int:
    """Where the history of purchases ends now: an order of events that no clock can change."""
    return conn.execute(select(func.max(purchase_history.c.seq))).scalar() or 0


def own_work(conn: Connection, purchase: str) -> OwnWork:
    """What is known of our own work at the provider of a purchase, whichever account or project it was for."""
    row = conn.execute(select(purchases).where(purchases.c.id == purchase)).one()
    others = (purchases.c.provider == row.provider, purchases.c.id != purchase)
    begun = select(func.min(purchase_history.c.seq)).where(purchase_history.c.purchase == purchase, STARTED)
    posted = conn.execute(begun).scalar()
    named = select(purchase_history.c.operation, purchase_history.c.seq).join(purchases)
    named = named.where(*others, purchase_history.c.operation.is_not(None))
    recorded = conn.execute(named.order_by(purchase_history.c.seq.desc()).limit(_MOST_KNOWN)).all()
    held = select(purchases.c.operation).where(*others, purchases.c.operation.is_not(None))
    claimed = conn.execute(held.order_by(purchases.c.intent_at.desc()).limit(_MOST_KNOWN)).scalars()
    ago = select(now_ms() - purchases.c.posted_at).where(purchases.c.id == purchase)
    return OwnWork(
        claimed=frozenset({*filter(None, map(id_in, claimed)), *(str(id_in(one.operation)) for one in recorded)}),
        before=frozenset(str(id_in(one.operation)) for one in recorded if posted is not None and one.seq < posted),
        is_recent=0 <= (conn.execute(ago).scalar() or 0) < _RECENT_MS,
    )
