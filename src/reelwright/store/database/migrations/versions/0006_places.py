"""Tables for the journal's places, and for how far the vaults' records of sends were compared with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "journal_places",
        sa.Column("seq", serial, primary_key=True, autoincrement=True),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "why IN ('first', 'reconciled', 'restored', 'beside_full')", name=op.f("ck_journal_places_why_known")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal_places")),
        sa.UniqueConstraint("epoch", name=op.f("uq_journal_places_epoch")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "vault_marks",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("vault", sa.Text(), nullable=False),
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_vault_marks_not_negative")),
        sa.PrimaryKeyConstraint("account", "vault", "log", name=op.f("pk_vault_marks")),
    )
