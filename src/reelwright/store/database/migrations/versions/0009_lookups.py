"""Indexes for names that people type, for lists from the newest on, and for the order in which jobs are claimed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    id_end = sa.text("substr(id, length(id) - 3)")
    runnable = sa.text("state IN ('queued', 'running')")
    op.drop_index("ix_projects_account", "projects")
    op.create_index("ix_projects_account", "projects", ["account", "created_at", "id"])
    op.create_index("ix_projects_id_end", "projects", [id_end, "account", "id"])
    op.create_index("ix_jobs_account", "jobs", ["account", "seq"])
    op.drop_index("ix_jobs_turn", "jobs")
    op.create_index(
        "ix_jobs_turn", "jobs", [sa.desc("priority"), "seq"], sqlite_where=runnable, postgresql_where=runnable
    )
    op.drop_index("ix_purchases_project", "purchases")
    op.create_index("ix_purchases_project", "purchases", ["account", "project", "intent_at", "id"])
    op.create_index("ix_purchases_account", "purchases", ["account", "intent_at", "id"])
    op.create_index("ix_purchases_id_end", "purchases", [id_end, "account", "id"])
    paid = sa.text("sends > 0 AND resubmit <> 'free'")
    op.create_index("ix_purchases_paid", "purchases", ["account"], sqlite_where=paid, postgresql_where=paid)
