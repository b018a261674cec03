"""One project in one process: whoever calls ``advance`` meanwhile waits his turn, whatever becomes of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from engine.paper import Paper
from engine.rig import Rig
from reelwright.errors import LeaseLost
from reelwright.store.journal import Journal

HANDS = 1

Rigging = Callable[..., Rig]
TAKES = {"models": ("paper/1",), "goal": "takes", "usd": 5}


async def held(rigged: Rigging, tmp_path: Any) -> tuple[Rig, Any, asyncio.Event, asyncio.Task[None]]:
    """A project whose first caller is in the middle of its send."""
    hold = asyncio.Event()
    rig = rigged(paid=Paper(tmp_path / "paper", hold_submit=hold))
    project = await rig.order("a", **TAKES)
    lease = await rig.journal.claim_project(rig.director.holder, project)
    first = asyncio.create_task(rig.director.advance(lease))
    await asyncio.wait_for(rig.providers["paper"].submitting.wait(), 20)
    return rig, lease, hold, first


async def test_who_waits_for_a_project_may_go_and_the_others_have_their_turn(rigged, tmp_path):
    rig, lease, hold, first = await held(rigged, tmp_path)
    waiting = [asyncio.create_task(rig.director.advance(lease)) for _ in range(3)]
    await asyncio.sleep(0.05)
    waiting[1].cancel()
    await asyncio.wait({waiting[1]})
    assert waiting[1].cancelled() and not first.done()
    hold.set()
    async with asyncio.timeout(20):
        await asyncio.gather(first, waiting[0], waiting[2])
    assert rig.providers["paper"].submissions == ["a"]
    assert not rig.director._advancing


async def test_when_the_one_who_drives_is_stopped_who_waits_goes_on_and_nothing_is_bought_twice(rigged, tmp_path):
    rig, lease, hold, first = await held(rigged, tmp_path)
    waiting = [asyncio.create_task(rig.director.advance(lease)) for _ in range(2)]
    await asyncio.sleep(0.05)
    first.cancel()
    hold.set()
    async with asyncio.timeout(20):
        await asyncio.gather(*waiting)
    assert first.cancelled() and rig.providers["paper"].submissions == ["a"]
    assert (await rig.job((await rig.journal.list_projects("local"))[0].id)).state == "done"
    assert not rig.director._advancing


@pytest.mark.parametrize("error", [LeaseLost("somebody else drives it"), RuntimeError("a fault of ours")])
async def test_an_error_of_the_one_who_drives_is_his_alone(rigged, tmp_path, error):
    class Once(Journal):
        left = 1

        async def start_next_job(self, lease: Any) -> Any:
            await asyncio.sleep(0.05)
            if Once.left:
                Once.left = 0
                raise error
            return await super().start_next_job(lease)

    Once.left = 1
    rig = rigged(paid=Paper(tmp_path / "paper"), journal=Once)
    project = await rig.order("a", **TAKES)
    lease = await rig.journal.claim_project(rig.director.holder, project)
    first, second = (asyncio.create_task(rig.director.advance(lease)) for _ in range(2))
    async with asyncio.timeout(20):
        with pytest.raises(type(error)):
            await first
        await second
    assert (await rig.job(project)).state == "done" and not rig.director._advancing


async def test_all_who_waited_may_be_gone_when_it_is_over(rigged, tmp_path):
    rig, lease, hold, first = await held(rigged, tmp_path)
    waiting = asyncio.create_task(rig.director.advance(lease))
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.wait({waiting})
    hold.set()
    await asyncio.wait_for(first, 20)
    assert not rig.director._advancing
