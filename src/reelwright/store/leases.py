"""Who drives a project: claim, beat, release, and the fence that refuses the late write of one who lost it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, exists, select, true, update

from reelwright.errors import LeaseLost
from reelwright.reel.operation import Holder, Lease
from reelwright.store import places
from reelwright.store.processes import is_gone
from reelwright.store.schema import RUNNABLE, directors, jobs, leases
from reelwright.store.sql import among, hold, insert, now_ms, pairs
from reelwright.store.unit import Unit

FORGET_AFTER_MS = 24 * 3600 * 1000
"""A silent director that holds nothing is forgotten after a day."""


def fence(conn: Connection, lease: Lease) -> None:
    """Raise ``LeaseLost`` unless ``lease`` is still the project's; nobody can take it before this transaction ends."""
    (lost,) = refusals(conn, [lease])
    if lost:
        raise lost


def refusals(conn: Connection, held: Sequence[Lease]) -> list[LeaseLost | None]:
    """As ``fence``, of many: why the late write of one who lost it is refused; None where the lease still holds."""
    named = pairs((lease.account, lease.project) for lease in held)
    still = {tuple(row) for row in conn.execute(_HELD, named).all()}
    return [
        None
        if (lease.account, lease.project, lease.director, lease.token) in still
        else LeaseLost(
            f"{lease.director} no longer drives {lease.project}: somebody else does, or it was let go",
            hint="nothing was written; whoever drives it now goes on from what was had",
        )
        for lease in held
    ]


_HELD: Final = (
    select(leases.c.account, leases.c.project, leases.c.director, leases.c.token)
    .where(
        among(leases.c.account, "of"),
        among(leases.c.project, "called"),
    )
    .order_by(leases.c.project)  # whoever locks several does so in one order
    .with_for_update(read=True)
)
"""Put together once: it stands before most writes."""


def fenced(conn: Connection, lease: Lease, of_a_job: Select[Any]) -> Row[Any] | None:
    """As ``fence``, and what a query says of one of the account's jobs, which no cancel can change now.

    None: there is no such job.
    """
    query = of_a_job.join(leases, true()).where(jobs.c.account == lease.account, *_is(lease))
    found = conn.execute(query.with_for_update(read=True, of=[leases, jobs])).first()
    if found is None:
        fence(conn, lease)
    return found


def claimable(
    conn: Connection, holder: Holder, lease_s: int, only: str | None, jobs_at_once: int | None, most: int = 1
) -> Sequence[Row[Any]]:
    """The leases of up to ``most`` projects whose turn it is. A director never takes a project from itself.

    Higher priorities first, then who came first; of those, where no limit of jobs is full. What a director that is
    gone left running keeps its place; and whoever names one project (``only``) does not wait for others.
    """
    theirs = (leases.c.account == jobs.c.account) & (leases.c.project == jobs.c.project)
    lost = _lost(conn, holder, lease_s)
    free = leases.c.director.is_(None) | leases.c.director.in_(lost)
    # From the jobs that could run to their leases, never from the many leases that nobody holds.
    first = select(jobs.c.project).where(RUNNABLE, exists().where(theirs, free))
    if only is not None:
        first = first.where(jobs.c.project == only)
    elif (open_ := places.open_to(conn, lost, jobs_at_once)) is not None:
        first, most = first.where(open_), 1  # one that is claimed takes a place: the next one is looked for anew
    named = list(dict.fromkeys(conn.execute(first.order_by(jobs.c.priority.desc(), jobs.c.seq).limit(most)).scalars()))
    found = conn.execute(select(leases).where(leases.c.project.in_(named))).all() if named else []
    return sorted(found, key=lambda row: named.index(row.project))


def claim(
    unit: Unit, holder: Holder, lease_s: int, only: str | None, jobs_at_once: int | None = None, most: int = 1
) -> Sequence[Lease]:
    """Lease up to ``most`` projects that wait for a director; their tokens grow."""
    hold(unit.conn, "claim")
    rows = claimable(unit.conn, holder, lease_s, only, jobs_at_once, most)
    if not rows:
        return ()
    _here(unit.conn, holder)
    in_order = sorted(rows, key=lambda row: row.project)  # as whoever fences several
    which = [{"of": row.account, "called": row.project, "by": holder.director} for row in in_order]
    unit.conn.execute(_TAKEN, which)
    _forget_silent(unit.conn)
    for row in rows:
        if row.director is not None:
            told = {"from": row.director, "by": holder.director}
            unit.tell(row.account, row.project, None, "lease.taken_over", told)
    return [Lease(project=r.project, account=r.account, director=holder.director, token=r.token + 1) for r in rows]


