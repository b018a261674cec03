"""The first schema: accounts, projects with revisions and jobs, leases, outcomes, assets, money, events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "directors",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directors")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_account", "events", ["account", "id"], unique=False)
    op.create_index("ix_events_project", "events", ["account", "project", "id"], unique=False)
    op.create_table(
        "assets",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_assets_digest_whole")),
        sa.CheckConstraint("size IS NULL OR size >= 0", name=op.f("ck_assets_not_negative")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_assets_account_accounts")),
        sa.PrimaryKeyConstraint("account", "digest", name=op.f("pk_assets")),
    )
    op.create_table(
        "budgets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("cap", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("cap_micros", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(scope = 'deployment') = (account IS NULL)", name=op.f("ck_budgets_account_named")),
        sa.CheckConstraint("period IS NULL OR period IN ('day', 'month')", name=op.f("ck_budgets_period_known")),
        sa.CheckConstraint("scope IN ('deployment', 'account', 'key', 'project')", name=op.f("ck_budgets_scope_known")),
        sa.CheckConstraint("(period IS NULL) = (ends_at IS NULL)", name=op.f("ck_budgets_period_ends")),
        sa.CheckConstraint("cap_micros >= 0 AND reserved >= 0 AND settled >= 0", name=op.f("ck_budgets_not_negative")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_budgets_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sa.UniqueConstraint("cap", "starts_at", name=op.f("uq_budgets_cap_starts_at")),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("reuse", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reuse IN ('project', 'account')", name=op.f("ck_projects_reuse_known")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_projects_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_index("ix_projects_account", "projects", ["account", "created_at"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("consent_micros", sa.BigInteger(), nullable=True),
        sa.Column("consent_by", sa.Text(), nullable=True),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("allowance", sa.Text(), nullable=True),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("film", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (why IS NOT NULL)", name=op.f("ck_jobs_waits_for_a_reason")),
        sa.CheckConstraint(
            "(state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)", name=op.f("ck_jobs_ended_at")
        ),
        sa.CheckConstraint("goal IN ('plan', 'storyboard', 'takes', 'cut', 'film')", name=op.f("ck_jobs_goal_known")),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'waiting', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state_known")
        ),
        sa.CheckConstraint("why IS NULL OR why IN ('budget', 'approval', 'decision')", name=op.f("ck_jobs_why_known")),
        sa.CheckConstraint("(consent_micros IS NULL) = (consent_by IS NULL)", name=op.f("ck_jobs_consent_whole")),
        sa.CheckConstraint("consent_micros IS NULL OR consent_micros >= 0", name=op.f("ck_jobs_not_negative")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_jobs_project_projects")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_jobs")),
        sa.UniqueConstraint("id", name=op.f("uq_jobs_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_project", "jobs", ["account", "project", "seq"], unique=False)
    op.create_index(
        "ix_jobs_turn",
        "jobs",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "leases",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("director", sa.Text(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(director IS NULL) = (since IS NULL)", name=op.f("ck_leases_held_since")),
        sa.ForeignKeyConstraint(["director"], ["directors.id"], name=op.f("fk_leases_director_directors")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_leases_project_projects")),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_leases")),
    )
    op.create_index("ix_leases_director", "leases", ["director"], unique=False)
    op.create_table(
        "outcomes",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("assets", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("landed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_outcomes_project_projects")),
        sa.PrimaryKeyConstraint("project", "fingerprint", name=op.f("pk_outcomes")),
    )
    op.create_index("ix_outcomes_account", "outcomes", ["account", "landed_at"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_revisions_number_counts")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_revisions_project_projects")),
        sa.PrimaryKeyConstraint("project", "number", name=op.f("pk_revisions")),
    )
    op.create_table(
        "allowances",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("ceiling >= 0 AND reserved >= 0 AND settled >= 0", name=op.f("ck_allowances_not_negative")),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_allowances_job_jobs")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_allowances_project_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowances")),
    )
    op.create_index("ix_allowances_job", "allowances", ["account", "job"], unique=False)
    op.create_table(
        "allowance_budgets",
        sa.Column("allowance", sa.Text(), nullable=False),
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_allowance_budgets_not_negative")),
        sa.ForeignKeyConstraint(
            ["allowance"], ["allowances.id"], name=op.f("fk_allowance_budgets_allowance_allowances")
        ),
        sa.ForeignKeyConstraint(["budget"], ["budgets.id"], name=op.f("fk_allowance_budgets_budget_budgets")),
        sa.PrimaryKeyConstraint("allowance", "budget", name=op.f("pk_allowance_budgets")),
    )
    op.create_table(
        "purchases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("allowance", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("try", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("resubmit", sa.Text(), nullable=False),
        sa.Column("quoted", sa.BigInteger(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=True),
        sa.Column("operation", sa.Text(), nullable=True),
        sa.Column("prepared", sa.Text(), nullable=False),
        sa.Column("sends", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("intent_at", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'settled') = (settled IS NOT NULL) AND (settled IS NULL) = (settlement IS NULL)",
            name=op.f("ck_purchases_settled_has_price"),
        ),
        sa.CheckConstraint(
            "(state IN ('settled', 'released')) = (ended_at IS NOT NULL)", name=op.f("ck_purchases_ended_at")
        ),
        sa.CheckConstraint("resubmit IN ('never', 'free')", name=op.f("ck_purchases_resubmit_known")),
        sa.CheckConstraint(
            "state <> 'submitted' OR operation IS NOT NULL", name=op.f("ck_purchases_submitted_has_operation")
        ),
        sa.CheckConstraint(
            "state IN ('intent', 'posting', 'submitted', 'succeeded', 'failed', 'settled', 'released', 'unknown')",
            name=op.f("ck_purchases_state_known"),
        ),
        sa.CheckConstraint(
            "state IN ('intent', 'released') OR posted_at IS NOT NULL", name=op.f("ck_purchases_posted_at")
        ),
        sa.CheckConstraint(
            "quoted >= 0 AND (settled IS NULL OR settled >= 0) AND sends >= 0", name=op.f("ck_purchases_not_negative")
        ),
        sa.CheckConstraint("try >= 1", name=op.f("ck_purchases_try_counts")),
        sa.ForeignKeyConstraint(["allowance"], ["allowances.id"], name=op.f("fk_purchases_allowance_allowances")),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_purchases_job_jobs")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_purchases_project_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("scope", "fingerprint", "try", name=op.f("uq_purchases_scope_fingerprint_try")),
    )
    op.create_index("ix_purchases_allowance", "purchases", ["allowance"], unique=False)
    op.create_index("ix_purchases_job", "purchases", ["job"], unique=False)
    op.create_index("ix_purchases_project", "purchases", ["account", "project", "intent_at"], unique=False)
    op.create_table(
        "purchase_history",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("purchase", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["purchase"], ["purchases.id"], name=op.f("fk_purchase_history_purchase_purchases")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_purchase_history")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_purchase_history_purchase", "purchase_history", ["purchase", "seq"], unique=False)
    op.create_table(
        "takes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("shot", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("sample", sa.BigInteger(), nullable=False),
        sa.Column("purchase", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("landed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("round >= 1 AND sample >= 0", name=op.f("ck_takes_counted")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_takes_project_projects")),
        sa.ForeignKeyConstraint(["purchase"], ["purchases.id"], name=op.f("fk_takes_purchase_purchases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takes")),
        sa.UniqueConstraint("purchase", "sample", name=op.f("uq_takes_purchase_sample")),
    )
    op.create_index("ix_takes_shot", "takes", ["account", "project", "shot"], unique=False)
