"""Beats: from a thread of their own, only while something is held, and not for a loop that hangs."""

from __future__ import annotations

import asyncio
import time

import pytest

from engine.rig import ACCOUNT
from reelwright.engine.heart import Heart
from reelwright.reel.brief import Brief
from reelwright.reel.ids import mint
from reelwright.reel.operation import Holder, Lease
from reelwright.store.database import Database
from reelwright.store.journal import SqlJournal
from reelwright.store.processes import here


class Counting(SqlJournal):
    """Counts the beats that reach the database."""

    beats = 0

    async def beat(self, holder: Holder) -> None:
        self.beats += 1
        await super().beat(holder)


async def leased(journal: SqlJournal, holder: Holder) -> Lease:
    project = await journal.open_project(ACCOUNT, "a", Brief(text="a"))
    await journal.enqueue(ACCOUNT, project, "film", None, {})
    lease = await journal.claim(holder, project)
    assert lease
    return lease


async def test_a_busy_loop_keeps_its_lease_while_it_ticks_now_and_then(db: Database):
    journal, holder = Counting(db, lease_s=2), here(mint("director"))
    lease = await leased(journal, holder)
    async with Heart(journal, holder, 2, lambda: True):
        for _ in range(6):
            time.sleep(0.5)  # works without giving way
            await asyncio.sleep(0)
        other = here(mint("director"))
        assert journal.beats >= 5 and await journal.claim(other, lease.project) is None


async def test_a_loop_that_hangs_loses_its_lease(db: Database):
    journal, holder = Counting(db, lease_s=2), here(mint("director"))
    lease = await leased(journal, holder)
    async with Heart(journal, holder, 2, lambda: True):
        await asyncio.sleep(0.1)
        time.sleep(4)  # the thread may beat for a second, then it knows
        assert await journal.claim(here(mint("director")), lease.project)


async def test_a_director_that_holds_nothing_does_not_beat(db: Database):
    journal = Counting(db, lease_s=2)
    async with Heart(journal, here(mint("director")), 2, lambda: False):
        await asyncio.sleep(1)
    assert journal.beats == 0


class Broken(SqlJournal):
    """Its beats fail for a reason that nobody thought of."""

    async def beat(self, holder: Holder) -> None:
        raise ValueError("a fault in the beat")


async def test_a_director_whose_beats_have_ended_ends_and_says_why(rigged):
    rig = rigged(journal=Broken, lease_s=2, extra={"nap_ms": 3000})
    await rig.order("a")
    with pytest.raises(ValueError, match="a fault in the beat"):
        await asyncio.wait_for(rig.director.run(), 10)
