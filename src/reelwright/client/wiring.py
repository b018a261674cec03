"""The wire that a generator buys from: Gemini's long-running operations at ``base_url``, as a LiteLLM proxy has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from reelwright.client.hearing import heard_now
from reelwright.client.options import ClientOptions
from reelwright.net.answer import Answer
from reelwright.net.exchange import Patience
from reelwright.net.http import Http
from reelwright.net.keys import Key, Keys
from reelwright.net.redact import plainly

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider
    from reelwright.settings import Settings

_CONNECT_S = 10.0


class HeardHttp(Http):
    """Notes what was answered to what costs money: an ``APIError`` tells its status and its body.

    And how long the output is that comes: a bar tells how far it is.
    """

    async def send_once(self, *args: Any, **more: Any) -> Answer:
        """As ``Http``: exactly one request."""
        answer = await super().send_once(*args, **more)
        heard = heard_now()
        heard.status, heard.answer = answer.status, _plain(answer)
        return answer

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


def _plain(answer: Answer) -> Any:
    """The body as JSON where it is JSON, else its words; without secrets."""
    said = plainly(answer.body[:20_000].decode("utf-8", "replace"), 10_000)
    try:
        return json.loads(said)
    except ValueError:
        return said
