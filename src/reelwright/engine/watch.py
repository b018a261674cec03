"""One look a second at what others wrote, for all the projects that a director drives."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

from reelwright.engine.waist import Journal
from reelwright.errors import StoreUnavailable

LOOK_S: Final = 1.0
"""Seconds between two looks. Looking writes nothing, and costs the same for one project as for thousands."""


class Watch:
    """Wakes whoever drives a project when something of it was written: an edit, a consent, a cancel, a landing."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._woken: dict[str, asyncio.Event] = {}
        self._followers: Counter[str] = Counter()
        self._looking: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._after = 0

    @contextlib.asynccontextmanager
    async def on(self, project: str) -> AsyncIterator[None]:
        """While inside, nothing that is written of ``project`` is missed by ``stirred``."""
        self._followers[project] += 1
        self._woken.setdefault(project, asyncio.Event())
        try:
            async with self._starting:
                if self._looking is None or self._looking.done():
                    self._after, _ = await self._journal.stirred(None)
                    self._looking = asyncio.create_task(self._look())
            yield
        finally:
            self._leave(project)

    def _leave(self, project: str) -> None:
        self._followers[project] -= 1
        if not self._followers[project]:
            del self._followers[project], self._woken[project]
        if self._looking and not self._followers:
            self._looking.cancel()
            self._looking = None

    async def stirred(self, project: str) -> None:
        """Until something of ``project`` was written since the last call. Raises what ended the looking."""
        woken = self._woken[project]
        await woken.wait()
        woken.clear()
        if self._looking and self._looking.done():
            self._looking.result()

    async def _look(self) -> None:
        try:
            while True:
                await asyncio.sleep(LOOK_S)
                with contextlib.suppress(StoreUnavailable):  # it may be back at the next look
                    self._after, projects = await self._journal.stirred(self._after)
                    for project in projects & self._woken.keys():
                        self._woken[project].set()
        finally:
            for woken in self._woken.values():
                woken.set()
