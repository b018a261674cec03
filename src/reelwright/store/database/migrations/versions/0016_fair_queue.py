"""The payer of a job and its place in the queue of its payer, by which jobs start in a fair order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("payer", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("jobs", sa.Column("queue_rank", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    is_sqlite = op.get_context().dialect.name == "sqlite"
    key = "json_extract(options, '$.key')" if is_sqlite else "(options::json ->> 'key')"
    named = f'options LIKE \'%"key":"%\' AND {key} IS NOT NULL'
    op.execute(sa.text(f"UPDATE jobs SET payer = {key} WHERE {named}"))  # noqa: S608  constants of this file
    runnable = sa.text("state IN ('queued', 'running')")
    op.drop_index("ix_jobs_turn", "jobs")
    op.create_index(
        "ix_jobs_turn", "jobs", ["priority", "account", "payer", "queue_rank", "seq"],
        sqlite_where=runnable, postgresql_where=runnable,
    )  # fmt: skip
    goes_on = sa.text("(state = 'running' OR (state = 'queued' AND cancel))")
    op.create_index("ix_jobs_goes_on", "jobs", ["account", "project"], sqlite_where=goes_on, postgresql_where=goes_on)
    was_started = sa.text("started_at IS NOT NULL")
    op.create_index(
        "ix_jobs_started", "jobs", ["started_at", "seq"], sqlite_where=was_started, postgresql_where=was_started
    )
