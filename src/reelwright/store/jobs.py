"""Jobs: queued, running, waiting, and how they end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select, update

from reelwright.errors import BadInput, LeaseLost, NotFound
from reelwright.reel.brief import Goal
from reelwright.reel.cut import Cut
from reelwright.reel.document import to_json
from reelwright.reel.ids import mint
from reelwright.reel.noun import Digest, StepKey
from reelwright.reel.operation import LIVE_JOBS, OPEN_STATES, Consent, Job, Lease, WaitReason
from reelwright.store import projects
from reelwright.store.allowances import close_allowances
from reelwright.store.leases import fence, is_driven, refusals
from reelwright.store.purchases import spent_by_job
from reelwright.store.rows import job_of
from reelwright.store.schema import jobs, purchases
from reelwright.store.sql import among, as_json, as_said, hold, ms_of, now_ms, pairs
from reelwright.store.unit import Unit
from reelwright.units import Micros

RenewConsent = Callable[[Job], Consent | None]
"""The new consent of a job, from its state and its consent before; None keeps that. Pure: it may be called twice."""
IDLE: Mapping[str, Any] = {"why": None, "step": None, "said": ""}
"""Columns of a job that does not wait."""


def enqueue(
    unit: Unit, account: str, project: str, goal: Goal, consent: Consent | None, options: Mapping[str, Any]
) -> str:
    """A new job at the end of its project's queue."""
    projects.lock(unit.conn, account, project)  # so that numbers grow in the order in which jobs become visible
    job = mint("job")
    unit.conn.execute(
        jobs.insert().values(
            id=job,
            account=account,
            project=project,
            goal=goal,
            state="queued",
            **_columns(consent),
            priority=_priority(options),
            options=as_json(options),
            cancel=False,
            said="",
            created_at=now_ms(),
        )
    )
    unit.tell(account, project, job, "job.queued", {"goal": goal})
    return job


def enqueue_once(
    unit: Unit, account: str, project: str, goal: Goal, consent: Consent, options: Mapping[str, Any],
    renew: RenewConsent, spent: int,
) -> str:  # fmt: skip
    """Take up the live job of the project for ``goal``, or insert one. Two equal calls at one moment share one job.

    ``spent``: what the project had spent when the price was made that ``consent`` agrees to. What it spent since then
    is part of that price, so a new job gets only the rest of ``consent``.
    """
    # Not projects.lock: a transaction that writes a purchase locks the job's row first, then the project's.
    hold(unit.conn, f"queue/{account}/{project}")
    live = (jobs.c.state.in_(sorted(LIVE_JOBS)), jobs.c.cancel.is_(False), jobs.c.goal == goal)
    query = select(jobs).where(jobs.c.account == account, jobs.c.project == project, *live)
    row = unit.conn.execute(query.order_by(jobs.c.seq.desc()).limit(1).with_for_update()).first()
    if row is not None:
        _take_up(unit, row, renew)
        return str(row.id)
    since = sum(spent_by_job(unit.conn, account, project).values()) - spent
    left = Micros(max(0, consent.ceiling - max(0, since)))
    return enqueue(unit, account, project, goal, replace(consent, ceiling=left), options)


def take_up(unit: Unit, account: str, job: str, renew: RenewConsent) -> bool:
    """Renew the consent of a job; queue it again if it waits, failed or was cancelled. False: it is done by now."""
    row = _lock(unit.conn, account, job)
    if row.state == "done":
        return False
    _take_up(unit, row, renew)
    return True


def _take_up(unit: Unit, row: Row[Any], renew: RenewConsent) -> None:
    consent = renew(job_of(row))
    if consent is not None:
        unit.conn.execute(update(jobs).where(*_is(row.account, row.id)).values(**_columns(consent)))
        told = {"ceiling": consent.ceiling, "by": as_said(consent.by)}
        unit.tell(row.account, row.project, row.id, "job.approved", told)
    if row.state not in ("queued", "running"):
        _queue(unit, row)


def approve(unit: Unit, account: str, job: str, consent: Consent) -> None:
    """Consent to a job that has not ended; one that waits is queued again."""
    row = _lock(unit.conn, account, job)
    if row.finished_at is not None:
        raise BadInput("job", job, f"a job that has not ended (this one is {row.state})")
    unit.conn.execute(update(jobs).where(*_is(account, job)).values(**_columns(consent)))
    unit.tell(account, row.project, job, "job.approved", {"ceiling": consent.ceiling, "by": as_said(consent.by)})
    if row.state == "waiting":
        _queue(unit, row)


