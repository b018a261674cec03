"""Everything real around a director, small: journal, ledger, vault, hands, the tiny production."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.production import TinyProduction
from engine.works import WORKS
from reelwright.engine.hands.here import HandsHere
from reelwright.engine.purchases.operations import Pace
from reelwright.engine.scheduler.director import Director
from reelwright.engine.steps.step_run import ProgressEvent
from reelwright.providers.offline import Offline
from reelwright.providers.protocol import Provider
from reelwright.reel.base.value import Digest
from reelwright.reel.film.brief import Brief, Goal
from reelwright.reel.film.plan import Shot
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Consent, Job, Purchase, Standing
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.store.purchases.send_guard import SendGuard
from reelwright.store.vault.markers import Markers
from reelwright.store.vault.vault import FolderVault
from reelwright.units import Micros

OURS = {("ink/1", "plan"): "plan", ("ink/1", "take"): "take", ("ink/1", "bed"): "bed"}
ACCOUNT = "local"


class Rig:
    """One director's surroundings on one database; a second rig on the same database is a second machine."""

    def __init__(
        self,
        database: Database,
        home: Path,
        *,
        paid: Provider | None = None,
        works: Mapping[tuple[str, str], str] = OURS,
        extra: Mapping[str, Any] | None = None,
        own: Mapping[str, Any] | None = None,
        body: str = "body",
        production: type[TinyProduction] = TinyProduction,
        journal: type[Journal] = Journal,
        ledger: type[Ledger] = Ledger,
        pace: Pace | None = None,
        lease_s: int = 30,
        hands: int = 2,
        send_again_s: Sequence[float] = (0.05, 0.05, 0.05),
        again_s: Sequence[float] = (0.05, 0.05),
        settings: Mapping[str, Any] | None = None,
        arrives_s: float = 0.2,
        downloads: int = 8,
    ) -> None:
        self.database = database
        self.settings = Settings(home=home, hands=hands, lease_s=lease_s, **(settings or {}))
        self.journal = journal(database, lease_s=lease_s)
        self.vault = FolderVault.open(self.settings.vault)
        self.ledger = ledger(database, guard=SendGuard(database, Markers(self.vault)))
        self.hands = HandsHere(self.settings, self.vault, WORKS)
        self.providers: dict[str, Provider] = {"offline": Offline(works)}
        if paid:
            self.providers[paid.name] = paid
        self.production = production(self.journal, self.providers, extra, own, body)
        self.heard: list[ProgressEvent] = []
        self.director = Director(
            self.journal, self.ledger, self.vault, self.hands, self.providers, self.settings, self.production,
            self.heard.append, send_again_s=send_again_s, retry_waits_s=again_s, arrives_s=arrives_s,
            pace=pace or Pace(least_s=0.02, most_s=0.05, patience_s=0.5), downloads=downloads,
        )  # fmt: skip

    async def order(
        self, text: str, goal: Goal = "film", usd: float | None = None, *, nth: int = 1, **brief: Any
    ) -> str:  # fmt: skip
        """A project with one queued job; returns the project's id. ``nth`` 0: its orders have no number yet."""
        project = await self.journal.open_project(ACCOUNT, text, Brief(text=text, **brief), order_number=nth)
        await self.again(project, goal, usd)
        return project

    async def again(self, project: str, goal: Goal = "film", usd: float | None = None) -> str:
        consent = None if usd is None else Consent(ceiling=Micros(round(usd * 1_000_000)), by="--yes")
        return await self.journal.enqueue(ACCOUNT, project, goal, consent, {})

    async def make(self, text: str, **more: Any) -> Standing:
        """Order it and drive it to rest."""
        project = await self.order(text, **more)
        await self.drive(project)
        return await self.standing(project)

    async def drive(self, project: str) -> None:
        await self.director.drive(ACCOUNT, project)

    async def standing(self, project: str) -> Standing:
        return await self.journal.read_standing(ACCOUNT, project)

    async def job(self, project: str) -> Job:
        job = (await self.standing(project)).job
        assert job
        return job

    async def purchases(self, project: str) -> Sequence[Purchase]:
        return await self.ledger.list_purchases(ACCOUNT, project)

    async def text(self, digest: Digest | None) -> str:
        assert digest
        return b"".join([chunk async for chunk in self.vault.read(ACCOUNT, digest)]).decode()

    async def film(self, project: str) -> str:
        return await self.text((await self.job(project)).film)

    async def edit(self, project: str, name: str, prompt: str) -> None:
        """A person changes one shot's prompt."""
        standing = await self.standing(project)
        assert standing.plan
        beat = standing.plan.beats[0]
        plan = replace(standing.plan, beats=(replace(beat, shots=_with_prompt(beat.shots, name, prompt)),))
        await self.journal.revise(ACCOUNT, project, standing.revision, plan, standing.choices, "person")


def _with_prompt(shots: tuple[Shot, ...], name: str, prompt: str) -> tuple[Shot, ...]:
    return tuple(
        replace(s, source=replace(s.source, prompt=prompt)) if s.id == name and isinstance(s.source, Request) else s
        for s in shots
    )
