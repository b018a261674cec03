"""Kills under load: films and clips for many clients of events, while servers and workers die and start again.

The lane (``make test-serve``) makes 50 films for 200 clients, ``make test`` a few. The numbers that chance draws are
shifted by ``REELWRIGHT_SERVE_SEED``.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from client.proxy import Proxy, film
from crash.forked import Forks
from reelwright.settings import Settings
from reelwright.units import Micros
from server.conftest import APPROVING, open_server
from server.conftest import MODEL as PROXY_MODEL
from server.stand import MODEL, EventClient, Stand, check_ledger, finish, is_ready, open_stand, order, wait_until

SEED: Final = int(os.environ.get("REELWRIGHT_SERVE_SEED", "0"))
SMALL: Final = {"aspect": "9:16", "short_side": 180, "max_usd": "5", "accept_unconfirmed": True}


@dataclass(frozen=True)
class Load:
    """``films`` are drawn and bought, ``clips`` only bought. ``kills``: processes killed while they are made."""

    films: int
    clips: int
    clients: int
    kills: int
    seconds: float


LITTLE: Final = Load(films=1, clips=3, clients=10, kills=1, seconds=60)
MUCH: Final = Load(films=50, clips=10, clients=200, kills=8, seconds=900)


def list_orders(load: Load) -> list[tuple[str, str, dict[str, Any]]]:
    """The key, the path and the body of each order. No two are equal."""
    films = [
        (f"film {n}", "/api/v1/projects",
         {"brief": f"“Never flickers {n}.” For “Fenn”, a desk lamp", "length": 2, "models": [MODEL], **SMALL})
        for n in range(load.films)
    ]  # fmt: skip
    body = {"model": MODEL, "max_usd": "5", "accept_unconfirmed": True}
    clips = [(f"clip {n}", "/api/v1/clips", {"prompt": f"clip {n}", **body}) for n in range(load.clips)]
    return films + clips


async def put_under_load(stand: Stand, load: Load, workers: int, seed: int) -> None:
    chance = random.Random(seed)
    url = stand.start("server", has_director=not workers)
    for n in range(workers):
        stand.start(f"worker {n}", is_worker=True)
    streams = [EventClient(stand.ports["server"]) for _ in range(load.clients)]
    async with httpx2.AsyncClient(base_url=url, timeout=10) as client:
        await wait_until(lambda: is_ready(client), 60, "the server never starts")
        following = [asyncio.create_task(one.follow()) for one in streams]
        try:
            orders = list_orders(load)
            chance.shuffle(orders)
            gate = asyncio.Semaphore(8)

            async def place(key: str, path: str, body: dict[str, Any]) -> str:
                async with gate:
                    return await order(client, key, path, **body)

            placing = asyncio.gather(*(place(*one) for one in orders))
            for _ in range(load.kills):
                before, wanted = len(stand.bought), chance.randrange(1, 4)
                for _ in range(80):
                    if len(stand.bought) >= before + wanted:
                        break
                    await asyncio.sleep(0.05)
                await asyncio.sleep(chance.uniform(0, 0.5))
                name = chance.choice([*stand.lives])
                await asyncio.to_thread(stand.kill, name)
                stand.start(name, is_worker=name != "server", has_director=not workers)
            jobs = await placing
            assert len(set(jobs)) == len(orders)
            again = await order(client, *orders[0][:2], **orders[0][2])
            assert again == jobs[0], "the same key is the same order, also after a kill"
            ended = await finish(client, jobs, load.seconds)
            assert {one["state"] for one in ended.values()} == {"done"}, [
                (one["state"], one["message"]) for one in ended.values() if one["state"] != "done"
            ]
            await check_ledger(client, stand)
            bought = Counter(stand.bought)
            assert bought.total() == len(orders), bought
            assert all(bought[f"clip {n}"] == 1 for n in range(load.clips)), bought
            wanted_ids = stand.list_event_ids()

            async def have_all() -> bool:
                return all(one.ids and one.ids[-1] >= wanted_ids[-1] for one in streams)

            await wait_until(have_all, 30, "a client never heard of the last event")
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
    assert all(one.ids[: len(wanted_ids)] == wanted_ids for one in streams), "an event was missed or repeated"
    assert load.kills < 2 or sum(one.connections for one in streams) > load.clients


def test_every_job_ends_and_every_event_arrives_once_through_a_kill(forks: Forks, tmp_path: Path) -> None:
    with open_stand(forks, tmp_path) as stand:
        asyncio.run(put_under_load(stand, LITTLE, workers=0, seed=SEED))


@pytest.mark.postgres
def test_every_job_ends_with_two_workers_on_postgres_through_a_kill(forks: Forks, tmp_path: Path, pg_url: str) -> None:
    with open_stand(forks, tmp_path, pg_url) as stand:
        asyncio.run(put_under_load(stand, LITTLE, workers=2, seed=SEED + 1))


@pytest.mark.lane_serve
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [SEED + 10, SEED + 11])
def test_fifty_films_end_and_200_clients_miss_and_repeat_nothing_lane(forks: Forks, tmp_path: Path, seed: int) -> None:
    with open_stand(forks, tmp_path) as stand:
        asyncio.run(put_under_load(stand, MUCH, workers=0, seed=seed))


@pytest.mark.postgres
@pytest.mark.lane_serve
@pytest.mark.timeout(1200)
def test_fifty_films_end_on_postgres_with_two_workers_lane(forks: Forks, tmp_path: Path, pg_url: str) -> None:
    with open_stand(forks, tmp_path, pg_url) as stand:
        asyncio.run(put_under_load(stand, MUCH, workers=2, seed=SEED + 12))


@pytest.mark.parametrize("count", [16, pytest.param(64, marks=pytest.mark.lane_serve)])
async def test_each_of_many_creates_at_once_returns_the_film_of_its_own_prompt(
    settings: Settings, proxy: Proxy, count: int
) -> None:
    options = replace(APPROVING, auto_approve=Micros(50_000_000))
    prompts = [f"film number {n}" for n in range(count)]
    async with open_server(settings, proxy, options) as server, server.open_client() as client:

        async def create(prompt: str) -> str:
            answer = await client.post("/v1/videos", json={"prompt": prompt, "model": PROXY_MODEL})
            assert answer.status_code == 200 and answer.json()["prompt"] == prompt, answer.text
            return str(answer.json()["id"])

        videos = await asyncio.gather(*map(create, prompts))
        assert len(set(videos)) == count
        await finish(client, videos, 90)
        for prompt, video in zip(prompts, videos, strict=True):
            found = (await client.get(f"/v1/videos/{video}")).json()
            assert (found["status"], found["prompt"]) == ("completed", prompt), found
            assert (await client.get(f"/v1/videos/{video}/content")).content == await film(prompt), prompt
    assert sorted(proxy.submissions) == sorted(prompts)


def read_memory(pid: int) -> int:
    """The bytes of a process that are in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def cancel_many(stand: Stand, count: int, most_bytes: int) -> None:
    url = stand.start("server")
    body = {"model": MODEL, "max_usd": "5", "accept_unconfirmed": True}
    async with httpx2.AsyncClient(base_url=url, timeout=30) as client:
        await wait_until(lambda: is_ready(client), 60, "the server never starts")

        async def cancel_one(n: int) -> None:
            job = await order(client, f"cancelled {n}", "/api/v1/clips", prompt=f"cancelled {n}", **body)
            answer = await client.post(f"/api/v1/jobs/{job}/cancel")
            assert answer.json()["result"] in ("cancelled", "cancelling", "finished_before"), answer.text
            again = await client.post(f"/api/v1/jobs/{job}/cancel")
            assert again.status_code == 200, again.text
            await finish(client, [job], 60)

        async def cancel_some(first: int, end: int) -> None:
            for n in range(first, end, 8):
                await asyncio.gather(*(cancel_one(one) for one in range(n, min(n + 8, end))))

        warm = count // 4
        await cancel_some(0, warm)
        before = read_memory(stand.lives["server"].pid)
        await cancel_some(warm, count)
        grown = read_memory(stand.lives["server"].pid) - before
        assert grown < most_bytes, f"{grown / 1e6:.1f} MB more after {count - warm} cancels"
        job = await order(client, "next", "/api/v1/clips", prompt="next", **body)
        assert (await finish(client, [job], 60))[job]["state"] == "done", "the next job runs"
        await check_ledger(client, stand)


def test_the_next_job_runs_after_many_cancels(forks: Forks, tmp_path: Path) -> None:
    with open_stand(forks, tmp_path) as stand:
        asyncio.run(cancel_many(stand, 40, most_bytes=40_000_000))


@pytest.mark.lane_serve
@pytest.mark.timeout(1200)
def test_memory_is_flat_over_1000_cancels_lane(forks: Forks, tmp_path: Path) -> None:
    with open_stand(forks, tmp_path) as stand:
        asyncio.run(cancel_many(stand, 1000, most_bytes=16_000_000))
