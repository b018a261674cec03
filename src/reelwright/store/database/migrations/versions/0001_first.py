"""The first schema, as the code has it. Write its tables out here before a second revision follows."""

from __future__ import annotations

from alembic import op

from reelwright.store.schema.columns import metadata

revision = "r0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind(), checkfirst=False)
