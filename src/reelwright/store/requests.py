"""Create requests of programs: each opens a project, except where it repeats an earlier one.

A program's POST is not a person's command: two equal requests are two projects. A request repeats an earlier one if it
has the same Idempotency-Key, or if a client that retries by itself says so (OpenAI's counts its retries and sends no
key).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select

from reelwright.errors import BadInput
from reelwright.reel.command import Command
from reelwright.reel.operation import Consent
from reelwright.store import jobs
from reelwright.store.assets import ensure_account
from reelwright.store.job_queries import find_newest_job
from reelwright.store.projects import open_project, revise
from reelwright.store.schema import requests
from reelwright.store.sql import NowMs, hold_lock, insert
from reelwright.store.unit import Unit

KEY_LASTS_S: Final = 30 * 86_400
"""How long an Idempotency-Key is kept. Source: PROMISES.md 1."""
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


def find_for_request(conn: Connection, account: str, request: CreateRequest) -> str | None:
    """Find the project of an earlier request that ``request`` repeats; None if it is a new one.

    Raises ``BadInput`` where the key was sent with another body.
    """
    lasts_ms = 1000 * (KEY_LASTS_S if request.has_own_key else RETRY_LASTS_S)
    named = (requests.c.account == account, requests.c.key == _name_key(request))
    before = conn.execute(select(requests).where(*named, requests.c.at > NowMs() - lasts_ms)).first()
    if before is None or not (request.has_own_key or request.is_retry):
        return None
    if before.digest != request.digest:
        raise BadInput("Idempotency-Key", request.key, "a key that no other request was sent with")
    return str(before.project)


def create_job(
    unit: Unit, account: str, command: Command, request: CreateRequest, consent: Consent, options: Mapping[str, Any]
) -> CreatedJob:
    """Open the project of a create request and queue its job, in one transaction.

    A repeated request gets the project and the newest job of the first one. Raises ``BadInput`` where the key was sent
    with another body.
    """
    project, is_new = open_for_request(unit, account, command, request)
    if not is_new and (before := find_newest_job(unit.conn, account, project)):
        return CreatedJob(project, before.id, False)
    return CreatedJob(project, jobs.enqueue(unit, account, project, command.brief.goal, consent, options), True)


def open_for_request(unit: Unit, account: str, command: Command, request: CreateRequest) -> tuple[str, bool]:
    """Find or open the project of a create request; return its id, and whether it was opened now.

    No command finds such a project, only its id. Raises ``BadInput`` where the key was sent with another body.
    """
    ensure_account(unit.conn, account)
    named = _name_key(request)
    hold_lock(unit.conn, f"request/{account}/{named}")
    if before := find_for_request(unit.conn, account, request):
        return before, False
    project = open_project(unit, account, command.name, command.brief, nth=command.order_number)
    if command.plan is not None:
        revise(unit, account, project, 0, command.plan, command.choices, command.plan_author)
    columns = {"digest": request.digest, "project": project, "at": NowMs()}
    made = insert(unit.conn, requests).values(account=account, key=named, **columns)
    unit.conn.execute(made.on_conflict_do_update(index_elements=["account", "key"], set_=columns))
    return project, True


def _name_key(request: CreateRequest) -> str:
    return f"{'key' if request.has_own_key else 'body'}:{request.key}"
