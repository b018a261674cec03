"""A provider's door as a client of httpx2: for questions that cost nothing; what may cost goes through the gate."""

from __future__ import annotations

from typing import Final

import httpx2

from reelwright.errors import ReelwrightError
from reelwright.net.http import Http

Client = httpx2.AsyncClient
_QUESTIONS: Final = frozenset({"GET", "HEAD"})


class _Door(httpx2.AsyncBaseTransport):
    def __init__(self, http: Http | None) -> None:
        self._http = http

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method not in _QUESTIONS:
            said = f"{request.method} may cost money: it is sent by the generator's own calls alone"
            raise httpx2.UnsupportedProtocol(said, request=request)
        if self._http is None:
            raise httpx2.ConnectError(
                "this generator was given a wire of its own: there is no address", request=request
            )
        try:
            answer = await self._http.get(str(request.url))
        except ReelwrightError as error:
            raise httpx2.ConnectError(str(error), request=request) from error
        return httpx2.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)


def client_over(http: Http | None) -> Client:
    """A client whose every question goes through ``http``: its connections, its checks of addresses, its key."""
    return Client(base_url=http.base if http else "", transport=_Door(http), trust_env=False)
