"""Conversion of a journal from before the stored names were settled: its columns get their names of now.

The rows stay as they are. It creates tables as the code has them, so it belongs to the first schema alone: write that
schema out, or remove this module, before a second one follows.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from reelwright.reel.base.crashpoints import reach
from reelwright.store.schema.columns import metadata
from reelwright.store.schema.earlier_names import DROPPED_COLUMNS, RENAMED_COLUMNS, RENAMED_CONSTRAINTS

_BEFORE = "before_"
"""Prefix of a table of SQLite whose rows are being copied."""


def convert(conn: Connection) -> None:
    """Convert the journal of the schema ``LAST_UNSETTLED``, in the caller's transaction, whose foreign keys are off."""
    convert_table = _copy_table if conn.dialect.name == "sqlite" else _alter_table
    if conn.dialect.name == "sqlite":  # else a renamed table takes along the foreign keys that name it
        conn.execute(text("PRAGMA legacy_alter_table=ON"))
    for table in (*RENAMED_COLUMNS, *DROPPED_COLUMNS):
        convert_table(conn, table)
        reach("C20")


def _alter_table(conn: Connection, table: str) -> None:
    for old, new in RENAMED_COLUMNS.get(table, {}).items():
        conn.execute(text(f'ALTER TABLE {table} RENAME COLUMN "{old}" TO {new}'))
    for old, new in RENAMED_CONSTRAINTS.get(table, {}).items():
        conn.execute(text(f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}"))
    for dropped in DROPPED_COLUMNS.get(table, ()):
        conn.execute(text(f"ALTER TABLE {table} DROP COLUMN {dropped}"))


def _copy_table(conn: Connection, table: str) -> None:
    """Create the table anew and copy its rows: SQLite cannot rename constraints."""
    before, known = f"{_BEFORE}{table}", {new: old for old, new in RENAMED_COLUMNS.get(table, {}).items()}
    indexes = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL"
    for index in conn.execute(text(indexes), {"table": table}).scalars().all():
        conn.execute(text(f"DROP INDEX {index}"))
    conn.execute(text(f"ALTER TABLE {table} RENAME TO {before}"))
    metadata.tables[table].create(conn, checkfirst=False)
    names = [column.name for column in metadata.tables[table].columns]
    # with the table's name, since SQLite takes a quoted name that no column has for a text
    columns = ", ".join(f'{before}."{known.get(name, name)}"' for name in names)
    conn.execute(text(f"INSERT INTO {table} ({', '.join(names)}) SELECT {columns} FROM {before}"))  # noqa: S608  our own
    if metadata.tables[table].dialect_options["sqlite"]["autoincrement"]:  # no number is used again
        conn.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), {"table": table})
        conn.execute(
            text("UPDATE sqlite_sequence SET name = :table WHERE name = :before"), {"table": table, "before": before}
        )
    conn.execute(text(f"DROP TABLE {before}"))
