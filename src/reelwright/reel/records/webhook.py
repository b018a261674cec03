"""Webhooks: an address that is told of an account's events, and what is told to it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, get_args

from reelwright.reason import Reason
from reelwright.reel.base.value import define_value

DeliveryState = Literal["pending", "delivered", "failed"]
DELIVERY_STATES: Final[tuple[DeliveryState, ...]] = get_args(DeliveryState)

USAGE_KIND: Final = "job.created"
"""Reports that somebody ordered something: who, with which model, and on demand the prompt."""
TEST_KIND: Final = "webhook.test"
WEBHOOK_KINDS: Final = (
    USAGE_KIND, "job.queued", "job.running", "job.waiting", "job.approved", "job.done", "job.failed", "job.cancelled",
    "project.opened", "plan.revised", "purchase.unknown",
)  # fmt: skip
"""The kinds of events that a webhook may ask for. They have the names of the journal's events but for the first: it is
the first ``job.queued`` of a job.
"""


@define_value
class Webhook:
    """An address that is told of the events of its account, without its secrets.

    ``kinds``: the kinds of events that it asks for; empty: all. ``has_prompt``: ``job.created`` includes the prompt.
    ``disabled_reason``: why it is told nothing; None while it is. ``failing_since``: the first failure after which no
    delivery arrived.
    """

    id: str
    account: str
    url: str
    kinds: tuple[str, ...]
    has_prompt: bool
    created_at: datetime | None
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_reason: Reason | None

    def wants(self, kind: str) -> bool:
        """Whether it asks for events of this kind."""
        return not self.kinds or kind in self.kinds


@define_value
class Delivery:
    """A message to a webhook. ``id``: its ``webhook-id``, the same at every attempt. ``body``: the JSON that is sent.

    ``next_at``: when it is sent next; None once it arrived or was given up. ``reason``: why it has not arrived.
    """

    id: str
    account: str
    webhook: str
    kind: str
    body: str
    state: DeliveryState
    attempts: int
    created_at: datetime | None
    next_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    reason: Reason | None


@define_value
class ClaimedDelivery:
    """A delivery that one process sends now. ``claim``: its name for this attempt, which no other attempt has.

    ``seeds``: those of the secrets that sign it, the newest first.
    """

    id: str
    account: str
    webhook: str
    url: str
    kind: str
    body: str
    attempts: int
    claim: str
    seeds: tuple[str, ...]
