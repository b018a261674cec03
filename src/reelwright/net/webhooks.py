"""Webhooks that came in and that go out: signed and verified as Standard Webhooks has it, on the raw bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from reelwright.errors import BadInput


def verified(headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
    """The id of a webhook that one of ``secrets`` has signed within 300 s of now; else None, whatever is wrong.

    What it says is a hint only: whoever hears it asks the provider. Source: Standard Webhooks 1.0, read 2026-11-20.
    """
    told = {name.lower(): value for name, value in headers.items()}
    for secret in secrets:
        try:
            Webhook(secret).verify(body, told, json_parse=False)
        except (WebhookVerificationError, EmptyWebhookSecretError, ValueError):
            continue
        return told["webhook-id"]
    return None


def signed(secret: str, identity: str, body: bytes, at: datetime | None = None) -> dict[str, str]:
    """The headers under which ``body`` is sent. ``secret``: ``whsec_`` and base64. Raises ``BadInput`` for another."""
    now = at or datetime.now(UTC)
    try:
        signature = Webhook(secret).sign(identity, now, body.decode())
    except (EmptyWebhookSecretError, ValueError) as cause:
        raise BadInput("the secret of a webhook", "…", "whsec_ and base64, and a body in UTF-8") from cause
    return {"webhook-id": identity, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
