"""Projects of an account that want the same: each request reaches the provider once, whoever dies or cancels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from engine.paper import Paper
from engine.rig import ACCOUNT, Rig
from reelwright.errors import NotAccepted, StoreUnavailable
from reelwright.reel.graph.orders import format_order_key
from reelwright.units import Micros

Rigging = Callable[..., Rig]
MORE = {"models": ("paper/1",), "usd": 5}


async def test_ten_variants_started_at_once_buy_each_request_once_within_a_budget_for_one(rigged, tmp_path):
    paper = Paper(tmp_path / "paper")
    rig = rigged(paid=paper)
    await rig.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(800_000))
    projects = [await rig.order("a b", **MORE) for _ in range(10)]
    await asyncio.wait_for(rig.director.run(), 60)
    jobs = [await rig.job(project) for project in projects]
    assert [job.state for job in jobs] == ["done"] * 10, [job.reason for job in jobs]
    assert sorted(paper.submissions) == ["a", "b"]
    (budget,) = await rig.ledger.list_budgets(ACCOUNT)
    assert (budget.reserved_micros, budget.settled_micros) == (0, 800_000)


async def test_an_intent_of_a_director_that_was_stopped_blocks_nobody(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[NotAccepted("busy")])
    first = rigged(paid=paper, send_again_s=(600.0,))
    stopped = await first.order("a", **MORE)
    running = asyncio.create_task(first.drive(stopped))
    async with asyncio.timeout(60):
        while not any(p.not_before for p in await first.purchases(stopped)):
            await asyncio.sleep(0.02)
    second = rigged(paid=paper)
    project = await second.order("a", **MORE)
    waiting = asyncio.create_task(second.drive(project))
    await asyncio.sleep(1.5)
    assert [p.state for p in await second.purchases(project) if p.provider == "paper"] == []
    running.cancel()
    await asyncio.wait({running})
    async with asyncio.timeout(60):
        while not (mine := [p for p in await second.purchases(project) if p.provider == "paper"]):
            await asyncio.sleep(0.05)
    assert mine[0].try_ == 2 and mine[0].not_before, "and it is sent no sooner"
    waiting.cancel()
    await asyncio.wait({waiting})


async def test_what_a_project_sent_that_nobody_drives_any_more_is_seen_to_by_who_waits_for_it(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", polls=10**9)
    first = rigged(paid=paper, lease_s=3600)
    project = await first.order("a", **MORE)
    running = asyncio.create_task(first.drive(project))
    async with asyncio.timeout(60):
        while not paper.submissions:
            await asyncio.sleep(0.02)
    second = rigged(paid=paper, lease_s=2)
    waiter = await second.order("a", **MORE)
    waiting = asyncio.create_task(second.drive(waiter))
    await asyncio.sleep(1.5)
    assert not waiting.done(), "it is driven"
    running.cancel()
    await asyncio.wait({running})
    paper.polls = 0
    await asyncio.wait_for(waiting, 60)
    assert (await second.job(waiter)).state == "done" and paper.submissions == ["a"]
    (bought,) = [p for p in await second.purchases(project) if p.provider == "paper"]
    assert bought.state == "settled" and not [p for p in await second.purchases(waiter) if p.provider == "paper"]
    (take,) = [one for one in (await second.standing(waiter)).outcomes.values() if "reused_from" in one.facts]
    assert take.facts["reused_from"]["project"] == project


async def test_a_full_disk_while_it_is_seen_to_leaves_nobody_waiting_for_himself(rigged, tmp_path, monkeypatch):
    """What cannot be released then is at the next look: else its project looks driven for as long as he lives."""
    paper = Paper(tmp_path / "paper", polls=10**9)
    first = rigged(paid=paper, lease_s=3600)
    project = await first.order("a", **MORE)
    running = asyncio.create_task(first.drive(project))
    async with asyncio.timeout(60):
        while not paper.submissions:
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.wait({running})
    paper.polls = 0
    second = rigged(paid=paper, lease_s=2)
    met = []
    for holder, name in ((second.ledger, "list_purchases"), (second.journal, "release")):
        monkeypatch.setattr(type(holder), name, full_once(getattr(type(holder), name), project, met))
    waiter = await second.order("a", **MORE)
    await asyncio.wait_for(second.drive(waiter), 60)
    assert len(met) == 2 and (await second.job(waiter)).state == "done" and paper.submissions == ["a"]


def full_once(way: Callable[..., Any], project: str, met: list[str]) -> Callable[..., Any]:
    """``way``, which meets a full disk the first time that it is asked of ``project``."""
    full = iter([True])

    async def tried(self: Any, *asked: Any, **more: Any) -> Any:
        if project in (asked[-1], getattr(asked[0], "project", None)) and next(full, False):
            met.append(way.__name__)
            raise StoreUnavailable("the disk is full")
        return await way(self, *asked, **more)

    return tried


async def test_nothing_is_sent_under_the_approval_of_a_project_that_nobody_drives(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[NotAccepted("busy")])
    first = rigged(paid=paper, send_again_s=(600.0,))
    project = await first.order("a b", **MORE)
    running = asyncio.create_task(first.drive(project))
    async with asyncio.timeout(60):
        while not (busy := [p.step for p in await first.purchases(project) if p.not_before]):
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.wait({running})
    before = list(paper.submissions)
    other = "b" if busy == ["take/a"] else "a"  # either may be the first to be sent, and is told that it is busy
    second = rigged(paid=paper)
    await asyncio.wait_for(second.drive(await second.order(other, **MORE)), 60)
    assert paper.submissions in (before, [*before, other]), "of the first one nothing more is sent"


@pytest.mark.parametrize("nth", [0, 1], ids=["without a number", "numbered"])
@pytest.mark.parametrize("both", [False, True], ids=["one stops", "both stop"])
async def test_a_stop_leaves_the_operation_to_who_waits_for_it_and_pays(rigged, tmp_path, nth, both):
    """An order without a number gets it when it is bought, so that whoever wants the first of the same waits for it."""
    paper = Paper(tmp_path / "paper", polls=10**9)
    first, second = rigged(paid=paper), rigged(paid=paper)
    one = await first.order("a", **MORE, nth=nth)
    for_one = asyncio.create_task(first.drive(one))
    await until(lambda: paper.submissions)
    two = await second.order("a", **MORE)
    for project in (one, two):
        await first.ledger.set_budget(ACCOUNT, "project", project, Micros(5_000_000))
    for_two = asyncio.create_task(second.drive(two))
    await asyncio.wait_for(wanted_elsewhere(first, one), 60)
    await first.journal.request_cancel(ACCOUNT, (await first.job(one)).id)
    await asyncio.wait_for(for_one, 60)
    assert (await first.job(one)).state == "cancelled" and not list(paper.folder.glob("*.cancelled"))
    if both:
        await first.journal.request_cancel(ACCOUNT, (await first.job(two)).id)
    paper.polls = 0 if not both else paper.polls
    await asyncio.wait_for(for_two, 60)
    assert (await second.job(two)).state == ("cancelled" if both else "done")
    assert paper.submissions == ["a"] and len(list(paper.folder.glob("*.cancelled"))) == both
    paid = {budget.subject: budget for budget in await first.ledger.list_budgets(ACCOUNT)}
    assert [(paid[p].reserved_micros, paid[p].settled_micros) for p in (one, two)] == [
        (0, 0),
        (0, 0 if both else 400_000),
    ]


async def wanted_elsewhere(rig: Rig, project: str) -> None:
    while True:
        mine = next(p for p in await rig.purchases(project) if p.provider == "paper")
        key = format_order_key(mine.order_fingerprint, mine.n)
        if await rig.ledger.is_wanted_elsewhere(ACCOUNT, project, key):
            return
        await asyncio.sleep(0.05)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("waits", [True, False])
async def test_a_cancel_reaches_the_provider_only_if_no_other_job_of_the_account_wants_it(rigged, tmp_path, waits):
    paper = Paper(tmp_path / "paper", polls=150)
    rig = rigged(paid=paper)
    project = await rig.order("a", **MORE)
    running = asyncio.create_task(rig.drive(project))
    async with asyncio.timeout(60):
        while not paper.submissions:
            await asyncio.sleep(0.02)
    second = rigged(paid=paper)
    joined = None
    if waits:
        waiter = await second.order("a", **MORE)
        joined = asyncio.create_task(second.drive(waiter))
        async with asyncio.timeout(60):
            key = next(p for p in await rig.purchases(project) if p.provider == "paper").order_fingerprint
            while not await rig.ledger.is_wanted_elsewhere(ACCOUNT, project, key):
                await asyncio.sleep(0.05)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(running, 60)
    assert (await rig.job(project)).state == "cancelled"
    assert bool(list(paper.folder.glob("*.cancelled"))) is not waits
    if joined:
        await asyncio.wait_for(joined, 60)
        assert (await second.job(waiter)).state == "done" and paper.submissions == ["a"]
