"""Signs and verifies webhooks on their raw bytes, as Standard Webhooks defines it, and as OpenRouter does."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from reelwright.net.policy import WEBHOOK_CLOCK_TOLERANCE_S

_OPENROUTER: Final = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def sign_webhook(message_id: str, body: str, secrets: Sequence[str]) -> dict[str, str]:
    """Return the headers that sign ``body`` now with each secret, as the message with the id ``message_id``."""
    now = datetime.fromtimestamp(int(time.time()), UTC)
    signatures = " ".join(Webhook(secret).sign(message_id, now, body) for secret in secrets)
    return {
        "webhook-id": message_id, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signatures
    }  # fmt: skip


def verify_openrouter_webhook(headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> bool:
    """Whether one of ``secrets`` signed these headers and this body of OpenRouter within 300 s of now.

    Source: OpenRouter's guide of video webhooks, read 2026-11-22: HMAC-SHA256 in hex of time, comma and body.
    """
    by_name = {name.lower(): value for name, value in headers.items()}
    found = _OPENROUTER.fullmatch(by_name.get("x-openrouter-signature", ""))
    if found is None or abs(time.time() - int(found[1])) > WEBHOOK_CLOCK_TOLERANCE_S:
        return False
    signed = found[1].encode() + b"," + body
    is_signed = False
    for secret in secrets:
        wanted = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        is_signed |= bool(secret) and hmac.compare_digest(wanted, found[2])
    return is_signed


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
