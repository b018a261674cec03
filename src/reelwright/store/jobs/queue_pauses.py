"""The pause of an account's queue: while it lasts, none of its jobs that wait their turn is started by a worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from reelwright.store.database.unit import Unit
from reelwright.store.schema.schema import accounts
from reelwright.store.schema.sql import NowMs, to_datetime
from reelwright.store.vault.assets import ensure_account


def pause_queue(unit: Unit, account: str) -> None:
    """Pause the queue of an account. One that is paused stays so since the same moment."""
    ensure_account(unit.conn, account)
    running = (accounts.c.id == account, accounts.c.queue_paused_at.is_(None))
    if unit.conn.execute(update(accounts).where(*running).values(queue_paused_at=NowMs())).rowcount:
        unit.add_event(account, "", None, "queue.paused", {})


def resume_queue(unit: Unit, account: str) -> None:
    """Let the queue of an account go on, if it is paused."""
    paused = (accounts.c.id == account, accounts.c.queue_paused_at.is_not(None))
    if unit.conn.execute(update(accounts).where(*paused).values(queue_paused_at=None)).rowcount:
        unit.add_event(account, "", None, "queue.resumed", {})


def find_pause(conn: Connection, account: str) -> datetime | None:
    """Find since when the queue of an account is paused; None: it is not."""
    return to_datetime(conn.execute(select(accounts.c.queue_paused_at).where(accounts.c.id == account)).scalar())
