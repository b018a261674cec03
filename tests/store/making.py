"""What store tests start from: a plan, a project with a job, a step that costs money."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Beat, Plan, Shot
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import Step, compute_step_fingerprint
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Holder, Lease, Purchase
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.units import Frames, Micros

ACCOUNT = "local"
SHOT = ShotId("shot_a")
STEP = StepKey("take/shot_a")


def sha(words: str) -> Digest:
    return Digest(hashlib.sha256(words.encode()).hexdigest())


def request(prompt: str = "a red door opens") -> Request:
    return Request(model="animatic/2026.1", mode="take", prompt=prompt, ms=2000, aspect="9:16")


def plan(prompt: str = "a red door opens") -> Plan:
    shot = Shot(id=SHOT, prompt=prompt, length=Frames(48), source=request(prompt))
    beat = Beat(id="beat_a", name="hook", start=Frames(0), length=Frames(48), shots=(shot,))
    return Plan(
        schema=1, brief=compute_digest("brief"), title="Door", fps=(24, 1), size=(180, 320), look="slam", tone="bold",
        language="en", beats=(beat,),
    )  # fmt: skip


def step(prompt: str = "a red door opens") -> Step:
    return Step(key=STEP, kind="take", request=request(prompt))


def fp_of(made: Step) -> Fingerprint:
    found = compute_step_fingerprint(made, {})
    assert found is not None
    return found


def price(micros: int | None = 400_000) -> Price:
    value = None if micros is None else Micros(micros)
    return Price(micros=value, basis="per take", catalogue=sha("catalogue"))


def outcome(fp: Fingerprint, *words: str) -> Outcome:
    return Outcome(fingerprint=fp, assets=tuple(sha(word) for word in words or ("bytes",)), facts={"frames": 48})


def another(holder: Holder, name: str) -> Holder:
    """A director of this same process under another name."""
    return replace(holder, director=name)


@dataclass
class Scene:
    """A journal and ledger over one database, a project in it, and a job whose project is leased."""

    db: Database
    journal: Journal
    ledger: Ledger
    project: str
    job: str
    holder: Holder
    lease: Lease

    @classmethod
    async def set(cls, db: Database, *, lease_s: int = 30, director: str = "director_a") -> Scene:
        journal, ledger = Journal(db, lease_s=lease_s), Ledger(db)
        project = await journal.open_project(ACCOUNT, "Door", Brief(text="a door"))
        await journal.revise(ACCOUNT, project, 0, plan(), Choices(), "rules")
        job = await journal.enqueue(ACCOUNT, project, "film", None, {})
        holder = make_holder(director)
        lease = await journal.claim_project(holder, project)
        assert lease is not None
        return cls(db, journal, ledger, project, job, holder, lease)

    async def approved(self, micros: int = 1_000_000) -> str:
        return await self.ledger.ensure_allowance(self.lease, self.job, Micros(micros), "--yes")

    async def intend(self, allowance: str, made: Step | None = None, micros: int = 400_000) -> Purchase:
        made = made or step()
        return await self.ledger.intend(
            self.lease, allowance, self.job, made.key, fp_of(made), f"project:{self.project}", "offline",
            "animatic/2026.1", price(micros), "never",
        )  # fmt: skip
