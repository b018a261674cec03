"""Jobs: queued, running, waiting, and how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update

from reelwright.errors import BadInput, NotFound
from reelwright.reel.brief import Goal
from reelwright.reel.cut import Cut
from reelwright.reel.document import to_json
from reelwright.reel.ids import mint
from reelwright.reel.noun import Digest, StepKey
from reelwright.reel.operation import OPEN_STATES, Consent, Job, Lease, WaitReason
from reelwright.store import projects
from reelwright.store.allowances import close_allowances
from reelwright.store.leases import fence, is_driven
from reelwright.store.rows import job_of
from reelwright.store.schema import jobs, purchases
from reelwright.store.sql import as_json, as_said, ms_of, now_ms
from reelwright.store.unit import Unit

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
        _end(unit, row, "cancelled", "cancelled before it went on", None)


def start(unit: Unit, lease: Lease, job: str) -> None:
    """queued → running."""
    fence(unit.conn, lease)
    which = (*_is(lease.account, job), jobs.c.project == lease.project, jobs.c.state == "queued")
    started = update(jobs).where(*which).values(state="running", started_at=now_ms(), **IDLE)
    if unit.conn.execute(started).rowcount:
        unit.tell(lease.account, lease.project, job, "job.running", {})


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


def finish(
    unit: Unit,
    lease: Lease,
    job: str,
    state: Literal["done", "failed", "cancelled"],
    said: str,
    film: Digest | None,
) -> None:
    """End the job, once; what is left of its allowance goes back to every budget."""
    fence(unit.conn, lease)
    row = _lock(unit.conn, lease.account, job)
    if row.project == lease.project and row.finished_at is None:
        _end(unit, row, state, said, film)


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
    row = conn.execute(select(jobs).where(*_is(account, job)).with_for_update()).first()
    if row is None:
        raise NotFound(f"there is no job {job} in this account", hint="`reelwright jobs` lists what there is")
    return row


def _queue(unit: Unit, row: Row[Any], *, cancel: bool = False) -> None:
    again = {"state": "queued", "finished_at": None, "film": None, "cancel": cancel, **IDLE}
    unit.conn.execute(update(jobs).where(*_is(row.account, row.id)).values(**again))
    unit.tell(row.account, row.project, row.id, "job.queued", {"goal": row.goal})


def _is_open(conn: Connection, job: str) -> bool:
    """Whether something of the job was sent, or may have been, and has not been settled."""
    seen_to = OPEN_STATES - {"intent"}
    query = select(purchases.c.id).where(purchases.c.job == job, purchases.c.state.in_(seen_to))
    return conn.execute(query.limit(1)).first() is not None


def _end(unit: Unit, row: Row[Any], state: str, said: str, film: Digest | None) -> None:
    told = {**IDLE, "said": as_said(said), "film": film}
    ended = update(jobs).where(*_is(row.account, row.id)).values(state=state, finished_at=now_ms(), **told)
    unit.conn.execute(ended)
    close_allowances(unit, row.account, row.id)
    unit.tell(row.account, row.project, row.id, f"job.{state}", {"said": as_said(said), "film": film})
