"""What a job may spend: reserved once, given back once, asked for once, also when it ends and is taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine.paper import Paper
from engine.rig import ACCOUNT, Rig
from reelwright.providers.protocol import Read
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.operation import Consent, Lease
from reelwright.store.journal import Journal
from reelwright.store.schema.schema import budgets
from reelwright.units import Micros

HANDS = 1

Rigging = Callable[..., Rig]


async def held(rig: Rig) -> tuple[int, int]:
    """Reserved and settled in the only budget."""
    row = await rig.database.read(
        lambda conn: conn.execute(select(budgets.c.reserved_micros, budgets.c.settled_micros)).one()
    )
    return int(row.reserved_micros), int(row.settled_micros)


async def test_a_job_that_is_taken_up_again_reserves_only_what_it_has_not_spent(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[])
    rig = rigged(paid=paper)
    project = await rig.order("a >b", models=("paper/1",), usd=0.8)
    await rig.ledger.set_budget(ACCOUNT, "project", project, Micros(800_000))
    running = asyncio.create_task(rig.drive(project))
    await until(lambda: paper.submissions == ["a"])
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    paper.cancels = "cannot"
    await asyncio.wait_for(running, 10)
    assert (await rig.job(project)).state == "cancelled" and await held(rig) == (0, 400_000)
    await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
    await rig.drive(project)
    job = await rig.job(project)
    assert job.state == "done", job.reason
    assert await held(rig) == (0, 800_000) and sorted(paper.submissions) == ["a", "b"]


async def test_what_a_job_that_ended_never_knew_it_sent_is_bought_by_the_next_one(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[ConnectionResetError("gone")], finds=False)
    rig = rigged(paid=paper)
    project = (await rig.make("a", models=("paper/1",), usd=0.4)).project
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await rig.drive(project)
    assert (await rig.job(project)).state == "cancelled"
    paper.finds = True  # and it has never heard of it
    await rig.again(project, usd=0.4)
    await asyncio.wait_for(rig.drive(project), 10)
    job = await rig.job(project)
    assert job.state == "done", job.reason
    assert paper.submissions == ["a"]
    assert [p.state for p in await rig.purchases(project) if p.provider == "paper"] == ["released", "settled"]


class Late(Journal):
    """A person agrees in the very moment in which the job comes to wait."""

    agreed = False

    async def mark_waiting(self, lease: Lease, job: str, *rest: Any, **more: Any) -> None:
        if not self.agreed:
            self.agreed = True
            await self.approve(lease.account, job, Consent(ceiling=Micros(5_000_000), by="--budget"))
        await super().mark_waiting(lease, job, *rest, **more)


async def test_a_consent_that_comes_while_the_job_comes_to_wait_is_not_overlooked(rigged, tmp_path):
    rig = rigged(paid=Paper(tmp_path / "paper"), journal=Late)
    standing = await rig.make("a", models=("paper/1",))
    assert standing.job.state == "done", standing.job.reason


async def test_a_project_that_wants_what_another_may_have_bought_waits_for_a_person_too(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[ConnectionResetError("gone")], finds=False)
    rig = rigged(paid=paper)
    more = {"models": ("paper/1",), "usd": 5}
    await rig.make("a", **more)
    job = (await asyncio.wait_for(rig.make("a b", **more), 20)).job
    assert (job.state, job.wait_reason, job.step) == ("waiting", "decision", "take/a")
    assert job.reason.code == "purchase_unknown" and job.reason.params["cause"].code == "sent_by_another_project"
    assert paper.submissions == ["b"]


class Overtaken(Paper):
    """A person edits the shot while its request is being prepared."""

    edit: Callable[[], Awaitable[None]] | None = None

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        if self.edit and request.prompt == "a":
            edit, self.edit = self.edit, None
            await edit()
        return await super().prepare(request, inputs, purchase, read)


async def test_nothing_is_sent_after_the_commit_of_an_edit_that_no_longer_wants_it(rigged, tmp_path):
    paper = Overtaken(tmp_path / "paper")
    rig = rigged(paid=paper)
    project = await rig.order("a b", models=("paper/1",), usd=5)
    paper.edit = lambda: rig.edit(project, "a", "sun")
    await rig.drive(project)
    job = await rig.job(project)
    assert job.state == "done", job.reason
    assert sorted(paper.submissions) == ["b", "sun"]


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)
