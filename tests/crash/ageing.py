"""A journal as an older release would have left it: what its migrations added is taken away, what it wrote stays."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from sqlalchemy import Connection, create_engine, make_url, text

from reelwright.store.schema.schema import HEAD

ADDED: Final = {
    "0032": ("DROP INDEX ix_purchases_operation", "ALTER TABLE purchases DROP COLUMN operation_id"),
    "0031": ("ALTER TABLE accounts DROP COLUMN brand",),
    "0030": ("DROP TABLE order_numbers",),
    "0029": ("ALTER TABLE accounts DROP COLUMN queue_paused_at",),
    "0028": ("ALTER TABLE purchases DROP COLUMN claimed_by",),
    "0020": ("ALTER TABLE purchases DROP COLUMN stopped_at",),
    "0019": (
        *("DROP INDEX ix_purchases_doubted", "DROP INDEX ix_jobs_waits_for_budget"),
        "ALTER TABLE purchases DROP COLUMN billed",
    ),
    "0018": (
        "DROP INDEX ix_requests_body",
        "UPDATE requests SET key = 'body:' || body || key WHERE body IS NOT NULL",
        *(f"ALTER TABLE requests DROP COLUMN {name}" for name in ("body", "retries", "is_asked")),
    ),
    "0017": ("DROP INDEX ix_jobs_label", "ALTER TABLE jobs DROP COLUMN label_digest"),
    "0016": (
        *("DROP INDEX ix_jobs_goes_on", "DROP INDEX ix_jobs_started", "DROP INDEX ix_jobs_turn"),
        *(f"ALTER TABLE jobs DROP COLUMN {name}" for name in ("payer", "queue_rank")),
        "CREATE INDEX ix_jobs_turn ON jobs (priority DESC, seq) WHERE state IN ('queued', 'running')",
    ),
    "0015": (
        *(f"DROP INDEX ix_jobs_{name}" for name in ("kept", "downloaded", "expired")),
        *(f"ALTER TABLE jobs DROP COLUMN {name}" for name in ("downloaded_at", "expired_at", "collected_at")),
        *(f"DROP TABLE {name}" for name in ("asset_uses", "link_keys", "uploads", "asset_ends", "task_claims")),
        "DROP TABLE retention_policies",
    ),
    "0014": ("DROP TABLE sign_ins", "DROP TABLE sessions", "DROP TABLE members"),
    "0013": ("DROP TABLE provider_messages", "DROP TABLE webhook_deliveries", "DROP TABLE webhooks"),
    "0012": ("DROP TABLE api_keys",),
    "0011": (
        "ALTER TABLE jobs DROP COLUMN removed_at",
        "ALTER TABLE requests DROP COLUMN job",
        "ALTER TABLE requests DROP COLUMN was_retry",
    ),
    "0010": (
        "DROP INDEX ix_jobs_batch",
        "ALTER TABLE jobs DROP COLUMN batch_key",
        "ALTER TABLE purchases DROP COLUMN answered_at",
        "DELETE FROM limits WHERE scope = 'batch'",
    ),
    "0009": (
        *(f"DROP INDEX {name}" for name in ("ix_projects_account", "ix_projects_id_end", "ix_jobs_account")),
        *(f"DROP INDEX ix_purchases_{name}" for name in ("project", "account", "id_end", "paid")),
        "DROP INDEX ix_jobs_turn",
        "CREATE INDEX ix_projects_account ON projects (account, created_at)",
        "CREATE INDEX ix_jobs_turn ON jobs (seq) WHERE state IN ('queued', 'running')",
        "CREATE INDEX ix_purchases_project ON purchases (account, project, intent_at)",
    ),
    "0008": ("DROP TABLE listed_operations",),
    "0007": ("ALTER TABLE purchases DROP COLUMN dispute",),
    "0006": ("DROP TABLE journal_places", "DROP TABLE vault_marks"),
    "0005": ("DROP TABLE requests", "ALTER TABLE jobs DROP COLUMN delivered_at"),
    "0004": ("DROP INDEX ix_assets_gone",),
    "0003": (
        *("DROP INDEX ix_purchases_waiting", "DROP INDEX ix_purchases_at_provider"),
        "DROP INDEX ix_purchase_history_started",
        *(f"DROP TABLE {table}" for table in ("adjustments", "limits", "allowance_shares")),
        *(f"ALTER TABLE jobs DROP COLUMN consent_{name}" for name in ("unconfirmed", "each", "until")),
        "ALTER TABLE jobs DROP COLUMN priority",
        "ALTER TABLE budgets DROP COLUMN removed_at",
        "ALTER TABLE purchases DROP COLUMN staged",
    ),
    "0002": ("ALTER TABLE jobs DROP COLUMN cut",),
}
"""By migration, newest first: what takes back what it added. What 0005 and 0010 changed is taken back by functions."""


def age(url: str, to: str) -> None:
    """Take the journal at ``url`` from the newest schema back to ``to``, in one transaction."""
    assert next(iter(ADDED)) == HEAD, "say here what the newest migration added"
    engine = create_engine(make_url(url))
    with engine.begin() as conn:
        for version, statements in ADDED.items():
            if version > to:
                for statement in statements:
                    conn.execute(text(statement))
                if version == "0005":
                    _before_orders(conn)
                if version == "0010":
                    _before_batches(conn)
        conn.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": to})
    engine.dispose()


def _before_batches(conn: Connection) -> None:
    """No limit is of a batch."""
    if conn.dialect.name == "sqlite":
        orders: Any = import_module("reelwright.store.database.migrations.versions.0005_orders")
        orders._rebuild(conn, "limits", ((", 'batch')", ")"),))
        return
    scopes = "'provider', 'model', 'account', 'project', 'jobs'"
    conn.execute(text("ALTER TABLE limits DROP CONSTRAINT ck_limits_scope_known"))
    conn.execute(text(f"ALTER TABLE limits ADD CONSTRAINT ck_limits_scope_known CHECK (scope IN ({scopes}))"))


def _before_orders(conn: Connection) -> None:
    """Purchases are bought once per project, briefs say of reuse, and projects are found by nothing."""
    for statement in (
        "UPDATE purchases SET scope = project",
        "ALTER TABLE projects ADD COLUMN reuse TEXT DEFAULT 'project' NOT NULL",
        """UPDATE projects SET brief = '{"reuse":"project",' || substr(brief, 2)""",
    ):
        conn.execute(text(statement))
    old = (
        "CONSTRAINT ck_projects_reuse_known CHECK (reuse IN ('project', 'account'))",
        "UNIQUE (scope, fingerprint, try)",
    )
    if conn.dialect.name == "sqlite":
        orders: Any = import_module("reelwright.store.database.migrations.versions.0005_orders")
        (_, (was, now)), ((was_unique, now_unique),) = orders._PROJECTS, orders._PURCHASES
        spelled = ", reuse TEXT DEFAULT 'project' NOT NULL"
        line = ("\tcreated_at BIGINT NOT NULL", "\treuse TEXT NOT NULL, \n\tcreated_at BIGINT NOT NULL")
        orders._rebuild(conn, "projects", ((spelled, ""), line, (now, was)))
        counts, unique = (
            one.strip() for one in now_unique.split(", \n\t")
        )  # in either order: a new journal's is another
        orders._rebuild(conn, "purchases", ((f"{counts}, \n\t", ""), (unique, was_unique)))
    else:
        for statement in (
            "ALTER TABLE projects DROP CONSTRAINT uq_projects_account_found_by",
            "ALTER TABLE projects DROP CONSTRAINT ck_projects_nth_counts",
            "ALTER TABLE projects ALTER COLUMN reuse DROP DEFAULT",
            f"ALTER TABLE projects ADD {old[0]}",
            *("ALTER TABLE projects ADD COLUMN made_at BIGINT", "UPDATE projects SET made_at = created_at"),
            *("ALTER TABLE projects DROP COLUMN created_at", "ALTER TABLE projects RENAME made_at TO created_at"),
            "ALTER TABLE projects ALTER COLUMN created_at SET NOT NULL",
            "CREATE INDEX ix_projects_account ON projects (account, created_at)",
            "ALTER TABLE purchases DROP CONSTRAINT uq_purchases_scope_order_fingerprint_n_try",
            "ALTER TABLE purchases DROP CONSTRAINT ck_purchases_n_counts",
            f"ALTER TABLE purchases ADD CONSTRAINT uq_purchases_scope_fingerprint_try {old[1]}",
        ):
            conn.execute(text(statement))
    for table, columns in (("projects", ("found_by", "nth")), ("purchases", ("order_fingerprint", "n", "samples"))):
        for column in columns:
            conn.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
