"""A server or a worker in a process of its own, forked by ``crash.forked``. The only argument is a ``Life`` as JSON."""

from __future__ import annotations

import asyncio
import faulthandler
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

from crash.kinds import KINDS
from hurry import set_constants
from person import life as person_life
from reelwright.net.redact import redact
from reelwright.providers.offline import Offline
from reelwright.reel.base import crashpoints
from reelwright.server.deployment import ServeOptions
from reelwright.server.serving import serve
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.studio import AsyncStudio
from reelwright.tracing import start_tracing, stop_tracing
from reelwright.units import Micros

SELLER = KINDS["list"]


@dataclass(frozen=True)
class Life:
    """``port`` 0: a worker, which serves nobody. ``url``: of the provider. ``database``: empty for SQLite."""

    home: str
    database: str
    url: str
    port: int
    has_director: bool = True

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def warm_up() -> None:
    person_life.warm_up()
    for name in ("fastapi", "reelwright.server.app", "uvicorn.protocols.websockets.websockets_sansio_impl"):
        import_module(name)


def live() -> None:
    faulthandler.register(signal.SIGUSR1)
    set_constants(person_life.WAITS)
    crashpoints.arm()
    assert start_tracing(os.environ, redact) is None
    asyncio.run(_live(Life(**json.loads(sys.argv[1]))))
    stop_tracing()


async def _live(life: Life) -> None:
    settings = Settings(home=Path(life.home), hands=1, database=life.database)
    seller, http = SELLER.provider(life.url)
    providers = {"offline": Offline(), SELLER.name: seller}
    async with AsyncStudio(settings, providers=providers, tempo=Tempo(speed=600)) as studio:
        if not life.port:
            await (await studio.open_runtime()).driver.run_forever()
        options = ServeOptions(
            port=life.port,
            auto_approve=Micros(5_000_000),
            may_buy_unconfirmed=True,
            has_director=life.has_director,
            rate_limit="0",
            max_streams=1000,
        )
        await serve(studio, options, lambda url, deployment: None)
    await http.close()
