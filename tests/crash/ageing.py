"""A journal as the tree before would have left it: its tables and names, with the rows that are there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData, create_engine, make_url

from reelwright.store.schema.columns import metadata
from reelwright.store.schema.earlier_names import DROPPED_COLUMNS, RENAMED_COLUMNS
from store.homes.kept import insert_rows, make_schema


def age(url: str) -> None:
    """Take the journal at ``url`` from the schema of now back to that of the tree before."""
    engine, tables = create_engine(make_url(url)), MetaData()
    rows: dict[str, list[dict[str, Any]]] = {}
    with engine.begin() as conn:
        tables.reflect(conn, only=[*metadata.tables, "alembic_version"])
        for table in metadata.sorted_tables:
            before = {new: old for old, new in RENAMED_COLUMNS.get(table.name, {}).items()}
            dropped = dict.fromkeys(DROPPED_COLUMNS.get(table.name, ()), False)
            rows[table.name] = [
                {before.get(name, name): value for name, value in row.items()} | dropped
                for row in conn.execute(table.select()).mappings()
            ]
        tables.drop_all(conn)
    engine.dispose()
    make_schema(url)
    insert_rows(url, rows)
