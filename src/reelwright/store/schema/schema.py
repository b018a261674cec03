"""Tables of projects, jobs, purchases and money, with what the database enforces: CHECK, UNIQUE and foreign keys.

Times are epoch milliseconds by the database's clock, money is integer micro-dollars, values of ``reel`` are JSON text
as ``reel.document`` writes them. Every table with data of a tenant begins with the account, and so does every query.
"""

from __future__ import annotations

from typing import Final, get_args

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
    false,
    text,
)

from reelwright.reel.film.brief import GOALS
from reelwright.reel.records.operation import JobState, PurchaseState, WaitReason
from reelwright.store.schema.columns import (
    make_choice_check,
    make_number,
    make_serial,
    make_sign_check,
    make_text,
    metadata,
)

FIRST: Final = "r0001"
"""The first schema that a release has. Those before had numbers alone."""
HEAD: Final = FIRST
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
GOES_ON: Final = text("(state = 'running' OR (state = 'queued' AND cancel_requested))")
"""Condition of a job that a director runs or must end, however full the queue is. There are few of them."""
JOB_STARTED: Final = text("started_at IS NOT NULL")
"""Condition of a job that was started."""
WAITS_FOR_BUDGET: Final = text("wait_reason = 'budget'")
"""Condition of a job that waits until a budget has room. There are few of them."""
IN_BATCH: Final = text("batch_key IS NOT NULL")
"""Condition of a job that is a row of a batch."""
LABELLED: Final = text("label_digest IS NOT NULL")
"""Condition of a job that a program lists by a label."""
KEYLESS: Final = text("body IS NOT NULL")
"""Condition of a request without an Idempotency-Key."""
PAID: Final = text("send_count > 0 AND resubmit <> 'free'")
"""Condition of a purchase that was sent, and that costs money to send again."""
DOUBTED: Final = text("(billed_micros IS NOT NULL OR dispute = 'open')")
"""Condition of a purchase that was billed above its quote, or whose bill is disputed. There are few of them."""
CHARGED: Final = text("(purchases.state NOT IN ('intent', 'released') OR purchases.billed_micros IS NOT NULL)")
"""Condition of a purchase that costs something, or may: it was sent, or a person said that it was billed after all."""
HAS_OPERATION: Final = text("operation_id IS NOT NULL")
"""Condition of a purchase that alone has an operation of its provider."""
STARTED: Final = text("to_state = 'posting'")
"""Condition of a line of history that is a start."""

GONE: Final = text("gone_at IS NOT NULL")
"""Condition of deleted bytes: they are few, and read whenever a project is read."""

KEPT: Final = text("finished_at IS NOT NULL AND expired_at IS NULL")
"""Condition of a job that has ended, and whose files no retention policy has ended yet."""
DOWNLOADED: Final = text("downloaded_at IS NOT NULL AND expired_at IS NULL")
"""Condition of a job whose files were downloaded whole, and that no retention policy has ended yet."""
EXPIRED: Final = text("expired_at IS NOT NULL AND collected_at IS NULL")
"""Condition of a job whose files a retention policy has ended, and that are not deleted yet."""

accounts = Table(
    "accounts",
    metadata,
    make_text("id", primary_key=True),
    make_number("created_at"),
    make_number("queue_paused_at", nullable=True),
    make_text("brand", nullable=True),
)

projects = Table(
    "projects",
    metadata,
    make_text("id", primary_key=True),
    make_text("account", ForeignKey("accounts.id")),
    make_text("name"),
    make_text("brief"),
    make_number("created_at"),
    make_text("lookup_key", nullable=True),
    make_number("order_number", server_default=text("1")),
    CheckConstraint("order_number >= 0", name="order_number_counts"),
    UniqueConstraint("account", "lookup_key"),
    Index("ix_projects_account", "account", "created_at", "id"),
    Index("ix_projects_id_end", text(ID_END), "account", "id"),
)

