"""Webhooks of providers: each one wakes, once, whichever process polls the operation that it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, delete, select

from reelwright.reel.base.document import from_json
from reelwright.reel.records.operation import Operation
from reelwright.store.database.unit import Unit
from reelwright.store.policy import PROVIDER_MESSAGE_LIFETIME_MS
from reelwright.store.schema.rows import parse_object
from reelwright.store.schema.schema import AT_PROVIDER, events, purchases
from reelwright.store.schema.sql import NowMs, as_json, insert
from reelwright.store.schema.webhook_tables import provider_messages

REPORTED: Final = "operation.reported"
"""The kind of the event: a provider says that there is something new about an operation."""


def record_provider_message(unit: Unit, provider: str, operation: str, message_id: str) -> bool:
    """Record a provider's message about an operation, which is then polled at once.

    False: it was recorded before, or nothing here waits for that operation. Says nothing of the operation's state:
    only a poll does.
    """
    named = purchases.c.operation.contains(as_json(operation), autoescape=True)
    rows = unit.conn.execute(select(purchases).where(AT_PROVIDER, purchases.c.provider == provider, named)).all()
    row = next((one for one in rows if from_json(Operation, one.operation, "operation").id == operation), None)
    if row is None:
        return False
    made = insert(unit.conn, provider_messages).values(provider=provider, message=message_id, at=NowMs())
    if unit.conn.execute(made.on_conflict_do_nothing().returning(provider_messages.c.message)).first() is None:
        return False
    unit.conn.execute(delete(provider_messages).where(provider_messages.c.at < NowMs() - PROVIDER_MESSAGE_LIFETIME_MS))
    body = {"provider": provider, "operation": operation, "purchase": row.id, "step": row.step}
    unit.add_event(row.account, row.project, row.job, REPORTED, body)
    return True


def list_reported_operations(conn: Connection, after: int) -> Sequence[tuple[str, str]]:
    """List the provider and the id of each operation that was reported after the event ``after``, in any account."""
    found = conn.execute(select(events.c.body).where(events.c.id > after, events.c.kind == REPORTED))
    bodies = [parse_object(text) for text in found.scalars()]
    return [(str(body["provider"]), str(body["operation"])) for body in bodies]
