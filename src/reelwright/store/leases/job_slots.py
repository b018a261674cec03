"""Limits of jobs that run at once: of the deployment, of an account, of a batch.

A waiting job takes up no slot, and neither does one that is being cancelled: it may be finished by a job in the queue.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, select

from reelwright.store.leases.fair_order import Busy
from reelwright.store.limits.limits import DEPLOYMENT_JOBS, read_job_limits
from reelwright.store.policy import RECENT_JOB_STARTS
from reelwright.store.schema.schema import GOES_ON, HELD, JOB_STARTED, RUNNABLE, jobs, leases


class JobSlots:
    """The slots that limits leave for projects. ``take`` counts them down.

    A project counts under the batches of all its queued and running jobs: its director runs them one after the other.
    A running job whose director is gone keeps its slot of the deployment and of its account. It has none of its batch:
    it needs one to run again, as the other rows do, so that rows that nobody drives hold nobody up.
    """

    def __init__(self, left: dict[str, int], busy: Busy) -> None:
        self._left = left
        self.busy = busy
        """The projects that each account and payer has under way."""

    def count_free(self, most: int) -> int:
        """Count how many more jobs of the queue may start in the whole deployment, up to ``most``."""
        return max(0, min(most, self._left.get(DEPLOYMENT_JOBS, most)))

    def list_full_accounts(self) -> list[str]:
        """List the accounts whose limit of jobs is reached."""
        full = (name for name, slots in self._left.items() if slots <= 0 and name != DEPLOYMENT_JOBS)
        return [name.removeprefix("jobs/") for name in full if name.startswith("jobs/")]

    def build_filter(self) -> ColumnElement[bool] | None:
        """Build the SQL condition of jobs whose project has no runnable row of a full batch; None: none is full."""
        full = (name for name, slots in self._left.items() if slots <= 0)
        batches = [name.removeprefix("batch/") for name in full if name.startswith("batch/")]
        if not batches:
            return None
        other = jobs.alias("other")
        same = (other.c.account == jobs.c.account, other.c.project == jobs.c.project)
        runnable = other.c.state.in_(("queued", "running"))
        row = (runnable, other.c.goal != "takes", other.c.batch_key.in_(batches), other.c.cancel_requested.is_(False))
        return ~exists().where(*same, *row)

    def take(self, job: Row[Any], project_jobs: Iterable[Row[Any]], *, goes_on: bool) -> bool:
        """Take the slots that a project needs to run ``job``; False, and none is taken, if one is not free.

        ``project_jobs``: its queued and running jobs. ``goes_on``: it needs none of the deployment or its account.
        """
        needed = {name for one in project_jobs for name in _list_batch_names(one)}
        if not goes_on:
            needed |= _list_job_names(job)
        names = needed & self._left.keys()
        if any(self._left[name] <= 0 for name in names):
            return False
        for name in names:
            self._left[name] -= 1
        return True

    def list_project_jobs(self, conn: Connection, projects: Collection[str]) -> Mapping[str, list[Row[Any]]]:
        """List the queued and running jobs of each of the projects; empty where no batch has a limit."""
        found: dict[str, list[Row[Any]]] = defaultdict(list)
        if projects and any(name.startswith("batch/") for name in self._left):
            columns = (jobs.c.project, jobs.c.goal, jobs.c.batch_key, jobs.c.cancel_requested)
            query: Select[Any] = select(*columns).where(RUNNABLE, jobs.c.project.in_(projects))
            for row in conn.execute(query):
                found[row.project].append(row)
        return found


def count_slots(
    conn: Connection, dead_directors: Collection[str], jobs_at_once: int | None, *, only_batches: bool
) -> JobSlots:
    """Count the free slots for jobs: the limits, by default ``jobs_at_once`` in all, less what runs now.

    ``dead_directors``: their ids. A limit of the deployment that was set takes the place of ``jobs_at_once``.
    ``only_batches``: count only those of batches; no other limit applies.
    """
    limits = read_job_limits(conn)
    if jobs_at_once is not None:
        limits.setdefault(DEPLOYMENT_JOBS, jobs_at_once)
    if only_batches:
        limits = {name: most for name, most in limits.items() if name.startswith("batch/")}
    taken: Counter[str] = Counter()
    busy: list[tuple[str, str, int]] = []
    for project in _find_busy_projects(conn, dead_directors).values():
        taken.update(project.names)
        busy.append((project.account, project.payer, 1))
    return JobSlots({name: most - taken[name] for name, most in limits.items()}, Busy(busy, list_recent_starts(conn)))


def list_recent_starts(conn: Connection) -> list[tuple[str, str]]:
    """List account and payer of the 100 jobs that were started last, the newest first."""
    query = select(jobs.c.account, jobs.c.payer).where(JOB_STARTED)
    rows = conn.execute(query.order_by(jobs.c.started_at.desc(), jobs.c.seq.desc()).limit(RECENT_JOB_STARTS)).all()
    return [(row.account, row.payer) for row in rows]


@dataclass(slots=True)
class _BusyProject:
    """A project that takes up slots. ``names``: of its limits. ``payer``: of its job that runs, else of any."""

    account: str
    payer: str
    names: set[str]


def _find_busy_projects(conn: Connection, dead_directors: Collection[str]) -> dict[str, _BusyProject]:
    """Find the projects that a director drives, or in which a dead one left a job running."""
    same = (jobs.c.account == leases.c.account) & (jobs.c.project == leases.c.project) & RUNNABLE
    columns = (leases.c.account, leases.c.project, jobs.c.goal, jobs.c.batch_key, jobs.c.cancel_requested, jobs.c.payer)
    driven: Select[Any] = select(*columns).select_from(leases.outerjoin(jobs, same)).where(HELD)
    if dead_directors:
        driven = driven.where(leases.c.director.not_in(dead_directors))
    found: dict[str, _BusyProject] = {}
    for row in conn.execute(driven):
        busy = found.setdefault(row.project, _BusyProject(row.account, row.payer or "", set()))
        busy.names |= _list_batch_names(row) | (set() if row.cancel_requested else _list_job_names(row))
    running: Select[Any] = select(jobs.c.account, jobs.c.project, jobs.c.payer)
    for row in conn.execute(running.where(GOES_ON, jobs.c.state == "running", jobs.c.cancel_requested.is_(False))):
        busy = found.setdefault(row.project, _BusyProject(row.account, row.payer, set()))
        busy.payer = row.payer
        busy.names |= _list_job_names(row)
    return found


def _list_job_names(job: Row[Any]) -> set[str]:
    return {DEPLOYMENT_JOBS, f"jobs/{job.account}"}


def _list_batch_names(job: Row[Any]) -> set[str]:
    """List the limit of the batch under which a job counts while it runs; a row that ends with takes does not."""
    is_counted = job.batch_key is not None and job.goal != "takes" and not job.cancel_requested
    return {f"batch/{job.batch_key}"} if is_counted else set()
