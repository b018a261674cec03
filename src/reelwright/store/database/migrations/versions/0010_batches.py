"""Jobs that are rows of a batch, the limit of a batch, and when a provider's work was seen to be over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_SCOPES = "'provider', 'model', 'account', 'project', 'jobs', 'batch'"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("batch_key", sa.Text(), nullable=True))
    in_batch = sa.text("batch_key IS NOT NULL")
    op.create_index("ix_jobs_batch", "jobs", ["batch_key", "seq"], sqlite_where=in_batch, postgresql_where=in_batch)
    op.add_column("purchases", sa.Column("answered_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("limits", recreate="auto") as limits:
        limits.drop_constraint(op.f("ck_limits_scope_known"), type_="check")
        limits.create_check_constraint(op.f("ck_limits_scope_known"), f"scope IN ({_SCOPES})")
