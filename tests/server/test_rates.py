"""Limits of requests and streams: by key, by address, before a body is read, and behind a proxy that is trusted."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import openai
import pytest
import websockets
from limits.aio import strategies
from limits.aio.storage import memory

from client.proxy import Proxy
from reasons import has_field
from reelwright.errors import BadInput
from reelwright.server import rates
from reelwright.server.access import TOO_MANY
from reelwright.server.rates import FAILED_KEYS, find_address, parse_rate
from reelwright.server.serving import check_proxies
from reelwright.settings import Settings
from server.conftest import APPROVING, MODEL, Served, open_server
from server.test_access import add_key, bear

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
KEYS_ONLY = replace(APPROVING, has_director=False, is_key_required=True)


@pytest.fixture(autouse=True)
def stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock that requests are counted by just after a whole hour. Past a whole minute, more are allowed."""
    now = time.time() // 3600 * 3600 + 1
    for module in (rates, memory, strategies):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: now))


@asynccontextmanager
async def serve(tmp_path: Path, **options: Any) -> AsyncIterator[Served]:
    settings = Settings(home=tmp_path / "home", hands=1)
    async with open_server(settings, Proxy(tmp_path / "proxy"), replace(KEYS_ONLY, **options)) as served:
        yield served


def wrong_key() -> str:
    return "rw_" + secrets.token_hex(20)


async def get_statuses(client: httpx2.AsyncClient, times: int, path: str = "/api/v1/jobs", **more: Any) -> list[int]:
    return [(await client.get(path, **more)).status_code for _ in range(times)]


async def test_a_key_that_asks_too_often_is_told_when_to_ask_again_and_delays_no_other_key(tmp_path: Path) -> None:
    async with serve(tmp_path, rate_limit="5/min") as server:
        first, second = [(await add_key(server, name)).secret for name in ("a", "b")]
        async with server.open_client(headers=bear(first)) as client:
            answer = await client.get("/api/v1/jobs")
            assert answer.headers["ratelimit-policy"] == '"requests";q=5;w=60'
            assert answer.headers["ratelimit"].startswith('"requests";r=4;t=')
            assert await get_statuses(client, 4) == [200] * 4
            refused = await client.get("/api/v1/jobs")
            assert refused.status_code == 429 and refused.headers["content-type"] == "application/problem+json"
            assert refused.json()["code"] == "too_many_requests" and refused.json()["retry"] == "later"
            assert 1 <= int(refused.headers["retry-after"]) <= 120 and refused.headers["x-should-retry"] == "true"
            assert (await client.get("/readyz")).status_code == 200, "what watches the process is not counted"
            assert await get_statuses(client, 1, headers=bear(second)) == [200]


async def test_a_refusal_is_answered_before_the_body_is_read(tmp_path: Path) -> None:
    async with serve(tmp_path, rate_limit="1/h") as server:
        secret = (await add_key(server, "a")).secret
        async with server.open_client(headers=bear(secret)) as client:
            assert await get_statuses(client, 1) == [200]
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
        head = f"POST /api/v1/assets HTTP/1.1\r\nHost: x\r\nx-api-key: {secret}\r\nContent-Length: 60000000\r\n\r\n"
        writer.write(head.encode())
        async with asyncio.timeout(5):
            assert b"429" in await reader.readline()
        writer.close()


async def test_a_refusal_has_the_shape_of_its_path(tmp_path: Path) -> None:
    async with serve(tmp_path, rate_limit="1/h") as server:
        secret = (await add_key(server, "a")).secret
        async with server.open_client(headers=bear(secret)) as client:
            assert await get_statuses(client, 1) == [200]
            google = await client.get(f"/v1beta/models/{MODEL}/operations/x")
            assert google.status_code == 429
            assert google.json()["error"]["status"] == "RESOURCE_EXHAUSTED" and google.headers["retry-after"]
        async with server.open_openai(api_key=secret) as program:
            with pytest.raises(openai.RateLimitError) as caught:
                await program.videos.list()
            assert caught.value.code == "too_many_requests" and caught.value.type == "rate_limit_error"


