"""Create requests of programs: each opens a project, except where it repeats an earlier one.

A program's POST is not a person's command: two equal requests are two projects. A request repeats an earlier one if it
has the same Idempotency-Key, or if a client that retries by itself says so (OpenAI's counts its retries and sends no
key); see ``choose_repeated``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Executable, Row, and_, bindparam, delete, exists, or_, select, update

from reelwright.errors import BadInput, OverBudget, TooManyRequests
from reelwright.reel.base.ids import mint
from reelwright.reel.film.command import Command
from reelwright.reel.graph.choices import Choices
from reelwright.reel.records.operation import Consent
from reelwright.store.database.metric_counts import CapCounter
from reelwright.store.database.unit import Unit
from reelwright.store.jobs.jobs import NewJob, insert_jobs
from reelwright.store.limits.budgets import refuse_new_order
from reelwright.store.limits.payers import get_key
from reelwright.store.policy import (
    CLOCKS_DIFFER_MS,
    IDEMPOTENCY_KEY_LIFETIME_S,
    MAX_OPEN_ATTEMPTS,
    RETRY_OVERTAKES_MS,
    RETRY_WITHOUT_KEY_LIFETIME_S,
)
from reelwright.store.projects.projects import NewProject, NewRevision, insert_projects, insert_revisions
from reelwright.store.schema.schema import jobs, projects, requests
from reelwright.store.schema.sql import (
    InArray,
    NowMs,
    build_for_each_dialect,
    hold_lock,
    hold_locks,
    to_datetime,
    to_pair_parameters,
)
from reelwright.store.vault.assets import ensure_account, ensure_accounts

_NUMBERS_OF_A_JOB: Final = 1000
"""How far apart the order numbers of two jobs are: many more than a clip has rounds, and than a person asks again."""
_PLACE: Final = "place:"


class CreateRequest(NamedTuple):
    """A create request. ``key``: its Idempotency-Key, else the API key and body by which a retry is recognised.

    ``digest``: of its body. ``retries``: how often its client says that it sent it before, 0 for a first attempt; with
    an Idempotency-Key it need not say so. ``arrival_s``: when it came, by the monotonic clock in seconds; None: it is
    handled at once.
    """

    key: str
    digest: str
    has_own_key: bool
    retries: int = 0
    arrival_s: float | None = None

    @property
    def may_repeat(self) -> bool:
        """Whether it can be a repetition: it has an Idempotency-Key, or its client says that it retries."""
        return self.has_own_key or self.retries > 0

    @property
    def handled_ms(self) -> int:
        """Milliseconds since it came."""
        return 0 if self.arrival_s is None else round(1000 * (time.monotonic() - self.arrival_s))

    @property
    def lock(self) -> str:
        """The name under which equal requests come one after another."""
        return f"{'key' if self.has_own_key else 'body'}:{self.key}"

    def to_earlier(self, project: str, job: str | None) -> EarlierRequest:
        """Return what is kept of it, for later requests. ``job`` None: it is being handled."""
        if self.has_own_key:
            return EarlierRequest(f"key:{self.key}", None, self.digest, project, job)
        return EarlierRequest(_name_row(job or mint("job")), self.key, self.digest, project, job, self.retries)


class CreatedJob(NamedTuple):
    """The project and the job of a create request. ``is_new``: False where it repeats an earlier request.

    ``created_at``: of a new job, by the database's clock.
    """

    project: str
    job: str
    is_new: bool
    created_at: datetime | None = None


class EarlierRequest(NamedTuple):
    """A stored request, by which its repetitions are recognised. ``job`` None: it is being handled.

    Without an Idempotency-Key: ``body``, the sender and body that its retries have too; ``retries``, the highest retry
    count that it was answered to; ``is_asked``, whether the id of the job was used, so that an answer arrived.
    """

    key: str
    body: str | None
    digest: str
    project: str
    job: str | None
    retries: int = 0
    is_asked: bool = False

    def list_places(self, last_answer: int = -1) -> list[EarlierRequest]:
        """List a place for each attempt before this retry: the order of that attempt is this one, see ``_take_places``.

        ``retries`` of a place is the count of its attempt. ``last_answer``: the highest that was answered before; -1:
        none was.
        """
        between = range(max(last_answer + 1, self.retries - MAX_OPEN_ATTEMPTS), self.retries) if self.body else ()
        return [self._replace(key=f"{_PLACE}{self.key}:{count}", retries=count) for count in between]


class JobOrder(NamedTuple):
    """An order of a create request: the project of ``command``, and its job with ``consent`` and ``options``."""

    account: str
    command: Command
    request: CreateRequest
    consent: Consent
    options: Mapping[str, Any]


def choose_repeated(equal: Sequence[EarlierRequest], retries: int) -> EarlierRequest | None:
    """Choose which of the equal requests a retry repeats; None: none of them, so that it is an order of its own.

    ``equal``: without those whose job was deleted. A retry repeats a request that no answer has reached: one that was
    answered to lower retry counts only, and whose id nobody has used. Of several it takes the one with the highest
    count. So where every first attempt arrived and each caller uses the id that reached it, every caller gets an order
    of its own: at any time, as many open requests as callers without an answer stand below any count. (To take a lower
    one could leave another caller's retry without any: it would buy again.)
    """
    return max(
        (one for one in equal if not one.is_asked and one.retries < retries), key=lambda one: one.retries, default=None
    )


def find_for_request(conn: Connection, account: str, request: CreateRequest) -> tuple[str, str | None] | None:
    """Find the project and the job of the earlier request that a request with an Idempotency-Key repeats.

    None if it is a new one. The job is None while the earlier request is being handled, or if it never ended. Raises
    ``BadInput`` where the key was sent with another body.
    """
    before = _find_keyed(conn, [(account, request)]).get((account, request.key))
    if before is None:
        return None
    if before.digest != request.digest:
        raise _build_other_body_error(request)
    return before.project, before.job


def take_for_request(unit: Unit, account: str, request: CreateRequest) -> tuple[str, str | None] | None:
    """Find what a request repeats, as ``find_for_request``; one without a key takes it from its other attempts."""
    if request.has_own_key:
        return find_for_request(unit.conn, account, request)
    hold_lock(unit.conn, f"request/{account}/{request.lock}")
    before = _take_earlier(unit, account, request)
    return (before.project, before.job) if before else None


def _take_earlier(unit: Unit, account: str, request: CreateRequest) -> EarlierRequest | None:
    """Take the order of an attempt without a key: from a later attempt of its caller, else as a retry of an equal one.

    The place first: an equal order that this caller's later attempt left may be another caller's.
    """
    places = _take_places(unit, [(account, request)]) if request.arrival_s is not None else {}
    return places.get(0) or _take_equal(unit, account, request)


def _take_places(unit: Unit, held: Sequence[tuple[str, CreateRequest]]) -> dict[int, EarlierRequest]:
    """Take, for attempts, the orders of later ones that came while they were being handled, by their index in ``held``.

    A client hangs up and tries again, perhaps at another server, and its retry is stored first, with a place for each
    attempt before it. A place is taken by one attempt of its count. ``held``: accounts and requests, which the caller
    has locked.
    """
    names = to_pair_parameters((account, request.key) for account, request in held)
    most_ms = RETRY_OVERTAKES_MS + max(request.handled_ms for _, request in held)
    left = list(unit.conn.execute(_PLACES, {**names, "most_ms": most_ms}).all())
    taken: dict[int, EarlierRequest] = {}
    for nth, (account, request) in sorted(enumerate(held), key=lambda one: one[1][1].handled_ms) if left else ():
        # measured after the rows: rather taken than bought twice
        came_before_ms = request.handled_ms + CLOCKS_DIFFER_MS
        of_this = (account, request.key, request.retries)
        for row in left:
            if (row.account, row.body, row.retries) == of_this and row.age_ms <= came_before_ms:
                left.remove(row)
                taken[nth] = _build_earlier(row)
                unit.conn.execute(delete(requests).where(requests.c.account == account, requests.c.key == row.key))
                break
    return taken


def _find_keyed(conn: Connection, sent: Sequence[tuple[str, CreateRequest]]) -> dict[tuple[str, str], EarlierRequest]:
    """Find the requests with the same Idempotency-Keys that still count, by account and key."""
    names = {(account, f"key:{request.key}"): (account, request.key) for account, request in sent}
    rows = conn.execute(_KEYED, to_pair_parameters(names)).all()
    return {
        names[row.account, row.key]: _build_earlier(row)
        for row in rows
        if (row.account, row.key) in names and row.age_ms < 1000 * IDEMPOTENCY_KEY_LIFETIME_S
    }


_AGE_MS: Final = (NowMs() - requests.c.at).label("age_ms")
_KEYED: Final = select(requests, _AGE_MS).where(InArray(requests.c.account, "of"), InArray(requests.c.key, "called"))
_IS_DELETED: Final = exists().where(jobs.c.id == requests.c.job, jobs.c.removed_at.is_not(None))
_IS_PLACE: Final = requests.c.key.startswith(_PLACE)
_PLACES: Final = (
    select(requests, _AGE_MS)
    .where(InArray(requests.c.account, "of"), InArray(requests.c.body, "called"), _IS_PLACE, ~_IS_DELETED)
    .where(requests.c.at >= NowMs() - bindparam("most_ms"))
    .order_by(requests.c.at, requests.c.key)
)
_EQUAL: Final = (
    select(requests)
    .where(requests.c.account == bindparam("account"), requests.c.body == bindparam("body"), ~_IS_PLACE, ~_IS_DELETED)
    .where(requests.c.at > NowMs() - 1000 * RETRY_WITHOUT_KEY_LIFETIME_S)
    .order_by(requests.c.at, requests.c.key)
)


def _build_earlier(row: Row[Any]) -> EarlierRequest:
    return EarlierRequest(*(getattr(row, name) for name in EarlierRequest._fields))


def _take_equal(unit: Unit, account: str, request: CreateRequest) -> EarlierRequest | None:
    """Choose the equal request that a retry without a key repeats, and record its retry count; None: a new order."""
    if not request.retries:
        return None
    rows = unit.conn.execute(_EQUAL, {"account": account, "body": request.key}).all()
    before = choose_repeated([_build_earlier(row) for row in rows], request.retries)
    if before is not None and before.job is not None:  # one that is being handled is answered later
        which = (requests.c.account == account, requests.c.key == before.key)
        unit.conn.execute(update(requests).where(*which).values(retries=request.retries))
        places = before._replace(retries=request.retries).list_places(before.retries)
        _insert_rows(unit, [(account, place, request.handled_ms) for place in places])
    return before


def record_asked(unit: Unit, account: str, job: str) -> None:
    """Record that somebody used the id of a job, so that an answer with it arrived: no retry may take it any more.

    Does nothing for a job that was created with an Idempotency-Key, or that was recorded already.
    """
    which = (requests.c.account == account, requests.c.key == _name_row(job), requests.c.is_asked.is_(False))
    unit.conn.execute(update(requests).where(*which).values(is_asked=True))


def _name_row(job: str) -> str:
    """Name the row of a request without an Idempotency-Key by its job, by which it is found when that is asked for."""
    return f"job:{job}"


def _build_other_body_error(request: CreateRequest) -> BadInput:
    return BadInput("Idempotency-Key", request.key, "a key that no other request was sent with")


def begin_request(unit: Unit, account: str, project: str, request: CreateRequest) -> tuple[str, str | None] | None:
    """Record that a request is being handled and return None, or return project and job of the one it repeats.

    So it is handled once. Raises what ``find_for_request`` raises.
    """
    ensure_account(unit.conn, account)
    hold_lock(unit.conn, f"request/{account}/{request.lock}")
    if before := take_for_request(unit, account, request):
        return before
    _write_rows(unit, [(account, request.to_earlier(project, None), request.handled_ms)])
    return None


def conclude_request(unit: Unit, account: str, project: str, request: CreateRequest, job: str | None) -> None:
    """Record the job of a request that was begun; None: it was refused, and may be sent again.

    An equal request without a key may have been begun meanwhile, and be concluded before or after this one: each ends
    one row, whichever it is.
    """
    hold_lock(unit.conn, f"request/{account}/{request.lock}")
    row = request.to_earlier(project, job)
    begun = requests.c.key == row.key if request.has_own_key else requests.c.body == request.key
    which = (requests.c.account == account, requests.c.project == project, begun, requests.c.job.is_(None))
    first = unit.conn.execute(
        select(requests.c.key).where(*which, ~_IS_PLACE).order_by(requests.c.key).limit(1)
    ).scalar()
    this = (requests.c.account == account, requests.c.key == first)
    its_places = (requests.c.account == account, requests.c.key.startswith(f"{_PLACE}{first}:", autoescape=True))
    if job is None:
        unit.conn.execute(delete(requests).where(or_(and_(*this), and_(*its_places))))
    elif first is None:
        _write_rows(unit, [(account, row, 0)])
    else:
        unit.conn.execute(update(requests).where(*this).values(job=job, at=NowMs()))
        unit.conn.execute(update(requests).where(*its_places).values(job=job))


def create_jobs(
    unit: Unit, orders: Sequence[JobOrder]
) -> Sequence[CreatedJob | BadInput | OverBudget | TooManyRequests]:
    """Open the project of each create request and queue its job, all in one transaction.

    A repeated request gets the project and the job of the first one, and an attempt those of the retry that overtook
    it, see ``_take_places``; ``BadInput`` in the place of one whose key was sent with another body,
    ``OverBudget`` in the place of one that no cap of its payer has room for (see ``budgets.refuse_new_order``),
    ``TooManyRequests`` of a new one above the caps of its account. Any other first attempt without a key is an order of
    its own, whatever came before.
    """
    repeatable = [order for order in orders if order.request.may_repeat]
    held = [order for order in orders if not order.request.may_repeat and order.request.arrival_s is not None]
    hold_locks(unit.conn, (f"request/{order.account}/{order.request.lock}" for order in (*repeatable, *held)))
    places = _take_places(unit, [(order.account, order.request) for order in held]) if held else {}
    overtaking = {id(held[nth]): later for nth, later in places.items()}
    keyed = [(order.account, order.request) for order in repeatable if order.request.has_own_key]
    earlier = _find_keyed(unit.conn, keyed) if keyed else {}
    room = CapCounter(unit, [order.account for order in orders])
    made: list[CreatedJob | BadInput | OverBudget | TooManyRequests] = []
    promised: dict[tuple[str, str | None], int] = {}
    new: list[tuple[JobOrder, CreatedJob]] = []
    rows: list[tuple[str, EarlierRequest, int]] = []
    for order in orders:
        account, request = order.account, order.request
        if request.has_own_key:
            before = earlier.get((account, request.key))
        else:
            before = _take_earlier(unit, account, request) if request.retries else overtaking.get(id(order))
        if before is None:
            if refused := _find_refusal(unit.conn, order, promised) or room.take(account):
                made.append(refused)
                continue
            created = CreatedJob(mint("project"), mint("job"), True)
            new.append((order, created))
            made.append(created)
            row = request.to_earlier(created.project, created.job)
            if request.has_own_key:
                earlier[account, request.key] = row
            rows.append((account, row, request.handled_ms))
        elif request.has_own_key and before.digest != request.digest:
            made.append(_build_other_body_error(request))
        else:
            job = before.job or _find_oldest_job(unit.conn, account, before.project)
            made.append(CreatedJob(before.project, job, False))
    if new:
        _insert_new(unit, new)
    _write_rows(unit, rows)
    at = _read_times(unit.conn, [created.job for _, created in new])
    return [one._replace(created_at=at[one.job]) if isinstance(one, CreatedJob) and one.is_new else one for one in made]


def _find_refusal(
    conn: Connection, order: JobOrder, promised: dict[tuple[str, str | None], int]
) -> OverBudget | None:  # fmt: skip
    """Return the error of an order that its payer cannot pay, or None, and add its price to what is ``promised``.

    ``promised``: micro-dollars of the new jobs of this transaction, by account and payer.
    """
    payer, micros = get_key(order.options), order.consent.ceiling
    before = promised.get((order.account, payer), 0)
    try:
        refuse_new_order(conn, order.account, "", payer, micros, before)
    except OverBudget as error:
        return error
    promised[order.account, payer] = before + micros
    return None


def _insert_new(unit: Unit, new: Sequence[tuple[JobOrder, CreatedJob]]) -> None:
    """Insert projects, jobs and plans. No command finds these projects, only their ids."""
    opened: list[NewProject] = []
    queued: list[NewJob] = []
    for order, made in new:
        account, command = order.account, order.command
        opened.append(NewProject(made.project, account, command.name, command.brief, order_number=command.order_number))
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


def _write_rows(unit: Unit, rows: Iterable[tuple[str, EarlierRequest, int]]) -> None:
    """Insert requests and the places of their earlier attempts, each with the milliseconds since it came."""
    _insert_rows(unit, [(account, row, ago) for account, made, ago in rows for row in (made, *made.list_places())])


def _insert_rows(unit: Unit, rows: Iterable[tuple[str, EarlierRequest, int]]) -> None:
    """Insert rows, each with the milliseconds since it came; one with the key of an earlier row replaces that."""
    in_order = sorted(rows, key=lambda row: row[1].key)
    values = [{"account": account, **row._asdict(), "ago": ago} for account, row, ago in in_order]
    if values:
        unit.conn.execute(_ROW[unit.conn.dialect.name], values)


def _build_upsert(made: Any) -> Executable:
    new = {name: made.excluded[name] for name in ("at", *EarlierRequest._fields) if name != "key"}
    upsert: Executable = made.on_conflict_do_update(index_elements=["account", "key"], set_=new)
    return upsert


_ROW: Final = build_for_each_dialect(
    lambda insert: _build_upsert(insert(requests).values(at=NowMs() - bindparam("ago")))
)


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
    conn.execute(update(projects).where(projects.c.id == made.project).values(order_number=first))
    retakes = tuple(replace(ask, round=first + n) for n, ask in enumerate(choices.retakes, 1))
    return replace(choices, retakes=retakes)
