"""Rows that are counted together: the next is under way when one is over, and what is given up holds nobody up."""

from __future__ import annotations

import asyncio

from reelwright.engine.concurrency import ConcurrencySlot
from reelwright.engine.step_run import StepRun
from reelwright.reel.value import Fingerprint, StepKey


class Counted:
    def __init__(self, most: int) -> None:
        self.slots = asyncio.Semaphore(most)
        self.turns = 0

    def record_start(self) -> None:
        self.turns += 1


class Row:
    """Under way from ``go`` on, until ``end`` is set."""

    def __init__(self, counted: Counted, *, sent: bool = False) -> None:
        self.errand = StepRun(
            step=StepKey("take/a"), fingerprint=Fingerprint("take:a"), report=lambda done: None, is_sent=sent
        )
        self.end, self.inside = asyncio.Event(), False
        self.task = asyncio.create_task(self._go(counted))

    async def _go(self, counted: Counted) -> None:
        async with ConcurrencySlot(counted, self.errand):
            self.inside = True
            await self.end.wait()
        self.inside = False


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_next_is_under_way_when_one_is_over_and_in_their_order() -> None:
    counted = Counted(2)
    rows = [Row(counted) for _ in range(4)]
    await settled()
    assert [row.inside for row in rows] == [True, True, False, False]
    rows[1].end.set()
    await settled()
    assert [row.inside for row in rows] == [True, False, True, False] and counted.turns == 3
    for row in rows:
        row.end.set()
    await asyncio.gather(*(row.task for row in rows))


async def test_what_is_given_up_while_it_waits_waits_no_longer_and_takes_nobody_s_place() -> None:
    counted = Counted(1)
    first, second, third = (Row(counted) for _ in range(3))
    await settled()
    second.errand.drop()
    third.task.cancel()
    await settled()
    assert second.inside and third.task.cancelled() and first.inside
    second.end.set()
    await settled()
    fourth = Row(counted)
    await settled()
    assert not fourth.inside, "the one that was given up had no place to give back"
    first.end.set()
    await settled()
    assert fourth.inside
    fourth.end.set()
    await asyncio.gather(second.task, fourth.task)


async def test_who_rests_as_soon_as_the_turn_has_come_still_hears_of_a_change() -> None:
    """The look for a change that the waiting ended with must not take the next one's place."""
    counted = Counted(1)
    first, second = Row(counted), Row(counted)

    async def rests() -> None:
        async with ConcurrencySlot(counted, second.errand):
            await second.errand.wait_for_change(60)

    second.task.cancel()
    resting = asyncio.create_task(rests())
    await settled()
    first.end.set()
    await settled()
    second.errand.drop()
    await asyncio.wait_for(resting, 1)
    await first.task


async def test_what_is_sent_already_is_counted_where_there_is_room_and_never_waits() -> None:
    counted = Counted(1)
    rows = [Row(counted, sent=True), Row(counted, sent=True), Row(counted)]
    await settled()
    assert [row.inside for row in rows] == [True, True, False]
    rows[1].end.set()
    await settled()
    assert not rows[2].inside, "the one beyond the count held no place"
    rows[0].end.set()
    await settled()
    assert rows[2].inside
    rows[2].end.set()
    await rows[2].task
