"""Webhooks signed as a provider signs them, for what receives them."""

from __future__ import annotations

from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook


def sign_webhook(secret: str, identity: str, body: bytes, at: datetime | None = None) -> dict[str, str]:
    """Return the headers that send ``body``. ``secret``: ``whsec_`` and base64."""
    now = at or datetime.now(UTC)
    signature = Webhook(secret).sign(identity, now, body.decode())
    return {"webhook-id": identity, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
