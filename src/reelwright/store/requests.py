"""Create requests of programs: each opens a project, except where it repeats an earlier one.

A program's POST is not a person's command: two equal requests are two projects. A request repeats an earlier one if it
has the same Idempotency-Key, or if a client that retries by itself says so (OpenAI's counts its retries and sends no
key).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Executable, delete, select, update

from reelwright.errors import BadInput
from reelwright.reel.choices import Choices
from reelwright.reel.command import Command
from reelwright.reel.ids import mint
from reelwright.reel.operation import Consent
from reelwright.store.assets import ensure_account, ensure_accounts
from reelwright.store.jobs import NewJob, insert_jobs
from reelwright.store.projects import NewProject, NewRevision, insert_projects, insert_revisions
from reelwright.store.schema import jobs, projects, requests
from reelwright.store.sql import InArray, NowMs, build_for_each_dialect, hold_lock, to_datetime, to_pair_parameters
from reelwright.store.unit import Unit

KEY_LASTS_S: Final = 30 * 86_400
"""How long an Idempotency-Key is kept. Source: PROMISES.md 1."""
_NUMBERS_OF_A_JOB: Final = 1000
"""How far apart the order numbers of two jobs are: many more than a clip has rounds, and than a person asks again."""
OVERTAKES_MS: Final = 60_000
"""How much later what a retry repeats may come: on another connection, or from a proxy that held it."""
RETRY_LASTS_S: Final = 15 * 60
"""How long a retry without a key is recognised by its body. OpenAI's client retries for less time."""


class CreateRequest(NamedTuple):
    """A create request. ``key``: its Idempotency-Key, else the API key and body by which a retry is recognised.

    ``digest``: of its body. ``is_retry``: its client says that it was sent before; with an Idempotency-Key it need not
    say so.
    """

    key: str
    digest: str
    has_own_key: bool
    is_retry: bool = False

    @property
    def may_repeat(self) -> bool:
        """Whether it can be a repetition: it has an Idempotency-Key, or its client says that it retries."""
        return self.has_own_key or self.is_retry

    @property
    def row_key(self) -> str:
        """The key under which it is stored: ``key`` after ``key:``, or after ``body:`` without an Idempotency-Key."""
        return f"{'key' if self.has_own_key else 'body'}:{self.key}"

    @property
    def lasts_s(self) -> int:
        """Seconds for which repetitions of it are recognised."""
        return KEY_LASTS_S if self.has_own_key else RETRY_LASTS_S

    def to_earlier(self, project: str, job: str | None) -> EarlierRequest:
        """Return what is kept of it, for later requests. ``job`` None: it is being handled."""
        return EarlierRequest(self.digest, project, job, was_retry=self.is_retry and not self.has_own_key)


class CreatedJob(NamedTuple):
    """The project and the job of a create request. ``is_new``: False where it repeats an earlier request.

    ``created_at``: of a new job, by the database's clock.
    """

    project: str
    job: str
    is_new: bool
    created_at: datetime | None = None


class EarlierRequest(NamedTuple):
    """A stored request, by which its repetitions are recognised. ``job`` None: it is being handled."""

    digest: str
    project: str
    job: str | None
    was_retry: bool


class JobOrder(NamedTuple):
    """An order of a create request: the project of ``command``, and its job with ``consent`` and ``options``."""

    account: str
    command: Command
    request: CreateRequest
    consent: Consent
    options: Mapping[str, Any]


def find_for_request(conn: Connection, account: str, request: CreateRequest) -> tuple[str, str | None] | None:
    """Find the project and the job of an earlier request that ``request`` repeats; None if it is a new one.

    The job is None while that request is being handled, or if it never ended. Raises ``BadInput`` where the key was
    sent with another body.
    """
    before = _find_earlier(conn, [(account, request)]).get((account, request.row_key))
    if before is None or not request.may_repeat:
        return None
    if before.digest != request.digest:
        raise _build_other_body_error(request)
    return before.project, before.job


def _find_earlier(conn: Connection, sent: Sequence[tuple[str, CreateRequest]]) -> dict[tuple[str, str], EarlierRequest]:
    """Find the requests with the same keys that still count, by account and key."""
    lasts_ms = {(account, request.row_key): 1000 * request.lasts_s for account, request in sent}
    rows = conn.execute(_EARLIER, to_pair_parameters(lasts_ms)).all()
    return {
        (row.account, row.key): EarlierRequest(
            row.digest, row.project, row.job, was_retry=row.was_retry and row.age_ms < OVERTAKES_MS
        )
        for row in rows
        if row.age_ms < lasts_ms.get((row.account, row.key), 0)
    }


_EARLIER: Final = select(requests, (NowMs() - requests.c.at).label("age_ms")).where(
    InArray(requests.c.account, "of"), InArray(requests.c.key, "called")
)


def _build_other_body_error(request: CreateRequest) -> BadInput:
    return BadInput("Idempotency-Key", request.key, "a key that no other request was sent with")


def begin_request(unit: Unit, account: str, project: str, request: CreateRequest) -> tuple[str, str | None] | None:
    """Record that a request is being handled and return None, or return project and job of the one it repeats.

    So it is handled once. Raises what ``find_for_request`` raises.
    """
    ensure_account(unit.conn, account)
    hold_lock(unit.conn, f"request/{account}/{request.row_key}")
    if before := find_for_request(unit.conn, account, request):
        return before
    _write_rows(unit, {(account, request.row_key): request.to_earlier(project, None)})
    return None


