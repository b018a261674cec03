"""Limits as a director keeps them: never passed, in turn, without a write while it waits; polls and pokes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.paper import Paper
from engine.rig import ACCOUNT, Rig
from reelwright.engine.purchases.operations import Pace, follow
from reelwright.engine.steps.step_run import StepRun, WakeEvent
from reelwright.errors import NotAccepted, Refused
from reelwright.providers.protocol import Output, Progress, Read
from reelwright.reel.base.value import Digest, Fingerprint, StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import Limit
from reelwright.reel.records.operation import Consent, Operation
from reelwright.units import Micros

Rigging = Callable[..., Rig]
ONE = Limit(scope="provider", subject="paper", open_at_once=1)
MANY = 24
"""Orders of the account that is busy."""


@dataclass
class Shared:
    """How many operations are open at a provider, and the most at once."""

    now: int = 0
    most: int = 0


class Counting(Paper):
    """Knows how many of its operations were open at once."""

    at_work = Shared()
    done: frozenset[str] = frozenset()

    async def submit(self, *args: Any) -> Operation | Progress:
        self.at_work.now += 1
        self.at_work.most = max(self.at_work.most, self.at_work.now)
        return await super().submit(*args)

    async def poll(self, operation: Operation) -> Progress:
        progress = await super().poll(operation)
        if progress.state not in ("queued", "running") and operation.id not in self.done:
            self.done |= {operation.id}
            self.at_work.now -= 1
        return progress


async def test_two_directors_under_one_limit_never_have_more_at_work_and_all_films_are_made(rigged, tmp_path):
    at_work = Shared()
    papers = [Counting(tmp_path / "paper"), Counting(tmp_path / "paper")]
    for paper in papers:
        paper.at_work = at_work
    rigs = [rigged(paid=paper) for paper in papers]
    await rigs[0].ledger.set_limit(ACCOUNT, ONE)
    projects = [
        await rig.order(text, models=("paper/1",), usd=5) for rig, text in zip(rigs, ("a b", "c d"), strict=True)
    ]
    await asyncio.gather(*(r.drive(p) for r, p in zip(rigs, projects, strict=True)))
    assert at_work.most == 1 and at_work.now == 0
    assert [(await r.job(p)).state for r, p in zip(rigs, projects, strict=True)] == ["done", "done"]
    assert sorted(papers[0].submissions) == ["a", "b", "c", "d"]


async def test_who_waits_for_its_turn_writes_nothing_is_shown_and_can_be_cancelled(rigged, db, tmp_path):
    paper = Paper(tmp_path / "paper")
    rig = rigged(paid=paper, lease_s=3600)  # no heartbeat meanwhile
    await rig.ledger.set_limit(ACCOUNT, replace(ONE, open_at_once=0))
    project = await rig.order("a", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    waiting: frozenset[str] = frozenset()
    while not waiting:
        await asyncio.sleep(0.05)
        waiting = await rig.ledger.list_purchases_awaiting_turn(ACCOUNT)
    async with asyncio.timeout(60):
        before = -1
        while db.commits != before:  # the bed is made beside it
            before = db.commits
            await asyncio.sleep(1.5)
    assert not paper.submitting.is_set()
    assert [p.id for p in (await rig.standing(project)).open_purchases if p.state == "intent"] == list(waiting)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(running, 60)
    standing = await rig.standing(project)
    assert standing.job.state == "cancelled" and not standing.open_purchases and paper.submissions == []


# --- inputs that were put at the provider


class Staging(Paper):
    """Puts a file of its own there for every send, and remembers what lies there."""

    lying: set[str]
    count = 0
    deaf = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.lying = set()

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        self.count += 1
        self.lying.add(f"file {self.count}")
        return {**await super().prepare(request, inputs, purchase, read), "staged": [f"file {self.count}"]}

    async def unstage(self, staged: Sequence[Any]) -> None:
        if self.deaf:
            raise ConnectionResetError("gone")
        self.lying -= set(staged)


async def test_what_was_put_at_a_provider_is_removed_once_its_job_rests(rigged, tmp_path):
    paper = Staging(tmp_path / "paper", answers=[NotAccepted("busy"), Refused("no")])
    rig = rigged(paid=paper)
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert standing.job.state == "waiting" and paper.count == 2 and not paper.lying
    await rig.journal.requeue(ACCOUNT, standing.job.id)
    await rig.drive(standing.project)
    assert (await rig.job(standing.project)).state == "done" and paper.count == 3 and not paper.lying
    assert not (await rig.standing(standing.project)).staged_purchases


async def test_a_provider_that_does_not_answer_then_is_asked_again_at_the_next_rest(rigged, tmp_path):
    paper = Staging(tmp_path / "paper")
    paper.deaf = True
    rig = rigged(paid=paper)
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert standing.job.state == "done" and paper.lying == {"file 1"}
    (left,) = (await rig.standing(standing.project)).staged_purchases
    assert left.staged_inputs == ("file 1",)
    paper.deaf = False
    await rig.again(standing.project, usd=5)
    await rig.drive(standing.project)
    assert not paper.lying and not (await rig.standing(standing.project)).staged_purchases


# --- polls


class Clock(Paper):
    """Knows when it was polled."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.times: list[float] = []
        self.says: Progress | None = None

    async def poll(self, operation: Operation) -> Progress:
        self.times.append(asyncio.get_running_loop().time())
        return self.says or Progress(state="running", poll_in_s=0.01)


def errand() -> StepRun:
    return StepRun(step=StepKey("take/a"), fingerprint=Fingerprint("take:0"), report=lambda done: None, is_sent=True)


async def may_always_cancel() -> bool:
    return True


