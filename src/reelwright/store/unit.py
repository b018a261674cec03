"""What a write may do: its connection, and the events that ride in its transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, text

from reelwright.store.sql import LOCKS, as_json

Told = dict[str, Any]
"""An event's columns but its number and its time."""
_LOCKED_INSERT: Final = text(
    "WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(:key)) "
    "INSERT INTO events (at, account, project, job, kind, body) "
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT), account, project, job, kind, body "
    "FROM held, unnest(CAST(:account AS TEXT[]), CAST(:project AS TEXT[]), CAST(:job AS TEXT[]), "
    "CAST(:kind AS TEXT[]), CAST(:body AS TEXT[])) "
    "WITH ORDINALITY AS told (account, project, job, kind, body, number) ORDER BY number"
)
"""The lock and the events in one: an id is taken once its row has come out of ``held``, that is, locked."""
_INSERT: Final = text(
    "INSERT INTO events (at, account, project, job, kind, body) "
    "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER), json_extract(value, '$[0]'), "
    "json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'), "
    "json_extract(value, '$[4]') FROM json_each(:told)"
)


class Unit:
    """One write, or many of a kind. What it has ``told`` is written as the last statement of its transaction."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.told: list[Told] = []

    def tell(self, account: str, project: str, job: str | None, kind: str, body: Mapping[str, Any]) -> None:
        """An event that becomes visible together with what it tells of."""
        told = {"account": account, "project": project, "job": job, "kind": kind, "body": as_json(body)}
        self.told.append(told)


def write_events(conn: Connection, told: Sequence[Told]) -> None:
    """Sequences commit out of order: under this lock ids grow in the order in which they become visible."""
    if told and conn.dialect.name == "postgresql":
        columns = {name: [one[name] for one in told] for name in told[0]}
        conn.execute(_LOCKED_INSERT, {"key": LOCKS["events"], **columns})
    elif told:
        conn.execute(_INSERT, {"told": as_json([list(one.values()) for one in told])})
