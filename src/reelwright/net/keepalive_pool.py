"""A pool of keep-alive connections for free requests, with one exchange on each at a time."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

import h11
import httpcore2

from reelwright.net.address import Endpoint
from reelwright.net.http_request import HttpRequest
from reelwright.net.network_backend import NetworkBackend
from reelwright.net.policy import KEEPALIVE_S, MAX_RESPONSE_HEAD_BYTES, READ_BYTES

_Origin = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTimeouts:
    """Timeouts of the phases of an exchange, in seconds."""

    connect: float
    write: float
    read: float
    pool: float


@dataclass(slots=True, eq=False)
class _Connection:
    """A connection and the state of its HTTP exchange."""

    origin: _Origin
    stream: httpcore2.AsyncNetworkStream
    wire: h11.Connection
    until: float = 0.0
    last: tuple[tuple[tuple[bytes, bytes], ...], h11.Request] | None = None
    """The headers of the last request and their encoded form, for reuse: those of the next are mostly the same."""

    def format_request(self, request: HttpRequest) -> bytes:
        """Return the whole request as bytes. Free requests are short, so that they are written in one piece."""
        try:
            same = self.last[1].headers if self.last and self.last[0] == request.headers else list(request.headers)
            head = h11.Request(method=request.method, target=request.target, headers=same)
            self.last = request.headers, head
            parts = [self.wire.send(head)]
            if request.body:
                parts.append(self.wire.send(h11.Data(data=request.body)))
            parts.append(self.wire.send(h11.EndOfMessage()))
        except h11.LocalProtocolError as cause:
            raise httpcore2.LocalProtocolError(str(cause)) from cause
        return b"".join(part for part in parts if part)

    async def next_event(self, within_s: float | None) -> object:
        """Read the next event of the response. Raises ``httpcore2.RemoteProtocolError`` and read errors."""
        while (event := self.parse_next()) is h11.NEED_DATA:
            data = await self.stream.read(READ_BYTES, within_s)
            if not data and self.wire.their_state is h11.SEND_RESPONSE:
                raise httpcore2.RemoteProtocolError("Server disconnected without sending a response.")
            self.wire.receive_data(data)
        return event

    def parse_next(self) -> object:
        """Parse the next event from the bytes that have arrived; ``h11.NEED_DATA`` without enough of them."""
        try:
            return self.wire.next_event()
        except h11.RemoteProtocolError as cause:
            raise httpcore2.RemoteProtocolError(str(cause)) from cause

    @property
    def is_done(self) -> bool:
        """Whether request and response are complete and no further bytes arrived."""
        return self.wire.our_state is h11.DONE is self.wire.their_state and not self.wire.trailing_data[0]

    @property
    def is_stale(self) -> bool:
        """Whether the connection was idle for too long, or the other side closed it or wrote to it meanwhile."""
        return self.until < time.monotonic() or bool(self.stream.get_extra_info("is_readable"))


class KeepAlivePool:
    """A pool of at most ``max_connections``; ``max_idle`` of them are kept between two requests. HTTP/1.1, no retries.

    We do not use httpcore2's pool: it reuses a connection on which more bytes came than one response has, and would
    take those bytes for the next response.
    """

    def __init__(
        self, backend: NetworkBackend, trust: ssl.SSLContext | None, *, max_connections: int, max_idle: int
    ) -> None:
        self._lines, self._trust, self._max_idle = backend, trust, max_idle
        self._free = asyncio.Semaphore(max_connections)
        self._idle: deque[_Connection] = deque()

    async def send(self, request: HttpRequest, timeouts: PhaseTimeouts, on_sent: Callable[[], None]) -> PooledResponse:
        """Send a free request and wait without a timeout for the head of its response: the caller limits that.

        ``timeouts`` limit a free place in the pool, the connection, the writing, and each later read of the body.
        ``on_sent`` is called after the last byte of the request. The caller must close the response. Raises the errors
        of httpcore2's pool.
        """
        await self._acquire_slot(timeouts.pool)
        line: _Connection | None = None
        reply: PooledResponse | None = None
        try:
            line = await self._take_idle(request.endpoint.origin) or await self._connect(
                request.endpoint, timeouts.connect
            )
            with contextlib.suppress(httpcore2.WriteError):  # the other side may have answered before it closed
                await line.stream.write(line.format_request(request), timeouts.write)
            on_sent()
            head = await line.next_event(None)
            while isinstance(head, h11.InformationalResponse):
                head = await line.next_event(None)
            assert isinstance(head, h11.Response)
            reply = PooledResponse(head, self, line, timeouts.read)
        finally:
            if reply is None:
                await self._release(line)
        return reply

    async def aclose(self) -> None:
        """Close all idle connections."""
        while self._idle:
            await self._idle.pop().stream.aclose()

    async def _acquire_slot(self, within_s: float) -> None:
        if not self._free.locked():
            await self._free.acquire()  # at once
            return
        try:
            async with asyncio.timeout(within_s):
                await self._free.acquire()
        except TimeoutError as cause:
            raise httpcore2.PoolTimeout("all connections are taken") from cause

    async def _take_idle(self, origin: _Origin) -> _Connection | None:
        """Take the idle connection that was used last, and close stale ones on the way.

        It searches again after every close: other tasks take and return connections meanwhile.
        """
        while line := next((one for one in reversed(self._idle) if one.origin == origin), None):
            self._idle.remove(line)
            if not line.is_stale:
                return line
            await line.stream.aclose()
        return None

    async def _connect(self, at: Endpoint, within_s: float) -> _Connection:
        stream = await self._lines.connect_tcp(at.host, at.port, within_s)
        if at.scheme == "https":
            trust = self._trust or httpcore2.default_ssl_context()
            trust.set_alpn_protocols(["http/1.1"])
            stream = await stream.start_tls(trust, at.host, within_s)
        return _Connection(
            at.origin, stream, h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_RESPONSE_HEAD_BYTES)
        )

    async def _release(self, line: _Connection | None) -> None:
        """Return a connection after an exchange: keep it if it is usable and there is room, else close it.

        Connections that were idle for too long are closed too.
        """
        self._free.release()
        if line is None:
            return
        now = time.monotonic()
        while self._idle and self._idle[0].until < now:
            await self._idle.popleft().stream.aclose()
        if line.is_done and len(self._idle) < self._max_idle:
            line.wire.start_next_cycle()
            line.until = now + KEEPALIVE_S
            self._idle.append(line)
        else:
            await line.stream.aclose()


class PooledResponse:
    """A response over the pool: its head, and its body while it arrives. Closing it frees the connection.

    ``is_whole``: all of the body came with the head.
    """

    __slots__ = ("_closed", "_come", "_kept", "_line", "_within_s", "headers", "is_whole", "status")

    def __init__(self, head: h11.Response, kept: KeepAlivePool, line: _Connection, within_s: float) -> None:
        self.status, self.headers = head.status_code, head.headers.raw_items()
        self._kept, self._line, self._within_s = kept, line, within_s
        self._closed = False
        self._come: list[bytes] = []
        while isinstance(event := line.parse_next(), h11.Data):
            self._come.append(bytes(event.data))
        self.is_whole = event is not h11.NEED_DATA

    async def aiter_stream(self) -> AsyncGenerator[bytes]:
        """Yield the parts of the body as they arrive, packed as the server sent them."""
        for part in self._come:
            yield part
        while not self.is_whole and isinstance(event := await self._line.next_event(self._within_s), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        """Give the connection back; the pool closes it unless the response was read to its end."""
        if not self._closed:
            self._closed = True
            await self._kept._release(self._line)
