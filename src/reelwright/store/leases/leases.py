"""Leases of projects: claim, heartbeat, release, and the fence that refuses late writes under a lost lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, delete, exists, select, text, true, update

from reelwright.errors import LeaseLost, StoreUnavailable
from reelwright.reason import Action
from reelwright.reel.records.operation import Holder, Lease
from reelwright.store.database.living_directors import is_silent
from reelwright.store.database.processes import is_gone
from reelwright.store.database.unit import Unit
from reelwright.store.leases import job_slots, job_turns
from reelwright.store.leases.fair_order import list_left_over
from reelwright.store.policy import SILENT_DIRECTOR_FORGOTTEN_AFTER_MS
from reelwright.store.schema.schema import HEAD, HELD, directors, jobs, leases
from reelwright.store.schema.sql import InArray, NowMs, hold_lock, insert, to_datetime, to_pair_parameters


def fence(conn: Connection, lease: Lease) -> None:
    """Raise ``LeaseLost`` unless ``lease`` is still valid, and keep it so until this transaction ends."""
    (lost,) = find_lost_leases(conn, [lease])
    if lost:
        raise lost


def find_lost_leases(conn: Connection, held_leases: Sequence[Lease]) -> list[LeaseLost | None]:
    """Check many leases as ``fence`` does: return for each its ``LeaseLost``, or None where it is valid and kept."""
    named = to_pair_parameters((lease.account, lease.project) for lease in held_leases)
    still = {tuple(row) for row in conn.execute(_HELD, named).all()}
    return [
        None
        if (lease.account, lease.project, lease.director, lease.token) in still
        else LeaseLost(code="lease_was_lost", director=lease.director, project=lease.project)
        for lease in held_leases
    ]


_HELD: Final = (
    select(leases.c.account, leases.c.project, leases.c.director, leases.c.token)
    .where(InArray(leases.c.account, "of"), InArray(leases.c.project, "called"))
    .order_by(leases.c.project)  # rows are always locked in this order
    .with_for_update(read=True)
)
"""Built once: most writes begin with it."""


def fence_and_read(conn: Connection, lease: Lease, job_query: Select[Any]) -> Row[Any] | None:
    """Raise ``LeaseLost`` unless the lease is valid, else run ``job_query`` and lock the job; return its row.

    No cancel can change the job before this transaction ends. None: there is no such job.
    """
    query = job_query.join(leases, true()).where(jobs.c.account == lease.account, *_match(lease))
    found = conn.execute(query.with_for_update(read=True, of=[leases, jobs])).first()
    if found is None:
        fence(conn, lease)
    return found


def find_claimable(
    conn: Connection, holder: Holder, lease_s: int, only_project: str | None, jobs_at_once: int | None, limit: int = 1
) -> Sequence[Row[Any]]:
    """Find the leases of up to ``limit`` projects that have a job to run and no living director, in the order of turns.

    Jobs that a director left running come first, since they have their slots, and those with paid work at a provider,
    which may remove it; the others in their fair order. Limits of jobs apply; with ``only_project`` only those of
    batches. ``holder`` never takes a project from itself. Raises ``StoreUnavailable`` where a newer release has
    upgraded the journal meanwhile.
    """
    lost = _find_dead_directors(conn, holder, lease_s)
    slots = job_slots.count_slots(conn, lost, jobs_at_once, only_batches=only_project is not None)
    going_on = job_turns.find_going_on(conn, lost, slots, only_project, limit)
    queued = job_turns.find_first_queued(conn, lost, slots, only_project, limit - len(going_on))
    together = slots.list_project_jobs(conn, {job.project for job in (*going_on, *queued)})
    named: list[str] = []

    def goes(job: Row[Any], *, goes_on: bool = False) -> bool:
        if job.project in named or len(named) >= limit:
            return False
        if not slots.take(job, together.get(job.project, ()), goes_on=goes_on):
            return False
        named.append(job.project)
        return True

    for job in going_on:
        goes(job, goes_on=True)
    list_left_over(queued, slots.busy, goes)
    found = conn.execute(_SELECT_LEASES.where(leases.c.project.in_(named))).all() if named else []
    for row in found:
        _refuse_newer(row)
    return sorted(found, key=lambda row: named.index(row.project))


_SELECT_LEASES: Final = select(leases, text("(SELECT version_num FROM alembic_version) AS revision"))
"""Leases with the journal's last migration, in the one statement."""


