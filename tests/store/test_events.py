"""Events: they ride in the transaction they tell of, and nobody who reads on from the last id misses one."""

from __future__ import annotations

import asyncio

import pytest

from reelwright.errors import OverBudget
from reelwright.reel.records.operation import Lease
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.units import Micros
from store.making import ACCOUNT, Scene


async def test_a_job_tells_its_story_in_order(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.start_next_job(scene.lease)
    await scene.journal.record_event(scene.lease, scene.job, "progress", {"done": 0.5})
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    found = await scene.journal.list_events(ACCOUNT, project=scene.project)
    kinds = ["project.opened", "plan.revised", "job.queued", "job.running", "progress", "job.done"]
    assert [event.kind for event in found] == kinds
    assert [event.id for event in found] == sorted(event.id for event in found)
    assert found[4].body == {"done": 0.5}
    assert [event.kind for event in await scene.journal.list_events(ACCOUNT, after=found[3].id)] == kinds[4:]


async def test_a_write_that_is_refused_tells_nothing(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(10))
    before = await scene.journal.list_events(ACCOUNT)
    with pytest.raises(OverBudget):
        await scene.ledger.ensure_allowance(scene.lease, scene.job, Micros(11), "--yes")
    assert await scene.journal.list_events(ACCOUNT) == before


async def test_a_reader_that_goes_on_from_the_last_id_misses_no_event(db: Database) -> None:
    scene = await Scene.set(db)
    other = Database(db.url.render_as_string(hide_password=False))
    wanted = {(name, n) for name in ("one", "two") for n in range(100)}

    async def tell(journal: Journal, lease: Lease, name: str) -> None:
        for start in range(0, 100, 10):
            await asyncio.gather(*(journal.record_event(lease, None, name, {"n": n}) for n in range(start, start + 10)))

    async def read() -> set[tuple[str, int]]:
        seen: set[tuple[str, int]] = set()
        after = 0
        while not wanted <= seen:
            for event in await scene.journal.list_events(ACCOUNT, after):
                after = event.id
                seen.add((event.kind, event.body.get("n", -1)))
            await asyncio.sleep(0)
        return seen

    reading = asyncio.create_task(asyncio.wait_for(read(), 30))
    await asyncio.gather(tell(scene.journal, scene.lease, "one"), tell(Journal(other), scene.lease, "two"))
    assert wanted <= await reading
    other.close()