revisions = Table(
    "revisions",
    metadata,
    make_text("account"),
    make_text("project", ForeignKey("projects.id"), primary_key=True),
    make_number("number", primary_key=True, autoincrement=False),
    make_text("plan"),
    make_text("choices"),
    make_text("author"),
    make_number("made_at"),
    CheckConstraint("number >= 1", name="number_counts"),
)

jobs = Table(
    "jobs",
    metadata,
    make_serial("seq"),
    make_text("id", unique=True),
    make_text("account"),
    make_text("project", ForeignKey("projects.id")),
    make_text("goal"),
    make_text("state"),
    make_number("consent_micros", nullable=True),
    make_text("consent_by", nullable=True),
    make_text("options"),
    make_text("allowance", nullable=True),
    Column("cancel_requested", Boolean, nullable=False),
    make_text("wait_reason", nullable=True),
    make_text("step", nullable=True),
    make_text("reason"),
    make_text("film", nullable=True),
    make_number("created_at"),
    make_number("started_at", nullable=True),
    make_number("finished_at", nullable=True),
    make_text("cut", nullable=True),
    Column("consent_unconfirmed", Boolean, nullable=False, server_default=false()),
    make_number("consent_unknown_micros", nullable=True),
    make_number("consent_expires_at", nullable=True),
    make_number("priority", server_default=text("0")),
    make_number("delivered_at", nullable=True),
    make_text("batch_key", nullable=True),
    make_number("removed_at", nullable=True),
    make_number("downloaded_at", nullable=True),
    make_number("expired_at", nullable=True),
    make_number("collected_at", nullable=True),
    make_text("payer", server_default=text("''")),
    make_number("queue_rank", server_default=text("0")),
    make_text("label_digest", nullable=True),
    make_choice_check("goal", GOALS),
    make_choice_check("state", get_args(JobState)),
    CheckConstraint(
        f"wait_reason IS NULL OR wait_reason IN ({', '.join(repr(w) for w in get_args(WaitReason))})",
        name="wait_reason_known",
    ),
    CheckConstraint("(state = 'waiting') = (wait_reason IS NOT NULL)", name="waits_for_a_reason"),
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
    Index(
        "ix_jobs_waits_for_budget", "account", sqlite_where=WAITS_FOR_BUDGET, postgresql_where=WAITS_FOR_BUDGET
    ),
    Index("ix_jobs_batch", "batch_key", "seq", sqlite_where=IN_BATCH, postgresql_where=IN_BATCH),
    Index("ix_jobs_label", "account", "label_digest", "seq", sqlite_where=LABELLED, postgresql_where=LABELLED),
    sqlite_autoincrement=True,
)  # fmt: skip

directors = Table(
    "directors",
    metadata,
    make_text("id", primary_key=True),
    make_text("host"),
    make_text("boot_id"),
    make_number("pid"),
    make_number("process_start"),
    make_number("beat_at"),
)

leases = Table(
    "leases",
    metadata,
    make_text("account"),
    make_text("project", ForeignKey("projects.id"), primary_key=True),
    make_number("token"),
    make_text("director", ForeignKey("directors.id"), nullable=True),
    make_number("held_since", nullable=True),
    CheckConstraint("(director IS NULL) = (held_since IS NULL)", name="held_since"),
    Index("ix_leases_director", "director"),
)

HELD: Final = leases.c.director > ""
"""Condition of a lease that a director holds. SQLite searches the index for it; for IS NOT NULL it reads all leases."""

outcomes = Table(
    "outcomes",
    metadata,
    make_text("account"),
    make_text("project", ForeignKey("projects.id"), primary_key=True),
    make_text("fingerprint", primary_key=True),
    make_text("step"),
    make_text("assets"),
    make_text("missing"),
    make_text("chosen_asset", nullable=True),
    make_text("facts"),
    make_number("landed_at"),
    Index("ix_outcomes_account", "account", "landed_at"),
)

