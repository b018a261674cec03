"""SQL that differs between SQLite and PostgreSQL: the clock, upserts, advisory locks, arrays; and text columns."""

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

from reelwright.reason import Reason
from reelwright.store.policy import MAX_MESSAGE_CHARS, MAX_REASON_LIST_ITEMS, MAX_REASON_VALUE_CHARS

LOCKS: Final[Mapping[str, int]] = {
    "migrate": 7214031,
    "claim": 7214032,
    "events": 7214033,
    "budgets": 7214034,
    "found": 7214035,
    "places": 7214036,
}
"""Our advisory locks on PostgreSQL. The numbers must stay the same between releases."""


class NowMs(FunctionElement[int]):
    """Milliseconds since 1970 by the database's clock: one clock for all directors."""

    type = BigInteger()
    inherit_cache = True


@compiles(NowMs, "sqlite")
def _now_sqlite(element: NowMs, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"


@compiles(NowMs, "postgresql")
def _now_postgresql(element: NowMs, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


class _TextArray(TypeDecorator[Sequence[str]]):
    """Column type that passes any number of texts as one parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return list(value) if dialect.name == "postgresql" else as_json(list(value))


class InArray(FunctionElement[bool]):
    """The SQL condition that a column is one of the texts in the parameter ``name``, for any number of texts."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[str], name: str) -> None:
        super().__init__(column, bindparam(name, type_=_TextArray()))


@compiles(InArray, "sqlite")
def _among_sqlite(element: InArray, compiler: SQLCompiler, **kw: Any) -> str:
    column, names = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({names}))"  # noqa: S608  a parameter's place


@compiles(InArray, "postgresql")
def _among_postgresql(element: InArray, compiler: SQLCompiler, **kw: Any) -> str:
    column, names = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY({names})"


def insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Build an INSERT that has ``on_conflict_do_nothing`` and ``on_conflict_do_update`` in this database."""
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)


def to_pair_parameters(names: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return pairs of account and id as two arrays, for the parameters ``of`` and ``called`` of a query.

    The query may also find rows of other pairs, such as an id in another account: callers match rows with their pair.
    """
    both = list(names)
    return {"of": list({account for account, _ in both}), "called": list({name for _, name in both})}


def build_for_each_dialect(make: Callable[[Any], Executable]) -> Mapping[str, Executable]:
    """Build a statement once for each database, by name, from an INSERT such as ``insert`` returns."""
    return {"sqlite": make(sqlite.insert), "postgresql": make(postgresql.insert)}


def hold_lock(conn: Connection, name: str, *, is_shared: bool = False) -> None:
    """Hold an advisory lock until the transaction ends. Does nothing on SQLite, which has one writer at a time.

    Each ``name`` is a lock of its own. ``is_shared``: several transactions may hold it at once, but none exclusively.
    """
    if conn.dialect.name == "postgresql":
        way = "pg_advisory_xact_lock_shared" if is_shared else "pg_advisory_xact_lock"
        conn.execute(text(f"SELECT {way}(:key)"), {"key": LOCKS.get(name) or _hash_lock_name(name)})


def hold_locks(conn: Connection, names: Iterable[str]) -> None:
    """Hold several advisory locks, see ``hold_lock``, always in the same order, so that none waits for another."""
    keys = [_hash_lock_name(name) for name in sorted(set(names))]
    if conn.dialect.name == "postgresql" and keys:
        conn.execute(
            text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key"), {"keys": keys}
        )


def _hash_lock_name(lock: str) -> int:
    """Hash a name to 63 bits. Where two names collide, their holders only wait for each other."""
    return int.from_bytes(hashlib.sha256(lock.encode()).digest()[:8]) >> 1


def to_datetime(ms: int | None) -> datetime | None:
    """Convert epoch milliseconds of a column to an aware time in UTC."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


def to_ms(at: datetime | None) -> int | None:
    """Convert an aware time to epoch milliseconds."""
    return None if at is None else round(at.timestamp() * 1000)


_ENCODER: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


def as_json(value: Any) -> str:
    """Encode plain JSON values as ASCII text, which every database accepts."""
    return _ENCODER.encode(value)


def encode_reason(reason: Reason | None) -> str:
    """Encode a reason as JSON for a text column, long texts and lists in it shortened; None becomes an empty text.

    A version before reasons stored a sentence there: ``Reason.from_text`` reads both.
    """
    return "" if reason is None else as_json(shorten_reason(reason))


def shorten_reason(reason: Reason | None) -> Any:
    """Return a reason as JSON for an event, with texts and lists of it no longer than ``encode_reason`` stores."""
    return None if reason is None else _shorten(reason.to_json())


def _shorten(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value, MAX_REASON_VALUE_CHARS)
    if isinstance(value, dict):
        return {name: _shorten(each) for name, each in value.items()}
    return [_shorten(each) for each in value[:MAX_REASON_LIST_ITEMS]] if isinstance(value, list) else value


def clean_text(words: str, max_chars: int = MAX_MESSAGE_CHARS) -> str:
    """Clean a message for a text column: without NUL and lone surrogates, at most ``max_chars`` characters long."""
    clean = words.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= max_chars else clean[: max_chars - 1] + "…"
