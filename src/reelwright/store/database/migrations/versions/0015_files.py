"""Retention of files, which project uses which, uploads in parts, and the keys of signed links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_DIGEST = re.compile(r'"([0-9a-f]{64})"')
_BATCH = 1000


def upgrade() -> None:
    for name in ("downloaded_at", "expired_at", "collected_at"):
        op.add_column("jobs", sa.Column(name, sa.BigInteger(), nullable=True))
    kept = sa.text("finished_at IS NOT NULL AND expired_at IS NULL")
    op.create_index("ix_jobs_kept", "jobs", ["account", "finished_at"], sqlite_where=kept, postgresql_where=kept)
    downloaded = sa.text("downloaded_at IS NOT NULL AND expired_at IS NULL")
    op.create_index(
        "ix_jobs_downloaded", "jobs", ["account", "downloaded_at"], sqlite_where=downloaded, postgresql_where=downloaded
    )
    expired = sa.text("expired_at IS NOT NULL AND collected_at IS NULL")
    op.create_index(
        "ix_jobs_expired", "jobs", ["account", "expired_at"], sqlite_where=expired, postgresql_where=expired
    )
    op.create_table(
        "retention_policies",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_retention_policies_account_accounts")),
        sa.PrimaryKeyConstraint("scope", "subject", name=op.f("pk_retention_policies")),
        sa.CheckConstraint(
            "scope IN ('deployment', 'account', 'project')", name=op.f("ck_retention_policies_scope_known")
        ),
        sa.CheckConstraint(
            "(scope = 'deployment') = (account IS NULL)", name=op.f("ck_retention_policies_account_named")
        ),
    )
    op.create_table(
        "task_claims",
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_task_claims")),
    )
    op.create_table(
        "asset_ends",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("expired_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_asset_ends_account_accounts")),
        sa.PrimaryKeyConstraint("account", "digest", name=op.f("pk_asset_ends")),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_uploads_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.CheckConstraint("kind IN ('picture', 'clip')", name=op.f("ck_uploads_kind_known")),
        sa.CheckConstraint("received >= 0 AND received <= size", name=op.f("ck_uploads_received_fits")),
    )
    op.create_index("ix_uploads_account", "uploads", ["account", "created_at", "id"])
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])
    op.create_table(
        "link_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_link_keys_account_accounts")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_link_keys")),
        sa.UniqueConstraint("id", name=op.f("uq_link_keys_id")),
    )
    op.create_table(
        "asset_uses",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_asset_uses_project_projects")),
        sa.PrimaryKeyConstraint("account", "digest", "project", name=op.f("pk_asset_uses")),
    )
    _record_uses()


def _record_uses() -> None:
    """Record the uses that briefs, plans, choices and outcomes name. Those of choices are circled takes."""
    conn = op.get_bind()
    uses = sa.table("asset_uses", sa.column("account"), sa.column("digest"), sa.column("project"))
    seen: set[tuple[str, str, str]] = set()
    for query in (
        "SELECT account, id, brief, '' FROM projects",
        "SELECT account, project, plan, choices FROM revisions",
        "SELECT account, project, assets, facts FROM outcomes",
    ):
        is_outcome = "outcomes" in query
        rows: list[dict[str, str]] = []
        for account, project, first, second in conn.execute(sa.text(query)).all():
            named = _list_of_outcome(first, second) if is_outcome else _DIGEST.findall(first + second)
            for digest in named:
                if (account, digest, project) not in seen:
                    seen.add((account, digest, project))
                    rows.append({"account": account, "digest": digest, "project": project})
        for batch in _split(rows):
            conn.execute(uses.insert(), batch)


def _list_of_outcome(assets: str, facts: str) -> Iterable[str]:
    files = json.loads(facts).get("files", {})
    return (*json.loads(assets), *(one for one in files.values() if isinstance(one, str)))


def _split(rows: list[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]
