"""Deliveries to webhooks: recorded from the journal's events, claimed by the processes that send, kept as a log."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, delete, func, or_, select, update

from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.ids import mint
from reelwright.reel.records.operation import Event
from reelwright.reel.records.webhook import TEST_KIND, ClaimedDelivery, Delivery, DeliveryState, Webhook
from reelwright.store.accounts.webhooks import build_no_webhook_error, disable_webhook, list_living_seeds, read_webhook
from reelwright.store.database.unit import Unit
from reelwright.store.policy import (
    DELIVERIES_AT_ONCE,
    DELIVERY_CLAIM_MS,
    DELIVERY_LIFETIME_MS,
    EVENTS_PER_STEP,
    MAX_DELIVERIES_KEPT,
    PRUNED_AT_ONCE,
    WEBHOOK_DEAD_MS,
)
from reelwright.store.schema.rows import to_event
from reelwright.store.schema.schema import events
from reelwright.store.schema.sql import NowMs, encode_reason, hold_lock, to_datetime
from reelwright.store.schema.webhook_tables import PENDING, webhook_deliveries, webhooks

_d: Final = webhook_deliveries.c


class Listener(NamedTuple):
    """A webhook that is told of events, and the last event of its account whose deliveries are recorded."""

    webhook: str
    account: str
    kinds: tuple[str, ...]
    has_prompt: bool
    after_event: int


class Message(NamedTuple):
    """A message to a webhook about an event."""

    webhook: str
    event: int
    kind: str
    body: str


class ListenerNews(NamedTuple):
    """Events of an account after ``after``. Every event of these kinds up to the id ``read_to`` is among them."""

    events: Sequence[Event]
    read_to: int


def list_listeners(conn: Connection) -> Sequence[Listener]:
    """List the webhooks of every account that are not disabled."""
    query = select(webhooks).where(webhooks.c.disabled_at.is_(None)).order_by(webhooks.c.account, webhooks.c.id)
    return [
        Listener(row.id, row.account, tuple(json.loads(row.kinds)), row.has_prompt, row.after_event)
        for row in conn.execute(query)
    ]


def list_listener_news(conn: Connection, account: str, after: int, kinds: Collection[str]) -> ListenerNews:
    """List up to 200 events of these kinds after the id ``after``, oldest first."""
    newest = conn.execute(select(func.max(events.c.id)).where(events.c.account == account)).scalar() or 0
    which = (events.c.account == account, events.c.id > after, events.c.kind.in_(sorted(kinds)))
    rows = (
        conn.execute(select(events).where(*which).order_by(events.c.id).limit(EVENTS_PER_STEP)).all()
        if newest > after
        else []
    )
    found = [to_event(row) for row in rows]
    return ListenerNews(found, found[-1].id if len(found) == EVENTS_PER_STEP else max(newest, after))


def is_first_of_job(conn: Connection, event: Event) -> bool:
    """Whether no earlier event of the job of ``event`` has its kind."""
    same = (events.c.account == event.account, events.c.project == event.project, events.c.job == event.job)
    query = select(events.c.id).where(*same, events.c.kind == event.kind, events.c.id < event.id)
    return conn.execute(query.limit(1)).first() is None


def record_messages(unit: Unit, account: str, read_to: Mapping[str, int], messages: Sequence[Message]) -> None:
    """Record deliveries of messages, and that the events up to ``read_to`` (by webhook) need none any more.

    Every process may do this at the same time: what another one has recorded is left out.
    """
    query = select(webhooks).where(webhooks.c.account == account, webhooks.c.id.in_(sorted(read_to)))
    rows = unit.conn.execute(query.order_by(webhooks.c.id).with_for_update()).all()
    after = {row.id: row.after_event for row in rows if row.disabled_at is None}
    wanted = [one for one in messages if one.webhook in after and one.event > after[one.webhook]]
    if wanted:
        made = [_build_columns(account, one.webhook, one.event, one.kind, one.body) for one in wanted]
        unit.conn.execute(webhook_deliveries.insert().values(created_at=NowMs(), next_at=NowMs()), made)
    for id_, place in after.items():
        if place < read_to[id_]:
            unit.conn.execute(update(webhooks).where(webhooks.c.id == id_).values(after_event=read_to[id_]))


def send_test_message(unit: Unit, account: str | None, webhook: str, body: str) -> Delivery:
    """Queue a delivery that tests a webhook, whatever kinds it asks for; it is not sent yet.

    Raises ``NotFound``, and ``BadInput`` for a webhook that is disabled.
    """
    found = _require_enabled(read_webhook(unit.conn, account, webhook))
    columns = _build_columns(found.account, found.id, None, TEST_KIND, body)
    unit.conn.execute(webhook_deliveries.insert().values(created_at=NowMs(), next_at=NowMs(), **columns))
    return read_delivery(unit.conn, found.account, columns["id"])


def _build_columns(account: str, webhook: str, event: int | None, kind: str, body: str) -> dict[str, Any]:
    return {
        "id": mint("message"), "account": account, "webhook": webhook, "event": event, "kind": kind, "body": body,
        "state": "pending", "attempts": 0, "reason": "",
    }  # fmt: skip


def find_due_delivery(conn: Connection) -> bool:
    """Find out whether a delivery is due that no living claim has."""
    return conn.execute(select(_d.id).where(*_build_due_filter()).limit(1)).first() is not None


def claim_deliveries(unit: Unit, limit: int) -> Sequence[ClaimedDelivery]:
    """Claim up to ``limit`` deliveries that are due, ``DELIVERIES_AT_ONCE`` of a webhook at most: the oldest first.

    Nobody else sends them until they are recorded or the claim ends.
    """
    hold_lock(unit.conn, "webhook_claims")
    living = (
        select(_d.webhook, func.count().label("held")).where(PENDING, _d.claimed_until > NowMs()).group_by(_d.webhook)
    ).subquery("living")
    turn = func.row_number().over(partition_by=_d.webhook, order_by=(_d.next_at, _d.created_at, _d.id))
    due = select(_d.id, _d.webhook, _d.next_at, turn.label("turn")).where(*_build_due_filter()).subquery("due")
    open_ = due.c.turn + func.coalesce(living.c.held, 0) <= DELIVERIES_AT_ONCE
    query = select(due.c.id).outerjoin(living, living.c.webhook == due.c.webhook).where(open_)
    ids = unit.conn.execute(query.order_by(due.c.turn, due.c.next_at, due.c.id).limit(limit)).scalars().all()
    if not ids:
        return ()
    now = unit.conn.execute(select(NowMs())).scalar_one()
    claims = {id_: mint("message") for id_ in sorted(ids)}
    for id_, claim in claims.items():
        taken = {"claim": claim, "claimed_until": now + DELIVERY_CLAIM_MS, "attempts": _d.attempts + 1}
        unit.conn.execute(update(webhook_deliveries).where(_d.id == id_).values(**taken))
    rows = unit.conn.execute(
        select(webhook_deliveries, webhooks.c.url, webhooks.c.seeds)
        .join(webhooks, webhooks.c.id == _d.webhook)
        .where(_d.id.in_(ids))
        .order_by(_d.id)
    )
    return [
        ClaimedDelivery(
            id=row.id, account=row.account, webhook=row.webhook, url=row.url, kind=row.kind, body=row.body,
            attempts=row.attempts, claim=row.claim, seeds=list_living_seeds(row.seeds, now),
        )
        for row in rows
    ]  # fmt: skip


def _build_due_filter() -> tuple[Any, ...]:
    return (PENDING, _d.next_at <= NowMs(), or_(_d.claimed_until.is_(None), _d.claimed_until <= NowMs()))


class Attempt(NamedTuple):
    """The end of an attempt. ``reason`` None: it arrived. ``again_ms``: milliseconds to the next one; None: given up.

    ``is_gone``: the receiver said that it wants nothing more, ever.
    """

    delivery: str
    claim: str
    status: int | None
    reason: Reason | None
    again_ms: int | None = None
    is_gone: bool = False


def record_attempt(unit: Unit, attempt: Attempt) -> bool:
    """Record how an attempt ended; disable a webhook that is gone, or that none reached for 20 hours.

    False: its claim was lost, or the delivery is gone; nothing is written then. A webhook that does not say itself that
    it is gone is disabled when a delivery to it was given up and none arrived for ``WEBHOOK_DEAD_MS``.
    """
    row = unit.conn.execute(select(webhook_deliveries).where(_d.id == attempt.delivery)).first()
    if row is None:
        return False
    # always the webhook first, then its deliveries: whoever disables it locks in the same order
    hook = unit.conn.execute(select(webhooks).where(webhooks.c.id == row.webhook).with_for_update()).first()
    state: DeliveryState = "delivered" if attempt.reason is None else "failed"
    if attempt.reason is not None and attempt.again_ms is not None:
        state = "pending"
    next_at = NowMs() + attempt.again_ms if state == "pending" else None
    values = {
        "state": state, "next_at": next_at, "claim": None, "claimed_until": None, "last_at": NowMs(),
        "last_status": attempt.status, "reason": encode_reason(attempt.reason),
    }  # fmt: skip
    ours = (_d.id == attempt.delivery, _d.claim == attempt.claim)
    if hook is None or not unit.conn.execute(update(webhook_deliveries).where(*ours).values(**values)).rowcount:
        return False
    this = update(webhooks).where(webhooks.c.id == hook.id)
    if attempt.reason is None:
        if hook.failing_since is not None:
            unit.conn.execute(this.values(failing_since=None))
        return True
    now = unit.conn.execute(select(NowMs())).scalar_one()
    if hook.failing_since is None:
        unit.conn.execute(this.values(failing_since=now))
    if attempt.is_gone and hook.disabled_at is None:
        disable_webhook(unit, hook.id, Reason("webhook_gone"))
    elif state == "failed" and hook.disabled_at is None and now - (hook.failing_since or now) >= WEBHOOK_DEAD_MS:
        disable_webhook(unit, hook.id, build_reason("webhook_failing", cause=attempt.reason))
    return True


def repeat_delivery(unit: Unit, account: str | None, delivery: str) -> Delivery:
    """Queue a delivery again for now, with the same id and body, and as many attempts as a new one.

    Raises ``NotFound``, and ``BadInput`` for a webhook that is disabled.
    """
    found = read_delivery(unit.conn, account, delivery)
    _require_enabled(read_webhook(unit.conn, found.account, found.webhook))
    again = {"state": "pending", "attempts": 0, "next_at": NowMs()}  # a living claim stays: it is being sent
    unit.conn.execute(update(webhook_deliveries).where(_d.id == found.id).values(**again))
    return read_delivery(unit.conn, found.account, found.id)


def _require_enabled(webhook: Webhook) -> Webhook:
    if webhook.disabled_at is not None:
        raise BadInput("webhook", webhook.id, "a webhook that is enabled; enable this one first")
    return webhook


def read_delivery(conn: Connection, account: str | None, delivery: str) -> Delivery:
    """Read a delivery of an account (None: of any account). Raises ``NotFound``."""
    query = select(webhook_deliveries).where(_d.id == delivery)
    if account is not None:
        query = query.where(_d.account == account)
    row = conn.execute(query).first() if delivery.isprintable() else None
    if row is None:
        raise NotFound(code="delivery_not_found", delivery=delivery, actions=[Action("list_webhooks")])
    return _to_delivery(row)


def list_deliveries(
    conn: Connection, account: str, webhook: str | None, limit: int, after: str | None = None,
    state: DeliveryState | None = None,
) -> Sequence[Delivery]:  # fmt: skip
    """List the deliveries of an account or of one webhook, newest first: up to ``limit`` that are older than ``after``.

    ``state``: only those in it. Raises ``NotFound`` for a webhook or a delivery that the account does not have.
    """
    query = select(webhook_deliveries).where(_d.account == account)
    if webhook is not None:
        if not webhook.isprintable():
            raise build_no_webhook_error(webhook)
        query = query.where(_d.webhook == read_webhook(conn, account, webhook).id)
    if state is not None:
        query = query.where(_d.state == state)
    if after is not None:
        read_delivery(conn, account, after)
        place = select(_d.created_at).where(_d.id == after).scalar_subquery()
        query = query.where(or_(_d.created_at < place, (_d.created_at == place) & (_d.id < after)))
    return [_to_delivery(row) for row in conn.execute(query.order_by(_d.created_at.desc(), _d.id.desc()).limit(limit))]


def prune_deliveries(unit: Unit) -> int:
    """Delete deliveries that are over and too old or too many, up to 1,000 of each webhook; return how many."""
    count = 0
    for hook in unit.conn.execute(select(webhooks.c.id, webhooks.c.account)).all():
        ours = (_d.account == hook.account, _d.webhook == hook.id)
        newest_first = select(_d.created_at).where(*ours).order_by(_d.created_at.desc(), _d.id.desc())
        above = unit.conn.execute(newest_first.offset(MAX_DELIVERIES_KEPT).limit(1)).scalar() or 0
        is_old = or_(_d.created_at < NowMs() - DELIVERY_LIFETIME_MS, _d.created_at <= above)
        gone = select(_d.id).where(*ours, _d.state != "pending", is_old).limit(PRUNED_AT_ONCE).scalar_subquery()
        count += unit.conn.execute(delete(webhook_deliveries).where(_d.id.in_(gone))).rowcount
    return count


def _to_delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id, account=row.account, webhook=row.webhook, kind=row.kind, body=row.body, state=row.state,
        attempts=row.attempts, created_at=to_datetime(row.created_at), next_at=to_datetime(row.next_at),
        last_at=to_datetime(row.last_at), last_status=row.last_status, reason=Reason.from_text(row.reason or None),
    )  # fmt: skip
