"""Projects, their revisions, and their standings: all that a director needs to know of a project."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, Select, case, func, select, tuple_, update

from reelwright.errors import NotFound, StaleRevision
from reelwright.reason import Action
from reelwright.reel.base.document import to_plain
from reelwright.reel.base.ids import mint
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.command import Command
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.orders import NumberedOrder
from reelwright.reel.records.operation import OPEN_STATES, Lease, Project, Standing
from reelwright.store.database.metric_counts import refuse_above_caps
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import fence
from reelwright.store.limits import payers
from reelwright.store.policy import LARGE_TEXTS_CACHED, SMALL_TEXT_CHARS, SMALL_TEXTS_CACHED
from reelwright.store.projects import order_numbers
from reelwright.store.projects.asset_uses import record_named
from reelwright.store.reservations import shares
from reelwright.store.schema.rows import LazyOutcomes, from_json, is_recovered, to_job, to_project, to_purchase
from reelwright.store.schema.schema import events, jobs, leases, outcomes, projects, purchases, revisions
from reelwright.store.schema.sql import InArray, NowMs, as_json, clean_text, hold_lock, to_datetime, to_pair_parameters
from reelwright.store.vault.assets import ensure_account, list_deleted_by_account

T = TypeVar("T")


class NewProject(NamedTuple):
    """A project to insert, without a plan. ``lookup_key``: its command's digest, which finds it; None: only its id."""

    id: str
    account: str
    name: str
    brief: Brief
    lookup_key: str | None = None
    order_number: int = 1


def open_project(
    unit: Unit, account: str, name: str, brief: Brief, *, lookup_key: str | None = None, order_number: int = 1
) -> str:
    """Insert a project without a plan, and its lease, which no director holds; return its id.

    The database refuses a second project with the same ``lookup_key``, a command's digest.
    """
    project = NewProject(mint("project"), account, name, brief, lookup_key, order_number)
    ensure_account(unit.conn, account)
    insert_projects(unit, [project])
    return project.id


def insert_projects(unit: Unit, new: Sequence[NewProject]) -> None:
    """Insert projects without plans, and their leases, which no director holds."""
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "account": one.account,
            "name": clean_text(one.name),
            "brief": as_json(to_plain(one.brief)),
            "lookup_key": one.lookup_key,
            "order_number": one.order_number,
        }
        for one in new
    ]
    unit.conn.execute(_PROJECT, rows)
    record_named(unit.conn, [(one.account, one.id, str(row["brief"])) for one, row in zip(new, rows, strict=True)])
    unit.conn.execute(_LEASE, [{"account": one.account, "project": one.id} for one in new])
    for one in new:
        unit.add_event(one.account, one.id, None, "project.opened", {"name": clean_text(one.name)})


_PROJECT: Final = projects.insert().values(created_at=NowMs())
_LEASE: Final = leases.insert().values(token=0)


def open_for_command(
    unit: Unit,
    account: str,
    command: Command,
    replaces: str | None = None,
    orders: Collection[NumberedOrder] = (),
) -> tuple[str, bool]:
    """Find or open the project of a command, with its plan; return its id, and whether it was opened now.

    Of two equal calls at one moment one opens it. ``replaces``: the command's project until now, in whose place a new
    one is wanted; the command no longer finds it. ``orders``: as in ``revise``, of a project that is opened now.
    """
    assert command.digest, "no command finds the project of an order of its own"
    ensure_account(unit.conn, account)
    hold_lock(unit.conn, f"opening/{account}/{command.digest}")
    there = find_project(unit.conn, account, command.digest)
    if there is not None:
        if there != replaces:
            return there, False
        which = (projects.c.account == account, projects.c.id == there)
        unit.conn.execute(update(projects).where(*which).values(lookup_key=None))
    refuse_above_caps(unit, account, project=True)
    project = open_project(
        unit, account, command.name, command.brief, lookup_key=command.digest, order_number=command.order_number
    )
    if command.plan is not None:
        revise(unit, account, project, 0, command.plan, command.choices, command.plan_author, orders=orders)
    return project, True


def list_authors(conn: Connection, account: str, project: str) -> Sequence[str]:
    """List the author of each revision, in order."""
    which = (revisions.c.account == account, revisions.c.project == project)
    return conn.execute(select(revisions.c.author).where(*which).order_by(revisions.c.number)).scalars().all()


