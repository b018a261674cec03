"""Turns of purchases that wait to be sent: a fair order for the room that limits have."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from reelwright.store.limits import FindDefaultLimit, count_room, find_limits, list_limit_names
from reelwright.store.living_directors import is_silent
from reelwright.store.schema import AT_PROVIDER, directors, jobs, leases, purchases
from reelwright.store.sql import NowMs


def list_purchases_awaiting_turn(
    conn: Connection, find_default_limit: FindDefaultLimit, lease_s: int, account: str | None = None
) -> frozenset[str]:
    """List the ids of purchases in ``intent`` for which limits have no room yet, of all accounts or of one.

    Higher priority goes first, then the account with the fewest purchases at providers, then the oldest. Purchases of
    projects without a living director are left out: they keep no other waiting.
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

    accounts = {row.account for row in waiting}
    kept = _find_left_over(waiting, _at_provider(conn) if len(accounts) > 1 else Counter(), goes)
    return frozenset(row.id for row in kept if account is None or row.account == account)


def _waiting(lease_s: int) -> Any:
    """Select the due purchases of projects that a living director drives, the oldest first."""
    # One that was posted in the future: the clock was set back, and its director waits by its monotonic clock.
    due = purchases.c.not_before.is_(None) | (purchases.c.not_before <= NowMs()) | (purchases.c.posted_at > NowMs())
    names = ("id", "provider", "model", "account", "project", "resubmit", "sends", "intent_at")
    return (
        select(*(purchases.c[name] for name in names), jobs.c.priority, jobs.c.batch_key, jobs.c.goal)
        .join(jobs, jobs.c.id == purchases.c.job)
        .join(leases, leases.c.project == purchases.c.project)
        .join(directors, directors.c.id == leases.c.director)
        .where(purchases.c.state == "intent", due, ~is_silent(lease_s))
        .order_by(purchases.c.intent_at, purchases.c.id)
    )


def _find_left_over(
    waiting: Sequence[Row[Any]], there: Counter[str], goes: Callable[[Row[Any]], bool]
) -> list[Row[Any]]:
    """Find the purchases that may not go, asking ``goes`` in the order of turns.

    Each that goes delays its account's next.
    """
    kept: list[Row[Any]] = []
    by_priority: dict[int, dict[str, deque[Row[Any]]]] = defaultdict(lambda: defaultdict(deque))
    for row in waiting:
        by_priority[row.priority][row.account].append(row)
    for priority in sorted(by_priority, reverse=True):
        queues = by_priority[priority]
        heap = [(there[account], queue[0].intent_at, account) for account, queue in queues.items()]
        heapq.heapify(heap)
        while heap:
            _, _, account = heapq.heappop(heap)
            row = queues[account].popleft()
            if goes(row):
                there[account] += 1
            else:
                kept.append(row)
            if queues[account]:
                heapq.heappush(heap, (there[account], queues[account][0].intent_at, account))
    return kept


def _at_provider(conn: Connection) -> Counter[str]:
    """Count the purchases at providers by account, without our own work."""
    count = select(purchases.c.account, func.count()).where(AT_PROVIDER, purchases.c.resubmit != "free")
    return Counter({row[0]: row[1] for row in conn.execute(count.group_by(purchases.c.account))})