def requeue(unit: Unit, account: str, job: str) -> None:
    """A job that waits, failed or was cancelled is queued again; one that is queued or runs already stays as it is."""
    row = _lock(unit.conn, account, job)
    if row.state == "done":
        raise BadInput("job", job, "a job that waits, failed or was cancelled (this one is done)")
    if row.state not in ("queued", "running"):
        _queue(unit, row)


def mark_delivered(unit: Unit, account: str, job: str) -> None:
    """The files of a job stand where they were asked for."""
    unit.conn.execute(update(jobs).where(*_is(account, job)).values(delivered_at=now_ms()))


def request_cancel(unit: Unit, account: str, job: str, lease_s: int) -> None:
    """Stop spending on a job. Where nobody drives it and nothing is open at a provider, it ends at once.

    Else a director sees to what is open: a job that waits is queued for that.
    """
    row = _lock(unit.conn, account, job)
    if row.finished_at is not None or row.cancel:
        return
    unit.conn.execute(update(jobs).where(*_is(account, job)).values(cancel=True))
    unit.tell(account, row.project, job, "job.cancelling", {})
    if row.state == "running" and is_driven(unit.conn, account, row.project, lease_s):
        return
    if _is_open(unit.conn, job):
        if row.state == "waiting":
            _queue(unit, row, cancel=True)
    else:
        _end(unit, [(row, "cancelled", "cancelled before it went on", None)])


def start(unit: Unit, held: Sequence[Lease]) -> Sequence[LeaseLost | str | None]:
    """The job of each project whose turn it is: queued → running. Its id; None where none is to be run."""
    lost = refusals(unit.conn, held)
    in_turn = _to_be_run(unit.conn, [lease for lease, refused in zip(held, lost, strict=True) if refused is None])
    queued = [row for row in in_turn.values() if row.state == "queued"]
    if queued:
        unit.conn.execute(_STARTED, pairs((row.account, row.id) for row in queued))
    for row in queued:
        unit.tell(row.account, row.project, row.id, "job.running", {})
    found = [in_turn.get((lease.account, lease.project)) for lease in held]
    return [refused or (row.id if row is not None else None) for refused, row in zip(lost, found, strict=True)]


_STARTED: Final = (
    update(jobs)
    .where(among(jobs.c.account, "of"), among(jobs.c.id, "called"))
    .values(state="running", started_at=now_ms(), **IDLE)
)


def _to_be_run(conn: Connection, held: Sequence[Lease]) -> Mapping[tuple[str, str], Row[Any]]:
    """The locked jobs that run in leased projects, or are next to, by account and project."""
    named = pairs((lease.account, lease.project) for lease in held)
    rows = conn.execute(_TO_BE_RUN, named).all() if held else ()
    return {(row.account, row.project): row for row in rows if row.state in ("queued", "running")}


_TO_BE_RUN: Final = projects.JOB_IN_TURN.order_by(jobs.c.id).with_for_update(of=jobs)


def wait(
    unit: Unit, lease: Lease, job: str, why: WaitReason, step: StepKey | None, said: str, seen: Consent | None
) -> bool:
    """queued or running → waiting, for a reason that a person can do something about.

    False: it is being cancelled, or was consented to anew since its director looked (``seen``). Then it does not
    wait: its director reads that next.
    """
    fence(unit.conn, lease)
    goes_on = (
        jobs.c.state.in_(("queued", "running")),
        jobs.c.cancel.is_(False),
        *(jobs.c[name].is_not_distinct_from(told) for name, told in _columns(seen).items() if name != "consent_by"),
    )
    which = (*_is(lease.account, job), jobs.c.project == lease.project, *goes_on)
    told = {"why": why, "step": step, "said": as_said(said)}
    if not unit.conn.execute(update(jobs).where(*which).values(state="waiting", **told)).rowcount:
        return False
    unit.tell(lease.account, lease.project, job, "job.waiting", told)
    return True


def keep_cut(unit: Unit, lease: Lease, job: str, cut: Cut) -> None:
    """Which take where, as the job knows it now; the one before is replaced."""
    fence(unit.conn, lease)
    which = (*_is(lease.account, job), jobs.c.project == lease.project)
    if unit.conn.execute(update(jobs).where(*which).values(cut=to_json(cut))).rowcount:
        unit.tell(lease.account, lease.project, job, "job.cut", {"edits": len(cut.edits)})


class Ending(NamedTuple):
    """How a job of a leased project ends."""

    lease: Lease
    job: str
    state: Literal["done", "failed", "cancelled"]
    said: str
    film: Digest | None


