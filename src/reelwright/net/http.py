"""The only way out: one exchange at a time, no hidden retry, no redirect followed with a request that may cost."""

from __future__ import annotations

import functools
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, Final, NoReturn, Self
from urllib.parse import urljoin

import httpcore2

from reelwright.errors import BadInput, NotAccepted, OutcomeUnknown, Refused, Unreachable
from reelwright.net.address import Place, open_addresses, place
from reelwright.net.answer import Answer, Incoming, headers_of
from reelwright.net.asked import Asked, asked
from reelwright.net.closing import closing
from reelwright.net.exchange import (
    FAILED,
    Patience,
    Pool,
    Response,
    Ways,
    answered,
    check_head,
    headed,
    paced,
    pool_over,
)
from reelwright.net.held import HeldUp, Leaving
from reelwright.net.kept import Kept
from reelwright.net.redact import plainly, remember
from reelwright.net.tap import Note, noted
from reelwright.net.wire import Lines
from reelwright.settings import checked_base_url

Auth = Callable[[], Awaitable[Mapping[str, str]]] | Mapping[str, str]
"""Headers that prove who asks, or how they are obtained anew."""

REDIRECTS: Final = 3
ANSWER_CAP: Final = 64 * 1024**2
"""Largest answer to a send: it may be the result itself, such as speech in base64."""
READ_CAP: Final = 4 * 1024**2
_QUESTIONS: Final = 100
"""On their way at one time, to one provider."""
_KEPT: Final = 32
"""Of their connections, between two questions: of 5,000 operations, some twenty are polled at one moment."""
_MOVED: Final = frozenset({301, 302, 303, 307, 308})


