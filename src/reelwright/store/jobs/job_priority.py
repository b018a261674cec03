"""Changes of a job's place in the queue: its priority, and the way to the front."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from reelwright.errors import BadInput
from reelwright.reel.records.priority import parse_priority
from reelwright.store.database.unit import Unit
from reelwright.store.jobs.job_queries import build_no_job_error
from reelwright.store.schema.schema import RUNNABLE, jobs
from reelwright.store.schema.sql import hold_lock


def set_priority(unit: Unit, account: str, job: str, priority: int) -> None:
    """Change the priority of a job that has not ended. Its purchases that wait for a turn follow it.

    Raises ``NotFound``, ``BadInput``.
    """
    row = _lock(unit.conn, account, job)
    if row.priority != parse_priority(priority):
        _change(unit, row, priority=priority)


def move_to_front(unit: Unit, account: str, job: str) -> None:
    """Put a job that has not ended before the other jobs of its payer, but for those of high priority.

    One of low priority becomes normal for it where another one is. It passes no job of another payer that it would not
    have passed so. Raises ``NotFound``, ``BadInput``.
    """
    row = _lock(unit.conn, account, job)
    hold_lock(unit.conn, f"front/{account}/{row.payer}")
    others = (RUNNABLE, jobs.c.account == account, jobs.c.payer == row.payer, jobs.c.id != row.id)
    query = select(jobs.c.priority, func.min(jobs.c.queue_rank)).where(*others).group_by(jobs.c.priority)
    ranks: dict[int, int] = {found[0]: found[1] for found in unit.conn.execute(query)}
    usual = [one for one in ranks if one <= parse_priority("normal")]
    priority = max([row.priority, *usual])
    rank = ranks.get(priority)
    if priority != row.priority or (rank is not None and rank <= row.queue_rank):
        _change(unit, row, priority=priority, queue_rank=min(0, rank or 0) - 1)


def _lock(conn: Connection, account: str, job: str) -> Row[Any]:
    query = select(jobs).where(jobs.c.account == account, jobs.c.id == job).with_for_update()
    row = conn.execute(query).first()
    if row is None:
        raise build_no_job_error(job)
    if row.finished_at is not None:
        raise BadInput("job", job, f"a job that has not ended (this one is {row.state})")
    return row


def _change(unit: Unit, row: Row[Any], *, priority: int, **columns: int) -> None:
    changed = update(jobs).where(jobs.c.account == row.account, jobs.c.id == row.id)
    unit.conn.execute(changed.values(priority=priority, **columns))
    body = {"priority": priority, "is_first": bool(columns)}
    unit.add_event(row.account, row.project, row.id, "job.moved", body)
