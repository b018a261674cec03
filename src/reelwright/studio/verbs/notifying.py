"""Webhooks: addresses that are told of what happens in an account, and what was sent to them."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.studio.accounts import webhooks
from reelwright.studio.policy import DELIVERIES_PER_PAGE, MAX_WEBHOOK_ID_CHARS
from reelwright.studio.quotes import validation
from reelwright.studio.verbs.base import StudioBase


class Notifying(StudioBase):
    """The verbs for webhooks, addresses that are told of an account's events, and for the messages sent to them.

    ``any_account``: look for the webhook or the delivery in every account.
    """

    async def create_webhook(
        self, url: str, *, events: Sequence[str] = (), include_prompt: bool = False, account: str | None = None,
        may_use_private: bool = True,
    ) -> webhooks.CreatedWebhook:  # fmt: skip
        """Register an address to be told of an account's events from now on; its secret is only in the result.

        ``events``: their kinds; empty: all. ``include_prompt``: ``job.created`` says what was asked for. ``account``:
        whose events; None: this studio's. A running ``serve`` or ``worker`` sends them. ``may_use_private``: it sends
        to this machine and to private networks; True where nobody can say.
        """
        await self._open_home()
        assert self._runtime
        home = self._runtime.get_home(account or self.account)
        has_prompt = webhooks.check_flag("include_prompt", include_prompt)
        checked_url = webhooks.check_url(url, may_use_private=may_use_private)
        kinds = webhooks.check_events(events)
        seed, secret = webhooks.make_secret(home)
        made = await home.journal.create_webhook(home.account, checked_url, seed, kinds, has_prompt=has_prompt)
        return webhooks.CreatedWebhook(webhook=webhooks.build_webhook_summary(made), secret=secret)

    async def list_webhooks(self, *, every_account: bool = False) -> tuple[webhooks.WebhookSummary, ...]:
        """List the webhooks of this account, or of every account. Never has a secret."""
        if not self._has_home:
            return ()
        home = await self._open_home()
        found = await home.journal.list_webhooks(None if every_account else home.account)
        return tuple(map(webhooks.build_webhook_summary, found))

    async def read_webhook(self, webhook: str) -> webhooks.WebhookSummary:
        """Read a webhook of this account by its id, without its secret."""
        home = await self._open_home()
        return webhooks.build_webhook_summary(await home.journal.read_webhook(home.account, _check_id(webhook)))

    async def update_webhook(
        self, webhook: str, *, url: str | None = None, events: Sequence[str] | None = None,
        include_prompt: bool | None = None, is_enabled: bool | None = None, any_account: bool = False,
        may_use_private: bool = True,
    ) -> webhooks.WebhookSummary:  # fmt: skip
        """Change those settings of a webhook that are not None, and return the webhook.

        If it is enabled again, it is told only of later events. ``may_use_private``: as ``create_webhook`` has it.
        """
        home = await self._open_home()
        changed = await home.journal.update_webhook(
            None if any_account else home.account,
            _check_id(webhook),
            url=None if url is None else webhooks.check_url(url, may_use_private=may_use_private),
            kinds=None if events is None else webhooks.check_events(events),
            has_prompt=None if include_prompt is None else webhooks.check_flag("include_prompt", include_prompt),
            is_enabled=None if is_enabled is None else webhooks.check_flag("is_enabled", is_enabled),
        )
        return webhooks.build_webhook_summary(changed)

    async def rotate_webhook_secret(self, webhook: str, *, any_account: bool = False) -> webhooks.CreatedWebhook:
        """Give a webhook a new secret; for 24 hours its messages are signed with the old one, too."""
        home = await self._open_home()
        account, named = None if any_account else home.account, _check_id(webhook)
        await home.journal.read_webhook(account, named)
        seed, secret = webhooks.make_secret(home)
        made = await home.journal.rotate_webhook_secret(account, named, seed)
        return webhooks.CreatedWebhook(webhook=webhooks.build_webhook_summary(made), secret=secret)

    async def remove_webhook(self, webhook: str, *, any_account: bool = False) -> webhooks.WebhookSummary:
        """Remove a webhook with its secrets and the log of its deliveries."""
        home = await self._open_home()
        gone = await home.journal.remove_webhook(None if any_account else home.account, _check_id(webhook))
        return webhooks.build_webhook_summary(gone)

    async def test_webhook(self, webhook: str, *, any_account: bool = False) -> webhooks.DeliverySummary:
        """Record a test message for a webhook, which a running server or worker then sends.

        Its kind is ``webhook.test``, whatever events the webhook asks for.
        """
        from reelwright.studio.accounts.webhook_delivery import build_test_body

        home = await self._open_home()
        account = None if any_account else home.account
        made = await home.journal.send_test_message(account, _check_id(webhook), build_test_body())
        return webhooks.build_delivery_summary(made)

    async def list_deliveries(
        self,
        webhook: str | None = None,
        *,
        state: str | None = None,
        limit: int = DELIVERIES_PER_PAGE,
        after: str | None = None,
    ) -> tuple[webhooks.DeliverySummary, ...]:
        """List up to ``limit`` messages, sent or still to be sent, to one webhook or all of this account, newest first.

        ``state``: ``pending``, ``delivered`` or ``failed``. ``after``: the id of the last one of the page before.
        """
        home = await self._open_home()
        found = await home.journal.list_deliveries(
            home.account, None if webhook is None else _check_id(webhook), limit,
            None if after is None else _check_id(after), webhooks.check_state(state),
        )  # fmt: skip
        return tuple(map(webhooks.build_delivery_summary, found))

    async def read_delivery(self, delivery: str) -> webhooks.DeliverySummary:
        """Read a message to a webhook of this account, and how its delivery went, by its id."""
        home = await self._open_home()
        found = await home.journal.read_delivery(home.account, _check_id(delivery, "delivery"))
        return webhooks.build_delivery_summary(found)

    async def repeat_delivery(self, delivery: str, *, any_account: bool = False) -> webhooks.DeliverySummary:
        """Record that a message to a webhook is to be sent again now, with the same id and the same body."""
        home = await self._open_home()
        account = None if any_account else home.account
        found = await home.journal.repeat_delivery(account, _check_id(delivery, "delivery"))
        return webhooks.build_delivery_summary(found)


def _check_id(value: str, field: str = "webhook") -> str:
    return validation.check_text(field, value, MAX_WEBHOOK_ID_CHARS)
