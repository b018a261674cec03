"""One transaction's worth of work: its connection, and the events that ride in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection

from reelwright.store.schema import events
from reelwright.store.sql import as_json, hold, now_ms

T = TypeVar("T")


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
        if self._told:
            hold(self.conn, "events")
            self.conn.execute(events.insert().values(at=now_ms()), self._told)
