"""Webhooks of accounts: what is told to which address, and the seeds of the secrets that sign it.

A seed is no secret: only with the key of the home it leads to one (``net.signing_key``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action, Reason
from reelwright.reel.base.ids import mint
from reelwright.reel.records.webhook import Webhook
from reelwright.store.database.unit import Unit
from reelwright.store.leases.events import find_newest_event
from reelwright.store.policy import MAX_LIVING_SECRETS, MAX_WEBHOOKS, WEBHOOK_SECRET_OVERLAP_MS
from reelwright.store.schema.sql import NowMs, as_json, encode_reason, hold_lock, to_datetime
from reelwright.store.schema.webhook_tables import PENDING, webhook_deliveries, webhooks
from reelwright.store.vault.assets import ensure_account


def create_webhook(
    unit: Unit, account: str, url: str, seed: str, kinds: Sequence[str] = (), *, has_prompt: bool = False
) -> Webhook:
    """Create a webhook that is told of events of ``kinds`` (empty: all) from now on.

    Raises ``BadInput`` above ``MAX_WEBHOOKS``.
    """
    ensure_account(unit.conn, account)
    hold_lock(unit.conn, f"webhooks/{account}")
    count = unit.conn.execute(select(func.count()).where(webhooks.c.account == account)).scalar_one()
    if count >= MAX_WEBHOOKS:
        raise BadInput("webhook", url, f"at most {MAX_WEBHOOKS} webhooks in an account; remove one first")
    id_ = mint("webhook")
    unit.conn.execute(
        webhooks.insert().values(
            id=id_, account=account, url=url, kinds=as_json(list(kinds)), has_prompt=has_prompt,
            seeds=as_json([[seed, None]]), after_event=find_newest_event(unit.conn, account), created_at=NowMs(),
            disabled_reason="",
        )
    )  # fmt: skip
    return read_webhook(unit.conn, account, id_)


def list_webhooks(conn: Connection, account: str | None) -> Sequence[Webhook]:
    """List the webhooks of an account (None: of every account) in the order of their creation."""
    query = select(webhooks).order_by(webhooks.c.account, webhooks.c.created_at, webhooks.c.id)
    if account is not None:
        query = query.where(webhooks.c.account == account)
    return [_to_webhook(row) for row in conn.execute(query)]


def read_webhook(conn: Connection, account: str | None, webhook: str) -> Webhook:
    """Read a webhook of an account (None: of any account). Raises ``NotFound``."""
    return _to_webhook(_find(conn, account, webhook))


def update_webhook(
    unit: Unit, account: str | None, webhook: str, *, url: str | None = None, kinds: Sequence[str] | None = None,
    has_prompt: bool | None = None, is_enabled: bool | None = None,
) -> Webhook:  # fmt: skip
    """Change the settings of a webhook that are not None; disabling also gives up the deliveries that wait.

    A webhook that is enabled again is told of events from then on. Raises ``NotFound``.
    """
    row = _find(unit.conn, account, webhook, is_locked=True)
    values: dict[str, Any] = {}
    if url is not None:
        values["url"] = url
    if kinds is not None:
        values["kinds"] = as_json(list(kinds))
    if has_prompt is not None:
        values["has_prompt"] = has_prompt
    if is_enabled and row.disabled_at is not None:
        newest = find_newest_event(unit.conn, row.account)
        values |= {"disabled_at": None, "disabled_reason": "", "failing_since": None, "after_event": newest}
    if values:
        unit.conn.execute(update(webhooks).where(webhooks.c.id == row.id).values(**values))
    if is_enabled is False and row.disabled_at is None:
        disable_webhook(unit, row.id, Reason("webhook_off"))
    return read_webhook(unit.conn, row.account, row.id)


def disable_webhook(unit: Unit, webhook: str, reason: Reason) -> None:
    """Disable a webhook, and give up its deliveries that were not sent yet."""
    why = encode_reason(reason)
    unit.conn.execute(update(webhooks).where(webhooks.c.id == webhook).values(disabled_at=NowMs(), disabled_reason=why))
    waiting = (webhook_deliveries.c.webhook == webhook, PENDING)
    given_up = {"state": "failed", "next_at": None, "claim": None, "claimed_until": None, "reason": why}
    unit.conn.execute(update(webhook_deliveries).where(*waiting).values(**given_up))


def remove_webhook(unit: Unit, account: str | None, webhook: str) -> Webhook:
    """Remove a webhook with its secrets and its deliveries. Raises ``NotFound``."""
    row = _find(unit.conn, account, webhook, is_locked=True)
    unit.conn.execute(delete(webhook_deliveries).where(webhook_deliveries.c.webhook == row.id))
    unit.conn.execute(delete(webhooks).where(webhooks.c.id == row.id))
    return _to_webhook(row)


def rotate_webhook_secret(unit: Unit, account: str | None, webhook: str, seed: str) -> Webhook:
    """Make ``seed`` that of the webhook's newest secret; earlier secrets sign for 24 more hours.

    Raises ``NotFound``, and ``BadInput`` above five.
    """
    row = _find(unit.conn, account, webhook, is_locked=True)
    now = unit.conn.execute(select(NowMs())).scalar_one()
    living = [(one, until) for one, until in json.loads(row.seeds) if until is None or until > now]
    if len(living) >= MAX_LIVING_SECRETS:
        raise BadInput("webhook", row.id, f"at most {MAX_LIVING_SECRETS} secrets that are valid at once; wait 24 hours")
    kept = [[seed, None], *([one, until or now + WEBHOOK_SECRET_OVERLAP_MS] for one, until in living)]
    unit.conn.execute(update(webhooks).where(webhooks.c.id == row.id).values(seeds=as_json(kept)))
    return _to_webhook(row)


def list_living_seeds(text: str, now: int) -> tuple[str, ...]:
    """List the seeds in a row's JSON ``text`` whose secrets sign at ``now``, epoch milliseconds, newest first.

    ``now``: by the database's clock.
    """
    return tuple(seed for seed, until in json.loads(text) if until is None or until > now)


def build_no_webhook_error(webhook: str) -> NotFound:
    """Build the error of a verb that names a webhook which the account does not have."""
    return NotFound(code="webhook_not_found", webhook=webhook, actions=[Action("list_webhooks")])


def _find(conn: Connection, account: str | None, webhook: str, *, is_locked: bool = False) -> Row[Any]:
    query = select(webhooks).where(webhooks.c.id == webhook)
    if account is not None:
        query = query.where(webhooks.c.account == account)
    row = conn.execute(query.with_for_update() if is_locked else query).first() if webhook.isprintable() else None
    if row is None:
        raise build_no_webhook_error(webhook)
    return row


def _to_webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id, account=row.account, url=row.url, kinds=tuple(json.loads(row.kinds)), has_prompt=row.has_prompt,
        created_at=to_datetime(row.created_at), failing_since=to_datetime(row.failing_since),
        disabled_at=to_datetime(row.disabled_at), disabled_reason=Reason.from_text(row.disabled_reason or None),
    )  # fmt: skip
