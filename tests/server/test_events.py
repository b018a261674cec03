"""The live events of an account: every one once, in order, also for a client that comes back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx2
import pytest

from reelwright.errors import StoreUnavailable
from reelwright.reel.film.brief import Brief
from server.conftest import Served


async def read_events(
    server: Served, count: int, opened: asyncio.Event | None = None, **headers: str
) -> list[dict[str, Any]]:
    """Read so many events of the stream. ``opened`` is set once the stream has begun."""
    found: list[dict[str, Any]] = []
    async with server.open_client() as client, client.stream("GET", "/api/v1/events", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if opened:
                opened.set()
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: ")))
            if len(found) >= count:
                break
    return found


async def open_projects(server: Served, count: int) -> None:
    journal = server.deployment.runtime.journal
    account = server.deployment.runtime.settings.account
    await asyncio.gather(*(journal.open_project(account, f"p{n}", Brief(text="x")) for n in range(count)))


async def test_two_streams_have_every_event_once_and_in_order(server: Served) -> None:
    async with asyncio.timeout(30):
        opened = [asyncio.Event(), asyncio.Event()]
        streams = [asyncio.create_task(read_events(server, 20, one)) for one in opened]
        await asyncio.gather(*(one.wait() for one in opened))
        for _ in range(4):
            await open_projects(server, 5)
        first, second = await asyncio.gather(*streams)
    ids = [event["id"] for event in first]
    assert ids == sorted(set(ids)) and [event["id"] for event in second] == ids


async def test_what_happens_after_the_head_of_a_stream_is_in_it_however_slow_the_database_is(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = server.deployment.runtime.journal
    find = journal.find_newest_event

    async def find_late(account: str) -> int:
        await asyncio.sleep(0.3)
        return await find(account)

    monkeypatch.setattr(journal, "find_newest_event", find_late)
    async with (
        asyncio.timeout(20),
        server.open_client() as client,
        client.stream("GET", "/api/v1/events") as stream,
    ):
        await open_projects(server, 1)
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                assert json.loads(line.removeprefix("data: "))["kind"] == "project.opened"
                break


async def test_a_client_that_comes_back_misses_and_repeats_nothing(server: Served) -> None:
    async with asyncio.timeout(30):
        await open_projects(server, 10)
        whole = await read_events(server, 10, **{"Last-Event-ID": "0"})
        known = str(whole[3]["id"])
        coming = asyncio.create_task(read_events(server, 9, **{"Last-Event-ID": known}))
        await asyncio.sleep(0.3)
        await open_projects(server, 3)
        rest = await coming
    assert [event["id"] for event in rest[:6]] == [event["id"] for event in whole[4:]]
    assert len({event["id"] for event in rest}) == 9 and {event["kind"] for event in rest} == {"project.opened"}


async def test_a_wrong_id_is_refused(server: Served) -> None:
    async with server.open_client() as client:
        answer = await client.get("/api/v1/events", headers={"Last-Event-ID": "x"})
        assert (answer.status_code, answer.json()["field"]) == (422, "Last-Event-ID")


async def test_a_stream_ends_when_the_server_stops_and_holds_it_up_no_longer(server: Served) -> None:
    async with server.open_client() as client, client.stream("GET", "/api/v1/events") as stream:
        server.deployment.is_stopping = True
        async with asyncio.timeout(5):
            try:
                async for _ in stream.aiter_lines():
                    pass
            except httpx2.RemoteProtocolError:
                pass


async def test_a_stream_that_finds_no_database_ends_quietly_and_its_client_comes_again(
    server: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journal = server.deployment.runtime.journal

    async def fail(*args: object) -> int:
        raise StoreUnavailable(code="server_unreachable", database="x", cause="gone")

    with monkeypatch.context() as away:
        away.setattr(journal, "find_newest_event", fail)
        async with asyncio.timeout(10):
            assert await read_events(server, 1, **{"Last-Event-ID": "0"}) == []
    assert not [one for one in caplog.records if one.levelname == "ERROR"]
    async with asyncio.timeout(10):
        await open_projects(server, 1)
        assert len(await read_events(server, 1, **{"Last-Event-ID": "0"})) == 1


async def test_streams_go_on_after_an_event_that_could_not_be_read(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = server.deployment.runtime.journal
    opened, broken = asyncio.Event(), asyncio.Event()
    real = journal.list_events

    async def fail_once(*args: Any) -> Any:
        if not broken.is_set():
            broken.set()
            raise ValueError("a line that nobody foresaw")
        return await real(*args)

    async with asyncio.timeout(20):
        coming = asyncio.create_task(read_events(server, 2, opened))
        await opened.wait()
        monkeypatch.setattr(journal, "list_events", fail_once)
        await broken.wait()
        await open_projects(server, 2)
        assert len(await coming) == 2
