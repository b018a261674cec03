"""One request and its answer over one pool of connections: when it gives up, and how a body is read to its end."""

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
from reelwright.net.address import Resolve, resolve_here
from reelwright.net.answer import Answer, TooLarge, headers_of, whole
from reelwright.net.asked import Asked
from reelwright.net.held import THROUGH_S
from reelwright.net.kept import Kept, Reply, Spans
from reelwright.net.wire import Dial, Lines, dial_here
from reelwright.reel.crashpoints import reach
from reelwright.reel.noun import noun

FAILED: Final = (
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    OSError,
    TooLarge,
    zlib.error,
)
"""What ends an exchange without a whole answer."""
_GONE: Final = frozenset({404, 410})
Pool = httpcore2.AsyncConnectionPool | Kept
Response = httpcore2.Response | Reply

for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # below it they log URLs, whose queries may be signatures


@noun
class Patience:
    """Seconds. ``send_within_s``: from the call to the first byte of what costs money, else it is not sent.
    ``through_s``: from then to its last byte, else the connection ends.

    ``slow_bytes_s``: a download that stays below it over ``read_s`` is given up.
    Source: what the providers' own clients wait, read 2026-11-20; ``send_within_s`` is half a lease (DESIGN.md 4).
    """

    connect_s: float = 10
    write_s: float = 120
    read_s: float = 60
    pool_s: float = 5
    send_within_s: float = 15
    through_s: float = THROUGH_S
    slow_bytes_s: int = 1024


@functools.cache
def trusted() -> ssl.SSLContext:
    """Whom this machine trusts; ``SSL_CERT_FILE`` may name others."""
    return httpcore2.default_ssl_context()


@noun
class Ways:
    """How this machine finds and reaches others."""

    resolve: Resolve = resolve_here
    dial: Dial = dial_here
    trust: Callable[[], ssl.SSLContext] = trusted


def pool_over(lines: Lines, trust: ssl.SSLContext | None, *, most: int, kept: int) -> httpcore2.AsyncConnectionPool:
    """At most ``most`` connections, ``kept`` of them for a moment after use. HTTP/1.1, nothing is tried twice."""
    return httpcore2.AsyncConnectionPool(
        ssl_context=trust,
        max_connections=most,
        max_keepalive_connections=kept,
        keepalive_expiry=5.0,
        http1=True,
        http2=False,
        retries=0,
        network_backend=lines,
    )


@asynccontextmanager
async def headed(
    pool: Pool, asked: Asked, patience: Patience, read_s: float, *, costs: bool = False
) -> AsyncIterator[tuple[Response, float]]:
    """Send what is ``asked``, its body in memory, and wait for the head of the answer; closes what it opened.

    Gives the answer and the moment of the loop's clock at which ``read_s`` from the request's last byte are over.
    """
    loop = asyncio.get_running_loop()
    most_s = 2 * patience.connect_s + 2 * patience.write_s + patience.pool_s
    until = loop.time() + most_s
    # Each part of the way to a kept connection's last byte is bounded by itself.
    async with asyncio.timeout(None if isinstance(pool, Kept) else most_s) as limit:

        def sent() -> None:
            nonlocal until
            until = loop.time() + read_s
            limit.reschedule(until)

        spans = Spans(connect=patience.connect_s, write=patience.write_s, pool=patience.pool_s, read=read_s)
        if isinstance(pool, Kept):
            response: Response = await pool.ask(asked, spans, sent)
        else:
            response = await _sent(pool, asked, spans, sent, costs)
    try:
        yield response, until
    finally:
        await response.aclose()


async def _sent(
    pool: httpcore2.AsyncConnectionPool, asked: Asked, spans: Spans, sent: Callable[[], None], costs: bool
) -> httpcore2.Response:
    body = asked.body

    async def written() -> AsyncIterator[bytes]:
        half = len(body) // 2
        if half:
            yield body[:half]
        if costs:
            reach("C03")
        if body:
            yield body[half:]
        sent()

    at = asked.at
    where = httpcore2.URL(scheme=at.scheme, host=at.host, port=at.port, target=asked.target)
    times = {"connect": spans.connect, "write": spans.write, "pool": spans.pool, "read": spans.read}
    return await pool.handle_async_request(
        httpcore2.Request(asked.method, where, headers=asked.headers, content=written(), extensions={"timeout": times})
    )


async def answered(
    pool: Pool, asked: Asked, patience: Patience, read_s: float, cap: int, *, costs: bool = False
) -> Answer:
    """The whole answer, ``read_s`` after the request's last byte at the latest. Raises one of ``FAILED``."""
    async with headed(pool, asked, patience, read_s, costs=costs) as (response, until):
        if costs:
            reach("C04")
        told = headers_of(response)
        if isinstance(response, Reply) and response.is_whole:  # nothing of it is waited for
            return Answer(status=response.status, headers=told, body=await whole(response, told, cap))
        async with asyncio.timeout_at(until):
            return Answer(status=response.status, headers=told, body=await whole(response, told, cap))


def check_head(provider: str, status: int, headers: Mapping[str, str], cap: int) -> None:
    """Whether the output that follows can be taken, and its end be told. Raises as ``Http.stream`` does."""
    if status in _GONE:
        raise NotFound(f"{provider} no longer has this output (status {status})")
    if status != 200:
        raise Unreachable(f"{provider} answered {status} instead of its output")
    if headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise Unreachable(f"{provider} sends its output packed, although it was asked not to")
    length = headers.get("content-length")
    if length is None and "chunked" not in headers.get("transfer-encoding", "").lower():
        raise Unreachable(f"{provider} does not say how long its output is: a cut-off would go unnoticed")
    if length is not None and int(length) > cap:
        raise _above(cap, int(length))


async def paced(response: Response, patience: Patience, cap: int) -> AsyncIterator[bytes]:
    """The body to its end. Only waiting counts, not what its reader does. Raises ``BadInput`` above ``cap`` bytes."""
    loop = asyncio.get_running_loop()
    size = got = 0
    waited = 0.0
    async with aclosing(response.aiter_stream()) as parts:
        while True:
            asked = loop.time()
            try:
                part = await anext(parts)
            except StopAsyncIteration:
                return
            waited += loop.time() - asked
            size, got = size + len(part), got + len(part)
            if size > cap:
                raise _above(cap, size)
            if waited >= patience.read_s:
                if got < patience.slow_bytes_s * waited:
                    raise httpcore2.ReadTimeout(f"slower than {patience.slow_bytes_s} bytes a second")
                waited, got = 0.0, 0
            yield part


def _above(cap: int, size: int) -> BadInput:
    return BadInput("output", f"{size} bytes", f"at most {cap} bytes")
