"""Server of a fake on loopback, with raw sockets and h11: calls can be dropped, hung, swallowed or trickled."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from dataclasses import replace
from email.utils import formatdate
from types import TracebackType
from typing import Final, Self

import h11

from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply, parse_call

_READ: Final = 1 << 16
_CALLS_KEPT: Final = 512
_PAGE: Final = Reply(body=b"<html><body>Sign in to continue</body></html>", headers={"content-type": "text/html"})


class FakeServer:
    """HTTP server of a fake on loopback: ``async with FakeServer(fake) as server: server.url``.

    Uses no thread and no timer for waiting work.

    ``calls``: the newest calls, whole. ``port`` 0: a free one.
    """

    def __init__(self, fake: Fake, port: int = 0, host: str = "127.0.0.1") -> None:
        self.fake = fake
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self._counts: Counter[Kind] = Counter()
        self._open: set[asyncio.Task[None]] = set()
        self._faults: list[BaseException] = []
        self._port, self._host = port, host
        self._began = 0.0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._began = time.monotonic()
        self._server = await asyncio.start_server(self._accept, self._host, self._port, backlog=1024)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection. Raises the first error inside the fake itself, if there was one."""
        assert self._server
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self.fake.close()
        if self._faults and error is None:
            raise self._faults[0]

    @property
    def url(self) -> str:
        """The server's base URL on loopback."""
        return f"http://127.0.0.1:{self._port}"

    def count(self, kind: Kind) -> int:
        """Return how many calls of this kind arrived whole, answered or not."""
        return self._counts[kind]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._forget_task)

    def _forget_task(self, task: asyncio.Task[None]) -> None:
        self._open.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._faults.append(error)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection, call after call, until either side closes it."""
        line = _Connection(reader, writer)
        try:
            while (call := await line.next_call()) is not None:
                if not await self._answer_call(line, call):
                    return
        except (h11.RemoteProtocolError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer_call(self, line: _Connection, call: Call) -> bool:
        """Answer a call as the script says. Return False if the connection is to be closed."""
        fake = self.fake.choose_fake(call)
        call = self._count_call(fake, call)
        behaviours = fake.script.select_behaviours(call.kind, call.number, self._elapsed_s * fake.script.speed)
        for behaviour in behaviours:
            if behaviour.do == "slow":
                await asyncio.sleep(behaviour.seconds / fake.script.speed)
            elif behaviour.do == "hang":
                await line.wait_until_closed()
                return False
            elif behaviour.do == "drop":
                return False
            elif behaviour.do == "status" and not behaviour.is_billed:
                return await line.reply(_build_scripted_error(fake, behaviour))
        reply = _add_date(fake, await _answer(fake, call, behaviours))
        for behaviour in behaviours:
            if behaviour.do == "swallow":
                return False
            if behaviour.do == "status":
                reply = _build_scripted_error(fake, behaviour)
            if behaviour.do == "nonsense":
                reply = Reply(body=behaviour.body.encode(), headers={"content-type": "text/html"})
            elif behaviour.do == "wrong_type":
                reply = _PAGE
        rates = [behaviour.rate for behaviour in behaviours if behaviour.do == "trickle"]
        return await line.reply(reply, min(rates, default=0))

    def _count_call(self, fake: Fake, call: Call) -> Call:
        kind = fake.identify_kind(call)
        self._counts[kind] += 1
        call = replace(call, kind=kind, number=self._counts[kind])
        self.calls.append(call)
        return call

    @property
    def _elapsed_s(self) -> float:
        return time.monotonic() - self._began


def _add_date(fake: Fake, reply: Reply) -> Reply:
    """Add the date by the provider's own clock, as every server sends it."""
    return replace(
        reply, headers={"date": formatdate(time.time() + fake.script.listing.clock_s, usegmt=True), **reply.headers}
    )


async def _answer(fake: Fake, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
    if not fake.is_authorized(call):
        return fake.make_error(401, "the key is missing or wrong")
    return await fake.answer(call, behaviours)


def _build_scripted_error(fake: Fake, behaviour: Behaviour) -> Reply:
    reply = fake.make_error(behaviour.status, "as the script says")
    if behaviour.body:
        reply = replace(reply, body=behaviour.body.encode())
    if behaviour.retry_after is not None:
        reply = replace(reply, headers={**reply.headers, "retry-after": behaviour.retry_after})
    return reply


class _Connection:
    """Connection that turns bytes to calls and replies to bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._wire = h11.Connection(h11.SERVER)

    async def next_call(self) -> Call | None:
        """Return the next whole call; None if the other side has closed."""
        if self._wire.our_state is h11.DONE:
            self._wire.start_next_cycle()
        body = bytearray()
        head: h11.Request | None = None
        while True:
            event = self._wire.next_event()
            if event is h11.NEED_DATA:
                await self._send_continue()
                self._wire.receive_data(await self._reader.read(_READ))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                names = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
                return parse_call(head.method.decode(), head.target.decode(), names, bytes(body))
            else:
                return None

    async def _send_continue(self) -> None:
        if self._wire.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))

    async def reply(self, reply: Reply, rate: int = 0) -> bool:
        """Write an answer, at ``rate`` bytes per second if that is above 0.

        Return False if the connection ends with it.
        """
        headers = (
            dict(reply.headers) if reply.status == 204 else {**reply.headers, "content-length": str(len(reply.body))}
        )
        await self._send(h11.Response(status_code=reply.status, headers=list(headers.items())))
        step = max(1, rate // 10) if rate else _READ
        for start in range(0, len(reply.body), step):
            await self._send(h11.Data(data=reply.body[start : start + step]))
            if rate:
                await asyncio.sleep(step / rate)
        await self._send(h11.EndOfMessage())
        return self._wire.our_state is h11.DONE

    async def wait_until_closed(self) -> None:
        while await self._reader.read(_READ):
            pass

    async def _send(self, event: h11.Event) -> None:
        data = self._wire.send(event)
        if data:
            self._writer.write(data)
            await self._writer.drain()
