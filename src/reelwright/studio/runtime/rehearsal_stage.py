"""The stage of a rehearsal: a fake of every provider, and a hand that draws what they deliver."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from reelwright.catalogue.models import load_models
from reelwright.engine.hands.here import HandsHere
from reelwright.errors import BadInput
from reelwright.known_providers import list_provider_entries
from reelwright.planner.writing.simulated_script import simulate_answer
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.fake_group import FakeGroup
from reelwright.providers.fakes.lookup import list_fakes, load_fake_class
from reelwright.providers.fakes.script import Script, build_faulty_script
from reelwright.providers.fakes.server import FakeServer
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.document import to_json
from reelwright.reel.base.value import Fingerprint
from reelwright.settings import Settings
from reelwright.store.vault.vault import FolderVault
from reelwright.studio import late_modules as late
from reelwright.studio.policy import PROJECTS_READ_AT_ONCE
from reelwright.studio.runtime.home import REHEARSAL, Home
from reelwright.studio.runtime.rehearsal import Rehearsal, open_rehearsal_providers
from reelwright.units import format_usd

if TYPE_CHECKING:
    from reelwright.providers.fakes.media_spec import Footage, MediaSpec
    from reelwright.providers.fakes.wire import Fake
    from reelwright.providers.protocol import Provider

_ACCOUNT: Final = "provider"
_DRAWN: Final = frozenset({"video", "image", "speech", "music", "sound_effect"})


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
        self._mark()
        self._vault = FolderVault.open(self._theirs.vault)
        self._hands = HandsHere(self._theirs, self._vault)
        self._stack.push_async_callback(self._hands.close)
        urls = {}
        for named, fake in self._fakes().items():
            urls[named] = (await self._stack.enter_async_context(FakeServer(fake))).url
        self.settings = replace(self.settings, base_urls=urls)
        self.providers = open_rehearsal_providers(self.settings)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    def _mark(self) -> None:
        self.settings.home.mkdir(parents=True, exist_ok=True)
        (self.settings.home / REHEARSAL).write_text(to_json(self.rehearsal), encoding="utf-8")

    def _fakes(self) -> dict[str, Fake]:
        """Return the fakes by the name of the address setting that they replace. Some share one."""

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

        owned: dict[str, dict[str, Any]] = {"openai_videos": {"profile": "vllm_omni"}}
        more = owned.get(kind, {}) if own else {}
        return load_fake_class(kind)(
            Bill(self._theirs.home / "bills" / f"{bill}.jsonl"), self._script(), self._draw, **more
        )

    def _script(self) -> Script:

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
        while page := await home.journal.list_projects(home.account, PROJECTS_READ_AT_ONCE, before):
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
    with TemporaryDirectory() as room:
        return late.footage.draw_footage(args, (), Path(room), lambda done: None).files[0].path.read_bytes()


def _build_slate_args(spec: MediaSpec, shot: int) -> dict[str, Any]:
    """Build the arguments for the drawing of a slate. Raises ``BadInput`` for a kind that cannot be drawn."""
    if spec.kind not in _DRAWN:
        raise BadInput("kind", spec.kind, f"one of {', '.join(sorted(_DRAWN))}")
    return {
        "kind": spec.kind, "prompt": spec.prompt, "model": _find_model_name(spec), "ms": spec.ms, "size": [*spec.size],
        "fps": [*spec.fps], "sound": spec.has_sound, "sample": spec.sample, "repeat": spec.repeat, "shot": shot,
        "price": f"${format_usd(spec.micros)}" if spec.micros else "",
    }  # fmt: skip


def _write_script(prompt: str) -> str:

    return simulate_answer(prompt)


def _find_model_name(spec: MediaSpec) -> str:
    """Return the model's name in the catalogue, or the provider's own name for it."""
    rows = [row for row in load_models().values() if row.sold_as == spec.model and row.provider == spec.provider]
    return rows[0].name if rows else spec.model or spec.provider
