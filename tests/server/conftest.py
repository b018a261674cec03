"""A server on loopback, with a studio that buys on paper."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import openai
import pytest

from client.proxy import Proxy
from crash.forked import Forks
from crash.kinds import environment
from reelwright.providers.offline import Offline
from reelwright.server.deployment import Deployment, ServeOptions
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.runtime.rehearsal import Rehearsal
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros
from reelwright.web.all_pages import serve_pages

MODEL = "litellm-veo-3.1-lite"
"""$0.20 for the 4 s that it makes by default."""
APPROVING = ServeOptions(port=0, auto_approve=Micros(1_000_000), may_buy_unconfirmed=True)


@dataclass
class Served:
    """A server that listens: its address, what it is, and what it buys from."""

    url: str
    deployment: Deployment
    proxy: Proxy | None

    def open_client(self, **more: object) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self.url, timeout=30, **more)

    def open_openai(self, **more: object) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(base_url=f"{self.url}/v1", **{"api_key": "sk-any", "max_retries": 0, **more})


@asynccontextmanager
async def open_server(
    settings: Settings,
    proxy: Proxy | None,
    options: ServeOptions = APPROVING,
    port: int = 0,
    *,
    can_draw: bool = False,
    tempo: Tempo | None = None,
    rehearsal: Rehearsal | None = None,
) -> AsyncIterator[Served]:
    """Serve until the block ends. ``proxy`` None: the providers of the package, without any key.

    ``can_draw``: beside the proxy, this machine draws shots. ``port`` 0: any. ``rehearsal``: nothing is bought.
    """
    listening: asyncio.Future[Served] = asyncio.get_running_loop().create_future()

    def announce(url: str, deployment: Deployment) -> None:
        listening.set_result(Served(url, deployment, proxy))

    providers = {proxy.name: proxy, **({"offline": Offline()} if can_draw else {})} if proxy else None
    tempo = None if rehearsal else tempo or Tempo(speed=3600)
    async with AsyncStudio(settings, providers=providers, tempo=tempo, rehearse=rehearsal or False) as studio:
        serving = asyncio.create_task(serve_pages(studio, replace(options, port=port), announce))
        await asyncio.wait({serving, listening}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        try:
            yield listening.result()
        finally:
            serving.cancel()
            await asyncio.wait({serving})


@pytest.fixture
def proxy(tmp_path: Path) -> Proxy:
    return Proxy(tmp_path / "proxy")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", hands=1)


@pytest.fixture
async def server(settings: Settings, proxy: Proxy) -> AsyncIterator[Served]:
    async with open_server(settings, proxy) as served:
        yield served


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """The warm process that servers and workers are forked from."""
    made = Forks(tmp_path_factory.mktemp("servers"), environment(), "server.life")
    yield made
    made.end()
