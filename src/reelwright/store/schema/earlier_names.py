"""Names of columns before the stored names were settled, for the one conversion, and for lines in a vault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LAST_UNSETTLED: Final = "0032"
"""The last schema before that. Nothing was released with it or with an earlier one."""
RENAMED_COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "projects": {"found_by": "lookup_key", "nth": "order_number"},
    "jobs": {
        "cancel": "cancel_requested",
        "why": "wait_reason",
        "said": "reason",
        "consent_each": "consent_unknown_micros",
        "consent_until": "consent_expires_at",
    },
    "directors": {"boot": "boot_id", "born": "process_start"},
    "leases": {"since": "held_since"},
    "outcomes": {"chosen": "chosen_asset"},
    "budgets": {"cap": "cap_name", "reserved": "reserved_micros", "settled": "settled_micros"},
    "allowances": {"ceiling": "ceiling_micros", "reserved": "reserved_micros", "settled": "settled_micros"},
    "allowance_budgets": {"reserved": "reserved_micros"},
    "allowance_shares": {"holds": "is_held"},
    "purchases": {
        "n": "order_number",
        "try": "attempt",
        "said": "reason",
        "quoted": "quoted_micros",
        "settled": "settled_micros",
        "billed": "billed_micros",
        "prepared": "prepared_request",
        "staged": "staged_inputs",
        "sends": "send_count",
    },
    "purchase_history": {"said": "reason"},
    "adjustments": {"because": "reason", "said_by": "author"},
    "order_numbers": {"n": "order_number"},
    "journal_places": {"why": "reason", "said_by": "author"},
    "listed_operations": {"history": "history_seq"},
    "uploads": {"received": "received_bytes"},
    "webhooks": {"disabled_why": "disabled_reason"},
    "webhook_deliveries": {"said": "reason"},
}
"""The name of now by the earlier one, by table."""
DROPPED_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {"requests": ("was_retry",)}
"""Columns that nothing read any more, by table."""
RENAMED_CONSTRAINTS: Final[Mapping[str, Mapping[str, str]]] = {
    "projects": {
        "ck_projects_nth_counts": "ck_projects_order_number_counts",
        "uq_projects_account_found_by": "uq_projects_account_lookup_key",
    },
    "jobs": {"ck_jobs_why_known": "ck_jobs_wait_reason_known"},
    "budgets": {"uq_budgets_cap_starts_at": "uq_budgets_cap_name_starts_at"},
    "purchases": {
        "ck_purchases_n_counts": "ck_purchases_order_number_counts",
        "ck_purchases_try_counts": "ck_purchases_attempt_counts",
        "uq_purchases_scope_order_fingerprint_n_try": "uq_purchases_scope_order_fingerprint_order_number_attempt",
    },
    "order_numbers": {"ck_order_numbers_n_counts": "ck_order_numbers_order_number_counts"},
    "journal_places": {"ck_journal_places_why_known": "ck_journal_places_reason_known"},
}
"""The name of now by the earlier one, by table, on PostgreSQL; SQLite's tables are made anew."""