assets = Table(
    "assets",
    metadata,
    make_text("account", ForeignKey("accounts.id"), primary_key=True),
    make_text("digest", primary_key=True),
    make_text("mime", nullable=True),
    make_number("size", nullable=True),
    make_text("facts"),
    make_number("known_at"),
    make_number("gone_at", nullable=True),
    CheckConstraint("size IS NULL OR size >= 0", name="not_negative"),
    CheckConstraint("length(digest) = 64", name="digest_whole"),
    Index("ix_assets_gone", "account", "digest", sqlite_where=GONE, postgresql_where=GONE),
)

budgets = Table(
    "budgets",
    metadata,
    make_text("id", primary_key=True),
    make_text("account", ForeignKey("accounts.id"), nullable=True),
    make_text("cap_name"),
    make_text("scope"),
    make_text("subject"),
    make_number("cap_micros"),
    make_number("reserved_micros"),
    make_number("settled_micros"),
    make_text("period", nullable=True),
    make_number("starts_at"),
    make_number("ends_at", nullable=True),
    make_number("removed_at", nullable=True),
    UniqueConstraint("cap_name", "starts_at"),
    make_choice_check("scope", ("deployment", "account", "key", "project")),
    CheckConstraint("period IS NULL OR period IN ('day', 'month')", name="period_known"),
    CheckConstraint("(period IS NULL) = (ends_at IS NULL)", name="period_ends"),
    CheckConstraint("(scope = 'deployment') = (account IS NULL)", name="account_named"),
    make_sign_check("cap_micros", "reserved_micros", "settled_micros"),
)

allowances = Table(
    "allowances",
    metadata,
    make_text("id", primary_key=True),
    make_text("account"),
    make_text("project", ForeignKey("projects.id")),
    make_text("job", ForeignKey("jobs.id")),
    make_number("ceiling_micros"),
    make_number("reserved_micros"),
    make_number("settled_micros"),
    make_text("approved_by"),
    make_number("approved_at"),
    make_number("closed_at", nullable=True),
    make_sign_check("ceiling_micros", "reserved_micros", "settled_micros"),
    Index("ix_allowances_job", "account", "job"),
)

allowance_budgets = Table(
    "allowance_budgets",
    metadata,
    make_text("allowance", ForeignKey("allowances.id"), primary_key=True),
    make_text("budget", ForeignKey("budgets.id"), primary_key=True),
    make_number("reserved_micros"),
    make_sign_check("reserved_micros"),
)

