"""Clients that ask for the status of their job every 2 s, as S0's page does: 200 of them, beside a bare route.

`python -m bench.serve_polls [SECONDS]`. No director runs: all jobs wait, and each answer says the position in the
queue. One process serves, another one has all the clients.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from bench.scale import choose
from bench.serve import BODY, serve_rows, serve_videos
from bench.servers import Server, start
from bench.verdict import verdict

CLIENTS = 200
EVERY_S = 2.0
MOST_MS = 150.0


def main() -> int:
    seconds = float(sys.argv[1]) if sys.argv[1:] else choose(20.0, 2.0)
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for name, target in (("ours", serve_videos), ("bare", serve_rows)):
            with start(target, Path(folder)) as server:
                found[name] = asyncio.run(_measure(server, name == "ours", seconds))
    figures = {f"{name}_{what}": ms for name, each in found.items() for what, ms in _summarize(each).items()}
    for name in found:
        print(f"{name:6}p50 {figures[f'{name}_p50_ms']:6.1f} ms   p95 {figures[f'{name}_p95_ms']:6.1f} ms")
    return verdict("serve_polls", figures["ours_p95_ms"] <= MOST_MS, figures, f"p95<={MOST_MS:g} ms")


async def _measure(server: Server, is_ours: bool, seconds: float) -> list[float]:
    """Create a job for each client and return the milliseconds that each of its polls took."""
    async with httpx2.AsyncClient(limits=httpx2.Limits(max_connections=CLIENTS), timeout=60) as client:
        places = []
        for _ in range(CLIENTS):
            if is_ours:
                form = {name: (None, value) for name, value in BODY.items() if name in ("prompt", "model")}
                answer = await client.post(f"{server.url}/api/generate", files=form)
                places.append(f"{server.url}/api/status/{answer.raise_for_status().json()['job_id']}")
            else:
                answer = await client.post(f"{server.url}/rows", json=BODY)
                places.append(f"{server.url}/rows/{answer.raise_for_status().json()['id']}")
        waited: list[float] = []
        ends = time.perf_counter() + seconds

        async def follow(number: int) -> None:
            await asyncio.sleep(EVERY_S * number / CLIENTS)
            while (began := time.perf_counter()) < ends:
                (await client.get(places[number])).raise_for_status()
                waited.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(max(0.0, began + EVERY_S - time.perf_counter()))

        await asyncio.gather(*(follow(number) for number in range(CLIENTS)))
    return waited


def _summarize(each: list[float]) -> dict[str, float]:
    return {"p50_ms": statistics.median(each), "p95_ms": statistics.quantiles(each, n=20)[-1]}


if __name__ == "__main__":
    raise SystemExit(main())
