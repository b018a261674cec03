"""Jobs that wait for a decision about a purchase, of its own project and of others: they follow what becomes of it.

Their stored reason names the purchase. It is the only place that does: a job of another project waits for the purchase
because it wants the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from reelwright.reason import Action, Reason, build_reason
from reelwright.store.database.unit import Unit
from reelwright.store.schema.schema import jobs, purchases
from reelwright.store.schema.sql import encode_reason, shorten_reason

_DECISION: Final = "decide_purchase"


def requeue_waiting_jobs(unit: Unit, account: str, purchase: str) -> None:
    """Queue the jobs that wait for a decision about a purchase: its provider has answered, and a director follows it.

    The caller has locked the purchase. (2026-11: the answer to a send that was given up came late; its job went on
    asking what became of it, no director followed it, and who answered that it never arrived paid twice.)
    """
    for row in _lock_waiting_jobs(unit.conn, account, purchase):
        which = (jobs.c.account == account, jobs.c.id == row.id)
        unit.conn.execute(update(jobs).where(*which).values(state="queued", wait_reason=None, step=None, reason=""))
        unit.add_event(account, row.project, row.id, "job.queued", {"goal": row.goal})


def record_decision_for_jobs(unit: Unit, account: str, purchase: str) -> None:
    """Record, as the reason of the jobs that wait for a decision about a purchase, that a person has decided it.

    They still wait: they go on by ``resume``. The caller has locked the purchase.
    """
    for row in _lock_waiting_jobs(unit.conn, account, purchase):
        actions = [Action("resume_job", {"project": row.project})]
        reason = build_reason("purchase_decided", step=row.step, actions=actions, purchase=purchase)
        which = (jobs.c.account == account, jobs.c.id == row.id)
        unit.conn.execute(update(jobs).where(*which).values(reason=encode_reason(reason)))
        body = {"why": row.wait_reason, "step": row.step, "reason": shorten_reason(reason)}
        unit.add_event(account, row.project, row.id, "job.waiting", body)


def is_answered(unit: Unit, account: str, reason: Reason | None) -> bool:
    """Whether the provider has answered the purchase that ``reason`` asks a person to decide, since it was made.

    Locks the purchase: an answer is recorded either before, and seen here, or after the job waits, and seen by
    ``requeue_waiting_jobs``.
    """
    named = _list_named_purchases(reason)
    if not named:
        return False
    query = select(purchases.c.state).where(purchases.c.account == account, purchases.c.id.in_(named))
    states = unit.conn.execute(query.order_by(purchases.c.id).with_for_update()).scalars().all()
    return "submitted" in states


def _list_named_purchases(reason: Reason | None) -> Sequence[str]:
    actions = reason.actions if reason else ()
    return [str(one.params["purchase"]) for one in actions if one.kind == _DECISION and "purchase" in one.params]


def _lock_waiting_jobs(conn: Connection, account: str, purchase: str) -> Sequence[Row[Any]]:
    waits = (
        jobs.c.account == account,
        jobs.c.state == "waiting",
        jobs.c.wait_reason == "decision",
        jobs.c.cancel_requested.is_(False),
    )
    query = select(jobs).where(*waits, jobs.c.reason.contains(purchase, autoescape=True))
    rows = conn.execute(query.order_by(jobs.c.id).with_for_update()).all()
    return [row for row in rows if purchase in _list_named_purchases(Reason.from_text(row.reason))]
