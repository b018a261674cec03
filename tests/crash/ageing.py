"""A journal as an older release would have left it: what its migrations added is taken away, what it wrote stays."""

from __future__ import annotations

from typing import Final

from sqlalchemy import create_engine, make_url, text

from reelwright.store.schema import HEAD

ADDED: Final = {
    "0003": (
        *("DROP INDEX ix_purchases_waiting", "DROP INDEX ix_purchases_at_provider"),
        "DROP INDEX ix_purchase_history_started",
        *(f"DROP TABLE {table}" for table in ("adjustments", "limits", "allowance_shares")),
        *(f"ALTER TABLE jobs DROP COLUMN consent_{name}" for name in ("unconfirmed", "each", "until")),
        "ALTER TABLE jobs DROP COLUMN priority",
        "ALTER TABLE budgets DROP COLUMN removed_at",
        "ALTER TABLE purchases DROP COLUMN staged",
    ),
    "0002": ("ALTER TABLE jobs DROP COLUMN cut",),
}
"""By migration, newest first: what takes back what it added. None of them changed anything that was there before."""


def age(url: str, to: str) -> None:
    """Take the journal at ``url`` from the newest schema back to ``to``, in one transaction."""
    assert next(iter(ADDED)) == HEAD, "the newest migration cannot be taken back yet"
    engine = create_engine(make_url(url))
    with engine.begin() as conn:
        for version, statements in ADDED.items():
            if version > to:
                for statement in statements:
                    conn.execute(text(statement))
        conn.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": to})
    engine.dispose()
