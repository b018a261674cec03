"""The gate in full: consent in detail, adjustments, limits, shared reservations, inputs staged at providers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _columns()
    _indexes()
    _adjustments()
    _limits()
    _shares()


def _columns() -> None:
    op.add_column("jobs", sa.Column("consent_unconfirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("jobs", sa.Column("consent_each", sa.BigInteger(), nullable=True))
    op.add_column("jobs", sa.Column("consent_until", sa.BigInteger(), nullable=True))
    op.add_column("jobs", sa.Column("priority", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("budgets", sa.Column("removed_at", sa.BigInteger(), nullable=True))
    op.add_column("purchases", sa.Column("staged", sa.Text(), nullable=True))


def _indexes() -> None:
    waiting, there = sa.text("state = 'intent'"), sa.text("state IN ('posting', 'submitted')")
    started = sa.text("to_state = 'posting'")
    for name, table, columns, which in (
        ("ix_purchases_waiting", "purchases", ["provider", "intent_at"], waiting),
        ("ix_purchases_at_provider", "purchases", ["provider", "model"], there),
        ("ix_purchase_history_started", "purchase_history", ["at"], started),
    ):
        op.create_index(name, table, columns, unique=False, sqlite_where=which, postgresql_where=which)


def _adjustments() -> None:
    op.create_table(
        "adjustments",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("purchase", sa.Text(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("micros <> 0", name=op.f("ck_adjustments_changes_something")),
        sa.ForeignKeyConstraint(["purchase"], ["purchases.id"], name=op.f("fk_adjustments_purchase_purchases")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_adjustments")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_adjustments_purchase", "adjustments", ["purchase", "seq"], unique=False)


def _limits() -> None:
    scopes = "'provider', 'model', 'account', 'project', 'jobs'"
    op.create_table(
        "limits",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("open_at_once", sa.BigInteger(), nullable=True),
        sa.Column("starts", sa.BigInteger(), nullable=True),
        sa.Column("per_s", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"scope IN ({scopes})", name=op.f("ck_limits_scope_known")),
        sa.CheckConstraint("(starts IS NULL) = (per_s IS NULL)", name=op.f("ck_limits_starts_in_a_time")),
        sa.CheckConstraint("open_at_once IS NOT NULL OR starts IS NOT NULL", name=op.f("ck_limits_limits_something")),
        sa.CheckConstraint(
            "(open_at_once IS NULL OR open_at_once >= 0) AND (starts IS NULL OR starts >= 0) AND "
            "(per_s IS NULL OR per_s >= 1)",
            name=op.f("ck_limits_not_negative"),
        ),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_limits_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limits")),
    )


def _shares() -> None:
    op.create_table(
        "allowance_shares",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("allowance", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.CheckConstraint("micros >= 0", name=op.f("ck_allowance_shares_not_negative")),
        sa.ForeignKeyConstraint(
            ["allowance"], ["allowances.id"], name=op.f("fk_allowance_shares_allowance_allowances")
        ),
        sa.PrimaryKeyConstraint("allowance", "fingerprint", name=op.f("pk_allowance_shares")),
    )
    op.create_index("ix_allowance_shares_fingerprint", "allowance_shares", ["account", "fingerprint"], unique=False)
