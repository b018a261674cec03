"""The life of a purchase: one total table of moves, each guarded by where it starts and kept in the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

from sqlalchemy import Connection, Row, func, select, update

from reelwright.errors import NotFound
from reelwright.reel.operation import PurchaseState
from reelwright.store.schema import purchase_history, purchases
from reelwright.store.sql import as_said, now_ms
from reelwright.store.unit import Unit

STATES: Final[tuple[PurchaseState, ...]] = get_args(PurchaseState)
_MOVES: Final[dict[PurchaseState, tuple[PurchaseState, ...]]] = {
    # "submitted" from intent: a director that lost its lease was held for absent, but had bought after all.
    "intent": ("posting", "submitted", "released"),
    "posting": ("submitted", "succeeded", "failed", "intent", "released", "unknown"),
    # "unknown" from submitted: a person says what became of what its provider does not know any more.
    "submitted": ("succeeded", "failed", "unknown"),
    "succeeded": ("settled", "released"),
    "failed": ("settled", "released"),
    "unknown": ("submitted", "intent", "succeeded", "settled", "released"),
    "settled": (),
    "released": (),
}
ALLOWED: Final[dict[tuple[PurchaseState, PurchaseState], bool]] = {
    (a, b): b in _MOVES[a] for a in STATES for b in STATES
}
"""Whether a purchase may go from the first state to the second. Total: every pair has an answer."""
ENDED: Final[frozenset[PurchaseState]] = frozenset({"settled", "released"})

_STAMPS: Final[dict[PurchaseState, str]] = {
    "posting": "posted_at",
    "submitted": "submitted_at",
    "succeeded": "succeeded_at",
    "settled": "ended_at",
    "released": "ended_at",
}


def locked(conn: Connection, purchase: str) -> Row[Any]:
    """The purchase's row, locked against other moves. Its id was minted by us and is unique over all accounts."""
    row = conn.execute(select(purchases).where(purchases.c.id == purchase).with_for_update()).first()
    if row is None:
        raise NotFound(f"there is no purchase {purchase}")
    return row


def of_account(unit: Unit, account: str, purchase: str) -> Row[Any]:
    """The locked row. Raises ``NotFound`` where the account has none of that id."""
    row = locked(unit.conn, purchase)
    if row.account != account:
        raise NotFound(f"there is no purchase {purchase}")
    return row


def advanced(
    unit: Unit, purchase: str, source: PurchaseState, to: PurchaseState, said: str, **also: Any
) -> Row[Any] | None:
    """The row as it stands after the move, in one statement; None where it did not stand in ``source``."""
    assert ALLOWED[source, to], f"a purchase never goes from {source} to {to}"
    which = (purchases.c.id == purchase, purchases.c.state == source)
    told = {"state": to, "said": as_said(said), **_stamp(to), **also}
    row = unit.conn.execute(update(purchases).where(*which).values(**told).returning(*purchases.c)).first()
    if row is not None:
        remember(unit, row, source, to, said, also.get("operation"))
    return row


def move(
    unit: Unit, row: Row[Any], sources: Sequence[PurchaseState], to: PurchaseState, said: str, **also: Any
) -> bool:
    """One move of a locked row, with its history and its event. False when it does not stand in ``sources``."""
    wrong = [source for source in sources if not ALLOWED[source, to]]
    assert not wrong, f"a purchase never goes from {wrong} to {to}"
    if row.state not in sources:
        return False
    which = (purchases.c.account == row.account, purchases.c.id == row.id, purchases.c.state == row.state)
    changed = update(purchases).where(*which).values(state=to, said=as_said(said), **_stamp(to), **also)
    if not unit.conn.execute(changed).rowcount:
        return False
    remember(unit, row, row.state, to, said, also.get("operation"))
    return True


def _stamp(to: PurchaseState) -> dict[str, Any]:
    """What the database notes of a move to ``to``, by its own clock."""
    stamp: dict[str, Any] = {_STAMPS[to]: now_ms()} if to in _STAMPS else {}
    if to == "posting":
        stamp["sends"] = purchases.c.sends + 1
    elif to not in ENDED and to != "intent":
        stamp["posted_at"] = func.coalesce(purchases.c.posted_at, now_ms())  # an answer proves that it was sent
    return stamp


def remember(
    unit: Unit, row: Row[Any], source: str | None, to: PurchaseState, said: str, operation: str | None = None
) -> None:
    """Append to the purchase's history, and tell."""
    kept = {"purchase": row.id, "from_state": source, "to_state": to, "said": as_said(said), "operation": operation}
    unit.conn.execute(purchase_history.insert().values(at=now_ms(), **kept))
    told = {"purchase": row.id, "step": row.step, "from": source, "said": as_said(said)}
    unit.tell(row.account, row.project, row.job, f"purchase.{to}", told)
