"""64 that want to spend at once against a budget for 10: ten do, whatever the moment, on both databases."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from reelwright.errors import OverBudget
from reelwright.reason import Reason
from reelwright.reel.film.brief import Brief
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.units import Micros
from store.making import ACCOUNT, STEP, another, fp_of, price, step

RACERS, ROOM = 64, 10
EACH = Micros(400_000)


@dataclass
class Racer:
    """A project with a director; of two workers, each with connections of its own."""

    journal: Journal
    ledger: Ledger
    project: str
    lease: Any
    job: str = ""
    purchase: str = ""

    @classmethod
    async def opened(cls, database: Database, number: int) -> Racer:
        journal, ledger = Journal(database), Ledger(database)
        project = await journal.open_project(ACCOUNT, f"p{number}", Brief(text="a door"))
        job = await journal.enqueue(ACCOUNT, project, "takes", None, {})
        lease = await journal.claim_project(another(make_holder("d"), f"director {number}"), project)
        return cls(journal, ledger, project, lease, job)

    async def submit(self, run: int) -> bool:
        """Agreed to, bought and sent; False: over budget."""
        try:
            allowance = await self.ledger.ensure_allowance(self.lease, self.job, EACH, "--yes")
        except OverBudget:
            return False
        bought = await self.ledger.intend(
            self.lease, allowance, self.job, STEP, fp_of(step(f"{self.project} {run}")), self.project, "p", "m",
            price(EACH), "never",
        )  # fmt: skip
        self.purchase = bought.id
        return bool(await self.ledger.begin_posting(self.lease, bought.id, {}))

    async def end(self) -> None:
        """Refused over there: what it held goes back, the job ends, and the next one waits."""
        await self.ledger.move(self.purchase, ("posting",), "released", Reason("refused"))
        await self.journal.finish(self.lease, self.job, "failed", None, None)
        self.job = await self.journal.enqueue(ACCOUNT, self.project, "takes", None, {})


@pytest.mark.timeout(600)
@pytest.mark.parametrize("runs", [6, pytest.param(50, marks=pytest.mark.lane_crash)])
async def test_sixty_four_racing_submits_against_a_budget_for_ten(db: Database, runs: int) -> None:
    workers = [Database(db.url.render_as_string(hide_password=False)) for _ in range(2)]
    racers = await asyncio.gather(*(Racer.opened(workers[n % 2], n) for n in range(RACERS)))
    await racers[0].ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(ROOM * EACH + EACH - 1))

    async def found(query: str) -> list[tuple[Any, ...]]:
        return await db.read(lambda conn: [tuple(row) for row in conn.execute(text(query))])

    for run in range(runs):
        random.Random(run).shuffle(racers)
        sent = await asyncio.gather(*(one.submit(run) for one in racers))
        assert sum(sent) == ROOM, run
        assert await found("SELECT reserved_micros, settled_micros FROM budgets") == [(ROOM * EACH, 0)]
        assert await found("SELECT count(*) FROM purchases WHERE state = 'posting'") == [(ROOM,)]
        await asyncio.gather(*(one.end() for one, won in zip(racers, sent, strict=True) if won))
        assert await found("SELECT reserved_micros, settled_micros FROM budgets") == [(0, 0)]
    for worker in workers:
        worker.close()
