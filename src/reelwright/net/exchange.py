"""Sends one request over a pool of connections and reads its response, within timeouts."""

from __future__ import annotations

import asyncio
import functools
import logging
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Final

import httpcore2

from reelwright.errors import BadInput, NotFound, Unreachable
from reelwright.net.address import Resolver, resolve_name
from reelwright.net.closing import ensure_closed
from reelwright.net.http_request import HttpRequest
from reelwright.net.http_response import HttpResponse, TooLarge, read_body, read_headers
from reelwright.net.keepalive_pool import KeepAlivePool, PhaseTimeouts, PooledResponse
from reelwright.net.network_backend import Dial, NetworkBackend, dial_first
from reelwright.net.policy import CONNECT_S, DEFAULT_READ_S, POOL_S, SLOW_BYTES_PER_S, WRITE_S
from reelwright.net.send_deadline import ReadTimeout
from reelwright.reel.base.crashpoints import reach
from reelwright.reel.base.value import define_value
from reelwright.send_and_answer_waits import SEND_THROUGH_S, SEND_WITHIN_S

FAILED: Final = (
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    OSError,
    TooLarge,
    zlib.error,
)
"""The errors that end an exchange without a complete response."""
_GONE: Final = frozenset({404, 410})
Pool = httpcore2.AsyncConnectionPool | KeepAlivePool
Response = httpcore2.Response | PooledResponse

for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # below it they log URLs, whose queries may be signatures


@define_value
class Timeouts:
    """The timeouts of an exchange, in seconds.

    ``send_within_s``: from the call to the first byte of a request that may cost money, else it is not sent.
    ``through_s``: from then to its last byte, else the connection ends. ``slow_bytes_s``: a download with fewer bytes
    per second over ``read_s`` is given up. Source: the timeouts of the providers' own clients, read 2026-11-20;
    ``send_within_s`` is half a lease (DESIGN.md 4).
    """

    connect_s: float = CONNECT_S
    write_s: float = WRITE_S
    read_s: float = DEFAULT_READ_S
    pool_s: float = POOL_S
    send_within_s: float = SEND_WITHIN_S
    through_s: float = SEND_THROUGH_S
    slow_bytes_s: int = SLOW_BYTES_PER_S


@functools.cache
def get_ssl_context() -> ssl.SSLContext:
    """Return the TLS context with the certificates that this machine trusts, or those in ``SSL_CERT_FILE``."""
    return httpcore2.default_ssl_context()


@define_value
class Network:
    """The functions that resolve names, open connections and say which certificates are trusted; tests replace them."""

    resolve: Resolver = resolve_name
    dial: Dial = dial_first
    trust: Callable[[], ssl.SSLContext] = get_ssl_context


def create_pool(
    backend: NetworkBackend, trust: ssl.SSLContext | None, *, max_connections: int, max_idle: int
) -> httpcore2.AsyncConnectionPool:
    """Create an HTTP/1.1 pool of at most ``max_connections`` that never retries; ``max_idle`` stay open for 5 s."""
    return httpcore2.AsyncConnectionPool(
        ssl_context=trust,
        max_connections=max_connections,
        max_keepalive_connections=max_idle,
        keepalive_expiry=5.0,
        http1=True,
        http2=False,
        retries=0,
        network_backend=backend,
    )


@asynccontextmanager
async def open_response(
    pool: Pool, request: HttpRequest, timeouts: Timeouts, read_s: float, *, is_paid: bool = False
) -> AsyncIterator[tuple[Response, float]]:
    """Send ``request`` and yield its response, the body unread, and for how many seconds the body may be read.

    That is what is left of the ``read_s`` seconds after the request's last byte; the caller keeps to it. Time in which
    this process was stopped does not count. The response is closed at the end of the block. ``is_paid``: the request
    may cost money. Raises one of ``FAILED``.
    """
    most_s = 2 * timeouts.connect_s + 2 * timeouts.write_s + timeouts.pool_s
    # The keep-alive pool limits each phase up to the last byte of the request itself.
    async with ReadTimeout(None if isinstance(pool, KeepAlivePool) else most_s) as limit:

        def start_read_timeout() -> None:
            limit.restart(read_s)

        spans = PhaseTimeouts(connect=timeouts.connect_s, write=timeouts.write_s, pool=timeouts.pool_s, read=read_s)
        if isinstance(pool, KeepAlivePool):
            response: Response = await pool.send(request, spans, start_read_timeout)
        else:
            response = await _send(pool, request, spans, start_read_timeout, is_paid)
        left_s = limit.left_s
    try:
        yield response, left_s
    finally:
        await response.aclose()


