"""Standard Webhooks: whether a delivery is signed by one of our secrets, and made within five minutes of now."""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

LARGEST: int = 4 * 1024**2


def verified(headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> Any:
    """The delivery's JSON, None where no secret signed it. Any secret of several may have: they are rotated."""
    told = {name.lower(): value for name, value in headers.items()}
    for secret in secrets:
        if len(body) > LARGEST:
            return None
        try:
            return Webhook(secret).verify(body, told)
        except (WebhookVerificationError, EmptyWebhookSecretError, binascii.Error, ValueError, OverflowError, OSError):
            continue
    return None
