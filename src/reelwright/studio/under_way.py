"""One row of a batch among those that may be under way at once: since when it is, and for how long it may be."""

from __future__ import annotations

import asyncio
import time


class UnderWay:
    """``slots`` are shared by all rows. ``since`` is 0 before its first turn; ``until`` ends it ``within_s`` later."""

    def __init__(self, slots: asyncio.Semaphore, within_s: float | None, until: asyncio.Timeout) -> None:
        self.slots, self.since = slots, 0.0
        self._within_s, self._until = within_s, until

    def began(self) -> None:
        """Its time runs from its first turn on."""
        if not self.since:
            self.since = time.monotonic()
            if self._within_s is not None:
                self._until.reschedule(asyncio.get_running_loop().time() + self._within_s)
