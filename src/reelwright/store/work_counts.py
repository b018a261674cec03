"""Counts of the work of a whole deployment, for its metrics: jobs, purchases and spend, never by account or id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from reelwright.store.schema import RUNNABLE, jobs, purchases
from reelwright.store.sql import NowMs


@dataclass(frozen=True, slots=True)
class PurchaseCount:
    """Purchases of a model of a provider. ``settled_micros``: what those cost that have ended."""

    provider: str
    model: str
    state: str
    count: int
    settled_micros: int


@dataclass(frozen=True, slots=True)
class WorkCounts:
    """The work of a deployment. ``jobs_by_state``: those that have not ended. ``oldest_queued_s``: age in seconds."""

    jobs_by_state: dict[str, int]
    oldest_queued_s: float
    oldest_unknown_s: float
    purchases: Sequence[PurchaseCount]


def count_work(conn: Connection) -> WorkCounts:
    """Count the jobs that have not ended and all purchases, of all accounts."""
    live = select(jobs.c.state, func.count()).where(jobs.c.finished_at.is_(None)).group_by(jobs.c.state)
    queued = select(NowMs() - func.min(jobs.c.created_at)).where(RUNNABLE, jobs.c.state == "queued")
    unknown = select(NowMs() - func.min(purchases.c.posted_at)).where(purchases.c.state == "unknown")
    columns = (purchases.c.provider, purchases.c.model, purchases.c.state)
    bought = select(*columns, func.count(), func.coalesce(func.sum(purchases.c.settled), 0)).group_by(*columns)
    return WorkCounts(
        jobs_by_state={row[0]: row[1] for row in conn.execute(live)},
        oldest_queued_s=(conn.execute(queued).scalar() or 0) / 1000,
        oldest_unknown_s=(conn.execute(unknown).scalar() or 0) / 1000,
        purchases=[PurchaseCount(*row) for row in conn.execute(bought)],
    )
