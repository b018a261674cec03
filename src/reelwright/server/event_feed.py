"""The live events of an account: one reader of the journal for all streams of this process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Final

from reelwright.errors import StoreUnavailable

if TYPE_CHECKING:
    from reelwright.reel.operation import Event
    from reelwright.store.journal import Journal

_LOOK_S: Final = 0.2
"""Seconds between two reads of the journal, while anybody listens."""
_AWAY_S: Final = 2.0
_KEPT: Final = 2000
"""Newest events that are kept in memory; a stream that is further behind reads the journal itself."""


class EventFeed:
    """Reads an account's new events once for all its streams. Ids grow in the order in which events became visible."""

    def __init__(self, journal: Journal, account: str) -> None:
        self._journal, self._account = journal, account
        self._kept: deque[Event] = deque(maxlen=_KEPT)
        self._last: int | None = None
        self._news = asyncio.Event()
        self._streams = 0
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    async def follow(self, after: int | None) -> AsyncGenerator[Event]:
        """Yield the events after the id ``after`` (None: from now on), each once and in order, until it is closed."""
        self._streams += 1
        try:
            async with self._starting:
                if self._reading is None:
                    self._last = await self._journal.find_newest_event(self._account)
                    self._kept.clear()
                    self._reading = asyncio.create_task(self._read())
            assert self._last is not None
            cursor = self._last if after is None else after
            while True:
                news = self._news
                while cursor < self._last:
                    for event in await self._list_after(cursor):
                        if event.id > cursor:
                            cursor = event.id
                            yield event
                await news.wait()
        finally:
            self._streams -= 1
            if not self._streams and self._reading:
                self._reading.cancel()
                self._reading = None

    async def _list_after(self, cursor: int) -> list[Event]:
        """List events after ``cursor``: from memory if all of them are there, otherwise from the journal."""
        if self._kept and self._kept[0].id <= cursor + 1:
            return [event for event in self._kept if event.id > cursor]
        found = list(await self._journal.list_events(self._account, cursor))
        return found or [event for event in self._kept if event.id > cursor]

    async def _read(self) -> None:
        while True:
            assert self._last is not None
            try:
                found = await self._journal.list_events(self._account, self._last)
            except StoreUnavailable:
                await asyncio.sleep(_AWAY_S)  # the streams stay open, and go on when the database is back
                continue
            if found:
                self._kept.extend(found)
                self._last = found[-1].id
                news, self._news = self._news, asyncio.Event()
                news.set()
            else:
                await asyncio.sleep(_LOOK_S)
