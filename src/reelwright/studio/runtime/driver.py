"""The driver runs the projects of one process with its one director, and passes its events on to their listeners."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from reelwright.errors import StoreUnavailable
from reelwright.studio.policy import DRIVER_NEWER_JOURNAL_WAIT_S, DRIVER_RESTART_WAIT_S

if TYPE_CHECKING:
    from reelwright.engine.scheduler.director import Director, Until
    from reelwright.engine.steps.step_run import ProgressEvent

logger = logging.getLogger(__name__)
Hear = Callable[["ProgressEvent"], None]
"""Called on the event loop with every event of a project's steps. Must not block or raise."""
BuildDirector = Callable[[Hear], "Director"]
"""Makes the director of this process, which passes every event to the function given."""


class Driver:
    """Runs jobs of projects with the one director of this process. Every method may be called at once.

    The director is made by the first call: reading a home needs none. What was agreed to is in the journal, with each
    job; the driver spends at most that.
    """

    def __init__(self, build_director: BuildDirector) -> None:
        self._build_director = build_director
        self._hearers: dict[str, list[Hear]] = {}

    async def drive(self, account: str, project: str, hear: Hear | None = None) -> None:
        """Run the project's jobs, or wait for a process that does, until none is queued or running; may spend.

        A cancel stops what this call runs and releases the lease; the job stays for the next director. Raises
        ``StoreUnavailable``.
        """
        with self._heard_by(project, hear):
            await self._director.drive(account, project)

    async def carry_out_cancel(self, account: str, project: str, hear: Hear | None = None) -> None:
        """Finish a requested cancel of the project's next job; see ``Director.carry_out_cancel``. Buys nothing."""
        with self._heard_by(project, hear):
            await self._director.carry_out_cancel(account, project)

    async def run(self, until: Until = "idle") -> None:
        """Run queued jobs of all accounts until none is left (``idle``) or for ever; may spend.

        See ``Director.run``.
        """
        await self._director.run(until)

    async def run_forever(self) -> None:
        """Run queued jobs of all accounts until the call is cancelled, logging exceptions; may spend."""
        while True:
            wait_s = DRIVER_RESTART_WAIT_S
            try:
                await self.run("forever")
            except Exception as error:  # whatever it is, the other projects go on
                if isinstance(error, StoreUnavailable) and error.code == "journal_is_newer":
                    wait_s = DRIVER_NEWER_JOURNAL_WAIT_S
                logger.exception("the director stopped; it is started again in %s s", wait_s)
            await asyncio.sleep(wait_s)

    async def stop(self) -> None:
        """Stop the jobs that run in this process; they stay in the journal for the next director."""
        if "_director" in self.__dict__:  # ``cached_property`` has made it
            await self._director.stop()

    @cached_property
    def _director(self) -> Director:
        return self._build_director(self._dispatch)

    def _dispatch(self, event: ProgressEvent) -> None:
        for hear in tuple(self._hearers.get(event.project, ())):
            hear(event)

    @contextmanager
    def _heard_by(self, project: str, hear: Hear | None) -> Iterator[None]:
        """Call ``hear`` with the project's events in this block. Several calls may drive a project at once."""
        if hear is None:
            yield
            return
        self._hearers.setdefault(project, []).append(hear)
        try:
            yield
        finally:
            hearers = self._hearers[project]
            del hearers[next(n for n, one in enumerate(hearers) if one is hear)]
            if not hearers:
                del self._hearers[project]