def finish(unit: Unit, endings: Sequence[Ending]) -> Sequence[LeaseLost | NotFound | bool]:
    """End jobs, each once; what is left of their allowances goes back to every budget.

    Of each whether its project has another job to run.
    """
    lost = refusals(unit.conn, [one.lease for one in endings])
    held = [one for one, refused in zip(endings, lost, strict=True) if refused is None]
    rows = _locked(unit.conn, [(one.lease.account, one.job) for one in held])
    ended: dict[str, tuple[Row[Any], str, str, Digest | None]] = {}
    for one in held:
        row = rows.get((one.lease.account, one.job))
        if row is not None and row.project == one.lease.project and row.finished_at is None:
            ended.setdefault(row.id, (row, one.state, one.said, one.film))
    _end(unit, list(ended.values()))
    more = _to_be_run(unit.conn, [one.lease for one in held])
    there = [(one.lease.account, one.job) in rows for one in endings]
    return [
        refused or ((one.lease.account, one.lease.project) in more if found else _no_job(one.job))
        for one, refused, found in zip(endings, lost, there, strict=True)
    ]


def list_jobs(conn: Connection, account: str, project: str | None) -> Sequence[Job]:
    """Jobs of an account or of one project, newest first."""
    query = select(jobs).where(jobs.c.account == account)
    if project is not None:
        query = query.where(jobs.c.project == project)
    return [job_of(row) for row in conn.execute(query.order_by(jobs.c.seq.desc()))]


def _columns(consent: Consent | None) -> dict[str, Any]:
    """What a person agreed to, as columns."""
    return {
        "consent_micros": consent.ceiling if consent else None,
        "consent_by": as_said(consent.by) if consent else None,
        "consent_unconfirmed": bool(consent and consent.unconfirmed),
        "consent_each": consent.each if consent else None,
        "consent_until": ms_of(consent.until) if consent else None,
    }


def _priority(options: Mapping[str, Any]) -> int:
    """Of jobs, and of purchases that wait for their turn: the higher goes first. Raises ``BadInput``."""
    asked = options.get("priority", 0)
    if isinstance(asked, bool) or not isinstance(asked, int) or not -100 <= asked <= 100:
        raise BadInput("priority", asked, "a whole number from -100 to 100")
    return asked


def _is(account: str, job: str) -> tuple[Any, ...]:
    return (jobs.c.account == account, jobs.c.id == job)


def _lock(conn: Connection, account: str, job: str) -> Row[Any]:
    rows = _locked(conn, [(account, job)])
    if not rows:
        raise _no_job(job)
    return rows[account, job]


def _locked(conn: Connection, asked: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Row[Any]]:
    """The rows of jobs that are there, by account and id, locked against all others."""
    rows = conn.execute(_LOCKED, pairs(asked)).all() if asked else ()
    found = {(row.account, row.id): row for row in rows}
    return {name: found[name] for name in asked if name in found}


# Whoever locks several does so in one order.
_LOCKED: Final = (
    select(jobs).where(among(jobs.c.account, "of"), among(jobs.c.id, "called")).order_by(jobs.c.id).with_for_update()
)


def _no_job(job: str) -> NotFound:
    return NotFound(f"there is no job {job} in this account", hint="`reelwright jobs` lists what there is")


def _queue(unit: Unit, row: Row[Any], *, cancel: bool = False) -> None:
    again = {"state": "queued", "finished_at": None, "delivered_at": None, "film": None, "cancel": cancel, **IDLE}
    unit.conn.execute(update(jobs).where(*_is(row.account, row.id)).values(**again))
    unit.tell(row.account, row.project, row.id, "job.queued", {"goal": row.goal})


def _is_open(conn: Connection, job: str) -> bool:
    """Whether something of the job was sent, or may have been, and has not been settled."""
    seen_to = OPEN_STATES - {"intent"}
    query = select(purchases.c.id).where(purchases.c.job == job, purchases.c.state.in_(seen_to))
    return conn.execute(query.limit(1)).first() is not None


def _end(unit: Unit, ended: Sequence[tuple[Row[Any], str, str, Digest | None]]) -> None:
    """Each locked row with its last state, what is said of it, and its film."""
    if not ended:
        return
    last = [
        {"of": row.account, "called": row.id, "to": state, "words": as_said(said), "last": film}
        for row, state, said, film in ended
    ]
    unit.conn.execute(_ENDED, last)
    close_allowances(unit, [(row.account, row.id) for row, _, _, _ in ended])
    for row, state, said, film in ended:
        unit.tell(row.account, row.project, row.id, f"job.{state}", {"said": as_said(said), "film": film})


_ENDED: Final = (
    update(jobs)
    .where(jobs.c.account == bindparam("of"), jobs.c.id == bindparam("called"))
    .values(state=bindparam("to"), finished_at=now_ms(), film=bindparam("last"), **{**IDLE, "said": bindparam("words")})
)
