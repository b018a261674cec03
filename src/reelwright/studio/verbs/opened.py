"""What all verbs share: a home that is opened when it is needed, and things found by what a person calls them."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from reelwright.errors import BadInput, NotFound
from reelwright.reel.brief import Brief, Goal
from reelwright.reel.operation import Consent, Job, Standing
from reelwright.reel.plan import Plan
from reelwright.settings import Settings, load
from reelwright.studio import deliver, making
from reelwright.studio.answers import (
    FilmMade,
    Quoted,
)
from reelwright.studio.asked import Asked
from reelwright.studio.consent import consent_to
from reelwright.studio.drive import carry_out_cancel
from reelwright.studio.home import Home, open_home, providers
from reelwright.studio.naming import project_called
from reelwright.studio.rehearsing import Rehearsal, Stage, sellers_before, staged
from reelwright.studio.slates import Slates
from reelwright.studio.telling import Listen
from reelwright.studio.tempo import Tempo
from reelwright.studio.wishes import Wish, wish_of, wish_of_script

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider
    from reelwright.studio.rows import BatchQuoted


class EqualCalls:
    """Equal calls of one program: the first, second … of what they ask for. One that did not come to its end is next.

    ``last``: the number of the last order that a call of each kind took. ``counting``: held while a call is numbered.
    """

    def __init__(self) -> None:
        self.counting = asyncio.Lock()
        self.last: dict[str, int] = {}
        self._called: Counter[str] = Counter()
        self._unfinished: dict[str, list[int]] = {}

    def number(self, asked: str) -> int:
        """Which call of ``asked`` this is, from 1."""
        if left := self._unfinished.get(asked):
            return left.pop(0)
        self._called[asked] += 1
        return self._called[asked]

    def leave(self, asked: str, number: int) -> None:
        """The call did not come to its end: the next equal one goes on with it."""
        self._unfinished.setdefault(asked, []).append(number)


class Opened:
    """Settings, and the home that they name. Opened at the first verb that needs it, closed at the end."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        providers: Mapping[str, Provider] | None = None,
        tempo: Tempo | None = None,
        rehearse: bool | Rehearsal = False,
        **flags: Any,
    ) -> None:
        """``settings`` None: from the environment and ``flags`` (``home=…``, ``hands=2`` …), see ``settings.load``.

        ``providers``: whom it buys from, by name; None: everybody whose key is there. ``tempo``: how fast their clock
        runs. ``rehearse``: everything but the buying, in a home of its own inside of the user's; every price is agreed
        to. A home that is a rehearsal's goes on rehearsing, whatever is said. Raises ``BadInput``.
        """
        self._settings, self._rehearsal = staged(settings or load(**flags), rehearse)
        if self._rehearsal and providers is not None:
            raise BadInput("providers", ", ".join(providers), "none in a rehearsal: it brings its own")
        self._providers, self._tempo = providers, self._rehearsal.tempo if self._rehearsal else tempo
        self._home: Home | None = None
        self._stage = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._making: str | None = None
        self._equal_clips = EqualCalls()
        self._batching = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open: the hands' processes, the database. A job that ran stays in the queue."""
        home, self._home = self._home, None
        try:
            if home:
                await home.close()
        finally:
            if self._rehearsal:
                self._providers = None
            await self._stage.aclose()

    def way_on(self) -> str:
        """The command that goes on with what this studio was making when it was interrupted."""
        if self._batching:
            return "the same `reelwright batch` again"
        return f"reelwright resume {self._making}" if self._making else "reelwright resume"

    @property
    def rehearsal(self) -> Rehearsal | None:
        """How this studio rehearses; None where it buys."""
        return self._rehearsal

    @property
    def home(self) -> Home | None:
        """The home, while it is open."""
        return self._home

    async def _opened(self) -> Home:
        """The home, opened on first use."""
        async with self._opening:
            if self._home is None:
                self._home = await self._on_stage() if self._rehearsal else await self._in_shops()
            return self._home

    async def _in_shops(self) -> Home:
        return await open_home(self._settings, self._sellers, self._tempo)

    async def _on_stage(self) -> Home:
        """The home of a rehearsal, with the fakes that it buys from."""
        assert self._rehearsal
        async with AsyncExitStack() as opening:
            stage = await opening.enter_async_context(Stage(self._settings, self._rehearsal))
            self._providers = stage.providers
            stage.home = await open_home(stage.settings, stage.providers, self._tempo)
            self._stage = opening.pop_all()
        return stage.home

    @property
    def _sellers(self) -> Mapping[str, Provider]:
        """Whom it buys from, also before there is a home."""
        if self._providers is None:
            self._providers = sellers_before(self._settings) if self._rehearsal else providers(self._settings)
        return self._providers

    def _check_out(self, out: str | Path | None) -> None:
        """Raise ``BadInput`` before any work where a film could not be written to ``out`` afterwards."""
        deliver.check(out, self._slates)

    @property
    def _slates(self) -> Slates:
        """What rehearsals delivered, also before there is a home."""
        return Slates(self._settings.home, rehearses=self._rehearsal is not None)

    def _agreed(
        self,
        quote: Quoted,
        yes: bool | Quoted | BatchQuoted = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
    ) -> Consent:
        """As ``consent_to``; a rehearsal agrees to every price by itself, but to none above a budget."""
        rehearses = self._rehearsal is not None
        return consent_to(quote, yes or rehearses, budget, accept_unconfirmed or rehearses, unknown_at_most)

    @property
    def _is_there(self) -> bool:
        """Whether there is a home; none is made only to be looked at. What stands in its way is for opening to say."""
        if self._home is not None or self._settings.database:
            return True
        ways = (self._settings.home, *self._settings.home.parents)
        above = next(folder for folder in ways if os.path.lexists(folder))
        return not above.is_dir() or (self._settings.home / "journal.db").is_file()

    async def _home_if_there(self) -> Home | None:
        """The home, where there is one: a price makes none."""
        return await self._opened() if self._is_there else None

    async def _found(self) -> Home:
        """The home, for what changes or shows what is there. Raises ``NotFound`` where there is none."""
        if not self._is_there:
            raise NotFound("there is no project here yet", hint='reelwright make "YOUR BRIEF"')
        return await self._opened()

    async def _wish(
        self, brief: str | Brief | None, script: str | Path | None, goal: Goal, plan: Plan | Path | None, asked: Asked,
        folder: Path, *, again: bool,
    ) -> Wish:  # fmt: skip
        """What is asked for, from a brief or from a script. Raises ``BadInput``, also for both or neither."""
        if (brief is None) == (script is None):
            given = "both" if brief is not None else "neither"
            raise BadInput("brief", given, "a brief, or a script")
        if script is None:
            assert brief is not None
            return await wish_of(brief, goal, plan, asked, folder, self._settings, again=again)
        if plan is not None:
            raise BadInput("plan", str(plan), "nothing beside a script: it is the plan")
        return await wish_of_script(script, goal, asked, folder, self._settings, again=again)

    async def _project(self, home: Home, called: str) -> str:
        rows = await home.journal.projects(home.account)
        return project_called(called, rows)

    async def _planned(self, home: Home, called: str) -> tuple[Standing, Plan]:
        """Where a project stands, and its plan. Raises ``BadInput`` where it has none yet."""
        return making.with_plan(await home.journal.standing(home.account, await self._project(home, called)))

    async def _to_change(self, home: Home, called: str, listen: Listen | None) -> tuple[Standing, Plan]:
        """As ``_planned``, once a cancel that was asked for before is carried out: its price is asked for next."""
        project = await self._project(home, called)
        await carry_out_cancel(home, project, listen)
        return making.with_plan(await home.journal.standing_with_spent(home.account, project))

    async def _named(self, home: Home, called: str) -> tuple[str, Job | None]:
        """A project and its job in turn, from the name of either."""
        jobs = await home.journal.jobs(home.account)
        if job := next((job for job in jobs if called in (job.id, job.id.removeprefix("job_"))), None):
            return job.project, job
        project = await self._project(home, called)
        return project, (await home.journal.standing(home.account, project)).job

    async def _bring(
        self, home: Home, project: str, goal: Goal, quote: Quoted, consent: Consent, out: str | Path | None,
        listen: Listen | None,
    ) -> FilmMade:  # fmt: skip
        """Take up the project's live job for ``goal``, or queue a new one, and drive it to its rest."""
        job = await making.enqueue(home, project, goal, quote, consent, out)
        return await self._drive(home, project, job, out, listen)

    async def _go_on(
        self, home: Home, job: Job, quote: Quoted, consent: Consent, out: str | Path | None, listen: Listen | None
    ) -> FilmMade:
        """Take up a job with a renewed consent, see ``making.renewal``, and drive it to its rest."""
        job = await making.when_cancelled(home, job, listen)
        await home.journal.take_up(home.account, job.id, making.renewal(consent, quote.spent))
        return await self._drive(home, job.project, job.id, out, listen)

    async def _drive(
        self, home: Home, project: str, job: str, out: str | Path | None, listen: Listen | None
    ) -> FilmMade:
        self._making = project
        made = await making.bring(home, project, job, out, listen)
        self._making = None
        return made
