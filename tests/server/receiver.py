"""A receiver of webhooks on loopback: it keeps every request and verifies it with the official package."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from net.raw import Visit, serving


@dataclass
class Receiver:
    """What arrived, and how it is answered. ``choose``: returns status and headers for the number of the request."""

    url: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    choose: Callable[[int], tuple[str, tuple[str, ...]]] = lambda n: ("204 No Content", ())

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.requests]

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.requests]

    def verify(self, secret: str, at: int = -1) -> dict[str, Any]:
        """The payload of a request; the official package raises if ``secret`` did not sign it."""
        headers, body = self.requests[at]
        found: dict[str, Any] = Webhook(secret).verify(body, headers)
        return found

    def is_signed(self, secret: str, at: int = -1) -> bool:
        try:
            self.verify(secret, at)
        except WebhookVerificationError:
            return False
        return True


@asynccontextmanager
async def open_receiver(choose: Callable[[int], tuple[str, tuple[str, ...]]] | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    if choose:
        receiver.choose = choose

    async def act(visit: Visit) -> None:
        body = await visit.request()
        head = bytes(visit.got).partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        if len(body) < int(headers.get("content-length", "1")):
            return  # whoever sent it was killed on the way
        receiver.requests.append((headers, body))
        status, more = receiver.choose(len(receiver.requests))
        await visit.answer(b"", status, *more)

    async with serving(act) as server:
        receiver.url = f"{server.url}/hook?from=reelwright"
        yield receiver
