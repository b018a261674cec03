"""100 browsers on live pages: 20 on a queue of 1,000 jobs, 80 on a film of 60 shots, while 50 events a second come.

`python -m bench.page_clients [SECONDS]` (`make bench-pages` runs it too). A client does what a page does: it reads the
stream of events and, half a second after one that is about its page, asks for the changing part of it, never twice at
once. Beside them stands a bare application that broadcasts the same events and answers with a part kept in memory.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from fastapi import FastAPI
from fastapi.responses import Response

from bench.pages import prepare_films
from bench.scale import choose
from bench.serve_streams import publish_progress, publish_to_all
from bench.servers import Server, Tell, serve_bare, serve_ours, start
from bench.verdict import verdict
from reelwright.studio.studio import AsyncStudio

ON_QUEUE, ON_FILM = choose(20, 2), choose(80, 4)
PAUSE_S: Final = 0.5
"""Seconds that a page waits for further events before it asks: ``PAUSE_MS`` of ``web/islands/live.js``."""
MOST_CORES, MOST_MB = 1.0, 300.0
HEADERS: Final = {"X-Reelwright-Fragment": "live", "Accept-Encoding": "gzip"}


def main() -> int:
    seconds = float(sys.argv[1]) if sys.argv[1:] else choose(15.0, 2.0)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, target in (("ours", _serve_ours), ("bare", _serve_bare)):
            with start(target, Path(folder)) as server:
                found[name] = asyncio.run(_measure(server, seconds))
    for name, figures in found.items():
        print(f"{name:6}" + "   ".join(f"{key} {value:.2f}" for key, value in figures.items()))
    ours = {**found["ours"], "bare_cores": found["bare"]["cores"]}
    passed = ours["cores"] <= MOST_CORES and ours["mb"] <= MOST_MB
    return verdict("page_clients", passed, ours, f"cores<={MOST_CORES:g}, mb<={MOST_MB:g}")


async def _measure(server: Server, seconds: float) -> dict[str, float]:
    film, place = server.facts["film"], urlsplit(server.url)
    times_ms: list[float] = []
    size_kb: list[float] = []
    async with httpx2.AsyncClient(
        base_url=server.url, limits=httpx2.Limits(max_connections=None), timeout=60
    ) as client:

        async def live(path: str, about: str) -> None:
            """Do what a page does: be told, wait a moment, ask once, for as long as this task lives."""
            told = asyncio.Event()

            async def ask() -> None:
                while True:
                    await told.wait()
                    await asyncio.sleep(PAUSE_S)
                    told.clear()
                    began = time.perf_counter()
                    answer = await client.get(path, headers=HEADERS)
                    answer.raise_for_status()
                    times_ms.append((time.perf_counter() - began) * 1000)
                    size_kb.append(int(answer.headers["content-length"]) / 1000)

            asking = asyncio.create_task(ask())
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            writer.write(b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            try:
                while line := await reader.readline():
                    if line.startswith(b"data: ") and about in line.decode():
                        told.set()
            finally:
                writer.close()
                asking.cancel()
                with suppress(asyncio.CancelledError):
                    await asking

        pages = [("/studio/queue", "")] * ON_QUEUE + [(f"/studio/projects/{film}", film)] * ON_FILM
        clients = [asyncio.create_task(live(*page)) for page in pages]
        await asyncio.sleep(3)  # all are connected and have asked once
        used_s, asked, began = server.measure_cpu_s(), len(times_ms), time.perf_counter()
        await asyncio.sleep(seconds)
        took_s = time.perf_counter() - began
        cores, asked_per_s = (server.measure_cpu_s() - used_s) / took_s, (len(times_ms) - asked) / took_s
        memory_mb = server.measure_memory_mb()
        for one in clients:
            one.cancel()
        ends = await asyncio.gather(*clients, return_exceptions=True)
    for end in ends:
        if not isinstance(end, asyncio.CancelledError):
            raise end if isinstance(end, BaseException) else ConnectionError("a stream ended")
    recent = times_ms[asked:]
    return {
        "cores": cores, "mb": memory_mb, "asked_per_s": asked_per_s, "kb": max(size_kb),
        "p50_ms": statistics.median(recent), "p95_ms": statistics.quantiles(recent, n=20)[-1],
    }  # fmt: skip


def _serve_ours(folder: Path, tell: Tell) -> None:
    tasks: set[asyncio.Task[None]] = set()

    async def prepare(studio: AsyncStudio) -> dict[str, Any]:
        facts = await prepare_films(studio, folder)
        tasks.add(asyncio.create_task(publish_progress(studio, facts["film"])))
        return facts

    serve_ours(folder, tell, prepare, has_pages=True)


def _serve_bare(folder: Path, tell: Tell) -> None:
    app, kept = FastAPI(), b"<div>part</div>" * 2000
    film = "prj_0"
    publish_to_all(app, {"kind": "step.progress", "project": film, "step": "take/s01"})

    @app.get("/studio/queue")
    @app.get("/studio/projects/{project}")
    async def show() -> Response:
        return Response(kept, media_type="text/html")

    serve_bare(app, lambda facts: tell({**facts, "film": film}))


if __name__ == "__main__":
    raise SystemExit(main())
