"""The ledger as a person reads it: every purchase with how its price came about, and its corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from reelwright.errors import NotFound
from reelwright.reel.ledger import Adjustment, Entry
from reelwright.reel.money import Price
from reelwright.reel.noun import Fingerprint, StepKey
from reelwright.reel.operation import Operation
from reelwright.store.rows import from_json
from reelwright.store.schema import adjustments, purchase_history, purchases
from reelwright.store.sql import moment
from reelwright.units import Micros


def list_entries(conn: Connection, account: str, project: str | None = None) -> Sequence[Entry]:
    """Every purchase of an account, or of one project, first intended first."""
    which = [purchases.c.account == account]
    if project is not None:
        which.append(purchases.c.project == project)
    return _entries(conn, *which)


def entry(conn: Connection, account: str, purchase: str) -> Entry:
    """One purchase. Raises ``NotFound``."""
    found = _entries(conn, purchases.c.account == account, purchases.c.id == purchase)
    if not found:
        raise NotFound(f"there is no purchase {purchase}")
    return found[0]


def _entries(conn: Connection, *which: Any) -> list[Entry]:
    kept: dict[str, list[Adjustment]] = defaultdict(list)
    corrected = select(adjustments).join(purchases).where(*which).order_by(adjustments.c.seq)
    for row in conn.execute(corrected):
        kept[row.purchase].append(_adjustment(row))
    noticed: dict[str, list[str]] = defaultdict(list)
    for row in conn.execute(_noticed(*which)):
        noticed[row.purchase].append(row.said)
    given_up = exists().where(
        purchase_history.c.purchase == purchases.c.id,
        purchase_history.c.from_state == "unknown",
        purchase_history.c.to_state == "settled",
    )
    query = select(purchases, given_up.label("written_off")).where(*which)
    rows = conn.execute(query.order_by(purchases.c.intent_at, purchases.c.id))
    return [_entry(row, tuple(kept[row.id]), tuple(noticed[row.id])) for row in rows]


def _noticed(*which: Any) -> Any:
    """Lines of the history that move nothing: what came to light about a purchase that stands where it stood."""
    history = purchase_history.c
    lines = select(history.purchase, history.said).join(purchases).where(*which)
    return lines.where(history.from_state == history.to_state).order_by(history.seq)


def _adjustment(row: Row[Any]) -> Adjustment:
    at = moment(row.at)
    assert at is not None
    return Adjustment(purchase=row.purchase, micros=row.micros, because=row.because, by=row.said_by, at=at)


def _entry(row: Row[Any], corrected: tuple[Adjustment, ...], noticed: tuple[str, ...]) -> Entry:
    intended = moment(row.intent_at)
    assert intended is not None
    return Entry(
        id=row.id,
        project=row.project,
        job=row.job,
        step=StepKey(row.step),
        fingerprint=Fingerprint(row.fingerprint),
        try_=row._mapping["try"],
        state=row.state,
        provider=row.provider,
        model=row.model,
        quote=from_json(Price, row.quote, "quote"),
        settlement=from_json(Price, row.settlement, "settlement") if row.settlement else None,
        operation=from_json(Operation, row.operation, "operation") if row.operation else None,
        sends=row.sends,
        said=row.said,
        intended=intended,
        posted=moment(row.posted_at),
        ended=moment(row.ended_at),
        not_before=moment(row.not_before),
        landed=row.succeeded_at is not None,
        written_off=bool(row.written_off),
        adjustments=corrected,
        noticed=noticed,
        counted=Micros(row.settled or 0),
        dispute=row.dispute,
    )
