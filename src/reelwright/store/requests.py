"""Create requests of programs: each is an order of its own, except where the same one comes again.

A program's POST is not a person's command: two equal ones are two orders. The same one comes again where it carries the
same Idempotency-Key, or where a client that retries by itself says so (OpenAI's counts its retries and sends no key).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import select

from reelwright.errors import BadInput
from reelwright.reel.command import Command
from reelwright.store.assets import ensure_account
from reelwright.store.projects import open_project, revise
from reelwright.store.schema import requests
from reelwright.store.sql import hold, insert, now_ms
from reelwright.store.unit import Unit

KEY_LASTS_S: Final = 30 * 86_400
"""How long an Idempotency-Key is kept. Source: PROMISES.md 1."""
RETRY_LASTS_S: Final = 15 * 60
"""How long a retry without a key is known by its body. Longer than OpenAI's client goes on retrying."""


class Create(NamedTuple):
    """A create request. ``key``: its Idempotency-Key, else the API key and body it is known by where it is retried.

    ``digest``: of its body. ``is_retry``: whether its client says that it was sent before; with an Idempotency-Key it
    need not say so.
    """

    key: str
    digest: str
    has_own_key: bool
    is_retry: bool = False


def open_for_request(unit: Unit, account: str, command: Command, create: Create) -> tuple[str, bool]:
    """The project of a create request, and whether it was opened now. Raises ``BadInput`` on a key of another body.

    A project that is opened is no command's: only its id finds it.
    """
    ensure_account(unit.conn, account)
    named = f"{'key' if create.has_own_key else 'body'}:{create.key}"
    hold(unit.conn, f"request/{account}/{named}")
    lasts_ms = 1000 * (KEY_LASTS_S if create.has_own_key else RETRY_LASTS_S)
    which = (requests.c.account == account, requests.c.key == named, requests.c.at > now_ms() - lasts_ms)
    before = unit.conn.execute(select(requests).where(*which)).first()
    if before is not None and (create.has_own_key or create.is_retry):
        if before.digest != create.digest:
            raise BadInput("Idempotency-Key", create.key, "a key that no other request was sent with")
        return before.project, False
    project = open_project(unit, account, command.name, command.brief, nth=command.nth)
    if command.plan is not None:
        revise(unit, account, project, 0, command.plan, command.choices, "person")
    told = {"digest": create.digest, "project": project, "at": now_ms()}
    made = insert(unit.conn, requests).values(account=account, key=named, **told)
    unit.conn.execute(made.on_conflict_do_update(index_elements=["account", "key"], set_=told))
    return project, True
