"""The socket under a language library: one exchange through our own door, and never a second one."""

from __future__ import annotations

from typing import Any

import httpx2

from reelwright.errors import ProviderError, Refused
from reelwright.net.http import Http
from reelwright.net.redact import plainly
from reelwright.providers.wires.answers import failure, wait_of

_OURS = frozenset(
    {
        "host", "content-length", "connection", "accept-encoding", "user-agent", "transfer-encoding",
        "authorization", "x-api-key", "x-goog-api-key",
    }
)  # fmt: skip
"""Headers that our own door writes, the key's first of all; a library's own are left out."""
_SPENT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "quota_exceeded"})
"""Words of a 429 that no wait helps against."""


class OnePost(httpx2.AsyncBaseTransport):
    """Hands the first request to ``http`` and refuses every other: a library's hidden retry cannot buy twice.

    ``went``: the error that the exchange ended with, whatever the library makes of it; None where it was answered.
    ``sent``: the request was given to ``http``. ``provider``: whose name errors bear.
    """

    def __init__(self, http: Http, provider: str, *, read_s: float, waits_on_503: bool = False) -> None:
        self._http, self._provider, self._read_s, self._waits = http, provider, read_s, waits_on_503
        self.sent = False
        self.went: ProviderError | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Every answer but 200 is raised as the error that it stands for."""
        if self.sent:
            raise self.went or Refused(f"a second request to {self._provider} was not sent")
        self.sent = True
        try:
            return await self._exchanged(request)
        except ProviderError as error:
            self.went = error
            raise

    async def _exchanged(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OURS}
        answer = await self._http.send_once(
            request.method, str(request.url), content=body, headers=headers, read_s=self._read_s
        )
        if answer.status != 200:
            said = _words(answer)
            if answer.status == 429 and said.partition(":")[0] in _SPENT:
                raise Refused(f"{self._provider} refused (429): {plainly(said)}", hint="there are no funds left there")
            wait = wait_of(answer.headers, said)
            raise failure(self._provider, answer.status, said, after_s=wait, waits_on_503=self._waits)
        kept = {name: value for name, value in answer.headers.items() if name in ("content-type", "request-id")}
        return httpx2.Response(answer.status, headers=kept, content=answer.body, request=request)


def _words(answer: Any) -> str:
    """The sentence of an error in any of the three shapes: ``{"error": {"message"}}``, a list of that, or text."""
    try:
        told = answer.json()
    except ValueError:
        return str(answer.said())
    told = told[0] if isinstance(told, list) and told else told
    error = told.get("error") if isinstance(told, dict) else None
    if isinstance(error, dict):
        kind = error.get("code") or error.get("type") or error.get("status") or ""
        return f"{kind}: {error.get('message', '')}"
    return str(answer.said())