def find_project(conn: Connection, account: str, lookup_key: str) -> str | None:
    """Find the project of a command by the command's digest, in an index; None if there is none."""
    which = (projects.c.account == account, projects.c.lookup_key == lookup_key)
    return conn.execute(select(projects.c.id).where(*which)).scalar()


def lock(conn: Connection, account: str, project: str) -> Row[Any]:
    """Lock the project's row until the transaction ends, and return it. Raises ``NotFound``."""
    query = select(projects).where(projects.c.account == account, projects.c.id == project).with_for_update()
    return _require_row(conn.execute(query).first(), project)


def revise(
    unit: Unit,
    account: str,
    project: str,
    base: int,
    plan: Plan,
    choices: Choices,
    author: str,
    key: str | None = None,
    orders: Collection[NumberedOrder] = (),
) -> int:
    """Insert revision ``base + 1`` and return its number; raise ``StaleRevision`` unless ``base`` is the newest.

    Raises ``StaleRevision`` unless ``base`` is the newest. Not fenced by a lease: a person may edit at any time.
    ``key``: whose budgets pay for the caller's jobs. Raises ``NeedsConsent`` if a job that another pays for is queued
    or runs: it would buy what the revision changes. ``orders``: those that the revision asks for; also raises
    ``StaleRevision`` where another project has got one of their numbers meanwhile.
    """
    if orders:
        shares.lock(unit.conn, account)  # before the project's row, as whoever writes a purchase does
    lock(unit.conn, account, project)
    order_numbers.reserve(unit.conn, account, project, orders)
    payers.refuse_other_payer(unit.conn, account, project, key)
    return _insert_revision(unit, account, project, base, plan, choices, author)


def _insert_revision(
    unit: Unit, account: str, project: str, base: int, plan: Plan, choices: Choices, author: str
) -> int:
    newest = read_newest_number(unit.conn, account, project)
    if newest != base:
        raise StaleRevision(code="revision_moved_on", project=project, newest=newest, base=base)
    insert_revisions(unit, [NewRevision(account, project, base + 1, plan, choices, author)])
    which = (projects.c.account == account, projects.c.id == project)
    unit.conn.execute(update(projects).where(*which).values(name=clean_text(plan.title)))  # it is looked for by that
    return base + 1


class NewRevision(NamedTuple):
    """A revision of a plan to insert."""

    account: str
    project: str
    number: int
    plan: Plan
    choices: Choices
    author: str


def insert_revisions(unit: Unit, new: Sequence[NewRevision]) -> None:
    """Insert revisions of locked or new projects, each numbered one above its project's newest."""
    rows = [
        {**one._asdict(), "plan": as_json(to_plain(one.plan)), "choices": as_json(to_plain(one.choices))} for one in new
    ]
    if rows:
        unit.conn.execute(_REVISION, rows)
    documents = [(row["account"], row["project"], row[part]) for row in rows for part in ("plan", "choices")]
    record_named(unit.conn, documents)
    for one in new:
        body = {"revision": one.number, "author": one.author}
        unit.add_event(one.account, one.project, None, "plan.revised", body)


_REVISION: Final = revisions.insert().values(made_at=NowMs())


def revise_under_lease(unit: Unit, lease: Lease, base: int, plan: Plan, choices: Choices, author: str) -> int:
    """Insert revision ``base + 1`` as ``revise`` does, fenced by the lease. Raises ``LeaseLost``, ``StaleRevision``."""
    fence(unit.conn, lease)
    lock(unit.conn, lease.account, lease.project)
    return _insert_revision(unit, lease.account, lease.project, base, plan, choices, author)


def read_revision(conn: Connection, account: str, project: str, number: int) -> tuple[Plan, Choices]:
    """Return the plan and the choices of one revision. Raises ``NotFound``."""
    query = select(revisions).where(
        revisions.c.account == account, revisions.c.project == project, revisions.c.number == number
    )
    row = _require_row(conn.execute(query).first(), f"revision {number} of {project}")
    return from_json(Plan, row.plan, "plan"), from_json(Choices, row.choices, "choices")


