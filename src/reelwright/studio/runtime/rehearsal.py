"""Rehearsals: the real adapters against the fakes of the package, at real prices and latencies. Nothing is bought.

A rehearsal has its own home (``rehearsal/`` in the user's home), so that rehearsed and bought files never mix. A marker
file stands in that home: a studio that opens it later also rehearses, and never buys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput, NotFound
from reelwright.known_providers import list_holders, list_provider_entries
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.document import from_json, to_json
from reelwright.reel.base.value import Fingerprint, define_value
from reelwright.reel.records.operation import Project
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.runtime.home import REHEARSAL, Home, is_rehearsal
from reelwright.studio.runtime.slates import FOLDER
from reelwright.units import format_usd

if TYPE_CHECKING:
    from reelwright.providers.fakes.media_spec import Footage, MediaSpec
    from reelwright.providers.fakes.script import Script
    from reelwright.providers.fakes.wire import Fake
    from reelwright.providers.protocol import Provider

SPEED: Final = 60.0
_ACCOUNT: Final = "provider"
_OWN_PLACES: Final[Mapping[str, Any]] = {
    "database": "", "vault_url": "", "downloads": "server", "downloads_url": "", "downloads_key_id": "",
    "films_folder": "",
}  # fmt: skip
"""The settings of a rehearsal that name no place where things are bought."""
_PAGE: Final = 10
"""Projects that are read at once to find a shot: nearly always it is in the newest one."""
_DRAWN: Final = frozenset({"video", "image", "speech", "music", "sound_effect"})


@define_value
class Rehearsal:
    """Options of a rehearsal, a run in which fakes stand in for providers.

    ``speed``: seconds of the provider per real second. ``faults``: percent of calls that fail.

    Raises ``BadInput`` for a speed that is not from 1 to 3600, or faults that are not from 0 to 50.
    """

    speed: float = SPEED
    faults: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= _number("rehearse_speed", self.speed) <= 3600:
            raise BadInput("rehearse_speed", self.speed, "from 1 (as slow as the real ones) to 3600")
        if not 0 <= _number("rehearse_faults", self.faults) <= 50:
            raise BadInput("rehearse_faults", self.faults, "percent, from 0 to 50")

    @property
    def tempo(self) -> Tempo:
        """The speed of the clock of this rehearsal's fakes, for the waits of the engine."""
        return Tempo(speed=self.speed, is_rehearsal=True)