class Http:
    """One provider's door. ``auth`` goes to the host of ``base`` and to ``hosts``, and nowhere else.

    ``hosts``: further names of the provider's own, reached over https on port 443 (``name:port`` otherwise).
    Every send has a connection of its own: one that was kept may be closed by the other side in the very moment in
    which it is used again, and then nobody could say what became of the request.
    """

    def __init__(
        self,
        provider: str,
        base: str,
        *,
        auth: Auth | None = None,
        hosts: Collection[str] = (),
        patience: Patience | None = None,
        ways: Ways | None = None,
    ) -> None:
        self.provider, self.base = provider, checked_base_url(f"the address of {provider}", base)
        self._home = place(self.base)
        self._origins = {self._home.origin, *(place(f"https://{host}").origin for host in hosts)}
        self._auth = auth
        self._patience, self._ways = patience or Patience(), ways or Ways()
        self._path = self._home.target.rstrip("/")
        self._pool: Kept | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of kept connections."""
        pool, self._pool = self._pool, None
        if pool:
            await pool.aclose()

    # what costs nothing
    async def get(
        self,
        path_or_url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        read_s: float | None = None,
        cap: int = READ_CAP,
    ) -> Answer:
        """Ask. Raises ``Unreachable`` without a whole answer below ``cap`` bytes; every status is an answer."""
        at = self._own(path_or_url)
        request = await self._request("GET", at, params=params, headers=headers)
        return await self._asked(self._kept(), request, read_s, cap)

    async def call(
        self,
        method: str,
        path_or_url: str,
        *,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        files: Any = None,
        content: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        read_s: float | None = None,
        cap: int = READ_CAP,
    ) -> Answer:
        """A cancel, an upload, a deletion: bounded, and never something that is billed. As ``get``."""
        at = self._own(path_or_url)
        request = await self._request(
            method, at, params=params, headers=headers, json=json, form=form, files=files, content=content
        )
        async with self._once(at) as pool:
            return await self._asked(pool, request, read_s, cap)

    @asynccontextmanager
    async def asking(
        self, method: str, path_or_url: str, *, json: Any = None, cap: int = READ_CAP
    ) -> AsyncIterator[Incoming]:
        """As ``call``, but the answer is read while it comes: some hold a whole film in base64. Never something billed.

        Raises ``Unreachable`` here for want of a head, and from ``parts`` for want of the rest or above ``cap`` bytes.
        """
        at = self._own(path_or_url)
        request = await self._request(method, at, json=json)
        async with AsyncExitStack() as stack:
            note = stack.enter_context(_noted(request))
            try:
                opening = headed(self._kept(), request, self._patience, self._patience.read_s)
                response, _ = await stack.enter_async_context(opening)
            except FAILED as cause:
                raise Unreachable(f"{self.provider} gave no answer ({_why(cause)})") from cause
            note.head(response.status)
            parts = self._incoming(response, cap)
            yield Incoming(status=response.status, headers=headers_of(response), parts=parts)

    async def _incoming(self, response: Response, cap: int) -> AsyncIterator[bytes]:
        try:
            async with closing(paced(response, self._patience, cap)) as parts:
                async for part in parts:
                    yield part
        except (*FAILED, BadInput) as cause:
            raise Unreachable(f"{self.provider}'s answer did not come whole ({_why(cause)})") from cause

    async def ready(self) -> None:
        """Have at hand what proves who asks, so that a send does not wait for it. Raises what obtaining it raises."""
        await self._proof()

    async def _asked(self, pool: Pool, request: Asked, read_s: float | None, cap: int) -> Answer:
        try:
            with _noted(request) as note:
                return note.whole(await answered(pool, request, self._patience, read_s or self._patience.read_s, cap))
        except FAILED as cause:
            raise Unreachable(f"{self.provider} gave no whole answer ({_why(cause)})") from cause

    # what may cost money
    async def send_once(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        files: Any = None,
        content: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        read_s: float | None = None,
        cap: int = ANSWER_CAP,
    ) -> Answer:
        """Exactly one request, on a connection of its own. May spend. Every status is an answer.

        ``read_s``: from the request's last byte to the answer's last. Raises ``NotAccepted`` when no byte of the
        request left this machine, ``Refused`` when it cannot be put into words at all, and ``OutcomeUnknown`` for
        anything else without a whole answer.
        """
        leaving = Leaving(self._patience.send_within_s, self._patience.through_s)
        body = {"json": json, "form": form, "files": files, "content": content}
        at, request = await self._to_send(method, path, params=params, headers=headers, **body)
        try:
            with _noted(request) as note:
                async with self._once(at, leaving=leaving) as pool:
                    wait_s = read_s or self._patience.read_s
                    return note.whole(await answered(pool, request, self._patience, wait_s, cap, costs=True))
        except HeldUp as cause:
            raise NotAccepted(f"nothing was sent to {self.provider}: it was held up for too long here") from cause
        except FAILED as cause:
            self._unanswered(leaving, cause)

    async def _to_send(self, method: str, path: str, **told: Any) -> tuple[Place, Asked]:
        """Nothing has left yet, so whatever goes wrong here means that nothing was accepted."""
        try:
            at = self._own(path)
            request = await self._request(method, at, **told)
        except Unreachable as cause:
            raise NotAccepted(f"nothing was sent to {self.provider}: {cause}") from cause
        except BadInput as cause:
            raise Refused(f"nothing was sent to {self.provider}: {cause}", hint=cause.hint) from cause
        return at, request.alone()

    def _unanswered(self, leaving: Leaving, cause: Exception) -> NoReturn:
        if leaving.left:
            raise OutcomeUnknown(f"sent to {self.provider}, and no whole answer came ({_why(cause)})") from cause
        if isinstance(cause, httpcore2.LocalProtocolError):
            raise Refused(f"what was asked cannot be sent to {self.provider} ({_why(cause)})") from cause
        raise NotAccepted(f"{self.provider} cannot be reached, nothing was sent ({_why(cause)})") from cause

    # what was made
    async def stream(self, url: str, *, cap: int) -> AsyncIterator[bytes]:
        """The bytes at ``url``, whole or an error. At most 3 redirects; each address is looked at before it is asked.

        Raises ``NotFound`` on 404 and 410, ``BadInput`` above ``cap`` bytes, ``Unreachable`` for anything else,
        an address that is not open to the world and an end that comes too early among it.
        """
        for _ in range(REDIRECTS + 1):
            at, addresses = await self._reachable(url)
            request = await self._request("GET", at)
            try:
                with _noted(request) as note:
                    async with (
                        self._once(at, pinned=addresses) as pool,
                        headed(pool, request, self._patience, self._patience.read_s) as (response, _),
                    ):
                        note.head(response.status)
                        told = headers_of(response)
                        if response.status not in _MOVED:
                            check_head(self.provider, response.status, told, cap)
                            self.coming(told)
                            async with closing(paced(response, self._patience, cap)) as parts:
                                async for part in parts:
                                    yield part
                            return
            except FAILED as cause:
                raise Unreachable(f"{self.provider}'s output did not come whole ({_why(cause)})") from cause
            url = urljoin(at.url, told.get("location", ""))
        raise Unreachable(f"{self.provider}'s output was moved more than {REDIRECTS} times")

    def coming(self, headers: Mapping[str, str]) -> None:
        """An output comes, under these headers: for who wants to know how long it is."""

    async def _reachable(self, url: str) -> tuple[Place, tuple[str, ...]]:
        """Where to fetch ``url``, and the addresses to connect to: those of hosts that are not the provider's own."""
        try:
            at = place(url)
            if at.origin in self._origins:
                return at, ()
            return at, await open_addresses(at, self._ways.resolve, loopback=self._home.is_loopback)
        except BadInput as cause:
            raise Unreachable(f"{self.provider}'s output is not fetched from there ({plainly(str(cause))})") from cause
        except (OSError, UnicodeError) as cause:
            raise Unreachable(f"the host of {self.provider}'s output has no address ({_why(cause)})") from cause

    # the parts of an exchange
    def _own(self, path_or_url: str) -> Place:
        """A place of the provider's own. Raises ``Refused`` for a URL that leads elsewhere: no key is taken there."""
        absolute = path_or_url.startswith(("http://", "https://"))
        if known := self._plainly_own(path_or_url, absolute):
            return known
        try:
            at = place(path_or_url if absolute else f"{self.base}/{path_or_url.removeprefix('/')}")
        except BadInput as cause:
            raise Refused(f"{self.provider} names a URL that is none ({plainly(str(cause))})") from cause
        if at.origin not in self._origins:
            raise Refused(f"{self.provider} names a place that is not its own: {at.scheme}://{at.host}:{at.port}")
        return at

    def _plainly_own(self, path_or_url: str, absolute: bool) -> Place | None:
        """A plain path on the very host that ``base`` names needs no second look: what is asked all the time is one."""
        front = self._home.front
        if not absolute:
            return self._home.at(f"{self._path}/{path_or_url.removeprefix('/')}")
        return self._home.at(path_or_url[len(front) :]) if path_or_url.startswith(f"{front}/") else None

    async def _request(self, method: str, at: Place, *, headers: Mapping[str, str] | None = None, **told: Any) -> Asked:
        """The request in full, its body in memory."""
        said = {"user-agent": _agent(), "accept": "*/*", "accept-encoding": "identity"}
        said |= {name.lower(): value for name, value in (headers or {}).items()}
        if at.origin in self._origins:
            said |= {name.lower(): value for name, value in (await self._proof()).items()}
        try:
            return asked(method, at, said, **told)
        except (TypeError, ValueError) as cause:
            raise Refused(f"what was asked cannot be put into a request to {self.provider}: {cause}") from cause

    async def _proof(self) -> Mapping[str, str]:
        headers = await self._auth() if callable(self._auth) else self._auth or {}
        for value in headers.values():
            remember(value.rpartition(" ")[2])
        return headers

    def _kept(self) -> Kept:
        """Connections for questions, kept for a moment and used again."""
        if self._pool is None:
            lines = Lines(self._ways.resolve, self._ways.dial)
            self._pool = Kept(lines, self._trust(self._home), most=_QUESTIONS, kept=_KEPT)
        return self._pool

    def _once(
        self, at: Place, pinned: Sequence[str] = (), leaving: Leaving | None = None
    ) -> httpcore2.AsyncConnectionPool:
        """One connection, for one exchange."""
        return pool_over(Lines(self._ways.resolve, self._ways.dial, pinned, leaving), self._trust(at), most=1, kept=0)

    def _trust(self, at: Place) -> ssl.SSLContext | None:
        return self._ways.trust() if at.scheme == "https" else None


def _noted(request: Asked) -> AbstractContextManager[Note]:
    return noted(request.method, request.at.host, request.path)


@functools.cache
def _agent() -> str:
    try:
        return f"reelwright/{version('reelwright')}"
    except PackageNotFoundError:
        return "reelwright"


def _why(cause: BaseException) -> str:
    """What ended an exchange, in few words and without secrets."""
    said = plainly(str(cause), 120)
    name = type(cause).__name__
    return (
        said
        if said and name in ("ConnectError", "ReadTimeout", "ConnectTimeout", "TooLarge")
        else f"{name} {said}".strip()
    )
