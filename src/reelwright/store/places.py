"""How many jobs run at once, in the whole deployment and of an account; one that waits for a person has no place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true

from reelwright.store.limits import job_limits
from reelwright.store.schema import RUNNABLE, jobs, leases


def open_to(conn: Connection, lost: Collection[str], jobs_at_once: int | None) -> ColumnElement[bool] | None:
    """Which jobs may be taken up now; None: all, since there is no limit. ``lost``: directors that are gone.

    A limit that was set goes before ``jobs_at_once``.
    """
    limits = {**({"": jobs_at_once} if jobs_at_once is not None else {}), **job_limits(conn)}
    if not limits:
        return None
    taken = _taken(conn, lost)
    begun: ColumnElement[bool] = jobs.c.state == "running"  # its director is gone: it keeps its place
    if "" in limits and len(taken) >= limits[""]:
        return begun
    per_account = Counter(account for account, _ in taken)
    full = [account for account, most in limits.items() if account and per_account[account] >= most]
    return begun | jobs.c.account.not_in(full) if full else true()


def _taken(conn: Connection, lost: Collection[str]) -> set[tuple[str, str]]:
    """Projects that somebody drives, or that a director which is gone left running."""
    driven = select(leases.c.account, leases.c.project).where(leases.c.director.is_not(None))
    if lost:
        driven = driven.where(leases.c.director.not_in(lost))
    running = select(jobs.c.account, jobs.c.project).where(RUNNABLE, jobs.c.state == "running")
    rows: list[Any] = [*conn.execute(driven), *conn.execute(running)]
    return {(row.account, row.project) for row in rows}
