"""Transport under a language library that lets exactly one exchange through our own HTTP client."""

from __future__ import annotations

import httpx2

from reelwright.errors import ProviderError, Refused
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse
from reelwright.net.redact import redact_line
from reelwright.providers.wires.answers import build_refusal, make_submit_error, parse_retry_after

_OURS = frozenset(
    {
        "host", "content-length", "connection", "accept-encoding", "user-agent", "transfer-encoding",
        "authorization", "x-api-key", "x-goog-api-key",
    }
)  # fmt: skip
"""Headers that our own HTTP client writes, above all the key's. The library's are dropped."""
_SPENT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "quota_exceeded"})
"""Codes of a 429 that no wait can help: the funds are spent."""


class OnePost(httpx2.AsyncBaseTransport):
    """HTTP transport for a language library that sends the first request through ``http`` and refuses any other, so
    that a hidden retry cannot buy twice.

    ``error``: the error that the exchange ended with, whatever the library makes of it; None if it was answered.
    ``has_sent``: the request was handed to ``http``. ``provider``: the name in errors.
    """

    def __init__(self, http: HttpClient, provider: str, *, read_s: float, waits_on_503: bool = False) -> None:
        self._http, self._provider, self._read_s, self._waits = http, provider, read_s, waits_on_503
        self.has_sent = False
        self.error: ProviderError | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the first request and return its response; raise the error that any status but 200, or a second request,
        means. May spend.
        """
        if self.has_sent:
            raise self.error or Refused(code="second_request", provider=self._provider)
        self.has_sent = True
        try:
            return await self._exchange(request)
        except ProviderError as error:
            self.error = error
            raise

    async def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OURS}
        answer = await self._http.send_once(
            request.method, str(request.url), content=body, headers=headers, read_s=self._read_s
        )
        if answer.status != 200:
            message = _parse_error(answer)
            if answer.status == 429 and message.partition(":")[0] in _SPENT:
                fault = f"{redact_line(message)} (429)"
                raise build_refusal(self._provider, 429, fault, code="funds_missing")
            wait = parse_retry_after(answer.headers, message)
            raise make_submit_error(self._provider, answer.status, message, after_s=wait, waits_on_503=self._waits)
        kept = {name: value for name, value in answer.headers.items() if name in ("content-type", "request-id")}
        return httpx2.Response(answer.status, headers=kept, content=answer.body, request=request)


def _parse_error(answer: HttpResponse) -> str:
    """Return the message of an error: ``{"error": {"message"}}``, a list of that, or text."""
    try:
        body = answer.parse_json()
    except ValueError:
        return str(answer.describe_body())
    body = body[0] if isinstance(body, list) and body else body
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        kind = error.get("code") or error.get("type") or error.get("status") or ""
        return f"{kind}: {error.get('message', '')}"
    return str(answer.describe_body())
