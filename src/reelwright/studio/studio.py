"""The studio behind every door: from a brief to a finished film, price first. ``Studio`` is its twin without await."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from reelwright.reel.brief import Brief, Goal
from reelwright.reel.plan import Plan
from reelwright.settings import Settings
from reelwright.studio.answers import (
    Chosen,
    Exported,
    FilmMade,
    FlavorShown,
    JobShown,
    Planned,
    Progress,
    ProjectShown,
    Pulled,
    Quoted,
    Shown,
    Tidied,
)
from reelwright.studio.asked import Agreed, Asked, Changes

Listen = Callable[[Progress], None]
"""Called on the studio's event loop for each thing that happens; must not block."""


class AsyncStudio:
    """Everything a door can do.

    A project is named by its id, by the last four or more characters of it, or by ``last``; a shot by its number
    from 1 or its id; a job by its id. Nothing is written before a brief, its materials and its price are accepted.

        async with AsyncStudio() as studio:
            film = await studio.make("A calm 20 s film for a desk lamp called Fenn")
    """

    def __init__(self, settings: Settings | None = None, **flags: Any) -> None:
        """``settings`` None: from the environment and ``flags`` (``home=…``, ``hands=2`` …), see ``settings.load``."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open: the hands' processes, the database. A job that ran stays in the queue."""
        raise NotImplementedError

    def way_on(self) -> str:
        """The command that goes on with what this studio was making when it was interrupted."""
        raise NotImplementedError

    # before there is a project: nothing is written
    async def plan(self, brief: str | Brief, **asked: Unpack[Asked]) -> Planned:
        """The plan that ``make`` would follow, and what was understood. Writes and spends nothing."""
        raise NotImplementedError

    async def quote(
        self, brief: str | Brief, *, goal: Goal = "film", plan: Plan | Path | None = None, **asked: Unpack[Asked]
    ) -> Quoted:
        """The price before ``make``, shot by shot. Writes and spends nothing."""
        raise NotImplementedError

    async def flavors(self) -> tuple[FlavorShown, ...]:
        """Every named way of making, in the order of their names."""
        raise NotImplementedError

    # making
    async def make(
        self,
        brief: str | Brief,
        *,
        goal: Goal = "film",
        plan: Plan | Path | None = None,
        out: str | Path | None = None,
        yes: bool = False,
        budget: str | int | float | None = None,
        listen: Listen | None = None,
        **asked: Unpack[Asked],
    ) -> FilmMade:
        """A project from ``brief``, brought to ``goal``. May spend, never above what was consented to.

        The same call after a crash goes on with what it left. A quote whose ceiling is 0 needs no consent.
        ``out``: the film's file (default: under ``films/`` in the home); written whole or not at all.
        Raises ``BadInput``, ``NeedsConsent``, ``OverBudget``, ``StoreUnavailable``, or what made the job fail.
        A job that waits for a person comes back with ``state="waiting"`` and what it waits for in ``said``.
        """
        raise NotImplementedError

    async def resume(
        self,
        project: str,
        *,
        goal: Goal | None = None,
        out: str | Path | None = None,
        yes: bool = False,
        budget: str | int | float | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """Go on with a project or a job: its live job, else a new one for what is wanted now. May spend.

        ``goal`` None: the goal it had. With nothing wanted nothing is made, and the film comes back as it is.
        """
        raise NotImplementedError

    async def retry(
        self, job: str, *, out: str | Path | None = None, listen: Listen | None = None, **agreed: Unpack[Agreed]
    ) -> FilmMade:
        """Queue a failed, cancelled or waiting job again and drive it. What was had is kept. May spend."""
        raise NotImplementedError

    async def cancel(self, job: str) -> JobShown:
        """Stop a job (or a project's live one): nothing more is sent; what was obtained stays."""
        raise NotImplementedError

    # changing
    async def quote_edit(self, project: str, **changes: Unpack[Changes]) -> Quoted:
        """What an edit would want, and its price; both ways where a later shot continues it. Writes nothing."""
        raise NotImplementedError

    async def edit(
        self,
        project: str,
        *,
        out: str | Path | None = None,
        yes: bool = False,
        budget: str | int | float | None = None,
        listen: Listen | None = None,
        **changes: Unpack[Changes],
    ) -> FilmMade:
        """The next revision, and the film anew: only what depends on the change is made again. May spend."""
        raise NotImplementedError

    async def retake(
        self,
        project: str,
        shot: int | str,
        *,
        out: str | Path | None = None,
        yes: bool = False,
        budget: str | int | float | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """Another take of a shot, beside those that are there; circle it to use it. May spend."""
        raise NotImplementedError

    async def quote_retake(self, project: str, shot: int | str) -> Quoted:
        """The price of one more take. Writes nothing."""
        raise NotImplementedError

    async def circle(self, project: str, shot: int | str, take: int | str) -> Chosen:
        """Choose a take (its number from 1 as ``show`` counts, or its digest). Spends nothing; ``resume`` makes."""
        raise NotImplementedError

    async def accept(
        self,
        project: str,
        *findings: str,
        out: str | Path | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """Overrule findings by id (none named: all that fail); the waiting job is done with its film. Recorded."""
        raise NotImplementedError

    # looking
    async def show(self, project: str) -> Shown:
        """A project with its shots, takes, film, findings and what it wants now."""
        raise NotImplementedError

    async def projects(self) -> tuple[ProjectShown, ...]:
        """Every project, the newest first."""
        raise NotImplementedError

    async def jobs(self, project: str | None = None) -> tuple[JobShown, ...]:
        """The queue, the newest first."""
        raise NotImplementedError

    def watch(self, project: str | None = None, *, after: int = 0) -> AsyncIterator[Progress]:
        """What happens, as it happens, until the project's job (None: the newest job's) has ended or waits."""
        raise NotImplementedError

    # handing over
    async def export(self, project: str, out: str | Path | None = None) -> Exported:
        """One zip: film, sidecars, film.yaml, materials. No paths of this machine, no secrets."""
        raise NotImplementedError

    async def pull(self, project: str, folder: str | Path | None = None) -> Pulled:
        """``film.yaml`` and its materials into ``folder`` (default: named after the project)."""
        raise NotImplementedError

    async def quote_apply(self, folder: str | Path) -> Quoted:
        """What ``apply`` would want, and its price. Writes nothing."""
        raise NotImplementedError

    async def apply(
        self,
        folder: str | Path,
        *,
        out: str | Path | None = None,
        yes: bool = False,
        budget: str | int | float | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """A ``film.yaml`` back into its project (a new one where it is not known here). May spend."""
        raise NotImplementedError

    async def tidy(self, project: str | None = None, *, losing_takes: bool = False, dry: bool = False) -> Tidied:
        """Sweep leftover workrooms; on request also the bytes of takes that no film uses. Says how much."""
        raise NotImplementedError
