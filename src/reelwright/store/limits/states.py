"""The states of a purchase: one complete table of moves. Each move checks the state before and enters the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from reelwright.errors import NotFound
from reelwright.reason import Reason
from reelwright.reel.records.operation import PurchaseState
from reelwright.store.database.unit import Unit
from reelwright.store.schema.schema import purchase_history, purchases
from reelwright.store.schema.sql import NowMs, encode_reason, shorten_reason

STATES: Final[tuple[PurchaseState, ...]] = get_args(PurchaseState)
_MOVES: Final[dict[PurchaseState, tuple[PurchaseState, ...]]] = {
    # "submitted" from intent: a director that had lost its lease was thought not to have sent, but had bought.
    "intent": ("posting", "submitted", "released"),
    "posting": ("submitted", "succeeded", "failed", "intent", "released", "unknown"),
    # "unknown" from submitted: a person decides about an operation that its provider does not know any more.
    # "released" from submitted: its job was stopped, and another of the account goes on with its operation.
    "submitted": ("succeeded", "failed", "unknown", "released"),
    "succeeded": ("settled", "released"),
    "failed": ("settled", "released"),
    "unknown": ("submitted", "intent", "succeeded", "settled", "released"),
    "settled": (),
    "released": (),
}
ALLOWED: Final[dict[tuple[PurchaseState, PurchaseState], bool]] = {
    (a, b): b in _MOVES[a] for a in STATES for b in STATES
}
"""Whether a purchase may move from the first state to the second, for every pair of states."""
ENDED: Final[frozenset[PurchaseState]] = frozenset({"settled", "released"})

_STAMPS: Final[dict[PurchaseState, str]] = {
    "posting": "posted_at",
    "submitted": "submitted_at",
    "succeeded": "succeeded_at",
    "settled": "ended_at",
    "released": "ended_at",
}


def lock_purchase(conn: Connection, purchase: str) -> Row[Any]:
    """Lock a purchase against other moves and return its row. Raises ``NotFound``.

    Its id was minted by us and is unique over all accounts.
    """
    row = conn.execute(select(purchases).where(purchases.c.id == purchase).with_for_update()).first()
    if row is None:
        raise NotFound(code="purchase_not_found", purchase=purchase)
    return row


def lock_account_purchase(unit: Unit, account: str, purchase: str) -> Row[Any]:
    """Lock a purchase of the account and return its row. Raises ``NotFound`` where the account has none of that id."""
    row = lock_purchase(unit.conn, purchase)
    if row.account != account:
        raise NotFound(code="purchase_not_found", purchase=purchase)
    return row


def advance(
    unit: Unit, purchase: str, source: PurchaseState, to: PurchaseState, reason: Reason | None,
    only_if: ColumnElement[bool] | None = None, **also: Any,
) -> Row[Any] | None:  # fmt: skip
    """Move a purchase from ``source`` to ``to``, with history and event; return its row, or None in another state.

    One statement moves it. ``only_if``: a further condition. ``also``: further columns to set.
    """
    assert ALLOWED[source, to], f"a purchase never goes from {source} to {to}"
    which = [purchases.c.id == purchase, purchases.c.state == source, *([] if only_if is None else [only_if])]
    columns = {"state": to, "reason": encode_reason(reason), **_build_stamps(to), **also}
    row = unit.conn.execute(update(purchases).where(*which).values(**columns).returning(*purchases.c)).first()
    if row is not None:
        record_history(unit, row, source, to, reason, also.get("operation"))
    return row


def move(
    unit: Unit, row: Row[Any], sources: Sequence[PurchaseState], to: PurchaseState, reason: Reason | None, **also: Any
) -> bool:
    """Move a locked purchase to ``to``, with a line of history and an event. False: it is in none of ``sources``.

    ``also``: further columns to set.
    """
    wrong = [source for source in sources if not ALLOWED[source, to]]
    assert not wrong, f"a purchase never goes from {wrong} to {to}"
    if row.state not in sources:
        return False
    which = (purchases.c.account == row.account, purchases.c.id == row.id, purchases.c.state == row.state)
    changed = (
        update(purchases).where(*which).values(state=to, reason=encode_reason(reason), **_build_stamps(to), **also)
    )
    if not unit.conn.execute(changed).rowcount:
        return False
    record_history(unit, row, row.state, to, reason, also.get("operation"))
    return True


def reopen(unit: Unit, row: Row[Any], reason: Reason, **also: Any) -> None:
    """Move a locked purchase that a person ended back to ``unknown``: the only way out of an end, and not in the table.

    Its price is cleared; the caller holds its reservation again. A dispute about its bill goes on. ``also``: further
    columns to set.
    """
    assert row.state in ENDED, "only what has ended is reopened"
    cleared = {"settled_micros": None, "settlement": None, "ended_at": None}
    columns = {"state": "unknown", "reason": encode_reason(reason), **cleared, **also}
    which = (purchases.c.account == row.account, purchases.c.id == row.id)
    unit.conn.execute(update(purchases).where(*which).values(**columns))
    record_history(unit, row, row.state, "unknown", reason)


def _build_stamps(to: PurchaseState) -> dict[str, Any]:
    """Build the columns that a move to ``to`` sets: times by the database's clock, and the number of sends."""
    stamp: dict[str, Any] = {_STAMPS[to]: NowMs()} if to in _STAMPS else {}
    if to == "posting":
        stamp["send_count"] = purchases.c.send_count + 1
    elif to == "released":
        stamp |= {
            "billed_micros": None,
            "dispute": None,
        }  # what costs nothing has no bill that a person could decide about
    elif to not in ENDED and to != "intent":
        stamp["posted_at"] = func.coalesce(purchases.c.posted_at, NowMs())  # an answer proves that it was sent
    return stamp


def record_history(
    unit: Unit,
    row: Row[Any],
    source: str | None,
    to: PurchaseState,
    reason: Reason | None,
    operation: str | None = None,
) -> None:
    """Append a line to the purchase's history, and add its event."""
    kept = {
        "purchase": row.id,
        "from_state": source,
        "to_state": to,
        "reason": encode_reason(reason),
        "operation": operation,
    }
    unit.conn.execute(purchase_history.insert().values(at=NowMs(), **kept))
    body = {"purchase": row.id, "step": row.step, "from": source, "reason": shorten_reason(reason)}
    unit.add_event(row.account, row.project, row.job, f"purchase.{to}", body)
