"""Create requests of programs: each opens a project, except where it repeats an earlier one.

A program's POST is not a person's command: two equal requests are two projects. A request repeats an earlier one if it
has the same Idempotency-Key, or if a client that retries by itself says so (OpenAI's counts its retries and sends no
key).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, delete, select, update

from reelwright.errors import BadInput
from reelwright.reel.choices import Choices
from reelwright.reel.command import Command
from reelwright.reel.operation import Consent
from reelwright.store import jobs
from reelwright.store.assets import ensure_account
from reelwright.store.payers import get_key
from reelwright.store.projects import open_project, revise
from reelwright.store.schema import jobs as jobs_table
from reelwright.store.schema import projects as projects_table
from reelwright.store.schema import requests
from reelwright.store.sql import NowMs, hold_lock, insert
from reelwright.store.unit import Unit

KEY_LASTS_S: Final = 30 * 86_400
"""How long an Idempotency-Key is kept. Source: PROMISES.md 1."""
_NUMBERS_OF_A_JOB: Final = 1000
"""How far apart the order numbers of two jobs are: many more than a clip has rounds, and than a person asks again."""
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


class CreatedJob(NamedTuple):
    """The project and the job of a create request. ``is_new``: False where it repeats an earlier request."""

    project: str
    job: str
    is_new: bool


def find_for_request(conn: Connection, account: str, request: CreateRequest) -> tuple[str, str | None] | None:
    """Find the project and the job of an earlier request that ``request`` repeats; None if it is a new one.

    The job is None while that request is being handled, or if it never ended. Raises ``BadInput`` where the key was
    sent with another body.
    """
    before = _find_row(conn, account, request)
    if before is None or not (request.has_own_key or request.is_retry):
        return None
    return str(before.project), before.job


def _find_row(conn: Connection, account: str, request: CreateRequest) -> Row[Any] | None:
    lasts_ms = 1000 * (KEY_LASTS_S if request.has_own_key else RETRY_LASTS_S)
    named = (requests.c.account == account, requests.c.key == _name_key(request))
    before = conn.execute(select(requests).where(*named, requests.c.at > NowMs() - lasts_ms)).first()
    if before is not None and (request.has_own_key or request.is_retry) and before.digest != request.digest:
        raise BadInput("Idempotency-Key", request.key, "a key that no other request was sent with")
    return before


def begin_request(unit: Unit, account: str, project: str, request: CreateRequest) -> tuple[str, str | None] | None:
    """Record that a request about a project is being handled, so that it is handled once.

    Returns None if it is new; otherwise the project and the job of the earlier one, as ``find_for_request``.
    """
    ensure_account(unit.conn, account)
    hold_lock(unit.conn, f"request/{account}/{_name_key(request)}")
    if before := find_for_request(unit.conn, account, request):
        return before
    _write_row(unit, account, request, project, None)
    return None


def conclude_request(unit: Unit, account: str, project: str, request: CreateRequest, job: str | None) -> None:
    """Record the job of a request that was begun; None: it was refused, and may be sent again.

    An equal request without a key may have been begun meanwhile, and be concluded before or after this one: it neither
    loses its row by a refusal of this one nor misses it.
    """
    if job is None:
        which = (requests.c.account == account, requests.c.key == _name_key(request), requests.c.job.is_(None))
        unit.conn.execute(delete(requests).where(*which))
    else:
        _write_row(unit, account, request, project, job)


def create_job(
    unit: Unit, account: str, command: Command, request: CreateRequest, consent: Consent, options: Mapping[str, Any]
) -> CreatedJob:
    """Open the project of a create request and queue its job, in one transaction.

    A repeated request gets the project and the job of the first one. Raises ``BadInput`` where the key was sent
    with another body.
    """
    ensure_account(unit.conn, account)
    hold_lock(unit.conn, f"request/{account}/{_name_key(request)}")
    before = _find_row(unit.conn, account, request)
    if before is not None and (request.has_own_key or request.is_retry or before.was_retry):
        if before.was_retry and not request.is_retry:  # the retry came first; this is what it repeated
            _write_row(unit, account, request, before.project, before.job)
        job = before.job or _find_oldest_job(unit.conn, account, before.project)
        return CreatedJob(before.project, job, False)
    # No command finds this project, only its id.
    project = open_project(unit, account, command.name, command.brief, nth=command.order_number)
    job = jobs.enqueue(unit, account, project, command.brief.goal, consent, options)
    if command.plan is not None:
        choices = command.choices
        if choices.retakes:
            choices = _number_rounds(unit.conn, project, job, choices)
        revise(unit, account, project, 0, command.plan, choices, command.plan_author, get_key(options))
    _write_row(unit, account, request, project, job)
    return CreatedJob(project, job, True)


def _write_row(unit: Unit, account: str, request: CreateRequest, project: str, job: str | None) -> None:
    was_retry = request.is_retry and not request.has_own_key
    columns = {"digest": request.digest, "project": project, "at": NowMs(), "job": job, "was_retry": was_retry}
    made = insert(unit.conn, requests).values(account=account, key=_name_key(request), **columns)
    unit.conn.execute(made.on_conflict_do_update(index_elements=["account", "key"], set_=columns))


def _find_oldest_job(conn: Connection, account: str, project: str) -> str:
    """Find the first job of a project, which its create request queued; a version before kept no job with requests."""
    which = (jobs_table.c.account == account, jobs_table.c.project == project)
    return str(conn.execute(select(jobs_table.c.id).where(*which).order_by(jobs_table.c.seq).limit(1)).scalar_one())


def _number_rounds(conn: Connection, project: str, job: str, choices: Choices) -> Choices:
    """Give all rounds of a clip order numbers that no other create request gets, also none at the same moment.

    They are counted from the number of the job, which is unique; a single round is numbered when it is bought.
    """
    seq = conn.execute(select(jobs_table.c.seq).where(jobs_table.c.id == job)).scalar_one()
    first = seq * _NUMBERS_OF_A_JOB
    conn.execute(update(projects_table).where(projects_table.c.id == project).values(nth=first))
    retakes = tuple(replace(ask, round=first + n) for n, ask in enumerate(choices.retakes, 1))
    return replace(choices, retakes=retakes)


def _name_key(request: CreateRequest) -> str:
    return f"{'key' if request.has_own_key else 'body'}:{request.key}"