def list_revisions(
    conn: Connection, account: str, project: str, limit: int
) -> Sequence[tuple[int, str, datetime | None]]:
    """List the newest ``limit`` revisions of a project, the newest first: number, author, and when it was made."""
    which = (revisions.c.account == account, revisions.c.project == project)
    query = select(revisions.c.number, revisions.c.author, revisions.c.made_at).where(*which)
    rows = conn.execute(query.order_by(revisions.c.number.desc()).limit(limit))
    return [(row.number, row.author, to_datetime(row.made_at)) for row in rows]


def select_newest_number(account: str, project: str) -> ScalarSelect[int | None]:
    """Select the number of the newest revision, as part of a query; None while there is none."""
    which = (revisions.c.account == account, revisions.c.project == project)
    return select(func.max(revisions.c.number)).where(*which).scalar_subquery()


def read_newest_number(conn: Connection, account: str, project: str) -> int:
    """Read the number of the newest revision; 0 while there is none."""
    return conn.execute(select(select_newest_number(account, project))).scalar() or 0


def read_newest_choices(conn: Connection, account: str, project: str) -> Choices:
    """Read the choices of the newest revision; empty choices while there is none."""
    which = (revisions.c.account == account, revisions.c.project == project)
    newest = select(revisions.c.choices).where(*which).order_by(revisions.c.number.desc()).limit(1)
    found = conn.execute(newest).scalar()
    return from_json(Choices, found, "choices") if found else Choices()


def list_projects(
    conn: Connection, account: str, limit: int | None = None, before: str | None = None, *, is_unfinished: bool = False,
    letters: str = "", only: Collection[str] | None = None,
) -> Sequence[Project]:  # fmt: skip
    """List the projects of an account, newest first: up to ``limit`` (None: all) that come after ``before`` in it.

    ``is_unfinished``: only those without a job, and those whose job in turn is neither done nor cancelled. ``letters``:
    only those whose title has these letters. ``only``: ids, of which the others are left out.
    """
    query = _select_summaries(account).order_by(projects.c.created_at.desc(), projects.c.id.desc()).limit(limit)
    if is_unfinished:
        query = query.where(_is_unfinished())
    if only is not None:
        query = query.where(projects.c.id.in_(only))
    if letters:
        query = query.where(projects.c.name.icontains(letters, autoescape=True))
    if before is not None:
        place = select(projects.c.created_at, projects.c.id)
        place = place.where(projects.c.account == account, projects.c.id == before)
        query = query.where(tuple_(projects.c.created_at, projects.c.id) < place.scalar_subquery())
    return [to_project(row) for row in conn.execute(query)]


def read_project(conn: Connection, account: str, project: str) -> Project:
    """Read a project without its plan. Raises ``NotFound``."""
    row = conn.execute(_select_summaries(account).where(projects.c.id == project)).first()
    return to_project(_require_row(row, project))


def _select_summaries(account: str) -> Select[Any]:
    same = (revisions.c.account == projects.c.account, revisions.c.project == projects.c.id)
    newest = select(func.max(revisions.c.number)).where(*same).scalar_subquery()
    return select(projects, newest.label("revision")).where(projects.c.account == account)


def read_standings(conn: Connection, names: Sequence[tuple[str, str]]) -> Sequence[Standing | NotFound]:
    """Read the standing of each project, named by account and id; ``NotFound`` in the place of a missing one."""
    which = to_pair_parameters(names)
    by_name = {(row.account, row.id): row for row in conn.execute(_PROJECTS, which).all()}
    in_turn = {(row.account, row.project): row for row in conn.execute(JOB_IN_TURN, which).all()}
    open_or_staged = _group_by_project(conn.execute(_OPEN_PURCHASES, which).all())
    outcome_rows = _group_by_project(conn.execute(_OUTCOMES, which).all())
    missing = list_deleted_by_account(conn, which["of"])

    def read(name: tuple[str, str]) -> Standing | NotFound:
        row, job = by_name.get(name), in_turn.get(name)
        if row is None:
            return _build_not_found(name[1])
        had = {landed.fingerprint: landed for landed in outcome_rows.get(name, ())}
        return Standing(
            account=row.account,
            project=row.id,
            brief=_read(Brief, row.brief),
            revision=row.number or 0,
            plan=_read(Plan, row.plan) if row.number else None,
            choices=_read(Choices, row.choices) if row.number else Choices(),
            job=to_job(job) if job is not None else None,
            outcomes=LazyOutcomes(had),
            deleted_assets=missing[row.account],
            open_purchases=tuple(to_purchase(one) for one in open_or_staged.get(name, ()) if one.state in OPEN_STATES),
            staged_purchases=tuple(
                to_purchase(one) for one in open_or_staged.get(name, ()) if one.state not in OPEN_STATES
            ),
            last_event=row.at or 0,
            order_number=_compute_order_number(row),
            is_recovered=is_recovered(row),
        )

    return [read(name) for name in names]


