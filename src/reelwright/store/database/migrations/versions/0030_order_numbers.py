"""Numbers of orders that a retake asked for: another order of the account cannot get one before it is bought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "order_numbers",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("order_fingerprint", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.CheckConstraint("n >= 1", name=op.f("ck_order_numbers_n_counts")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_order_numbers_account_accounts")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_order_numbers_project_projects")),
        sa.PrimaryKeyConstraint("account", "order_fingerprint", "n", name=op.f("pk_order_numbers")),
    )