def conclude_request(unit: Unit, account: str, project: str, request: CreateRequest, job: str | None) -> None:
    """Record the job of a request that was begun; None: it was refused, and may be sent again.

    An equal request without a key may have been begun meanwhile, and be concluded before or after this one: it neither
    loses its row by a refusal of this one nor misses it.
    """
    if job is None:
        which = (requests.c.account == account, requests.c.key == request.row_key, requests.c.job.is_(None))
        unit.conn.execute(delete(requests).where(*which))
    else:
        _write_rows(unit, {(account, request.row_key): request.to_earlier(project, job)})


def create_jobs(unit: Unit, orders: Sequence[JobOrder]) -> Sequence[CreatedJob | BadInput]:
    """Open the project of each create request and queue its job, all in one transaction.

    A repeated request gets the project and the job of the first one; ``BadInput`` in the place of one whose key was
    sent with another body.
    """
    for lock in sorted({f"request/{order.account}/{order.request.row_key}" for order in orders}):
        hold_lock(unit.conn, lock)
    earlier = _find_earlier(unit.conn, [(order.account, order.request) for order in orders])
    changed: dict[tuple[str, str], EarlierRequest] = {}
    made: list[CreatedJob | BadInput] = []
    new: list[tuple[JobOrder, CreatedJob]] = []
    for order in orders:
        request, name = order.request, (order.account, order.request.row_key)
        before = changed.get(name) or earlier.get(name)
        if before is None or not (request.may_repeat or before.was_retry):
            created = CreatedJob(mint("project"), mint("job"), True)
            new.append((order, created))
            made.append(created)
            changed[name] = request.to_earlier(created.project, created.job)
        elif request.may_repeat and before.digest != request.digest:
            made.append(_build_other_body_error(request))
        else:
            job = before.job or _find_oldest_job(unit.conn, order.account, before.project)
            made.append(CreatedJob(before.project, job, False))
            if before.was_retry and not request.is_retry:  # the retry came first; this is what it repeated
                changed[name] = request.to_earlier(before.project, before.job)
    if new:
        _insert_new(unit, new)
    _write_rows(unit, changed)
    at = _read_times(unit.conn, [created.job for _, created in new])
    return [one._replace(created_at=at[one.job]) if isinstance(one, CreatedJob) and one.is_new else one for one in made]


def _insert_new(unit: Unit, new: Sequence[tuple[JobOrder, CreatedJob]]) -> None:
    """Insert projects, jobs and plans. No command finds these projects, only their ids."""
    opened: list[NewProject] = []
    queued: list[NewJob] = []
    for order, made in new:
        account, command = order.account, order.command
        opened.append(NewProject(made.project, account, command.name, command.brief, nth=command.order_number))
        queued.append(NewJob(made.job, account, made.project, command.brief.goal, order.consent, order.options))
    ensure_accounts(unit.conn, [order.account for order, _ in new])
    insert_projects(unit, opened)
    insert_jobs(unit, queued)
    planned: list[NewRevision] = []
    for order, made in new:
        if order.command.plan is not None:
            choices, author = _number_rounds(unit.conn, order, made), order.command.plan_author
            planned.append(NewRevision(order.account, made.project, 1, order.command.plan, choices, author))
    insert_revisions(unit, planned)


def _read_times(conn: Connection, ids: Sequence[str]) -> dict[str, datetime | None]:
    """Read when these jobs were created."""
    rows = conn.execute(_CREATED, {"called": ids}).all() if ids else ()
    return {row.id: to_datetime(row.created_at) for row in rows}


_CREATED: Final = select(jobs.c.id, jobs.c.created_at).where(InArray(jobs.c.id, "called"))


def _write_rows(unit: Unit, rows: Mapping[tuple[str, str], EarlierRequest]) -> None:
    values = [{"account": account, "key": key, **row._asdict()} for (account, key), row in sorted(rows.items())]
    if values:
        unit.conn.execute(_ROW[unit.conn.dialect.name], values)


def _build_upsert(made: Any) -> Executable:
    new = {name: made.excluded[name] for name in ("digest", "project", "at", "job", "was_retry")}
    upsert: Executable = made.on_conflict_do_update(index_elements=["account", "key"], set_=new)
    return upsert


_ROW: Final = build_for_each_dialect(lambda insert: _build_upsert(insert(requests).values(at=NowMs())))


def _find_oldest_job(conn: Connection, account: str, project: str) -> str:
    """Find the first job of a project, which its create request queued; a version before kept no job with requests."""
    which = (jobs.c.account == account, jobs.c.project == project)
    return str(conn.execute(select(jobs.c.id).where(*which).order_by(jobs.c.seq).limit(1)).scalar_one())


def _number_rounds(conn: Connection, order: JobOrder, made: CreatedJob) -> Choices:
    """Give all rounds of a clip order numbers that no other create request gets, also none at the same moment.

    They are counted from the number of the job, which is unique; a single round is numbered when it is bought.
    """
    choices = order.command.choices
    if not choices.retakes:
        return choices
    seq = conn.execute(select(jobs.c.seq).where(jobs.c.id == made.job)).scalar_one()
    first = seq * _NUMBERS_OF_A_JOB
    conn.execute(update(projects).where(projects.c.id == made.project).values(nth=first))
    retakes = tuple(replace(ask, round=first + n) for n, ask in enumerate(choices.retakes, 1))
    return replace(choices, retakes=retakes)
