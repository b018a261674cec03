"""An httpx2 client for free requests to a provider. Requests that may cost money go through the gate instead."""

from __future__ import annotations

from typing import Final

import httpx2

from reelwright.errors import ReelwrightError
from reelwright.net.http import HttpClient

Client = httpx2.AsyncClient
_QUESTIONS: Final = frozenset({"GET", "HEAD"})


class _ReadOnlyTransport(httpx2.AsyncBaseTransport):
    def __init__(self, http: HttpClient | None) -> None:
        self._http = http

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method not in _QUESTIONS:
            message = f"{request.method} may cost money: it is sent by the generator's own calls alone"
            raise httpx2.UnsupportedProtocol(message, request=request)
        if self._http is None:
            raise httpx2.ConnectError(
                "this generator was given a wire of its own: there is no address", request=request
            )
        try:
            answer = await self._http.get(str(request.url))
        except ReelwrightError as error:
            raise httpx2.ConnectError(str(error), request=request) from error
        return httpx2.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)


def create_client(http: HttpClient | None) -> Client:
    """Create a client that sends GET and HEAD through ``http``, with its connections, address checks and key.

    Every other method raises ``httpx2.UnsupportedProtocol``: it may cost money.
    """
    return Client(base_url=http.base if http else "", transport=_ReadOnlyTransport(http), trust_env=False)
