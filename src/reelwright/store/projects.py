"""Projects, their revisions, and all of one that a director must know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Row, ScalarSelect, Select, case, func, select, update

from reelwright.errors import NotFound, StaleRevision
from reelwright.reel.brief import Brief
from reelwright.reel.choices import Choices
from reelwright.reel.command import Command
from reelwright.reel.document import to_plain
from reelwright.reel.ids import mint
from reelwright.reel.operation import OPEN_STATES, Lease, Project, Standing
from reelwright.reel.plan import Plan
from reelwright.store.assets import ensure_account, gone_of
from reelwright.store.leases import fence
from reelwright.store.rows import Had, from_json, is_recovered, job_of, project_of, purchase_of
from reelwright.store.schema import events, jobs, leases, outcomes, projects, purchases, revisions
from reelwright.store.sql import among, as_json, as_said, hold, now_ms, pairs
from reelwright.store.unit import Unit

T = TypeVar("T")


def open_project(
    unit: Unit, account: str, name: str, brief: Brief, *, found_by: str | None = None, nth: int = 1
) -> str:
    """A new project without a plan, and its lease that nobody holds. Raises where ``found_by`` has one already."""
    project = mint("project")
    ensure_account(unit.conn, account)
    unit.conn.execute(
        projects.insert().values(
            id=project,
            account=account,
            name=as_said(name),
            brief=as_json(to_plain(brief)),
            created_at=now_ms(),
            found_by=found_by,
            nth=nth,
        )
    )
    unit.conn.execute(leases.insert().values(account=account, project=project, token=0))
    unit.tell(account, project, None, "project.opened", {"name": as_said(name)})
    return project


def open_once(unit: Unit, account: str, command: Command, replaces: str | None = None) -> tuple[str, bool]:
    """The project of a command, and whether it was opened now, with its plan; of two at one moment, one opens it.

    ``replaces``: the project that the command had when a fresh one was asked for; it is found by it no more.
    """
    ensure_account(unit.conn, account)
    hold(unit.conn, f"opening/{account}/{command.found_by}")
    there = find(unit.conn, account, command.found_by)
    if there is not None:
        if there != replaces:
            return there, False
        which = (projects.c.account == account, projects.c.id == there)
        unit.conn.execute(update(projects).where(*which).values(found_by=None))
    project = open_project(unit, account, command.name, command.brief, found_by=command.found_by, nth=command.nth)
    if command.plan is not None:
        revise(unit, account, project, 0, command.plan, command.choices, "person")
    return project, True


def authors(conn: Connection, account: str, project: str) -> Sequence[str]:
    """Who made each revision, the first first."""
    which = (revisions.c.account == account, revisions.c.project == project)
    return conn.execute(select(revisions.c.author).where(*which).order_by(revisions.c.number)).scalars().all()


def find(conn: Connection, account: str, found_by: str) -> str | None:
    """The project of a command, by its digest."""
    which = (projects.c.account == account, projects.c.found_by == found_by)
    return conn.execute(select(projects.c.id).where(*which)).scalar()


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


def standings(conn: Connection, asked: Sequence[tuple[str, str]]) -> Sequence[Standing | NotFound]:
    """All of each project, by its account and id, on one snapshot."""
    which = pairs(asked)
    whole = {(row.account, row.id): row for row in conn.execute(_WHOLE, which).all()}
    in_turn = {(row.account, row.project): row for row in conn.execute(JOB_IN_TURN, which).all()}
    bought = _by_project(conn.execute(_SEEN_TO, which).all())
    own = _by_project(conn.execute(_OWN, which).all())
    missing = gone_of(conn, which["of"])

    def read(name: tuple[str, str]) -> Standing | NotFound:
        row, job = whole.get(name), in_turn.get(name)
        if row is None:
            return _missing(name[1])
        had = {landed.fingerprint: landed for landed in own.get(name, ())}
        return Standing(
            account=row.account,
            project=row.id,
            brief=_read(Brief, row.brief),
            revision=row.number or 0,
            plan=_read(Plan, row.plan) if row.number else None,
            choices=_read(Choices, row.choices) if row.number else Choices(),
            job=job_of(job) if job is not None else None,
            had=Had(had),
            gone=missing[row.account],
            open=tuple(purchase_of(one) for one in bought.get(name, ()) if one.state in OPEN_STATES),
            staged=tuple(purchase_of(one) for one in bought.get(name, ()) if one.state not in OPEN_STATES),
            at=row.at or 0,
            nth=_nth_of(row),
            recovered=is_recovered(row),
        )

    return [read(name) for name in asked]


def _nth_of(row: Row[Any]) -> int:
    """Another one, or the n-th, is wanted of what was asked for; what an edit asks for is had where it is."""
    is_edited = row.author == "person" and (row.number or 0) > 1
    return 1 if is_edited else int(row.nth)


def _by_project(rows: Iterable[Row[Any]]) -> dict[tuple[str, str], list[Row[Any]]]:
    found: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        found.setdefault((row.account, row.project), []).append(row)
    return found


def _read(kind: type[T], words: str) -> T:
    """A brief is never rewritten, a revision is immutable: what was read once is not read out of its text again."""
    read: Callable[..., T] = _read_small if len(words) <= _SMALL else _read_large
    return read(kind, words)


def _from_text(kind: type[Any], words: str) -> Any:
    return from_json(kind, words, kind.__name__.lower())


_SMALL: Final = 4096
"""Characters. Of many small projects that are driven at once, each is read again and again; …"""
_read_small = lru_cache(maxsize=128)(_from_text)
_read_large = lru_cache(maxsize=64)(_from_text)
"""… of large ones fewer are kept in memory."""


# A director reads its projects after everything that happens; putting these together anew cost more than asking them.


def _whole() -> Select[Any]:
    every = revisions.alias()
    same = (every.c.account == projects.c.account, every.c.project == projects.c.id)
    newest = select(func.max(every.c.number)).where(*same).correlate(projects).scalar_subquery()
    both = projects.outerjoin(revisions, (revisions.c.project == projects.c.id) & (revisions.c.number == newest))
    at = select(func.max(events.c.id)).scalar_subquery().label("at")
    newest_of_all = (revisions.c.number, revisions.c.plan, revisions.c.choices, revisions.c.author)
    query = select(projects, *newest_of_all, at).select_from(both)
    return query.where(among(projects.c.account, "of"), among(projects.c.id, "called"))


def _job_in_turn() -> Select[Any]:
    """Of the live jobs the running one, else the first queued, else the first that waits; else the newest."""
    one = jobs.alias()
    turn = case((one.c.state == "running", 0), (one.c.state == "queued", 1), (one.c.state == "waiting", 2), else_=3)
    age = case((turn == 3, -one.c.seq), else_=one.c.seq)
    first = select(one.c.seq).where(one.c.account == projects.c.account, one.c.project == projects.c.id)
    seq = select(first.order_by(turn, age).limit(1).scalar_subquery())
    return select(jobs).where(
        jobs.c.seq.in_(seq.where(among(projects.c.account, "of"), among(projects.c.id, "called")))
    )


def _to_be_seen_to() -> Select[Any]:
    """Open purchases, and ended ones of which something still lies at a provider."""
    left = purchases.c.state.in_(OPEN_STATES) | purchases.c.staged.is_not(None)
    which = (among(purchases.c.account, "of"), among(purchases.c.project, "called"), left)
    return select(purchases).where(*which).order_by(purchases.c.intent_at, purchases.c.id)


def _landed_here() -> Select[Any]:
    # Every fingerprint is above nothing: said so that SQLite takes the key of a project, not the account's index.
    own = (among(outcomes.c.account, "of"), among(outcomes.c.project, "called"), outcomes.c.fingerprint > "")
    return select(outcomes).where(*own)


_WHOLE: Final = _whole()
JOB_IN_TURN: Final = _job_in_turn()
_SEEN_TO: Final = _to_be_seen_to()
_OWN: Final = _landed_here()


def _missing(what: str) -> NotFound:
    return NotFound(f"there is no {what} in this account", hint="`reelwright projects` lists what there is")


def _found(row: Row[Any] | None, what: str) -> Row[Any]:
    if row is None:
        raise _missing(what)
    return row
