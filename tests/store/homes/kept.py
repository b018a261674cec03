"""Opens a kept home: the journal's rows as an earlier tree left them, in a given schema, and its vault."""

from __future__ import annotations

import base64
import json
import sqlite3
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, make_url, text

from reelwright.store.database.migrate import upgrade

HOMES = Path(__file__).parent


def fill(url: str, name: str, schema: str | None = None) -> None:
    """The journal at ``url`` as the tree of ``name`` left it: its own schema (or ``schema``), and every row."""
    upgrade(make_url(url), schema or name)
    left = sqlite3.connect(":memory:")
    left.executescript((HOMES / f"{name}.sql").read_text(encoding="utf-8"))
    left.row_factory = sqlite3.Row
    there = {row[0] for row in left.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    _insert(url, {table: [dict(row) for row in left.execute(f"SELECT * FROM {table}")] for table in there})
    left.close()


def fill_answer(url: str, name: str, schema: str | None = None) -> tuple[list[tuple[str, Any]], Mapping[str, bytes]]:
    """The journal while a send of the tree of ``name`` is under way. Returns later writes, and the vault's files."""
    kept = json.loads((HOMES / f"{name}.answer.json").read_text(encoding="utf-8"))
    upgrade(make_url(url), schema or name)
    _insert(url, {table: rows for table, rows in kept["rows"].items() if table != "journal_places"})
    files = {digest: base64.b64decode(data) for digest, data in kept["files"].items()}
    return [(statement, parameters) for statement, parameters in kept["writes"]], files


def unpack(home: Path, name: str) -> None:
    """The vault of the kept home."""
    with tarfile.open(HOMES / f"{name}.tar.xz") as packed:
        packed.extractall(home, filter="data")


def _insert(url: str, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    engine, tables = create_engine(make_url(url)), MetaData()
    with engine.begin() as conn:
        tables.reflect(conn)
        for table in tables.sorted_tables:
            found = list(rows.get(table.name, ()))
            if table.name != "alembic_version" and found:
                booleans = {column.name for column in table.columns if str(column.type) == "BOOLEAN"}
                conn.execute(
                    table.insert(), [{k: bool(v) if k in booleans else v for k, v in row.items()} for row in found]
                )
                _count_on(engine, conn, table)
    engine.dispose()


def _count_on(engine: Engine, conn: Any, table: Any) -> None:
    """Numbers that the database gives by itself go on after those of the rows."""
    counted = [c.name for c in table.primary_key.columns if c.autoincrement is True or c.server_default is not None]
    if engine.dialect.name == "postgresql" and counted:
        column = counted[0]
        conn.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column}'), max({column})) FROM {table.name}")
        )