def _refuse_newer(row: Row[Any]) -> None:
    """Raise ``StoreUnavailable`` if the journal is not of this release any more: a newer one drives its projects."""
    if row.revision != HEAD:
        raise StoreUnavailable(code="journal_is_newer", actions=[Action("set_home")])


def claim_projects(
    unit: Unit, holder: Holder, lease_s: int, only_project: str | None, jobs_at_once: int | None = None, limit: int = 1
) -> Sequence[Lease]:
    """Lease up to ``limit`` projects that wait for a director; their tokens grow."""
    hold_lock(unit.conn, "claim")
    rows = find_claimable(unit.conn, holder, lease_s, only_project, jobs_at_once, limit)
    if not rows:
        return ()
    _record_director(unit.conn, holder)
    in_order = sorted(rows, key=lambda row: row.project)  # rows are always locked in this order
    which = [{"of": row.account, "called": row.project, "by": holder.director} for row in in_order]
    unit.conn.execute(_TAKEN, which)
    _forget_silent(unit.conn)
    for row in rows:
        if row.director is not None:
            body = {"from": row.director, "by": holder.director}
            unit.add_event(row.account, row.project, None, "lease.taken_over", body)
    return [Lease(project=r.project, account=r.account, director=holder.director, token=r.token + 1) for r in rows]


def claim_for_recovery(unit: Unit, holder: Holder, account: str, project: str, lease_s: int) -> Lease | None:
    """Lease another project for ``holder`` unless a living director holds it, to follow what it has sent.

    It needs no job that could run; its token grows. ``lease_s``: seconds of silence after which a director counts as
    dead. None: a living director holds it.
    """
    hold_lock(unit.conn, "claim")
    lost = _find_dead_directors(unit.conn, holder, lease_s)
    free = leases.c.director.is_(None) | leases.c.director.in_(lost)
    which = (leases.c.account == account, leases.c.project == project)
    row = unit.conn.execute(_SELECT_LEASES.where(*which, free)).first()
    if row is None:
        return None
    _refuse_newer(row)
    _record_director(unit.conn, holder)
    unit.conn.execute(_TAKEN, [{"of": account, "called": project, "by": holder.director}])
    if row.director is not None:
        unit.add_event(account, project, None, "lease.taken_over", {"from": row.director, "by": holder.director})
    return Lease(project=project, account=account, director=holder.director, token=row.token + 1)


_TAKEN: Final = (
    update(leases)
    .where(leases.c.account == bindparam("of"), leases.c.project == bindparam("called"))
    .values(director=bindparam("by"), token=leases.c.token + 1, held_since=NowMs())
)


def record_heartbeat(unit: Unit, holder: Holder) -> None:
    """Record a heartbeat of the director ``holder``; writes nothing while it holds no lease."""
    held = exists().where(leases.c.director == holder.director)
    unit.conn.execute(update(directors).where(directors.c.id == holder.director, held).values(beat_at=NowMs()))


def release(unit: Unit, held_leases: Sequence[Lease]) -> Sequence[None]:
    """Release those of the leases that are still valid."""
    which = [
        {"of": one.account, "called": one.project, "by": one.director, "with_token": one.token}
        for one in sorted(held_leases, key=lambda one: one.project)
    ]
    unit.conn.execute(_LET_GO, which)
    return [None] * len(held_leases)


_LET_GO: Final = (
    update(leases)
    .where(
        leases.c.account == bindparam("of"),
        leases.c.project == bindparam("called"),
        leases.c.director == bindparam("by"),
        leases.c.token == bindparam("with_token"),
    )
    .values(director=None, held_since=None)
)


