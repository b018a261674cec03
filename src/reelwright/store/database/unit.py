"""Units of work: a connection, and the events that are inserted in its transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, text

from reelwright.store.schema.sql import LOCKS, as_json

EventRow = dict[str, Any]
"""An event's columns without its id and time."""
_LOCKED_INSERT: Final = text(
    "WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(:key)) "
    "INSERT INTO events (at, account, project, job, kind, body) "
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT), account, project, job, kind, body "
    "FROM held, unnest(CAST(:account AS TEXT[]), CAST(:project AS TEXT[]), CAST(:job AS TEXT[]), "
    "CAST(:kind AS TEXT[]), CAST(:body AS TEXT[])) "
    "WITH ORDINALITY AS told (account, project, job, kind, body, number) ORDER BY number"
)
"""Locks and inserts in one statement: an event gets its id only after the lock in ``held`` was taken."""
_INSERT: Final = text(
    "INSERT INTO events (at, account, project, job, kind, body) "
    "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER), json_extract(value, '$[0]'), "
    "json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'), "
    "json_extract(value, '$[4]') FROM json_each(:told)"
)


class Unit:
    """The connection of one write, or of many of a kind, and the ``events`` that the transaction inserts last."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.events: list[EventRow] = []

    def add_event(self, account: str, project: str, job: str | None, kind: str, body: Mapping[str, Any]) -> None:
        """Add an event, which becomes visible together with the change that it reports."""
        event = {"account": account, "project": project, "job": job, "kind": kind, "body": as_json(body)}
        self.events.append(event)


def write_events(conn: Connection, events: Sequence[EventRow]) -> None:
    """Insert events. On PostgreSQL under a lock, so that ids grow in the order in which events become visible.

    Without the lock, transactions commit in another order than they take ids from the sequence.
    """
    if events and conn.dialect.name == "postgresql":
        columns = {name: [one[name] for one in events] for name in events[0]}
        conn.execute(_LOCKED_INSERT, {"key": LOCKS["events"], **columns})
    elif events:
        conn.execute(_INSERT, {"told": as_json([list(one.values()) for one in events])})
