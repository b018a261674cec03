"""Tables of people: the members of accounts, their sessions, and sign-ins that have begun."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text, text

from reelwright.reel.api_key import ROLES
from reelwright.reel.member import ROLE_SOURCES
from reelwright.store.schema import metadata

LIVING_PERSON: Final = text("iss IS NOT NULL AND removed_at IS NULL")
"""Condition of a member who has signed in and was not removed: nobody is one twice."""

members = Table(
    "members",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("iss", Text, nullable=True),
    Column("sub", Text, nullable=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("role_source", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=True),
    Column("removed_at", BigInteger, nullable=True),
    CheckConstraint(f"role IN ({', '.join(map(repr, ROLES))})", name="role_known"),
    CheckConstraint(f"role_source IN ({', '.join(map(repr, ROLE_SOURCES))})", name="role_source_known"),
    CheckConstraint("(iss IS NULL) = (sub IS NULL)", name="identity_whole"),
    Index("ix_members_account", "account", "added_at", "id"),
    Index("ix_members_person", "iss", "sub", unique=True, sqlite_where=LIVING_PERSON, postgresql_where=LIVING_PERSON),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("member", Text, ForeignKey("members.id"), nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger, nullable=False),
    Index("ix_sessions_member", "member"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("state", Text, primary_key=True),
    Column("browser", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("next_path", Text, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Index("ix_sign_ins_begun_at", "begun_at"),
)
"""Sign-ins that have begun in a browser. ``state`` and ``browser`` are digests; a row is taken out by its answer."""
