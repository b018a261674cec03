"""Bills above their quote: counted from the moment they are read, and found by the next purchase."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("purchases", sa.Column("billed", sa.BigInteger(), nullable=True))
    doubted = sa.text("(billed IS NOT NULL OR dispute = 'open')")
    waits = sa.text("why = 'budget'")
    op.create_index("ix_jobs_waits_for_budget", "jobs", ["account"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_purchases_doubted", "purchases", ["account"], sqlite_where=doubted, postgresql_where=doubted)
