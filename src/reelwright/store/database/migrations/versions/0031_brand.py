"""The brand of an account: what its films have that say nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("brand", sa.Text(), nullable=True))
