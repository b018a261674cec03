"""What SQLite and PostgreSQL spell differently, spelled once: the clock, upserts, advisory locks, text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

LOCKS: Final[Mapping[str, int]] = {
    "migrate": 7214031,
    "claim": 7214032,
    "events": 7214033,
    "budgets": 7214034,
    "found": 7214035,
}
"""Advisory locks of ours on PostgreSQL. The numbers only have to stay the same between releases."""
SAID_LIMIT: Final = 4000
"""Characters kept of a sentence said to people; tools may print without end."""


class now_ms(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """Milliseconds since 1970 by the database's clock: one clock for all directors."""

    type = BigInteger()
    inherit_cache = True


@compiles(now_ms, "sqlite")
def _now_sqlite(element: now_ms, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"


@compiles(now_ms, "postgresql")
def _now_postgresql(element: now_ms, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


def insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update`` in this database."""
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)


def hold(conn: Connection, lock: str, *, shared: bool = False) -> None:
    """Hold an advisory lock until the transaction ends. SQLite has one writer at a time anyway.

    A name that is not in ``LOCKS`` is a lock of its own. ``shared``: only those who hold it alone wait.
    """
    if conn.dialect.name == "postgresql":
        way = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        conn.execute(text(f"SELECT {way}(:key)"), {"key": LOCKS.get(lock) or _key(lock)})


def _key(lock: str) -> int:
    """63 bits of a name; two names that meet only wait for each other."""
    return int.from_bytes(hashlib.sha256(lock.encode()).digest()[:8]) >> 1


def moment(ms: int | None) -> datetime | None:
    """A column of epoch milliseconds as an aware time."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


def ms_of(at: datetime | None) -> int | None:
    """An aware time as epoch milliseconds."""
    return None if at is None else round(at.timestamp() * 1000)


def as_json(value: Any) -> str:
    """Plain JSON values as ASCII text, so that no character can trouble a database."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def as_said(words: str) -> str:
    """A sentence for a text column: without NUL and lone surrogates, and not without end."""
    clean = words.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= SAID_LIMIT else clean[: SAID_LIMIT - 1] + "…"