async def polled(paper: Clock, pace: Pace, seconds: float, **more: Any) -> list[float]:
    began = asyncio.get_running_loop().time()
    task = asyncio.create_task(follow(paper, Operation(id="x"), errand(), pace, may_always_cancel, **more))
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.wait({task})
    return [at - began for at in paper.times]


async def test_the_first_poll_waits_for_as_long_as_the_model_always_takes(tmp_path):
    times = await polled(Clock(tmp_path), Pace(least_s=0.1, most_s=0.1, first_s=0.4), 0.7)
    assert times and times[0] >= 0.35


async def test_what_is_resumed_is_polled_soon_and_not_all_at_once(tmp_path):
    pace = Pace(least_s=0.5, most_s=0.5, first_s=9)
    first = [(await polled(Clock(tmp_path / str(n)), pace, 0.55, is_resumed=True))[0] for n in range(4)]
    assert max(first) <= 0.55 and max(first) - min(first) > 0.005


async def test_a_poll_never_comes_later_than_half_of_what_an_output_will_live(tmp_path):
    paper = Clock(tmp_path)
    paper.says = Progress(state="running", life_s=1.0, poll_in_s=30)
    times = await polled(paper, Pace(least_s=20, most_s=30), 1.5)
    assert len(times) >= 2 and times[1] <= 0.7
    soon = Output(sample=0, mime="", url="u", expires=datetime.now(UTC) + timedelta(seconds=1.2))
    paper.times, paper.says = [], Progress(state="running", outputs=(soon,), poll_in_s=30)
    assert len(await polled(paper, Pace(least_s=20, most_s=30), 1.5)) >= 2


async def test_polls_begin_ten_seconds_apart_and_are_never_more_than_thirty_unless_told_otherwise(tmp_path):
    """Source: systems.md S0-30, S4-18 and C-05."""
    rests: list[float] = []

    class Restless(StepRun):
        async def wait_for_change(self, seconds: float) -> None:
            rests.append(seconds)
            await asyncio.sleep(0)

    paper = Clock(tmp_path)
    paper.says = Progress(state="running")
    odd = errand()
    task = asyncio.create_task(
        follow(
            paper,
            Operation(id="x"),
            Restless(step=odd.step, fingerprint=odd.fingerprint, report=odd.report),
            Pace(),
            may_always_cancel,
        )
    )
    while len(rests) < 12:
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    first, waits = rests[0], rests[1:12]
    assert first == 0 and 9 <= waits[0] <= 11 and 13.5 <= waits[1] <= 16.5
    assert all(27 <= wait <= 30 for wait in waits[3:]) and len(set(waits)) == len(waits), "with jitter, never above"


async def test_what_waits_for_long_is_woken_together_and_never_too_soon(monkeypatch):
    loop = asyncio.get_running_loop()
    due: set[float] = set()
    call_at = loop.call_at

    def noted(when: float, *args: Any, **more: Any) -> asyncio.TimerHandle:
        due.add(when)
        return call_at(when, *args, **more)

    monkeypatch.setattr(loop, "call_at", noted)
    began = loop.time()
    waiting = [asyncio.create_task(WakeEvent().wait(60 + n / 1000)) for n in range(40)]
    await asyncio.sleep(0)
    assert len(due) <= 3 and min(due) >= began + 60, "40 within 40 ms"
    assert max(due) <= loop.time() + 60.1
    due.clear()
    soon = [asyncio.create_task(WakeEvent().wait(0.5 + n / 1000)) for n in range(40)]
    await asyncio.sleep(0)
    assert len(due) == 40, "a short wait is as long as it was asked for"
    for task in (*waiting, *soon):
        task.cancel()
    await asyncio.wait({*waiting, *soon})


async def test_a_poke_is_a_poll_at_once(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", polls=3)
    rig = rigged(paid=paper, pace=Pace(least_s=60, most_s=60))
    project = await rig.order("a", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    for polls in (1, 2):
        async with asyncio.timeout(60):
            while paper.polled < polls:
                await asyncio.sleep(0.02)
        (purchase,) = [p for p in (await rig.standing(project)).open_purchases if p.operation]
        assert rig.director.gate.poll_now("paper", purchase.operation.id)
    await asyncio.wait_for(running, 60)
    assert (await rig.job(project)).state == "done"
    assert not rig.director.gate.poll_now("paper", "somebody else's")


async def test_a_single_order_is_sent_in_the_next_turn_although_another_account_ordered_many(rigged, tmp_path):
    """With three directors that drive all of them, and room for one purchase at the provider."""
    papers = [Paper(tmp_path / "paper", polls=1) for _ in range(3)]
    rigs = [rigged(paid=paper) for paper in papers]
    await rigs[0].ledger.set_limit(ACCOUNT, ONE)
    journal, consent = rigs[0].journal, Consent(ceiling=Micros(5_000_000), by="--yes")

    async def order(account: str, text: str) -> str:
        project = await journal.open_project(account, text, Brief(text=text, models=("paper/1",)))
        await journal.enqueue(account, project, "takes", consent, {})
        return project

    for n in range(MANY):
        await order("busy", f"busy{n}")
    running = [asyncio.create_task(rig.director.run("forever")) for rig in rigs]
    try:
        async with asyncio.timeout(90):
            while len(await rigs[0].ledger.list_purchases_awaiting_turn("busy")) < MANY // 2:
                await asyncio.sleep(0.1)
            single = await order("single", "single")
            while "paper" not in {one.provider for one in await rigs[0].ledger.list_purchases("single", single)}:
                await asyncio.sleep(0.02)
            before = len(papers[0].submissions)
            while "single" not in papers[0].submissions:
                await asyncio.sleep(0.02)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert papers[0].submissions.index("single") <= before + 1, papers[0].submissions
    assert len(papers[0].submissions) < MANY, "the others still wait"
