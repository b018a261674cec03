"""An index of the bytes that are gone: few of all, and asked for whenever a project is read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    gone = sa.text("gone_at IS NOT NULL")
    op.create_index(
        "ix_assets_gone", "assets", ["account", "digest"], unique=False, sqlite_where=gone, postgresql_where=gone
    )