def claim_for_recovery(unit: Unit, holder: Holder, account: str, project: str, lease_s: int) -> Lease | None:
    """Lease a project that nobody alive drives, so that what it has sent can be seen to; its token grows.

    It needs no job that could run. None: somebody drives it.
    """
    hold(unit.conn, "claim")
    lost = _lost(unit.conn, holder, lease_s)
    free = leases.c.director.is_(None) | leases.c.director.in_(lost)
    which = (leases.c.account == account, leases.c.project == project)
    row = unit.conn.execute(select(leases).where(*which, free)).first()
    if row is None:
        return None
    _here(unit.conn, holder)
    unit.conn.execute(_TAKEN, [{"of": account, "called": project, "by": holder.director}])
    if row.director is not None:
        unit.tell(account, project, None, "lease.taken_over", {"from": row.director, "by": holder.director})
    return Lease(project=project, account=account, director=holder.director, token=row.token + 1)


_TAKEN: Final = (
    update(leases)
    .where(leases.c.account == bindparam("of"), leases.c.project == bindparam("called"))
    .values(director=bindparam("by"), token=leases.c.token + 1, since=now_ms())
)


def beat(unit: Unit, holder: Holder) -> None:
    """Say that ``holder`` lives; writes nothing while it holds nothing."""
    held = exists().where(leases.c.director == holder.director)
    unit.conn.execute(update(directors).where(directors.c.id == holder.director, held).values(beat_at=now_ms()))


def release(unit: Unit, held: Sequence[Lease]) -> Sequence[None]:
    """Let go of the projects, where they are still held."""
    which = [
        {"of": one.account, "called": one.project, "by": one.director, "with_token": one.token}
        for one in sorted(held, key=lambda one: one.project)
    ]
    unit.conn.execute(_LET_GO, which)
    return [None] * len(held)


_LET_GO: Final = (
    update(leases)
    .where(
        leases.c.account == bindparam("of"),
        leases.c.project == bindparam("called"),
        leases.c.director == bindparam("by"),
        leases.c.token == bindparam("with_token"),
    )
    .values(director=None, since=None)
)


def is_driven(conn: Connection, account: str, project: str, lease_s: int) -> bool:
    """Whether a director that has not fallen silent holds the project."""
    query = (
        select(leases.c.project)
        .join(directors, directors.c.id == leases.c.director)
        .where(leases.c.account == account, leases.c.project == project, ~is_silent(lease_s))
    )
    return conn.execute(query).first() is not None


def is_silent(lease_s: int) -> ColumnElement[bool]:
    """Whether a director has not been heard of for the length of a lease.

    A beat that lies as far in the future was made before the clock was set back: whoever lives beats again at once.
    """
    return ~directors.c.beat_at.between(now_ms() - lease_s * 1000, now_ms() + lease_s * 1000)


def driven(conn: Connection, account: str, me: Holder, lease_s: int) -> frozenset[str]:
    """The account's projects that a director drives that is alive, as far as ``me`` can see: dead ones on this host are
    known at once, others by their silence.
    """
    query = (
        select(leases.c.project, directors.c.host, directors.c.boot, directors.c.pid, directors.c.born)
        .join(directors, directors.c.id == leases.c.director)
        .where(leases.c.account == account, ~is_silent(lease_s))
    )
    near = (me.host, me.boot)
    rows = conn.execute(query).all()
    return frozenset(r.project for r in rows if (r.host, r.boot) != near or not is_gone(r.pid, r.born))


def nobody_drives(conn: Connection, lease: Lease, project: str, lease_s: int) -> bool:
    """Whether no living director holds ``project`` of the same account; dead ones on this host are seen at once."""
    query = (
        select(directors)
        .join(leases, leases.c.director == directors.c.id)
        .where(leases.c.account == lease.account, leases.c.project == project)
    )
    holder = conn.execute(query).first()
    me = conn.execute(select(directors).where(directors.c.id == lease.director)).first()
    if holder is None or not is_driven(conn, lease.account, project, lease_s):
        return True
    near = me is not None and (me.host, me.boot) == (holder.host, holder.boot)
    return near and is_gone(holder.pid, holder.born)


def _is(lease: Lease) -> tuple[Any, ...]:
    return (
        leases.c.account == lease.account,
        leases.c.project == lease.project,
        leases.c.director == lease.director,
        leases.c.token == lease.token,
    )


def _lost(conn: Connection, holder: Holder, lease_s: int) -> list[str]:
    """Other directors that fell silent, or whose process on this very host is gone."""
    silent = is_silent(lease_s).label("silent")
    others = conn.execute(select(directors, silent).where(directors.c.id != holder.director)).all()
    near = (holder.host, holder.boot)
    return [row.id for row in others if row.silent or ((row.host, row.boot) == near and is_gone(row.pid, row.born))]


def _here(conn: Connection, holder: Holder) -> None:
    """The director's row, made or beaten."""
    told = {"host": holder.host, "boot": holder.boot, "pid": holder.pid, "born": holder.born, "beat_at": now_ms()}
    made = insert(conn, directors).values(id=holder.director, **told)
    conn.execute(made.on_conflict_do_update(index_elements=["id"], set_=told))


def _forget_silent(conn: Connection) -> None:
    idle = ~exists().where(leases.c.director == directors.c.id)
    conn.execute(delete(directors).where(directors.c.beat_at < now_ms() - FORGET_AFTER_MS, idle))
