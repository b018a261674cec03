"""A server on loopback that speaks sockets, not HTTP: it counts every byte and misbehaves as told."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Act = Callable[["Visit"], Awaitable[None]]


@dataclass
class Visit:
    """One connection that was accepted."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    got: bytearray = field(default_factory=bytearray)

    async def read(self, most: int = 65536) -> bytes:
        part = await self.reader.read(most)
        self.got += part
        return part

    async def request(self) -> bytes:
        """Read one whole request; returns its body."""
        while b"\r\n\r\n" not in self.got:
            if not await self.read():
                return b""
        head, _, body = bytes(self.got).partition(b"\r\n\r\n")
        length = next(
            (int(h.split(b":")[1]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")), 0
        )
        while len(body) < length:
            if not (part := await self.read()):
                break
            body += part
        return body

    async def say(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    async def answer(self, body: bytes = b"{}", status: str = "200 OK", *headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        await self.say("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        sock: socket.socket = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class Server:
    """``visits`` in the order in which they were accepted."""

    port: int
    tls: bool = False
    visits: list[Visit] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    @property
    def bytes_in(self) -> int:
        return sum(len(visit.got) for visit in self.visits)

    @property
    def posts(self) -> int:
        return sum(bytes(visit.got).count(b"POST /") for visit in self.visits)

    @property
    def text_in(self) -> str:
        return b"".join(bytes(visit.got) for visit in self.visits).decode("latin-1")


@asynccontextmanager
async def serving(act: Act, trust: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server that does ``act`` with every connection, until the block ends."""
    at = Server(port=0, tls=trust is not None)

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = Visit(reader, writer)
        at.visits.append(visit)
        try:
            await act(visit)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(accepted, "127.0.0.1", 0, ssl=trust)
    at.port = server.sockets[0].getsockname()[1]
    try:
        yield at
    finally:
        server.close()
        for visit in at.visits:
            visit.writer.transport.abort()
        await asyncio.sleep(0.01)


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


async def drop(visit: Visit) -> None:
    """Takes the whole request and closes without a word."""
    await visit.request()


async def hang(visit: Visit) -> None:
    await visit.request()
    await asyncio.sleep(30)


async def fine(visit: Visit) -> None:
    await visit.request()
    await visit.answer(b'{"id": "op-1"}')


def says(raw: bytes, *, then_hangs: bool = False) -> Act:
    """Takes the whole request and answers with exactly these bytes."""

    async def act(visit: Visit) -> None:
        await visit.request()
        await visit.say(raw)
        if then_hangs:
            await asyncio.sleep(30)

    return act
