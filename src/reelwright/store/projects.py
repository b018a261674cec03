"""Projects, their revisions, and all of one that a director must know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, ScalarSelect, case, func, select

from reelwright.errors import NotFound, StaleRevision
from reelwright.reel.brief import Brief
from reelwright.reel.choices import Choices
from reelwright.reel.document import from_json, to_plain
from reelwright.reel.ids import mint
from reelwright.reel.noun import Fingerprint
from reelwright.reel.operation import OPEN_STATES, Lease, Project, Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.plan import Plan
from reelwright.store.assets import ensure_account, gone
from reelwright.store.leases import fence
from reelwright.store.rows import Had, job_of, project_of, purchase_of
from reelwright.store.schema import jobs, leases, outcomes, projects, purchases, revisions
from reelwright.store.sql import as_json, as_said, now_ms
from reelwright.store.unit import Unit


def open_project(unit: Unit, account: str, name: str, brief: Brief) -> str:
    """A new project without a plan, and its lease that nobody holds."""
    project = mint("project")
    ensure_account(unit.conn, account)
    unit.conn.execute(
        projects.insert().values(
            id=project,
            account=account,
            name=as_said(name),
            brief=as_json(to_plain(brief)),
            reuse=brief.reuse,
            created_at=now_ms(),
        )
    )
    unit.conn.execute(leases.insert().values(account=account, project=project, token=0))
    unit.tell(account, project, None, "project.opened", {"name": as_said(name)})
    return project


def lock(conn: Connection, account: str, project: str) -> Row[Any]:
    """The project's row, locked against other edits. Raises ``NotFound``."""
    query = select(projects).where(projects.c.account == account, projects.c.id == project).with_for_update()
    return _found(conn.execute(query).first(), project)


def revise(unit: Unit, account: str, project: str, base: int, plan: Plan, choices: Choices, author: str) -> int:
    """Revision ``base + 1``, if ``base`` is the newest. Raises ``StaleRevision``."""
    lock(unit.conn, account, project)
    newest = newest_number(unit.conn, account, project)
    if newest != base:
        raise StaleRevision(
            f"{project} is at revision {newest}, not {base}: somebody changed it meanwhile",
            hint="read it again and repeat the edit",
        )
    unit.conn.execute(
        revisions.insert().values(
            account=account,
            project=project,
            number=base + 1,
            plan=as_json(to_plain(plan)),
            choices=as_json(to_plain(choices)),
            author=author,
            made_at=now_ms(),
        )
    )
    unit.tell(account, project, None, "plan.revised", {"revision": base + 1, "author": author})
    return base + 1


def revise_leased(unit: Unit, lease: Lease, base: int, plan: Plan, choices: Choices, author: str) -> int:
    """As ``revise``, while the lease is held."""
    fence(unit.conn, lease)
    return revise(unit, lease.account, lease.project, base, plan, choices, author)


def revision(conn: Connection, account: str, project: str, number: int) -> tuple[Plan, Choices]:
    """One revision as it was. Raises ``NotFound``."""
    query = select(revisions).where(
        revisions.c.account == account, revisions.c.project == project, revisions.c.number == number
    )
    row = _found(conn.execute(query).first(), f"revision {number} of {project}")
    return from_json(Plan, row.plan, "plan"), from_json(Choices, row.choices, "choices")


def newest_of(account: str, project: str) -> ScalarSelect[int | None]:
    """The number of the newest revision, as part of a query; None while there is none."""
    which = (revisions.c.account == account, revisions.c.project == project)
    return select(func.max(revisions.c.number)).where(*which).scalar_subquery()


def newest_number(conn: Connection, account: str, project: str) -> int:
    """The number of the newest revision; 0 while there is none."""
    return conn.execute(select(newest_of(account, project))).scalar() or 0


def newest_choices(conn: Connection, account: str, project: str) -> Choices:
    """What was decided as of the newest revision; nothing while there is none."""
    which = (revisions.c.account == account, revisions.c.project == project)
    newest = select(revisions.c.choices).where(*which).order_by(revisions.c.number.desc()).limit(1)
    found = conn.execute(newest).scalar()
    return from_json(Choices, found, "choices") if found else Choices()


def all_projects(conn: Connection, account: str) -> Sequence[Project]:
    """All of an account, newest first."""
    newest = (
        select(func.max(revisions.c.number))
        .where(revisions.c.account == projects.c.account, revisions.c.project == projects.c.id)
        .scalar_subquery()
    )
    query = (
        select(projects, newest.label("revision"))
        .where(projects.c.account == account)
        .order_by(projects.c.created_at.desc(), projects.c.id.desc())
    )
    return [project_of(row) for row in conn.execute(query)]


def standing(conn: Connection, account: str, project: str) -> Standing:
    """All of a project, on one snapshot. Raises ``NotFound``."""
    newest = (revisions.c.project == projects.c.id) & (revisions.c.number == newest_of(account, project))
    query = select(projects, revisions.c.number, revisions.c.plan, revisions.c.choices)
    both = query.outerjoin(revisions, newest).where(projects.c.account == account, projects.c.id == project)
    row = _found(conn.execute(both).first(), project)
    job = conn.execute(_job_in_turn(account, project)).first()
    waiting = select(purchases).where(
        purchases.c.account == account, purchases.c.project == project, purchases.c.state.in_(OPEN_STATES)
    )
    return Standing(
        account=account,
        project=project,
        brief=from_json(Brief, row.brief, "brief"),
        revision=row.number or 0,
        plan=from_json(Plan, row.plan, "plan") if row.number else None,
        choices=from_json(Choices, row.choices, "choices") if row.number else Choices(),
        job=job_of(job) if job else None,
        had=_had(conn, account, project, row.reuse),
        gone=gone(conn, account),
        open=tuple(purchase_of(row) for row in conn.execute(waiting.order_by(purchases.c.intent_at, purchases.c.id))),
    )


def _job_in_turn(account: str, project: str) -> Any:
    """Of the live jobs the running one, else the first queued, else the first that waits; else the newest."""
    turn = case((jobs.c.state == "running", 0), (jobs.c.state == "queued", 1), (jobs.c.state == "waiting", 2), else_=3)
    age = case((turn == 3, -jobs.c.seq), else_=jobs.c.seq)
    return select(jobs).where(jobs.c.account == account, jobs.c.project == project).order_by(turn, age).limit(1)


def _had(conn: Connection, account: str, project: str, reuse: str) -> Mapping[Fingerprint, Outcome]:
    """What landed, by fingerprint; with ``reuse: account`` also in the account's other projects, own ones first."""
    query = select(outcomes).where(outcomes.c.account == account)
    # Every fingerprint is above nothing: said so that SQLite takes the key of a project, not the account's index.
    own = query.where(outcomes.c.project == project, outcomes.c.fingerprint > "")
    rows = {row.fingerprint: row for row in conn.execute(own)}
    if reuse == "account":
        others = query.where(outcomes.c.project != project).order_by(outcomes.c.landed_at.desc())
        rows = {row.fingerprint: row for row in conn.execute(others)} | rows
    return Had(rows)


def _found(row: Row[Any] | None, what: str) -> Row[Any]:
    if row is None:
        raise NotFound(f"there is no {what} in this account", hint="`reelwright projects` lists what there is")
    return row
