"""The wire that a generator buys from: Gemini's long-running operations at ``base_url``, as a LiteLLM proxy has it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reelwright.client.hearing import Heard, heard_now
from reelwright.client.options import ClientOptions
from reelwright.net.answer import Answer, Incoming
from reelwright.net.exchange import Patience
from reelwright.net.http import Http
from reelwright.net.keys import Key, Keys
from reelwright.net.redact import plainly

if TYPE_CHECKING:
    from reelwright.net.questions import Client
    from reelwright.providers.protocol import Provider
    from reelwright.settings import Settings

_CONNECT_S = 10.0
_SHORT = 20_000
"""Bytes of an answer that an error tells; a longer one holds a film."""


class HeardHttp(Http):
    """Notes what was answered to what costs money: an ``APIError`` tells its status and its body.

    And how long the output is that comes: a bar tells how far it is.
    """

    async def send_once(self, *args: Any, **more: Any) -> Answer:
        """As ``Http``: exactly one request."""
        answer = await super().send_once(*args, **more)
        heard = heard_now()
        heard.status, heard.answer = answer.status, _plain(answer.body)
        return answer

    @asynccontextmanager
    async def asking(self, method: str, path_or_url: str, **more: Any) -> AsyncIterator[Incoming]:
        """As ``Http``: a question about an operation. The newest answer is noted, unless it holds a whole film."""
        async with super().asking(method, path_or_url, **more) as answer:
            yield replace(answer, parts=_noted(answer, heard_now()))

    def coming(self, headers: Mapping[str, str]) -> None:
        """As ``Http``; a length that is not told stays unknown."""
        told = headers.get("content-length", "")
        heard_now().size = int(told) if told.isdigit() else None


async def open_wire(
    options: ClientOptions, given: Provider | None, settings: Settings, opening: AsyncExitStack
) -> tuple[Any, Provider]:
    """The connection and the provider over it; ``given`` where the caller brought one. Raises ``BadInput``."""
    if given is not None:
        return given, given
    from reelwright.providers.gemini_longrunning import GeminiLongrunning

    if options.api_key:
        key: Key | None = Key("litellm", options.api_key, "the argument api_key")
    else:
        key = Keys(settings).of("litellm")
    # LiteLLM's pass-through of this wire reads x-goog-api-key and nothing else; other services take a bearer.
    auth = {"Authorization": f"Bearer {key.secret}", "x-goog-api-key": key.secret} if key else None
    patience = Patience(connect_s=min(_CONNECT_S, options.timeout), read_s=options.timeout)
    http = await opening.enter_async_context(HeardHttp("the service", options.base_url, auth=auth, patience=patience))
    wire = GeminiLongrunning(http, key)
    wire.read_s = options.timeout
    return http, wire


def client_of(http: object) -> Client:
    """What asks the service beside the generator's own calls. A wire that the caller brought has none to ask."""
    from reelwright.net.questions import client_over

    return client_over(http if isinstance(http, Http) else None)


async def _noted(answer: Incoming, heard: Heard) -> AsyncIterator[bytes]:
    body = b""
    async for part in answer.parts:
        body += part[: _SHORT + 1 - len(body)]
        yield part
    if len(body) <= _SHORT:
        heard.status, heard.answer = answer.status, _plain(body)


def _plain(body: bytes) -> Any:
    """The body as JSON where it is JSON, else its words; without secrets."""
    said = plainly(body[:_SHORT].decode("utf-8", "replace"), 10_000)
    try:
        return json.loads(said)
    except ValueError:
        return said
