"""Reads of jobs: by id, the newest, lists, and their positions in the queue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Label, Row, bindparam, case, func, select

from reelwright.errors import NotFound
from reelwright.reason import Action
from reelwright.reel.film.brief import Goal
from reelwright.reel.records.operation import Job, Standing
from reelwright.store.database.processes import make_holder
from reelwright.store.jobs.job_labels import JobLabel
from reelwright.store.leases.fair_order import Busy, list_left_over
from reelwright.store.leases.job_slots import list_recent_starts
from reelwright.store.leases.job_turns import has_several_payers
from reelwright.store.leases.leases import list_driven_projects
from reelwright.store.policy import TRY_COUNTS_ON_AFTER_END_MS
from reelwright.store.projects.id_lookup import may_be_id
from reelwright.store.projects.projects import JOB_IN_TURN, read_standings
from reelwright.store.schema.rows import to_job
from reelwright.store.schema.schema import GOES_ON, RUNNABLE, jobs, purchase_history, purchases
from reelwright.store.schema.sql import InArray, NowMs, to_pair_parameters


def find_job(conn: Connection, account: str, job: str) -> Job | None:
    """Find a job of the account by its id, with or without prefix; None if there is none."""
    if not may_be_id(job):
        return None
    row = conn.execute(select(jobs).where(jobs.c.account == account, jobs.c.id == _complete_id(job))).first()
    return None if row is None else to_job(row)


def read_job(conn: Connection, account: str, job: str) -> Job:
    """Read a job of the account by its id. Raises ``NotFound``."""
    found = find_job(conn, account, job)
    if found is None:
        raise build_no_job_error(job)
    return found


class JobView(NamedTuple):
    """A job, the standing of its project, and whether a living director drives the project; on one snapshot."""

    job: Job
    standing: Standing
    is_driven: bool


class JobViewQuery(NamedTuple):
    """Names a job for ``read_job_views``. ``lease_s``: seconds without a heartbeat until a director is gone."""

    account: str
    job: str
    lease_s: int


def read_job_views(conn: Connection, queries: Sequence[JobViewQuery]) -> Sequence[JobView | NotFound]:
    """Read jobs with the standings of their projects; ``NotFound`` in the place of a missing one."""
    names = [(one.account, _complete_id(one.job)) for one in queries if may_be_id(one.job)]
    rows = conn.execute(_JOBS, to_pair_parameters(names)).all()
    found = {(row.account, row.id): to_job(row) for row in rows}
    projects = list(dict.fromkeys((found[name].account, found[name].project) for name in names if name in found))
    standings = dict(zip(projects, read_standings(conn, projects) if projects else (), strict=True))
    driven: dict[tuple[str, int], frozenset[str]] = {}

    def view(query: JobViewQuery) -> JobView | NotFound:
        job = found.get((query.account, _complete_id(query.job))) if may_be_id(query.job) else None
        if job is None:
            return build_no_job_error(query.job)
        standing = standings[job.account, job.project]
        if isinstance(standing, NotFound):
            return standing
        seen = (query.account, query.lease_s)
        if job.state == "running" and seen not in driven:
            driven[seen] = list_driven_projects(conn, query.account, make_holder("looks"), query.lease_s)
        return JobView(job, standing, job.project in driven.get(seen, ()))

    return [view(query) for query in queries]


def _complete_id(job: str) -> str:
    """Return the id of a job that was named with or without its prefix."""
    return f"job_{job.removeprefix('job_')}"


def _select_sent_ms() -> Label[int | None]:
    """Select for how long, at most, one of the job's purchases has been at its provider, in milliseconds.

    From stored times alone, of each try since it was first sent: it never falls, whichever process reads it. A try
    counts on for a little after its end, because it may be read between that end and the commit that tells of it.
    """
    first = select(func.min(purchase_history.c.at)).where(
        purchase_history.c.purchase == purchases.c.id, purchase_history.c.to_state.in_(("posting", "submitted"))
    )
    end = func.coalesce(purchases.c.succeeded_at, purchases.c.ended_at) + TRY_COUNTS_ON_AFTER_END_MS
    until = case((end < NowMs(), end), else_=NowMs())
    longest = select(func.max(until - first.scalar_subquery())).where(purchases.c.job == jobs.c.id)
    return longest.correlate(jobs).scalar_subquery().label("sent_ms")


_WITH_SENT: Final = select(jobs, _select_sent_ms())
_JOBS: Final = _WITH_SENT.where(InArray(jobs.c.account, "of"), InArray(jobs.c.id, "called"))
"""Built once: every poll of a program runs it."""


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
    conn: Connection,
    account: str,
    limit: int,
    after: str | None,
    *,
    oldest_first: bool = False,
    label: JobLabel | None = None,
) -> Sequence[Job]:
    """List up to ``limit`` jobs for clips or films after the job ``after``, newest first unless ``oldest_first``.

    Without jobs that a program deleted. ``label``: only those that were ordered under it.
    """
    wanted = (jobs.c.goal.in_(("takes", "film")), jobs.c.removed_at.is_(None))
    query = _WITH_SENT.where(jobs.c.account == account, *wanted)
    if label is not None:
        query = query.where(jobs.c.label_digest == label.compute_digest())
    if after is not None:
        place = select(jobs.c.seq).where(jobs.c.account == account, jobs.c.id == after).scalar_subquery()
        query = query.where(jobs.c.seq > place if oldest_first else jobs.c.seq < place)
    order = jobs.c.seq if oldest_first else jobs.c.seq.desc()
    return [to_job(row) for row in conn.execute(query.order_by(order).limit(limit))]


def list_runnable_jobs(conn: Connection, account: str, project: str) -> Sequence[Job]:
    """List a project's queued and running jobs, oldest first."""
    query = select(jobs).where(jobs.c.account == account, jobs.c.project == project, RUNNABLE)
    return [to_job(row) for row in conn.execute(query.order_by(jobs.c.seq))]


