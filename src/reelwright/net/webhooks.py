"""Verifies webhooks on their raw bytes, as Standard Webhooks defines it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError


def verify_webhook(headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
    """Return the id of a webhook that one of ``secrets`` signed within 300 s of now; None if anything is wrong.

    Its content is only a hint: the receiver asks the provider. Source: Standard Webhooks 1.0, read 2026-11-20.
    """
    by_name = {name.lower(): value for name, value in headers.items()}
    for secret in secrets:
        try:
            Webhook(secret).verify(body, by_name, json_parse=False)
        except (WebhookVerificationError, EmptyWebhookSecretError, ValueError):
            continue
        return by_name["webhook-id"]
    return None
