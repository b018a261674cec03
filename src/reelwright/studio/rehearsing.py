"""A rehearsal: the real adapters against the fakes that ship, at real prices and latencies, and nothing is bought.

It lives in a home of its own (``rehearsal/`` in the user's), so that nothing rehearsed ever mixes with what was bought.
That home is marked: whoever opens it later goes on rehearsing, and never buys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput, NotFound
from reelwright.reel.canonical import digest_of
from reelwright.reel.document import from_json, to_json
from reelwright.reel.noun import Fingerprint, noun
from reelwright.reel.operation import Project
from reelwright.settings import Settings
from reelwright.studio.home import REHEARSAL, Home, is_rehearsal
from reelwright.studio.naming import project_called
from reelwright.studio.slates import FOLDER
from reelwright.studio.tempo import Tempo
from reelwright.units import usd

if TYPE_CHECKING:
    from reelwright.providers.fakes.asked import Asked, Footage
    from reelwright.providers.fakes.script import Script
    from reelwright.providers.fakes.wire import Fake
    from reelwright.providers.protocol import Provider

SPEED: Final = 60.0
_ACCOUNT: Final = "provider"
_DRAWN: Final = frozenset({"video", "image", "speech", "music", "sound_effect"})


@noun
class Rehearsal:
    """``speed``: how many of the provider's seconds pass in one. ``faults``: percent of calls that meet one.

    Raises ``BadInput`` on a speed that is not from 1 to 3600, or faults that are not from 0 to 50.
    """

    speed: float = SPEED
    faults: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= _number("rehearse-speed", self.speed) <= 3600:
            raise BadInput("rehearse-speed", self.speed, "from 1 (as slow as the real ones) to 3600")
        if not 0 <= _number("rehearse-faults", self.faults) <= 50:
            raise BadInput("rehearse-faults", self.faults, "percent, from 0 to 50")

    @property
    def tempo(self) -> Tempo:
        """How fast the providers' clock runs."""
        return Tempo(speed=self.speed, rehearsed=True)