def is_driven(conn: Connection, account: str, project: str, lease_s: int) -> bool:
    """Whether a director whose heartbeat is at most ``lease_s`` seconds old holds the project."""
    query = (
        select(leases.c.project)
        .join(directors, directors.c.id == leases.c.director)
        .where(leases.c.account == account, leases.c.project == project, ~is_silent(lease_s))
    )
    return conn.execute(query).first() is not None


def read_lease_start(conn: Connection, lease: Lease) -> datetime:
    """Return when the lease was claimed. Raises ``LeaseLost``."""
    since = to_datetime(conn.execute(select(leases.c.held_since).where(*_match(lease))).scalar())
    if since is None:
        raise LeaseLost(code="lease_was_lost", director=lease.director, project=lease.project)
    return since


def list_driven_projects(conn: Connection, account: str, observer: Holder, lease_s: int) -> frozenset[str]:
    """List the ids of the account's projects that a living director holds, as far as ``observer`` can see.

    Directors whose process on the observer's host ended are known to be dead at once, others by their silence.
    """
    query = (
        select(leases.c.project, directors.c.host, directors.c.boot_id, directors.c.pid, directors.c.process_start)
        .join(directors, directors.c.id == leases.c.director)
        .where(leases.c.account == account, HELD, ~is_silent(lease_s))
    )
    near = (observer.host, observer.boot)
    rows = conn.execute(query).all()
    # one of them may hold many projects
    processes = {(r.pid, r.process_start) for r in rows if (r.host, r.boot_id) == near}
    gone = {process for process in processes if is_gone(*process)}
    return frozenset(r.project for r in rows if (r.host, r.boot_id) != near or (r.pid, r.process_start) not in gone)


def is_undriven(conn: Connection, lease: Lease, project: str, lease_s: int) -> bool:
    """Whether no living director holds ``project`` of the lease's account.

    A director whose process ended on the host of the lease's director is known to be dead at once.
    """
    query = (
        select(directors)
        .join(leases, leases.c.director == directors.c.id)
        .where(leases.c.account == lease.account, leases.c.project == project)
    )
    holder = conn.execute(query).first()
    me = conn.execute(select(directors).where(directors.c.id == lease.director)).first()
    if holder is None or not is_driven(conn, lease.account, project, lease_s):
        return True
    near = me is not None and (me.host, me.boot_id) == (holder.host, holder.boot_id)
    return near and is_gone(holder.pid, holder.process_start)


def _match(lease: Lease) -> tuple[Any, ...]:
    return (
        leases.c.account == lease.account,
        leases.c.project == lease.project,
        leases.c.director == lease.director,
        leases.c.token == lease.token,
    )


def _find_dead_directors(conn: Connection, holder: Holder, lease_s: int) -> list[str]:
    """Find other directors that are silent, or whose process on this host is gone."""
    silent = is_silent(lease_s).label("silent")
    others = conn.execute(select(directors, silent).where(directors.c.id != holder.director)).all()
    near = (holder.host, holder.boot)
    return [
        row.id
        for row in others
        if row.silent or ((row.host, row.boot_id) == near and is_gone(row.pid, row.process_start))
    ]


def _record_director(conn: Connection, holder: Holder) -> None:
    """Insert the director's row, or record a heartbeat in it."""
    columns = {
        "host": holder.host,
        "boot_id": holder.boot,
        "pid": holder.pid,
        "process_start": holder.born,
        "beat_at": NowMs(),
    }
    made = insert(conn, directors).values(id=holder.director, **columns)
    conn.execute(made.on_conflict_do_update(index_elements=["id"], set_=columns))


def _forget_silent(conn: Connection) -> None:
    idle = ~exists().where(leases.c.director == directors.c.id)
    conn.execute(delete(directors).where(directors.c.beat_at < NowMs() - SILENT_DIRECTOR_FORGOTTEN_AFTER_MS, idle))
