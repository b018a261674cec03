"""SQL conditions of directors that are alive: those whose last heartbeat is not too old."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists

from reelwright.store.schema.schema import HELD, directors, jobs, leases
from reelwright.store.schema.sql import NowMs


def is_silent(lease_s: int) -> ColumnElement[bool]:
    """Build the SQL condition that a director's last heartbeat is more than ``lease_s`` seconds old.

    Or as far in the future: it was recorded before the clock was set back, and a living director soon sends another.
    """
    return ~directors.c.beat_at.between(NowMs() - lease_s * 1000, NowMs() + lease_s * 1000)


def is_job_driven(lease_s: int) -> ColumnElement[bool]:
    """Build the SQL condition that a job runs, and that a living director holds its project."""
    lease = (leases.c.account == jobs.c.account, leases.c.project == jobs.c.project, HELD)
    held = exists().where(*lease, directors.c.id == leases.c.director, ~is_silent(lease_s))
    return (jobs.c.state == "running") & held
