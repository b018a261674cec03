"""Whose turn it is: of all purchases that wait to be sent, those that limits have room for, in a fair order."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from reelwright.store.leases import is_silent
from reelwright.store.limits import Default, names_over, room_left, standing
from reelwright.store.schema import AT_PROVIDER, directors, jobs, leases, purchases
from reelwright.store.sql import now_ms


def out_of_turn(conn: Connection, default: Default, lease_s: int, account: str | None = None) -> frozenset[str]:
    """Purchases in ``intent`` for which there is no room yet. Without limits nobody waits.

    First the higher priority, then the account that has fewest at its providers, then who came first. Only those
    count whose project is driven: what a director that is gone left behind keeps nobody waiting.
    """
    waiting = conn.execute(_waiting(lease_s)).all()
    over = {row.id: names_over(row) for row in waiting}
    limits = standing(conn, {name for names in over.values() for name in names}, default) if waiting else {}
    if not limits:
        return frozenset()
    room = {name: room_left(conn, limit) for name, limit in limits.items()}

    def goes(row: Row[Any]) -> bool:
        names = [name for name in over[row.id] if name in room]
        if any(room[name] <= 0 for name in names):
            return False
        for name in names:
            room[name] -= 1
        return True

    accounts = {row.account for row in waiting}
    kept = _left_over(waiting, _at_provider(conn) if len(accounts) > 1 else Counter(), goes)
    return frozenset(row.id for row in kept if account is None or row.account == account)


def _waiting(lease_s: int) -> Any:
    """Due purchases of projects that somebody drives, first come first."""
    # One that was posted in the future: the clock was set back, and its director counts by a clock of its own.
    due = purchases.c.not_before.is_(None) | (purchases.c.not_before <= now_ms()) | (purchases.c.posted_at > now_ms())
    columns = (purchases.c[name] for name in ("id", "provider", "model", "account", "project", "resubmit", "intent_at"))
    return (
        select(*columns, jobs.c.priority)
        .join(jobs, jobs.c.id == purchases.c.job)
        .join(leases, leases.c.project == purchases.c.project)
        .join(directors, directors.c.id == leases.c.director)
        .where(purchases.c.state == "intent", due, ~is_silent(lease_s))
        .order_by(purchases.c.intent_at, purchases.c.id)
    )


def _left_over(waiting: Sequence[Row[Any]], there: Counter[str], goes: Callable[[Row[Any]], bool]) -> list[Row[Any]]:
    """Those that do not go, all asked in turn; each that goes makes its account's next one wait longer."""
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
    """Open purchases by account; what we make ourselves does not count."""
    count = select(purchases.c.account, func.count()).where(AT_PROVIDER, purchases.c.resubmit != "free")
    return Counter({row[0]: row[1] for row in conn.execute(count.group_by(purchases.c.account))})
