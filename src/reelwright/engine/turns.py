"""Whose turn it is to be sent: one look for all purchases that wait, of all projects of a director. Writes nothing."""

from __future__ import annotations

import asyncio
import random
from typing import Final

from reelwright.engine import clock
from reelwright.engine.errand import Errand
from reelwright.engine.waist import Ledger

LOOK_S: Final = 1.0
"""Seconds between two looks of one purchase that waits."""


class Turns:
    """Lets a purchase go when there is room for it under every limit, and nobody goes before it."""

    def __init__(self, ledger: Ledger, look_s: float = LOOK_S) -> None:
        self._ledger, self._look_s = ledger, look_s
        self._one = asyncio.Lock()
        self._next: asyncio.Future[frozenset[str]] | None = None
        self._last: tuple[float, frozenset[str]] = (-1e9, frozenset())

    async def come(self, purchase: str, errand: Errand) -> None:
        """Until it is the purchase's turn, or it is not meant any more."""
        fresh = True
        while errand.meant and purchase in await self._waiting(fresh):
            fresh = False
            await errand.rest(self._look_s * random.uniform(0.8, 1.2))

    async def _waiting(self, fresh: bool) -> frozenset[str]:
        """Those that wait. Who has seen that he waits may share a look of a moment ago."""
        at, found = self._last
        if not fresh and clock.seconds() - at < self._look_s / 2:
            return found
        if self._next is None:
            self._next = asyncio.ensure_future(self._look())
            self._next.add_done_callback(lambda done: done.cancelled() or done.exception())  # all may have gone
        return await asyncio.shield(self._next)

    async def _look(self) -> frozenset[str]:
        async with self._one:
            self._next = None  # who comes from now on may not have been seen by this look
            found = await self._ledger.out_of_turn()
            self._last = (clock.seconds(), found)
            return found
