"""Sends webhooks: turns the journal's events into messages, and sends what is due, beside whatever drives the jobs."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput, NotFound, StoreUnavailable
from reelwright.messages import format_reason
from reelwright.net.exchange import Network
from reelwright.net.policy import WEBHOOK_ATTEMPT_S
from reelwright.net.redact import redact_reason, redact_shown
from reelwright.net.signing_key import SigningKey, load_signing_key
from reelwright.net.webhook_sender import Answer, send_webhook
from reelwright.net.webhooks import sign_webhook
from reelwright.reason import build_reason
from reelwright.reel.graph.request import Request
from reelwright.reel.records.webhook import TEST_KIND, USAGE_KIND, WEBHOOK_KINDS, ClaimedDelivery
from reelwright.store.accounts.webhook_deliveries import Attempt, Listener, Message
from reelwright.studio.policy import (
    DELIVERIES_AT_ONCE,
    DELIVERY_LOOK_EVERY_S,
    DELIVERY_PRUNE_EVERY_S,
    DELIVERY_RETRY_WAITS_S,
    DELIVERY_STORE_RETRY_S,
    DELIVERY_WAIT_JITTER,
)
from reelwright.studio.quotes.progress_reporter import to_progress

if TYPE_CHECKING:
    from reelwright.reel.records.operation import Event
    from reelwright.store.journal import Journal
    from reelwright.studio.runtime.runtime import Runtime

logger = logging.getLogger(__name__)
_KINDS: Final = frozenset(WEBHOOK_KINDS) - {USAGE_KIND} | {"job.queued"}
"""The kinds of events of the journal that webhooks are told of."""


class WebhookDelivery:
    """Sends the messages of all accounts' webhooks.

    Any number of processes may do so: they share the work by the database. It only reads what the jobs write, and sends
    in a task of its own: a receiver delays no job. ``load_key``: returns the key that signs, as it is now.
    ``may_use_private``: receivers may be on this machine or in a private network. ``pauses_s``: before each further
    attempt.
    """

    def __init__(
        self, journal: Journal, load_key: Callable[[], SigningKey | None], *, may_use_private: bool = False,
        network: Network | None = None, pauses_s: Sequence[float] = DELIVERY_RETRY_WAITS_S,
    ) -> None:  # fmt: skip
        self._journal, self._load_key = journal, load_key
        self._may_use_private, self._network = may_use_private, network
        self._pauses_s = tuple(pauses_s)
        self._read_to: dict[str, int] = {}
        """By webhook: the last event that was read and found to be nothing for it."""
        self._sending: set[asyncio.Task[None]] = set()
        self._pruned_at = -DELIVERY_PRUNE_EVERY_S

    async def run(self) -> None:
        """Turn new events into messages and send those that are due, until the call is cancelled. Logs exceptions."""
        try:
            while True:
                pause_s = DELIVERY_LOOK_EVERY_S
                try:
                    if await self.record_news():  # only a webhook that is told anything has something due
                        await self.send_due()
                        await self._prune()
                except StoreUnavailable:
                    pause_s = DELIVERY_STORE_RETRY_S  # everything is in the database, and goes on when it is back
                except Exception:  # whatever it is, the next messages are sent
                    logger.exception("webhooks could not be sent; trying again in %s s", DELIVERY_STORE_RETRY_S)
                    pause_s = DELIVERY_STORE_RETRY_S
                if self._sending and pause_s == DELIVERY_LOOK_EVERY_S:
                    await asyncio.wait(self._sending, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
                else:
                    await asyncio.sleep(pause_s)
        finally:
            if self._sending:  # an answer that is not recorded is sent again
                await asyncio.wait(self._sending, timeout=WEBHOOK_ATTEMPT_S)
            for task in self._sending:
                task.cancel()
            await asyncio.gather(*self._sending, return_exceptions=True)

    async def record_news(self) -> bool:
        """Record a message for each new event that a webhook wants; return whether any webhook is enabled."""
        listeners = await self._journal.list_listeners()
        self._read_to = {one.webhook: self._read_to.get(one.webhook, 0) for one in listeners}
        for account in dict.fromkeys(one.account for one in listeners):
            await self._record_account([one for one in listeners if one.account == account])
        return bool(listeners)

    async def _record_account(self, listeners: Sequence[Listener]) -> None:
        account = listeners[0].account
        while True:
            places = {one.webhook: max(one.after_event, self._read_to[one.webhook]) for one in listeners}
            after = min(places.values())
            news = await self._journal.list_listener_news(account, after, _KINDS)
            messages = [
                message for event in news.events for message in await self._build_messages(event, listeners, places)
            ]
            if messages:
                read_to = dict.fromkeys(places, news.read_to)
                await self._journal.record_messages(account, read_to, messages)
            for webhook in places:
                self._read_to[webhook] = max(places[webhook], news.read_to)
            if not news.events or news.read_to == after:
                return

    async def _build_messages(
        self, event: Event, listeners: Sequence[Listener], places: Mapping[str, int]
    ) -> list[Message]:
        kind = event.kind
        if kind == "job.queued" and await self._journal.is_first_of_job(event):
            kind = USAGE_KIND
        found = [one for one in listeners if event.id > places[one.webhook] and (not one.kinds or kind in one.kinds)]
        if not found:
            return []
        data = await self._build_data(event, kind)
        prompt = data.pop("prompt", None)
        bodies = {False: data, True: data if prompt is None else {**data, "prompt": prompt}}
        return [
            Message(one.webhook, event.id, kind, _build_body(kind, event.at, bodies[one.has_prompt])) for one in found
        ]

    async def _build_data(self, event: Event, kind: str) -> dict[str, Any]:
        """Build what a message says of an event: ids, facts, and never the words of a film but for ``prompt``."""
        body = event.body
        data: dict[str, Any] = {"event": event.id, "project": event.project, "job": event.job}
        reason = to_progress(event, {}).reason
        if reason is not None:
            data |= {"reason": redact_reason(reason).to_json(), "message": redact_shown(format_reason(reason))}
        if kind == USAGE_KIND:
            data |= await self._describe_order(event)
        more = {
            "job.queued": ("goal",), "job.waiting": ("why", "step"), "job.done": ("film",),
            "purchase.unknown": ("purchase", "step"), "plan.revised": ("revision", "author"),
        }  # fmt: skip
        return data | {name: body.get(name) for name in more.get(kind, ())}

    async def _describe_order(self, event: Event) -> dict[str, Any]:
        """Describe who ordered what of which model: the facts of a usage report."""
        assert event.job
        try:
            job = await self._journal.read_job(event.account, event.job)
            standing = await self._journal.read_standing(event.account, event.project)
        except NotFound:
            return {}
        source = standing.plan.shots[0].source if standing.plan and job.goal == "takes" else None
        model = source.model if isinstance(source, Request) else standing.brief.flavor or "film"
        labels = job.options.get("labels", {})
        member = labels.get("user_email") or labels.get("account_id")
        return {"goal": job.goal, "member": member or None, "model": model, "prompt": standing.brief.text}

    async def send_due(self) -> None:
        """Start to send the messages that are due, up to 16 at once in this process, without waiting for their end."""
        while (room := DELIVERIES_AT_ONCE - len(self._sending)) > 0 and await self._journal.find_due_delivery():
            claimed = await self._journal.claim_deliveries(room)
            if not claimed:
                return
            for delivery in claimed:
                task = asyncio.create_task(self._send(delivery))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)

    async def _send(self, delivery: ClaimedDelivery) -> None:
        found = await self._exchange(delivery)
        again_ms = None if found.reason is None else self._choose_pause_ms(delivery.attempts, found.after_s)
        made = Attempt(delivery.id, delivery.claim, found.status, found.reason, again_ms, found.is_gone)
        log = logger.info if found.reason is None else logger.warning
        log(
            "webhook %s: delivery %s (%s), attempt %d: %s", delivery.webhook, delivery.id, delivery.kind,
            delivery.attempts, "arrived" if found.reason is None else format_reason(found.reason),
        )  # fmt: skip
        try:
            await self._journal.record_attempt(made)
        except StoreUnavailable:
            logger.warning("the end of delivery %s could not be recorded: it is sent again", delivery.id)

    async def _exchange(self, delivery: ClaimedDelivery) -> Answer:
        """Sign the message with every secret that is valid, and send it. A message without a signature is not sent."""
        try:
            key = self._load_key()
        except BadInput as error:
            return Answer(reason=build_reason("webhook_not_signed", cause=error))
        found = [key.derive_webhook_secret(seed) if key else None for seed in delivery.seeds]
        secrets = [secret for secret in found if secret]
        if not secrets:
            cause = "its secret was made with a key that is not in this home; rotate the secret"
            return Answer(reason=build_reason("webhook_not_signed", cause=cause))
        headers = sign_webhook(delivery.id, delivery.body, secrets)
        return await send_webhook(
            delivery.url, headers, delivery.body, may_use_private=self._may_use_private, network=self._network
        )

    def _choose_pause_ms(self, attempts: int, after_s: float) -> int | None:
        """Choose the pause before the next attempt; None: there is none. ``after_s``: what the receiver asked for."""
        if attempts > len(self._pauses_s):
            return None
        pause_s = self._pauses_s[attempts - 1] * random.uniform(1, 1 + DELIVERY_WAIT_JITTER)
        return round(max(pause_s, min(after_s, DELIVERY_RETRY_WAITS_S[-1])) * 1000)

    async def _prune(self) -> None:
        if time.monotonic() - self._pruned_at >= DELIVERY_PRUNE_EVERY_S:
            self._pruned_at = time.monotonic()
            await self._journal.prune_deliveries()


async def send_webhooks_forever(runtime: Runtime, *, may_use_private: bool) -> None:
    """Send the webhook messages of every account until the call is cancelled, unless the setting ``webhooks`` is never.

    ``may_use_private``: also to this machine and private networks, which the setting ``private_webhooks`` may allow,
    too.
    """
    is_allowed = may_use_private or runtime.settings.private_webhooks == "allow"
    if runtime.settings.webhooks == "never":
        await asyncio.Event().wait()
    load_key = partial(load_signing_key, runtime.settings)
    await WebhookDelivery(runtime.journal, load_key, may_use_private=is_allowed).run()


def build_test_body() -> str:
    """Return the JSON body of a message that tests a webhook, with the present time."""
    return _build_body(TEST_KIND, datetime.fromtimestamp(time.time(), UTC), {"message": "Reelwright reaches you."})


def _build_body(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    body = {"type": kind, "timestamp": at.isoformat(), "data": data}
    return json.dumps(body, ensure_ascii=True, separators=(",", ":"))
