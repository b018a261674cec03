"""Fakes of several providers at once, on loopback in a thread of their own, with one bill and footage that plays."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.lookup import load_fake_class
from reelwright.providers.fakes.media_spec import Footage, MediaSpec
from reelwright.providers.fakes.script import Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import Settings
from studio.shelf import drawn_clip, drawn_picture, drawn_tone

KEYS = {
    "openrouter": "OPENROUTER_API_KEY", "google": "GEMINI_API_KEY", "replicate": "REPLICATE_API_TOKEN",
    "elevenlabs": "ELEVENLABS_API_KEY",
}  # fmt: skip
AT_ONCE = Script(latency_s=(0, 0))


@dataclass(frozen=True)
class World:
    """``settings`` name the fakes' addresses; ``bills`` by provider."""

    settings: Settings
    servers: Mapping[str, FakeServer]

    @property
    def billed(self) -> int:
        return sum(charge.micros for server in self.servers.values() for charge in server.fake.bill.charges)

    def submits(self, name: str) -> int:
        return self.servers[name].count("submit")


async def footage(asked: MediaSpec) -> bytes:
    """Small pictures that move, still ones, and tones of the length that was asked for."""
    if asked.kind == "video":
        return await asyncio.to_thread(drawn_clip, asked.size, asked.ms, repr(asked), asked.has_sound)
    if asked.kind == "image":
        return await asyncio.to_thread(drawn_picture, asked.size, repr(asked))
    return await asyncio.to_thread(drawn_tone, asked.ms or 300 + 60 * len(asked.prompt))


@contextmanager
def world(home: Path, scripts: Mapping[str, Script], footage: Footage = footage) -> Iterator[World]:
    """The providers named by ``scripts``, each behaving so."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def wait(doing: object) -> object:
        return asyncio.run_coroutine_threadsafe(doing, loop).result(60)  # type: ignore[arg-type]

    servers = {name: FakeServer(load_fake_class(name)(Bill(), script, footage)) for name, script in scripts.items()}
    for server in servers.values():
        wait(server.__aenter__())
    addresses = {name: server.url for name, server in servers.items()}
    try:
        yield World(settings=Settings(home=home, hands=1, base_urls=addresses), servers=servers)
    finally:
        for server in servers.values():
            wait(server.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
