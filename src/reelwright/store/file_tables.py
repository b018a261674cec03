"""Tables of files: who uses them, how long they are kept, uploads in parts, and the keys of links."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text

from reelwright.store.schema import metadata

asset_uses = Table(
    "asset_uses",
    metadata,
    Column("account", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("project", Text, ForeignKey("projects.id"), primary_key=True),
)
"""Which projects name an asset in their brief, in a revision or in an outcome. A row stays as long as its project."""

asset_ends = Table(
    "asset_ends",
    metadata,
    Column("account", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("expired_at", BigInteger, nullable=False),
    Column("erased_at", BigInteger, nullable=True),
)
"""Assets on their way out: since when nothing wants them, and since when their bytes may be removed from the vault."""

retention_policies = Table(
    "retention_policies",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=True),
    Column("policy", Text, nullable=False),
    Column("set_at", BigInteger, nullable=False),
    CheckConstraint("scope IN ('deployment', 'account', 'project')", name="scope_known"),
    CheckConstraint("(scope = 'deployment') = (account IS NULL)", name="account_named"),
)

task_claims = Table(
    "task_claims",
    metadata,
    Column("task", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
)
"""Which process does a recurring task of the deployment, and until when it has it for itself."""

uploads = Table(
    "uploads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("asset", Text, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    CheckConstraint("kind IN ('picture', 'clip')", name="kind_known"),
    CheckConstraint("received >= 0 AND received <= size", name="received_fits"),
    Index("ix_uploads_account", "account", "created_at", "id"),
    Index("ix_uploads_expires_at", "expires_at"),
)

link_keys = Table(
    "link_keys",
    metadata,
    Column("id", Text, unique=True, nullable=False),
    Column("account", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("seed", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
"""The seed of the key that signs the links of an account. Its id stands in them; the name of the account does not."""
