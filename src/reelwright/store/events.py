"""What happened, in the order in which it became visible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, case, func, select

from reelwright.errors import LeaseLost
from reelwright.reel.operation import Event, Lease
from reelwright.store.leases import refusals
from reelwright.store.rows import event_of
from reelwright.store.schema import events
from reelwright.store.unit import Unit

PAGE: Final = 1000
"""Events in one answer at most; ask again after the last."""

TOLD_ONLY: Final = ("step.started", "step.again")


class Noted(NamedTuple):
    """An event that a director tells of the project it drives."""

    lease: Lease
    job: str | None
    kind: str
    body: Mapping[str, Any]


def since(conn: Connection, account: str, after: int, project: str | None) -> Sequence[Event]:
    """Up to ``PAGE`` events with ids above ``after``, oldest first."""
    query = select(events).where(events.c.account == account, events.c.id > after)
    if project is not None:
        query = query.where(events.c.project == project)
    return [event_of(row) for row in conn.execute(query.order_by(events.c.id).limit(PAGE))]


def stirred(conn: Connection, after: int | None) -> tuple[int, Mapping[str, int]]:
    """The newest event's id; and of each project with events above ``after`` (None: of none) the newest one's.

    Of all accounts. Those that tell only what is being done, and change nothing of a standing, count in the first only.
    """
    if after is None:
        return conn.execute(select(func.max(events.c.id))).scalar() or 0, {}
    changes = func.max(case((events.c.kind.not_in(TOLD_ONLY), events.c.id))).label("changed")
    query = select(events.c.project, func.max(events.c.id).label("id"), changes).where(events.c.id > after)
    found = conn.execute(query.group_by(events.c.project)).all()
    return max((row.id for row in found), default=after), {row.project: row.changed for row in found if row.changed}


def note(unit: Unit, noted: Sequence[Noted]) -> Sequence[LeaseLost | None]:
    """Events of their own."""
    lost = refusals(unit.conn, [one.lease for one in noted])
    for one, refused in zip(noted, lost, strict=True):
        if refused is None:
            unit.tell(one.lease.account, one.lease.project, one.job, one.kind, one.body)
    return lost
