"""The server under load: creates and status polls, beside bare routes that write and read one row, in the same run.

`python -m bench.serve [SECONDS]`. One process serves, another one sends over 16 connections; our server and the bare
one take turns, so that both meet the same load of the machine. Nothing is made: no director runs.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from bench.scale import choose
from bench.servers import Server, Tell, serve_bare, serve_ours, start
from bench.verdict import verdict
from reelwright.studio.studio import AsyncStudio

CONNECTIONS = 16
ROUNDS = 3
CREATE_RATIO, POLL_RATIO = 0.5, 0.6
BODY = {"prompt": "A heron lifts off at dawn", "model": "openrouter-wan-2.7", "seconds": "5", "size": "1280x720"}


class Rate(NamedTuple):
    """How many requests were answered in a second, and how much processor time of the server each one took."""

    per_s: float
    cpu_ms: float


def main() -> int:
    seconds = float(sys.argv[1]) if sys.argv[1:] else choose(30.0, 1.5)
    found: dict[str, list[Rate]] = {f"{name} {what}": [] for name in ("ours", "bare") for what in ("create", "poll")}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = {
            "/v1/videos": ("ours", stack.enter_context(start(serve_videos, Path(folder)))),
            "/rows": ("bare", stack.enter_context(start(serve_rows, Path(folder)))),
        }
        for _ in range(ROUNDS):
            for path, (name, server) in servers.items():
                created, polled = asyncio.run(_measure(server, path, seconds / ROUNDS))
                found[f"{name} create"].append(created)
                found[f"{name} poll"].append(polled)
    middle = {name: Rate(*map(statistics.median, zip(*each, strict=True))) for name, each in found.items()}
    create, poll = (middle[f"ours {what}"].per_s / middle[f"bare {what}"].per_s for what in ("create", "poll"))
    for what, ratio, least in (("create", create, CREATE_RATIO), ("poll", poll, POLL_RATIO)):
        ours, bare = middle[f"ours {what}"], middle[f"bare {what}"]
        print(f"{what:12}{ours.per_s:8.1f}/s {ours.cpu_ms:6.2f} ms of processor   {ratio:.2f}x, goal >={least}x")
        print(f"  bare route{bare.per_s:8.1f}/s {bare.cpu_ms:6.2f} ms of processor")
    figures = {"create_ratio": create, "poll_ratio": poll}
    figures |= {f"{name.replace(' ', '_')}_cpu_ms": rate.cpu_ms for name, rate in middle.items()}
    goal = f"create>={CREATE_RATIO}x, poll>={POLL_RATIO}x"
    return verdict("serve", create >= CREATE_RATIO and poll >= POLL_RATIO, figures, goal)


async def _measure(server: Server, path: str, seconds: float) -> tuple[Rate, Rate]:
    """Measure creates, and then polls of what was created."""
    limits, url = httpx2.Limits(max_connections=CONNECTIONS), server.url + path
    async with httpx2.AsyncClient(limits=limits, timeout=60) as client:
        ids: list[str] = []

        async def create() -> None:
            answer = await client.post(url, json=BODY)
            answer.raise_for_status()
            ids.append(str(answer.json()["id"]))

        async def poll() -> None:
            (await client.get(f"{url}/{ids[-1]}")).raise_for_status()

        return await _count(create, server, seconds / 2), await _count(poll, server, seconds / 2)


async def _count(act: Any, server: Server, seconds: float) -> Rate:
    done, used_s = 0, server.measure_cpu_s()
    began = time.perf_counter()

    async def repeat() -> None:
        nonlocal done
        while time.perf_counter() < began + seconds:
            await act()
            done += 1

    await asyncio.gather(*(repeat() for _ in range(CONNECTIONS)))
    return Rate(done / (time.perf_counter() - began), 1000 * (server.measure_cpu_s() - used_s) / done)


def serve_videos(folder: Path, tell: Tell) -> None:
    """Serve ours without a director."""

    async def prepare(studio: AsyncStudio) -> dict[str, Any]:
        return {}

    serve_ours(folder, tell, prepare)


def serve_rows(folder: Path, tell: Tell) -> None:
    """A FastAPI application that writes one row durably for a POST, and reads one for a GET."""
    app = FastAPI()
    base = sqlite3.connect(folder / "bare.db", check_same_thread=False)
    base.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE r (id INTEGER PRIMARY KEY, b TEXT)"
    )
    writing = asyncio.Lock()

    def write(text: str) -> int | None:
        with base:
            return base.execute("INSERT INTO r (b) VALUES (?)", (text,)).lastrowid

    @app.post("/rows")
    async def create(request: Request) -> JSONResponse:
        body = await request.json()
        async with writing:
            made = await asyncio.to_thread(write, json.dumps(body))
        return JSONResponse({"id": made, **body})

    @app.get("/rows/{row}")
    async def read(row: int) -> JSONResponse:
        found = await asyncio.to_thread(lambda: base.execute("SELECT b FROM r WHERE id = ?", (row,)).fetchone())
        return JSONResponse({"id": row, **json.loads(found[0])})

    serve_bare(app, tell)


if __name__ == "__main__":
    raise SystemExit(main())
