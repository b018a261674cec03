"""A rehearsal: the real adapters against the fakes that ship, at real prices and latencies, and nothing is bought.

It lives in a home of its own (``rehearsal/`` in the user's), so that nothing rehearsed ever mixes with what was bought.
That home is marked: whoever opens it later goes on rehearsing, and never buys.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput
from reelwright.reel.canonical import digest_of
from reelwright.reel.document import from_json, to_json
from reelwright.reel.noun import Fingerprint, noun
from reelwright.settings import Settings, load
from reelwright.studio.home import REHEARSAL
from reelwright.studio.studio import AsyncStudio
from reelwright.studio.tempo import Tempo
from reelwright.units import usd

if TYPE_CHECKING:
    from reelwright.providers.fakes.asked import Asked, Footage
    from reelwright.providers.fakes.script import Script
    from reelwright.providers.fakes.wire import Fake
    from reelwright.providers.protocol import Provider

FOLDER: Final = "rehearsal"
SPEED: Final = 60.0
_ACCOUNT: Final = "provider"
_DRAWN: Final = frozenset({"video", "image", "speech", "music", "sound_effect"})


@noun
class Rehearse:
    """``speed``: how many of the provider's seconds pass in one. ``faults``: percent of calls that meet one."""

    speed: float = SPEED
    faults: float = 0.0
    seed: int = 0


def asked_for(speed: float | None, faults: float | None, seed: int | None = None) -> Rehearse:
    """What was asked for, checked. Raises ``BadInput``."""
    made = Rehearse(speed=SPEED if speed is None else speed, faults=faults or 0.0, seed=seed or 0)
    if not 1 <= made.speed <= 3600:
        raise BadInput("rehearse-speed", made.speed, "from 1 (as slow as the real ones) to 3600")
    if not 0 <= made.faults <= 50:
        raise BadInput("rehearse-faults", made.faults, "percent, from 0 to 50")
    return made


def of_home(home: Path) -> Rehearse | None:
    """How this home rehearses; None for one in which things are bought."""
    mark = home / REHEARSAL
    return from_json(Rehearse, mark.read_bytes(), str(mark)) if mark.is_file() else None


@asynccontextmanager
async def studio_for(settings: Settings | None = None, told: Rehearse | None = None) -> AsyncIterator[AsyncStudio]:
    """A studio: one that rehearses where ``told`` says so, or where the home is a rehearsal's already."""
    settings = settings or load()
    if (before := of_home(settings.home)) is not None:
        told = told or before
        settings = replace(settings, database="")  # that of the environment is where things are bought
    elif told is not None:
        settings = replace(settings, home=settings.home / FOLDER)
    if told is None:
        async with AsyncStudio(settings) as studio:
            yield studio
        return
    async with AsyncExitStack() as stack:
        # a database that the environment names is the one in which things are bought
        stage = await stack.enter_async_context(Stage(replace(settings, database=""), told))
        studio = AsyncStudio(stage.settings, providers=stage.providers, tempo=Tempo(speed=told.speed, rehearsed=True))
        stage.studio = await stack.enter_async_context(studio)
        yield studio


