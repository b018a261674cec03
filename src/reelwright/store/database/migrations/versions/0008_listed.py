"""Operations that providers' lists showed when the journal was reconciled, and that no purchase had."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "listed_operations",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("history", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("history >= 0", name=op.f("ck_listed_operations_not_negative")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_listed_operations_account_accounts")),
        sa.PrimaryKeyConstraint("account", "provider", "operation", name=op.f("pk_listed_operations")),
    )
