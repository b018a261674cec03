"""The ledger as a person reads it: every purchase with the origin of its price, and its corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from reelwright.errors import NotFound
from reelwright.reason import Reason
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.records.ledger import Adjustment, LedgerEntry
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation
from reelwright.store.schema.rows import from_json
from reelwright.store.schema.schema import adjustments, purchase_history, purchases
from reelwright.store.schema.sql import to_datetime
from reelwright.units import Micros


def list_entries(conn: Connection, account: str, project: str | None = None) -> Sequence[LedgerEntry]:
    """List every purchase of an account, or of one project, the earliest first."""
    which = [purchases.c.account == account]
    if project is not None:
        which.append(purchases.c.project == project)
    return _entries(conn, *which)


def read_entry(conn: Connection, account: str, purchase: str) -> LedgerEntry:
    """Read one purchase of the account. Raises ``NotFound``."""
    found = _entries(conn, purchases.c.account == account, purchases.c.id == purchase)
    if not found:
        raise NotFound(code="purchase_not_found", purchase=purchase)
    return found[0]


def _entries(conn: Connection, *which: Any) -> list[LedgerEntry]:
    kept: dict[str, list[Adjustment]] = defaultdict(list)
    corrected = select(adjustments).join(purchases).where(*which).order_by(adjustments.c.seq)
    for row in conn.execute(corrected):
        kept[row.purchase].append(_adjustment(row))
    noticed: dict[str, list[Reason]] = defaultdict(list)
    for row in conn.execute(_select_notices(*which)):
        if reason := Reason.from_text(row.reason):
            noticed[row.purchase].append(reason)
    moved = purchase_history.alias()
    moves = (moved.c.purchase == purchases.c.id, moved.c.from_state != moved.c.to_state)
    given_up = exists().where(
        purchase_history.c.seq == select(func.max(moved.c.seq)).where(*moves).correlate(purchases).scalar_subquery(),
        purchase_history.c.from_state == "unknown",
        purchase_history.c.to_state == "settled",
    )
    query = select(purchases, given_up.label("written_off")).where(*which)
    rows = conn.execute(query.order_by(purchases.c.intent_at, purchases.c.id))
    return [_entry(row, tuple(kept[row.id]), tuple(noticed[row.id])) for row in rows]


def _select_notices(*which: Any) -> Any:
    """Select the lines of the history without a change of state: notes on what came to light about a purchase."""
    history = purchase_history.c
    lines = select(history.purchase, history.reason).join(purchases).where(*which)
    return lines.where(history.from_state == history.to_state).order_by(history.seq)


def _adjustment(row: Row[Any]) -> Adjustment:
    at = to_datetime(row.at)
    assert at is not None
    return Adjustment(purchase=row.purchase, micros=row.micros, because=row.reason, by=row.author, at=at)


def _entry(row: Row[Any], corrected: tuple[Adjustment, ...], noticed: tuple[Reason, ...]) -> LedgerEntry:
    intended = to_datetime(row.intent_at)
    assert intended is not None
    return LedgerEntry(
        id=row.id,
        project=row.project,
        job=row.job,
        step=StepKey(row.step),
        fingerprint=Fingerprint(row.fingerprint),
        try_=row.attempt,
        state=row.state,
        provider=row.provider,
        model=row.model,
        quote=from_json(Price, row.quote, "quote"),
        settlement=from_json(Price, row.settlement, "settlement") if row.settlement else None,
        operation=from_json(Operation, row.operation, "operation") if row.operation else None,
        sends=row.send_count,
        reason=Reason.from_text(row.reason),
        intended_at=intended,
        posted_at=to_datetime(row.posted_at),
        ended_at=to_datetime(row.ended_at),
        not_before=to_datetime(row.not_before),
        has_landed=row.succeeded_at is not None,
        is_written_off=bool(row.written_off),
        adjustments=corrected,
        notices=noticed,
        counted_micros=Micros(row.settled_micros or 0),
        dispute=row.dispute,
        billed_micros=None if row.billed_micros is None else Micros(row.billed_micros),
    )
