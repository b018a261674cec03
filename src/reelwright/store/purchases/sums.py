"""Sums of what purchases cost: of a job, and of a project."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, case, exists, func, select

from reelwright.reel.records.operation import CAPS
from reelwright.store.schema.rows import RECONCILE
from reelwright.store.schema.schema import CHARGED, adjustments, jobs, purchases
from reelwright.store.schema.schema import allowances as allowance_rows
from reelwright.store.schema.sql import InArray
from reelwright.units import Micros


def sum_spent_by_job(conn: Connection, account: str, project: str) -> dict[str, Micros]:
    """Sum what each job of a project has spent or may have: settled prices, and quoted prices of open sends."""
    which = (purchases.c.account == account, purchases.c.project == project)
    spent = func.sum(func.coalesce(purchases.c.billed_micros, purchases.c.settled_micros, purchases.c.quoted_micros))
    query = select(purchases.c.job, spent).where(*which, CHARGED).group_by(purchases.c.job)
    return {job: Micros(int(micros)) for job, micros in conn.execute(query)}


def list_recovered_micros(conn: Connection, account: str, project: str) -> dict[tuple[str, str], Micros]:
    """List what recovered purchases of a project cost, by job and purchase, until a budget counts them.

    That is one that was given to their job, or to a later one of the project.
    """
    later = jobs.alias("later")
    counted = exists().where(
        later.c.account == account,
        later.c.project == project,
        later.c.seq >= jobs.c.seq,
        later.c.consent_by.in_(CAPS),
    )
    which = (purchases.c.account == account, purchases.c.project == project, CHARGED, ~counted)
    known = func.coalesce(purchases.c.billed_micros, purchases.c.settled_micros, purchases.c.quoted_micros)
    query = (
        select(purchases.c.job, purchases.c.id, known)
        .join(allowance_rows, allowance_rows.c.id == purchases.c.allowance)
        .join(jobs, (jobs.c.account == purchases.c.account) & (jobs.c.id == purchases.c.job))
        .where(*which, allowance_rows.c.approved_by == RECONCILE)
    )
    return {(job, name): Micros(int(micros)) for job, name, micros in conn.execute(query)}


def sum_spent_by_project(conn: Connection, account: str, names: Sequence[str]) -> dict[str, Micros]:
    """Sum what each of these projects has spent or may have, as ``Purchase.spent_micros`` counts; none that spent 0."""
    corrected = select(func.sum(adjustments.c.micros)).where(adjustments.c.purchase == purchases.c.id)
    known = func.coalesce(purchases.c.settled_micros, purchases.c.billed_micros, purchases.c.quoted_micros)
    charged = case((purchases.c.state.in_(("intent", "released")), 0), else_=known)
    spent = func.sum(charged + func.coalesce(corrected.scalar_subquery(), 0))
    which = (purchases.c.account == account, InArray(purchases.c.project, "called"))
    query = select(purchases.c.project, spent).where(*which).group_by(purchases.c.project).having(spent != 0)
    return {project: Micros(int(micros)) for project, micros in conn.execute(query, {"called": list(names)})}
