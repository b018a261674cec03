"""Limits of jobs that run at once, in the whole deployment and per account; a waiting job takes up no place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true

from reelwright.store.limits import read_job_limits
from reelwright.store.schema import HELD, RUNNABLE, jobs, leases


def build_job_filter(
    conn: Connection, dead_directors: Collection[str], jobs_at_once: int | None
) -> ColumnElement[bool] | None:
    """Build the SQL condition of jobs that may start now; None where there is no limit.

    ``dead_directors``: their ids. A limit of the deployment that was set takes the place of ``jobs_at_once``. A running
    job whose director is gone may always go on.
    """
    limits = {**({"": jobs_at_once} if jobs_at_once is not None else {}), **read_job_limits(conn)}
    if not limits:
        return None
    taken = _find_busy_projects(conn, dead_directors)
    begun: ColumnElement[bool] = jobs.c.state == "running"  # its director is gone, but it keeps its place
    if "" in limits and len(taken) >= limits[""]:
        return begun
    per_account = Counter(account for account, _ in taken)
    full = [account for account, most in limits.items() if account and per_account[account] >= most]
    return begun | jobs.c.account.not_in(full) if full else true()


def _find_busy_projects(conn: Connection, lost: Collection[str]) -> set[tuple[str, str]]:
    """Find the projects that a director drives, or in which a dead director left a job running."""
    driven = select(leases.c.account, leases.c.project).where(HELD)
    if lost:
        driven = driven.where(leases.c.director.not_in(lost))
    running = select(jobs.c.account, jobs.c.project).where(RUNNABLE, jobs.c.state == "running")
    rows: list[Any] = [*conn.execute(driven), *conn.execute(running)]
    return {(row.account, row.project) for row in rows}
