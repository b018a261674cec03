"""Clients that do harm below the routes: slow heads and bodies, what is no HTTP, and too many at once."""

from __future__ import annotations

import asyncio
import json
import resource
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import h11
import pytest

from client.proxy import Proxy
from reelwright.server import connections, guards
from reelwright.server.connections import _Reader, raise_file_limit
from reelwright.server.policy import MAX_REQUEST_HEAD_BYTES
from reelwright.settings import Settings
from server.conftest import APPROVING, Served, open_server

HEAD = b"POST /api/v1/quotes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
GET = b"GET /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@asynccontextmanager
async def connect(
    server: Served, address: str = "127.0.0.1"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect to the server from an address of this machine."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), local_addr=(address, 0))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], Any]:
    async with asyncio.timeout(5):
        status = int((await reader.readline()).split()[1])
        headers = {}
        while (line := (await reader.readline()).decode().strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers["content-length"]))
    return status, headers, json.loads(body)


async def wait_for_end(reader: asyncio.StreamReader, most_s: float) -> None:
    async with asyncio.timeout(most_s):
        try:
            while await reader.read(1 << 16):
                pass
        except ConnectionError:
            pass


@pytest.mark.parametrize("line", [
    b"POST /x HTTP/1.1\r\nContent-Length: 2\r\n", b"GET /x HTTP/1.1\r\nContent-Length: 2\r\n",
    b"GET /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", b"PUT /ws/x HTTP/1.1\r\n",
])  # fmt: skip
async def test_an_upgrade_that_is_no_handshake_is_answered_and_closed(server: Served, line: bytes) -> None:
    asks = b"Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    async with connect(server) as (reader, writer):
        writer.write(line + asks + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        status, _, body = await read_answer(reader)
        assert (status, body["code"]) == (400, "bad_request")
        await wait_for_end(reader, 2)


async def test_a_probe_may_ask_for_the_head_alone(server: Served) -> None:
    async with server.open_client() as client:
        for path in ("/livez", "/readyz"):
            answer = await client.head(path)
            assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.timed
@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 50 + b"\r\n",
     b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n",
     b"POST /v1/videos HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * (2 * MAX_REQUEST_HEAD_BYTES) + b"\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * (MAX_REQUEST_HEAD_BYTES + 1) + b"\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * (MAX_REQUEST_HEAD_BYTES // 5) + b"\r\n",
     b"GET /" + b"x" * (2 * MAX_REQUEST_HEAD_BYTES) + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
     b"POST /v1/videos HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
)  # fmt: skip
async def test_what_is_no_request_gets_a_problem_document_at_once(server: Served, sent: bytes) -> None:
    async with connect(server) as (reader, writer):
        began = time.monotonic()
        writer.write(sent)
        status, headers, body = await read_answer(reader)
        assert 400 <= status < 500 and time.monotonic() - began < 2, body
        assert headers["content-type"] in ("application/problem+json", "application/json")
    async with server.open_client() as client:
        assert (await client.get("/livez")).status_code == 200


