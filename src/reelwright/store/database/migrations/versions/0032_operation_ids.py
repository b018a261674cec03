"""The id of the operation that a purchase was answered: no other purchase of its provider can have the same one."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
_MAX_INDEXED_BYTES = 512


def upgrade() -> None:
    op.add_column("purchases", sa.Column("operation_id", sa.Text(), nullable=True))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    operation_id = "json_extract(operation, '$.id')" if is_sqlite else "CAST(operation AS json) ->> 'id'"
    op.execute(
        f"UPDATE purchases SET operation_id = {operation_id}"  # noqa: S608  a constant of this file
        " WHERE operation IS NOT NULL AND submitted_at IS NOT NULL AND resubmit <> 'free'"
    )
    long = sa.text("SELECT id, operation_id FROM purchases WHERE length(operation_id) > 128")
    for purchase, named in op.get_bind().execute(long).all():
        if len(named.encode()) > _MAX_INDEXED_BYTES:
            key = hashlib.sha256(named.encode()).hexdigest()
            change = sa.text("UPDATE purchases SET operation_id = :key WHERE id = :id")
            op.get_bind().execute(change, {"key": key, "id": purchase})
    # two purchases of an earlier release may follow one operation: the first keeps it, the other is followed as before
    op.execute(
        "UPDATE purchases SET operation_id = NULL WHERE operation_id IS NOT NULL AND id NOT IN"
        " (SELECT min(id) FROM purchases WHERE operation_id IS NOT NULL GROUP BY provider, operation_id)"
    )
    has_operation = sa.text("operation_id IS NOT NULL")
    op.create_index(
        "ix_purchases_operation",
        "purchases",
        ["provider", "operation_id"],
        unique=True,
        sqlite_where=has_operation,
        postgresql_where=has_operation,
    )
