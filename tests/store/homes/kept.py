"""Opens a kept home: the journal's rows as an earlier tree left them, in that tree's schema, and its vault."""

from __future__ import annotations

import sqlite3
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, make_url, text

HOMES = Path(__file__).parent
NAME = "0032"
"""The home of the tree before the stored names were settled; its name is that of the tree's schema."""
VERSIONS = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY"


def fill(url: str, name: str = NAME) -> None:
    """The journal at ``url`` as the tree of ``name`` left it: its own schema, and every row."""
    left = sqlite3.connect(":memory:")
    left.executescript(_read(name, "journal.sql"))
    left.row_factory = sqlite3.Row
    there = {row[0] for row in left.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    make_schema(url, name)
    insert_rows(url, {table: [dict(row) for row in left.execute(f"SELECT * FROM {table}")] for table in there})
    left.close()


def make_schema(url: str, name: str = NAME) -> None:
    """The empty tables of that tree, in an empty database."""
    engine = create_engine(make_url(url))
    with engine.begin() as conn:
        for statement in _read(name, f"{engine.dialect.name}.sql").split(";\n"):
            if statement.strip():
                conn.exec_driver_sql(statement)
        conn.exec_driver_sql(f"{VERSIONS} (version_num))")
        conn.execute(text("INSERT INTO alembic_version (version_num) VALUES (:name)"), {"name": name})
    engine.dispose()


def unpack(home: Path, name: str = NAME) -> None:
    """The vault of the kept home."""
    with tarfile.open(HOMES / f"{name}.tar.xz") as packed:
        packed.extractall(home, [one for one in packed if one.name.startswith("vault/")], filter="data")


def insert_rows(url: str, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """Rows by table, in a database that has the tables."""
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


def _read(name: str, member: str) -> str:
    with tarfile.open(HOMES / f"{name}.tar.xz") as packed:
        found = packed.extractfile(member)
        assert found
        return found.read().decode()


def _count_on(engine: Engine, conn: Connection, table: Table) -> None:
    """Numbers that the database gives by itself go on after those of the rows."""
    counted = [c.name for c in table.primary_key.columns if c.autoincrement is True or c.server_default is not None]
    if engine.dialect.name == "postgresql" and counted:
        column = counted[0]
        conn.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column}'), max({column})) FROM {table.name}")
        )
