"""The label by which a program lists a job, as a digest that an index holds."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from reelwright.store.jobs.job_labels import compute_label_digest

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("label_digest", sa.Text(), nullable=True))
    conn = op.get_bind()
    labelled = conn.execute(sa.text("""SELECT id, options FROM jobs WHERE options LIKE '%"labels":{"%'"""))
    digests = [{"id": row.id, "digest": compute_label_digest(json.loads(row.options))} for row in labelled]
    if digests:
        conn.execute(sa.text("UPDATE jobs SET label_digest = :digest WHERE id = :id"), digests)
    is_labelled = sa.text("label_digest IS NOT NULL")
    op.create_index(
        "ix_jobs_label", "jobs", ["account", "label_digest", "seq"],
        sqlite_where=is_labelled, postgresql_where=is_labelled,
    )  # fmt: skip
