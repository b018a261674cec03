"""Tables of files: who uses them, how long they are kept, uploads in parts, and the keys of links."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Table

from reelwright.store.schema.columns import make_choice_check, make_number, make_text, metadata

asset_uses = Table(
    "asset_uses",
    metadata,
    make_text("account", primary_key=True),
    make_text("digest", primary_key=True),
    make_text("project", ForeignKey("projects.id"), primary_key=True),
)
"""Which projects name an asset in their brief, in a revision or in an outcome. A row stays as long as its project."""

asset_ends = Table(
    "asset_ends",
    metadata,
    make_text("account", ForeignKey("accounts.id"), primary_key=True),
    make_text("digest", primary_key=True),
    make_number("expired_at"),
    make_number("erased_at", nullable=True),
)
"""Assets on their way out: since when nothing wants them, and since when their bytes may be removed from the vault."""

retention_policies = Table(
    "retention_policies",
    metadata,
    make_text("scope", primary_key=True),
    make_text("subject", primary_key=True),
    make_text("account", ForeignKey("accounts.id"), nullable=True),
    make_text("policy"),
    make_number("set_at"),
    make_choice_check("scope", ("deployment", "account", "project")),
    CheckConstraint("(scope = 'deployment') = (account IS NULL)", name="account_named"),
)

task_claims = Table(
    "task_claims",
    metadata,
    make_text("task", primary_key=True),
    make_text("holder"),
    make_number("ends_at"),
)
"""Which process does a recurring task of the deployment, and until when it has it for itself."""

uploads = Table(
    "uploads",
    metadata,
    make_text("id", primary_key=True),
    make_text("account", ForeignKey("accounts.id")),
    make_text("kind"),
    make_text("metadata"),
    make_number("size"),
    make_number("received_bytes"),
    make_text("asset", nullable=True),
    make_number("created_at"),
    make_number("expires_at"),
    make_choice_check("kind", ("picture", "clip")),
    CheckConstraint("received_bytes >= 0 AND received_bytes <= size", name="received_fits"),
    Index("ix_uploads_account", "account", "created_at", "id"),
    Index("ix_uploads_expires_at", "expires_at"),
)

link_keys = Table(
    "link_keys",
    metadata,
    make_text("id", unique=True),
    make_text("account", ForeignKey("accounts.id"), primary_key=True),
    make_text("seed"),
    make_number("created_at"),
)
"""The seed of the key that signs the links of an account. Its id stands in them; the name of the account does not."""
