"""Purchases whose provider may be asked to cancel them: from then on no other project takes their operation over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("purchases", sa.Column("stopped_at", sa.BigInteger(), nullable=True))
