"""The live events of an account: one reader of the journal for all streams of this process."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from reelwright.errors import StoreUnavailable
from reelwright.net.redact import redact_shown
from reelwright.server.policy import EVENT_LOOK_EVERY_S, EVENT_RETRY_S, MAX_EVENTS_KEPT
from reelwright.studio.quotes.progress_reporter import to_progress

if TYPE_CHECKING:
    from reelwright.reel.records.operation import Event
    from reelwright.store.journal import Journal

logger = logging.getLogger("reelwright.server")


class FeedEvent(NamedTuple):
    """An event of the journal as JSON ``text`` without secrets, built once for all streams that send it."""

    id: int
    project: str
    text: str


class EventFeed:
    """Reads an account's new events from the journal once and hands them to all open streams of this account. Ids grow
    in the order in which events became visible.
    """

    def __init__(self, journal: Journal, account: str) -> None:
        self._journal, self._account = journal, account
        self._kept: deque[FeedEvent] = deque()
        self._kept_after = 0
        """All events after this id, up to the last one, are in memory."""
        self._last: int | None = None
        self._news = asyncio.Event()
        self._streams = 0
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    async def follow(self, after: int) -> AsyncGenerator[Sequence[FeedEvent]]:
        """Yield groups of events newer than the id ``after``, each event once and in order, without end.

        Those that became visible at about the same time come together.
        """
        self._streams += 1
        try:
            async with self._starting:
                if self._reading is None:
                    self._last = self._kept_after = await self._journal.find_newest_event(self._account)
                    self._kept.clear()
                    self._reading = asyncio.create_task(self._read())
            assert self._last is not None
            while True:
                news = self._news
                while after < self._last:
                    found = await self._list_after(after)
                    after = found[-1].id if found else self._last
                    if found:
                        yield found
                await news.wait()
        finally:
            self._streams -= 1
            if not self._streams and self._reading:
                self._reading.cancel()
                self._reading = None

    async def _list_after(self, cursor: int) -> list[FeedEvent]:
        """List events after ``cursor``: from memory if all of them are there, otherwise from the journal."""
        if cursor < self._kept_after and (found := await self._journal.list_events(self._account, cursor)):
            return [_encode(event) for event in found]
        return list(takewhile(lambda event: event.id > cursor, reversed(self._kept)))[::-1]

    async def _read(self) -> None:
        while True:
            assert self._last is not None
            try:
                found = await self._journal.list_events(self._account, self._last)
            except StoreUnavailable:
                await asyncio.sleep(EVENT_RETRY_S)  # the streams stay open, and go on when the database is back
                continue
            except Exception:  # a reader that ends would leave every stream silent
                logger.exception("the events of an account could not be read; trying again in %s s", EVENT_RETRY_S)
                await asyncio.sleep(EVENT_RETRY_S)
                continue
            if found:
                self._kept.extend(map(_encode, found))
                while len(self._kept) > MAX_EVENTS_KEPT:
                    self._kept_after = self._kept.popleft().id
                self._last = found[-1].id
                news, self._news = self._news, asyncio.Event()
                news.set()
            else:
                await asyncio.sleep(EVENT_LOOK_EVERY_S)


def _encode(event: Event) -> FeedEvent:
    progress = to_progress(event, {})
    shown = {
        "id": event.id, "at": event.at.isoformat(), "kind": event.kind, "project": event.project, "job": event.job,
        "step": progress.step, "reason": progress.reason.to_json() if progress.reason else None,
        "message": redact_shown(progress.message),
    }  # fmt: skip
    return FeedEvent(event.id, event.project, json.dumps(shown, ensure_ascii=False))
