"""All tables, with the rules that the database itself enforces: CHECK, UNIQUE and foreign keys.

Times are epoch milliseconds by the database's clock, money is integer micro-dollars, values of ``reel`` are JSON text
as ``reel.document`` writes them. Every table with data of a tenant begins with the account, and so does every query.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, get_args

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from reelwright.reel.api_key import ROLES
from reelwright.reel.brief import GOALS
from reelwright.reel.operation import JobState, PurchaseState, WaitReason
from reelwright.reel.webhook import DELIVERY_STATES

HEAD: Final = "0016"
"""The newest migration. Tests compare it with the scripts, and this schema with the one that they make."""

RUNNABLE: Final = text("state IN ('queued', 'running')")
"""Condition of a job that a director may run. As text: a partial index is used only by a condition of the same text."""

ID_END: Final = "substr(id, length(id) - 3)"
"""SQL of the last four characters of an id, by which people name projects and purchases.

As text: an index of an expression is used only by an expression of the same text.
"""

WAITING: Final = text("state = 'intent'")
"""Condition of a purchase that was reserved and not sent yet."""
AT_PROVIDER: Final = text("state IN ('posting', 'submitted')")
"""Condition of a purchase that counts under its provider's limits."""
GOES_ON: Final = text("(state = 'running' OR (state = 'queued' AND cancel))")
"""Condition of a job that a director runs or must end, however full the queue is. There are few of them."""
JOB_STARTED: Final = text("started_at IS NOT NULL")
"""Condition of a job that was started."""
IN_BATCH: Final = text("batch_key IS NOT NULL")
"""Condition of a job that is a row of a batch."""
PAID: Final = text("sends > 0 AND resubmit <> 'free'")
"""Condition of a purchase that was sent, and that costs money to send again."""
STARTED: Final = text("to_state = 'posting'")
"""Condition of a line of history that is a start."""

PENDING: Final = text("state = 'pending'")
"""Condition of a webhook delivery that is still to be sent."""

GONE: Final = text("gone_at IS NOT NULL")
"""Condition of deleted bytes: they are few, and read whenever a project is read."""