purchases = Table(
    "purchases",
    metadata,
    make_text("id", primary_key=True),
    make_text("account"),
    make_text("project", ForeignKey("projects.id")),
    make_text("job", ForeignKey("jobs.id")),
    make_text("allowance", ForeignKey("allowances.id")),
    make_text("scope"),
    make_text("fingerprint"),
    make_number("attempt"),
    make_text("step"),
    make_text("state"),
    make_text("provider"),
    make_text("model"),
    make_text("resubmit"),
    make_number("quoted_micros"),
    make_text("quote"),
    make_number("settled_micros", nullable=True),
    make_text("settlement", nullable=True),
    make_text("operation", nullable=True),
    make_text("prepared_request"),
    make_number("send_count"),
    make_number("not_before", nullable=True),
    make_text("reason"),
    make_number("intent_at"),
    make_number("posted_at", nullable=True),
    make_number("submitted_at", nullable=True),
    make_number("succeeded_at", nullable=True),
    make_number("ended_at", nullable=True),
    make_text("staged_inputs", nullable=True),
    make_text("order_fingerprint", server_default=text("''")),
    make_number("order_number", server_default=text("1")),
    make_number("samples", server_default=text("1")),
    make_text("dispute", nullable=True),
    make_number("answered_at", nullable=True),
    make_number("billed_micros", nullable=True),
    make_number("stopped_at", nullable=True),
    make_text("claimed_by", nullable=True),
    make_text("operation_id", nullable=True),
    UniqueConstraint("scope", "order_fingerprint", "order_number", "attempt"),
    make_choice_check("state", get_args(PurchaseState)),
    make_choice_check("resubmit", ("never", "free")),
    CheckConstraint("state <> 'submitted' OR operation IS NOT NULL", name="submitted_has_operation"),
    CheckConstraint(
        "(state = 'settled') = (settled_micros IS NOT NULL) AND (settled_micros IS NULL) = (settlement IS NULL)",
        name="settled_has_price",
    ),
    CheckConstraint("(state IN ('settled', 'released')) = (ended_at IS NOT NULL)", name="ended_at"),
    CheckConstraint("state IN ('intent', 'released') OR posted_at IS NOT NULL", name="posted_at"),
    CheckConstraint(
        "quoted_micros >= 0 AND (settled_micros IS NULL OR settled_micros >= 0) AND send_count >= 0",
        name="not_negative",
    ),
    CheckConstraint("attempt >= 1", name="attempt_counts"),
    CheckConstraint("order_number >= 1", name="order_number_counts"),
    Index("ix_purchases_account", "account", "intent_at", "id"),
    Index("ix_purchases_id_end", text(ID_END), "account", "id"),
    Index("ix_purchases_paid", "account", sqlite_where=PAID, postgresql_where=PAID),
    Index("ix_purchases_project", "account", "project", "intent_at", "id"),
    Index("ix_purchases_job", "job"),
    Index("ix_purchases_doubted", "account", sqlite_where=DOUBTED, postgresql_where=DOUBTED),
    Index("ix_purchases_allowance", "allowance"),
    Index("ix_purchases_waiting", "provider", "intent_at", sqlite_where=WAITING, postgresql_where=WAITING),
    Index("ix_purchases_at_provider", "provider", "model", sqlite_where=AT_PROVIDER, postgresql_where=AT_PROVIDER),
    Index(
        "ix_purchases_operation",
        *("provider", "operation_id"),
        unique=True,
        sqlite_where=HAS_OPERATION,
        postgresql_where=HAS_OPERATION,
    ),
)

takes = Table(
    "takes",
    metadata,
    make_text("id", primary_key=True),
    make_text("account"),
    make_text("project", ForeignKey("projects.id")),
    make_text("shot"),
    make_text("fingerprint"),
    make_text("asset"),
    make_number("round"),
    make_number("sample"),
    make_text("purchase", ForeignKey("purchases.id"), nullable=True),
    make_text("facts"),
    make_number("landed_at"),
    UniqueConstraint("purchase", "sample"),
    CheckConstraint("round >= 1 AND sample >= 0", name="counted"),
    Index("ix_takes_shot", "account", "project", "shot"),
)

purchase_history = Table(
    "purchase_history",
    metadata,
    make_serial("seq"),
    make_text("purchase", ForeignKey("purchases.id")),
    make_text("from_state", nullable=True),
    make_text("to_state"),
    make_text("reason"),
    make_text("operation", nullable=True),
    make_number("at"),
    Index("ix_purchase_history_purchase", "purchase", "seq"),
    Index("ix_purchase_history_started", "at", sqlite_where=STARTED, postgresql_where=STARTED),
    sqlite_autoincrement=True,
)

adjustments = Table(
    "adjustments",
    metadata,
    make_serial("seq"),
    make_text("account"),
    make_text("purchase", ForeignKey("purchases.id")),
    make_number("micros"),
    make_text("reason"),
    make_text("author"),
    make_number("at"),
    CheckConstraint("micros <> 0", name="changes_something"),
    Index("ix_adjustments_purchase", "purchase", "seq"),
    sqlite_autoincrement=True,
)

