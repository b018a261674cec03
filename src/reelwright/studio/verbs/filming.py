"""Making films: make, resume after a stop, retry and cancel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack, cast

from reelwright.errors import BadInput, DecisionNeeded, NotFound, StaleRevision
from reelwright.reason import Action
from reelwright.reel.film.brief import Brief, Goal
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import LIVE_JOBS, Job, Standing
from reelwright.reel.records.priority import Priority, parse_priority
from reelwright.studio.films import project_run, summaries
from reelwright.studio.films.drive import carry_out_cancel
from reelwright.studio.films.failed_takes import request_failed_takes
from reelwright.studio.films.film_request import FilmRequest, rebuild_plan
from reelwright.studio.films.new_project import keep_estimate
from reelwright.studio.models.local_servers import refuse_absent
from reelwright.studio.policy import REVISION_TRIES
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.consent import confirm_quote
from reelwright.studio.quotes.film_budget import add_spent, apply_own_budget, find_raised_budget
from reelwright.studio.quotes.planning_steps import PLAN_STEP
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.results.listings import JobSummary, QueueState
from reelwright.studio.results.options import FilmOptions, MakeOptions, ResumeOptions, RunOptions
from reelwright.studio.results.results import FilmResult, ProjectQuote
from reelwright.studio.results.verb_options import (
    BriefOptions,
    ConfirmFunction,
    MakeKeywords,
    ResumeKeywords,
    RunKeywords,
)
from reelwright.studio.runtime import clip_samples
from reelwright.studio.runtime.account_orders import adopt
from reelwright.studio.runtime.home import Home, refuse_unsold
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.verbs.base import StudioBase
from reelwright.units import Micros

if TYPE_CHECKING:
    from reelwright.store.jobs.requests import CreateRequest


class Filming(StudioBase):
    """The verbs that make films: make, resume after a stop, retry and cancel."""

    async def make(
        self,
        brief: str | Brief | None = None,
        *,
        confirm: ConfirmFunction[ProjectQuote] | None = None,
        listen: Listen | None = None,
        **options: Unpack[MakeKeywords],
    ) -> FilmResult:
        """Make a film from a brief or a ``script``, up to ``goal``, and deliver it; may spend up to an agreed price.

        ``options``: the fields of ``studio.options.MakeOptions``. ``listen``: called on the event loop for each event;
        must not block.

        After a change to a line of the script, the same call makes the next revision of its project: only what depends
        on the line is made again. The same call again, later or at the same time, continues with what exists: nothing
        is bought twice, and the film is delivered again, written completely or not at all. ``confirm``: called with the
        quote before anything is written, and agrees to it unless it returns False; unlike after a call of ``quote``,
        nothing is planned or read twice.

        Raises ``BadInput``, ``NeedsConsent``, ``OverBudget``, ``StoreUnavailable``, or the error that made the job
        fail. A job that waits for a person returns with ``state="waiting"``, and ``message`` says for what.
        """
        began = time.monotonic()
        queued = await self.enqueue_make(brief, confirm=confirm, listen=listen, **options)
        film = await self._drive_queued(queued, options.get("out"), listen, is_told=True)
        notes = (*queued.quote.notes, *film.notes)
        return film.replace(notes=notes, draft=queued.quote.draft, elapsed_s=round(time.monotonic() - began, 3))

    async def enqueue_make(
        self,
        brief: str | Brief | None = None,
        *,
        request: CreateRequest | None = None,
        labels: Mapping[str, str] | None = None,
        confirm: ConfirmFunction[ProjectQuote] | None = None,
        listen: Listen | None = None,
        approved_micros: Micros | None = None,
        may_use_twin: bool = False,
        **options: Unpack[MakeKeywords],
    ) -> QueuedJob:
        """Open a film's project and queue its job, at a price that the options agree to; runs nothing.

        Sends nothing to a provider. Whatever drives the home makes it: ``resume`` here or in another process.
        ``request`` and ``labels``: the create request of a program, see ``enqueue_clip``; ``approved_micros``: the most
        that it says it may cost, which raises the budget of a flavor; ``may_use_twin``: as there.
        Raises what ``make`` raises before a job runs.
        """
        given = MakeOptions.parse(options)
        self._check_out(given.out)
        if request:
            async with self.requests_in_work.take_turn(request):
                return await self._queue_requested_film(
                    brief, given, request, labels, confirm, listen, approved_micros, may_use_twin=may_use_twin
                )
        again, new = given.again, given.new
        film_options = cast(BriefOptions, given.get_given(FilmOptions.model_fields))
        if given.budget is not None:
            film_options.setdefault("max_price", given.budget)  # casting keeps to it where it can
        with open_scratch_folder() as folder:
            film = await self._build_request(
                brief, given.script, given.goal, given.plan, film_options, folder, again=again
            )
            quote = await self._quote_request(film, again=again, new=new, listen=listen)
            if confirm:
                shown = apply_own_budget(quote, film.command.brief)
                await confirm_quote(confirm, shown)
                # a person may take long, and what another process did meanwhile moves the price
                quote = await self._quote_request(film, again=again, new=new, listen=listen)
                given = given.model_copy(update={"yes": shown})
            consent = self._require_consent(quote, given)
            project = quote.project
            if project is None:
                await asyncio.to_thread(refuse_unsold, self._sellers, film.build_graph(), quote.wanted_steps)
                await self._refuse_absent(film, quote)
            home = await self._open_home()
            if project is None:
                await project_run.refuse_unpayable(home, consent)
                await home.refuse_disputed(quote.requests)
                await film.intake.keep(home)
                project = await project_run.open_command_project(home, film.command, new=new, again=again)
                if film.command.plan is None:
                    keep_estimate(home, project, film.plan)
            else:
                standing = project_run.aim_at_goal(
                    await home.journal.read_standing(home.account, project), film.command.brief.goal
                )
                if film.script:
                    await self._revise_by_script(home, film, standing, quote)
                else:
                    await asyncio.to_thread(
                        refuse_unsold, self._sellers, home.producer.build_graph(standing), quote.wanted_steps
                    )
                    await self._record_requests(home, project, film.command.brief.goal, is_asked=False)
        goal, options_of_job = film.command.brief.goal, given.list_job_options()
        return await self._take_up(home, project, goal, quote, consent, given.out, listen, options_of_job)

    async def _revise_by_script(
        self, home: Home, film: FilmRequest, standing: Standing, quote: ProjectQuote, if_revision: int | None = None
    ) -> None:
        """Make the plan of the film's script the next revision of a project. Raises ``StaleRevision``, ``BadInput``."""
        revised = replace(standing, plan=rebuild_plan(film, standing))
        await asyncio.to_thread(refuse_unsold, self._sellers, home.producer.build_graph(revised), quote.wanted_steps)
        await film.intake.keep(home)

        def revise(stands: Standing) -> tuple[Plan, Choices]:
            refuse_other_revision(stands, if_revision)
            return rebuild_plan(film, stands), stands.choices

        await project_run.revise(home, standing.project, revise)

    async def _queue_requested_film(
        self, brief: str | Brief | None, given: MakeOptions, request: CreateRequest, labels: Mapping[str, str] | None,
        confirm: ConfirmFunction[ProjectQuote] | None, listen: Listen | None, approved_micros: Micros | None,
        *, may_use_twin: bool,
    ) -> QueuedJob:  # fmt: skip
        """Agree to a film that a program requested and queue its job, as an order of its own."""
        if repeated := await self._find_requested_job(request):
            return repeated
        film_options = cast(BriefOptions, given.get_given(FilmOptions.model_fields))
        with open_scratch_folder() as folder:
            film = await self._build_request(
                brief, given.script, given.goal, given.plan, film_options, folder, again=True,
                may_use_twin=may_use_twin,
            )  # fmt: skip
            if given.budget is None and (raised := find_raised_budget(film.command.brief, approved_micros)):
                film_options["max_price"] = raised
                given = given.model_copy(update={"budget": raised})
                film = await self._build_request(
                    brief, given.script, given.goal, given.plan, film_options, folder, again=True,
                    may_use_twin=may_use_twin,
                )  # fmt: skip
            quote = await self._quote_request(film, again=True, new=True, listen=listen)
            quote = apply_own_budget(quote, film.command.brief)
            await self._refuse_absent(film, quote)
            job_options = {"labels": labels or {}, **given.list_job_options()}
            queued = await self._create_requested_job(
                request, film.command, quote, given, film.intake, confirm, job_options
            )
        if film.command.plan is None:
            keep_estimate(await self._open_home(), queued.project, film.plan)
        return queued

    async def _refuse_absent(self, request: FilmRequest, quote: ProjectQuote) -> None:
        """Raise if the plan is to be written by a model on this machine that is absent."""
        is_asked = request.command.plan is None and PLAN_STEP in quote.wanted_steps
        if is_asked and not (self._tempo and self._tempo.is_rehearsal):
            await refuse_absent(request.command.brief, self._settings)

    async def resume(
        self, project: str, *, listen: Listen | None = None, **options: Unpack[ResumeKeywords]
    ) -> FilmResult:
        """Make what a project still lacks, by its live job or a new one, and deliver its film; may spend.

        ``project`` may also be a job. If nothing is wanted, nothing is made, and the film is returned as it is.
        """
        queued = await self.enqueue_resume(project, listen=listen, **options)
        return await self._drive_queued(queued, options.get("out"), listen)

    async def enqueue_resume(
        self, project: str, *, listen: Listen | None = None, **options: Unpack[ResumeKeywords]
    ) -> QueuedJob:
        """Queue a job for what a project still lacks, at a price that the options agree to; runs nothing.

        Sends nothing to a provider.
        """
        given = ResumeOptions.parse(options)
        self._check_out(given.out)
        home = await self._require_home()
        called, job, aim, quote = await self._quote_resume(home, project, given.goal, listen)
        await adopt(home, called)
        if aim in ("takes", "cut") and not quote.wanted_steps:
            await project_run.refuse_missing_takes(home, await home.journal.read_standing(home.account, called))
        is_had = job and job.state == "done" and job.goal == aim and not quote.wanted_steps
        if job and is_had and not await project_run.has_sent(home, called, ("unknown", *project_run.SENT_STATES)):
            return QueuedJob(project=called, job=job.id, quote=quote, is_up_to_date=True)
        consent = self._require_consent(quote, given)
        await self._refuse_unsold(quote)
        await self._record_requests(home, called, aim)
        if job and job.state in LIVE_JOBS and job.goal == aim:
            return await self._requeue(home, job, quote, consent, listen)
        made = await project_run.enqueue(home, called, aim, quote, consent, given.out)
        return QueuedJob(project=called, job=made, quote=quote)

    async def quote_resume(
        self, project: str, *, goal: Goal | None = None, listen: Listen | None = None
    ) -> ProjectQuote:
        """Quote what a project, or a job's project, still lacks up to its goal; see ``resume``. Spends nothing.

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
        aim = validation.check_goal(goal or (job.goal if job else standing.goal))
        standing = await _request_again(home, project_run.aim_at_goal(standing, aim))
        quote = await project_run.quote_with_account(home, standing)
        quote = project_run.mark_agreed(
            await add_spent(home.ledger, home.account, quote), job if job and job.goal == aim else None
        )
        return called, job, aim, quote

    async def retry(self, job: str, *, listen: Listen | None = None, **options: Unpack[RunKeywords]) -> FilmResult:
        """Run a failed, cancelled or waiting job again and deliver its film; may spend, but not on finished steps."""
        queued = await self.enqueue_retry(job, listen=listen, **options)
        return await self._drive_queued(queued, options.get("out"), listen)

    async def enqueue_retry(
        self, job: str, *, listen: Listen | None = None, **options: Unpack[RunKeywords]
    ) -> QueuedJob:
        """Queue a failed, cancelled or waiting job again, at a price that the options agree to; runs nothing.

        Sends nothing to a provider.
        """
        given = RunOptions.parse(options)
        self._check_out(given.out)
        home = await self._require_home()
        found, quote = await self._quote_retry(home, job, listen)
        if not quote.wanted_steps and found.reason and found.reason.code == "step_stuck":
            # the job would rest at once: nobody is told that it is queued
            raise DecisionNeeded(code="job_cannot_be_retried", state=found.state, actions=found.reason.actions)
        consent = self._require_consent(quote, given)
        await self._refuse_unsold(quote)
        await self._record_requests(home, found.project, found.goal)
        return await self._requeue(home, found, quote, consent, listen)

    async def _record_requests(self, home: Home, project: str, goal: Goal, *, is_asked: bool = True) -> None:
        """Request again what a provider gave back or failed to make, now that its price is agreed to.

        ``is_asked``: also what it failed to make and billed.

        Of two calls at one moment one writes the requests, and the other finds them written. Raises ``StaleRevision``
        when others revise the project each time.
        """
        for left in reversed(range(REVISION_TRIES)):
            standing = project_run.aim_at_goal(await home.journal.read_standing(home.account, project), goal)
            extended = await _request_again(home, standing, is_asked=is_asked)
            if extended is standing or extended.plan is None:
                return
            try:
                await home.journal.revise(
                    home.account, project, standing.revision, extended.plan, extended.choices, "system", home.key
                )
                return
            except StaleRevision:
                if not left:
                    raise

    async def quote_retry(self, job: str, *, listen: Listen | None = None) -> ProjectQuote:
        """Quote what a failed, cancelled or waiting job would buy if it ran again; see ``retry``. Spends nothing.

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
        standing = await _request_again(home, project_run.aim_at_goal(standing, found.goal))
        quote = await project_run.quote_with_account(home, standing)
        return found, project_run.mark_agreed(await add_spent(home.ledger, home.account, quote), found)

    async def set_priority(self, job: str, priority: Priority) -> JobSummary:
        """Change the priority, in the queue, of a job that has not ended; ``job`` may also name its project.

        ``low``: after the jobs of all others. ``high``: before the other jobs of its account.
        """
        home, found = await self._find_job(job)
        await home.journal.set_priority(home.account, found, parse_priority(priority))
        return await self._summarize_queued(home, found)

    async def move_to_front(self, job: str) -> JobSummary:
        """Move a job that has not ended to the front of its payer's jobs, behind only those of high priority."""
        home, found = await self._find_job(job)
        await home.journal.move_to_front(home.account, found)
        return await self._summarize_queued(home, found)

    async def read_queue(self) -> QueueState:
        """Tell whether the queue of the account is paused, and since when."""
        if not self._has_home:
            return QueueState(paused_since=None)
        home = await self._open_home()
        return QueueState(paused_since=await home.journal.find_pause(home.account))

    async def pause_queue(self) -> QueueState:
        """Pause the queue of the account: no job of it that waits its turn is started by a server or worker.

        What runs goes on, and so do jobs that a command or program makes itself.
        """
        home = await self._open_home()
        await home.journal.pause_queue(home.account)
        return await self.read_queue()

    async def resume_queue(self) -> QueueState:
        """Let the queue of the account go on after ``pause_queue``."""
        home = await self._require_home()
        await home.journal.resume_queue(home.account)
        return await self.read_queue()

    async def _find_job(self, called: str) -> tuple[Home, str]:
        """Find a job by its id, or a project's current job. Raises ``NotFound``."""
        home = await self._require_home()
        project, found = await self._find_project_and_job(home, called)
        if found is None:
            raise NotFound(code="project_has_no_job", project=project, actions=[Action("list_jobs")])
        return home, found.id

    async def _summarize_queued(self, home: Home, called: str) -> JobSummary:
        job = await home.journal.read_job(home.account, called)
        driven = await home.journal.list_driven_projects(home.account)
        positions = await home.journal.list_positions(home.account, {job.project})
        is_paused = await home.journal.find_pause(home.account) is not None
        return summaries.build_job_summary(job, driven, None, positions.get(job.id), is_paused=is_paused)

    async def cancel(self, job: str) -> JobSummary:
        """Request the cancel of a job or a project's live job: nothing more is bought, and what was obtained stays."""
        home, found = await self._find_job(job)
        await self._record_asked(home, found)  # also where its project was named
        await home.journal.request_cancel(home.account, found)
        driven = await home.journal.list_driven_projects(home.account)
        return summaries.build_job_summary(await home.journal.read_job(home.account, found), driven)


def refuse_other_revision(standing: Standing, if_revision: int | None) -> None:
    """Raise ``StaleRevision`` if ``if_revision`` is not the project's newest revision; None: always pass."""
    if if_revision is not None and standing.revision != if_revision:
        newest = standing.revision
        raise StaleRevision(code="revision_moved_on", project=standing.project, newest=newest, base=if_revision)


async def _request_again(home: Home, standing: Standing, *, is_asked: bool = True) -> Standing:
    """Return the standing with requests for what a provider gave back or failed to make, and for a clip's samples whose
    files were deleted. Writes nothing.
    """
    standing = await clip_samples.request_first_order_again(home.ledger, standing)
    if standing.is_clip and standing.deleted_assets:
        plan, choices = await home.journal.read_revision(home.account, standing.project, 1)
        if isinstance(plan.shots[0].source, Request):
            wanted = clip_samples.get_wanted_clip(plan, choices)
            standing = await clip_samples.request_deleted_samples(home.ledger, standing, wanted)
    return await request_failed_takes(home.ledger, standing, is_asked=is_asked)