KEPT: Final = text("finished_at IS NOT NULL AND expired_at IS NULL")
"""Condition of a job that has ended, and whose files no retention policy has ended yet."""
DOWNLOADED: Final = text("downloaded_at IS NOT NULL AND expired_at IS NULL")
"""Condition of a job whose files were downloaded whole, and that no retention policy has ended yet."""
EXPIRED: Final = text("expired_at IS NOT NULL AND collected_at IS NULL")
"""Condition of a job whose files a retention policy has ended, and that are not deleted yet."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, *rest: Any, **kw: Any) -> Column[str]:
    return Column(name, Text, *rest, nullable=kw.pop("nullable", False), **kw)


def _whole(name: str, *rest: Any, **kw: Any) -> Column[int]:
    return Column(name, BigInteger, *rest, nullable=kw.pop("nullable", False), **kw)


def _serial(name: str) -> Column[int]:
    # SQLite numbers rows by itself only in a column of type INTEGER.
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _among(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _not_negative(*columns: str) -> CheckConstraint:
    return CheckConstraint(" AND ".join(f"{column} >= 0" for column in columns), name="not_negative")


accounts = Table("accounts", metadata, _text("id", primary_key=True), _whole("created_at"))

projects = Table(
    "projects",
    metadata,
    _text("id", primary_key=True),
    _text("account", ForeignKey("accounts.id")),
    _text("name"),
    _text("brief"),
    _whole("created_at"),
    _text("found_by", nullable=True),
    _whole("nth", server_default=text("1")),
    CheckConstraint("nth >= 0", name="nth_counts"),
    UniqueConstraint("account", "found_by"),
    Index("ix_projects_account", "account", "created_at", "id"),
    Index("ix_projects_id_end", text(ID_END), "account", "id"),
)

revisions = Table(
    "revisions",
    metadata,
    _text("account"),
    _text("project", ForeignKey("projects.id"), primary_key=True),
    _whole("number", primary_key=True, autoincrement=False),
    _text("plan"),
    _text("choices"),
    _text("author"),
    _whole("made_at"),
    CheckConstraint("number >= 1", name="number_counts"),
)

jobs = Table(
    "jobs",
    metadata,
    _serial("seq"),
    _text("id", unique=True),
    _text("account"),
    _text("project", ForeignKey("projects.id")),
    _text("goal"),
    _text("state"),
    _whole("consent_micros", nullable=True),
    _text("consent_by", nullable=True),
    _text("options"),
    _text("allowance", nullable=True),
    Column("cancel", Boolean, nullable=False),
    _text("why", nullable=True),
    _text("step", nullable=True),
    _text("said"),
    _text("film", nullable=True),
    _whole("created_at"),
    _whole("started_at", nullable=True),
    _whole("finished_at", nullable=True),
    _text("cut", nullable=True),
    Column("consent_unconfirmed", Boolean, nullable=False, server_default=false()),
    _whole("consent_each", nullable=True),
    _whole("consent_until", nullable=True),
    _whole("priority", server_default=text("0")),
    _whole("delivered_at", nullable=True),
    _text("batch_key", nullable=True),
    _whole("removed_at", nullable=True),
    _whole("downloaded_at", nullable=True),
    _whole("expired_at", nullable=True),
    _whole("collected_at", nullable=True),
    _text("payer", server_default=text("''")),
    _whole("queue_rank", server_default=text("0")),
    _among("goal", GOALS),
    _among("state", get_args(JobState)),
    CheckConstraint(f"why IS NULL OR why IN ({', '.join(repr(w) for w in get_args(WaitReason))})", name="why_known"),
    CheckConstraint("(state = 'waiting') = (why IS NOT NULL)", name="waits_for_a_reason"),
    CheckConstraint("(consent_micros IS NULL) = (consent_by IS NULL)", name="consent_whole"),
    CheckConstraint("consent_micros IS NULL OR consent_micros >= 0", name="not_negative"),
    CheckConstraint("(state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)", name="ended_at"),
    Index("ix_jobs_project", "account", "project", "seq"),
    Index("ix_jobs_account", "account", "seq"),
    Index(
        "ix_jobs_turn", "priority", "account", "payer", "queue_rank", "seq",
        sqlite_where=RUNNABLE, postgresql_where=RUNNABLE,
    ),
    Index("ix_jobs_started", "started_at", "seq", sqlite_where=JOB_STARTED, postgresql_where=JOB_STARTED),
    Index("ix_jobs_goes_on", "account", "project", sqlite_where=GOES_ON, postgresql_where=GOES_ON),
    Index("ix_jobs_kept", "account", "finished_at", sqlite_where=KEPT, postgresql_where=KEPT),
    Index("ix_jobs_downloaded", "account", "downloaded_at", sqlite_where=DOWNLOADED, postgresql_where=DOWNLOADED),
    Index("ix_jobs_expired", "account", "expired_at", sqlite_where=EXPIRED, postgresql_where=EXPIRED),
    Index("ix_jobs_batch", "batch_key", "seq", sqlite_where=IN_BATCH, postgresql_where=IN_BATCH),
    sqlite_autoincrement=True,
)  # fmt: skip

directors = Table(
    "directors",
    metadata,
    _text("id", primary_key=True),
    _text("host"),
    _text("boot"),
    _whole("pid"),
    _whole("born"),
    _whole("beat_at"),
)

leases = Table(
    "leases",
    metadata,
    _text("account"),
    _text("project", ForeignKey("projects.id"), primary_key=True),
    _whole("token"),
    _text("director", ForeignKey("directors.id"), nullable=True),
    _whole("since", nullable=True),
    CheckConstraint("(director IS NULL) = (since IS NULL)", name="held_since"),
    Index("ix_leases_director", "director"),
)

HELD: Final = leases.c.director > ""
"""Condition of a lease that a director holds. SQLite searches the index for it; for IS NOT NULL it reads all leases."""

outcomes = Table(
    "outcomes",
    metadata,
    _text("account"),
    _text("project", ForeignKey("projects.id"), primary_key=True),
    _text("fingerprint", primary_key=True),
    _text("step"),
    _text("assets"),
    _text("missing"),
    _text("chosen", nullable=True),
    _text("facts"),
    _whole("landed_at"),
    Index("ix_outcomes_account", "account", "landed_at"),
)

assets = Table(
    "assets",
    metadata,
    _text("account", ForeignKey("accounts.id"), primary_key=True),
    _text("digest", primary_key=True),
    _text("mime", nullable=True),
    _whole("size", nullable=True),
    _text("facts"),
    _whole("known_at"),
    _whole("gone_at", nullable=True),
    CheckConstraint("size IS NULL OR size >= 0", name="not_negative"),
    CheckConstraint("length(digest) = 64", name="digest_whole"),
    Index("ix_assets_gone", "account", "digest", sqlite_where=GONE, postgresql_where=GONE),
)

budgets = Table(
    "budgets",
    metadata,
    _text("id", primary_key=True),
    _text("account", ForeignKey("accounts.id"), nullable=True),
    _text("cap"),
    _text("scope"),
    _text("subject"),
    _whole("cap_micros"),
    _whole("reserved"),
    _whole("settled"),
    _text("period", nullable=True),
    _whole("starts_at"),
    _whole("ends_at", nullable=True),
    _whole("removed_at", nullable=True),
    UniqueConstraint("cap", "starts_at"),
    _among("scope", ("deployment", "account", "key", "project")),
    CheckConstraint("period IS NULL OR period IN ('day', 'month')", name="period_known"),
    CheckConstraint("(period IS NULL) = (ends_at IS NULL)", name="period_ends"),
    CheckConstraint("(scope = 'deployment') = (account IS NULL)", name="account_named"),
    _not_negative("cap_micros", "reserved", "settled"),
)

allowances = Table(
    "allowances",
    metadata,
    _text("id", primary_key=True),
    _text("account"),
    _text("project", ForeignKey("projects.id")),
    _text("job", ForeignKey("jobs.id")),
    _whole("ceiling"),
    _whole("reserved"),
    _whole("settled"),
    _text("approved_by"),
    _whole("approved_at"),
    _whole("closed_at", nullable=True),
    _not_negative("ceiling", "reserved", "settled"),
    Index("ix_allowances_job", "account", "job"),
)

allowance_budgets = Table(
    "allowance_budgets",
    metadata,
    _text("allowance", ForeignKey("allowances.id"), primary_key=True),
    _text("budget", ForeignKey("budgets.id"), primary_key=True),
    _whole("reserved"),
    _not_negative("reserved"),
)

purchases = Table(
    "purchases",
    metadata,
    _text("id", primary_key=True),
    _text("account"),
    _text("project", ForeignKey("projects.id")),
    _text("job", ForeignKey("jobs.id")),
    _text("allowance", ForeignKey("allowances.id")),
    _text("scope"),
    _text("fingerprint"),
    _whole("try"),
    _text("step"),
    _text("state"),
    _text("provider"),
    _text("model"),
    _text("resubmit"),
    _whole("quoted"),
    _text("quote"),
    _whole("settled", nullable=True),
    _text("settlement", nullable=True),
    _text("operation", nullable=True),
    _text("prepared"),
    _whole("sends"),
    _whole("not_before", nullable=True),
    _text("said"),
    _whole("intent_at"),
    _whole("posted_at", nullable=True),
    _whole("submitted_at", nullable=True),
    _whole("succeeded_at", nullable=True),
    _whole("ended_at", nullable=True),
    _text("staged", nullable=True),
    _text("order_fingerprint", server_default=text("''")),
    _whole("n", server_default=text("1")),
    _whole("samples", server_default=text("1")),
    _text("dispute", nullable=True),
    _whole("answered_at", nullable=True),
    UniqueConstraint("scope", "order_fingerprint", "n", "try"),
    _among("state", get_args(PurchaseState)),
    _among("resubmit", ("never", "free")),
    CheckConstraint("state <> 'submitted' OR operation IS NOT NULL", name="submitted_has_operation"),
    CheckConstraint(
        "(state = 'settled') = (settled IS NOT NULL) AND (settled IS NULL) = (settlement IS NULL)",
        name="settled_has_price",
    ),
    CheckConstraint("(state IN ('settled', 'released')) = (ended_at IS NOT NULL)", name="ended_at"),
    CheckConstraint("state IN ('intent', 'released') OR posted_at IS NOT NULL", name="posted_at"),
    CheckConstraint("quoted >= 0 AND (settled IS NULL OR settled >= 0) AND sends >= 0", name="not_negative"),
    CheckConstraint("try >= 1", name="try_counts"),
    CheckConstraint("n >= 1", name="n_counts"),
    Index("ix_purchases_account", "account", "intent_at", "id"),
    Index("ix_purchases_id_end", text(ID_END), "account", "id"),
    Index("ix_purchases_paid", "account", sqlite_where=PAID, postgresql_where=PAID),
    Index("ix_purchases_project", "account", "project", "intent_at", "id"),
    Index("ix_purchases_job", "job"),
    Index("ix_purchases_allowance", "allowance"),
    Index("ix_purchases_waiting", "provider", "intent_at", sqlite_where=WAITING, postgresql_where=WAITING),
    Index("ix_purchases_at_provider", "provider", "model", sqlite_where=AT_PROVIDER, postgresql_where=AT_PROVIDER),
)

takes = Table(
    "takes",
    metadata,
    _text("id", primary_key=True),
    _text("account"),
    _text("project", ForeignKey("projects.id")),
    _text("shot"),
    _text("fingerprint"),
    _text("asset"),
    _whole("round"),
    _whole("sample"),
    _text("purchase", ForeignKey("purchases.id"), nullable=True),
    _text("facts"),
    _whole("landed_at"),
    UniqueConstraint("purchase", "sample"),
    CheckConstraint("round >= 1 AND sample >= 0", name="counted"),
    Index("ix_takes_shot", "account", "project", "shot"),
)

purchase_history = Table(
    "purchase_history",
    metadata,
    _serial("seq"),
    _text("purchase", ForeignKey("purchases.id")),
    _text("from_state", nullable=True),
    _text("to_state"),
    _text("said"),
    _text("operation", nullable=True),
    _whole("at"),
    Index("ix_purchase_history_purchase", "purchase", "seq"),
    Index("ix_purchase_history_started", "at", sqlite_where=STARTED, postgresql_where=STARTED),
    sqlite_autoincrement=True,
)

adjustments = Table(
    "adjustments",
    metadata,
    _serial("seq"),
    _text("account"),
    _text("purchase", ForeignKey("purchases.id")),
    _whole("micros"),
    _text("because"),
    _text("said_by"),
    _whole("at"),
    CheckConstraint("micros <> 0", name="changes_something"),
    Index("ix_adjustments_purchase", "purchase", "seq"),
    sqlite_autoincrement=True,
)

limits = Table(
    "limits",
    metadata,
    _text("id", primary_key=True),
    _text("account", ForeignKey("accounts.id"), nullable=True),
    _text("scope"),
    _text("subject"),
    _whole("open_at_once", nullable=True),
    _whole("starts", nullable=True),
    _whole("per_s", nullable=True),
    _among("scope", ("provider", "model", "account", "project", "jobs", "batch")),
    CheckConstraint("(starts IS NULL) = (per_s IS NULL)", name="starts_in_a_time"),
    CheckConstraint("open_at_once IS NOT NULL OR starts IS NOT NULL", name="limits_something"),
    CheckConstraint(
        "(open_at_once IS NULL OR open_at_once >= 0) AND (starts IS NULL OR starts >= 0) AND "
        "(per_s IS NULL OR per_s >= 1)",
        name="not_negative",
    ),
)

allowance_shares = Table(
    "allowance_shares",
    metadata,
    _text("account"),
    _text("allowance", ForeignKey("allowances.id"), primary_key=True),
    _text("fingerprint", primary_key=True),
    _whole("micros"),
    Column("holds", Boolean, nullable=False),
    _not_negative("micros"),
    Index("ix_allowance_shares_fingerprint", "account", "fingerprint"),
)

requests = Table(
    "requests",
    metadata,
    _text("account", ForeignKey("accounts.id"), primary_key=True),
    _text("key", primary_key=True),
    _text("digest"),
    _text("project", ForeignKey("projects.id")),
    _whole("at"),
    _text("job", nullable=True),
    Column("was_retry", Boolean, nullable=False, server_default=false()),
)

api_keys = Table(
    "api_keys",
    metadata,
    _text("id", primary_key=True),
    _text("account", ForeignKey("accounts.id")),
    _text("name"),
    _text("sha256", unique=True),
    _text("prefix"),
    _text("role"),
    _whole("auto_approve_micros", nullable=True),
    _whole("created_at"),
    _whole("last_used_at", nullable=True),
    _whole("revoked_at", nullable=True),
    _among("role", ROLES),
    _not_negative("auto_approve_micros"),
    Index("ix_api_keys_account", "account", "created_at", "id"),
)

webhooks = Table(
    "webhooks",
    metadata,
    _text("id", primary_key=True),
    _text("account", ForeignKey("accounts.id")),
    _text("url"),
    _text("kinds"),
    Column("has_prompt", Boolean, nullable=False),
    _text("seeds"),
    _whole("after_event"),
    _whole("created_at"),
    _whole("failing_since", nullable=True),
    _whole("disabled_at", nullable=True),
    _text("disabled_why"),
    Index("ix_webhooks_account", "account", "created_at", "id"),
)
"""Addresses that are told of an account's events. ``after_event``: the last event whose deliveries were recorded."""

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    _text("id", primary_key=True),
    _text("account"),
    _text("webhook", ForeignKey("webhooks.id")),
    _whole("event", nullable=True),
    _text("kind"),
    _text("body"),
    _text("state"),
    _whole("attempts"),
    _whole("created_at"),
    _whole("next_at", nullable=True),
    _text("claim", nullable=True),
    _whole("claimed_until", nullable=True),
    _whole("last_at", nullable=True),
    _whole("last_status", nullable=True),
    _text("said"),
    UniqueConstraint("webhook", "event"),
    _among("state", DELIVERY_STATES),
    CheckConstraint("(state = 'pending') = (next_at IS NOT NULL)", name="pending_has_time"),
    CheckConstraint("(claim IS NULL) = (claimed_until IS NULL)", name="claim_whole"),
    _not_negative("attempts"),
    Index("ix_webhook_deliveries_account", "account", "created_at", "id"),
    Index("ix_webhook_deliveries_webhook", "account", "webhook", "created_at", "id"),
    Index("ix_webhook_deliveries_due", "next_at", sqlite_where=PENDING, postgresql_where=PENDING),
)