async def test_wrong_keys_of_an_address_are_refused_unread_and_a_right_one_still_passes(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        known, fresh = [(await add_key(server, name)).secret for name in ("known", "fresh")]
        async with server.open_client() as client:
            assert await get_statuses(client, 1, headers=bear(known)) == [200]
            statuses = [(await client.get("/api/v1/jobs", headers=bear(wrong_key()))).status_code for _ in range(25)]
            assert statuses == [401] * FAILED_KEYS.amount + [429] * 5
            refused = await client.get("/v1/videos", headers=bear(wrong_key()))
            assert refused.json()["error"]["code"] == "too_many_failed_keys" and refused.headers["retry-after"]
            assert await get_statuses(client, 1, headers=bear(known)) == [200], "others of that address go on"
            assert await get_statuses(client, 1, headers=bear(fresh)) == [429], "one that was never right waits"


async def test_requests_without_a_key_are_counted_by_address(tmp_path: Path) -> None:
    async with serve(tmp_path, rate_limit="3/min") as server, server.open_client() as client:
        assert await get_statuses(client, 4) == [401, 401, 401, 429]
        assert (await client.get("/health")).status_code == 429
        assert await get_statuses(client, 5, "/ping") == [200] * 5


async def test_the_owner_of_this_machine_is_not_limited(settings: Settings, proxy: Proxy) -> None:
    options = replace(APPROVING, rate_limit="1/h", max_streams=1, has_director=False)
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        assert await get_statuses(client, 5) == [200] * 5
        async with client.stream("GET", "/api/v1/events"), client.stream("GET", "/api/v1/events") as second:
            assert second.status_code == 200


async def test_a_key_has_only_so_many_streams_open_and_gets_one_back_when_one_ends(tmp_path: Path) -> None:
    async with serve(tmp_path, max_streams=2) as server:
        secret, other = [(await add_key(server, name)).secret for name in ("a", "b")]
        url = server.url.replace("http", "ws") + "/api/ws/none"
        async with server.open_client(headers=bear(secret)) as client:
            async with (
                client.stream("GET", "/api/v1/events") as first,
                client.stream("GET", "/api/v1/events") as second,
            ):
                assert first.status_code == second.status_code == 200
                refused = await client.get("/api/v1/events")
                assert refused.status_code == 429 and refused.json()["code"] == "too_many_streams"
                with pytest.raises(websockets.ConnectionClosed) as closed:
                    async with websockets.connect(url, additional_headers=bear(secret), proxy=None) as socket:
                        await socket.recv()
                assert closed.value.rcvd and closed.value.rcvd.code == TOO_MANY
                async with (
                    server.open_client(headers=bear(other)) as theirs,
                    theirs.stream("GET", "/api/v1/events") as it,
                ):
                    assert it.status_code == 200
            async with asyncio.timeout(10):
                while True:
                    async with client.stream("GET", "/api/v1/events") as again:
                        if again.status_code == 200:
                            break
                    await asyncio.sleep(0.1)


async def guess(server: Served, forwarded: Sequence[tuple[str, str]], times: int = 1) -> int:
    """Send wrong keys with these headers; return the last status."""
    async with server.open_client() as client:
        answers = [
            await client.get("/api/v1/jobs", headers=[*forwarded, ("x-api-key", wrong_key())]) for _ in range(times)
        ]
    return answers[-1].status_code


async def test_forged_addresses_never_pass_where_no_proxy_is_trusted(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        headers = ("x-forwarded-for", "forwarded", "x-real-ip", "client-ip", "true-client-ip", "cf-connecting-ip")
        for n in range(FAILED_KEYS.amount):
            name = headers[n % len(headers)]
            value = f"for=203.0.113.{n}" if name == "forwarded" else f"203.0.113.{n}"
            assert await guess(server, [(name, value)]) == 401
        assert await guess(server, [("x-forwarded-for", "198.51.100.1")]) == 429


async def test_behind_a_trusted_proxy_the_rightmost_address_that_is_none_counts(tmp_path: Path) -> None:
    async with serve(tmp_path, trusted_proxies=("127.0.0.1", "10.0.0.0/8")) as server:
        for n in range(FAILED_KEYS.amount):
            forged = [("x-forwarded-for", f"203.0.113.{n}, 198.51.100.7, 10.1.2.3"), ("x-forwarded-for", "10.9.9.9")]
            assert await guess(server, forged) == 401
        assert await guess(server, [("x-forwarded-for", "1.1.1.1, 198.51.100.7")]) == 429
        assert await guess(server, [("x-forwarded-for", "198.51.100.7, 198.51.100.8")]) == 401
        assert await guess(server, [("forwarded", "for=198.51.100.9"), ("x-forwarded-for", "198.51.100.7")]) == 429


@pytest.mark.parametrize("proxy_address", ["*", "proxy.example", "127.0.0.1/33", "", "10.0.0.1/8"])
def test_a_trusted_proxy_that_is_no_address_is_refused(proxy_address: str) -> None:
    with pytest.raises(BadInput, check=has_field("trusted_proxy")):
        check_proxies((proxy_address,), is_caller_required=True)


def test_a_proxy_is_trusted_only_where_a_key_is_required() -> None:
    with pytest.raises(BadInput, check=has_field("trusted_proxy")):
        check_proxies(("127.0.0.1",), is_caller_required=False)


@pytest.mark.parametrize("rate", ["", "600", "600/day", "-1/s", "0/min", "1.5/s", "600/min/s", "１/s"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    with pytest.raises(BadInput, check=has_field("rate_limit")):
        parse_rate(rate)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("garbage", "garbage"),
    ],
)
def test_addresses_are_counted_by_what_one_customer_has(host: str, address: str) -> None:
    assert find_address({"client": (host, 1)}) == address
    assert find_address({"client": None}) == "unknown"
