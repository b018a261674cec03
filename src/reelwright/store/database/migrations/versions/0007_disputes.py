"""Bills that are kept as reported and not believed: the budgets count the quote until a person decides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("purchases", sa.Column("dispute", sa.Text(), nullable=True))
