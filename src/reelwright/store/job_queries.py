"""Reads of jobs: by id, the newest, lists, and their positions in the queue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, func, select

from reelwright.errors import NotFound
from reelwright.reason import Action
from reelwright.reel.brief import Goal
from reelwright.reel.operation import Job
from reelwright.store.id_lookup import may_be_id
from reelwright.store.projects import JOB_IN_TURN
from reelwright.store.rows import to_job
from reelwright.store.schema import RUNNABLE, jobs
from reelwright.store.sql import InArray, to_pair_parameters


def find_job(conn: Connection, account: str, job: str) -> Job | None:
    """Find a job of the account by its id, with or without prefix; None if there is none."""
    if not may_be_id(job):
        return None
    whole = f"job_{job.removeprefix('job_')}"
    row = conn.execute(select(jobs).where(jobs.c.account == account, jobs.c.id == whole)).first()
    return None if row is None else to_job(row)


def read_job(conn: Connection, account: str, job: str) -> Job:
    """Read a job of the account by its id. Raises ``NotFound``."""
    found = find_job(conn, account, job)
    if found is None:
        raise build_no_job_error(job)
    return found


def find_newest_job(conn: Connection, account: str, project: str | None = None, goal: Goal | None = None) -> Job | None:
    """Find the newest job of the account, or of one project, for any goal or one; None if there is none."""
    query = select(jobs).where(jobs.c.account == account)
    if project is not None:
        query = query.where(jobs.c.project == project)
    if goal is not None:
        query = query.where(jobs.c.goal == goal)
    row = conn.execute(query.order_by(jobs.c.seq.desc()).limit(1)).first()
    return None if row is None else to_job(row)


def find_job_in_turn(conn: Connection, account: str, project: str) -> Job | None:
    """Find a project's running job, else the first queued, else the first waiting, else the newest."""
    row = conn.execute(JOB_IN_TURN, to_pair_parameters([(account, project)])).first()
    return None if row is None else to_job(row)


def list_jobs(
    conn: Connection,
    account: str,
    project: str | None = None,
    limit: int | None = None,
    before: str | None = None,
    *,
    has_removed: bool = True,
) -> Sequence[Job]:
    """List the jobs of an account or of one project, newest first: up to ``limit`` that are older than ``before``.

    ``has_removed``: with those that a program deleted.
    """
    query = select(jobs).where(jobs.c.account == account)
    if not has_removed:
        query = query.where(jobs.c.removed_at.is_(None))
    if project is not None:
        query = query.where(jobs.c.project == project)
    if before is not None:
        place = select(jobs.c.seq).where(jobs.c.account == account, jobs.c.id == before)
        query = query.where(jobs.c.seq < place.scalar_subquery())
    return [to_job(row) for row in conn.execute(query.order_by(jobs.c.seq.desc()).limit(limit))]


def list_video_jobs(
    conn: Connection, account: str, limit: int, after: str | None, *, oldest_first: bool = False
) -> Sequence[Job]:
    """List up to ``limit`` jobs that make a clip or a film and come after the job ``after``; the newest first."""
    wanted = (jobs.c.goal.in_(("takes", "film")), jobs.c.removed_at.is_(None))
    query = select(jobs).where(jobs.c.account == account, *wanted)
    if after is not None:
        place = select(jobs.c.seq).where(jobs.c.account == account, jobs.c.id == after).scalar_subquery()
        query = query.where(jobs.c.seq > place if oldest_first else jobs.c.seq < place)
    order = jobs.c.seq if oldest_first else jobs.c.seq.desc()
    return [to_job(row) for row in conn.execute(query.order_by(order).limit(limit))]


def list_runnable_jobs(conn: Connection, account: str, project: str) -> Sequence[Job]:
    """List a project's queued and running jobs, oldest first."""
    query = select(jobs).where(jobs.c.account == account, jobs.c.project == project, RUNNABLE)
    return [to_job(row) for row in conn.execute(query.order_by(jobs.c.seq))]


def list_positions(conn: Connection, account: str, projects: Collection[str]) -> Mapping[str, int]:
    """List the positions of the projects' queued jobs in the queue of the deployment, by the job's id; 1 starts next.

    Directors claim projects: those with a job of higher priority first, then those with the oldest job. A claimed
    project runs its jobs one after the other. So before a job come the queued jobs that are before the first job of its
    project, and those before it in its project. Two jobs may have the same position, because nobody knows how long
    another project's first job will take. Limits of accounts are left out: they may let a later job start sooner.
    """
    before = func.count().filter(jobs.c.state == "queued")
    turn = before.over(order_by=(jobs.c.priority.desc(), jobs.c.seq), rows=(None, -1)).label("before")
    queue = select(jobs.c.seq, jobs.c.account, jobs.c.project, jobs.c.state, turn).where(RUNNABLE).subquery("queue")
    job = select(jobs.c.id).where(jobs.c.seq == queue.c.seq).scalar_subquery().label("id")
    query = select(job, queue.c.project, queue.c.state, queue.c.before)
    query = query.where(queue.c.account == account, InArray(queue.c.project, "called")).order_by(queue.c.seq)
    rows = conn.execute(query, {"called": sorted(projects)}).all() if projects else []
    last: dict[str, int] = {}
    for row in rows:
        last[row.project] = min(last.get(row.project, row.before), row.before)
    positions: dict[str, int] = {}
    for row in rows:
        if row.state == "queued":
            positions[row.id] = last[row.project] = last[row.project] + 1
    return positions


def build_no_job_error(job: str) -> NotFound:
    """Build the error of a verb that names a job which the account does not have."""
    return NotFound(code="job_not_found", job=job, actions=[Action("list_jobs")])
