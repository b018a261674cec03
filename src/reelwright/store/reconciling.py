"""Bring a journal up to what its vault knows, and accept where it lives: what a person asks for by ``reconcile``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from reelwright.errors import OverBudget
from reelwright.reel.brief import Brief
from reelwright.reel.ledger import ListedWork
from reelwright.reel.operation import Lease
from reelwright.store import allowances, identity, jobs, listed, projects
from reelwright.store.database import Database
from reelwright.store.markers import Mark
from reelwright.store.rows import RECOVERED_FOR
from reelwright.store.schema import allowance_budgets, purchases
from reelwright.store.schema import allowances as allowance_rows
from reelwright.store.schema import jobs as job_rows
from reelwright.store.schema import projects as project_rows
from reelwright.store.send_guard import Amiss, SendGuard, keep_sizes
from reelwright.store.sql import as_said, insert, now_ms
from reelwright.store.states import ENDED, advanced, locked, move, remember
from reelwright.store.unit import Unit
from reelwright.units import Micros

RECOVERED = "sent by another copy of this journal, or before it was restored"


async def accept(
    database: Database, guard: SendGuard, account: str, by: str, works: Sequence[ListedWork] = ()
) -> tuple[Amiss, Mapping[str, str]]:  # fmt: skip
    """Record what the vault knows and the journal does not, then that it may buy where it lives now.

    Unknown sends become purchases in ``unknown``, which hold their price and are never sent again by themselves.
    ``works``: what providers' lists show, recorded for the purchases that are the very same. Returns what was amiss,
    and the projects as of ``recover``.
    One commit; the vault is claimed after it, and a crash in between only asks once more.
    """
    amiss = await guard.look(account)

    def write(unit: Unit) -> tuple[str, Mapping[str, str]]:
        listed.record(unit, account, works)
        recovered = recover(unit, account, amiss.unknown)
        if amiss.owner:
            keep_sizes(unit, account, amiss.owner.vault, amiss.sizes)
        return identity.record_accepted(unit, by), recovered

    epoch, recovered = await database.write(write)
    owner = await asyncio.to_thread(guard.markers.claim, account, epoch)
    if not amiss.owner:
        await database.write(lambda unit: keep_sizes(unit, account, owner.vault, amiss.sizes))
    return amiss, recovered


def recover(unit: Unit, account: str, marks: Sequence[Mark]) -> Mapping[str, str]:
    """Record sends that the journal does not know, in their projects, or in new ones where those are missing.

    Returns the project that holds them now, by the one that they were sent for.
    """
    by_project: dict[str, list[Mark]] = {}
    for mark in marks:
        if not _is_there(unit, account, mark):
            by_project.setdefault(str(mark["project"]), []).append(mark)
    projects_of = {project: _project(unit, account, project) for project in by_project}
    for project, lost in by_project.items():
        _recover_into(unit, account, projects_of[project], lost)
    return projects_of


def _is_there(unit: Unit, account: str, mark: Mark) -> bool:
    """Whether the journal has the purchase itself, not sent so often; it is in ``unknown`` from now on."""
    query = select(purchases.c.id).where(purchases.c.account == account, purchases.c.id == mark["id"])
    if unit.conn.execute(query).first() is None:
        return False
    row = locked(unit.conn, str(mark["id"]))
    if row.state == "intent":
        advanced(unit, row.id, "intent", "posting", RECOVERED)
        row = locked(unit.conn, row.id)
    if row.state == "posting":
        move(unit, row, ("posting",), "unknown", RECOVERED)
    elif row.state in ENDED and row.succeeded_at is None:
        remember(unit, row, row.state, row.state, f"{RECOVERED}: it may have been paid")
    told = {"sends": mark["sends"], "prepared": mark["prepared"]}
    unit.conn.execute(update(purchases).where(purchases.c.id == row.id).values(**told))
    return True


def _project(unit: Unit, account: str, project: str) -> str:
    """The project itself where the journal has it, else a new one that says what it is for."""
    query = select(project_rows.c.id).where(project_rows.c.account == account, project_rows.c.id == project)
    if unit.conn.execute(query).first() is not None:
        return project
    found_by = f"{RECOVERED_FOR}{project}"
    if there := projects.find(unit.conn, account, found_by):
        return there
    brief = Brief(text=f"Purchases of the project {project}, which this journal does not have")
    return projects.open_project(unit, account, f"Recovered {project[-6:]}", brief, found_by=found_by)


def _recover_into(unit: Unit, account: str, project: str, lost: Sequence[Mark]) -> None:
    """A job of that project that has ended, with an allowance that holds what its unknown purchases may have cost."""
    mine = (job_rows.c.account == account, job_rows.c.project == project)
    goal = unit.conn.execute(select(job_rows.c.goal).where(*mine).order_by(job_rows.c.seq.desc()).limit(1)).scalar()
    job = jobs.enqueue(unit, account, project, goal or "takes", None, {})  # a later edit goes as far as before
    lease = Lease(project=project, account=account, director="", token=0)
    ceiling = Micros(sum(int(mark["quoted"]) for mark in lost))
    allowance = _allowance(unit, lease, job, ceiling)
    for mark in lost:
        allowances.reserve(unit.conn, lease, job, allowance, int(mark["quoted"]))
        row = _insert(unit.conn, {**mark, "project": project, "job": job, "allowance": allowance}, str(mark["project"]))
        remember(unit, row, None, "unknown", RECOVERED)
    ended = {"state": "failed", "said": as_said(RECOVERED), "finished_at": now_ms()}
    unit.conn.execute(update(job_rows).where(job_rows.c.account == account, job_rows.c.id == job).values(**ended))
    allowances.close_allowances(unit, [(account, job)])


def _allowance(unit: Unit, lease: Lease, job: str, ceiling: Micros) -> str:
    """Held in every budget; where one has no room, in the ledger alone: it may have been paid, whatever a cap says."""
    with suppress(OverBudget), unit.conn.begin_nested():
        return allowances.allow(unit, lease, job, ceiling, "reconcile", None)
    allowance = allowances.allow(unit, lease, job, Micros(0), "reconcile", None)
    mine = (allowance_rows.c.account == lease.account, allowance_rows.c.id == allowance)
    unit.conn.execute(delete(allowance_budgets).where(allowance_budgets.c.allowance == allowance))
    unit.conn.execute(update(allowance_rows).where(*mine).values(ceiling=ceiling))
    return allowance


def _insert(conn: Connection, mark: Mapping[str, Any], project_before: str) -> Any:
    """The purchase's row in ``unknown``; the next try where the journal has a purchase of the very same already."""
    known = {column.name: mark[column.name] for column in purchases.c if column.name in mark}
    if known["scope"] == f"project:{project_before}" or known["scope"] == project_before:
        known["scope"] = known["scope"].replace(project_before, known["project"])
    told = {**known, "state": "unknown", "operation": None, "said": as_said(RECOVERED), "ended_at": None}
    made = insert(conn, purchases).values(**told).on_conflict_do_nothing().returning(*purchases.c)
    if (row := conn.execute(made).first()) is not None:
        return row
    order = ("scope", "order_fingerprint", "n")
    same = [purchases.c[name] == told[name] for name in order]
    newest = conn.execute(select(func.max(purchases.c["try"])).where(*same)).scalar() or 0
    return conn.execute(insert(conn, purchases).values(**{**told, "try": newest + 1}).returning(*purchases.c)).one()