async def _send(
    pool: httpcore2.AsyncConnectionPool,
    request: HttpRequest,
    spans: PhaseTimeouts,
    on_sent: Callable[[], None],
    is_paid: bool,
) -> httpcore2.Response:
    body = request.body

    async def stream_content() -> AsyncIterator[bytes]:
        half = len(body) // 2
        if half:
            yield body[:half]
        if is_paid:
            reach("C03")
        if body:
            yield body[half:]
        on_sent()

    at = request.endpoint
    url = httpcore2.URL(scheme=at.scheme, host=at.host, port=at.port, target=request.target)
    times = {"connect": spans.connect, "write": spans.write, "pool": spans.pool, "read": spans.read}
    return await pool.handle_async_request(
        httpcore2.Request(
            request.method, url, headers=request.headers, content=stream_content(), extensions={"timeout": times}
        )
    )


async def perform_exchange(
    pool: Pool, request: HttpRequest, timeouts: Timeouts, read_s: float, cap: int, *, is_paid: bool = False
) -> HttpResponse:
    """Send ``request`` once and return its complete response, whatever its status, of at most ``cap`` bytes.

    Raises one of ``FAILED``, at the latest ``read_s`` after the request's last byte. ``is_paid``: the request may cost
    money.
    """
    async with open_response(pool, request, timeouts, read_s, is_paid=is_paid) as (response, left_s):
        if is_paid:
            reach("C04")
        headers = read_headers(response)
        if isinstance(response, PooledResponse) and response.is_whole:  # all of it is here: no timeout is needed
            return HttpResponse(status=response.status, headers=headers, body=await read_body(response, headers, cap))
        async with ReadTimeout(left_s):
            return HttpResponse(status=response.status, headers=headers, body=await read_body(response, headers, cap))


def check_head(provider: str, status: int, headers: Mapping[str, str], cap: int, start: int = 0) -> None:
    """Check by status and headers that an output can be downloaded and that its end can be recognised.

    ``start``: the first byte that was asked for; a partial response must begin with it.
    Raises ``NotFound`` if the provider no longer has it, ``BadInput`` above ``cap`` bytes, else ``Unreachable``.
    """
    if status in _GONE:
        raise NotFound(code="output_gone", provider=provider, status=status)
    is_rest = status == 206 and start > 0 and headers.get("content-range", "").startswith(f"bytes {start}-")
    if status != 200 and not is_rest:
        raise Unreachable(code="output_not_served", provider=provider, fault=f"status {status}", status=status)
    if headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise Unreachable(code="output_compressed", provider=provider)
    length = headers.get("content-length")
    if length is None and "chunked" not in headers.get("transfer-encoding", "").lower():
        raise Unreachable(code="output_length_unknown", provider=provider)
    if length is not None and int(length) > cap:
        raise _build_too_large(cap, int(length))


async def stream_body(response: Response, timeouts: Timeouts, cap: int) -> AsyncIterator[bytes]:
    """Yield the body in parts to its end; raise ``BadInput`` above ``cap`` bytes.

    Raises ``httpcore2.ReadTimeout`` for a download that is too slow. Only time spent waiting for bytes counts, not the
    time that the caller needs.
    """
    loop = asyncio.get_running_loop()
    size = got = 0
    waited = 0.0
    async with aclosing(response.aiter_stream()) as parts:
        while True:
            begun = loop.time()
            try:
                part = await anext(parts)
            except StopAsyncIteration:
                return
            waited += loop.time() - begun
            size, got = size + len(part), got + len(part)
            if size > cap:
                raise _build_too_large(cap, size)
            if waited >= timeouts.read_s:
                if got < timeouts.slow_bytes_s * waited:
                    raise httpcore2.ReadTimeout(f"slower than {timeouts.slow_bytes_s} bytes a second")
                waited, got = 0.0, 0
            yield part


async def skip_bytes(parts: AsyncIterator[bytes], count: int) -> AsyncIterator[bytes]:
    """Yield ``parts`` without their first ``count`` bytes."""
    async with ensure_closed(parts) as body:
        async for part in body:
            rest, count = part[count:], max(0, count - len(part))
            if rest:
                yield rest


def _build_too_large(cap: int, size: int) -> BadInput:
    return BadInput("output", f"{size} bytes", f"at most {cap} bytes")
