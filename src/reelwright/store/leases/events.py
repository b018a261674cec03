"""Events of projects, in the order in which they became visible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, case, func, select

from reelwright.errors import LeaseLost
from reelwright.reel.records.operation import Event, Lease
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import find_lost_leases
from reelwright.store.policy import EVENTS_PER_PAGE
from reelwright.store.schema.rows import to_event
from reelwright.store.schema.schema import events

PROGRESS_KINDS: Final = ("step.started", "step.again")
"""Kinds of events that only report progress: a standing does not change with them."""


class LeasedEvent(NamedTuple):
    """An event of a project, from the director that holds its lease."""

    lease: Lease
    job: str | None
    kind: str
    body: Mapping[str, Any]


def list_events(conn: Connection, account: str, after: int = 0, project: str | None = None) -> Sequence[Event]:
    """List up to 1,000 events of an account or of one project with ids above ``after``, oldest first."""
    query = select(events).where(events.c.account == account, events.c.id > after)
    if project is not None:
        query = query.where(events.c.project == project)
    return [to_event(row) for row in conn.execute(query.order_by(events.c.id).limit(EVENTS_PER_PAGE))]


def find_last_event(conn: Connection, account: str, project: str) -> int:
    """Find the id of a project's newest event; 0 if there is none."""
    query = select(func.max(events.c.id)).where(events.c.account == account, events.c.project == project)
    return conn.execute(query).scalar() or 0


def find_newest_event(conn: Connection, account: str) -> int:
    """Find the id of the account's newest event; 0 if there is none."""
    return conn.execute(select(func.max(events.c.id)).where(events.c.account == account)).scalar() or 0


def poll_changes(conn: Connection, after: int | None) -> tuple[int, Mapping[str, int]]:
    """Return the newest event's id, and by project the id of its newest change after ``after``, in all accounts.

    With ``after`` None no project is returned. Events that only report progress (``PROGRESS_KINDS``) change no
    standing: they count for the first value only.
    """
    if after is None:
        return conn.execute(select(func.max(events.c.id))).scalar() or 0, {}
    changes = func.max(case((events.c.kind.not_in(PROGRESS_KINDS), events.c.id))).label("changed")
    query = select(events.c.project, func.max(events.c.id).label("id"), changes).where(events.c.id > after)
    found = conn.execute(query.group_by(events.c.project)).all()
    return max((row.id for row in found), default=after), {row.project: row.changed for row in found if row.changed}


def record_events(unit: Unit, leased_events: Sequence[LeasedEvent]) -> Sequence[LeaseLost | None]:
    """Record events on their own; return the error of each whose lease was lost, which is not recorded."""
    lost = find_lost_leases(unit.conn, [one.lease for one in leased_events])
    for one, refused in zip(leased_events, lost, strict=True):
        if refused is None:
            unit.add_event(one.lease.account, one.lease.project, one.job, one.kind, one.body)
    return lost