limits = Table(
    "limits",
    metadata,
    make_text("id", primary_key=True),
    make_text("account", ForeignKey("accounts.id"), nullable=True),
    make_text("scope"),
    make_text("subject"),
    make_number("open_at_once", nullable=True),
    make_number("starts", nullable=True),
    make_number("per_s", nullable=True),
    make_choice_check("scope", ("provider", "model", "account", "project", "jobs", "batch")),
    CheckConstraint("(starts IS NULL) = (per_s IS NULL)", name="starts_in_a_time"),
    CheckConstraint("open_at_once IS NOT NULL OR starts IS NOT NULL", name="limits_something"),
    CheckConstraint(
        "(open_at_once IS NULL OR open_at_once >= 0) AND (starts IS NULL OR starts >= 0) AND "
        "(per_s IS NULL OR per_s >= 1)",
        name="not_negative",
    ),
)

order_numbers = Table(
    "order_numbers",
    metadata,
    make_text("account", ForeignKey("accounts.id"), primary_key=True),
    make_text("order_fingerprint", primary_key=True),
    make_number("order_number", primary_key=True),
    make_text("project", ForeignKey("projects.id")),
    CheckConstraint("order_number >= 1", name="order_number_counts"),
)
"""Numbers of orders that a revision asked for and that may not have a purchase yet: no other order gets one of them."""

allowance_shares = Table(
    "allowance_shares",
    metadata,
    make_text("account"),
    make_text("allowance", ForeignKey("allowances.id"), primary_key=True),
    make_text("fingerprint", primary_key=True),
    make_number("micros"),
    Column("is_held", Boolean, nullable=False),
    make_sign_check("micros"),
    Index("ix_allowance_shares_fingerprint", "account", "fingerprint"),
)

requests = Table(
    "requests",
    metadata,
    make_text("account", ForeignKey("accounts.id"), primary_key=True),
    make_text("key", primary_key=True),
    make_text("digest"),
    make_text("project", ForeignKey("projects.id")),
    make_number("at"),
    make_text("job", nullable=True),
    make_text("body", nullable=True),
    make_number("retries", server_default="0"),
    Column("is_asked", Boolean, nullable=False, server_default=false()),
    Index("ix_requests_body", "account", "body", "at", sqlite_where=KEYLESS, postgresql_where=KEYLESS),
)

events = Table(
    "events",
    metadata,
    make_serial("id"),
    make_number("at"),
    make_text("account"),
    make_text("project"),
    make_text("job", nullable=True),
    make_text("kind"),
    make_text("body"),
    Index("ix_events_project", "account", "project", "id"),
    Index("ix_events_account", "account", "id"),
    sqlite_autoincrement=True,
)

journal_places = Table(
    "journal_places",
    metadata,
    make_serial("seq"),
    make_text("epoch", unique=True),
    make_text("place"),
    make_text("reason"),
    make_text("author"),
    make_number("since"),
    make_choice_check("reason", ("first", "reconciled", "restored", "beside_full")),
    sqlite_autoincrement=True,
)
"""The places of this journal; it may buy only in the newest one. Each place that a person accepts has an epoch."""

vault_marks = Table(
    "vault_marks",
    metadata,
    make_text("account", primary_key=True),
    make_text("vault", primary_key=True),
    make_text("log", primary_key=True),
    make_number("size"),
    make_sign_check("size"),
)
"""How many bytes of each log of sends in a vault were compared with the journal, and need not be compared again."""

listed_operations = Table(
    "listed_operations",
    metadata,
    make_text("account", ForeignKey("accounts.id"), primary_key=True),
    make_text("provider", primary_key=True),
    make_text("operation", primary_key=True),
    make_text("work"),
    make_number("history_seq"),
    make_number("recorded_at"),
    make_sign_check("history_seq"),
)
"""Operations that a provider's list showed when the journal was reconciled, and that the journal did not know.

``history_seq``: where the history of purchases ended then. ``purchases`` says which purchase has one by now."""
