"""Members of accounts, their sessions, and sign-ins that have begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "members",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("iss", sa.Text(), nullable=True),
        sa.Column("sub", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("role_source", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_members_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.CheckConstraint("role IN ('viewer', 'producer', 'owner')", name=op.f("ck_members_role_known")),
        sa.CheckConstraint("role_source IN ('issuer', 'here')", name=op.f("ck_members_role_source_known")),
        sa.CheckConstraint("(iss IS NULL) = (sub IS NULL)", name=op.f("ck_members_identity_whole")),
    )
    op.create_index("ix_members_account", "members", ["account", "added_at", "id"])
    is_living = sa.text("iss IS NOT NULL AND removed_at IS NULL")
    op.create_index(
        "ix_members_person", "members", ["iss", "sub"], unique=True, sqlite_where=is_living, postgresql_where=is_living
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name=op.f("fk_sessions_member_members")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_member", "sessions", ["member"])
    op.create_table(
        "sign_ins",
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_sign_ins")),
    )
    op.create_index("ix_sign_ins_begun_at", "sign_ins", ["begun_at"])
