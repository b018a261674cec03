"""Queries for the jobs that may start next: the first ones of each queue, without reading the rest of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Integer,
    Row,
    Select,
    bindparam,
    exists,
    literal,
    select,
    tuple_,
)

from reelwright.store.leases.job_slots import JobSlots
from reelwright.store.schema.schema import AT_PROVIDER, GOES_ON, RUNNABLE, jobs, leases, purchases
from reelwright.store.schema.sql import InArray

_COLUMNS: Final = ("seq", "account", "payer", "priority", "queue_rank", "project")
_QUEUE: Final = ("priority", "account", "payer")
"""Jobs that are equal in these form a queue: the first one of them is next."""
_PLACE: Final = ("queue_rank", "seq")


def find_going_on(
    conn: Connection, dead_directors: Collection[str], slots: JobSlots, only_project: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Find up to ``limit`` jobs without a living director that ran already, that are to be cancelled, or that have paid
    work at a provider: it is fetched however full or paused the queue is.
    """
    query = _GOING_ON if only_project is None else _GOING_ON.where(jobs.c.project == only_project)
    if (open_ := slots.build_filter()) is not None:
        query = query.where(open_)
    return conn.execute(query, {"dead": list(dead_directors), "most": limit}).all()


def find_first_queued(
    conn: Connection, dead_directors: Collection[str], slots: JobSlots, only_project: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Find the first queued jobs of every queue that could start, the oldest first; up to ``limit`` of each.

    A queue is the jobs of one payer and priority. Where a project is named, its queued jobs are found.
    """
    most = slots.count_free(limit)
    if not most:
        return ()
    open_ = slots.build_filter()
    parameters: dict[str, Any] = {"dead": list(dead_directors), "most": most}
    if only_project is None:
        query = _FIRST_QUEUED if open_ is None else _select_first_queued(open_)
        parameters["full"] = slots.list_full_accounts()
    else:
        query = _QUEUED_OF_PROJECT if open_ is None else _QUEUED_OF_PROJECT.where(open_)
        parameters["project"] = only_project
    return conn.execute(query, parameters).all()


def has_several_payers(conn: Connection) -> bool:
    """Whether jobs of more than one payer are queued or running: otherwise there is nobody to share with."""
    return len(conn.execute(_TWO_PAYERS).all()) > 1


def _is_free(of: FromClause) -> ColumnElement[bool]:
    """Build the SQL condition that no living director holds the job's project. Those in ``dead`` are not alive."""
    theirs = (leases.c.account == of.c.account, leases.c.project == of.c.project)
    return exists().where(*theirs, leases.c.director.is_(None) | InArray(leases.c.director, "dead"))


def _find_queues() -> CTE:
    """Select the ``seq`` of one job of each queue, by stepping through the index from queue to queue."""
    ahead = [jobs.c[name] for name in _QUEUE]
    first = select(jobs.c.seq).where(RUNNABLE).order_by(*ahead).limit(1).scalar_subquery()
    queues = select(first.label("seq")).cte("queues", recursive=True)
    here = jobs.alias("here")
    later = tuple_(*ahead) > tuple_(*(here.c[name] for name in _QUEUE))
    after = select(jobs.c.seq).where(RUNNABLE, later).order_by(*ahead).limit(1).correlate(here).scalar_subquery()
    return queues.union_all(select(after).select_from(queues.join(here, here.c.seq == queues.c.seq)))


def _select_payers(most: int) -> Select[Any]:
    """Select up to ``most`` pairs of an account and a payer that have jobs in the queue."""
    queues, head = _find_queues(), jobs.alias("head")
    payers = select(head.c.account, head.c.payer).select_from(queues.join(head, head.c.seq == queues.c.seq))
    return payers.distinct().limit(most)


def _select_first_queued(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Select up to ``most`` jobs of each queue that could start, by stepping through the index from job to job.

    Jobs of accounts in ``full`` could not.
    """
    queues, head, here = _find_queues(), jobs.alias("head"), jobs.alias("here")
    places = [jobs.c[name] for name in _PLACE]

    def build_next(of: FromClause, *after: ColumnElement[bool]) -> Any:
        same = (jobs.c[name] == of.c[name] for name in _QUEUE)
        could = (jobs.c.state == "queued", _is_free(jobs), *conditions)
        first = select(jobs.c.seq).where(RUNNABLE, *same, *could, *after).order_by(*places).limit(1)
        return first.correlate(of).scalar_subquery()

    begin = select(build_next(head).label("seq"), literal(1).label("number"))
    begin = begin.select_from(queues.join(head, head.c.seq == queues.c.seq)).where(~InArray(head.c.account, "full"))
    walk = begin.cte("walk", recursive=True)
    later = tuple_(*places) > tuple_(*(here.c[name] for name in _PLACE))
    step = select(build_next(here, later), walk.c.number + 1).select_from(walk.join(here, here.c.seq == walk.c.seq))
    first = walk.union_all(step.where(walk.c.number < bindparam("most", type_=Integer)))
    return _select_jobs().where(jobs.c.seq.in_(select(first.c.seq))).order_by(jobs.c.seq)


def _select_queued_of_project() -> Select[Any]:
    """Select the queued jobs of ``project``; with the account that its lease names, an index finds them."""
    account = select(leases.c.account).where(leases.c.project == bindparam("project")).scalar_subquery()
    own = (jobs.c.account == account, jobs.c.project == bindparam("project"), jobs.c.state == "queued")
    return _select_jobs().where(*own, _is_free(jobs)).order_by(jobs.c.seq).limit(bindparam("most", type_=Integer))


def _select_going_on() -> CompoundSelect[Any]:
    """Select the ``seq`` of jobs that need no turn: two searches of indexes of the few rows that there are."""
    one = jobs.alias("one")
    paid_work = select(purchases.c.job).where(AT_PROVIDER, purchases.c.resubmit != "free")
    with_work = select(one.c.seq).where(one.c.id.in_(paid_work), one.c.state == "queued")
    return select(jobs.c.seq).where(GOES_ON).correlate(None).union_all(with_work)


def _select_jobs() -> Select[Any]:
    return select(*(jobs.c[name] for name in _COLUMNS))


_GOING_ON: Final = (
    _select_jobs()
    .where(jobs.c.seq.in_(_select_going_on()), _is_free(jobs))
    .order_by(jobs.c.priority.desc(), jobs.c.seq)
    .limit(bindparam("most", type_=Integer))
)
_FIRST_QUEUED: Final = _select_first_queued()
_TWO_PAYERS: Final = _select_payers(2)
_QUEUED_OF_PROJECT: Final = _select_queued_of_project()
"""Built once: a director asks every second, and building these queries took longer than running them."""