def _compute_order_number(row: Row[Any]) -> int:
    """Return which order the project's first rounds are: 1 if a person edited the newest revision."""
    is_edited = row.author == "person" and (row.number or 0) > 1
    return 1 if is_edited else int(row.order_number)


def _group_by_project(rows: Iterable[Row[Any]]) -> dict[tuple[str, str], list[Row[Any]]]:
    found: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        found.setdefault((row.account, row.project), []).append(row)
    return found


def _read(kind: type[T], words: str) -> T:
    """Parse a brief, plan or choices, with a cache: their stored texts never change."""
    read: Callable[..., T] = _read_small if len(words) <= SMALL_TEXT_CHARS else _read_large
    return read(kind, words)


def _parse(kind: type[Any], words: str) -> Any:
    return from_json(kind, words, kind.__name__.lower())


_read_small = lru_cache(maxsize=SMALL_TEXTS_CACHED)(_parse)
_read_large = lru_cache(maxsize=LARGE_TEXTS_CACHED)(_parse)


# Built once: a director reads its projects after each event, and building these queries took longer than running them.


def _select_projects() -> Select[Any]:
    every = revisions.alias()
    same = (every.c.account == projects.c.account, every.c.project == projects.c.id)
    newest = select(func.max(every.c.number)).where(*same).correlate(projects).scalar_subquery()
    both = projects.outerjoin(revisions, (revisions.c.project == projects.c.id) & (revisions.c.number == newest))
    at = select(func.max(events.c.id)).scalar_subquery().label("at")
    newest_of_all = (revisions.c.number, revisions.c.plan, revisions.c.choices, revisions.c.author)
    query = select(projects, *newest_of_all, at).select_from(both)
    return query.where(InArray(projects.c.account, "of"), InArray(projects.c.id, "called"))


def _find_in_turn(column: str) -> ScalarSelect[Any]:
    """Find a column of a project's running job, else the first queued, else the first that waits, else the newest."""
    one = jobs.alias()
    turn = case((one.c.state == "running", 0), (one.c.state == "queued", 1), (one.c.state == "waiting", 2), else_=3)
    age = case((turn == 3, -one.c.seq), else_=one.c.seq)
    first = select(one.c[column]).where(one.c.account == projects.c.account, one.c.project == projects.c.id)
    return first.order_by(turn, age).limit(1).correlate(projects).scalar_subquery()


def _is_unfinished() -> ColumnElement[bool]:
    return func.coalesce(_find_in_turn("state"), "").not_in(("done", "cancelled"))


def _select_job_in_turn() -> Select[Any]:
    seq = select(_find_in_turn("seq"))
    return select(jobs).where(
        jobs.c.seq.in_(seq.where(InArray(projects.c.account, "of"), InArray(projects.c.id, "called")))
    )


def _select_open_purchases() -> Select[Any]:
    """Select open purchases, and ended ones whose input files are still staged at a provider."""
    left = purchases.c.state.in_(OPEN_STATES) | purchases.c.staged_inputs.is_not(None)
    which = (InArray(purchases.c.account, "of"), InArray(purchases.c.project, "called"), left)
    return select(purchases).where(*which).order_by(purchases.c.intent_at, purchases.c.id)


def _select_outcomes() -> Select[Any]:
    # Every fingerprint is above "": with this condition SQLite uses the project's key, not the account's index.
    own = (InArray(outcomes.c.account, "of"), InArray(outcomes.c.project, "called"), outcomes.c.fingerprint > "")
    return select(outcomes).where(*own)


_PROJECTS: Final = _select_projects()
JOB_IN_TURN: Final = _select_job_in_turn()
_OPEN_PURCHASES: Final = _select_open_purchases()
_OUTCOMES: Final = _select_outcomes()


def _build_not_found(name: str) -> NotFound:
    return NotFound(code="project_not_found", project=name, actions=[Action("list_projects")])


def _require_row(row: Row[Any] | None, what: str) -> Row[Any]:
    if row is None:
        raise _build_not_found(what)
    return row
