"""Purchases that only the vault knew: which project's order took one instead of buying again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("purchases", sa.Column("claimed_by", sa.Text(), nullable=True))
