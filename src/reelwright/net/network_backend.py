"""The network backend of HTTP: it connects to given addresses, and checks the send deadline directly before a write."""

from __future__ import annotations

import asyncio
import math
import select
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any

import httpcore2

from reelwright.net.address import Resolver, parse_ip
from reelwright.net.policy import NEXT_ADDRESS_WAIT_S, WRITE_PIECE_BYTES
from reelwright.net.send_deadline import ReadTimeout, SendDeadline, read_seconds
from reelwright.send_and_answer_waits import SEND_ACKNOWLEDGED_S

Dial = Callable[[Sequence[str], int], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
"""Opens a connection to the first of (addresses, port) that answers."""


class NetworkBackend(httpcore2.AsyncNetworkBackend):
    """Opens the connections of one pool. ``pinned``: connect to these addresses, whatever the host of the URL is."""

    def __init__(
        self, resolve: Resolver, dial: Dial, pinned: Sequence[str] = (), leaving: SendDeadline | None = None
    ) -> None:
        self._resolve, self._dial = resolve, dial
        self._pinned, self._leaving = tuple(pinned), leaving or SendDeadline()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the signature that HTTP asks for
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the pinned addresses, else to those of ``host``, within ``timeout`` seconds.

        ``local_address`` and ``socket_options`` have no effect. Raises ``ConnectTimeout`` and ``ConnectError`` of
        httpcore2.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = self._pinned or await self._addresses(host, port)
                reader, writer = await self._dial(addresses, port)
        except TimeoutError as cause:
            raise httpcore2.ConnectTimeout("no connection in time") from cause
        except (OSError, UnicodeError) as cause:
            raise httpcore2.ConnectError(str(cause)) from cause
        return _Line(reader, writer, self._leaving)

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        if parse_ip(host):
            return (host,)
        found = tuple(dict.fromkeys(await self._resolve(host, port)))
        if not found:
            raise OSError(f"{host} has no address")
        return found


async def dial_first(addresses: Sequence[str], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first of ``addresses`` that answers within 2 s, else to the last without a time limit.

    Raises ``OSError``.
    """
    for address in addresses[:-1]:
        try:
            async with asyncio.timeout(NEXT_ADDRESS_WAIT_S):
                return await _open_connection(address, port)
        except OSError:
            continue
    return await _open_connection(addresses[-1], port)


async def _open_connection(address: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    family, _, _, _, where = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    )[0]
    line = DeadlineSocket(family, socket.SOCK_STREAM)
    with ExitStack() as undo:
        undo.callback(line.close)
        line.setblocking(False)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(SEND_ACKNOWLEDGED_S * 1000))
        await loop.sock_connect(line, where)
        reader = _Reader(loop=loop)
        reader.line = line
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.create_connection(lambda: protocol, sock=line)
        undo.pop_all()
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


class DeadlineSocket(socket.socket):
    """A socket that gives the system no byte after ``finish_by``, not even bytes that wait in asyncio's buffer.

    A process that was stopped in the middle of a request may continue much later, when another process has sent the
    request again.
    """

    finish_by = math.inf

    def send(self, data: Any, flags: int = 0) -> int:
        """Send as a socket does; raise ``ConnectionAbortedError`` after ``finish_by``."""
        self._look()
        return super().send(data, flags)

    def sendmsg(self, *args: Any) -> int:
        """Send as a socket does; raise ``ConnectionAbortedError`` after ``finish_by``."""
        self._look()
        return super().sendmsg(*args)

    def _look(self) -> None:
        if read_seconds() > self.finish_by:
            raise ConnectionAbortedError("it was held up for too long in the middle of a request")


class _Reader(asyncio.StreamReader):
    """A reader that returns all bytes from before a connection error, and only then raises the error.

    A server that refuses a long request answers and hangs up while the request is still being sent.
    """

    answered = False
    line: DeadlineSocket | None = None
    unread = 0
    """Bytes that arrived and were not read yet."""
    broke: Exception | None = None

    def feed_data(self, data: Any) -> None:
        self.answered = True
        self.unread += len(data)
        super().feed_data(data)

    def set_exception(self, exc: Exception) -> None:
        self.broke = exc
        super().feed_eof()

    async def read(self, n: int = -1) -> bytes:
        data = await super().read(n)
        self.unread -= len(data)
        if not data and self.broke:
            raise self.broke
        return data


class _Line(httpcore2.AsyncNetworkStream):
    """A connection that writes directly to the transport: nothing runs between the deadline check and the write."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, leaving: SendDeadline) -> None:
        self._reader, self._writer, self._leaving = reader, writer, leaving
        if line := getattr(reader, "line", None):
            line.finish_by = leaving.finish_by

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            if timeout is None:
                return await self._reader.read(max_bytes)
            async with ReadTimeout(timeout):
                return await self._reader.read(max_bytes)
        except TimeoutError as cause:
            raise httpcore2.ReadTimeout("no answer in time") from cause
        except OSError as cause:
            raise httpcore2.ReadError(str(cause)) from cause

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if not buffer:
            return
        if self._writer.is_closing():
            raise httpcore2.WriteError("the other side closed the connection")
        self._leaving.begin_send()
        self._writer.write(buffer[:WRITE_PIECE_BYTES])
        for start in range(WRITE_PIECE_BYTES, len(buffer), WRITE_PIECE_BYTES):
            await self._drained(timeout)
            await asyncio.sleep(0)
            if getattr(self._reader, "answered", False):
                raise httpcore2.WriteError("it was answered before all of it was sent")
            self._writer.write(buffer[start : start + WRITE_PIECE_BYTES])
        await self._drained(timeout)

    async def _drained(self, timeout: float | None) -> None:  # noqa: ASYNC109
        if not (self._writer.is_closing() or self._writer.transport.get_write_buffer_size()):
            return  # the system has all of it
        try:
            async with asyncio.timeout(timeout):
                await self._writer.drain()
        except TimeoutError as cause:
            raise httpcore2.WriteTimeout("the other side takes nothing more") from cause
        except OSError as cause:
            raise httpcore2.WriteError(str(cause)) from cause

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:  # fmt: skip
        secure = False
        try:
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
            secure = True
        except TimeoutError as cause:
            raise httpcore2.ConnectTimeout("no secure connection in time") from cause
        except OSError as cause:
            raise httpcore2.ConnectError(str(cause)) from cause
        finally:
            if not secure:
                await self.aclose()
        return self

    async def aclose(self) -> None:
        self._writer.transport.abort()
        await asyncio.sleep(0)  # so that the transport closes its socket

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            seen = self._writer.is_closing() or self._reader.at_eof() or getattr(self._reader, "unread", 0) > 0
            return seen or _is_readable(self._writer)
        return self._writer.get_extra_info(info)


def _is_readable(writer: asyncio.StreamWriter) -> bool:
    """Whether the system has bytes or an end of stream that the event loop has not seen yet."""
    look = select.poll()
    look.register(writer.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(look.poll(0))
