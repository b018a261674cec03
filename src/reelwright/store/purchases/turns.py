"""Turns of purchases that wait to be sent: a fair order for the room that limits have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from reelwright.store.database.living_directors import is_silent
from reelwright.store.leases.fair_order import Busy, list_left_over
from reelwright.store.limits.limits import FindDefaultLimit, count_room, find_limits, list_limit_names
from reelwright.store.policy import RECENT_PURCHASE_STARTS
from reelwright.store.schema.schema import AT_PROVIDER, STARTED, directors, jobs, leases, purchase_history, purchases
from reelwright.store.schema.sql import NowMs


def list_purchases_awaiting_turn(
    conn: Connection, find_default_limit: FindDefaultLimit, lease_s: int, account: str | None = None
) -> frozenset[str]:
    """List the ids of purchases in ``intent`` for which limits have no room yet, of all accounts or of one.

    They go in the fair order of ``fair_order``, which counts the purchases at providers. Purchases of projects without
    a living director are left out: they keep no other waiting.
    """
    waiting = conn.execute(_waiting(lease_s)).all()
    over = {row.id: list_limit_names(row) for row in waiting}
    limits = (
        find_limits(conn, {name for names in over.values() for name in names}, find_default_limit) if waiting else {}
    )
    if not limits:
        return frozenset()
    room = {name: count_room(conn, limit, lease_s) for name, limit in limits.items()}

    def goes(row: Row[Any]) -> bool:
        names = [name for name in over[row.id] if name in room]
        if any(room[name] <= 0 for name in names):
            return False
        for name in names:
            room[name] -= 1
        return True

    payers = {(row.account, row.payer) for row in waiting}
    kept = list_left_over(waiting, _count_at_providers(conn) if len(payers) > 1 else Busy(()), goes)
    return frozenset(row.id for row in kept if account is None or row.account == account)


def list_unfinished(conn: Connection, provider: str) -> Sequence[tuple[str, str, bool]]:
    """List the purchases of a provider that are not made yet, of all accounts, in the order in which they were ordered.

    Each with its project, its model, and whether it was sent.
    """
    query = select(purchases.c.project, purchases.c.model, purchases.c.state)
    is_open = purchases.c.state.in_(("intent", "posting", "submitted"))
    query = query.where(is_open, purchases.c.provider == provider).order_by(purchases.c.intent_at, purchases.c.id)
    return [(row.project, row.model, row.state != "intent") for row in conn.execute(query)]


def _waiting(lease_s: int) -> Any:
    """Select the due purchases of projects that a living director drives, the oldest first."""
    # One that was posted in the future: the clock was set back, and its director waits by its monotonic clock.
    began = func.coalesce(purchases.c.posted_at, purchases.c.intent_at)
    due = purchases.c.not_before.is_(None) | (purchases.c.not_before <= NowMs()) | (began > NowMs())
    names = ("id", "provider", "model", "account", "project", "resubmit", "send_count", "intent_at")
    of_job = ("priority", "payer", "queue_rank", "batch_key", "goal")
    return (
        select(*(purchases.c[name] for name in names), *(jobs.c[name] for name in of_job))
        .join(jobs, jobs.c.id == purchases.c.job)
        .join(leases, leases.c.project == purchases.c.project)
        .join(directors, directors.c.id == leases.c.director)
        .where(purchases.c.state == "intent", due, ~is_silent(lease_s))
        .order_by(purchases.c.intent_at, purchases.c.id)
    )


def _count_at_providers(conn: Connection) -> Busy:
    """Count the purchases at providers by account and payer, without our own work."""
    sent = select(purchases.c.account, purchases.c.job).where(AT_PROVIDER, purchases.c.resubmit != "free").subquery()
    query = select(sent.c.account, jobs.c.payer, func.count()).join(jobs, jobs.c.id == sent.c.job)
    rows = conn.execute(query.group_by(sent.c.account, jobs.c.payer)).all()
    newest = select(purchase_history.c.purchase).where(STARTED)
    newest = newest.order_by(purchase_history.c.at.desc(), purchase_history.c.seq.desc()).limit(RECENT_PURCHASE_STARTS)
    sends = newest.add_columns(purchase_history.c.at, purchase_history.c.seq).subquery()
    recent = select(jobs.c.account, jobs.c.payer).select_from(
        sends.join(purchases, purchases.c.id == sends.c.purchase).join(jobs, jobs.c.id == purchases.c.job)
    )
    last = conn.execute(recent.where(purchases.c.resubmit != "free").order_by(sends.c.at.desc(), sends.c.seq.desc()))
    return Busy((tuple(row) for row in rows), (tuple(row) for row in last))
