"""Processes around a server that is attacked: the server, whose callbacks are measured, an idle loop, and a prober."""

from __future__ import annotations

import asyncio
import gc
import http.client
import logging
import signal
import threading
import time
import traceback
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any, Final

from reelwright.settings import Settings
from server.conftest import APPROVING, open_server

SHOWN: Final = 5
SHOWN_FRAMES: Final = 12
PROBE_PAUSE_S: Final = 0.02
LOOK_S: Final = 0.01
LONG_S: Final = 0.05
"""Seconds of CPU time after which a callback is looked at again and again, and its last stack is kept."""


@dataclass
class Callbacks:
    """The longest callbacks of this thread's loop: CPU seconds of the thread, wall seconds, and what it was."""

    longest: list[tuple[float, float, str]] = field(default_factory=list)
    count: int = 0
    began_s: float = 0.0
    stack: str = ""

    def install(self) -> None:
        run, thread = asyncio.Handle._run, threading.get_ident()

        def run_measured(handle: asyncio.Handle) -> None:
            cpu_s, wall_s = time.thread_time(), time.monotonic()
            if threading.get_ident() == thread:
                self.began_s, self.stack = cpu_s, ""
            run(handle)
            if threading.get_ident() == thread:
                self.note(time.thread_time() - cpu_s, time.monotonic() - wall_s, handle)

        asyncio.Handle._run = run_measured  # type: ignore[method-assign]  # a process of its own
        signal.signal(signal.SIGPROF, self.look)  # runs in this thread, also right after a long call into C
        signal.setitimer(signal.ITIMER_PROF, LOOK_S, LOOK_S)

    def look(self, number: int, frame: FrameType | None) -> None:
        if time.thread_time() - self.began_s > LONG_S:
            self.stack = "".join(traceback.format_stack(frame)[-SHOWN_FRAMES:])

    def note(self, cpu_s: float, wall_s: float, handle: Any) -> None:
        self.count += 1
        if len(self.longest) < SHOWN or cpu_s > self.longest[-1][0]:
            owner = getattr(handle._callback, "__self__", None)
            told = owner.get_coro().__qualname__ if isinstance(owner, asyncio.Task) else repr(handle._callback)[:100]
            told += f"\n{self.stack}" if self.stack else ""
            self.longest = sorted([*self.longest, (cpu_s, wall_s, told)], reverse=True)[:SHOWN]


class Heard(logging.Handler):
    """Keeps what the server logs of a loop that was held."""

    def __init__(self) -> None:
        super().__init__()
        self.stacks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        fields = getattr(record, "fields", {})
        if fields.get("event") == "loop.held":
            self.stacks.append(f"{fields['cpu_ms']} ms\n{fields['stack']}")


def serve_measured(home: str, pipe: Connection) -> None:
    """Serve; tell the address; measure from ``begin`` until ``end``, then tell the longest callbacks."""
    gc.set_threshold(100_000, 10, 10)  # as the command line does, which serves
    callbacks, heard = Callbacks(), Heard()
    logging.getLogger("reelwright.server").addHandler(heard)
    callbacks.install()

    async def serve() -> None:
        options = replace(APPROVING, has_director=False, rate_limit="0")
        async with open_server(Settings(home=Path(home), hands=1), None, options) as served:
            pipe.send(served.url)
            assert await asyncio.to_thread(pipe.recv) == "begin"
            callbacks.longest, callbacks.count, heard.stacks = [], 0, []
            assert await asyncio.to_thread(pipe.recv) == "end"
            pipe.send((callbacks.longest, callbacks.count, heard.stacks))

    asyncio.run(serve())


def serve_nothing(pipe: Connection) -> None:
    """Answer each request with 200 from a loop that does nothing else, until told to end."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await asyncio.to_thread(pipe.recv)

    asyncio.run(serve())


def probe(urls: list[str], pipe: Connection) -> None:
    """Ask each address in turn until told to end; tell the seconds that each answer took."""
    took: list[list[float]] = [[] for _ in urls]
    while not pipe.poll(PROBE_PAUSE_S):
        for url, seconds in zip(urls, took, strict=True):
            began = time.monotonic()
            host, _, path = url.removeprefix("http://").partition("/")
            asked = http.client.HTTPConnection(host, timeout=120)
            asked.request("GET", f"/{path}", headers={"Connection": "close"})
            assert asked.getresponse().status == 200
            asked.close()
            seconds.append(time.monotonic() - began)
    pipe.send(took)
