"""Processes that die at the worst moment, or are asked to stop: what they had begun is ended, once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from crash.forked import Forks
from reelwright.providers.fakes.script import Script
from server.stand import MODEL, Stand, check_ledger, finish, is_ready, open_stand, order, read_state, wait_until

SMALL: Final = {"aspect": "9:16", "short_side": 180, "max_usd": "5", "accept_unconfirmed": True}
CLIP: Final = {"model": MODEL, "max_usd": "5", "accept_unconfirmed": True}
SLOW: Final = Script(latency_s=(1800, 1800), speed=600)
"""Three seconds at the provider: long enough to be stopped meanwhile."""


async def order_film(client: httpx2.AsyncClient, n: int) -> str:
    body: dict[str, Any] = {"brief": f"“Never flickers {n}.” For “Fenn”, a desk lamp", "length": 2, "models": [MODEL]}
    return await order(client, f"film {n}", "/api/v1/projects", **body, **SMALL)


async def die_between(stand: Stand, label: str) -> None:
    visit = 2 if label == "C11" else 1  # a server that starts writes one file itself: it tries the vault
    url = stand.start("server", REELWRIGHT_CRASH_AT=f"{label}:{visit}")
    async with httpx2.AsyncClient(base_url=url, timeout=15) as client:
        await wait_until(lambda: is_ready(client), 60, "the server never starts")
        if label in ("C15", "C16"):
            job = await order_film(client, 1)
        else:
            job = await order(client, "clip", "/api/v1/clips", prompt="clip", **CLIP)
        assert await asyncio.to_thread(stand.wait_for_death, "server") == -signal.SIGKILL
        stand.start("server")
        ended = (await finish(client, [job], 100))[job]
        assert ended["state"] == "done", ended["message"]
        content = (await client.get(f"/api/v1/jobs/{job}/files/0")).content
        assert content[4:8] == b"ftyp" and len(content) > 1000
        await check_ledger(client, stand)
    assert set(Counter(stand.bought).values()) == {1}


@pytest.mark.parametrize(
    "label",
    [pytest.param("C12", id="file before record"), pytest.param("C13", id="record before charge"),
     pytest.param("C16", id="film before record"), pytest.param("C11", id="part of file", marks=pytest.mark.lane_serve),
     pytest.param("C14", id="charge before event", marks=pytest.mark.lane_serve)],
)  # fmt: skip
def test_a_kill_between_a_file_and_its_record_loses_and_doubles_nothing(
    forks: Forks, tmp_path: Path, label: str
) -> None:
    with open_stand(forks, tmp_path) as stand:
        asyncio.run(die_between(stand, label))


async def stop_with_films(stand: Stand) -> None:
    url = stand.start("server")
    async with httpx2.AsyncClient(base_url=url, timeout=15) as client:
        await wait_until(lambda: is_ready(client), 60, "the server never starts")
        jobs = [await order_film(client, n) for n in range(4)]

        async def are_all_at_work() -> bool:
            return len(stand.bought) >= 4

        await wait_until(are_all_at_work, 60, "not all films are at work")
        began = asyncio.get_running_loop().time()
        os.kill(stand.lives["server"].pid, signal.SIGTERM)
        assert await asyncio.to_thread(stand.wait_for_death, "server") == 0, stand.lives["server"].communicate(1)
        assert asyncio.get_running_loop().time() - began < 20
        stand.start("server")
        states = {(await read_state(client, job))["state"] for job in jobs}
        assert "failed" not in states and "cancelled" not in states, states
        ended = await finish(client, jobs, 90)
        assert {one["state"] for one in ended.values()} == {"done"}, [one["message"] for one in ended.values()]
        await check_ledger(client, stand)
    assert len(stand.bought) == 4, "one take each"


def test_a_stop_with_four_films_at_work_goes_on_with_all_four(forks: Forks, tmp_path: Path) -> None:
    with open_stand(forks, tmp_path, script=SLOW) as stand:
        asyncio.run(stop_with_films(stand))


async def serve_from_two(stand: Stand) -> None:
    first, second = stand.start("server"), stand.start("replica", has_director=True)
    async with (
        httpx2.AsyncClient(base_url=first, timeout=15) as one,
        httpx2.AsyncClient(base_url=second, timeout=15) as two,
    ):
        for client in (one, two):
            await wait_until(lambda client=client: is_ready(client), 60, "a server never starts")  # type: ignore[misc]
        made = (await one.post("/v1/videos", json={"prompt": "a heron", "model": MODEL})).json()["id"]
        assert (await two.get(f"/v1/videos/{made}")).json()["id"] == made, "it is known everywhere at once"
        await finish(two, [made], 60)
        whole = (await two.get(f"/v1/videos/{made}/content")).content
        assert whole == (await one.get(f"/v1/videos/{made}/content")).content and len(whole) > 1000
        part = await two.get(f"/v1/videos/{made}/content", headers={"Range": "bytes=100-199"})
        assert part.status_code == 206 and part.content == whole[100:200]
        late = await order(one, "late", "/api/v1/clips", prompt="late", **CLIP)
        await asyncio.to_thread(stand.kill, "server")
        assert await order(two, "late", "/api/v1/clips", prompt="late", **CLIP) == late, "also the key"
        assert (await finish(two, [late], 60))[late]["state"] == "done", "the other one ends it"
        await check_ledger(two, stand)
    assert sorted(stand.bought) == ["a heron", "late"]


@pytest.mark.postgres
def test_another_replica_answers_and_ends_what_the_first_one_took(forks: Forks, tmp_path: Path, pg_url: str) -> None:
    with open_stand(forks, tmp_path, pg_url) as stand:
        asyncio.run(serve_from_two(stand))
