"""Webhooks of providers: each wakes the poller of the work that it tells of; nothing that it says is believed."""

from __future__ import annotations

import hashlib

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from reelwright.errors import AccessDenied, BadInput, NotFound
from reelwright.known_providers import WEBHOOK_PATH, WEBHOOK_PROVIDERS
from reelwright.reel.base.crashpoints import reach
from reelwright.server.policy import MAX_MESSAGE_BYTES
from reelwright.server.routes.native import get_deployment
from reelwright.studio.results.options import Name

router = APIRouter(tags=["webhooks of providers"])


@router.post(f"{WEBHOOK_PATH}{{provider}}", summary="Receive a provider's webhook", status_code=204)
async def receive_webhook(request: Request, provider: Name) -> Response:
    """Verify a signed webhook of Replicate, OpenRouter or Google, and have the operation that it names polled at once.

    Needs no API key. 401 unless it is signed with the secret that is stored here (``reelwright keys add``) and at most
    five minutes old; 404 for any other provider, and without a secret.
    """
    deployment = get_deployment(request)
    seller = deployment.runtime.providers.get(provider) if provider in WEBHOOK_PROVIDERS else None
    secrets = deployment.keys.list_webhook_secrets(provider) if seller else ()
    if seller is None or not secrets:
        raise NotFound(code="method_not_offered", path=request.url.path)
    body = await _read_bytes(request)
    headers = dict(request.headers.items())
    operation = seller.read_webhook(headers, body, secrets)
    if operation is None:
        raise AccessDenied(code="webhook_not_verified", provider=provider)
    # The digest of what was signed: not every provider signs an id.
    digest = hashlib.sha256(body).hexdigest()
    reach("C17")
    await deployment.runtime.journal.record_provider_message(provider, operation, digest)
    reach("C18")
    return Response(status_code=204)  # also for work of others: a provider would disable an address that refuses it


async def _read_bytes(request: Request) -> bytes:
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_MESSAGE_BYTES:
                raise BadInput("body", f"more than {MAX_MESSAGE_BYTES} bytes", f"at most {MAX_MESSAGE_BYTES} bytes")
    except ClientDisconnect:
        raise BadInput("body", "cut off", "a whole body") from None
    return bytes(body)
