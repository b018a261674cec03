"""One look a second at what others wrote, for all the projects that a director drives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import Final

from reelwright.engine.waist import Journal
from reelwright.errors import StoreUnavailable

LOOK_S: Final = 1.0
"""Seconds between two looks. Looking writes nothing, and costs the same for one project as for thousands."""


class Watch:
    """Wakes whoever drives a project when something of it was written: an edit, a consent, a cancel, a landing."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._woken: dict[str, list[asyncio.Event]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._after = 0

    @contextlib.asynccontextmanager
    async def on(self, project: str) -> AsyncIterator[asyncio.Event]:
        """While inside, what it gives is set when something is written of ``project``: nothing is missed.

        Whoever waits for other things, too, may set it; and ``check``s, since it is also set when the looking ended.
        """
        woken = asyncio.Event()
        self._woken.setdefault(project, []).append(woken)
        try:
            async with self._starting:
                if self._looking is None or self._looking.done():
                    self._after, _ = await self._journal.stirred(None)
                    self._looking = asyncio.create_task(self._look())
            yield woken
        finally:
            self._leave(project, woken)

    def _leave(self, project: str, woken: asyncio.Event) -> None:
        self._woken[project].remove(woken)
        if not self._woken[project]:
            del self._woken[project]
        if self._looking and not self._woken:
            self._looking.cancel()
            self._looking = None

    def check(self) -> None:
        """Raises what ended the looking."""
        if self._looking and self._looking.done():
            self._looking.result()

    async def _look(self) -> None:
        try:
            while True:
                await asyncio.sleep(LOOK_S)
                with contextlib.suppress(StoreUnavailable):  # it may be back at the next look
                    self._after, projects = await self._journal.stirred(self._after)
                    self._wake(projects & self._woken.keys())
        finally:
            self._wake(list(self._woken))

    def _wake(self, projects: Iterable[str]) -> None:
        for project in projects:
            for woken in self._woken[project]:
                woken.set()