def _number(field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(field, value, "a number")
    return value


def read_rehearsal(home: Path) -> Rehearsal | None:
    """Read the options of a rehearsal from the marker file in ``home``; None for a home in which things are bought."""
    mark = home / REHEARSAL
    return from_json(Rehearsal, mark.read_bytes(), str(mark)) if mark.is_file() else None


def read_last_rehearsal(home: Path) -> Rehearsal:
    """Read the options of the last rehearsal that the folder ``home`` is or contains; else the default options."""
    return read_rehearsal(home) or read_rehearsal(home / FOLDER) or Rehearsal()


def resolve_rehearsal(settings: Settings, rehearse: bool | Rehearsal) -> tuple[Settings, Rehearsal | None]:
    """Return a studio's settings, with another home if it rehearses, and its rehearsal; None: it really buys.

    A rehearsal uses its own home, and never the database and the folders that the environment names, where things are
    bought. Raises
    ``BadInput``. Writes nothing.
    """
    if not isinstance(rehearse, bool | Rehearsal):
        raise BadInput("rehearse", rehearse, "True, False, or a Rehearsal(speed=…, faults=…)")
    requested = Rehearsal() if rehearse is True else rehearse or None
    if (before := read_rehearsal(settings.home)) is not None:
        return replace(settings, **_OWN_PLACES), requested or before
    if requested is None:
        return settings, None
    apart = replace(settings, home=settings.home / FOLDER, **_OWN_PLACES)
    return apart, requested


UNFINISHED: Final = "unfinished"
"""Name for ``find_rehearsal`` of the newest project that is neither done nor cancelled."""


async def find_rehearsal(settings: Settings, name: str) -> Rehearsal | None:
    """Return the options of the rehearsal that has the project or job ``name``; None if it is a bought or unknown one.

    ``last`` means the newer of the newest bought and the newest rehearsed project, and ``unfinished`` that of those
    that are not done. A name that fits a bought and a
    rehearsed project means the bought one. Writes nothing.
    """
    marked = read_rehearsal(settings.home / FOLDER)
    if marked is None or is_rehearsal(settings.home):
        return None
    inside, _ = resolve_rehearsal(settings, marked)
    try:
        bought = await _find_project(settings, name)
    except BadInput:
        return None  # several ids end with it: the verb itself reports that
    if bought is not None and name not in ("last", UNFINISHED):
        return None
    try:
        rehearsed = await _find_project(inside, name)
    except BadInput:
        return marked
    if name == UNFINISHED and bought is rehearsed is None:
        return await find_rehearsal(settings, "last")
    if rehearsed is None or (bought is not None and bought.created_at >= rehearsed.created_at):
        return None
    return marked


async def _find_project(settings: Settings, called: str) -> Project | None:
    """Return the project that a person means by a name, or None. Raises ``BadInput`` if several fit."""
    from reelwright.store.database.database import Database
    from reelwright.store.journal import Journal

    if not settings.database and not (settings.home / "journal.db").is_file():
        return None
    database = await asyncio.to_thread(Database, settings.database_url)
    try:
        journal = Journal(database, lease_s=settings.lease_s, jobs_at_once=settings.jobs_at_once)
        if called == UNFINISHED:
            return next(iter(await journal.list_projects(settings.account, 1, is_unfinished=True)), None)
        job = await journal.find_job(settings.account, called)
        found = job.project if job else await journal.resolve_project(settings.account, called)
        return await journal.read_project(settings.account, found)
    except NotFound:
        return None
    finally:
        await asyncio.to_thread(database.close)


def open_rehearsal_providers(settings: Settings) -> Mapping[str, Provider]:
    """Create the clients of all providers with placeholder keys, to list models and prices before the fakes run."""
    from reelwright.net.keys import Keys
    from reelwright.providers.registry import open_providers

    return open_providers(settings, Keys(settings, _no_keys()))


def _no_keys() -> dict[str, str]:
    environ = {variable: "no-key-in-a-rehearsal" for one in list_holders().values() for variable in one.variables}
    return {**environ, "GOOGLE_CLOUD_PROJECT": FOLDER}


class Stage:
    """Runs a fake of every provider on loopback, with a hand that draws its files. ``settings`` lead to the fakes."""

    def __init__(self, settings: Settings, rehearsal: Rehearsal, draw: Footage | None = None) -> None:
        """Prepare the stage. ``draw``: makes the files that the fakes deliver; None: a hand draws slates."""
        self.settings, self.rehearsal = settings, rehearsal
        self._draw = draw or self.draw
        self.providers: Mapping[str, Provider] = {}
        self.home: Home | None = None
        """The home with the films. Slates show the numbers of their shots."""
        self._stack = AsyncExitStack()
        self._theirs = replace(settings, home=settings.home / "providers", vault_url="", downloads="server", hands=1)

    async def __aenter__(self) -> Stage:
        from reelwright.engine.hands.here import HandsHere
        from reelwright.net.keys import Keys
        from reelwright.providers.fakes.server import FakeServer
        from reelwright.providers.registry import open_providers
        from reelwright.store.vault.vault import FolderVault

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
        (self.settings.home / REHEARSAL).write_text(to_json(self.rehearsal), encoding="utf-8")

    def _fakes(self) -> dict[str, Fake]:
        """Return the fakes by the name of the address setting that they replace. Some share one."""
        from reelwright.providers.fakes.fake_group import FakeGroup
        from reelwright.providers.fakes.lookup import list_fakes

        found: dict[str, dict[str, Fake]] = {}
        for seller in list_provider_entries():
            kind = seller.file
            for door in seller.endpoints:
                if kind in list_fakes() and kind not in found.setdefault(door.setting_name, {}):
                    found[door.setting_name][kind] = self._fake(
                        kind, f"{door.setting_name}-{kind}", own=not door.holder
                    )
        return {named: FakeGroup(*fakes.values()) for named, fakes in found.items() if fakes}

    def _fake(self, kind: str, bill: str, *, own: bool) -> Fake:
        from reelwright.providers.fakes.bill import Bill
        from reelwright.providers.fakes.lookup import load_fake_class

        owned: dict[str, dict[str, Any]] = {"openai_videos": {"profile": "vllm_omni"}}
        more = owned.get(kind, {}) if own else {}
        return load_fake_class(kind)(
            Bill(self._theirs.home / "bills" / f"{bill}.jsonl"), self._script(), self._draw, **more
        )

    def _script(self) -> Script:
        from reelwright.providers.fakes.script import Script, build_faulty_script

        if self.rehearsal.faults:
            return build_faulty_script(self.rehearsal.faults / 100, self.rehearsal.seed, self.rehearsal.speed)
        return Script(seed=self.rehearsal.seed, speed=self.rehearsal.speed)

    async def draw(self, spec: MediaSpec) -> bytes:
        """Return the bytes of the placeholder file that a fake delivers: a slate, a murmur as speech, a pulse as music.

        In place of a language model, the rules write a script.
        """
        if spec.kind == "text":
            return (await asyncio.to_thread(_write_script, spec.prompt)).encode()
        args = _build_slate_args(spec, await self._shot(spec))
        name = Fingerprint(f"rehearsal:{compute_digest(args)}")
        made = await self._hands.execute(_ACCOUNT, "rehearsal.footage", args, (), name)
        return b"".join([part async for part in self._vault.read(_ACCOUNT, made.assets[0])])

    async def _shot(self, spec: MediaSpec) -> int:
        """Return the number of the shot with this prompt in the newest film that has it, or 0."""
        home = self.home
        if home is None:
            return 0
        before = None
        while page := await home.journal.list_projects(home.account, _PAGE, before):
            for project in page:
                plan = (await home.journal.read_standing(home.account, project.id)).plan
                for number, shot in enumerate(plan.shots if plan else (), 1):
                    if getattr(shot.source, "prompt", None) == spec.prompt:
                        return number
            before = page[-1].id
        return 0


async def draw_in_process(spec: MediaSpec) -> bytes:
    """Return the bytes that ``Stage.draw`` returns, drawn in this process, without shot numbers on slates."""
    if spec.kind == "text":
        return (await asyncio.to_thread(_write_script, spec.prompt)).encode()
    return await asyncio.to_thread(_draw_slate, _build_slate_args(spec, 0))


def _draw_slate(args: Mapping[str, Any]) -> bytes:
    from tempfile import TemporaryDirectory

    from reelwright.media.rehearsal.footage import draw_footage

    with TemporaryDirectory() as room:
        return draw_footage(args, (), Path(room), lambda done: None).files[0].path.read_bytes()


def _build_slate_args(spec: MediaSpec, shot: int) -> dict[str, Any]:
    """Build the arguments for the drawing of a slate. Raises ``BadInput`` for a kind that cannot be drawn."""
    if spec.kind not in _DRAWN:
        raise BadInput("kind", spec.kind, f"one of {', '.join(sorted(_DRAWN))}")
    return {
        "kind": spec.kind, "prompt": spec.prompt, "model": _find_model_name(spec), "ms": spec.ms, "size": [*spec.size],
        "fps": [*spec.fps], "sound": spec.has_sound, "sample": spec.sample, "shot": shot,
        "price": f"${format_usd(spec.micros)}" if spec.micros else "",
    }  # fmt: skip


def _write_script(prompt: str) -> str:
    from reelwright.planner.writing.simulated_script import simulate_answer

    return simulate_answer(prompt)


def _find_model_name(spec: MediaSpec) -> str:
    """Return the model's name in the catalogue, or the provider's own name for it."""
    from reelwright.catalogue.models import load_models

    rows = [row for row in load_models().values() if row.sold_as == spec.model and row.provider == spec.provider]
    return rows[0].name if rows else spec.model or spec.provider
