"""Making films: make, resume after a stop, retry and cancel."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action
from reelwright.reel.brief import Brief, Goal
from reelwright.reel.operation import LIVE_JOBS, Consent, Job
from reelwright.reel.plan import Plan
from reelwright.studio import clip_samples, project_run, summaries, validation
from reelwright.studio.account_orders import adopt
from reelwright.studio.drive import carry_out_cancel, get_job
from reelwright.studio.film_budget import add_spent
from reelwright.studio.film_request import FilmRequest, quote_film_request, rebuild_plan
from reelwright.studio.home import Home, count_hands, refuse_unsold
from reelwright.studio.planning_steps import PLAN_STEP
from reelwright.studio.produce import get_goal
from reelwright.studio.progress_reporter import Listen
from reelwright.studio.results import FilmResult, JobSummary, ProjectQuote
from reelwright.studio.scratch import open_scratch_folder
from reelwright.studio.verb_options import BriefOptions, ConsentOptions
from reelwright.studio.verbs.base import StudioBase


class Filming(StudioBase):
    """Making films: make, resume after a stop, retry and cancel."""

    async def make(
        self,
        brief: str | Brief | None = None,
        *,
        script: str | Path | None = None,
        goal: Goal = "film",
        plan: Plan | Path | None = None,
        out: str | Path | None = None,
        yes: bool | ProjectQuote = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        again: bool = False,
        new: bool = False,
        listen: Listen | None = None,
        **options: Unpack[BriefOptions],
    ) -> FilmResult:
        """Make a project from ``brief`` or ``script`` up to ``goal``. May spend, never above what was agreed to.

        ``script``: a Markdown file, or its text (``docs/script.md``). After a change to a line, the same call makes the
        next revision of its project: only what depends on the line is made again.

        The same call again, later or at the same time, continues with what exists: nothing is bought twice, and the
        film is delivered again. ``again``: make another film of the same; everything is bought again. ``new``: start a
        new project in place of one that was edited; what is equal is reused. ``out``: the film's file (default: under
        ``films/`` in the home), written completely or not at all.

        Raises ``BadInput``, ``NeedsConsent``, ``OverBudget``, ``StoreUnavailable``, or the error that made the job
        fail. A job that waits for a person returns with ``state="waiting"``, and ``message`` says for what.
        """
        began = time.monotonic()
        self._check_out(out)
        if budget is not None:
            options.setdefault("max_price", budget)  # casting keeps to it where it can
        with open_scratch_folder() as folder:
            request = await self._build_request(brief, script, goal, plan, options, folder, again=again)
            there = await self._open_existing_home()
            quote = await quote_film_request(there, self._settings, request, again=again, new=new, listen=listen)
            consent = self._require_consent(quote, yes, budget, accept_unconfirmed, unknown_at_most)
            project = quote.project
            if project is None:
                refuse_unsold(self._sellers, request.build_graph(), quote.wanted_steps)
                await self._refuse_absent(request, quote)
            home = await self._open_home()
            if project is None:
                await request.intake.keep(home)
                project = await project_run.open_command_project(home, request.command, new=new, again=again)
            else:
                standing = project_run.aim_at_goal(
                    await home.journal.read_standing(home.account, project), request.command.brief.goal
                )
                if request.script:
                    standing = replace(standing, plan=rebuild_plan(request, standing.plan))
                refuse_unsold(self._sellers, home.producer.build_graph(standing), quote.wanted_steps)
                if request.script:
                    await request.intake.keep(home)
                    await project_run.revise(
                        home, project, lambda stands: (rebuild_plan(request, stands.plan), stands.choices)
                    )
        goal = request.command.brief.goal
        film = await self._take_up(home, project, goal, quote, consent, out, listen)
        return replace(film, notes=(*quote.notes, *film.notes), elapsed_s=round(time.monotonic() - began, 3))

    async def _refuse_absent(self, request: FilmRequest, quote: ProjectQuote) -> None:
        """Raise if the plan is to be written by a model on this machine that is absent."""
        is_asked = bool(request.command.brief.planner) and not request.is_own_plan and PLAN_STEP in quote.wanted_steps
        if is_asked and not (self._tempo and self._tempo.is_rehearsal):
            from reelwright.studio.local_servers import refuse_absent

            await refuse_absent(request.command.brief, self._settings)

    async def _take_up(
        self, home: Home, project: str, goal: Goal, quote: ProjectQuote, consent: Consent, out: str | Path | None,
        listen: Listen | None,
    ) -> FilmResult:  # fmt: skip
        """Drive the project's job for ``goal`` until it rests. If everything exists, only deliver the film."""
        job, drives = await project_run.take_up(home, project, goal, quote, consent, out, listen)
        if drives:
            return await self._drive(home, project, job.id, out, listen)
        film = await project_run.report(home, job, out, 0.0, 0)
        return replace(film, up_to_date_message=await project_run.describe_up_to_date(home, project))

    async def resume(
        self,
        project: str,
        *,
        goal: Goal | None = None,
        out: str | Path | None = None,
        yes: bool | ProjectQuote = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
    ) -> FilmResult:
        """Continue a project or a job: its live job, else a new one for what is wanted now. May spend.

        ``goal`` None: the previous goal. If nothing is wanted, nothing is made, and the film is returned as it is.
        """
        self._check_out(out)
        home = await self._require_home()
        called, job, aim, quote = await self._quote_resume(home, project, goal, listen)
        await adopt(home, called)
        is_had = job and job.state == "done" and job.goal == aim and not quote.wanted_steps
        if job and is_had and not await project_run.has_sent(home, called, ("unknown", *project_run.SENT_STATES)):
            return await project_run.report(home, job, out, 0.0, 0)
        consent = self._require_consent(quote, yes, budget, accept_unconfirmed, unknown_at_most)
        self.refuse_unsold(quote)
        await self._request_returned_sample(home, called)
        if job and job.state in LIVE_JOBS and job.goal == aim:
            return await self._resume_job(home, job, quote, consent, out, listen)
        return await self._enqueue_and_drive(home, called, aim, quote, consent, out, listen)

    async def quote_resume(
        self, project: str, *, goal: Goal | None = None, listen: Listen | None = None
    ) -> ProjectQuote:
        """Quote what ``resume`` would make. Spends nothing.

        A pending cancel of the project is carried out first.
        """
        home = await self._require_home()
        return (await self._quote_resume(home, project, goal, listen))[3]

    async def _quote_resume(
        self, home: Home, project: str, goal: Goal | None, listen: Listen | None
    ) -> tuple[str, Job | None, Goal, ProjectQuote]:
        """Carry out a pending cancel. Return the project, its job, the goal to resume to, and the quote."""
        called, _ = await self._find_project_and_job(home, project)
        await carry_out_cancel(home, called, listen)
        called, job = await self._find_project_and_job(home, project)
        standing = await home.journal.read_standing_with_spending(home.account, called)
        standing = await clip_samples.request_first_order_again(home, standing)
        aim = validation.check_goal(goal or (job.goal if job else get_goal(standing)))
        hands = count_hands(home.settings)
        quote = await project_run.quote_with_account(home, home.producer, project_run.aim_at_goal(standing, aim), hands)
        return called, job, aim, await add_spent(home, quote)

    async def retry(
        self,
        job: str,
        *,
        out: str | Path | None = None,
        listen: Listen | None = None,
        **consent_options: Unpack[ConsentOptions],
    ) -> FilmResult:
        """Queue a failed, cancelled or waiting job again and drive it. Nothing that exists is lost. May spend."""
        self._check_out(out)
        home = await self._require_home()
        found, quote = await self._quote_retry(home, job, listen)
        consent = self._require_consent(quote, **consent_options)
        self.refuse_unsold(quote)
        await self._request_returned_sample(home, found.project)
        return await self._resume_job(home, found, quote, consent, out, listen)

    async def _request_returned_sample(self, home: Home, project: str) -> None:
        """Request a clip's first order again, if it was released, now that its price is agreed to."""
        standing = await home.journal.read_standing(home.account, project)
        extended = await clip_samples.request_first_order_again(home, standing)
        if extended is not standing and extended.plan:
            await home.journal.revise(
                home.account, project, standing.revision, extended.plan, extended.choices, "system"
            )

    async def quote_retry(self, job: str, *, listen: Listen | None = None) -> ProjectQuote:
        """Quote what ``retry`` would make. Spends nothing.

        A pending cancel of the project is carried out first.
        """
        return (await self._quote_retry(await self._require_home(), job, listen))[1]

    async def _quote_retry(self, home: Home, job: str, listen: Listen | None) -> tuple[Job, ProjectQuote]:
        """Carry out a pending cancel. Return the job and its quote. Raises ``BadInput`` for a job that is done."""
        called, _ = await self._find_project_and_job(home, job)
        await carry_out_cancel(home, called, listen)
        called, found = await self._find_project_and_job(home, job)
        if found is None or found.state == "done":
            ways = [Action("show_project", {"project": called}), Action("resume_job", {"project": called})]
            accepted = "a job that failed, was cancelled, or waits"
            raise BadInput(
                "job", job, f"{accepted}; this one is done" if found else accepted, actions=ways if found else ways[1:]
            )
        standing = await home.journal.read_standing_with_spending(home.account, called)
        standing = await clip_samples.request_first_order_again(home, standing)
        hands = count_hands(home.settings)
        quote = await project_run.quote_with_account(
            home, home.producer, project_run.aim_at_goal(standing, found.goal), hands
        )
        return found, await add_spent(home, quote)

    async def cancel(self, job: str) -> JobSummary:
        """Cancel a job, or a project's live job: nothing more is sent, and what was obtained stays."""
        home = await self._require_home()
        called, found = await self._find_project_and_job(home, job)
        if found is None:
            raise NotFound(code="project_has_no_job", project=called, actions=[Action("list_jobs")])
        await home.journal.request_cancel(home.account, found.id)
        driven = await home.journal.list_driven_projects(home.account)
        return summaries.build_job_summary(await get_job(home, called, found.id), driven)
