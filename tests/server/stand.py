"""Servers and workers that are killed and started again, the provider that they buy from, and clients of events."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx2
import psycopg
from sqlalchemy import make_url

from crash.forked import Forked, Forks
from crash.kinds import environment
from reelwright.providers.fakes.media_spec import MediaSpec
from reelwright.providers.fakes.script import Script
from reelwright.units import Micros, format_usd
from server.life import SELLER, Life
from studio.shelf import drawn_clip
from studio.worlds import World, world

ENDS: Final = ("done", "failed", "cancelled")
MODEL: Final = SELLER.model


def find_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@cache
def draw_clip(size: tuple[int, int], ms: int, has_sound: bool) -> bytes:
    return drawn_clip(size, ms, "the same for all", has_sound)


async def show_one_clip(spec: MediaSpec) -> bytes:
    return await asyncio.to_thread(draw_clip, spec.size, spec.ms, spec.has_sound)


@dataclass
class Stand:
    """A home, its database, and what runs on them. ``lives`` by name, such as ``server`` or ``worker 1``."""

    forks: Forks
    folder: Path
    database: str
    there: World
    lives: dict[str, Forked] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def start(self, name: str, *, is_worker: bool = False, has_director: bool = True, **env: str) -> str:
        """Start a process, or start it again at the same port; return its address."""
        port = 0 if is_worker else self.ports.setdefault(name, find_free_port())
        url = self.there.servers[SELLER.name].url
        life = Life(str(self.folder / "home"), self.database, url, port, has_director)
        self.lives[name] = self.forks.start([life.to_json()], environment(**env))
        return f"http://127.0.0.1:{port}"

    def wait_for_death(self, name: str) -> int:
        """Wait until a process has ended; return its exit code."""
        self.lives[name].communicate(60)
        code = self.lives[name].returncode
        assert code is not None
        return code

    def kill(self, name: str) -> None:
        """As ``kill -9`` does. Returns when it is gone."""
        self.lives[name].kill()
        self.lives[name].communicate(20)

    @property
    def billed(self) -> int:
        return self.there.billed

    @property
    def bought(self) -> list[str]:
        """The prompts that the provider was paid for."""
        charges = self.there.servers[SELLER.name].fake.bill.charges
        return [str(charge.facts["work"]["asked"]["prompt"]) for charge in charges if "work" in charge.facts]

    def list_event_ids(self) -> list[int]:
        """The ids of all events, from the database itself."""
        query = "SELECT id FROM events ORDER BY id"
        if self.database:
            plain = make_url(self.database).set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(plain) as connection:
                return [int(row[0]) for row in connection.execute(query.encode())]
        connection = sqlite3.connect(self.folder / "home" / "journal.db", timeout=30)
        try:
            return [int(row[0]) for row in connection.execute(query)]
        finally:
            connection.close()


@contextmanager
def open_stand(forks: Forks, folder: Path, database: str = "", script: Script | None = None) -> Iterator[Stand]:
    """Open a provider with a bill of its own, for processes that may all be killed."""
    script = script or Script(latency_s=(60, 300), speed=600)
    with world(folder / "home", {SELLER.name: script}, show_one_clip) as there:
        made = Stand(forks, folder, database, there)
        try:
            yield made
        finally:
            for life in made.lives.values():
                life.kill()
                life.communicate(20)


async def wait_until(condition: Callable[[], Awaitable[bool]], seconds: float, what: str) -> float:
    """Wait until a condition holds; return how long it took."""
    began = time.monotonic()
    while not await condition():
        assert time.monotonic() - began < seconds, what
        await asyncio.sleep(0.1)
    return time.monotonic() - began


async def is_ready(client: httpx2.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx2.TransportError:
        return False


async def order(client: httpx2.AsyncClient, key: str, path: str, **body: Any) -> str:
    """Send an order until it is taken, always with the same key, through kills and outages; return its job."""
    for _ in range(600):
        try:
            answer = await client.post(path, json=body, headers={"Idempotency-Key": key})
        except httpx2.TransportError:
            await asyncio.sleep(0.2)
            continue
        if answer.status_code in (409, 503):
            await asyncio.sleep(0.2)
            continue
        assert answer.is_success, answer.text
        return str(answer.json()["job"])
    raise AssertionError(f"{key} was never taken")


async def read_state(client: httpx2.AsyncClient, job: str) -> dict[str, Any]:
    """Read a job, through kills and outages."""
    for _ in range(600):
        try:
            answer = await client.get(f"/api/v1/jobs/{job}")
        except httpx2.TransportError:
            await asyncio.sleep(0.2)
            continue
        if answer.status_code == 503:
            await asyncio.sleep(0.2)
            continue
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
    raise AssertionError(f"{job} was never answered")


async def finish(client: httpx2.AsyncClient, jobs: list[str], seconds: float) -> dict[str, dict[str, Any]]:
    """Wait until every job has ended; return what each is."""
    until, found = time.monotonic() + seconds, dict[str, dict[str, Any]]()
    while len(found) < len(jobs):
        for job in jobs:
            if job not in found and (state := await read_state(client, job))["state"] in ENDS:
                found[job] = state
        left = [await read_state(client, job) for job in jobs if job not in found]
        assert time.monotonic() < until, [(one["state"], one["message"]) for one in left]
        await asyncio.sleep(0.3)
    return found


async def check_ledger(client: httpx2.AsyncClient, stand: Stand) -> None:
    """The ledger is the bill, and nothing is open any more."""
    spent = (await client.get("/api/v1/spend")).json()
    assert spent["usd"] == format_usd(Micros(stand.billed)), (spent["usd"], stand.billed)
    assert len(spent["rows"]) == len({row["purchase"] for row in spent["rows"]})


@dataclass
class EventClient:
    """A client of the event stream that connects again with the last id, as a browser does."""

    port: int
    ids: list[int] = field(default_factory=list)
    connections: int = 0

    async def follow(self) -> None:
        """Follow the stream until the call is cancelled."""
        while True:
            try:
                async for event in self._read():
                    self.ids.append(event)
            except (OSError, asyncio.IncompleteReadError):
                pass
            await asyncio.sleep(0.2)

    async def _read(self) -> AsyncIterator[int]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            last = self.ids[-1] if self.ids else 0
            head = f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: {last}\r\n\r\n"
            writer.write(head.encode())
            if b" 200 " not in await reader.readline():
                return
            self.connections += 1
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    yield int(json.loads(line[6:])["id"])
        finally:
            writer.transport.abort()
