"""What SQLite and PostgreSQL spell differently, spelled once: the clock, upserts, advisory locks, text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeEngine

LOCKS: Final[Mapping[str, int]] = {
    "migrate": 7214031,
    "claim": 7214032,
    "events": 7214033,
    "budgets": 7214034,
    "found": 7214035,
    "places": 7214036,
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


class _Names(TypeDecorator[Sequence[str]]):
    """Any number of texts as one parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return list(value) if dialect.name == "postgresql" else as_json(list(value))


class among(FunctionElement[bool]):  # noqa: N801 - reads as the SQL operator that it is
    """Whether a column is one of the texts in the parameter ``name``: one statement, however many they are."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[str], name: str) -> None:
        super().__init__(column, bindparam(name, type_=_Names()))


@compiles(among, "sqlite")
def _among_sqlite(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, names = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({names}))"  # noqa: S608  a parameter's place


@compiles(among, "postgresql")
def _among_postgresql(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, names = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY({names})"


def insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update`` in this database."""
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)


def pairs(named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Accounts and what is called so in them, as the parameters ``of`` and ``called``.

    Rows found by them are matched with their pair: a name of one account may be another's.
    """
    both = list(named)
    return {"of": list({account for account, _ in both}), "called": list({name for _, name in both})}


def on_each(make: Callable[[Any], Executable]) -> Mapping[str, Executable]:
    """A statement that begins with an INSERT as ``insert`` gives it, put together once for each database, by name."""
    return {"sqlite": make(sqlite.insert), "postgresql": make(postgresql.insert)}


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


_ENCODER: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


def as_json(value: Any) -> str:
    """Plain JSON values as ASCII text, so that no character can trouble a database."""
    return _ENCODER.encode(value)


def as_said(words: str) -> str:
    """A sentence for a text column: without NUL and lone surrogates, and not without end."""
    clean = words.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= SAID_LIMIT else clean[: SAID_LIMIT - 1] + "…"
