"""Jobs: queued, running, waiting, and their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select, update

from reelwright.errors import BadInput, LeaseLost, NotFound
from reelwright.reason import Reason
from reelwright.reel.base.document import to_json
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Digest, StepKey
from reelwright.reel.film.brief import Goal
from reelwright.reel.film.cut import Cut
from reelwright.reel.records.ledger import Limit
from reelwright.reel.records.operation import CAPS, LIVE_JOBS, OPEN_STATES, Consent, Job, Lease, WaitReason
from reelwright.reel.records.priority import parse_priority
from reelwright.store.database.metric_counts import refuse_above_caps
from reelwright.store.database.unit import Unit
from reelwright.store.jobs.job_labels import compute_label_digest
from reelwright.store.jobs.job_queries import build_no_job_error
from reelwright.store.leases.leases import fence, find_lost_leases, is_driven
from reelwright.store.limits import payers
from reelwright.store.limits.budgets import FREES_AT, find_batch_budget, refuse_new_order
from reelwright.store.limits.limits import ensure_batch_limit, hold_batch_locks, remove_ended_batch_limits
from reelwright.store.policy import AGREEMENT_LASTS_AFTER_PERIOD
from reelwright.store.projects import projects
from reelwright.store.purchases.sums import sum_spent_by_job
from reelwright.store.purchases.waiting_jobs import is_answered
from reelwright.store.reservations.allowances import close_allowances
from reelwright.store.schema.rows import to_job
from reelwright.store.schema.schema import WAITS_FOR_BUDGET, jobs, purchases
from reelwright.store.schema.sql import (
    InArray,
    NowMs,
    as_json,
    clean_text,
    encode_reason,
    hold_lock,
    shorten_reason,
    to_datetime,
    to_ms,
    to_pair_parameters,
)
from reelwright.units import Micros

RenewConsent = Callable[[Job], Consent | None]
"""Returns the new consent of a job, from the job as it is; None keeps its consent. Pure: it may be called twice."""
NOT_WAITING: Mapping[str, Any] = {"wait_reason": None, "step": None, "reason": ""}
"""Columns of a job that does not wait."""


def enqueue(
    unit: Unit, account: str, project: str, goal: Goal, consent: Consent | None, options: Mapping[str, Any],
    batch: Limit | None = None,
) -> str:  # fmt: skip
    """Insert a job at the end of its project's queue; return its id. Raises ``NotFound``, ``BadInput``, ``OverBudget``.

    ``batch``: the limit of the batch that the job is a row of.
    """
    projects.lock(unit.conn, account, project)  # so that numbers grow in the order in which jobs become visible
    if consent and consent.by not in CAPS:  # the price is known
        refuse_new_order(unit.conn, account, project, payers.get_key(options), consent.ceiling)
    job = NewJob(mint("job"), account, project, goal, consent, options, batch.subject if batch else None)
    insert_jobs(unit, [job])
    if batch:
        ensure_batch_limit(unit, account, batch)
    return job.id


class NewJob(NamedTuple):
    """A job to insert at the end of its project's queue. ``batch_key``: the batch that it is a row of."""

    id: str
    account: str
    project: str
    goal: Goal
    consent: Consent | None
    options: Mapping[str, Any]
    batch_key: str | None = None


def insert_jobs(unit: Unit, new: Sequence[NewJob]) -> None:
    """Insert jobs as queued, with their events; the caller has locked their projects, or they are new.

    Raises ``BadInput``.
    """
    unit.conn.execute(_JOB, [_build_row(one) for one in new])
    for one in new:
        unit.add_event(one.account, one.project, one.id, "job.queued", {"goal": one.goal})


def _build_row(new: NewJob) -> dict[str, Any]:
    return {
        "id": new.id,
        "account": new.account,
        "project": new.project,
        "goal": new.goal,
        **_to_columns(new.consent),
        "priority": parse_priority(new.options.get("priority", 0)),
        **_to_option_columns(new.options),
        "batch_key": new.batch_key,
    }


