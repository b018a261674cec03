"""The server under load: creates and status polls, beside bare routes that write and read one row, in the same run.

`python -m bench.serve [SECONDS]`. One process serves, another one sends over 16 connections; our server and the bare
one take turns, so that both meet the same load of the machine. Nothing is made: no director runs.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from bench.verdict import verdict
from reelwright.server.deployment import ServeOptions
from reelwright.server.serving import serve
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros

CONNECTIONS = 16
ROUNDS = 3
CREATE_RATIO, POLL_RATIO = 0.5, 0.6
BODY = {"prompt": "A heron lifts off at dawn", "model": "openrouter-wan-2.7", "seconds": "5", "size": "1280x720"}


def main() -> int:
    seconds = float(sys.argv[1]) if sys.argv[1:] else 10.0
    with tempfile.TemporaryDirectory() as folder:
        servers = {"ours": (_serve_ours, "/v1/videos"), "bare": (_serve_bare, "/rows")}
        processes, urls = {}, {}
        for name, (target, _) in servers.items():
            ours, theirs = multiprocessing.get_context("spawn").Pipe()
            process = multiprocessing.get_context("spawn").Process(target=target, args=(folder, theirs), daemon=True)
            process.start()
            processes[name], urls[name] = process, ours.recv()
        rates: dict[str, list[float]] = {f"{name} {what}": [] for name in servers for what in ("create", "poll")}
        for _ in range(ROUNDS):
            for name, (_, path) in servers.items():
                created, polled = asyncio.run(_measure(urls[name] + path, seconds / ROUNDS))
                rates[f"{name} create"].append(created)
                rates[f"{name} poll"].append(polled)
        for process in processes.values():
            process.terminate()
            process.join(30)
    middle = {name: statistics.median(each) for name, each in rates.items()}
    create, poll = (middle[f"ours {what}"] / middle[f"bare {what}"] for what in ("create", "poll"))
    for what, ratio, goal in (("create", create, CREATE_RATIO), ("poll", poll, POLL_RATIO)):
        print(f"{what:7} {middle[f'ours {what}']:8.1f}/s   a bare route {middle[f'bare {what}']:8.1f}/s   {ratio:.2f}x")
        print(f"        goal >={goal}x")
    return verdict(
        "serve", create >= CREATE_RATIO and poll >= POLL_RATIO, {"create_ratio": create, "poll_ratio": poll},
        f"create>={CREATE_RATIO}x, poll>={POLL_RATIO}x",
    )  # fmt: skip


async def _measure(url: str, seconds: float) -> tuple[float, float]:
    """Return how many creates, and then how many polls of what was created, are answered in a second."""
    limits = httpx2.Limits(max_connections=CONNECTIONS)
    async with httpx2.AsyncClient(limits=limits, timeout=60) as client:
        ids: list[str] = []

        async def create() -> None:
            answer = await client.post(url, json=BODY)
            answer.raise_for_status()
            ids.append(str(answer.json()["id"]))

        async def poll() -> None:
            (await client.get(f"{url}/{ids[-1]}")).raise_for_status()

        return await _count(create, seconds / 2), await _count(poll, seconds / 2)


async def _count(act: Any, seconds: float) -> float:
    done, ends = 0, time.perf_counter() + seconds

    async def repeat() -> None:
        nonlocal done
        while time.perf_counter() < ends:
            await act()
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*(repeat() for _ in range(CONNECTIONS)))
    return done / (time.perf_counter() - began)


def _serve_ours(folder: str, tell: Any) -> None:
    async def run() -> None:
        settings = Settings(home=Path(folder) / "home", hands=1)
        options = ServeOptions(port=0, auto_approve=Micros(1_000_000), has_director=False)
        async with AsyncStudio(settings, rehearse=True) as studio:
            await serve(studio, options, lambda url, deployment: tell.send(url))

    asyncio.run(run())


def _serve_bare(folder: str, tell: Any) -> None:
    """A FastAPI application that writes one row durably for a POST, and reads one for a GET."""
    import socket

    app, path = FastAPI(), Path(folder) / "bare.db"
    base = sqlite3.connect(path, check_same_thread=False)
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

    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(1024)
    tell.send(f"http://127.0.0.1:{sock.getsockname()[1]}")
    uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off")).run([sock])


if __name__ == "__main__":
    raise SystemExit(main())
