"""The driver runs the projects of one process with its one director, and passes its events on to their listeners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from reelwright.studio.catalogue_limits import get_pace

if TYPE_CHECKING:
    from reelwright.engine.concurrency import ConcurrencyLimit
    from reelwright.engine.director import Director, Until
    from reelwright.engine.step_run import ProgressEvent
    from reelwright.studio.runtime import Runtime

T = TypeVar("T")
Hear = Callable[["ProgressEvent"], None]
"""Called on the event loop with every event of a project's steps. Must not block or raise."""


class Driver:
    """Drives projects for commands, batches and servers of one process. Every method may be called at once.

    The director is made by the first call: reading a home needs none. What was agreed to is in the journal, with each
    job; the driver spends at most that.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._hearers: dict[str, list[Hear]] = {}
        self._limits: dict[str, list[ConcurrencyLimit]] = {}

    async def drive(
        self, account: str, project: str, hear: Hear | None = None, limit: ConcurrencyLimit | None = None
    ) -> None:
        """Drive the project until no job of it is queued or running; another process may do the work. May spend.

        ``limit``: the limit that the project's purchases share with those of other projects. A cancel stops what this
        call runs and releases the lease; the job stays for the next director. Raises ``StoreUnavailable``.
        """
        with _listed(self._hearers, project, hear), _listed(self._limits, project, limit):
            await self._director.drive(account, project)

    async def carry_out_cancel(self, account: str, project: str, hear: Hear | None = None) -> None:
        """Carry out a cancel of the project's next job. Sends nothing; see ``Director.carry_out_cancel``."""
        with _listed(self._hearers, project, hear):
            await self._director.carry_out_cancel(account, project)

    async def run(self, until: Until = "idle") -> None:
        """Drive every project of every account that waits for a director; see ``Director.run``. May spend."""
        await self._director.run(until)

    async def stop(self) -> None:
        """Stop what runs, before the runtime closes what it needs. Its jobs stay for the next director."""
        if "_director" in self.__dict__:  # ``cached_property`` has made it
            await self._director.stop()

    @cached_property
    def _director(self) -> Director:
        from reelwright.engine.director import Director

        own, tempo = self._runtime, self._runtime.tempo
        return Director(
            own.journal, own.ledger, own.vault, own.hands, own.providers, own.settings, own.production, self._dispatch,
            send_again_s=tempo.send_again_s, pace=tempo.pace, pace_of=lambda model: tempo.choose_pace(get_pace(model)),
            find_concurrency_limit=self._find_limit,
        )  # fmt: skip

    def _dispatch(self, event: ProgressEvent) -> None:
        for hear in tuple(self._hearers.get(event.project, ())):
            hear(event)

    def _find_limit(self, project: str) -> ConcurrencyLimit | None:
        """Return the limit of the newest call that drives the project, if it has one."""
        return limits[-1] if (limits := self._limits.get(project)) else None


@contextmanager
def _listed(lists: dict[str, list[T]], project: str, item: T | None) -> Iterator[None]:
    """Keep ``item`` in the project's list in this block. Several calls may drive a project at once."""
    if item is None:
        yield
        return
    lists.setdefault(project, []).append(item)
    try:
        yield
    finally:
        mine = lists[project]
        del mine[next(n for n, one in enumerate(mine) if one is item)]
        if not mine:
            del lists[project]