class AccountQueue(NamedTuple):
    """The queue as an account sees it: how many of its jobs wait, and the ids of those that run."""

    waiting_count: int
    running_ids: tuple[str, ...]


def read_account_queue(conn: Connection, account: str, driven: Collection[str]) -> AccountQueue:
    """Count the queued jobs of an account and list the running ones of ``driven`` projects, the oldest first."""
    query = select(jobs.c.id, jobs.c.state, jobs.c.project).where(jobs.c.account == account, RUNNABLE)
    rows = conn.execute(query.where(jobs.c.removed_at.is_(None)).order_by(jobs.c.seq)).all()
    running = tuple(row.id for row in rows if row.state == "running" and row.project in driven)
    return AccountQueue(sum(row.state == "queued" for row in rows), running)


class PositionsQuery(NamedTuple):
    """Names an account's projects for ``list_positions``."""

    account: str
    projects: frozenset[str]


def list_positions(conn: Connection, queries: Sequence[PositionsQuery]) -> Sequence[Mapping[str, int]]:
    """Return for each query the queued jobs that it asks for, with their positions in the queue; 1 starts next.

    That is the order in which directors claim them (``fair_order``) if nothing that runs ends and nothing is queued.
    A claimed project runs its jobs one after the other. So before a job come the queued jobs that are before the first
    job of its project, and those before it in its project. Two jobs may have the same position, because nobody knows
    how long another project's first job will take. Limits of accounts are left out: they may let a later job start
    sooner. All queries share one order, for which every queued job of the deployment is read.
    """
    live = [_list_live(conn, query) for query in queries]
    if not any(row.state == "queued" for rows in live for row in rows):
        return [{} for _ in queries]
    before = {seq: number for number, seq in enumerate(_list_in_order(conn))}
    return [_build_positions(rows, before) for rows in live]


def _list_live(conn: Connection, query: PositionsQuery) -> Sequence[Row[Any]]:
    """List the queued and running jobs of the projects, oldest first."""
    if not query.projects:
        return ()
    parameters = {"account": query.account, "called": sorted(query.projects)}
    return sorted(conn.execute(_LIVE_OF_PROJECTS, parameters), key=lambda row: row.seq)


def _build_positions(rows: Sequence[Row[Any]], before: Mapping[int, int]) -> Mapping[str, int]:
    """Build the positions of jobs by id. ``before``: how many queued jobs of the deployment go first, by ``seq``."""
    last: dict[str, int] = {}
    for row in rows:
        number = before.get(row.seq, 0)
        last[row.project] = min(last.get(row.project, number), number)
    positions: dict[str, int] = {}
    for row in rows:
        if row.state == "queued":
            positions[row.id] = last[row.project] = last[row.project] + 1
    return positions


def _list_in_order(conn: Connection) -> list[int]:
    """List the ``seq`` of all queued jobs of the deployment in their fair order; reads only indexes."""
    running = conn.execute(_RUNNING).all()
    started = {row.seq for row in running}
    if not has_several_payers(conn):
        return [seq for seq in conn.scalars(_IN_ORDER_OF_ONE) if seq not in started]
    queue = [row for row in conn.execute(_RUNNABLE_JOBS).all() if row.seq not in started]
    ordered: list[int] = []

    def goes(row: Row[Any]) -> bool:
        ordered.append(row.seq)
        return True

    busy = Busy(((row.account, row.payer, 1) for row in running), list_recent_starts(conn))
    list_left_over(sorted(queue, key=lambda row: row.seq), busy, goes)
    return ordered


_LIVE_OF_PROJECTS: Final = select(jobs.c.id, jobs.c.seq, jobs.c.project, jobs.c.state).where(
    jobs.c.account == bindparam("account"), InArray(jobs.c.project, "called"), RUNNABLE
)
_RUNNING: Final = select(jobs.c.seq, jobs.c.account, jobs.c.payer).where(GOES_ON, jobs.c.state == "running")
_RUNNABLE_JOBS: Final = select(*(jobs.c[name] for name in ("priority", "account", "payer", "queue_rank", "seq"))).where(
    RUNNABLE
)
_IN_ORDER_OF_ONE: Final = (
    select(jobs.c.seq).where(RUNNABLE).order_by(jobs.c.priority.desc(), jobs.c.queue_rank, jobs.c.seq)
)


def build_no_job_error(job: str) -> NotFound:
    """Build the error of a verb that names a job which the account does not have."""
    return NotFound(code="job_not_found", job=job, actions=[Action("list_jobs")])
