"""Webhooks of an account: the results of the verbs that add, list, change and test them, and show what was sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, JsonValue

from reelwright.errors import BadInput
from reelwright.input_limits import URL_CHARS
from reelwright.messages import format_reason
from reelwright.net.signing_key import ensure_signing_key
from reelwright.reel.records.webhook import DELIVERY_STATES, WEBHOOK_KINDS, Delivery, DeliveryState, Webhook
from reelwright.studio import late_modules as late
from reelwright.studio.quotes import validation
from reelwright.studio.results.result_model import Moment, ResultModel, ResultReason

if TYPE_CHECKING:
    from reelwright.studio.runtime.home import Home


class WebhookSummary(ResultModel):
    """A webhook: an address that is told of an account's events; without its secret.

    ``events``: the kinds that it is told of; empty: all. ``has_prompt``: ``job.created`` says the prompt.
    ``disabled_reason`` and ``message``: why it is told nothing. ``failing_since``: since when nothing arrived.
    """

    id: str
    account: str
    url: str
    events: tuple[str, ...]
    has_prompt: Annotated[bool, Field(alias="include_prompt")]
    is_enabled: bool
    created_at: Moment | None
    failing_since: Moment | None
    disabled_at: Moment | None
    disabled_reason: ResultReason | None
    message: str


class WebhookList(ResultModel):
    """The webhooks of an account, or of every account."""

    webhooks: tuple[WebhookSummary, ...]


class CreatedWebhook(ResultModel):
    """A webhook with its new secret. ``secret``: what verifies its messages; it cannot be read again."""

    webhook: WebhookSummary
    secret: str


class RemovedWebhook(ResultModel):
    """Result of removing a webhook and the log of its messages."""

    webhook: Annotated[WebhookSummary, Field(alias="removed")]


class DeliverySummary(ResultModel):
    """A message to a webhook, with the state of its delivery.

    ``id``: its ``webhook-id``, the same at every attempt. ``payload``: what is sent. ``next_at``: when it is sent next.
    ``last_status``: how the receiver answered last; None without an answer.
    """

    id: str
    webhook: str
    kind: str
    state: DeliveryState
    attempts: int
    created_at: Moment | None
    next_at: Moment | None
    last_at: Moment | None
    last_status: int | None
    reason: ResultReason | None
    message: str
    payload: dict[str, JsonValue]


class DeliveryList(ResultModel):
    """Messages to webhooks, the newest first."""

    deliveries: tuple[DeliverySummary, ...]


def make_secret(home: Home) -> tuple[str, str]:
    """Create a webhook secret; return the seed, which is stored, and the secret.

    Creates the home's key at first use.
    """
    key = ensure_signing_key(home.settings)
    seed = key.make_seed()
    secret = key.derive_webhook_secret(seed)
    assert secret, "the seed is of this key"
    return seed, secret


def check_url(value: object, *, may_use_private: bool) -> str:
    """Check that messages can be sent to ``value``, the URL of a webhook, and return it. Sends nothing. Raises
    ``BadInput``.
    """
    url = validation.check_text("url", value, URL_CHARS)
    return late.webhook_sender.check_webhook_url(url, may_use_private=may_use_private)


def check_events(values: object) -> tuple[str, ...]:
    """Check a list of kinds of events, and return it without repeats in the usual order. Raises ``BadInput``."""
    accepted = f"a list of {', '.join(WEBHOOK_KINDS)}; an empty one for all"
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        raise BadInput("events", values, accepted)
    for one in values:
        if one not in WEBHOOK_KINDS:
            raise BadInput("events", one, accepted)
    return tuple(kind for kind in WEBHOOK_KINDS if kind in values)


def check_flag(field: str, value: object) -> bool:
    """Check that ``value`` is True or False, and return it. Raises ``BadInput`` for ``field``."""
    if not isinstance(value, bool):
        raise BadInput(field, value, "true or false")
    return value


def check_state(value: object) -> DeliveryState | None:
    """Check that ``value`` names a state of a delivery; None stays None. Raises ``BadInput``."""
    found = next((state for state in DELIVERY_STATES if state == value), None)
    if value is not None and found is None:
        raise BadInput("state", value, ", ".join(DELIVERY_STATES))
    return found


def build_webhook_summary(webhook: Webhook) -> WebhookSummary:
    """Convert a webhook of the journal to what is shown of it, without its secret."""
    reason = webhook.disabled_reason
    return WebhookSummary(
        id=webhook.id, account=webhook.account, url=webhook.url, events=webhook.kinds,
        has_prompt=webhook.has_prompt, is_enabled=webhook.disabled_at is None, created_at=webhook.created_at,
        failing_since=webhook.failing_since, disabled_at=webhook.disabled_at, disabled_reason=reason,
        message=format_reason(reason) if reason else "",
    )  # fmt: skip


def build_delivery_summary(delivery: Delivery) -> DeliverySummary:
    """Convert a message to a webhook, from the journal, to what is shown of it."""
    payload: dict[str, Any] = json.loads(delivery.body)
    return DeliverySummary(
        id=delivery.id, webhook=delivery.webhook, kind=delivery.kind, state=delivery.state, attempts=delivery.attempts,
        created_at=delivery.created_at, next_at=delivery.next_at, last_at=delivery.last_at,
        last_status=delivery.last_status, reason=delivery.reason,
        message=format_reason(delivery.reason) if delivery.reason else "", payload=payload,
    )  # fmt: skip
