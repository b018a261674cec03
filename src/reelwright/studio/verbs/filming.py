"""Making: from a brief to a film, on after a stop, and to an end."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from reelwright.errors import BadInput, NotFound
from reelwright.reel.brief import Brief, Goal
from reelwright.reel.operation import LIVE_JOBS, Consent, Job
from reelwright.reel.plan import Plan
from reelwright.studio import (
    checked,
    clip_samples,
    making,
    shown,
)
from reelwright.studio.account_orders import adopt
from reelwright.studio.answers import (
    FilmMade,
    JobShown,
    Quoted,
)
from reelwright.studio.asked import Agreed, Asked
from reelwright.studio.drive import carry_out_cancel, job_of
from reelwright.studio.film_budget import with_spent
from reelwright.studio.home import Home, hands_of, refuse_unsold
from reelwright.studio.scratch import scratch
from reelwright.studio.telling import Listen
from reelwright.studio.verbs.opened import Opened
from reelwright.studio.wishes import Wish, price_of, rebuilt
from reelwright.studio.words import WORDS


class Filming(Opened):
    """Making: from a brief to a film, on after a stop, and to an end."""

    async def make(
        self,
        brief: str | Brief | None = None,
        *,
        script: str | Path | None = None,
        goal: Goal = "film",
        plan: Plan | Path | None = None,
        out: str | Path | None = None,
        yes: bool | Quoted = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        again: bool = False,
        new: bool = False,
        listen: Listen | None = None,
        **asked: Unpack[Asked],
    ) -> FilmMade:
        """A project from ``brief`` or ``script``, brought to ``goal``. May spend, never above what was consented to.

        ``script``: a Markdown file, or its text (``docs/script.md``). After a line was changed the same call makes the
        next revision of its project: only what depends on the line is made again.

        The same call again, after any end or at the same moment, goes on with what it has: nothing is bought twice, and
        the film is delivered again. ``again``: another film of the very same, all of it bought anew. ``new``: a fresh
        project in place of one that was edited; what is the same is had.
        ``out``: the film's file (default: under ``films/`` in the home); written whole or not at all.
        Raises ``BadInput``, ``NeedsConsent``, ``OverBudget``, ``StoreUnavailable``, or what made the job fail.
        A job that waits for a person comes back with ``state="waiting"`` and what it waits for in ``said``.
        """
        began = time.monotonic()
        self._check_out(out)
        if budget is not None:
            asked.setdefault("max_price", budget)  # what casting keeps to, where it can
        with scratch() as folder:
            wish = await self._wish(brief, script, goal, plan, asked, folder, again=again)
            there = await self._home_if_there()
            quote = await price_of(there, self._settings, wish, again=again, new=new, listen=listen)
            consent = self._agreed(quote, yes, budget, accept_unconfirmed, unknown_at_most)
            project = quote.project
            if project is None:
                refuse_unsold(self._sellers, wish.graph, quote.wanted)
                await self._refuse_absent(wish, quote)
            home = await self._opened()
            if project is None:
                await wish.taken.keep(home)
                project = await making.open_for(home, wish.command, new=new, again=again)
            else:
                standing = making.aimed(await home.journal.standing(home.account, project), wish.command.brief.goal)
                if wish.script:
                    standing = replace(standing, plan=rebuilt(wish, standing.plan))
                refuse_unsold(self._sellers, home.produce.graph(standing), quote.wanted)
                if wish.script:
                    await wish.taken.keep(home)
                    await making.revise(home, project, lambda stands: (rebuilt(wish, stands.plan), stands.choices))
        goal = wish.command.brief.goal
        film = await self._take_up(home, project, goal, quote, consent, out, listen)
        return replace(film, notes=(*quote.said, *film.notes), elapsed_s=round(time.monotonic() - began, 3))

    async def _refuse_absent(self, wish: Wish, quote: Quoted) -> None:
        """Raise where the model that is to write the plan is one of this machine, and is not there."""
        is_asked = bool(wish.command.brief.planner) and not wish.is_own_plan and WORDS in quote.wanted
        if is_asked and not (self._tempo and self._tempo.rehearsed):
            from reelwright.studio.local_servers import refuse_absent

            await refuse_absent(wish.command.brief, self._settings)

    async def _take_up(
        self, home: Home, project: str, goal: Goal, quote: Quoted, consent: Consent, out: str | Path | None,
        listen: Listen | None,
    ) -> FilmMade:  # fmt: skip
        """The project's job for ``goal``, driven to its rest; where all of it is had, only delivered."""
        job, drives = await making.take_up(home, project, goal, quote, consent, out, listen)
        if drives:
            return await self._drive(home, project, job.id, out, listen)
        film = await making.report(home, job, out, 0.0, 0)
        return replace(film, up_to_date=await making.up_to_date(home, project))

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
        self._check_out(out)
        home = await self._found()
        called, job, aim, quote = await self._resumed(home, project, goal, listen)
        await adopt(home, called)
        is_had = job and job.state == "done" and job.goal == aim and not quote.wanted
        if job and is_had and not await making.has_sent(home, called, ("unknown", *making.ON_ITS_WAY)):
            return await making.report(home, job, out, 0.0, 0)
        consent = self._agreed(quote, yes, budget, accept_unconfirmed, unknown_at_most)
        await self._ask_again(home, called)
        if job and job.state in LIVE_JOBS and job.goal == aim:
            return await self._go_on(home, job, quote, consent, out, listen)
        return await self._bring(home, called, aim, quote, consent, out, listen)

    async def quote_resume(self, project: str, *, goal: Goal | None = None, listen: Listen | None = None) -> Quoted:
        """What is wanted of a project or a job where it stands, and its price. Spends nothing.

        A cancel that was asked for before and is not carried out yet is, first.
        """
        home = await self._found()
        return (await self._resumed(home, project, goal, listen))[3]

    async def _resumed(
        self, home: Home, project: str, goal: Goal | None, listen: Listen | None
    ) -> tuple[str, Job | None, Goal, Quoted]:
        """The project, its job, how far it is to go, and the price of that, once a pending cancel is carried out."""
        called, _ = await self._named(home, project)
        await carry_out_cancel(home, called, listen)
        called, job = await self._named(home, project)
        standing = await home.journal.standing_with_spent(home.account, called)
        standing = await clip_samples.asked_for_what_was_given_back(home, standing)
        aim = checked.goal(goal or (job.goal if job else making.last_goal(standing)))
        hands = hands_of(home.settings)
        quote = await making.quoted_on(home, home.produce, making.aimed(standing, aim), hands)
        return called, job, aim, await with_spent(home, quote)

    async def retry(
        self, job: str, *, out: str | Path | None = None, listen: Listen | None = None, **agreed: Unpack[Agreed]
    ) -> FilmMade:
        """Queue a failed, cancelled or waiting job again and drive it. What was had is kept. May spend."""
        self._check_out(out)
        home = await self._found()
        found, quote = await self._retried(home, job, listen)
        consent = self._agreed(quote, **agreed)
        await self._ask_again(home, found.project)
        return await self._go_on(home, found, quote, consent, out, listen)

    async def _ask_again(self, home: Home, project: str) -> None:
        """Ask for a sample of a clip that was given back, now that its price is agreed to."""
        standing = await home.journal.standing(home.account, project)
        asked = await clip_samples.asked_for_what_was_given_back(home, standing)
        if asked is not standing and asked.plan:
            await home.journal.revise(home.account, project, standing.revision, asked.plan, asked.choices, "system")

    async def quote_retry(self, job: str, *, listen: Listen | None = None) -> Quoted:
        """What ``retry`` would make, and its price. Spends nothing.

        A cancel that was asked for before and is not carried out yet is, first.
        """
        return (await self._retried(await self._found(), job, listen))[1]

    async def _retried(self, home: Home, job: str, listen: Listen | None) -> tuple[Job, Quoted]:
        """The job and its price, once a pending cancel is carried out."""
        called, _ = await self._named(home, job)
        await carry_out_cancel(home, called, listen)
        called, found = await self._named(home, job)
        if found is None or found.state == "done":
            raise BadInput("job", job, "a job that failed, was cancelled, or waits")
        standing = await home.journal.standing_with_spent(home.account, called)
        standing = await clip_samples.asked_for_what_was_given_back(home, standing)
        hands = hands_of(home.settings)
        quote = await making.quoted_on(home, home.produce, making.aimed(standing, found.goal), hands)
        return found, await with_spent(home, quote)

    async def cancel(self, job: str) -> JobShown:
        """Stop a job (or a project's live one): nothing more is sent; what was obtained stays."""
        home = await self._found()
        called, found = await self._named(home, job)
        if found is None:
            raise NotFound(f"{called} has no job", hint="`reelwright jobs` lists them")
        await home.journal.request_cancel(home.account, found.id)
        driven = await home.journal.driven(home.account)
        return shown.job_shown(await job_of(home, called, found.id), driven)
