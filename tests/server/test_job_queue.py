"""The queue over HTTP: priorities, the way to the front, and 2,000 jobs that delay nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from client.proxy import Proxy
from reelwright.settings import Settings
from server.conftest import APPROVING, MODEL, Served, open_server
from server.test_access import add_key, bear

KEYS_ONLY = replace(APPROVING, has_director=False, is_key_required=True)


@pytest.fixture
async def server(settings: Settings, proxy: Proxy) -> AsyncIterator[Served]:
    async with open_server(settings, proxy, KEYS_ONLY) as served:
        yield served


async def order(client: httpx2.AsyncClient, words: str, **more: Any) -> str:
    """Order a clip and return its job."""
    body = {"prompt": words, "model": MODEL, "max_usd": "1", "accept_unconfirmed": True, **more}
    made = await client.post("/api/v1/clips", json=body)
    assert made.status_code == 202, made.text
    return str(made.json()["job"])


async def read(client: httpx2.AsyncClient, job: str) -> tuple[int, str]:
    found = (await client.get(f"/api/v1/jobs/{job}")).json()
    return found["position"], found["priority"]


async def open_member(server: Served, name: str, role: str, **more: Any) -> httpx2.AsyncClient:
    return server.open_client(headers=bear((await add_key(server, name, role, **more)).secret))


async def test_members_take_turns_and_only_an_owner_passes_them(server: Served) -> None:
    bulk, single = await open_member(server, "bulk", "producer"), await open_member(server, "single", "producer")
    owner = await open_member(server, "owner", "owner")
    async with bulk, single, owner:
        many = [await order(bulk, f"heron {n}") for n in range(4)]
        mine = await order(single, "an owl")
        assert await read(single, mine) == (2, "normal"), "behind the first job of the other key, which came before"
        assert (await bulk.post(f"/api/v1/jobs/{many[3]}/front")).json()["position"] == 1
        assert await read(bulk, many[0]) == (3, "normal") and await read(single, mine) == (2, "normal")
        refused = await bulk.patch(f"/api/v1/jobs/{many[0]}", json={"priority": "high"})
        assert refused.status_code == 403 and refused.json()["code"] == "role_too_low"
        again = await bulk.post("/api/v1/clips", json={"prompt": "x", "model": MODEL, "priority": "high"})
        assert again.status_code == 403
        changed = await owner.patch(f"/api/v1/jobs/{many[2]}", json={"priority": "high"})
        assert (changed.json()["position"], changed.json()["priority"]) == (1, "high")
        assert (await bulk.patch(f"/api/v1/jobs/{many[3]}", json={"priority": "low"})).json()["position"] == 5
        assert (await bulk.post(f"/api/v1/jobs/{many[0]}/front")).json()["priority"] == "normal", "no way to be high"
        low = await order(single, "a later owl", priority="low")
        assert (await read(single, low))[1] == "low"
        events = await server.deployment.runtime.journal.list_events("local")
        assert [event.kind for event in events if event.kind == "job.moved"] == ["job.moved"] * 4


async def test_an_owner_pauses_the_queue_and_lets_it_go_on(server: Served) -> None:
    member, owner = await open_member(server, "any", "producer"), await open_member(server, "owner", "owner")
    async with member, owner:
        assert (await member.get("/api/v1/queue")).json()["paused_since"] is None
        for act in ("pause", "resume"):
            assert (await member.post(f"/api/v1/queue/{act}")).json()["code"] == "role_too_low"
        since = (await owner.post("/api/v1/queue/pause")).json()["paused_since"]
        assert since and (await member.get("/api/v1/queue")).json()["paused_since"] == since
        assert (await owner.post("/api/v1/queue/resume")).json()["paused_since"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"priority": "urgent"},
        {"priority": 5},
        {"priority": None},
        {"priority": []},
        {"priority": "low", "state": "done"},
    ],
)
async def test_a_priority_that_is_none_is_refused(server: Served, body: dict[str, Any]) -> None:
    async with await open_member(server, "any", "owner") as client:
        job = await order(client, "heron")
        refused = await client.patch(f"/api/v1/jobs/{job}", json=body)
        assert refused.status_code == 422 and refused.json()["accepted"]
        assert await read(client, job) == (1, "normal")


async def test_a_viewer_and_another_account_change_no_priority(server: Served) -> None:
    maker, viewer = await open_member(server, "maker", "producer"), await open_member(server, "viewer", "viewer")
    other = await open_member(server, "other", "owner", account="team-2")
    async with maker, viewer, other:
        job = await order(maker, "heron")
        for client, status in ((viewer, 403), (other, 404)):
            assert (await client.patch(f"/api/v1/jobs/{job}", json={"priority": "low"})).status_code == status
            assert (await client.post(f"/api/v1/jobs/{job}/front")).status_code == status
        theirs = await order(other, "an owl", priority="high")
        assert await read(other, theirs) == (2, "high"), "it passes no job of another account"
