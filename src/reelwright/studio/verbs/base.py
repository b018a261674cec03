"""The base of all verbs: a home that is opened when it is needed, and projects found by the names people use."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from reelwright.engines.registration import register_own_models
from reelwright.errors import BadInput, NotFound, StoreUnavailable
from reelwright.media.base.ffmpeg import choose_program
from reelwright.reason import Action
from reelwright.reel.film.brief import Brand, Brief, Goal
from reelwright.reel.film.plan import Plan
from reelwright.reel.records.operation import Consent, Job, Standing
from reelwright.settings import Settings, load_settings
from reelwright.studio.clips import clips
from reelwright.studio.edits.interruption import attach_resume_action
from reelwright.studio.films import deliver, project_run
from reelwright.studio.films.drive import carry_out_cancel
from reelwright.studio.films.film_request import (
    FilmRequest,
    build_film_request,
    build_script_request,
    keep_paid_takes,
    quote_film_request,
)
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.projects.video_jobs import build_new_video_job, refuse_removed
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.consent import confirm_quote, require_consent
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.results.options import Approval
from reelwright.studio.results.results import FilmResult, ProjectQuote
from reelwright.studio.results.verb_options import BriefOptions
from reelwright.studio.runtime.home import Home, open_home_providers, refuse_unsold_requests
from reelwright.studio.runtime.rehearsal import Rehearsal, open_rehearsal_providers, resolve_rehearsal
from reelwright.studio.runtime.scratch import ScratchFolder
from reelwright.studio.runtime.slates import Slates

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider
    from reelwright.reel.film.command import Command
    from reelwright.store.jobs.requests import CreateRequest
    from reelwright.studio.runtime.runtime import Runtime
    from reelwright.studio.scripts.briefing import IntakeResult
from reelwright.studio.results.verb_options import ConfirmFunction


class EqualCalls:
    """Counts the equal calls of one program, so that a second equal call is not taken for a repeat of the first.

    A call that did not finish gives its number to the next one.

    ``last``: by digest, the number of the last order that a call used. ``counting``: held while a call is numbered.
    """

    def __init__(self) -> None:
        self.counting = asyncio.Lock()
        self.last: dict[str, int] = {}
        self._called: Counter[str] = Counter()
        self._unfinished: dict[str, list[int]] = {}

    def number_call(self, digest: str) -> int:
        """Count one more call with the request ``digest``, and return its number among the equal ones, from 1."""
        if left := self._unfinished.get(digest):
            return left.pop(0)
        self._called[digest] += 1
        return self._called[digest]

    def mark_unfinished(self, digest: str, number: int) -> None:
        """Give ``number``, that of a call that did not finish, to the next call with the same ``digest``."""
        self._unfinished.setdefault(digest, []).append(number)


class RequestsInWork:
    """The create requests that this process handles: a client's retry waits for the equal ones that came before it.

    Their orders exist then, and the retry takes one of them. Before, a client that hung up while its first attempt was
    still being quoted, and tried again at once, had two orders. Requests of other servers are told apart when they are
    stored (``store.requests``).
    """

    def __init__(self) -> None:
        self._handled: dict[str, list[tuple[CreateRequest, asyncio.Event]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._handled.values()))

    @asynccontextmanager
    async def take_turn(self, request: CreateRequest) -> AsyncIterator[None]:
        """Count ``request`` as being handled for the length of this block; a retry first waits for its turn.

        Does nothing for a request that is counted already.
        """
        equal = self._handled.setdefault(request.lock, [])
        if any(one is request for one, _ in equal):
            yield
            return
        before, mine = list(equal), (request, asyncio.Event())
        equal.append(mine)
        try:
            if request.may_repeat:
                await asyncio.gather(*(ended.wait() for _, ended in before))
            yield
        finally:
            mine[1].set()
            equal.remove(mine)
            if not equal:
                self._handled.pop(request.lock, None)


class StudioBase:
    """The base class of all verbs: the settings, and their home, opened by the first verb that needs it."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        providers: Mapping[str, Provider] | None = None,
        tempo: Tempo | None = None,
        rehearse: bool | Rehearsal = False,
        runtime: Runtime | None = None,
        key: str | None = None,
        is_serving: bool = False,
        **flags: Any,
    ) -> None:
        """Create a studio. ``settings`` None: from the environment and ``flags`` (``home=…``, ``hands=2`` …).

        ``providers``: the providers to buy from, by name; None: all whose key exists. ``tempo``: the speed of their
        clock. ``rehearse``: do everything except buying, in a separate home inside the user's; every price counts as
        agreed. The home of a rehearsal stays a rehearsal, whatever is passed. ``runtime``: an open one that this studio
        shares and does not close; ``settings`` then name only the account. ``key``: whose
        budgets pay for every job of this studio, such as an agent's wallet. ``is_serving``: its verbs answer requests,
        which wait at most two seconds for a cancel that is at work (``CancelAtWork``); whoever drives the home carries
        it out. Raises ``BadInput``.
        """
        if runtime:
            account = settings.account if settings else flags.pop("account", runtime.settings.account)
            given = {"providers": providers is not None, "tempo": tempo is not None, "rehearse": bool(rehearse)}
            if ignored := sorted({*flags, *(name for name, is_given in given.items() if is_given)}):
                raise BadInput("runtime", ", ".join(ignored), "beside a runtime, only the account: it has the rest")
            settings, providers, tempo = replace(runtime.settings, account=account), runtime.providers, runtime.tempo
        self._settings, self._rehearsal = resolve_rehearsal(settings or load_settings(**flags), rehearse)
        if self._rehearsal and providers is not None and runtime is None:
            raise BadInput("providers", ", ".join(providers), "none in a rehearsal: it brings its own")
        choose_program(self._settings.ffmpeg)
        register_own_models(self._settings)
        self._providers, self._tempo = providers, self._rehearsal.tempo if self._rehearsal else tempo
        self._runtime, self._is_shared = runtime, runtime is not None
        self._home: Home | None = None
        self._stage = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._equal_clips = EqualCalls()
        self.requests_in_work = RequestsInWork()
        self._is_serving = is_serving
        self._key = validation.check_text("key", key, 100) if key is not None else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the hands' processes and the database. A running job stays in the queue."""
        if self._is_shared:
            return
        runtime, self._runtime, self._home = self._runtime, None, None
        try:
            if runtime:
                await runtime.close()
        finally:
            if self._rehearsal:
                self._providers = None
            await self._stage.aclose()

    @property
    def account(self) -> str:
        """The name of the account whose projects this studio sees."""
        return self._settings.account

    @property
    def rehearsal(self) -> Rehearsal | None:
        """The options of this studio's rehearsal; None if it really buys."""
        return self._rehearsal

    @property
    def home(self) -> Home | None:
        """The open home as this studio's account sees it; None while no verb has opened it."""
        if self._runtime and self._home is None:
            self._home = self._runtime.get_home(self._settings.account, self._key, is_serving=self._is_serving)
        return self._home

    async def open_runtime(self) -> Runtime:
        """Open the home if needed, and return its runtime, which other studios may share until this one closes."""
        await self._open_home()
        assert self._runtime
        return self._runtime

    async def _open_home(self) -> Home:
        """Open the home on first use, and return it."""
        if self._runtime is None:
            async with self._opening:
                if self._runtime is None:
                    self._runtime = await (
                        self._open_rehearsal() if self._rehearsal else self._open_runtime(self._settings, self._sellers)
                    )
        assert self.home
        return self.home

    async def _open_runtime(self, settings: Settings, providers: Mapping[str, Provider]) -> Runtime:
        from reelwright.studio.runtime.runtime import open_runtime  # loads the database

        return await open_runtime(settings, providers, self._tempo)

    async def _open_rehearsal(self) -> Runtime:
        """Open the runtime of a rehearsal, and start the fakes that it buys from."""
        from reelwright.studio.runtime.rehearsal_stage import Stage  # loads the simulated providers

        assert self._rehearsal
        async with AsyncExitStack() as opening:
            stage = await opening.enter_async_context(Stage(self._settings, self._rehearsal))
            self._providers = stage.providers
            runtime = await self._open_runtime(stage.settings, stage.providers)
            stage.home = runtime.get_home()
            self._stage = opening.pop_all()
        return runtime

    @property
    def _sellers(self) -> Mapping[str, Provider]:
        """The providers it buys from, also before there is a home."""
        if self._providers is None:
            self._providers = (
                open_rehearsal_providers(self._settings) if self._rehearsal else open_home_providers(self._settings)
            )
        return self._providers

    def refuse_unsold(self, quote: ProjectQuote) -> None:
        """Raise ``BadInput`` if a quoted step has an unknown model, refused options or a missing key.

        Asks no provider.
        """
        refuse_unsold_requests(self._sellers, quote.requests)

    async def _refuse_unsold(self, quote: ProjectQuote) -> None:
        """Do what ``refuse_unsold`` does, in a thread: a cluster that is away takes seconds to say no."""
        await asyncio.to_thread(refuse_unsold_requests, self._sellers, quote.requests)

    def _check_out(self, out: str | Path | None) -> None:
        """Raise ``BadInput``, before any work, if a film could not be written to ``out``."""
        deliver.check(out, self._slates)

    @property
    def _slates(self) -> Slates:
        """The files that rehearsals delivered, also before there is a home."""
        return Slates(self._settings.home, is_rehearsal=self._rehearsal is not None)

    def _require_consent(self, quote: ProjectQuote, approval: Approval) -> Consent:
        """Return the consent to a quote, see ``require_consent``.

        A rehearsal agrees to every price within the budget.
        """
        rehearses = self._rehearsal is not None
        return require_consent(
            quote,
            approval.yes or rehearses,
            approval.budget,
            approval.accept_unconfirmed or rehearses,
            approval.unknown_at_most,
        )

    @property
    def _has_home(self) -> bool:
        """Whether there is a home. Reading does not create one. True also if opening it would report an obstacle."""
        if self._runtime is not None or self._settings.database:
            return True
        ways = (self._settings.home, *self._settings.home.parents)
        above = next(folder for folder in ways if os.path.lexists(folder))
        return not above.is_dir() or (self._settings.home / "journal.db").is_file()

    async def _open_existing_home(self) -> Home | None:
        """Open the home if there is one: a quote does not create it."""
        return await self._open_home() if self._has_home else None

    async def _require_home(self) -> Home:
        """Open the home for a verb that needs an existing project. Raises ``NotFound`` if there is none."""
        if not self._has_home:
            raise NotFound(code="no_project_yet", actions=[Action("start_project")])
        return await self._open_home()

    async def _build_request(
        self, brief: str | Brief | None, script: str | Path | None, goal: Goal, plan: Plan | Path | None,
        options: BriefOptions, folder: ScratchFolder, *, again: bool, may_use_twin: bool = False,
    ) -> FilmRequest:  # fmt: skip
        """Build the request from a brief or from a script. Raises ``BadInput``, also for both or neither."""
        if (brief is None) == (script is None):
            given = "both" if brief is not None else "neither"
            raise BadInput("brief", given, "a brief, or a script")
        if script is None:
            assert brief is not None
            sellers = self._sellers if may_use_twin else None
            request = await build_film_request(
                brief, goal, plan, options, folder, self._settings, again=again, sellers=sellers,
                brand=await self._read_home_brand(),
            )  # fmt: skip
            return await keep_paid_takes(await self._open_existing_home(), self._settings, request)
        if plan is not None:
            raise BadInput("plan", str(plan), "nothing beside a script: it is the plan")
        return await build_script_request(
            script, goal, options, folder, self._settings, again=again, brand=await self._read_home_brand()
        )

    async def _read_home_brand(self) -> Brand | None:
        """Read the brand that is set for the account; None: there is none. Creates no home."""
        home = await self._open_existing_home()
        return await home.journal.read_brand(home.account) if home else None

    async def _quote_request(
        self, request: FilmRequest, *, again: bool, new: bool, listen: Listen | None
    ) -> ProjectQuote:
        """Quote a request for a film as the home is now, see ``quote_film_request``."""
        home = await self._open_existing_home()
        return await quote_film_request(home, self._settings, request, again=again, new=new, listen=listen)

    async def _find_project(self, home: Home, called: str) -> str:
        return await home.journal.resolve_project(home.account, called)

    async def _read_planned(self, home: Home, called: str) -> tuple[Standing, Plan]:
        """Read a project's standing and plan. Raises ``BadInput`` if it has no plan yet."""
        return project_run.require_plan(
            await home.journal.read_standing(home.account, await self._find_project(home, called))
        )

    async def _read_for_change(self, home: Home, called: str, listen: Listen | None) -> tuple[Standing, Plan]:
        """Carry out a pending cancel, then read the project's standing with what it spent, and its plan."""
        project = await self._find_project(home, called)
        await carry_out_cancel(home, project, listen)
        return project_run.require_plan(await home.journal.read_standing_with_spending(home.account, project))

    async def _find_project_and_job(self, home: Home, called: str) -> tuple[str, Job | None]:
        """Find a project and its current job by the name of either. Records that the id of a job was used."""
        project, job = await self._find_project_and_job_of_request(home, called)
        if job and job.id.endswith(called):
            await self._record_asked(home, job.id)
        return project, job

    async def _find_project_and_job_of_request(self, home: Home, called: str) -> tuple[str, Job | None]:
        """Find a project and its current job for a request that may repeat another one, and so record no use of it.

        A job that a program deleted is none.
        """
        if job := await home.journal.find_job(home.account, called):
            refuse_removed(job)
            return job.project, job
        project = await self._find_project(home, called)
        job = await home.journal.find_job_in_turn(home.account, project)
        return project, None if job and job.is_removed else job

    async def _record_asked(self, home: Home, job: str) -> None:
        """Record that somebody used the id of a job, so that no retry of another caller is answered with it.

        Where nothing can be written now, such as on a full disk, nothing is recorded: the caller still gets an answer.
        """
        with contextlib.suppress(StoreUnavailable):
            await home.journal.record_asked(home.account, job)

    async def _find_requested_job(self, request: CreateRequest) -> QueuedJob | None:
        """Find the job of an earlier create request that ``request`` repeats. Raises ``BadInput`` for another body."""
        if not request.may_repeat:
            return None
        home = await self._open_home()
        found = await home.journal.take_for_request(home.account, request)
        return await self._read_requested_job(home, found[1]) if found and found[1] else None

    async def _read_requested_job(self, home: Home, name: str) -> QueuedJob:
        """Read the job of an earlier request, with a quote of what its project lacks now."""
        job = await home.journal.read_job(home.account, name)
        standing = project_run.aim_at_goal(await home.journal.read_standing(home.account, job.project), job.goal)
        return QueuedJob(project=job.project, job=job.id, quote=project_run.quote_standing(home, standing))

    async def _create_requested_job(
        self,
        request: CreateRequest,
        command: Command,
        quote: ProjectQuote,
        given: Approval,
        intake: IntakeResult,
        confirm: ConfirmFunction[ProjectQuote] | None,
        job_options: Mapping[str, object] = MappingProxyType({}),
    ) -> QueuedJob:
        """Agree to the price of a program's create request; open its project and queue its job, in one transaction."""
        if confirm:
            await confirm_quote(confirm, quote)
            given = given.model_copy(update={"yes": quote})
        consent = self._require_consent(quote, given)
        await self._refuse_unsold(quote)
        home = await self._open_home()
        await home.refuse_disputed(quote.requests)
        await home.refuse_full_space()
        await intake.keep(home)
        options = project_run.add_key(home, job_options)
        made = await home.journal.create_job(home.account, command, request, consent, options)
        video = build_new_video_job(home, made, command, consent, options) if made.is_new else None
        return QueuedJob(project=made.project, job=made.job, quote=quote, video=video)

    async def _drive_queued(
        self, queued: QueuedJob, out: str | Path | None, listen: Listen | None, *, is_told: bool = False
    ) -> FilmResult:
        """Drive a queued job until it rests, and deliver its film or clip. If everything exists, only deliver it.

        ``is_told``: the result then says since when it exists, and for how much.
        """
        home = await self._open_home()
        if not queued.is_up_to_date:
            film = await self._drive(home, queued.project, queued.job, out, listen)
            return await clips.deliver_with_result(home, film, out)
        job = await home.journal.read_job(home.account, queued.job)
        film = await clips.deliver_with_result(home, await project_run.report(home, job, out, 0.0, 0), out)
        message = await project_run.describe_up_to_date(home, queued.project) if is_told else ""
        return film.replace(up_to_date_message=message)

    async def _take_up(
        self, home: Home, project: str, goal: Goal, quote: ProjectQuote, consent: Consent, out: str | Path | None,
        listen: Listen | None, job_options: Mapping[str, object] = MappingProxyType({}),
    ) -> QueuedJob:  # fmt: skip
        """Take up the project's job for ``goal``, or queue a new one, unless everything exists."""
        job, runs = await project_run.take_up(home, project, goal, quote, consent, out, listen, job_options)
        return QueuedJob(project=project, job=job.id, quote=quote, is_up_to_date=not runs)

    async def _requeue(
        self, home: Home, job: Job, quote: ProjectQuote, consent: Consent, listen: Listen | None
    ) -> QueuedJob:
        """Take up a job with a renewed consent, see ``project_run.make_renewal``, or queue one behind its cancel."""
        ready = await project_run.finish_cancel(home, job, listen)
        if ready is None:
            made = await project_run.enqueue(home, job.project, job.goal, quote, consent, None)
            return QueuedJob(project=job.project, job=made, quote=quote)
        job = ready
        renew = project_run.make_renewal(consent, quote.spent_by_job)
        if not await home.journal.requeue_with_consent(home.account, job.id, renew, project_run.add_key(home)):
            refuse_removed(await home.journal.read_job(home.account, job.id))  # else it is done: it is delivered
        return QueuedJob(project=job.project, job=job.id, quote=quote)

    async def _drive(
        self, home: Home, project: str, job: str, out: str | Path | None, listen: Listen | None
    ) -> FilmResult:
        with attach_resume_action(Action("resume_job", {"project": project})):
            return await project_run.run_job(home, project, job, out, listen)
