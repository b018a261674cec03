"""Limits of jobs that run at once: of the deployment, of an account, of a batch. A waiting job takes up no slot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from reelwright.store.limits import DEPLOYMENT_JOBS, read_job_limits
from reelwright.store.schema import HELD, RUNNABLE, jobs, leases


class JobSlots:
    """The slots that limits leave for jobs. ``take`` counts them down.

    A running job whose director is gone keeps its slot, and a job that is being cancelled needs none.
    """

    def __init__(self, left: dict[str, int]) -> None:
        self._left = left

    def build_filter(self) -> ColumnElement[bool] | None:
        """Build the SQL condition of jobs that may start now; None if every job may."""
        full = {name for name, slots in self._left.items() if slots <= 0}
        if not full:
            return None
        goes_on = or_(jobs.c.state == "running", jobs.c.cancel)
        if DEPLOYMENT_JOBS in full:
            return goes_on
        accounts = [name.removeprefix("jobs/") for name in full if name.startswith("jobs/")]
        batches = [name.removeprefix("batch/") for name in full if name.startswith("batch/")]
        is_full = and_(jobs.c.goal != "takes", jobs.c.batch_key.in_(batches))
        return or_(goes_on, and_(jobs.c.account.not_in(accounts), is_full.is_not(True)))

    def take(self, job: Row[Any]) -> bool:
        """Take the slots that a job needs. Returns False, and takes none, if one of them is not free."""
        if job.state == "running" or job.cancel:
            return True
        names = [name for name in _list_limit_names(job) if name in self._left]
        if any(self._left[name] <= 0 for name in names):
            return False
        for name in names:
            self._left[name] -= 1
        return True


def count_slots(
    conn: Connection, dead_directors: Collection[str], jobs_at_once: int | None, *, only_batches: bool
) -> JobSlots:
    """Count the slots that are free now.

    ``dead_directors``: their ids. A limit of the deployment that was set takes the place of ``jobs_at_once``.
    ``only_batches``: count only those of batches; no other limit applies.
    """
    limits = read_job_limits(conn)
    if jobs_at_once is not None:
        limits.setdefault(DEPLOYMENT_JOBS, jobs_at_once)
    if only_batches:
        limits = {name: most for name, most in limits.items() if name.startswith("batch/")}
    taken: Counter[str] = Counter()
    if limits:
        for names in _find_busy_projects(conn, dead_directors).values():
            taken.update(names)
    return JobSlots({name: most - taken[name] for name, most in limits.items()})


def _find_busy_projects(conn: Connection, dead_directors: Collection[str]) -> dict[str, set[str]]:
    """Find the projects that a director drives, or in which a dead one left a job running; each with its limits."""
    same = (jobs.c.account == leases.c.account) & (jobs.c.project == leases.c.project) & RUNNABLE
    columns = (leases.c.account, leases.c.project, jobs.c.goal, jobs.c.batch_key)
    driven = select(*columns).select_from(leases.outerjoin(jobs, same)).where(HELD)
    if dead_directors:
        driven = driven.where(leases.c.director.not_in(dead_directors))
    running = select(jobs.c.account, jobs.c.project, jobs.c.goal, jobs.c.batch_key)
    running = running.where(RUNNABLE, jobs.c.state == "running")
    found: dict[str, set[str]] = {}
    for row in (*conn.execute(driven), *conn.execute(running)):
        found.setdefault(row.project, set()).update(_list_limit_names(row))
    return found


def _list_limit_names(job: Row[Any]) -> tuple[str, ...]:
    """List the names of the limits that a job counts under. A row of a batch that ends with takes counts otherwise."""
    own = () if job.batch_key is None or job.goal == "takes" else (f"batch/{job.batch_key}",)
    return (DEPLOYMENT_JOBS, f"jobs/{job.account}", *own)
