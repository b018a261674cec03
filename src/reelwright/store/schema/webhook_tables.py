"""Tables of webhooks: addresses that are told of events, deliveries to them, and what providers sent to us."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text

from reelwright.reel.records.webhook import DELIVERY_STATES
from reelwright.store.schema.columns import make_choice_check, make_number, make_sign_check, make_text, metadata

PENDING: Final = text("state = 'pending'")
"""Condition of a webhook delivery that is still to be sent."""

webhooks = Table(
    "webhooks",
    metadata,
    make_text("id", primary_key=True),
    make_text("account", ForeignKey("accounts.id")),
    make_text("url"),
    make_text("kinds"),
    Column("has_prompt", Boolean, nullable=False),
    make_text("seeds"),
    make_number("after_event"),
    make_number("created_at"),
    make_number("failing_since", nullable=True),
    make_number("disabled_at", nullable=True),
    make_text("disabled_reason"),
    Index("ix_webhooks_account", "account", "created_at", "id"),
)
"""Addresses that are told of an account's events. ``after_event``: the last event whose deliveries were recorded."""

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    make_text("id", primary_key=True),
    make_text("account"),
    make_text("webhook", ForeignKey("webhooks.id")),
    make_number("event", nullable=True),
    make_text("kind"),
    make_text("body"),
    make_text("state"),
    make_number("attempts"),
    make_number("created_at"),
    make_number("next_at", nullable=True),
    make_text("claim", nullable=True),
    make_number("claimed_until", nullable=True),
    make_number("last_at", nullable=True),
    make_number("last_status", nullable=True),
    make_text("reason"),
    UniqueConstraint("webhook", "event"),
    make_choice_check("state", DELIVERY_STATES),
    CheckConstraint("(state = 'pending') = (next_at IS NOT NULL)", name="pending_has_time"),
    CheckConstraint("(claim IS NULL) = (claimed_until IS NULL)", name="claim_whole"),
    make_sign_check("attempts"),
    Index("ix_webhook_deliveries_account", "account", "created_at", "id"),
    Index("ix_webhook_deliveries_webhook", "account", "webhook", "created_at", "id"),
    Index("ix_webhook_deliveries_due", "next_at", sqlite_where=PENDING, postgresql_where=PENDING),
)

provider_messages = Table(
    "provider_messages",
    metadata,
    make_text("provider", primary_key=True),
    make_text("message", primary_key=True),
    make_number("at"),
    Index("ix_provider_messages_at", "at"),
)
"""Webhooks of providers that were received, so that each wakes a poller once."""
