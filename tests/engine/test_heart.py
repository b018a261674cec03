"""Beats: from a thread of their own, only while something is held, and not for a loop that hangs."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.rig import ACCOUNT
from reelwright.engine.scheduler.heartbeat import Heartbeat
from reelwright.reel.base.ids import mint
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.operation import Holder, Lease
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal


class Counting(Journal):
    """Counts the beats that reach the database."""

    beats = 0

    async def record_heartbeat(self, holder: Holder) -> None:
        self.beats += 1
        await super().record_heartbeat(holder)


async def leased(journal: Journal, holder: Holder) -> Lease:
    project = await journal.open_project(ACCOUNT, "a", Brief(text="a"))
    await journal.enqueue(ACCOUNT, project, "film", None, {})
    lease = await journal.claim_project(holder, project)
    assert lease
    return lease


async def test_a_busy_loop_keeps_its_lease_while_it_ticks_now_and_then(db: Database):
    journal, holder = Counting(db, lease_s=2), make_holder(mint("director"))
    lease = await leased(journal, holder)
    async with Heartbeat(journal, holder, 2, lambda: True):
        for _ in range(6):
            time.sleep(0.5)  # works without giving way
            await asyncio.sleep(0)
        other = make_holder(mint("director"))
        assert journal.beats >= 5 and await journal.claim_project(other, lease.project) is None


def claimed_elsewhere(db_url: str, project: str) -> bool:
    """Whether another director, with a loop and a database of its own, gets the project within a minute."""

    async def until_claimed() -> bool:
        other = Database(db_url)
        journal, me, until = Journal(other, lease_s=2), make_holder(mint("director")), time.monotonic() + 60
        try:
            while not (found := await journal.claim_project(me, project)) and time.monotonic() < until:
                await asyncio.sleep(0.1)
        finally:
            other.close()
        return bool(found)

    return asyncio.run(until_claimed())


async def test_a_loop_that_hangs_loses_its_lease(db: Database, db_url: str):
    """It is taken while the loop hangs: one that moves again, however late, beats again."""
    journal, holder = Counting(db, lease_s=2), make_holder(mint("director"))
    lease = await leased(journal, holder)
    async with Heartbeat(journal, holder, 2, lambda: True):
        await asyncio.sleep(0.1)
        with ThreadPoolExecutor(1) as elsewhere:
            assert elsewhere.submit(claimed_elsewhere, db_url, lease.project).result()  # hangs this loop


async def test_a_director_that_holds_nothing_does_not_beat(db: Database):
    journal = Counting(db, lease_s=2)
    async with Heartbeat(journal, make_holder(mint("director")), 2, lambda: False):
        await asyncio.sleep(1)
    assert journal.beats == 0


class Broken(Journal):
    """Its beats fail for a reason that nobody thought of."""

    async def record_heartbeat(self, holder: Holder) -> None:
        raise ValueError("a fault in the beat")


async def test_a_director_whose_beats_have_ended_ends_and_says_why(rigged):
    rig = rigged(journal=Broken, lease_s=2, extra={"nap_ms": 3000})
    await rig.order("a")
    with pytest.raises(ValueError, match="a fault in the beat"):
        await asyncio.wait_for(rig.director.run(), 10)
