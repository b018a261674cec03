"""Making: from a brief to a film, on after a stop, and to an end."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from reelwright.errors import BadInput, NotFound
from reelwright.reel.brief import Brief, Goal
from reelwright.reel.operation import LIVE_JOBS, Job
from reelwright.reel.plan import Plan
from reelwright.studio import (
    checked,
    deliver,
    making,
    shown,
)
from reelwright.studio.answers import (
    FilmMade,
    JobShown,
    Quoted,
)
from reelwright.studio.asked import Agreed, Asked
from reelwright.studio.briefing import brief_of
from reelwright.studio.consent import consent_to
from reelwright.studio.drive import job_of
from reelwright.studio.first import first_quote, given_plan, whole_way
from reelwright.studio.home import Home, refuse_unsold
from reelwright.studio.scratch import scratch
from reelwright.studio.telling import Listen
from reelwright.studio.verbs.opened import Opened


class Filming(Opened):
    """Making: from a brief to a film, on after a stop, and to an end."""

    async def make(
        self,
        brief: str | Brief,
        *,
        goal: Goal = "film",
        plan: Plan | Path | None = None,
        out: str | Path | None = None,
        yes: bool | Quoted = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
        **asked: Unpack[Asked],
    ) -> FilmMade:
        """A project from ``brief``, brought to ``goal``. May spend, never above what was consented to.

        The same call after a crash goes on with what it left; a plan that a language model wrote for it is not bought
        again. A quote whose ceiling is 0 needs no consent.
        ``out``: the film's file (default: under ``films/`` in the home); written whole or not at all.
        Raises ``BadInput``, ``NeedsConsent``, ``OverBudget``, ``StoreUnavailable``, or what made the job fail.
        A job that waits for a person comes back with ``state="waiting"`` and what it waits for in ``said``.
        """
        began = time.monotonic()
        deliver.check(out)
        goal = checked.goal(goal)
        if asked.get("models") and budget is not None:
            asked.setdefault("max_price", budget)  # what casting keeps to, where it can
        with scratch() as folder:
            made, taken = await brief_of(brief, asked, folder, self._settings)
            made = replace(made, goal=goal)
            if job := await self._written(made, plan):
                film = await making.report(await self._opened(), job, out, time.monotonic() - began, 0)
                return replace(film, notes=(*taken.said, making.said_written(job)))
            given = await asyncio.to_thread(given_plan, plan, made)
            first, quote = await asyncio.to_thread(first_quote, self._settings, made, goal, given, taken.said)
            consent = consent_to(quote, yes, budget, accept_unconfirmed, unknown_at_most)
            refuse_unsold(self._sellers, whole_way(made, first, goal, own_plan=given is not None))
            home = await self._opened()
            if job := await making.unfinished(home, made, given.plan if given else None, goal):
                return await self._go_on(home, job, consent, out, listen)
            await taken.keep(home)
            project = await making.open_from(home, made, first, given is not None)
        film = await self._bring(home, project, goal, consent, out, listen)
        return replace(film, notes=quote.said, elapsed_s=round(time.monotonic() - began, 3))

    async def resume(
        self,
        project: str,
        *,
        goal: Goal | None = None,
        out: str | Path | None = None,
        yes: bool | Quoted = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """Go on with a project or a job: its live job, else a new one for what is wanted now. May spend.

        ``goal`` None: the goal it had. With nothing wanted nothing is made, and the film comes back as it is.
        """
        deliver.check(out)
        home = await self._found()
        called, job, aim, quote = await self._resumed(home, project, goal)
        if job and job.state == "done" and job.goal == aim and not quote.wanted:
            return await making.report(home, job, out, 0.0, 0)
        consent = consent_to(quote, yes, budget, accept_unconfirmed, unknown_at_most)
        if job and job.state in LIVE_JOBS and job.goal == aim:
            return await self._go_on(home, job, consent, out, listen)
        return await self._bring(home, called, aim, consent, out, listen)

    async def quote_resume(self, project: str, *, goal: Goal | None = None) -> Quoted:
        """What is wanted of a project or a job where it stands, and its price. Writes nothing."""
        home = await self._found()
        return (await self._resumed(home, project, goal))[3]

    async def _resumed(self, home: Home, project: str, goal: Goal | None) -> tuple[str, Job | None, Goal, Quoted]:
        """The project, its job, how far it is to go, and the price of that."""
        called, job = await self._named(home, project)
        standing = await home.journal.standing(home.account, called)
        aim = checked.goal(goal or (job.goal if job else making.last_goal(standing)))
        return called, job, aim, making.quoted(home, making.aimed(standing, aim))

    async def retry(
        self, job: str, *, out: str | Path | None = None, listen: Listen | None = None, **agreed: Unpack[Agreed]
    ) -> FilmMade:
        """Queue a failed, cancelled or waiting job again and drive it. What was had is kept. May spend."""
        deliver.check(out)
        home = await self._found()
        found, quote = await self._retried(home, job)
        return await self._go_on(home, found, consent_to(quote, **agreed), out, listen)

    async def quote_retry(self, job: str) -> Quoted:
        """What ``retry`` would make, and its price. Writes nothing."""
        return (await self._retried(await self._found(), job))[1]

    async def _retried(self, home: Home, job: str) -> tuple[Job, Quoted]:
        called, found = await self._named(home, job)
        if found is None or found.state == "done":
            raise BadInput("job", job, "a job that failed, was cancelled, or waits")
        standing = await home.journal.standing(home.account, called)
        return found, making.quoted(home, making.aimed(standing, found.goal))

    async def cancel(self, job: str) -> JobShown:
        """Stop a job (or a project's live one): nothing more is sent; what was obtained stays."""
        home = await self._found()
        called, found = await self._named(home, job)
        if found is None:
            raise NotFound(f"{called} has no job", hint="`reelwright jobs` lists them")
        await home.journal.request_cancel(home.account, found.id)
        return shown.job_shown(await job_of(home, called, found.id))
