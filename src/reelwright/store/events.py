"""What happened, in the order in which it became visible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from reelwright.reel.operation import Event, Lease
from reelwright.store.leases import fence
from reelwright.store.rows import event_of
from reelwright.store.schema import events
from reelwright.store.unit import Unit

PAGE: Final = 1000
"""Events in one answer at most; ask again after the last."""


def since(conn: Connection, account: str, after: int, project: str | None) -> Sequence[Event]:
    """Up to ``PAGE`` events with ids above ``after``, oldest first."""
    query = select(events).where(events.c.account == account, events.c.id > after)
    if project is not None:
        query = query.where(events.c.project == project)
    return [event_of(row) for row in conn.execute(query.order_by(events.c.id).limit(PAGE))]


def note(unit: Unit, lease: Lease, job: str | None, kind: str, body: Mapping[str, Any]) -> None:
    """An event of its own."""
    fence(unit.conn, lease)
    unit.tell(lease.account, lease.project, job, kind, body)
