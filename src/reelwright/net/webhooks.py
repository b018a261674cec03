"""Signs and verifies webhooks on their raw bytes, as Standard Webhooks defines it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from reelwright.errors import BadInput


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


def sign_webhook(secret: str, identity: str, body: bytes, at: datetime | None = None) -> dict[str, str]:
    """Return the headers for sending ``body``. ``secret``: ``whsec_`` and base64. Raises ``BadInput`` for another."""
    now = at or datetime.now(UTC)
    try:
        signature = Webhook(secret).sign(identity, now, body.decode())
    except (EmptyWebhookSecretError, ValueError) as cause:
        raise BadInput("the secret of a webhook", "…", "whsec_ and base64, and a body in UTF-8") from cause
    return {"webhook-id": identity, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
