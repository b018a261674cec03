"""Opens the wire that a generator buys from: Gemini's long-running operations, as a LiteLLM proxy offers them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reelwright.client.options import ClientOptions
from reelwright.client.policy import MAX_RECORDED_BYTES
from reelwright.client.recording import WireRecord, get_record
from reelwright.net.exchange import Timeouts
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse, StreamedResponse
from reelwright.net.httpx_client import create_client
from reelwright.net.keys import Key, Keys
from reelwright.net.redact import redact_line
from reelwright.providers.gemini_longrunning import GeminiLongrunning

if TYPE_CHECKING:
    from reelwright.net.httpx_client import Client
    from reelwright.providers.protocol import Provider
    from reelwright.settings import Settings


class RecordingHttpClient(HttpClient):
    """HTTP client that records each response in the current ``WireRecord``, for errors and progress bars.

    It records the status and body of the answer to a purchase, for ``APIError``, and the length of each download.
    """

    async def send_once(self, *args: Any, **more: Any) -> HttpResponse:
        """Send exactly one request, as ``HttpClient`` does, and record the response; may spend."""
        answer = await super().send_once(*args, **more)
        record = get_record()
        record.status, record.answer = answer.status, _parse_body(answer.body)
        return answer

    @asynccontextmanager
    async def stream_response(self, method: str, path_or_url: str, **more: Any) -> AsyncIterator[StreamedResponse]:
        """Send a request that costs nothing, as ``HttpClient`` does, and record the response unless it contains a
        film.
        """
        async with super().stream_response(method, path_or_url, **more) as answer:
            yield replace(answer, parts=_record_body(answer, get_record()))

    def observe_headers(self, headers: Mapping[str, str]) -> None:
        """Record the length in bytes of a download, from its ``Content-Length``; None without one."""
        length = headers.get("content-length", "")
        get_record().total_bytes = int(length) if length.isdigit() else None


async def open_wire(
    options: ClientOptions, provider: Provider | None, settings: Settings, opening: AsyncExitStack
) -> tuple[Any, Provider]:
    """Open an HTTP client for ``base_url`` and return it with the provider that buys through it. Raises ``BadInput``.

    A ``provider`` that the caller brought stands for both.
    """
    if provider is not None:
        return provider, provider

    if options.api_key:
        key: Key | None = Key("litellm", options.api_key.get_secret_value(), "the argument api_key")
    else:
        key = Keys(settings).find("litellm")
    # LiteLLM's pass-through of this wire reads only x-goog-api-key; other services read the bearer token.
    auth = {"Authorization": f"Bearer {key.secret}", "x-goog-api-key": key.secret} if key else None
    patience = Timeouts(connect_s=min(Timeouts().connect_s, options.timeout), read_s=options.timeout)
    http = await opening.enter_async_context(
        RecordingHttpClient("the service", options.base_url, auth=auth, timeouts=patience)
    )
    wire = GeminiLongrunning(http, key)
    wire.read_s = options.timeout
    return http, wire


def build_client(http: object) -> Client:
    """Build the HTTP client for requests that cost nothing. Its requests fail if the caller brought a wire of its
    own.
    """
    return create_client(http if isinstance(http, HttpClient) else None)


async def _record_body(answer: StreamedResponse, record: WireRecord) -> AsyncIterator[bytes]:
    body = b""
    async for part in answer.parts:
        body += part[: MAX_RECORDED_BYTES + 1 - len(body)]
        yield part
    if len(body) <= MAX_RECORDED_BYTES:
        record.status, record.answer = answer.status, _parse_body(body)


def _parse_body(body: bytes) -> Any:
    """Parse the body as JSON, else return it as text; without secrets."""
    text = redact_line(body[:MAX_RECORDED_BYTES].decode("utf-8", "replace"), 10_000)
    try:
        return json.loads(text)
    except ValueError:
        return text
