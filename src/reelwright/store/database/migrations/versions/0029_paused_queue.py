"""Since when an account's queue is paused: none of its jobs that wait their turn starts until it goes on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("queue_paused_at", sa.BigInteger(), nullable=True))
