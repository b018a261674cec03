"""What the benches of the engine stand on: a real journal, ledger and vault, a provider of no account, no films."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import event

from reelwright.catalogue.model_row import FailureCharges
from reelwright.engine.purchases.operations import Pace
from reelwright.engine.scheduler.director import Director
from reelwright.providers.protocol import (
    Absent,
    CannotTell,
    FoundOperation,
    Keep,
    Make,
    Output,
    Progress,
    Provider,
    Read,
)
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Beat, Opening, Plan, Shot
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import PAID, Graph, Step
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.graph.wanted_steps import find_wanted_steps
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.money import Price, Quote
from reelwright.reel.records.operation import Consent, Lease, Operation, Standing, Verdict
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.store.vault.vault import FolderVault
from reelwright.units import Frames, Micros

ACCOUNT = "bench"
MODEL = "remote/1"
CENT = Micros(10_000)
CLIP = bytes(1000)
"""Of no medium, so that nothing is decoded: what is measured here is the journal."""
TABLE = compute_digest("bench")


class Remote:
    """A provider whose operations last ``seconds``. Everything it does stays in this process."""

    name = "remote"
    resubmit: Literal["never", "free"] = "never"

    def __init__(self, seconds: float = 0.0, micros: int = CENT) -> None:
        self.seconds, self.micros = seconds, micros
        self.polls = self.submits = 0
        self._ready: dict[str, float] = {}

    def list_models(self) -> frozenset[str]:
        return frozenset({"remote/1"})

    def check(self, request: Request) -> None:
        return None

    def price(self, request: Request) -> Price:
        return Price(micros=Micros(self.micros), basis="a price list", catalogue=TABLE)

    def get_failure_terms(self, model: str) -> FailureCharges:
        return FailureCharges()

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        return {"purchase": purchase}

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        self.submits += 1
        self._ready[prepared["purchase"]] = time.monotonic() + self.seconds
        return Operation(id=prepared["purchase"])

    async def poll(self, operation: Operation) -> Progress:
        self.polls += 1
        if time.monotonic() < self._ready[operation.id]:
            return Progress(state="running")
        return Progress(state="succeeded", outputs=(Output(sample=0, mime="application/octet-stream", url="here"),))

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        yield CLIP + operation.id.encode()

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        return "cannot"

    async def unstage(self, uploads: Sequence[Any]) -> None:
        return None

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output] | None) -> None:
        return None

    async def find(
        self, prepared: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        return CannotTell()

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None


class Idle:
    """Hands that do nothing: what is measured is what stands around a step."""

    async def execute(
        self, account: str, work: str, args: Mapping[str, Any], inputs: Any, fp: Fingerprint,
        report: Callable[[float], None] | None = None,
    ) -> Outcome:  # fmt: skip
        return Outcome(fingerprint=fp, assets=(Digest(fp.partition(":")[2]),))

    async def close(self) -> None:
        return None


@lru_cache(maxsize=170)
def _chain(of: str, steps: int) -> Graph:
    """Kept, as ``breakdown`` keeps its graphs, and no more of them: of three steps each, 512 in all."""
    made: dict[StepKey, Step] = {}
    for n in range(steps):
        needs = (Input(role="segment", of=StepKey(f"segment/{n - 1}")),) if n else ()
        key = StepKey(f"segment/{n}")
        made[key] = Step(key=key, kind="segment", work="none", args={"of": of}, needs=needs)
    return Graph(steps=made, goal=(key,))


class Chain:
    """A production of ``steps`` steps of our own, each reading the one before it; or of one take that is bought."""

    def __init__(self, price: Callable[[Request], Price], steps: int = 0) -> None:
        self._price, self._steps = price, steps

    def build_graph(self, standing: Standing) -> Graph:
        if not self._steps:
            assert standing.plan
            return build_graph(standing.plan, "takes")
        return _chain(standing.brief.text, self._steps)

    def quote(self, standing: Standing, graph: Graph) -> Quote:
        want = find_wanted_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
        prices = {s.key: self._price(s.request) for s in want.certain if s.kind in PAID and s.request}
        return Quote(
            certain=prices, possible={}, ceiling=Micros(sum(p.micros or 0 for p in prices.values())), seconds=(0, 1),
            expires_at=datetime.now(UTC) + timedelta(hours=24),
        )  # fmt: skip

    async def apply_outcome(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        return False

    async def unstick(self, lease: Lease, standing: Standing, stuck_steps: Collection[StepKey]) -> bool:
        return False

    async def extend(self, lease: Lease, standing: Standing) -> bool:
        return False

    def build_cut(self, standing: Standing, graph: Graph) -> None:
        return None

    def reach_verdict(self, standing: Standing, graph: Graph) -> Verdict:
        return Verdict(state="done")


class Floor:
    """Everything around a director, opened on one database."""

    def __init__(
        self, url: str, home: Path, *, remote: Provider | None = None, steps: int = 0, pace: Pace | None = None,
        model: str = MODEL, hands: Idle | None = None, jobs_at_once: int | None = None,
    ) -> None:  # fmt: skip
        self.remote: Any = remote or Remote()
        self.model, self.statements = model, 0
        self.database = Database(url)
        self.journal: Journal = Journal(self.database, jobs_at_once=jobs_at_once)
        self.ledger = Ledger(self.database)
        vault = FolderVault.open(home / "vault")
        self.director = Director(
            self.journal, self.ledger, vault, hands or Idle(), {self.remote.name: self.remote},
            Settings(home=home, account=ACCOUNT), Chain(self.remote.price, steps), pace=pace,
        )  # fmt: skip

    def count_statements(self) -> None:
        """Count the SQL statements of this process on the database from now on, in ``statements``."""

        def count(*args: object) -> None:
            self.statements += 1

        for engine in (self.database._writing, self.database._reading):
            event.listen(engine, "before_cursor_execute", count)

    async def order(self, text: str, shots: int = 1) -> str:
        """A project of so many shots with a queued job that was agreed to; returns the project's id."""
        plan = plan_of(text, shots, self.model)
        each = max(self.remote.price(shot.source).micros or 0 for shot in plan.shots)
        agreed = Consent(ceiling=Micros(each * shots), by="yes", may_buy_unconfirmed=True)
        project = await self.journal.open_project(ACCOUNT, text, Brief(text=text))
        await self.journal.revise(ACCOUNT, project, 0, plan, Choices(), "person")
        await self.journal.enqueue(ACCOUNT, project, "takes", agreed, {})
        return project

    async def orders(self, count: int) -> list[str]:
        return list(await asyncio.gather(*(self.order(f"clip {n}") for n in range(count))))

    async def done(self) -> int:
        return sum(job.state == "done" for job in await self.journal.list_jobs(ACCOUNT))


def plan_of(text: str, shots: int, model: str = MODEL) -> Plan:
    """Shots of 4 s, each a take to be bought."""
    made = []
    for n in range(shots):
        request = Request(model=model, mode="text_to_video", prompt=f"{text}, {n}", ms=4000, aspect="16:9")
        made.append(Shot(id=ShotId(f"shot_{n}"), prompt=text, length=Frames(96), source=request, opening=Opening()))
    beat = Beat(id="beat", name="clip", start=Frames(0), length=Frames(96 * shots), shots=tuple(made))
    return Plan(
        schema=1, brief=TABLE, title=text, fps=(24, 1), size=(1280, 720), look="slam", tone="neutral", language="en",
        beats=(beat,), author="person",
    )  # fmt: skip


def load() -> str:
    """How busy the machine was, for the line beside a figure."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
