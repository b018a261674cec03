"""Jobs that a program deleted: they are read and listed no more, and the ledger keeps their purchases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("removed_at", sa.BigInteger(), nullable=True))
