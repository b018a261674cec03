"""Live events of the server: 200 streams at 50 events a second, beside a bare broadcast of the same texts.

`python -m bench.serve_streams [SECONDS]`. Both servers make their own events, and one process reads all the streams.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from bench.scale import choose
from bench.servers import Server, Tell, serve_bare, serve_ours, start
from bench.verdict import verdict
from reelwright.errors import StoreUnavailable
from reelwright.reel.film.brief import Brief
from reelwright.store.database.unit import Unit
from reelwright.studio.studio import AsyncStudio

STREAMS = 200
EVENTS_PER_S = 50
MOST_MS, MOST_MB = 250.0, 200.0
PATH = "/api/v1/events"


def main() -> int:
    seconds = float(sys.argv[1]) if sys.argv[1:] else choose(10.0, 2.0)
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for name, target in (("ours", _serve_ours), ("bare", _serve_bare)):
            with start(target, Path(folder)) as server:
                found[name] = asyncio.run(_measure(server, seconds))
    for name, figures in found.items():
        print(
            f"{name:6}{figures['events_per_s']:8.0f} deliveries/s   p50 {figures['p50_ms']:6.1f} ms   "
            f"p99 {figures['p99_ms']:6.1f} ms   {figures['mb']:5.0f} MB   {figures['cpu']:5.2f} of a processor"
        )
    ours = found["ours"]
    print(f"      goal: p99 <={MOST_MS:g} ms, <={MOST_MB:g} MB, nothing missed")
    passed = ours["p99_ms"] <= MOST_MS and ours["mb"] <= MOST_MB and ours["missed"] == 0
    return verdict("serve_streams", passed, ours, f"p99<={MOST_MS:g} ms, <={MOST_MB:g} MB")


async def _measure(server: Server, seconds: float) -> dict[str, float]:
    late_ms: list[float] = []
    counts = [0] * STREAMS
    ends = time.time() + seconds + 3
    begins = ends - seconds
    place = urlsplit(server.url)

    async def read(number: int) -> None:
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        with suppress(TimeoutError):
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + ends - time.time()):
                while line := await reader.readline():
                    if line.startswith(b"data: "):
                        at = datetime.fromisoformat(json.loads(line[6:])["at"]).timestamp()
                        if at >= begins:
                            counts[number] += 1
                            late_ms.append((time.time() - at) * 1000)
        writer.close()

    reading = asyncio.gather(*(read(n) for n in range(STREAMS)))
    await asyncio.sleep(begins - time.time())
    used_s = server.measure_cpu_s()
    await asyncio.sleep(seconds / 2)
    memory_mb = server.measure_memory_mb()
    await reading
    return {
        "p50_ms": statistics.median(late_ms),
        "p99_ms": statistics.quantiles(late_ms, n=100)[-1],
        "mb": memory_mb,
        "cpu": (server.measure_cpu_s() - used_s) / seconds,
        "events_per_s": len(late_ms) / seconds,
        "missed": sum(count < max(counts) - EVENTS_PER_S for count in counts),
    }


async def _tick() -> AsyncIterator[None]:
    """Yield ``EVENTS_PER_S`` times a second, also where what happens in between takes time."""
    due = time.perf_counter()
    while True:
        yield
        due += 1 / EVENTS_PER_S
        await asyncio.sleep(due - time.perf_counter())


async def publish_progress(studio: AsyncStudio, project: str) -> None:
    """Write events of a project, ``EVENTS_PER_S``, until the server stops."""
    runtime = await studio.open_runtime()

    def write(unit: Unit) -> None:
        unit.add_event(studio.account, project, None, "step.progress", {"step": "take/s01", "said": "generating"})

    with suppress(StoreUnavailable):  # the server was stopped
        async for _ in _tick():
            await runtime.database.write(write)


def publish_to_all(app: FastAPI, body: Mapping[str, Any]) -> None:
    """Give a bare application a stream of events that sends each a text as it is made, and stores nothing."""
    queues: set[asyncio.Queue[str]] = set()

    async def publish() -> None:
        async for _ in _tick():
            text = f"data: {json.dumps({'at': datetime.now().astimezone().isoformat(), **body})}\n\n"
            for queue in queues:
                queue.put_nowait(text)

    publishing: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def listen() -> AsyncIterator[asyncio.Queue[str]]:
        if not publishing:
            publishing.append(asyncio.create_task(publish()))
        queue: asyncio.Queue[str] = asyncio.Queue()
        queues.add(queue)
        try:
            yield queue
        finally:
            queues.remove(queue)

    @app.get(PATH)
    async def stream() -> StreamingResponse:
        async def send() -> AsyncIterator[str]:
            async with listen() as queue:
                while True:
                    yield await queue.get()

        return StreamingResponse(send(), media_type="text/event-stream")


def _serve_ours(folder: Path, tell: Tell) -> None:
    tasks = set()

    async def prepare(studio: AsyncStudio) -> dict[str, Any]:
        runtime = await studio.open_runtime()
        project = await runtime.journal.open_project(studio.account, "film", Brief(text="film"))
        tasks.add(asyncio.create_task(publish_progress(studio, project)))
        return {}

    serve_ours(folder, tell, prepare)


def _serve_bare(folder: Path, tell: Tell) -> None:
    """A FastAPI application that broadcasts a text to every stream as it is made, and stores nothing."""
    app = FastAPI()
    publish_to_all(app, {"kind": "step.progress", "step": "take/s01"})
    serve_bare(app, tell)


if __name__ == "__main__":
    raise SystemExit(main())