@pytest.mark.timed
@pytest.mark.parametrize("first", [b"", GET], ids=["first request", "second request"])
async def test_a_head_that_comes_slowly_does_not_hold_its_connection(
    server: Served, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    monkeypatch.setattr(connections, "REQUEST_HEAD_S", 0.6)
    async with connect(server) as (reader, writer):
        if first:
            writer.write(first)
            assert (await read_answer(reader))[0] == 200
        began = time.monotonic()
        answer = asyncio.create_task(read_answer(reader))
        for letter in b"GET / HTTP/1.1\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":
            writer.write(bytes([letter]))
            await asyncio.wait({answer}, timeout=0.1)
            if answer.done():
                break
        status, _, body = await answer
        assert (status, body["code"]) == (408, "head_too_slow") and time.monotonic() - began < 2
        await wait_for_end(reader, 1)


async def test_a_client_that_never_says_anything_is_sent_away(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REQUEST_HEAD_S", 0.3)
    async with connect(server) as (reader, _):
        assert (await read_answer(reader))[0] == 408
        await wait_for_end(reader, 1)


@pytest.mark.timed
async def test_a_body_that_drips_is_refused_although_it_never_stands_still(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "BODY_PAUSE_S", 0.5)
    async with connect(server) as (reader, writer):
        writer.write(HEAD + b"Content-Length: 5000\r\n\r\n{")
        answer = asyncio.create_task(read_answer(reader))
        began = time.monotonic()
        while not answer.done() and time.monotonic() - began < 5:
            writer.write(b" ")
            await asyncio.wait({answer}, timeout=0.1)
        status, _, body = await answer
        assert (status, body["code"]) == (408, "body_too_slow") and time.monotonic() - began < 3


async def test_a_body_that_drips_on_after_its_answer_does_not_hold_its_connection(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "REQUEST_HEAD_S", 0.5)
    async with connect(server) as (reader, writer):
        writer.write(HEAD + b"Content-Length: 99999999999\r\n\r\n")
        assert (await read_answer(reader))[0] == 413
        ending = asyncio.create_task(wait_for_end(reader, 4))
        while not ending.done():
            writer.write(b" ")
            await asyncio.wait({ending}, timeout=0.1)
        await ending


async def test_a_client_that_reads_nothing_does_not_hold_its_answer(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "UNREAD_ANSWER_S", 0.5)
    async with connect(server) as (reader, writer):
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # as a client that hangs
        for _ in range(200):
            writer.write(b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        async with server.open_client() as client:
            assert (await client.get("/livez")).status_code == 200
        await asyncio.sleep(2)
        reader._transport.resume_reading()  # type: ignore[attr-defined]
        await wait_for_end(reader, 3)


async def test_too_many_clients_are_told_so_and_the_others_are_served(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, replace(APPROVING, most_connections=4)) as server:
        held = [connect(server) for _ in range(4)]
        for one in held:
            _, writer = await one.__aenter__()
            writer.write(GET[:20])
        await asyncio.sleep(0.2)
        async with connect(server) as (reader, writer):
            writer.write(GET)
            status, headers, body = await read_answer(reader)
            assert (status, body["code"]) == (503, "too_many_connections") and headers["retry-after"] == "2"
        upgrade = (
            b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
        )
        async with connect(server) as (reader, writer):
            writer.write(b"GET /api/ws/x HTTP/1.1\r\nHost: 127.0.0.1\r\n" + upgrade + b"\r\n")
            assert (await read_answer(reader))[0] == 503
        flood = [connect(server) for _ in range(20)]
        ends = [await one.__aenter__() for one in flood]
        gone = [asyncio.create_task(wait_for_end(reader, 3)) for reader, _ in ends]
        done, waiting = await asyncio.wait(gone, timeout=1)
        assert len(done) >= 12, "beyond twice as many, none is accepted"
        for task in waiting:
            task.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        for one in (*held, *flood):
            await one.__aexit__(None, None, None)
        await asyncio.sleep(0.2)
        async with server.open_client() as client:
            assert (await client.get("/api/v1/jobs")).status_code == 200


@pytest.mark.parametrize("proxies", [(), ("127.0.0.3/32",)])
async def test_one_address_leaves_connections_to_the_others(
    settings: Settings, proxy: Proxy, proxies: tuple[str, ...]
) -> None:
    """Its own limit is reached before that for all, and no further connection of it is accepted."""
    options = replace(APPROVING, most_connections=12, connections_per_address=3, is_key_required=True)
    async with (
        open_server(settings, proxy, replace(options, trusted_proxies=proxies)) as server,
        AsyncExitStack() as stack,
    ):
        for _ in range(3):
            _, writer = await stack.enter_async_context(connect(server, "127.0.0.3"))
            writer.write(GET[:20])
        await asyncio.sleep(0.1)
        reader, writer = await stack.enter_async_context(connect(server, "127.0.0.3"))
        writer.write(GET)
        status, headers, body = await read_answer(reader)
        if proxies:
            assert status == 401, "a proxy connects for many"
            return
        assert (status, body["code"]) == (429, "too_many_connections_of_address") and headers["retry-after"]
        flood = [await stack.enter_async_context(connect(server, "127.0.0.3")) for _ in range(20)]
        gone = [asyncio.create_task(wait_for_end(reader, 5)) for reader, _ in flood]
        done, waiting = await asyncio.wait(gone, timeout=1)
        assert len(done) >= 16
        for task in waiting:
            task.cancel()
        reader, writer = await stack.enter_async_context(connect(server, "127.0.0.4"))
        writer.write(GET)
        assert (await read_answer(reader))[0] == 401, "there is room for another address"


def test_the_limit_of_open_files_bounds_the_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        assert raise_file_limit(100) == 100
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(456, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_request_with_two_lengths_is_refused_and_ends_its_connection(server: Served) -> None:
    """RFC 9112, 6.3: a proxy may read the other length, and take the rest of the body for the next request."""
    async with connect(server) as (reader, writer):
        writer.write(HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + GET)
        status, headers, body = await read_answer(reader)
        assert (status, body["code"], headers["connection"]) == (400, "two_lengths", "close")
        assert await asyncio.wait_for(reader.read(), 5) == b""


async def test_no_answer_is_guessed_at_and_no_json_is_stored(server: Served) -> None:
    """Also of what is refused before any route, and of what fails."""
    heads = (b"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"GET / HTTP/1.1\r\nHost: evil.example\r\n", b"GET\r\n")
    for sent in (GET, *(head + b"\r\n" for head in heads), HEAD + b"Content-Length: 99999999999\r\n\r\n"):
        async with connect(server) as (reader, writer):
            writer.write(sent)
            _, headers, _ = await read_answer(reader)
            assert headers["x-content-type-options"] == "nosniff", sent
            assert headers["cache-control"] == "no-store", sent


def read_events(data: bytes) -> list[str]:
    reader = _Reader(h11.SERVER, MAX_REQUEST_HEAD_BYTES)
    reader.receive_data(data)
    return [type(reader.next_event()).__name__]


def test_the_limit_of_a_head_holds_also_when_it_comes_in_one_read() -> None:
    """h11 looks only at a head that has not come whole: one of 200 KB in a single read was taken."""
    head = b"GET / HTTP/1.1\r\nHost: x\r\nX: "
    assert read_events(head + b"x" * (MAX_REQUEST_HEAD_BYTES - 100) + b"\r\n\r\n") == ["Request"]
    assert read_events(head + b"x\r\n\r\n" + b"y" * (3 * MAX_REQUEST_HEAD_BYTES)) == ["Request"], (
        "what follows is no head"
    )
    with pytest.raises(h11.RemoteProtocolError):
        read_events(head + b"x" * MAX_REQUEST_HEAD_BYTES + b"\r\n\r\n")
    with pytest.raises(h11.RemoteProtocolError):
        read_events(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * (MAX_REQUEST_HEAD_BYTES // 5) + b"\r\n")
