"""Servers for the benches, each in a process of its own: ours and bare ones, with what they use of the machine."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import uvicorn
from fastapi import FastAPI

from reelwright.server.deployment import ServeOptions
from reelwright.server.serving import serve
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros
from reelwright.web.all_pages import serve_pages

START_S = 120
Tell = Callable[[dict[str, Any]], None]


class Server(NamedTuple):
    """A server that listens. ``facts``: what it told of itself."""

    url: str
    process: psutil.Process
    facts: dict[str, Any]

    def measure_cpu_s(self) -> float:
        """Measure the processor time that it has used."""
        used = self.process.cpu_times()
        return used.user + used.system

    def measure_memory_mb(self) -> float:
        """Measure its resident memory."""
        return self.process.memory_info().rss / 1e6


@contextmanager
def start(target: Callable[[Path, Tell], None], folder: Path) -> Iterator[Server]:
    """Run ``target`` in a process of its own until the block ends. It tells its ``url``, and may tell more."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_run, args=(target, folder, theirs), daemon=True)
    process.start()
    try:
        if not ours.poll(START_S):
            raise TimeoutError(f"{target.__name__} did not start within {START_S} s")
        facts = ours.recv()
        yield Server(facts["url"], psutil.Process(process.pid), facts)
    finally:
        process.terminate()
        process.join(30)


def _run(target: Callable[[Path, Tell], None], folder: Path, pipe: Any) -> None:
    target(folder, pipe.send)


def serve_ours(
    folder: Path, tell: Tell, prepare: Callable[[AsyncStudio], Awaitable[dict[str, Any]]], *, has_pages: bool = False
) -> None:
    """Serve a rehearsal in ``folder`` without a director, after ``prepare``, which returns more to tell."""

    async def run() -> None:
        options = ServeOptions(port=0, auto_approve=Micros(1_000_000), has_director=False)
        async with AsyncStudio(Settings(home=folder / "home", hands=1), rehearse=True) as studio:
            facts = await prepare(studio)
            serve_all = serve_pages if has_pages else serve
            await serve_all(studio, options, lambda url, deployment: tell({"url": url, **facts}))

    asyncio.run(run())


def serve_bare(app: FastAPI, tell: Tell) -> None:
    """Serve an application as ours is served: with uvicorn, in one process, without an access log."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # with TCP_NODELAY, as ours
    sock.bind(("127.0.0.1", 0))
    sock.listen(1024)
    tell({"url": f"http://127.0.0.1:{sock.getsockname()[1]}"})
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off")
    uvicorn.Server(config).run([sock])
