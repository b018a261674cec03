"""The pages over a real studio: the application in this process, without a socket, and a reader of what it renders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import pytest

from client.proxy import Proxy
from reelwright.providers.kokoro import Kokoro
from reelwright.providers.offline import Offline
from reelwright.providers.protocol import Provider
from reelwright.reel.film.brief import Brief
from reelwright.server.app import build_app
from reelwright.server.deployment import Deployment, ServeOptions
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.studio import AsyncStudio
from reelwright.web.all_pages import build_pages
from server.conftest import MODEL
from studio.worlds import AT_ONCE, KEYS, world

SMALL_SIDE = 180
HOST = "http://127.0.0.1:8000"
BRIEF = "“It never flickers.” For “Fenn”, a desk lamp"
FREE = {"text": BRIEF, "length": "2", "model": "animatic"}
TWO_SHOTS = {"text": "# Fenn\n\nIt never flickers.\n", "model": "animatic"}
SCRIPT = "# Fenn\n\nIt never flickers.\n![a lamp on a desk at night]()\n"
PAID = {"text": SCRIPT, "model": MODEL, "accept_unconfirmed": "1"}


class Page(HTMLParser):
    """A page that was rendered: its tags with their attributes, its text, and the forms with their fields."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__()
        self.answer, self.source = answer, answer.text
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def list_tags(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [have for name, have in self.tags if name == tag and wanted.items() <= have.items()]

    def read_field(self, name: str) -> str:
        """The value of the last hidden field of this name."""
        return self.list_tags("input", name=name)[-1]["value"]

    @property
    def codes(self) -> list[str]:
        """The codes of the errors that the page shows."""
        return [have["data-code"] for _, have in self.tags if "data-code" in have]

    @property
    def price(self) -> str:
        """The price that the form would post."""
        return self.read_field("max_usd")


@dataclass
class Visitor:
    """A person with a browser, who sees pages and sends their forms."""

    client: httpx2.AsyncClient
    deployment: Deployment
    proxy: Proxy | None
    headers: dict[str, str] = field(default_factory=dict)

    async def see(self, path: str, **headers: str) -> Page:
        return Page(await self.client.get(path, headers={"Accept": "text/html", **self.headers, **headers}))

    async def send(
        self, path: str, fields: dict[str, str], *, file: bytes | None = None, font: bytes | None = None, **headers: str
    ) -> Page:
        sent = {"Origin": HOST, "Sec-Fetch-Site": "same-origin", **self.headers, **headers}
        files = {name: (name, one) for name, one in (("file", file), ("font", font)) if one is not None} or None
        wanted = {name: value for name, value in sent.items() if value}
        return Page(await self.client.post(path, data=fields, files=files, headers=wanted))

    async def draft(self, fields: dict[str, str]) -> Page:
        """What the page shows for what stands in its form."""
        ticket = (await self.see("/studio")).read_field("ticket")
        return await self.send("/studio/draft", {**fields, "ticket": ticket})

    async def make(self, fields: dict[str, str]) -> str:
        """Make a film at the price that is shown; return its project."""
        page = await self.draft(fields)
        order = {**fields, "ticket": page.read_field("ticket"), "max_usd": page.price, "goal": "film"}
        made = await self.send("/studio/films", order)
        assert made.answer.status_code == 303, made.text
        return made.answer.headers["location"].rpartition("/")[2]

    @property
    def studio(self) -> AsyncStudio:
        return self.deployment.get_studio()

    async def finish(self, project: str) -> None:
        """Do the work that waits."""
        await self.studio.resume(project, yes=True, accept_unconfirmed=True)

    async def list_projects(self) -> list[str]:
        return [one.id for one in await self.studio.list_projects()]


@asynccontextmanager
async def open_visit(
    settings: Settings, proxy: Proxy | None, sellers: Mapping[str, Provider] | None = None, **options: Any
) -> AsyncIterator[Visitor]:
    """Open the application with its pages, without a socket and without a director."""
    providers = {proxy.name: proxy, "offline": Offline()} if proxy else sellers
    async with AsyncStudio(settings, providers=providers, tempo=Tempo(speed=3600)) as studio:
        deployment = Deployment(
            runtime=await studio.open_runtime(), options=replace(ServeOptions(), **options), is_rehearsal=False,
            pages=build_pages(),
        )  # fmt: skip
        transport = httpx2.ASGITransport(build_app(deployment))
        async with httpx2.AsyncClient(transport=transport, base_url=HOST, timeout=60) as client:
            yield Visitor(client, deployment, proxy)


@pytest.fixture(autouse=True)
def small_films(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a film whose size nobody names be small, as no form names one: pages are the same beside its pictures."""
    defaults: dict[str, Any] = Brief.__init__.__kwdefaults__
    assert defaults["short_side"] == 1080
    monkeypatch.setitem(defaults, "short_side", SMALL_SIDE)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", hands=1)


@pytest.fixture
async def visitor(settings: Settings) -> AsyncIterator[Visitor]:
    """A visitor of a server that has no key of any provider."""
    async with open_visit(settings, None) as found:
        yield found


@pytest.fixture
async def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Visitor]:
    """A visitor of a server that has a key of a provider of voices."""
    monkeypatch.setenv(KEYS["elevenlabs"], "a-key-of-a-test")
    with world(tmp_path / "home", {"elevenlabs": AT_ONCE}) as there:
        async with open_visit(there.settings, None) as found:
            yield found


@pytest.fixture
async def hummer(settings: Settings) -> AsyncIterator[Visitor]:
    """A visitor of a server without a key on whose machine a voice speaks, which hums here."""
    async with open_visit(settings, None, {"offline": Offline(), Kokoro.name: Kokoro(None)}) as found:
        yield found


@pytest.fixture
async def buyer(settings: Settings, tmp_path: Path) -> AsyncIterator[Visitor]:
    """A visitor of a server that buys from a proxy on paper."""
    proxy = Proxy(tmp_path / "proxy")
    proxy.loses = False  # else it forgets every "close-up"
    async with open_visit(settings, proxy) as found:
        yield found
