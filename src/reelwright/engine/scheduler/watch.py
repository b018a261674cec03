"""Polling the journal once a second for events that others wrote, for all projects that a director drives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from reelwright.engine.policy import MAX_WATCH_ERRORS, WATCH_LOOK_EVERY_S
from reelwright.errors import StoreUnavailable
from reelwright.store.journal import Journal

logger = logging.getLogger(__name__)


class Follower:
    """Wakes the job run of one project when another process or call wrote an event of it, or after ``notify``.

    Events from before the project was last read do not wake it. A plain context manager, because thousands exist at
    once: a generator or a lock would take more memory.
    """

    __slots__ = ("_is_notified", "_newest", "_project", "_read", "_waiter", "_watch")

    def __init__(self, watch: Watch, project: str) -> None:
        self._watch, self._project = watch, project
        self._is_notified = False
        self._read = self._newest = 0
        self._waiter: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Follower:
        entered = False
        try:
            await self._watch._add_follower(self._project, self)
            entered = True
        finally:
            if not entered:
                self._watch._remove_follower(self._project, self)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watch._remove_follower(self._project, self)

    def notify(self) -> None:
        """Wake the waiter, even if no new event was written."""
        self._is_notified = True
        self._wake()

    def record_event(self, newest: int) -> None:
        """Record that the journal's newest event of the project has the id ``newest``.

        Wake the waiter if it was not read.
        """
        self._newest = newest
        if newest > self._read:
            self._wake()

    def mark_read(self, at: int) -> None:
        """Record that the caller has read the project with all events up to the id ``at``, which then wake nobody."""
        self._read = at

    async def wait(self) -> None:
        """Wait until an unread event of the project was written, or ``notify`` was called."""
        while not self._is_notified and self._newest <= self._read:
            self._waiter = waiter = asyncio.get_running_loop().create_future()
            try:
                await waiter
            finally:
                if self._waiter is waiter:  # another may wait since this one was cancelled
                    self._waiter = None
        self._is_notified, self._read = False, max(self._read, self._newest)

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)


class Watch:
    """Polls the journal for events that others wrote, and wakes the job runs of their projects.

    ``poll_now``: called with the provider and the id of each operation of which a webhook told, in any process.
    """

    def __init__(
        self, journal: Journal, poll_now: Callable[[str, str], object] = lambda provider, operation: None
    ) -> None:
        self._journal, self._poll_now = journal, poll_now
        self._followers: dict[str, list[Follower]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._after = 0

    def follow(self, project: str) -> Follower:
        """Return a context manager that wakes its waiter on new events of ``project``. Within its block no event of the
        project is missed.

        Call ``check`` after each wait.
        """
        return Follower(self, project)

    async def _add_follower(self, project: str, follower: Follower) -> None:
        self._followers.setdefault(project, []).append(follower)
        async with self._starting:
            if self._looking is None or self._looking.done():
                self._after, _ = await self._journal.poll_changes(None)
                self._looking = asyncio.create_task(self._poll_journal())

    def _remove_follower(self, project: str, follower: Follower) -> None:
        self._followers[project].remove(follower)
        if not self._followers[project]:
            del self._followers[project]
        if self._looking and not self._followers:
            self._looking.cancel()
            self._looking = None

    def check(self) -> None:
        """Raise the error that ended the polling of the journal, if any."""
        if self._looking and self._looking.done():
            self._looking.result()

    async def _poll_journal(self) -> None:
        try:
            errors = 0
            while True:
                await asyncio.sleep(WATCH_LOOK_EVERY_S)
                try:
                    read_to, newest = await self._journal.poll_changes(self._after)
                    reported = await self._journal.list_reported_operations(self._after) if newest else ()
                    self._after = read_to
                except StoreUnavailable:
                    continue  # it may be back at the next poll
                except Exception:  # the films of all accounts hang on these polls
                    errors += 1
                    logger.exception("poll %d of the journal's changes failed", errors)
                    if errors == MAX_WATCH_ERRORS:
                        raise
                    continue
                errors = 0
                for provider, operation in reported:
                    self._poll_now(provider, operation)
                for project in newest.keys() & self._followers.keys():
                    for follower in self._followers[project]:
                        follower.record_event(newest[project])
        finally:
            for follower in (one for all_ in self._followers.values() for one in all_):
                follower.notify()
