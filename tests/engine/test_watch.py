"""Waiting costs nothing: projects whose operations run elsewhere are not read until something of them was written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from engine.paper import Paper
from engine.rig import ACCOUNT, Rig
from reelwright.engine.purchases.operations import Pace
from reelwright.engine.scheduler.watch import Watch
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.operation import Standing
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal

Rigging = Callable[..., Rig]


class Counting(Journal):
    """Counts how often a project is read."""

    read = 0

    async def read_standing(self, account: str, project: str) -> Standing:
        self.read += 1
        return await super().read_standing(account, project)


async def test_projects_that_only_wait_are_not_read_and_not_written(rigged: Rigging, tmp_path):
    paper = Paper(tmp_path / "paper", polls=10_000)
    rig = rigged(paid=paper, journal=Counting, pace=Pace(least_s=0.5, most_s=0.5))
    projects = [await rig.order(f"a{n}", models=("paper/1",), usd=5) for n in range(6)]
    running = asyncio.create_task(rig.director.run())
    async with asyncio.timeout(20):
        while len(paper.submissions) < len(projects):
            await asyncio.sleep(0.1)
    async with asyncio.timeout(20):
        read = -1
        while rig.journal.read != read:  # what was written last is looked at once more
            read = rig.journal.read
            await asyncio.sleep(2.5)
    commits, polled = rig.database.commits, paper.polled
    await asyncio.sleep(3)
    assert paper.polled > polled + 12
    assert rig.journal.read == read and rig.database.commits - commits <= 2  # beats
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(projects[0])).id)
    async with asyncio.timeout(5):
        while (await rig.job(projects[0])).state != "cancelled":
            await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.wait({running})


async def test_only_projects_of_which_something_was_written_are_stirred(db: Database):
    journal = Journal(db)
    one, other = [await journal.open_project(ACCOUNT, name, Brief(text=name)) for name in ("one", "other")]
    watch = Watch(journal)
    async with watch.follow(one) as follower, watch.follow(one) as as_well, watch.follow(other) as left_alone:
        await journal.enqueue(ACCOUNT, one, "film", None, {})
        async with asyncio.timeout(5):
            await follower.wait()
            await as_well.wait()
        for quiet in (follower, left_alone):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(quiet.wait(), 1.2)


async def test_who_drives_a_project_is_not_woken_by_what_it_has_read(db: Database):
    journal = Journal(db)
    project = await journal.open_project(ACCOUNT, "one", Brief(text="one"))
    watch = Watch(journal)
    async with watch.follow(project) as follower:
        await journal.enqueue(ACCOUNT, project, "film", None, {})
        lease = await journal.claim_project(make_holder("me"), project)
        assert lease
        follower.mark_read((await journal.read_standing(ACCOUNT, project)).last_event)
        await journal.record_event(lease, None, "step.started", {"step": "take/a"})
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(follower.wait(), 1.5)
        follower.notify()
        await asyncio.wait_for(follower.wait(), 1)
        await journal.enqueue(ACCOUNT, project, "film", None, {})
        await asyncio.wait_for(follower.wait(), 5)
