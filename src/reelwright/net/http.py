"""The HTTP client of one provider: no hidden retry, and no redirect for a request that may cost money."""

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
from reelwright.net.address import Endpoint, parse_url, resolve_public
from reelwright.net.closing import ensure_closed
from reelwright.net.exchange import (
    FAILED,
    Network,
    Pool,
    Response,
    Timeouts,
    check_head,
    create_pool,
    open_response,
    perform_exchange,
    skip_bytes,
    stream_body,
)
from reelwright.net.exchange_log import ExchangeRecorder, record_exchange
from reelwright.net.http_request import HttpRequest, build_request
from reelwright.net.http_response import HttpResponse, StreamedResponse, read_headers
from reelwright.net.keepalive_pool import KeepAlivePool
from reelwright.net.network_backend import NetworkBackend
from reelwright.net.policy import (
    MAX_FREE_ANSWER_BYTES,
    MAX_FREE_REQUESTS_AT_ONCE,
    MAX_IDLE_CONNECTIONS,
    MAX_PAID_ANSWER_BYTES,
    MAX_REDIRECTS,
)
from reelwright.net.redact import redact_line, remember_secret
from reelwright.net.send_deadline import SendDeadline, SendTooLate
from reelwright.settings import validate_base_url
from reelwright.tracing import TRACEPARENT, get_current_span

Auth = Callable[[], Awaitable[Mapping[str, str]]] | Mapping[str, str]
"""The headers that authenticate us, or a function that returns fresh ones."""

_TRACED: Final = "/v1/videos"
"""Paths of engines that continue a trace."""
_MOVED: Final = frozenset({301, 302, 303, 307, 308})


