"""A database that is away or hangs, and a disk that is full: 503 at once, and the server goes on by itself.

The lane (``make test-serve``) takes the database away for 60 s, ``make test`` for a few.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from crash.forked import Forks
from postgres import Cluster, administer, named, programs
from server.stand import MODEL, EventClient, check_ledger, finish, is_ready, open_stand, order, wait_until

AWAY_S: Final = 8.0
CLIP: Final = {"model": MODEL, "max_usd": "5", "accept_unconfirmed": True}
ASKED: Final = (
    ("GET", "/api/v1/jobs", "problem"), ("GET", "/v1/videos", "error"), ("GET", "/api/v1/spend", "problem"),
    ("POST", "/v1/videos", "error"), ("POST", "/api/v1/clips", "problem"), ("GET", "/v1beta/operations/x", "error"),
)  # fmt: skip


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A Postgres server of the test's own, which may be taken away."""
    found = programs()
    if found is None:
        pytest.skip("no Postgres server is installed")
    made = Cluster(found)
    yield made
    made.thaw()
    made.stop()


async def ask(client: httpx2.AsyncClient, method: str, path: str, shape: str) -> None:
    """Ask while the database is away: a 503 that says when to come again, within 2 s."""
    began = time.monotonic()
    body = {"json": {"prompt": "never made", "model": MODEL}} if method == "POST" else {}
    answer = await client.request(method, path, **body)  # type: ignore[arg-type]
    took = time.monotonic() - began
    assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 0, (path, answer.status_code, answer.text)
    assert took < 2.0, (path, took)
    assert ("error" in answer.json()) if shape == "error" else answer.json()["status"] == 503


async def live_through(
    stand: Any, away_s: float, take_away: Callable[[], None], bring_back: Callable[[], None], workers: int
) -> None:
    url = stand.start("server", has_director=not workers)
    for n in range(workers):
        stand.start(f"worker {n}", is_worker=True)
    stream = EventClient(stand.ports["server"])
    async with httpx2.AsyncClient(base_url=url, timeout=15) as client:
        await wait_until(lambda: is_ready(client), 60, "the server never starts")
        following = asyncio.create_task(stream.follow())
        first = [await order(client, f"before {n}", "/api/v1/clips", prompt=f"before {n}", **CLIP) for n in range(3)]
        await asyncio.sleep(0.5)
        await asyncio.to_thread(take_away)
        began = time.monotonic()

        async def is_red() -> bool:
            return (await client.get("/readyz")).status_code == 503

        assert await wait_until(is_red, 6, "/readyz stays green") <= 5
        assert (await client.get("/livez")).status_code == 200
        during = [
            asyncio.create_task(order(client, f"during {n}", "/api/v1/clips", prompt=f"during {n}", **CLIP))
            for n in range(2)
        ]
        while time.monotonic() - began < away_s:
            await asyncio.gather(*(ask(client, *one) for one in ASKED))
            await asyncio.sleep(min(1.0, away_s / 10))
        assert not any(task.done() for task in during)
        await asyncio.to_thread(bring_back)
        assert await wait_until(lambda: is_ready(client), 12, "/readyz stays red") <= 10
        came_back = time.monotonic()
        made = [await task for task in during]
        assert time.monotonic() - came_back < 10
        after = await order(client, "after", "/api/v1/clips", prompt="after", **CLIP)
        ended = await finish(client, [*first, *made, after], 60)
        assert {one["state"] for one in ended.values()} == {"done"}, [one["message"] for one in ended.values()]
        unkeyed = [job for job in (await client.get("/api/v1/jobs?limit=200")).json()["jobs"] if job["id"] not in ended]
        await finish(client, [job["id"] for job in unkeyed], 60)
        await check_ledger(client, stand)
        keyed = Counter(one for one in stand.bought if one != "never made")
        assert set(keyed.values()) == {1} and len(keyed) == 6, keyed
        wanted_ids = stand.list_event_ids()

        async def has_all() -> bool:
            return bool(stream.ids) and stream.ids[-1] >= wanted_ids[-1]

        await wait_until(has_all, 20, "the stream never goes on")
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    assert stream.ids[: len(wanted_ids)] == wanted_ids


def live_through_on(cluster: Cluster, forks: Forks, folder: Path, way: str, away_s: float) -> None:
    database = named(cluster.url, "served")
    ways = {"stopped": (cluster.halt, cluster.go_on), "hanging": (cluster.freeze, cluster.thaw)}
    administer(cluster.url, "CREATE DATABASE served")
    with open_stand(forks, folder, database) as stand:
        asyncio.run(live_through(stand, away_s, *ways[way], workers=1 if way == "stopped" else 0))


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["stopped", pytest.param("hanging", marks=pytest.mark.lane_serve)])
def test_a_server_lives_through_a_database_that_is_away(
    own_cluster: Cluster,
    forks: Forks,
    tmp_path: Path,
    way: str,
) -> None:
    live_through_on(own_cluster, forks, tmp_path, way, AWAY_S)


@pytest.mark.postgres
@pytest.mark.lane_serve
@pytest.mark.timeout(400)
@pytest.mark.parametrize("way", ["stopped", "hanging"])
def test_a_server_lives_through_a_database_that_is_away_for_a_minute_lane(
    own_cluster: Cluster,
    forks: Forks,
    tmp_path: Path,
    way: str,
) -> None:
    live_through_on(own_cluster, forks, tmp_path, way, 60.0)
