"""Reads what a journal holds in numbers: rows of each table, states, newest events. It returns no word of a film."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from reelwright.store.schema.columns import metadata
from reelwright.store.schema.rows import to_event
from reelwright.store.schema.schema import events, jobs, purchases


def read_summary(conn: Connection) -> Mapping[str, Any]:
    """Count the rows of every table, the jobs by state, and the purchases by provider and state."""
    rows = {table.name: _count(conn, table) for table in metadata.sorted_tables}
    by_state = conn.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state).order_by(jobs.c.state)).all()
    whom = (purchases.c.provider, purchases.c.state)
    bought = conn.execute(select(*whom, func.count()).group_by(*whom).order_by(*whom)).all()
    return {
        "rows": rows,
        "jobs": {row.state: row[1] for row in by_state},
        "purchases": {f"{provider} {state}": count for provider, state, count in bought},
    }


def list_newest_events(conn: Connection, most: int) -> Sequence[Mapping[str, Any]]:
    """List the newest ``most`` events of all accounts, oldest first, each without the words that it may hold."""
    newest = conn.execute(select(events).order_by(events.c.id.desc()).limit(most)).all()
    return [_build_bare_event(row) for row in reversed(newest)]


def _count(conn: Connection, table: Any) -> int:
    return conn.execute(select(func.count()).select_from(table)).scalar() or 0


def _build_bare_event(row: Any) -> Mapping[str, Any]:
    event, body = to_event(row), json.loads(row.body)
    reason = body.get("reason")
    found = {
        "at": event.at.isoformat(), "kind": event.kind, "account": event.account, "project": event.project,
        "job": event.job, "step": body.get("step"), "purchase": body.get("purchase"),
        "reason": reason.get("code") if isinstance(reason, dict) else None,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}
