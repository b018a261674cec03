"""Tables of who may do what: API keys, the members of accounts, their sessions, and sign-ins that have begun."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, Table, text

from reelwright.reel.records.api_key import ROLES
from reelwright.reel.records.member import ROLE_SOURCES
from reelwright.store.schema.columns import make_choice_check, make_number, make_sign_check, make_text, metadata

LIVING_PERSON: Final = text("iss IS NOT NULL AND removed_at IS NULL")
"""Condition of a member who has signed in and was not removed: nobody is one twice."""

api_keys = Table(
    "api_keys",
    metadata,
    make_text("id", primary_key=True),
    make_text("account", ForeignKey("accounts.id")),
    make_text("name"),
    make_text("sha256", unique=True),
    make_text("prefix"),
    make_text("role"),
    make_number("auto_approve_micros", nullable=True),
    make_number("created_at"),
    make_number("last_used_at", nullable=True),
    make_number("revoked_at", nullable=True),
    make_choice_check("role", ROLES),
    make_sign_check("auto_approve_micros"),
    Index("ix_api_keys_account", "account", "created_at", "id"),
)

members = Table(
    "members",
    metadata,
    make_text("id", primary_key=True),
    make_text("account", ForeignKey("accounts.id")),
    make_text("iss", nullable=True),
    make_text("sub", nullable=True),
    make_text("name"),
    make_text("email"),
    make_text("role"),
    make_text("role_source"),
    make_number("added_at"),
    make_number("last_seen_at", nullable=True),
    make_number("removed_at", nullable=True),
    make_choice_check("role", ROLES),
    make_choice_check("role_source", ROLE_SOURCES),
    CheckConstraint("(iss IS NULL) = (sub IS NULL)", name="identity_whole"),
    Index("ix_members_account", "account", "added_at", "id"),
    Index("ix_members_person", "iss", "sub", unique=True, sqlite_where=LIVING_PERSON, postgresql_where=LIVING_PERSON),
)

sessions = Table(
    "sessions",
    metadata,
    make_text("digest", primary_key=True),
    make_text("member", ForeignKey("members.id")),
    make_number("begun_at"),
    make_number("last_used_at"),
    Index("ix_sessions_member", "member"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    make_text("state", primary_key=True),
    make_text("browser"),
    make_text("nonce"),
    make_text("verifier"),
    make_text("next_path"),
    make_number("begun_at"),
    Index("ix_sign_ins_begun_at", "begun_at"),
)
"""Sign-ins that have begun in a browser. ``state`` and ``browser`` are digests; a row is taken out by its answer."""
