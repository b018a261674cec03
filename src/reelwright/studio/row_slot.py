"""The slot of a batch row that runs: when it started, and its time limit."""

from __future__ import annotations

import asyncio
import time


class RowSlot:
    """A row's slot. All rows share ``slots``. ``started_at``: monotonic seconds, 0 before the row's first slot.

    ``deadline`` is set to ``within_s`` seconds after the first slot.
    """

    def __init__(self, slots: asyncio.Semaphore, within_s: float | None, deadline: asyncio.Timeout) -> None:
        self.slots, self.started_at = slots, 0.0
        self._within_s, self._until = within_s, deadline

    def record_start(self) -> None:
        """Record that the row got a slot. Its time limit counts from the first one."""
        if not self.started_at:
            self.started_at = time.monotonic()
            if self._within_s is not None:
                self._until.reschedule(asyncio.get_running_loop().time() + self._within_s)
