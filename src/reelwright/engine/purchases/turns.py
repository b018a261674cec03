"""The queue for sending: one query serves all waiting purchases of all projects of a director."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

from reelwright.engine.policy import TURN_LOOK_EVERY_S
from reelwright.engine.steps import clock
from reelwright.engine.steps.step_run import StepRun
from reelwright.errors import StoreUnavailable
from reelwright.known_providers import needs_turn
from reelwright.reel.records.operation import Purchase
from reelwright.store.ledger import Ledger


class TurnQueue:
    """Queue of purchases that wait for their turn to be sent: each goes once every limit has room and none is before
    it.
    """

    def __init__(self, ledger: Ledger, look_s: float = TURN_LOOK_EVERY_S) -> None:
        self._ledger, self._look_s = ledger, look_s
        self._one = asyncio.Lock()
        self._next: asyncio.Future[frozenset[str]] | None = None
        self._last: tuple[float, frozenset[str]] = (-1e9, frozenset())
        self._runs: dict[str, StepRun] = {}
        """By purchase: the runs that wait here."""

    async def wait_for_turn(self, purchase: str, run: StepRun) -> None:
        """Wait until the purchase with the id ``purchase`` may be sent, or its run is no longer wanted."""
        fresh = True
        try:
            while run.is_wanted and purchase in await self._find_waiting(fresh):
                fresh = False
                self._runs[purchase] = run
                await run.wait_for_change(self._look_s * random.uniform(0.8, 1.2))
        finally:
            self._runs.pop(purchase, None)

    async def finish_turn(self, purchase: Purchase, *, has_outputs: bool) -> None:
        """Free the turn of a purchase whose provider is done, so that the next one is sent before this one has landed.

        ``has_outputs``: they are fetched now, and programs that ask for the job are told so. If the journal is away,
        nobody is told, and the next one goes when this one has landed.
        """
        is_awaited = bool(self._runs) and needs_turn(purchase.resubmit, purchase.provider)
        if not is_awaited and not has_outputs:
            return
        with suppress(StoreUnavailable):
            await self._ledger.record_answer(purchase.account, purchase.id)
            if not is_awaited:
                return
            waiting = await self._find_waiting(fresh=True)
            for waits, run in self._runs.items():
                if waits not in waiting:
                    run.wake_event.set()

    async def _find_waiting(self, fresh: bool) -> frozenset[str]:
        """Return the ids of waiting purchases. Unless ``fresh``, a result of a moment ago may be shared."""
        at, found = self._last
        if not fresh and clock.read_seconds() - at < self._look_s / 2:
            return found
        if self._next is None:
            self._next = asyncio.ensure_future(self._look())
            self._next.add_done_callback(lambda done: done.cancelled() or done.exception())  # all waiters may have left
        return await asyncio.shield(self._next)

    async def _look(self) -> frozenset[str]:
        async with self._one:
            self._next = None  # a purchase that comes from now on may be missing in this result
            found = await self._ledger.list_purchases_awaiting_turn()
            self._last = (clock.read_seconds(), found)
            return found
