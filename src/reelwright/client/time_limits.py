"""The longest wait for each video of a call: it counts while no other video of the same call is in the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class TimeLimits:
    """Limits the time of each video of one call to ``seconds``, not counting the wait for other videos of the call.

    A video that waits for others of its call has all its time left. One that waits for anything else, such as a limit
    of its model, has not: its caller waits for it.
    """

    def __init__(self, seconds: float, concurrency: int) -> None:
        self._seconds, self._concurrency = seconds, concurrency
        self._waiting: list[asyncio.Timeout] = []
        self._under_way: set[asyncio.Timeout] = set()

    @asynccontextmanager
    async def limit(self) -> AsyncIterator[Callable[[], None]]:
        """Limit the time of this block, the making of one video. Yields the function to call before every exchange with
        the service.

        Raises the builtin ``TimeoutError``.
        """
        async with asyncio.timeout(None) as until:
            self._waiting.append(until)
            self._start_clocks()
            try:
                yield lambda: self._begin(until)
            finally:
                if until in self._waiting:
                    self._waiting.remove(until)
                self._under_way.discard(until)
                self._start_clocks()

    def _begin(self, until: asyncio.Timeout) -> None:
        if until in self._waiting:
            self._waiting.remove(until)
            self._under_way.add(until)
            self._start(until)
            self._start_clocks()

    def _start_clocks(self) -> None:
        """Start the clocks of those that nothing of this call holds up, and take back those that another overtook."""
        free = max(0, self._concurrency - len(self._under_way))
        for n, until in enumerate(self._waiting):
            if n < free:
                self._start(until)
            elif until.when() is not None and not until.expired():
                until.reschedule(None)

    def _start(self, until: asyncio.Timeout) -> None:
        if until.when() is None:
            until.reschedule(asyncio.get_running_loop().time() + self._seconds)
