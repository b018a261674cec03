"""The doors of one account, all open over one home: who orders the same clip there, waits, stops, and pays.

Real doors and a real adapter (Replicate's) on its fake: the command line in processes of its own, HTTP, MCP, Python.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

import httpx2
from mcp import Client
from sqlalchemy import text

from agents.served import Agent
from crash.forked import Forked, Forks
from crash.kinds import SECRET, environment
from person.life import Act
from person.sellers import SELLERS, Seller, Shop
from reelwright.agents.server import build_server, drive_jobs
from reelwright.agents.wallet import open_wallet
from reelwright.providers.offline import Offline
from reelwright.server.deployment import ServeOptions
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros
from server.conftest import Served, open_server

SELLER: Final = SELLERS["list"]
INTERRUPT: Final = "Ctrl-C"
_ENDED: Final = ("done", "failed", "cancelled")


@dataclass
class Doors:
    """``studio``: of a program that uses the library. ``known``: projects whose customer is known."""

    settings: Settings
    shop: Shop
    forks: Forks
    server: Served
    http: httpx2.AsyncClient
    agent: Agent
    studio: AsyncStudio
    known: set[str] = field(default_factory=set)
    kind: str = "list"

    async def read(self, query: str, **values: object) -> list[Any]:
        assert self.studio.home
        return await self.studio.home.journal._db.read(lambda conn: list(conn.execute(text(query), values).all()))

    async def pass_a_day(self) -> None:
        """Let bills above their quotes lie a day back: no model is expected to cost as much any more."""
        assert self.studio.home
        query = text("UPDATE purchases SET posted_at = posted_at - 86400000 WHERE billed_micros IS NOT NULL")
        await self.studio.home.journal._db.write(lambda unit: unit.conn.execute(query))

    async def wait_for(self, query: str, **values: object) -> list[Any]:
        """The rows of a query, once it has any."""
        async with asyncio.timeout(60):
            while not (found := await self.read(query, **values)):
                await asyncio.sleep(0.05)
        return found

    async def find_new_project(self, prompt: str) -> str:
        """The project of ``prompt`` that was opened last, and whose customer is not known yet."""
        known = {f"known{n}": one for n, one in enumerate(self.known)}
        others = f" AND id NOT IN ({', '.join(f':{name}' for name in known)})" if known else ""
        query = f"SELECT id FROM projects WHERE brief LIKE :prompt{others}"
        ((project,),) = await self.wait_for(query, prompt=f"%{prompt}%", **known)
        self.known.add(project)
        return str(project)

    @property
    def seller(self) -> Seller:
        return SELLERS[self.kind]

    def start_command(self, *argv: str) -> Forked:
        """Type a command line in a process of its own."""
        return self.start_verb("cli", {"argv": argv})

    def start_verb(self, verb: str, args: Mapping[str, Any], place: str = "") -> Forked:
        """Do a verb of ``person.life`` in a process of its own, which is killed at ``place``, if there is one."""
        home, database = str(self.settings.home), self.settings.database
        accident: Any = {"accident": "kill", "place": place} if place else {}
        act = Act(
            verb=verb, home=home, database=database, seller=self.kind, url=self.shop.url, args=args, **accident
        )  # fmt: skip
        shell = {"REELWRIGHT_HOME": home, "REELWRIGHT_HANDS": "1", "REPLICATE_API_TOKEN": SECRET}
        shell |= {"REELWRIGHT_REPLICATE_BASE_URL": self.shop.url, "REELWRIGHT_MODEL": SELLER.model}
        shell |= {"REELWRIGHT_DATABASE": database} if database else {}
        shell |= {"REELWRIGHT_CRASH_AT": place} if place else {}
        return self.forks.start([act.to_json()], environment(**shell))

    async def run_command(self, *argv: str) -> int:
        return await _end_of(self.start_command(*argv))


async def _end_of(life: Forked) -> int:
    _, err = await asyncio.to_thread(life.communicate, 90)
    assert life.returncode is not None and "Traceback" not in err, err
    return life.returncode


@asynccontextmanager
async def open_doors(
    home: Path, database: str, shop: Shop, forks: Forks, at_once: int = 100, kind: str = "list"
) -> AsyncIterator[Doors]:
    """Open every door of one home. The account may spend $1,000, and its agents as much from their wallet.

    ``at_once``: how many jobs the doors that do not wait themselves run together.
    """
    async with AsyncExitStack() as stack:
        settings = Settings(home=home, database=database, hands=1, jobs_at_once=at_once)
        adapters = []
        for _ in range(3):  # each door is a program of its own
            adapter, http = SELLERS[kind].provider(shop.url)
            stack.push_async_callback(http.close)
            adapters.append({"offline": Offline(), adapter.name: adapter})
        tempo = Tempo(speed=1000)
        studio = await stack.enter_async_context(AsyncStudio(settings, providers=adapters[0], tempo=tempo))
        await studio.set_budget("account", "1000")
        options = ServeOptions(port=0, auto_approve=Micros(5_000_000), may_buy_unconfirmed=True, rate_limit="0")
        served = await stack.enter_async_context(
            open_server(settings, adapters[1][SELLERS[kind].name], options, tempo=tempo)  # type: ignore[arg-type]
        )
        theirs = await stack.enter_async_context(AsyncStudio(settings, providers=adapters[2], tempo=tempo))
        runtime = await theirs.open_runtime()
        mcp = build_server(runtime, wallet=await open_wallet(theirs, "agents", "1000"), answer_s=20.0)
        client = await stack.enter_async_context(Client(mcp))
        await stack.enter_async_context(drive_jobs(runtime))
        http = await stack.enter_async_context(served.open_client())
        doors = Doors(settings, shop, forks, served, http, Agent(client, theirs), studio, kind=kind)
        assert await doors.run_command("--version") == 0  # the process of which commands are forked is warm then
        yield doors


@dataclass
class Customer:
    """Somebody who orders ``prompt`` at a door. ``has_purse``: with a budget of its own, where the door has such.

    ``WAYS``: in which orders are stopped there.
    """

    doors: Doors
    prompt: str
    folder: Path
    has_purse: bool
    project: str = ""
    job: str = ""
    WAYS: ClassVar[tuple[str, ...]] = ()

    async def order(self) -> None:
        """Order it, and return once the project is there."""
        raise NotImplementedError

    async def stop(self, way: str) -> None:
        raise NotImplementedError

    async def receive(self) -> bool:
        """Wait for the end, and return whether the clip was delivered."""
        raise NotImplementedError

    async def wait_until_sent(self) -> None:
        query = "SELECT id FROM purchases WHERE project = :project AND state = 'submitted'"
        await self.doors.wait_for(query, project=self.project)

    async def wait_until_waiting(self) -> None:
        query = (
            "SELECT s.allowance FROM allowance_shares s JOIN allowances a ON a.id = s.allowance"
            " JOIN purchases p ON p.order_fingerprint = s.fingerprint"
            " WHERE a.project = :project AND p.project <> :project AND p.state = 'submitted'"
        )
        await self.doors.wait_for(query, project=self.project)

    async def wait_until_over(self) -> None:
        """Wait until no job of its project goes on."""
        query = (
            "SELECT id FROM projects WHERE id = :project AND NOT EXISTS"
            " (SELECT 1 FROM jobs WHERE project = :project AND finished_at IS NULL)"
        )
        await self.doors.wait_for(query, project=self.project)


class ByCommand(Customer):
    WAYS = ("cancel", INTERRUPT)
    life: Forked

    async def order(self) -> None:
        self.life = self.doors.start_command(
            "clip", self.prompt, "--yes", "--accept-unconfirmed", "--out", str(self.folder)
        )
        self.project = await self.doors.find_new_project(self.prompt)

    async def stop(self, way: str) -> None:
        if way == INTERRUPT:
            os.kill(self.life.pid, signal.SIGINT)
            assert await _end_of(self.life) == 130
        else:
            await self.doors.run_command("cancel", self.project)

    async def receive(self) -> bool:
        return await _end_of(self.life) == 0 and any(self.folder.iterdir())


class ByLibrary(Customer):
    """A batch of one row: a command of its own words would be the project of the command line."""

    WAYS = ("cancel", INTERRUPT)
    call: asyncio.Task[Any]

    async def order(self) -> None:
        terms = {"model": SELLER.model, "yes": True, "accept_unconfirmed": True}
        self.call = asyncio.create_task(self.doors.studio.batch([self.prompt], out=self.folder, **terms))
        self.project = await self.doors.find_new_project(self.prompt)

    async def stop(self, way: str) -> None:
        if way == INTERRUPT:
            self.call.cancel()
            await asyncio.wait({self.call})
        else:
            await self.doors.studio.cancel(self.project)

    async def receive(self) -> bool:
        (row,) = (await self.call).rows
        return row.state == "done" and row.path.is_file()


class ByAgent(Customer):
    WAYS = ("cancel",)

    async def order(self) -> None:
        answer = await self.doors.agent.call("make", clip=self.prompt, model=SELLER.model)
        assert not answer.is_refused, answer.fields
        self.project = answer.fields["project"]
        self.doors.known.add(self.project)

    async def stop(self, way: str) -> None:
        assert not (await self.doors.agent.call("cancel", project=self.project)).is_refused

    async def receive(self) -> bool:
        ended = await self.doors.agent.finish(self.project)
        return ended.fields["state"] == "done" and all(Path(file).is_file() for file in ended.fields["files"])


class ByHttp(Customer):
    WAYS = ("cancel", "DELETE /v1/videos", "/api/cancel", "/api/delete")
    PATH: ClassVar[str] = "/v1/videos"
    headers: Mapping[str, str] = MappingProxyType({})

    async def order(self) -> None:
        if self.has_purse:
            made = await self.doors.server.deployment.get_studio().create_api_key(
                self.prompt[-20:], "producer", auto_approve="5", budget="5"
            )
            self.headers = {"Authorization": f"Bearer {made.secret}"}
        answer = await self._call("POST", self.PATH, {"prompt": self.prompt, "model": SELLER.model})
        self.job = answer.json().get("job") or answer.json()["id"]
        ((self.project,),) = await self.doors.read("SELECT project FROM jobs WHERE id = :job", job=self.job)
        self.doors.known.add(self.project)

    async def stop(self, way: str) -> None:
        path = f"/api/v1/jobs/{self.job}/cancel" if way == "cancel" else f"{way.split()[-1]}/{self.job}"
        await self._call("DELETE" if "delete" in way.lower() else "POST", path)

    async def receive(self) -> bool:
        async with asyncio.timeout(60):
            while (found := await self._call("GET", f"/api/v1/jobs/{self.job}")).json()["state"] not in _ENDED:
                await asyncio.sleep(0.1)
        return (
            found.json()["state"] == "done" and (await self._call("GET", f"/v1/videos/{self.job}/content")).is_success
        )

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx2.Response:
        answer = await self.doors.http.request(method, path, json=body, headers=self.headers)
        assert answer.is_success, answer.text
        return answer


class ByNative(ByHttp):
    PATH = "/api/v1/clips"


CUSTOMERS: Final[Mapping[str, type[Customer]]] = {
    "command": ByCommand, "library": ByLibrary, "agent": ByAgent, "native": ByNative, "videos": ByHttp,
}  # fmt: skip
