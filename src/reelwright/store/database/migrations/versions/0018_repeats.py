"""Requests without an Idempotency-Key: a row each, its highest retry count, and whether its id was asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("requests", sa.Column("body", sa.Text(), nullable=True))
    op.add_column("requests", sa.Column("retries", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("requests", sa.Column("is_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("DELETE FROM requests WHERE key LIKE 'body:%' AND job IS NULL")
    op.execute(
        "UPDATE requests SET body = substr(key, 6), key = 'job:' || job,"
        " retries = CASE WHEN was_retry THEN 1 ELSE 0 END WHERE key LIKE 'body:%'"
    )
    keyless = sa.text("body IS NOT NULL")
    op.create_index(
        "ix_requests_body", "requests", ["account", "body", "at"], sqlite_where=keyless, postgresql_where=keyless
    )