class HttpClient:
    """The HTTP client of one provider. ``auth`` is sent to the host of ``base`` and to ``hosts``, and nowhere else.

    ``is_own``: a machine of the user's own, named by no person, which may be spoken to over plain http.
    ``hosts``: further names of the provider's own, reached over https on port 443 (``name:port`` otherwise).
    Every request that may cost money gets a new connection: the other side may close a reused one at the moment of its
    reuse, and then nobody could say whether the request arrived.
    """

    def __init__(
        self,
        provider: str,
        base: str,
        *,
        auth: Auth | None = None,
        hosts: Collection[str] = (),
        timeouts: Timeouts | None = None,
        network: Network | None = None,
        is_own: bool = False,
    ) -> None:
        self.provider = provider
        self.base = base if is_own else validate_base_url(f"the address of {provider}", base)
        self._home, self._is_own = parse_url(self.base), is_own
        self._origins = {self._home.origin, *(parse_url(f"https://{host}").origin for host in hosts)}
        self._auth = auth
        self._timeouts, self._network = timeouts or Timeouts(), network or Network()
        self._path = self._home.target.rstrip("/")
        self._pool: KeepAlivePool | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all idle connections. A later request opens new ones."""
        pool, self._pool = self._pool, None
        if pool:
            await pool.aclose()

    # free requests
    async def get(
        self,
        path_or_url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        read_s: float | None = None,
        cap: int = MAX_FREE_ANSWER_BYTES,
    ) -> HttpResponse:
        """Send a free GET to the provider, with its key; return the response whatever its status.

        Raises ``Unreachable`` without a complete response below ``cap`` bytes, and ``Refused`` for a foreign URL.
        """
        at = self._resolve_own(path_or_url)
        request = await self._request("GET", at, params=params, headers=headers)
        return await self._exchange_free(self._get_pool(), request, read_s, cap)

    async def send_free(
        self,
        method: str,
        path_or_url: str,
        *,
        files: Any = None,
        read_s: float | None = None,
    ) -> HttpResponse:
        """Send a cancel, an upload or a deletion, never a request that may be billed. Raises what ``get`` raises."""
        at = self._resolve_own(path_or_url)
        request = await self._request(method, at, files=files)
        async with self._create_single_use_pool(at) as pool:
            return await self._exchange_free(pool, request, read_s, MAX_FREE_ANSWER_BYTES)

    async def send_public(
        self, method: str, url: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None,
        read_s: float | None = None, cap: int = MAX_FREE_ANSWER_BYTES,
    ) -> HttpResponse:  # fmt: skip
        """Send a free request to a public address that the provider named; its key goes to its own hosts only.

        Such as one of a sign-in. No redirect is followed. Every status is returned. Raises ``Unreachable`` without a
        complete response, and if the host is neither the provider's own nor public.
        """
        at, addresses = await self._resolve_output(url)
        request = await self._request(method, at, headers=headers, content=content)
        async with self._create_single_use_pool(at, pinned=addresses) as pool:
            return await self._exchange_free(pool, request, read_s, cap)

    @asynccontextmanager
    async def stream_response(
        self, method: str, path_or_url: str, *, json: Any = None, cap: int = MAX_FREE_ANSWER_BYTES
    ) -> AsyncIterator[StreamedResponse]:
        """Send a free request and yield its response while the body arrives: some hold a whole film in base64.

        Never for a request that may be billed. Raises ``Unreachable`` without a head of the response; reading ``parts``
        raises it if the rest is missing or larger than ``cap`` bytes.
        """
        at = self._resolve_own(path_or_url)
        request = await self._request(method, at, json=json)
        async with AsyncExitStack() as stack:
            note = stack.enter_context(_record(request))
            try:
                opening = open_response(self._get_pool(), request, self._timeouts, self._timeouts.read_s)
                response, _ = await stack.enter_async_context(opening)
            except FAILED as cause:
                raise self._build_unreachable("answer_incomplete", cause) from cause
            note.record_status(response.status)
            parts = self._stream_parts(response, cap)
            yield StreamedResponse(status=response.status, headers=read_headers(response), parts=parts)

    async def _stream_parts(self, response: Response, cap: int) -> AsyncIterator[bytes]:
        try:
            async with ensure_closed(stream_body(response, self._timeouts, cap)) as parts:
                async for part in parts:
                    yield part
        except (*FAILED, BadInput) as cause:
            raise self._build_unreachable("answer_incomplete", cause) from cause

    async def prepare_auth(self) -> None:
        """Have ``auth`` get the authorization headers now, so that a send does not wait for them.

        Raises what ``auth`` raises.
        """
        await self._get_auth_headers()

    async def _exchange_free(self, pool: Pool, request: HttpRequest, read_s: float | None, cap: int) -> HttpResponse:
        try:
            with _record(request) as note:
                return note.record_answer(
                    await perform_exchange(pool, request, self._timeouts, read_s or self._timeouts.read_s, cap)
                )
        except FAILED as cause:
            raise self._build_unreachable("answer_incomplete", cause) from cause

    # requests that may cost money
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
        cap: int = MAX_PAID_ANSWER_BYTES,
    ) -> HttpResponse:
        """Send one request that may spend money, exactly once, on a new connection; return any status.

        ``read_s``: from the request's last byte to the response's last. Raises ``NotAccepted`` if no byte of the
        request left this machine, ``Refused`` if the request cannot be encoded, and ``OutcomeUnknown`` for anything
        else without a complete response.
        """
        leaving = SendDeadline(self._timeouts.send_within_s, self._timeouts.through_s)
        body = {"json": json, "form": form, "files": files, "content": content}
        at, request = await self._build_paid_request(method, path, params=params, headers=headers, **body)
        try:
            with _record(request) as note:
                async with self._create_single_use_pool(at, leaving=leaving) as pool:
                    wait_s = read_s or self._timeouts.read_s
                    return note.record_answer(
                        await perform_exchange(pool, request, self._timeouts, wait_s, cap, is_paid=True)
                    )
        except SendTooLate as cause:
            raise NotAccepted(code="send_delayed", provider=self.provider) from cause
        except FAILED as cause:
            self._raise_unanswered(leaving, cause)

    async def _build_paid_request(self, method: str, path: str, **parts: Any) -> tuple[Endpoint, HttpRequest]:
        """Build the request. Nothing has left yet: raises ``NotAccepted`` for every failure, or ``Refused``."""
        try:
            at = self._resolve_own(path)
            request = await self._request(method, at, **parts)
        except Unreachable as cause:
            raise NotAccepted(code="nothing_sent", provider=self.provider, cause=cause) from cause
        except BadInput as cause:
            raise Refused(
                code="nothing_sent", provider=self.provider, cause=cause, hint=cause.advice, actions=cause.actions
            ) from cause
        return at, request.add_connection_close()

    def _raise_unanswered(self, leaving: SendDeadline, cause: Exception) -> NoReturn:
        words = _describe_cause(cause)
        if leaving.has_begun:
            raise OutcomeUnknown(code="answer_lost", provider=self.provider, cause=words) from cause
        if isinstance(cause, httpcore2.LocalProtocolError):
            raise Refused(code="request_unsendable", provider=self.provider, cause=words) from cause
        raise NotAccepted(code="provider_unreachable", provider=self.provider, cause=words) from cause

    def _build_unreachable(self, code: str, cause: BaseException) -> Unreachable:
        return Unreachable(code=code, provider=self.provider, cause=_describe_cause(cause))

    # outputs
    async def stream(self, url: str, *, cap: int, start: int = 0) -> AsyncIterator[bytes]:
        """Download ``url``: yield its bytes from byte ``start`` to the end, or raise; follow at most 3 redirects.

        A server that answers with all bytes has the first ones skipped here. Each address is checked first. Raises
        ``NotFound`` on 404 and 410, ``BadInput`` above ``cap`` bytes, and ``Unreachable`` for anything else, such as an
        address that is not public or an end that comes too early.
        """
        for _ in range(MAX_REDIRECTS + 1):
            at, addresses = await self._resolve_output(url)
            request = await self._request("GET", at, headers={"range": f"bytes={start}-"} if start else None)
            try:
                with _record(request) as note:
                    async with (
                        self._create_single_use_pool(at, pinned=addresses) as pool,
                        open_response(pool, request, self._timeouts, self._timeouts.read_s) as (response, _),
                    ):
                        note.record_status(response.status)
                        headers = read_headers(response)
                        if response.status not in _MOVED:
                            check_head(self.provider, response.status, headers, cap, start)
                            self.observe_headers(headers)
                            body = stream_body(response, self._timeouts, cap)
                            async with ensure_closed(skip_bytes(body, start if response.status == 200 else 0)) as parts:
                                async for part in parts:
                                    yield part
                            return
            except FAILED as cause:
                raise self._build_unreachable("output_incomplete", cause) from cause
            url = urljoin(at.url, headers.get("location", ""))
        raise Unreachable(code="output_redirected", provider=self.provider, most=MAX_REDIRECTS)

    def observe_headers(self, headers: Mapping[str, str]) -> None:
        """Do nothing: a subclass may override this to see the headers of an output before its body is read."""

    async def _resolve_output(self, url: str) -> tuple[Endpoint, tuple[str, ...]]:
        """Return the endpoint of ``url`` and the addresses to connect to; no addresses for the provider's own hosts.

        Raises ``Unreachable`` if an address is not public, or if there is none.
        """
        try:
            at = parse_url(url)
            if at.origin in self._origins:
                return at, ()
            return at, await resolve_public(at, self._network.resolve, may_use_loopback=self._home.is_loopback)
        except BadInput as cause:
            words = redact_line(str(cause))
            raise Unreachable(code="output_address_refused", provider=self.provider, cause=words) from cause
        except (OSError, UnicodeError) as cause:
            raise self._build_unreachable("output_host_unknown", cause) from cause

    # parts of an exchange
    def _resolve_own(self, path_or_url: str) -> Endpoint:
        """Return an endpoint of the provider's own. Raises ``Refused`` for a foreign URL: the key is not sent there."""
        absolute = path_or_url.startswith(("http://", "https://"))
        if known := self._resolve_plain_own(path_or_url, absolute):
            return known
        try:
            at = parse_url(path_or_url if absolute else f"{self.base}/{path_or_url.removeprefix('/')}")
        except BadInput as cause:
            words = redact_line(str(cause))
            raise Refused(code="address_invalid", provider=self.provider, cause=words) from cause
        if at.origin not in self._origins:
            raise Refused(code="address_foreign", provider=self.provider, address=f"{at.scheme}://{at.host}:{at.port}")
        return at

    def _resolve_plain_own(self, path_or_url: str, absolute: bool) -> Endpoint | None:
        """Return the endpoint of a plain path on the host of ``base``, else None. A shortcut for frequent requests."""
        front = self._home.base_url
        if not absolute:
            return self._home.replace_target(f"{self._path}/{path_or_url.removeprefix('/')}")
        return self._home.replace_target(path_or_url[len(front) :]) if path_or_url.startswith(f"{front}/") else None

    async def _request(
        self, method: str, at: Endpoint, *, headers: Mapping[str, str] | None = None, **parts: Any
    ) -> HttpRequest:
        """Build the request with its whole body in memory. Only endpoints of the provider's own get the key."""
        merged = {"user-agent": _agent(), "accept": "*/*", "accept-encoding": "identity"}
        merged |= {name.lower(): value for name, value in (headers or {}).items()}
        if at.origin in self._origins:
            merged |= {name.lower(): value for name, value in (await self._get_auth_headers()).items()}
        if self._is_own and _TRACED in at.target and (trace := get_current_span().format_traceparent()):
            merged[TRACEPARENT] = trace  # to engines of one's own alone: to others it would tell what belongs together
        try:
            return build_request(method, at, merged, **parts)
        except (TypeError, ValueError) as cause:
            raise Refused(code="request_unsendable", provider=self.provider, cause=cause) from cause

    async def _get_auth_headers(self) -> Mapping[str, str]:
        headers = await self._auth() if callable(self._auth) else self._auth or {}
        for value in headers.values():
            remember_secret(value.rpartition(" ")[2])
        return headers

    def _get_pool(self) -> KeepAlivePool:
        """Return the pool for free requests, whose connections are reused."""
        if self._pool is None:
            lines = NetworkBackend(self._network.resolve, self._network.dial)
            self._pool = KeepAlivePool(
                lines,
                self._get_trust(self._home),
                max_connections=MAX_FREE_REQUESTS_AT_ONCE,
                max_idle=MAX_IDLE_CONNECTIONS,
            )
        return self._pool

    def _create_single_use_pool(
        self, at: Endpoint, pinned: Sequence[str] = (), leaving: SendDeadline | None = None
    ) -> httpcore2.AsyncConnectionPool:
        """Create a pool with a single connection, for a single exchange."""
        return create_pool(
            NetworkBackend(self._network.resolve, self._network.dial, pinned, leaving),
            self._get_trust(at),
            max_connections=1,
            max_idle=0,
        )

    def _get_trust(self, at: Endpoint) -> ssl.SSLContext | None:
        return self._network.trust() if at.scheme == "https" else None


def _record(request: HttpRequest) -> AbstractContextManager[ExchangeRecorder]:
    return record_exchange(request.method, request.endpoint.host, request.path)


@functools.cache
def _agent() -> str:
    try:
        return f"reelwright/{version('reelwright')}"
    except PackageNotFoundError:
        return "reelwright"


def _describe_cause(cause: BaseException) -> str:
    """Describe what ended an exchange, in few words and without secrets."""
    text = redact_line(str(cause), 120)
    name = type(cause).__name__
    return (
        text
        if text and name in ("ConnectError", "ReadTimeout", "ConnectTimeout", "TooLarge")
        else f"{name} {text}".strip()
    )
