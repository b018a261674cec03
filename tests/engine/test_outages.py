"""A director that serves outlives its database: what was on its way goes on when the server is back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from engine.rig import ACCOUNT, Rig
from reelwright.errors import StoreUnavailable
from reelwright.reel.records.operation import Holder, Lease, Standing
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal


class Flickering(Journal):
    """Its server goes away for a second, when told to."""

    away = False

    def _there(self) -> None:
        if self.away:
            raise StoreUnavailable("the database server does not answer")

    async def read_standing(self, account: str, project: str) -> Standing:
        self._there()
        return await super().read_standing(account, project)

    async def claim_project(self, holder: Holder, only: str | None = None) -> Lease | None:
        self._there()
        return await super().claim_project(holder, only)

    async def release(self, lease: Lease) -> None:
        self._there()
        await super().release(lease)

    async def record_event(self, *args: Any, **more: Any) -> None:
        self._there()
        await super().record_event(*args, **more)


async def test_a_director_that_serves_goes_on_when_its_database_is_back(rigged):
    rig: Rig = rigged(journal=Flickering, extra={"nap_ms": 300})
    project = await rig.order("a b c")
    running = asyncio.create_task(rig.director.run(until="forever"))
    async with asyncio.timeout(30):
        while not any(p.event == "moving" for p in rig.heard):
            await asyncio.sleep(0.02)
        rig.journal.away = True
        await asyncio.sleep(2)
        assert not running.done(), running
        rig.journal.away = False
        while (await rig.job(project)).state == "running":
            await asyncio.sleep(0.1)
    assert (await rig.job(project)).state == "done", (await rig.job(project)).reason
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_director_that_makes_one_film_says_at_once_that_its_database_is_gone(rigged, db: Database):
    rig: Rig = rigged(journal=Flickering, extra={"nap_ms": 300})
    project = await rig.order("a")
    rig.journal.away = True
    with pytest.raises(StoreUnavailable):
        await asyncio.wait_for(rig.drive(project), 5)
    assert (await Journal(db).read_standing(ACCOUNT, project)).job.state == "queued"