def _to_option_columns(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the column of a job's options, and those that indexes hold of them."""
    label_digest = compute_label_digest(options)
    return {"options": as_json(options), "payer": payers.get_key(options) or "", "label_digest": label_digest}


_JOB: Final = jobs.insert().values(state="queued", cancel_requested=False, reason="", created_at=NowMs())


def enqueue_once(
    unit: Unit, account: str, project: str, goal: Goal, consent: Consent, options: Mapping[str, Any],
    renew: RenewConsent, spent_before: int, batch: Limit | None = None,
) -> str:  # fmt: skip
    """Renew the consent of the project's unfinished job for ``goal`` and queue it, or insert one; return its id.

    Two equal calls at one moment share one job. ``spent_before``: micro-dollars that the project had spent when the
    price was made that ``consent`` agrees to. What it spent since then is part of that price, so a new job gets only
    the rest of ``consent``. ``batch``: the limit of the batch that the job is a row of from now on; None: of none.
    """
    # Not projects.lock: a transaction that writes a purchase locks the job's row first, then the project's.
    hold_lock(unit.conn, f"queue/{account}/{project}")
    live = (jobs.c.state.in_(sorted(LIVE_JOBS)), jobs.c.cancel_requested.is_(False), jobs.c.goal == goal)
    query = select(jobs).where(jobs.c.account == account, jobs.c.project == project, *live)
    row = unit.conn.execute(query.order_by(jobs.c.seq.desc()).limit(1).with_for_update()).first()
    if row is not None:
        _requeue_with_consent(unit, row, renew, options, batch.subject if batch else None)
        _move_to_batch(unit, row, batch)
        return str(row.id)
    refuse_above_caps(unit, account, job=True)
    since = sum(sum_spent_by_job(unit.conn, account, project).values()) - spent_before
    left = Micros(max(0, consent.ceiling - max(0, since)))
    return enqueue(unit, account, project, goal, replace(consent, ceiling=left), options, batch)


def _move_to_batch(unit: Unit, row: Row[Any], batch: Limit | None) -> None:
    """Let a job count under another batch, or under none: a person who names it waits for no other row."""
    key = batch.subject if batch else None
    if key == row.batch_key or (batch is None and row.state in ("queued", "running") and _has_budget(unit, row)):
        return
    hold_batch_locks(unit, [key, row.batch_key])
    unit.conn.execute(update(jobs).where(*_match(row.account, row.id)).values(batch_key=key))
    if batch:
        ensure_batch_limit(unit, row.account, batch)
    remove_ended_batch_limits(unit, [row.batch_key])


def _has_budget(unit: Unit, row: Row[Any]) -> bool:
    """Whether the batch of a job has a budget for all of its rows together."""
    return row.batch_key is not None and find_batch_budget(unit.conn, row.account, row.batch_key) is not None


def requeue_with_consent(
    unit: Unit, account: str, job: str, renew: RenewConsent, options: Mapping[str, Any] = MappingProxyType({})
) -> bool:
    """Renew the consent of a job; queue it again if it waits, failed or was cancelled. False: it is done or deleted.

    It is a row of no batch from now on, unless its consent stays and is that of its batch. ``options``: for those that
    it does not have; its ``key`` replaces the job's. Raises ``NotFound``, ``OverBudget``, and ``NeedsConsent`` where a
    job of another payer would have to be raised.
    """
    row = _lock(unit.conn, account, job)
    if row.state == "done" or row.removed_at is not None:  # nobody reads a deleted job: it would wait unseen
        return False
    if row.state not in ("queued", "running"):
        refuse_above_caps(unit, account, job=True)
    stays = _has_budget(unit, row) and renew(to_job(row)) is None  # what was agreed to for all rows covers it
    _requeue_with_consent(unit, row, renew, options, row.batch_key if stays else None)
    if not stays:
        _move_to_batch(unit, row, None)
    return True


def _requeue_with_consent(
    unit: Unit, row: Row[Any], renew: RenewConsent, options: Mapping[str, Any], batch_key: str | None
) -> None:  # fmt: skip
    job = to_job(row)
    if batch_key != row.batch_key and row.state not in ("queued", "running") and _has_budget(unit, row):
        # what was agreed to for all rows together ends here, for this row
        close_allowances(unit, [(row.account, row.id)])
        job = replace(job, consent=None)
    payer = payers.get_key(job.options)
    if payer != payers.get_key(options):
        if row.state in ("queued", "running"):
            if renew(job) is not None:
                raise payers.build_other_payer_error(row.project, row.id, payer)
            return
        # what the earlier payer agreed to ends here: the next allowance is reserved in the budgets of the new one
        close_allowances(unit, [(row.account, row.id)])
        job = replace(job, consent=None)
    if "priority" in options:
        priority = parse_priority(options["priority"])
        unit.conn.execute(update(jobs).where(*_match(row.account, row.id)).values(priority=priority))
    if (merged := payers.merge_options(job.options, options)) != job.options:
        unit.conn.execute(update(jobs).where(*_match(row.account, row.id)).values(**_to_option_columns(merged)))
    consent = renew(job)
    is_over = row.finished_at is not None  # it counts nowhere: to its payer, this is an order like any other
    agreed = consent or (job.consent if is_over else None)
    if agreed is not None and (row.wait_reason == "budget" or is_over) and agreed.by not in CAPS:
        spent = sum_spent_by_job(unit.conn, row.account, row.project).get(row.id, 0)
        payer = payers.get_key(options)
        refuse_new_order(unit.conn, row.account, row.project, payer, max(0, agreed.ceiling - spent))
    if consent is not None:
        unit.conn.execute(update(jobs).where(*_match(row.account, row.id)).values(**_to_columns(consent)))
        body = {"ceiling": consent.ceiling, "by": clean_text(consent.by)}
        unit.add_event(row.account, row.project, row.id, "job.approved", body)
    if row.state not in ("queued", "running"):
        _requeue(unit, row)


def approve(unit: Unit, account: str, job: str, consent: Consent) -> None:
    """Record consent to a job that has not ended; queue it again if it waits. Raises ``NotFound``, ``BadInput``."""
    row = _lock(unit.conn, account, job)
    if row.finished_at is not None:
        raise BadInput("job", job, f"a job that has not ended (this one is {row.state})")
    unit.conn.execute(update(jobs).where(*_match(account, job)).values(**_to_columns(consent)))
    unit.add_event(
        account, row.project, job, "job.approved", {"ceiling": consent.ceiling, "by": clean_text(consent.by)}
    )
    if row.state == "waiting":
        _requeue(unit, row)


def requeue(unit: Unit, account: str, job: str) -> None:
    """Queue again a job that waits, failed or was cancelled; one that is queued or runs stays as it is.

    Raises ``NotFound``, and ``BadInput`` for a job that is done.
    """
    row = _lock(unit.conn, account, job)
    if row.state == "done":
        raise BadInput("job", job, "a job that waits, failed or was cancelled (this one is done)")
    if row.state not in ("queued", "running"):
        _requeue(unit, row)


def requeue_freed(unit: Unit) -> int:
    """Queue the jobs again that wait for a budget whose period has ended; return how many."""
    now = to_datetime(unit.conn.execute(select(NowMs())).scalar_one())
    waits = select(jobs).where(WAITS_FOR_BUDGET, jobs.c.state == "waiting", jobs.c.cancel_requested.is_(False))
    freed = [row for row in unit.conn.execute(waits.with_for_update()).all() if _is_freed(row, now)]
    for row in freed:
        _requeue(unit, row)
    return len(freed)


def _is_freed(row: Row[Any], now: datetime | None) -> bool:
    frees_at = _read_end_of_period(Reason.from_text(row.reason))
    return frees_at is not None and now is not None and frees_at <= now


def _read_end_of_period(reason: Reason | None) -> datetime | None:
    """Return when the period of the cap ends that a reason names; None: no time frees it."""
    frees_at = reason.params.get("frees_at") if reason else None
    return datetime.strptime(frees_at, FREES_AT).replace(tzinfo=UTC) if isinstance(frees_at, str) else None


def _extend_consent(consent: Consent | None, wait_reason: WaitReason, reason: Reason | None) -> Consent | None:
    """Let an agreement live on while its job waits for the end of a cap's period, and a while after it.

    The job was told to go on by itself then, and still spends no more than was agreed to.
    """
    frees_at = _read_end_of_period(reason) if wait_reason == "budget" else None
    if consent is None or consent.expires_at is None or frees_at is None:
        return consent
    return replace(consent, expires_at=max(consent.expires_at, frees_at + AGREEMENT_LASTS_AFTER_PERIOD))


def mark_delivered(unit: Unit, account: str, job: str) -> None:
    """Record that the files of a job are in the place that was asked for."""
    unit.conn.execute(update(jobs).where(*_match(account, job)).values(delivered_at=NowMs()))


def request_cancel(unit: Unit, account: str, job: str, lease_s: int) -> None:
    """Request that a job stops spending; end it at once where no director drives it and no purchase was sent.

    Otherwise a director follows the purchases that were sent: a waiting job is queued for that. Raises ``NotFound``.
    """
    row = _lock(unit.conn, account, job)
    if row.finished_at is not None or row.cancel_requested:
        return
    unit.conn.execute(update(jobs).where(*_match(account, job)).values(cancel_requested=True))
    unit.add_event(account, row.project, job, "job.cancelling", {})
    if row.state == "running" and is_driven(unit.conn, account, row.project, lease_s):
        return
    if _has_open_purchase(unit.conn, job):
        if row.state == "waiting":
            _requeue(unit, row, is_cancel_requested=True)
    else:
        _end(unit, [(row, "cancelled", Reason("cancelled_early"), None)])


def follow_to_end(unit: Unit, account: str, job: str) -> None:
    """Queue a job that was cancelled or deleted, so that a director follows what it has at a provider to its end.

    It runs as a job that is being cancelled: nothing more is bought. What arrives for a deleted one is deleted, and no
    list shows it. Any other job goes on by ``resume``.
    """
    row = _lock(unit.conn, account, job)
    if row.finished_at is None or (row.removed_at is None and row.state != "cancelled"):
        return
    _requeue(unit, row, is_cancel_requested=True)
    if row.removed_at is not None:
        unit.conn.execute(update(jobs).where(*_match(account, job)).values(expired_at=NowMs()))


def start_next_jobs(unit: Unit, held_leases: Sequence[Lease]) -> Sequence[LeaseLost | str | None]:
    """Start the next job of each leased project (queued → running); return its id, or None where there is none.

    A job that runs already is the next one. Where a lease was lost, its error is returned instead.
    """
    lost = find_lost_leases(unit.conn, held_leases)
    in_turn = _lock_next_jobs(
        unit.conn, [lease for lease, refused in zip(held_leases, lost, strict=True) if refused is None]
    )
    queued = [row for row in in_turn.values() if row.state == "queued"]
    if queued:
        unit.conn.execute(_STARTED, to_pair_parameters((row.account, row.id) for row in queued))
    for row in queued:
        unit.add_event(row.account, row.project, row.id, "job.running", {})
    found = [in_turn.get((lease.account, lease.project)) for lease in held_leases]
    return [refused or (row.id if row is not None else None) for refused, row in zip(lost, found, strict=True)]


_STARTED: Final = (
    update(jobs)
    .where(InArray(jobs.c.account, "of"), InArray(jobs.c.id, "called"))
    .values(state="running", started_at=NowMs(), **NOT_WAITING)
)


def _lock_next_jobs(conn: Connection, held: Sequence[Lease]) -> Mapping[tuple[str, str], Row[Any]]:
    """Lock the jobs of leased projects that run or are next; return them by account and project."""
    named = to_pair_parameters((lease.account, lease.project) for lease in held)
    rows = conn.execute(_TO_BE_RUN, named).all() if held else ()
    return {(row.account, row.project): row for row in rows if row.state in ("queued", "running")}


_TO_BE_RUN: Final = projects.JOB_IN_TURN.order_by(jobs.c.id).with_for_update(of=jobs)


def mark_waiting(
    unit: Unit,
    lease: Lease,
    job: str,
    wait_reason: WaitReason,
    step: StepKey | None,
    reason: Reason | None,
    seen_consent: Consent | None,
) -> bool:
    """Record that a job waits for a person: queued or running → waiting. Fenced.

    False, and nothing is written: it is being cancelled, its consent is no longer ``seen_consent``, the one that its
    director read, or the purchase about which ``reason`` asks was answered meanwhile. The director then reads the job
    again.
    """
    fence(unit.conn, lease)
    if wait_reason == "decision" and is_answered(unit, lease.account, reason):
        return False
    goes_on = (
        jobs.c.state.in_(("queued", "running")),
        jobs.c.cancel_requested.is_(False),
        *(
            jobs.c[name].is_not_distinct_from(value)
            for name, value in _to_columns(seen_consent).items()
            if name != "consent_by"
        ),
    )
    which = (*_match(lease.account, job), jobs.c.project == lease.project, *goes_on)
    lasts = _to_columns(_extend_consent(seen_consent, wait_reason, reason))["consent_expires_at"]
    wait_columns = {
        "wait_reason": wait_reason,
        "step": step,
        "reason": encode_reason(reason),
        "consent_expires_at": lasts,
    }
    if not unit.conn.execute(update(jobs).where(*which).values(state="waiting", **wait_columns)).rowcount:
        return False
    if wait_reason == "budget":
        close_allowances(unit, [(lease.account, job)])  # what it may not spend is there for others
    body = {"why": wait_reason, "step": step, "reason": shorten_reason(reason)}
    unit.add_event(lease.account, lease.project, job, "job.waiting", body)
    return True


def record_cut(unit: Unit, lease: Lease, job: str, cut: Cut) -> None:
    """Record the cut that the job arrived at, in place of an earlier one of the same job. Fenced."""
    fence(unit.conn, lease)
    which = (*_match(lease.account, job), jobs.c.project == lease.project)
    if unit.conn.execute(update(jobs).where(*which).values(cut=to_json(cut))).rowcount:
        unit.add_event(lease.account, lease.project, job, "job.cut", {"edits": len(cut.edits)})


class Ending(NamedTuple):
    """The end of a job in a leased project."""

    lease: Lease
    job: str
    state: Literal["done", "failed", "cancelled"]
    reason: Reason | None
    film: Digest | None


def finish(unit: Unit, endings: Sequence[Ending]) -> Sequence[LeaseLost | NotFound | bool]:
    """End jobs, each once, and give back to every budget what is left of their allowances.

    Returns for each whether its project has another job that may run under the same lease; or the error where its
    lease or the job is missing. A row of a batch needs a new claim, which asks whether the batch has a free slot.
    """
    lost = find_lost_leases(unit.conn, [one.lease for one in endings])
    held = [one for one, refused in zip(endings, lost, strict=True) if refused is None]
    rows = _lock_all(unit.conn, [(one.lease.account, one.job) for one in held])
    ended: dict[str, tuple[Row[Any], str, Reason | None, Digest | None]] = {}
    for one in held:
        row = rows.get((one.lease.account, one.job))
        if row is not None and row.project == one.lease.project and row.finished_at is None:
            ended.setdefault(row.id, (row, one.state, one.reason, one.film))
    _end(unit, list(ended.values()))
    next_jobs = _lock_next_jobs(unit.conn, [one.lease for one in held])
    more = {name for name, row in next_jobs.items() if row.batch_key is None}
    there = [(one.lease.account, one.job) in rows for one in endings]
    return [
        refused or ((one.lease.account, one.lease.project) in more if found else build_no_job_error(one.job))
        for one, refused, found in zip(endings, lost, there, strict=True)
    ]


def _to_columns(consent: Consent | None) -> dict[str, Any]:
    """Return a consent as columns of the job's row."""
    return {
        "consent_micros": consent.ceiling if consent else None,
        "consent_by": clean_text(consent.by) if consent else None,
        "consent_unconfirmed": bool(consent and consent.may_buy_unconfirmed),
        "consent_unknown_micros": consent.unknown_at_most if consent else None,
        "consent_expires_at": to_ms(consent.expires_at) if consent else None,
    }


def _match(account: str, job: str) -> tuple[Any, ...]:
    return (jobs.c.account == account, jobs.c.id == job)


def _lock(conn: Connection, account: str, job: str) -> Row[Any]:
    rows = _lock_all(conn, [(account, job)])
    if not rows:
        raise build_no_job_error(job)
    return rows[account, job]


def _lock_all(conn: Connection, names: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Row[Any]]:
    """Lock the rows of those of these jobs that exist; return them by account and id."""
    rows = conn.execute(_LOCKED, to_pair_parameters(names)).all() if names else ()
    found = {(row.account, row.id): row for row in rows}
    return {name: found[name] for name in names if name in found}


# Rows are always locked in this order.
_LOCKED: Final = (
    select(jobs)
    .where(InArray(jobs.c.account, "of"), InArray(jobs.c.id, "called"))
    .order_by(jobs.c.id)
    .with_for_update()
)


def _requeue(unit: Unit, row: Row[Any], *, is_cancel_requested: bool = False) -> None:
    again = {
        "state": "queued",
        "finished_at": None,
        "delivered_at": None,
        "downloaded_at": None,
        "expired_at": None,
        "collected_at": None,
        "film": None,
        "cancel_requested": is_cancel_requested,
        **NOT_WAITING,
    }
    unit.conn.execute(update(jobs).where(*_match(row.account, row.id)).values(**again))
    unit.add_event(row.account, row.project, row.id, "job.queued", {"goal": row.goal})


def _has_open_purchase(conn: Connection, job: str) -> bool:
    """Whether the job has a purchase that was sent, or may have been, and has not ended."""
    seen_to = OPEN_STATES - {"intent"}
    query = select(purchases.c.id).where(purchases.c.job == job, purchases.c.state.in_(seen_to))
    return conn.execute(query.limit(1)).first() is not None


def _end(unit: Unit, ended: Sequence[tuple[Row[Any], str, Reason | None, Digest | None]]) -> None:
    """End jobs. ``ended``: each locked row with its last state, the reason, and its film."""
    if not ended:
        return
    last = [
        {"of": row.account, "called": row.id, "to": state, "words": encode_reason(reason), "last": film}
        for row, state, reason, film in ended
    ]
    unit.conn.execute(_ENDED, last)
    close_allowances(unit, [(row.account, row.id) for row, _, _, _ in ended])
    remove_ended_batch_limits(unit, (row.batch_key for row, _, _, _ in ended))
    for row, state, reason, film in ended:
        body = {"reason": shorten_reason(reason), "film": film}
        unit.add_event(row.account, row.project, row.id, f"job.{state}", body)


_ENDED: Final = (
    update(jobs)
    .where(jobs.c.account == bindparam("of"), jobs.c.id == bindparam("called"))
    .values(
        state=bindparam("to"),
        finished_at=NowMs(),
        film=bindparam("last"),
        **{**NOT_WAITING, "reason": bindparam("words")},
    )
)
