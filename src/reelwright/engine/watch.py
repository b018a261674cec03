"""One look a second at what others wrote, for all the projects that a director drives."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from reelwright.engine.waist import Journal
from reelwright.errors import StoreUnavailable

LOOK_S: Final = 1.0
"""Seconds between two looks. Looking writes nothing, and costs the same for one project as for thousands."""


class Follower:
    """Waits for one project, for who drives it: for what others write of it, and for whatever else is told.

    What was written before the project was read last wakes nobody: it was read. An object of its own that one enters,
    and neither a generator nor a lock: thousands wait in it.
    """

    __slots__ = ("_newest", "_project", "_read", "_told", "_waits", "_watch")

    def __init__(self, watch: Watch, project: str) -> None:
        self._watch, self._project = watch, project
        self._told = False
        self._read = self._newest = 0
        self._waits: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Follower:
        entered = False
        try:
            await self._watch._follow(self._project, self)
            entered = True
        finally:
            if not entered:
                self._watch._leave(self._project, self)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watch._leave(self._project, self)

    def tell(self) -> None:
        """Something is to be seen to, whatever was read."""
        self._told = True
        self._wake()

    def stirred(self, newest: int) -> None:
        """The event ``newest`` was written of the project."""
        self._newest = newest
        if newest > self._read:
            self._wake()

    def read(self, at: int) -> None:
        """The project was read, with all events up to ``at``."""
        self._read = at

    async def wait(self) -> None:
        """Until something was told, or written after it was read, since the last time."""
        while not self._told and self._newest <= self._read:
            self._waits = waits = asyncio.get_running_loop().create_future()
            try:
                await waits
            finally:
                if self._waits is waits:  # not that of another, who waits since this one was cancelled
                    self._waits = None
        self._told, self._read = False, max(self._read, self._newest)

    def _wake(self) -> None:
        if self._waits and not self._waits.done():
            self._waits.set_result(None)


class Watch:
    """Wakes whoever drives a project when something of it was written: an edit, a consent, a cancel, a landing."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._followers: dict[str, list[Follower]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._after = 0

    def on(self, project: str) -> Follower:
        """While inside, nothing that is written of ``project`` is missed. ``check`` after each wait."""
        return Follower(self, project)

    async def _follow(self, project: str, follower: Follower) -> None:
        self._followers.setdefault(project, []).append(follower)
        async with self._starting:
            if self._looking is None or self._looking.done():
                self._after, _ = await self._journal.stirred(None)
                self._looking = asyncio.create_task(self._look())

    def _leave(self, project: str, follower: Follower) -> None:
        self._followers[project].remove(follower)
        if not self._followers[project]:
            del self._followers[project]
        if self._looking and not self._followers:
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
                    self._after, newest = await self._journal.stirred(self._after)
                    for project in newest.keys() & self._followers.keys():
                        for follower in self._followers[project]:
                            follower.stirred(newest[project])
        finally:
            for follower in (one for all_ in self._followers.values() for one in all_):
                follower.tell()
