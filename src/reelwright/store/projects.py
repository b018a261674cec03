"""Projects, their revisions, and all of one that a director must know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Row, ScalarSelect, Select, String, bindparam, case, func, select

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
    which = {"of": account, "called": project}
    row = _found(conn.execute(_WHOLE, which).first(), project)
    job = conn.execute(_JOB_IN_TURN, which).first()
    return Standing(
        account=account,
        project=project,
        brief=_brief_of(row.brief),
        revision=row.number or 0,
        plan=_plan_of(row.plan) if row.number else None,
        choices=from_json(Choices, row.choices, "choices") if row.number else Choices(),
        job=job_of(job) if job else None,
        had=_had(conn, which, row.reuse),
        gone=gone(conn, account),
        open=tuple(purchase_of(row) for row in conn.execute(_OPEN, which)),
    )


def _had(conn: Connection, which: Mapping[str, str], reuse: str) -> Mapping[Fingerprint, Outcome]:
    """What landed, by fingerprint; with ``reuse: account`` also in the account's other projects, own ones first."""
    rows = {row.fingerprint: row for row in conn.execute(_OWN, which)}
    if reuse == "account":
        rows = {row.fingerprint: row for row in conn.execute(_OTHERS, which)} | rows
    return Had(rows)


@lru_cache(maxsize=64)
def _brief_of(text: str) -> Brief:
    """A brief is never rewritten, and a plan is immutable: what was read once is not read out of its text again."""
    return from_json(Brief, text, "brief")


@lru_cache(maxsize=64)
def _plan_of(text: str) -> Plan:
    return from_json(Plan, text, "plan")


# A director reads its project after everything that happens; putting these together anew cost more than asking them.


def _whole() -> Select[Any]:
    number = select(func.max(revisions.c.number)).where(revisions.c.account == _OF, revisions.c.project == _CALLED)
    newest = (revisions.c.project == projects.c.id) & (revisions.c.number == number.scalar_subquery())
    query = select(projects, revisions.c.number, revisions.c.plan, revisions.c.choices).outerjoin(revisions, newest)
    return query.where(projects.c.account == _OF, projects.c.id == _CALLED)


def _job_in_turn() -> Select[Any]:
    """Of the live jobs the running one, else the first queued, else the first that waits; else the newest."""
    turn = case((jobs.c.state == "running", 0), (jobs.c.state == "queued", 1), (jobs.c.state == "waiting", 2), else_=3)
    age = case((turn == 3, -jobs.c.seq), else_=jobs.c.seq)
    return select(jobs).where(jobs.c.account == _OF, jobs.c.project == _CALLED).order_by(turn, age).limit(1)


def _open_purchases() -> Select[Any]:
    which = (purchases.c.account == _OF, purchases.c.project == _CALLED, purchases.c.state.in_(OPEN_STATES))
    return select(purchases).where(*which).order_by(purchases.c.intent_at, purchases.c.id)


def _landed_here() -> Select[Any]:
    # Every fingerprint is above nothing: said so that SQLite takes the key of a project, not the account's index.
    own = (outcomes.c.account == _OF, outcomes.c.project == _CALLED, outcomes.c.fingerprint > "")
    return select(outcomes).where(*own)


def _landed_elsewhere() -> Select[Any]:
    others = select(outcomes).where(outcomes.c.account == _OF, outcomes.c.project != _CALLED)
    return others.order_by(outcomes.c.landed_at.desc())


_OF: Final = bindparam("of", type_=String())
_CALLED: Final = bindparam("called", type_=String())
_WHOLE: Final = _whole()
_JOB_IN_TURN: Final = _job_in_turn()
_OPEN: Final = _open_purchases()
_OWN: Final = _landed_here()
_OTHERS: Final = _landed_elsewhere()


def _found(row: Row[Any] | None, what: str) -> Row[Any]:
    if row is None:
        raise NotFound(f"there is no {what} in this account", hint="`reelwright projects` lists what there is")
    return row