class Stage:
    """The fakes of every provider on loopback, and who draws for them. ``settings``: those that lead to the fakes."""

    def __init__(self, settings: Settings, told: Rehearse, draw: Footage | None = None) -> None:
        """``draw``: who makes what the fakes bring; None: a hand draws slates."""
        self.settings, self.told = settings, told
        self._draw = draw or self.draw
        self.providers: Mapping[str, Provider] = {}
        self.studio: AsyncStudio | None = None
        self._stack = AsyncExitStack()
        self._theirs = replace(settings, home=settings.home / "providers", hands=1)

    async def __aenter__(self) -> Stage:
        from reelwright.engine.hands.here import HandsHere
        from reelwright.net.keys import HOLDERS, Keys
        from reelwright.providers.fakes.server import FakeServer
        from reelwright.providers.shop import open_providers
        from reelwright.store.vault import FolderVault

        self._mark()
        self._vault = FolderVault.open(self._theirs.vault)
        self._hands = HandsHere(self._theirs, self._vault)
        self._stack.push_async_callback(self._hands.close)
        urls = {}
        for named, fake in self._fakes().items():
            urls[named] = (await self._stack.enter_async_context(FakeServer(fake))).url
        self.settings = replace(self.settings, base_urls=urls)
        environ = {variable: "no-key-in-a-rehearsal" for one in HOLDERS.values() for variable in one.variables}
        environ["GOOGLE_CLOUD_PROJECT"] = FOLDER
        self.providers = open_providers(self.settings, Keys(self.settings, environ))
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    def _mark(self) -> None:
        self.settings.home.mkdir(parents=True, exist_ok=True)
        (self.settings.home / REHEARSAL).write_text(to_json(self.told), encoding="utf-8")

    def _fakes(self) -> dict[str, Fake]:
        """By the name of the address that they stand in for; some share one."""
        from reelwright.providers.fakes.choice import fakes_known
        from reelwright.providers.fakes.several import Several
        from reelwright.providers.shop import SELLERS

        found: dict[str, dict[str, Fake]] = {}
        for seller in SELLERS:
            kind = seller.adapter.partition(":")[0]
            for door in seller.doors:
                if kind in fakes_known() and kind not in found.setdefault(door.named, {}):
                    found[door.named][kind] = self._fake(kind, f"{door.named}-{kind}", own=not door.holder)
        return {named: Several(*fakes.values()) for named, fakes in found.items() if fakes}

    def _fake(self, kind: str, bill: str, *, own: bool) -> Fake:
        from reelwright.providers.fakes.bill import Bill
        from reelwright.providers.fakes.choice import fake_called

        owned: dict[str, dict[str, Any]] = {"openai_videos": {"profile": "vllm_omni"}}
        more = owned.get(kind, {}) if own else {}
        return fake_called(kind)(
            Bill(self._theirs.home / "bills" / f"{bill}.jsonl"), self._script(), self._draw, **more
        )

    def _script(self) -> Script:
        from reelwright.providers.fakes.script import Script, faulty

        if self.told.faults:
            return faulty(self.told.faults / 100, self.told.seed, self.told.speed)
        return Script(seed=self.told.seed, speed=self.told.speed)

    async def draw(self, asked: Asked) -> bytes:
        """What a provider would have made, drawn by a hand: the slate of a take or a still, a murmur, a pulse.

        What a language model would have written is written by the rules, as a script.
        """
        if asked.kind == "text":
            return (await asyncio.to_thread(_written, asked.prompt)).encode()
        if asked.kind not in _DRAWN:
            raise BadInput("kind", asked.kind, f"one of {', '.join(sorted(_DRAWN))}")
        args = {
            "kind": asked.kind, "prompt": asked.prompt, "model": _named(asked), "ms": asked.ms, "size": [*asked.size],
            "fps": [*asked.fps], "sound": asked.sound, "sample": asked.sample, "shot": await self._shot(asked),
            "price": f"${usd(asked.micros)}" if asked.micros else "",
        }  # fmt: skip
        name = Fingerprint(f"rehearsal:{digest_of(args)}")
        made = await self._hands.do(_ACCOUNT, "rehearsal.footage", args, (), name)
        return b"".join([part async for part in self._vault.read(_ACCOUNT, made.assets[0])])

    async def _shot(self, asked: Asked) -> int:
        """The number of the shot with this prompt in the newest film that has one; 0 where none has."""
        home = self.studio.home if self.studio else None
        if home is None:
            return 0
        for project in await home.journal.projects(home.account):
            plan = (await home.journal.standing(home.account, project.id)).plan
            for number, shot in enumerate(plan.shots if plan else (), 1):
                if getattr(shot.source, "prompt", None) == asked.prompt:
                    return number
        return 0


def _written(said: str) -> str:
    from reelwright.planner.scripting import rehearsed

    return rehearsed(said)


def _named(asked: Asked) -> str:
    """The model's name in the catalogue's words."""
    from reelwright.catalogue.models import models

    rows = [row for row in models().values() if row.sold_as == asked.model and row.provider == asked.provider]
    return rows[0].name if rows else asked.model or asked.provider