def _number(field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(field, value, "a number")
    return value


def of_home(home: Path) -> Rehearsal | None:
    """How this home rehearses; None for one in which things are bought."""
    mark = home / REHEARSAL
    return from_json(Rehearsal, mark.read_bytes(), str(mark)) if mark.is_file() else None


def as_before(home: Path) -> Rehearsal:
    """How the rehearsals of this home were rehearsed last."""
    return of_home(home) or of_home(home / FOLDER) or Rehearsal()


def staged(settings: Settings, rehearse: bool | Rehearsal) -> tuple[Settings, Rehearsal | None]:
    """The settings of a studio and how it rehearses: as ``rehearse`` says, or as its home is marked; None: it buys.

    A rehearsal has a home of its own and never the database that the environment names: that is where things are
    bought. Raises ``BadInput``. Writes nothing.
    """
    if not isinstance(rehearse, bool | Rehearsal):
        raise BadInput("rehearse", rehearse, "True, False, or a Rehearsal(speed=…, faults=…)")
    asked = Rehearsal() if rehearse is True else rehearse or None
    if (before := of_home(settings.home)) is not None:
        return replace(settings, database=""), asked or before
    if asked is None:
        return settings, None
    return replace(settings, home=settings.home / FOLDER, database=""), asked


async def rehearsal_called(settings: Settings, called: str) -> Rehearsal | None:
    """How the project or job ``called`` so is rehearsed inside of this home; None where it is bought or unknown.

    ``last`` is the newer of the two newest. An id that both have ends of is the bought one's. Writes nothing.
    """
    told = of_home(settings.home / FOLDER)
    if told is None or is_rehearsal(settings.home):
        return None
    inside, _ = staged(settings, told)
    try:
        bought = await _project_called(settings, called)
    except BadInput:
        return None  # it ends several ids: the verb itself says so
    if bought is not None and called != "last":
        return None
    try:
        rehearsed = await _project_called(inside, called)
    except BadInput:
        return told
    if rehearsed is None or (bought is not None and bought.created >= rehearsed.created):
        return None
    return told


async def _project_called(settings: Settings, called: str) -> Project | None:
    """The project that a person calls so; None where there is none. Raises ``BadInput`` where there are several."""
    from reelwright.store.database import Database
    from reelwright.store.journal import SqlJournal

    if not settings.database and not (settings.home / "journal.db").is_file():
        return None
    database = await asyncio.to_thread(Database, settings.database_url)
    try:
        journal = SqlJournal(database, lease_s=settings.lease_s, jobs_at_once=settings.jobs_at_once)
        rows = await journal.projects(settings.account)
        jobs = await journal.jobs(settings.account)
    finally:
        await asyncio.to_thread(database.close)
    of_job = next((job.project for job in jobs if called in (job.id, job.id.removeprefix("job_"))), None)
    try:
        found = of_job or project_called(called, rows)
    except NotFound:
        return None
    return next(row for row in rows if row.id == found)


def sellers_before(settings: Settings) -> Mapping[str, Provider]:
    """Whom a rehearsal buys from, to be asked what they sell before the stage is set. No key of the user's is read."""
    from reelwright.net.keys import Keys
    from reelwright.providers.shop import open_providers

    return open_providers(settings, Keys(settings, _no_keys()))


def _no_keys() -> dict[str, str]:
    from reelwright.net.keys import HOLDERS

    environ = {variable: "no-key-in-a-rehearsal" for one in HOLDERS.values() for variable in one.variables}
    return {**environ, "GOOGLE_CLOUD_PROJECT": FOLDER}


class Stage:
    """The fakes of every provider on loopback, and who draws for them. ``settings``: those that lead to the fakes."""

    def __init__(self, settings: Settings, told: Rehearsal, draw: Footage | None = None) -> None:
        """``draw``: who makes what the fakes bring; None: a hand draws slates."""
        self.settings, self.told = settings, told
        self._draw = draw or self.draw
        self.providers: Mapping[str, Provider] = {}
        self.home: Home | None = None
        """Where the films are whose shots are numbered on slates."""
        self._stack = AsyncExitStack()
        self._theirs = replace(settings, home=settings.home / "providers", hands=1)

    async def __aenter__(self) -> Stage:
        from reelwright.engine.hands.here import HandsHere
        from reelwright.net.keys import Keys
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
        self.providers = open_providers(self.settings, Keys(self.settings, _no_keys()))
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
        args = _slate_of(asked, await self._shot(asked))
        name = Fingerprint(f"rehearsal:{digest_of(args)}")
        made = await self._hands.do(_ACCOUNT, "rehearsal.footage", args, (), name)
        return b"".join([part async for part in self._vault.read(_ACCOUNT, made.assets[0])])

    async def _shot(self, asked: Asked) -> int:
        """The number of the shot with this prompt in the newest film that has one; 0 where none has."""
        home = self.home
        if home is None:
            return 0
        for project in await home.journal.projects(home.account):
            plan = (await home.journal.standing(home.account, project.id)).plan
            for number, shot in enumerate(plan.shots if plan else (), 1):
                if getattr(shot.source, "prompt", None) == asked.prompt:
                    return number
        return 0


async def drawn(asked: Asked) -> bytes:
    """The same without a home: drawn in this process, and no slate has the number of a shot."""
    if asked.kind == "text":
        return (await asyncio.to_thread(_written, asked.prompt)).encode()
    return await asyncio.to_thread(_drawn, _slate_of(asked, 0))


def _drawn(args: Mapping[str, Any]) -> bytes:
    from tempfile import TemporaryDirectory

    from reelwright.media.rehearsal.footage import draw_footage

    with TemporaryDirectory() as room:
        return draw_footage(args, (), Path(room), lambda done: None).files[0].path.read_bytes()


def _slate_of(asked: Asked, shot: int) -> dict[str, Any]:
    """What a hand is told to draw. Raises ``BadInput`` on a kind that nobody draws."""
    if asked.kind not in _DRAWN:
        raise BadInput("kind", asked.kind, f"one of {', '.join(sorted(_DRAWN))}")
    return {
        "kind": asked.kind, "prompt": asked.prompt, "model": _named(asked), "ms": asked.ms, "size": [*asked.size],
        "fps": [*asked.fps], "sound": asked.sound, "sample": asked.sample, "shot": shot,
        "price": f"${usd(asked.micros)}" if asked.micros else "",
    }  # fmt: skip


def _written(said: str) -> str:
    from reelwright.planner.scripting import rehearsed

    return rehearsed(said)


def _named(asked: Asked) -> str:
    """The model's name in the catalogue's words."""
    from reelwright.catalogue.models import models

    rows = [row for row in models().values() if row.sold_as == asked.model and row.provider == asked.provider]
    return rows[0].name if rows else asked.model or asked.provider
