"""Connections for questions that cost nothing: one exchange on each at a time, kept for a moment and used again."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Final

import h11
import httpcore2

from reelwright.net.address import Place
from reelwright.net.asked import Asked
from reelwright.net.wire import Lines

KEPT_S: Final = 5.0
"""So long a connection waits for the next question."""
_READ: Final = 64 * 1024
_HEAD: Final = 100 * 1024
"""Largest head of an answer."""
_Origin = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Seconds for each part of an exchange, at most."""

    connect: float
    write: float
    read: float
    pool: float


@dataclass(slots=True, eq=False)
class _Line:
    """One connection and where its conversation stands."""

    origin: _Origin
    stream: httpcore2.AsyncNetworkStream
    wire: h11.Connection
    until: float = 0.0
    last: tuple[tuple[tuple[bytes, bytes], ...], h11.Request] | None = None
    """The headers of the last question, and how they were written: those of the next are mostly the same."""

    def written(self, asked: Asked) -> bytes:
        """The whole request in one piece: it asks, it brings nothing."""
        try:
            same = self.last[1].headers if self.last and self.last[0] == asked.headers else list(asked.headers)
            head = h11.Request(method=asked.method, target=asked.target, headers=same)
            self.last = asked.headers, head
            parts = [self.wire.send(head)]
            if asked.body:
                parts.append(self.wire.send(h11.Data(data=asked.body)))
            parts.append(self.wire.send(h11.EndOfMessage()))
        except h11.LocalProtocolError as cause:
            raise httpcore2.LocalProtocolError(str(cause)) from cause
        return b"".join(part for part in parts if part)

    async def next_event(self, within_s: float | None) -> object:
        """What comes next of the answer."""
        while (event := self.parsed()) is h11.NEED_DATA:
            data = await self.stream.read(_READ, within_s)
            if not data and self.wire.their_state is h11.SEND_RESPONSE:
                raise httpcore2.RemoteProtocolError("Server disconnected without sending a response.")
            self.wire.receive_data(data)
        return event

    def parsed(self) -> object:
        """What comes next of what is here already."""
        try:
            return self.wire.next_event()
        except h11.RemoteProtocolError as cause:
            raise httpcore2.RemoteProtocolError(str(cause)) from cause

    @property
    def is_done(self) -> bool:
        """Whether both sides have said all, and nothing came that was not asked for."""
        return self.wire.our_state is h11.DONE is self.wire.their_state and not self.wire.trailing_data[0]

    @property
    def is_stale(self) -> bool:
        """Whether it waited for too long, or was closed or written to by the other side meanwhile."""
        return self.until < time.monotonic() or bool(self.stream.get_extra_info("is_readable"))


class Kept:
    """A pool of our own, since httpcore2's uses a connection again on which more came than was asked for: those bytes
    would be taken for the next answer.

    At most ``most`` connections, ``kept`` of them between two questions. HTTP/1.1; nothing is tried twice.
    """

    def __init__(self, lines: Lines, trust: ssl.SSLContext | None, *, most: int, kept: int) -> None:
        self._lines, self._trust, self._most_kept = lines, trust, kept
        self._free = asyncio.Semaphore(most)
        self._idle: deque[_Line] = deque()

    async def ask(self, asked: Asked, spans: Spans, sent: Callable[[], None]) -> Reply:
        """Ask, and wait for the head of the answer; how long for it is the caller's to say, who hears when all is
        ``sent``. Raises what a pool raises. The reply must be closed.
        """
        await self._turn(spans.pool)
        line: _Line | None = None
        reply: Reply | None = None
        try:
            line = await self._taken(asked.at.origin) or await self._opened(asked.at, spans.connect)
            with contextlib.suppress(httpcore2.WriteError):  # it may have answered before it closed
                await line.stream.write(line.written(asked), spans.write)
            sent()
            head = await line.next_event(None)
            while isinstance(head, h11.InformationalResponse):
                head = await line.next_event(None)
            assert isinstance(head, h11.Response)
            reply = Reply(head, self, line, spans.read)
        finally:
            if reply is None:
                await self._let_go(line)
        return reply

    async def aclose(self) -> None:
        """Close what nobody uses now."""
        while self._idle:
            await self._idle.pop().stream.aclose()

    async def _turn(self, within_s: float) -> None:
        if not self._free.locked():
            await self._free.acquire()  # at once
            return
        try:
            async with asyncio.timeout(within_s):
                await self._free.acquire()
        except TimeoutError as cause:
            raise httpcore2.PoolTimeout("all connections are taken") from cause

    async def _taken(self, origin: _Origin) -> _Line | None:
        """Take the idle connection that was used last; close those that are of no use any more on the way.

        Looks anew after every close: others take and return connections meanwhile.
        """
        while line := next((one for one in reversed(self._idle) if one.origin == origin), None):
            self._idle.remove(line)
            if not line.is_stale:
                return line
            await line.stream.aclose()
        return None

    async def _opened(self, at: Place, within_s: float) -> _Line:
        stream = await self._lines.connect_tcp(at.host, at.port, within_s)
        if at.scheme == "https":
            trust = self._trust or httpcore2.default_ssl_context()
            trust.set_alpn_protocols(["http/1.1"])
            stream = await stream.start_tls(trust, at.host, within_s)
        return _Line(at.origin, stream, h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD))

    async def _let_go(self, line: _Line | None) -> None:
        """After an exchange: kept where it went well and there is room, else closed. What waits too long is closed."""
        self._free.release()
        if line is None:
            return
        now = time.monotonic()
        while self._idle and self._idle[0].until < now:
            await self._idle.popleft().stream.aclose()
        if line.is_done and len(self._idle) < self._most_kept:
            line.wire.start_next_cycle()
            line.until = now + KEPT_S
            self._idle.append(line)
        else:
            await line.stream.aclose()


class Reply:
    """The head of one answer, and its body while it comes. Closing it, at its end or before, frees the connection.

    ``is_whole``: all of the body came with the head.
    """

    __slots__ = ("_closed", "_come", "_kept", "_line", "_within_s", "headers", "is_whole", "status")

    def __init__(self, head: h11.Response, kept: Kept, line: _Line, within_s: float) -> None:
        self.status, self.headers = head.status_code, head.headers.raw_items()
        self._kept, self._line, self._within_s = kept, line, within_s
        self._closed = False
        self._come: list[bytes] = []
        while isinstance(event := line.parsed(), h11.Data):
            self._come.append(bytes(event.data))
        self.is_whole = event is not h11.NEED_DATA

    async def aiter_stream(self) -> AsyncGenerator[bytes]:
        for part in self._come:
            yield part
        while not self.is_whole and isinstance(event := await self._line.next_event(self._within_s), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await self._kept._let_go(self._line)
