"""Jobs that a program deleted, which are read no more; and the job of a program's request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("removed_at", sa.BigInteger(), nullable=True))
    op.add_column("requests", sa.Column("job", sa.Text(), nullable=True))
    op.add_column("requests", sa.Column("was_retry", sa.Boolean(), nullable=False, server_default=sa.false()))