provider_messages = Table(
    "provider_messages",
    metadata,
    _text("provider", primary_key=True),
    _text("message", primary_key=True),
    _whole("at"),
    Index("ix_provider_messages_at", "at"),
)
"""Webhooks of providers that were received, so that each wakes a poller once."""

events = Table(
    "events",
    metadata,
    _serial("id"),
    _whole("at"),
    _text("account"),
    _text("project"),
    _text("job", nullable=True),
    _text("kind"),
    _text("body"),
    Index("ix_events_project", "account", "project", "id"),
    Index("ix_events_account", "account", "id"),
    sqlite_autoincrement=True,
)

journal_places = Table(
    "journal_places",
    metadata,
    _serial("seq"),
    _text("epoch", unique=True),
    _text("place"),
    _text("why"),
    _text("said_by"),
    _whole("since"),
    _among("why", ("first", "reconciled", "restored", "beside_full")),
    sqlite_autoincrement=True,
)
"""The places of this journal; it may buy only in the newest one. Each place that a person accepts has an epoch."""

vault_marks = Table(
    "vault_marks",
    metadata,
    _text("account", primary_key=True),
    _text("vault", primary_key=True),
    _text("log", primary_key=True),
    _whole("size"),
    _not_negative("size"),
)
"""How many bytes of each log of sends in a vault were compared with the journal, and need not be compared again."""

listed_operations = Table(
    "listed_operations",
    metadata,
    _text("account", ForeignKey("accounts.id"), primary_key=True),
    _text("provider", primary_key=True),
    _text("operation", primary_key=True),
    _text("work"),
    _whole("history"),
    _whole("recorded_at"),
    _not_negative("history"),
)
"""Operations that a provider's list showed when the journal was reconciled, and that the journal did not know.

``history``: where the history of purchases ended then. The table ``purchases`` says which purchase has one by now."""
