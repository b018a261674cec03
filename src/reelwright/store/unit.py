"""One transaction's worth of work: its connection, and the events that ride in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, text

from reelwright.store.schema import events
from reelwright.store.sql import LOCKS, as_json, now_ms

T = TypeVar("T")
_LOCKED_INSERT: Final = text(
    "WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(:key)) "
    "INSERT INTO events (at, account, project, job, kind, body) "
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT), CAST(:account AS TEXT), "
    "CAST(:project AS TEXT), CAST(:job AS TEXT), CAST(:kind AS TEXT), CAST(:body AS TEXT) FROM held"
)
"""The lock and the first event in one: an id is taken once its row has come out of ``held``, that is, locked."""


_INSERT: Final = events.insert().values(at=now_ms())


class Unit:
    """What a write may do. ``tell`` remembers an event; all are written as the last statement."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._told: list[dict[str, Any]] = []

    @classmethod
    def run(cls, conn: Connection, work: Callable[[Unit], T]) -> T:
        """Do ``work`` and write its events. The caller commits."""
        unit = cls(conn)
        result = work(unit)
        unit._write_events()
        return result

    def tell(self, account: str, project: str, job: str | None, kind: str, body: Mapping[str, Any]) -> None:
        """An event that becomes visible together with what it tells of."""
        told = {"account": account, "project": project, "job": job, "kind": kind, "body": as_json(body)}
        self._told.append(told)

    def _write_events(self) -> None:
        """Sequences commit out of order: under this lock ids grow in the order in which they become visible."""
        if self._told and self.conn.dialect.name == "postgresql":
            first, *self._told = self._told
            self.conn.execute(_LOCKED_INSERT, {"key": LOCKS["events"], **first})
        if self._told:
            self.conn.execute(_INSERT, self._told)
