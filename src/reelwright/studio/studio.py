"""The studio behind every door: from a brief to a finished film, price first. ``Studio`` is its twin without await."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from reelwright.errors import BadInput, NotFound
from reelwright.reel.brief import Brief, Goal
from reelwright.reel.operation import LIVE_JOBS, Consent, Job, Standing
from reelwright.reel.plan import Plan
from reelwright.settings import Settings, load
from reelwright.studio import (
    applying,
    checked,
    clips,
    deliver,
    editing,
    edits,
    handover,
    making,
    quality,
    shown,
    spending,
)
from reelwright.studio.answers import (
    Chosen,
    ClipMade,
    Exported,
    FilmMade,
    FlavorShown,
    JobShown,
    ModelShown,
    Planned,
    Progress,
    ProjectShown,
    Pulled,
    Quoted,
    Shown,
    Tidied,
)
from reelwright.studio.asked import Agreed, Asked, Changes, ClipTerms
from reelwright.studio.briefing import brief_of
from reelwright.studio.consent import consent_to
from reelwright.studio.drive import job_of, watching
from reelwright.studio.first import first_planned, first_quote, given_plan, whole_way
from reelwright.studio.home import Home, open_home, providers, refuse_unsold
from reelwright.studio.naming import one_id, shot_called, take_called
from reelwright.studio.scratch import scratch
from reelwright.studio.showing import show
from reelwright.studio.spent import Bought, Capped, Spent
from reelwright.studio.telling import Listen
from reelwright.studio.tidying import tidying

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider


class AsyncStudio:
    """Everything a door can do.

    A project is named by its id, by the last four or more characters of it, or by ``last``; a shot by its number
    from 1 or its id; a job by its id. Nothing is written before a brief, its materials and its price are accepted.

        async with AsyncStudio() as studio:
            film = await studio.make("A calm 20 s film for a desk lamp called Fenn")
    """

    def __init__(
        self, settings: Settings | None = None, *, providers: Mapping[str, Provider] | None = None, **flags: Any
    ) -> None:
        """``settings`` None: from the environment and ``flags`` (``home=…``, ``hands=2`` …), see ``settings.load``.

        ``providers``: whom it buys from, by name, such as those that only rehearse; None: everybody whose key is there.
        """
        self._settings = settings or load(**flags)
        self._providers = providers
        self._home: Home | None = None
        self._opening = asyncio.Lock()
        self._making: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open: the hands' processes, the database. A job that ran stays in the queue."""
        home, self._home = self._home, None
        if home:
            await home.close()

    def way_on(self) -> str:
        """The command that goes on with what this studio was making when it was interrupted."""
        return f"reelwright resume {self._making}" if self._making else "reelwright resume"

    # before there is a project: nothing is written
    async def plan(self, brief: str | Brief, **asked: Unpack[Asked]) -> Planned:
        """The plan that ``make`` would follow, and what was understood. Writes and spends nothing."""
        with scratch() as folder:
            made, taken = await brief_of(brief, asked, folder)
        planned = await asyncio.to_thread(first_planned, made)
        return replace(planned, said=(*taken.said, *planned.said))

    async def quote(
        self, brief: str | Brief, *, goal: Goal = "film", plan: Plan | Path | None = None, **asked: Unpack[Asked]
    ) -> Quoted:
        """The price before ``make``, shot by shot. Writes and spends nothing."""
        goal = checked.goal(goal)
        with scratch() as folder:
            made, taken = await brief_of(brief, asked, folder)
        given = await asyncio.to_thread(given_plan, plan, made)
        _, quote = await asyncio.to_thread(first_quote, self._settings, made, goal, given, taken.said)
        return quote

    async def flavors(self) -> tuple[FlavorShown, ...]:
        """Every named way of making, in the order of their names."""
        return await asyncio.to_thread(shown.flavors_shown)

    async def models(
        self,
        *,
        can: str | None = None,
        kind: str | None = None,
        provider: str | None = None,
        key: bool = False,
        retired: bool = False,
    ) -> tuple[ModelShown, ...]:
        """Every AI model that can be bought. ``can``: a mode; ``key``: only those whose key is here. Asks nobody."""
        from reelwright.net.keys import Keys
        from reelwright.studio.offers import offered

        keys = Keys(self._settings)
        return await asyncio.to_thread(offered, keys, can=can, kind=kind, provider=provider, key=key, retired=retired)

    async def model(self, name: str) -> ModelShown:
        """One AI model in full, by its id or an old short name; also a retired one."""
        from reelwright.net.keys import Keys
        from reelwright.studio.offers import offer

        return await asyncio.to_thread(offer, Keys(self._settings), name)

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
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
        **asked: Unpack[Asked],
    ) -> FilmMade:
        """A project from ``brief``, brought to ``goal``. May spend, never above what was consented to.

        The same call after a crash goes on with what it left. A quote whose ceiling is 0 needs no consent.
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
            made, taken = await brief_of(brief, asked, folder)
            made = replace(made, goal=goal)
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

    async def quote_clip(self, prompt: str, **terms: Unpack[ClipTerms]) -> Quoted:
        """The price of a clip, before. Writes and spends nothing."""
        with scratch() as folder:
            clip, taken = await clips.planned(prompt, terms, self._settings, folder)
            brief = clips.brief_for(prompt, clip, taken)
        return await asyncio.to_thread(clips.quote_for, self._settings, brief, clip, taken.said)

    async def clip(
        self,
        prompt: str,
        *,
        out: str | Path | None = None,
        packed: bool = False,
        yes: bool = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
        **terms: Unpack[ClipTerms],
    ) -> ClipMade:
        """One shot by one model: text, or pictures and text, to one file for each sample. May spend.

        ``out``: the folder of its files (default: ``films/`` in the home); ``packed``: a ZIP beside them. The same
        call after a crash goes on with what it left. What was filtered is told in ``missing``, the rest is delivered.
        Raises ``BadInput`` before anything is sent, ``NeedsConsent``, ``OverBudget``, or what made the job fail.
        """
        began = time.monotonic()
        folder_out = checked.folder("out", out)
        with scratch() as folder:
            clip, taken = await clips.planned(prompt, terms, self._settings, folder)
            brief = clips.brief_for(prompt, clip, taken)
            quote = await asyncio.to_thread(clips.quote_for, self._settings, brief, clip, taken.said)
            consent = consent_to(quote, yes, budget, accept_unconfirmed, unknown_at_most)
            refuse_unsold(self._sellers, whole_way(brief, clip.plan, "takes", own_plan=True))
            home = await self._opened()
            if job := await making.unfinished(home, brief, clip.plan, "takes"):
                made = await self._go_on(home, job, consent, None, listen)
            else:
                await taken.keep(home)
                project = await home.journal.open_project(home.account, clip.plan.title, brief)
                await home.journal.revise(home.account, project, 0, clip.plan, clip.choices, "person")
                made = await self._bring(home, project, "takes", consent, None, listen)
        standing = await home.journal.standing(home.account, made.project)
        assert standing.job, "it was just driven"
        return await clips.report(home, standing, standing.job, folder_out, packed, time.monotonic() - began)

    async def resume(
        self,
        project: str,
        *,
        goal: Goal | None = None,
        out: str | Path | None = None,
        yes: bool = False,
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
        called, job = await self._named(home, project)
        standing = await home.journal.standing(home.account, called)
        aim = checked.goal(goal or (job.goal if job else making.last_goal(standing)))
        quote = making.quoted(home, making.aimed(standing, aim))
        if job and job.state in LIVE_JOBS and job.goal == aim:
            return await self._go_on(
                home, job, consent_to(quote, yes, budget, accept_unconfirmed, unknown_at_most), out, listen
            )
        if job and job.state == "done" and job.goal == aim and not quote.wanted:
            return await making.report(home, job, out, 0.0, 0)
        return await self._bring(
            home, called, aim, consent_to(quote, yes, budget, accept_unconfirmed, unknown_at_most), out, listen
        )

    async def retry(
        self, job: str, *, out: str | Path | None = None, listen: Listen | None = None, **agreed: Unpack[Agreed]
    ) -> FilmMade:
        """Queue a failed, cancelled or waiting job again and drive it. What was had is kept. May spend."""
        deliver.check(out)
        home = await self._found()
        called, found = await self._named(home, job)
        if found is None or found.state == "done":
            raise BadInput("job", job, "a job that failed, was cancelled, or waits")
        standing = await home.journal.standing(home.account, called)
        quote = making.quoted(home, making.aimed(standing, found.goal))
        consent = consent_to(quote, **agreed)
        return await self._go_on(home, found, consent, out, listen)

    async def cancel(self, job: str) -> JobShown:
        """Stop a job (or a project's live one): nothing more is sent; what was obtained stays."""
        home = await self._found()
        called, found = await self._named(home, job)
        if found is None:
            raise NotFound(f"{called} has no job", hint="`reelwright jobs` lists them")
        await home.journal.request_cancel(home.account, found.id)
        return shown.job_shown(await job_of(home, called, found.id))

    # changing
    async def quote_edit(self, project: str, **changes: Unpack[Changes]) -> Quoted:
        """What an edit would want, and its price; both ways where a later shot continues it. Writes nothing."""
        home = await self._found()
        standing, _ = await self._planned(home, project)
        with scratch() as folder:
            edit, _ = await editing.edit_of(changes, folder)
        return editing.price(home, standing, edit)

    async def edit(
        self,
        project: str,
        *,
        out: str | Path | None = None,
        yes: bool = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
        **changes: Unpack[Changes],
    ) -> FilmMade:
        """The next revision, and the film anew: only what depends on the change is made again. May spend."""
        deliver.check(out)
        home = await self._found()
        standing, _ = await self._planned(home, project)
        with scratch() as folder:
            edit, taken = await editing.edit_of(changes, folder)
            consent = consent_to(editing.price(home, standing, edit), yes, budget, accept_unconfirmed, unknown_at_most)
            await taken.keep(home)
        await making.revise(home, standing.project, edit.revised)
        return await self._bring(home, standing.project, making.last_goal(standing), consent, out, listen)

    async def retake(
        self,
        project: str,
        shot: int | str,
        *,
        out: str | Path | None = None,
        yes: bool = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """Another take of a shot, beside those that are there; circle it to use it. May spend."""
        deliver.check(out)
        home = await self._found()
        standing, plan = await self._planned(home, project)
        called = shot_called(plan, shot)
        consent = consent_to(
            editing.price_of_retake(home, standing, called), yes, budget, accept_unconfirmed, unknown_at_most
        )
        await making.revise(home, standing.project, lambda stands: edits.retaken(stands, called))
        return await self._bring(home, standing.project, making.last_goal(standing), consent, out, listen)

    async def quote_retake(self, project: str, shot: int | str) -> Quoted:
        """The price of one more take. Writes nothing."""
        home = await self._found()
        standing, plan = await self._planned(home, project)
        return editing.price_of_retake(home, standing, shot_called(plan, shot))

    async def circle(self, project: str, shot: int | str, take: int | str) -> Chosen:
        """Choose a take (its number from 1 as ``show`` counts, or its digest). Spends nothing; ``resume`` makes."""
        home = await self._found()
        standing, plan = await self._planned(home, project)
        called = shot_called(plan, shot)
        takes = shown.takes_shown(standing, await home.journal.takes(home.account, standing.project))
        chosen = take_called([one for one in takes if one.shot == called.id], take)
        revision = await making.revise(
            home, standing.project, lambda stands: edits.circled(stands, called, chosen.asset)
        )
        after = await home.journal.standing(home.account, standing.project)
        quote = making.quoted(home, making.aimed(after, making.last_goal(after)))
        return Chosen(project=standing.project, revision=revision, quote=quote)

    async def accept(
        self,
        project: str,
        *findings: str,
        out: str | Path | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """Overrule findings by id (none named: all that fail); the waiting job is done with its film. Recorded."""
        home = await self._found()
        standing, _ = await self._planned(home, project)
        found = shown.found_in(standing, shown.film_had(standing))
        accepted = quality.accept(found, findings)
        await making.revise(home, standing.project, lambda stands: edits.accepting(stands, accepted))
        return await self.resume(standing.project, out=out, listen=listen)

    # looking
    async def show(self, project: str) -> Shown:
        """A project with its shots, takes, film, findings and what it wants now."""
        home = await self._found()
        return await show(home, await self._project(home, project))

    async def projects(self) -> tuple[ProjectShown, ...]:
        """Every project, the newest first."""
        if not self._is_there:
            return ()
        home = await self._opened()
        rows = await home.journal.projects(home.account)
        return tuple([shown.project_shown(row, await home.journal.standing(home.account, row.id)) for row in rows])

    async def jobs(self, project: str | None = None) -> tuple[JobShown, ...]:
        """The queue, the newest first."""
        if not self._is_there:
            return ()
        home = await self._opened()
        only = await self._project(home, project) if project is not None else None
        jobs = await home.journal.jobs(home.account, only)
        told = {job.project for job in jobs if job.said}
        plans = {name: (await home.journal.standing(home.account, name)).plan for name in sorted(told)}
        return tuple(shown.job_shown(job, plans.get(job.project)) for job in jobs)

    async def watch(self, project: str | None = None, *, after: int = 0) -> AsyncIterator[Progress]:
        """What happens, as it happens, until the project's job (None: the newest job's) has ended or waits."""
        home = await self._found()
        if project is not None:
            called, _ = await self._named(home, project)
        elif jobs := await home.journal.jobs(home.account):
            called = jobs[0].project
        else:
            raise NotFound("there is no job to watch", hint="reelwright make")
        async for progress in watching(home, called, after):
            yield progress

    # money
    async def spend(self, project: str | None = None, *, free: bool = False) -> Spent:
        """The ledger: every purchase with its price, totals, what is held, and the budgets. ``free``: also at $0.00."""
        if not self._is_there:
            return spending.nothing()
        home = await self._opened()
        only = await self._project(home, project) if project is not None else None
        return await spending.spent(home, only, free=free)

    async def decide(
        self,
        purchase: str,
        verdict: str,
        *,
        operation: str | None = None,
        file: str | Path | None = None,
        by: str = "a person",
    ) -> Bought:
        """What became of a purchase in ``unknown``: ``arrived``, ``never`` or ``written-off``. Sends nothing.

        What arrived is named by its ``operation`` at the provider, or is the ``file`` that it brought. Then ``resume``.
        """
        return await spending.decided(await self._found(), purchase, verdict, by, operation, file)

    async def adjust(self, purchase: str, usd: str | int | float, *, because: str, by: str = "a person") -> Bought:
        """Correct what a settled purchase cost, such as by ``"-0.10"``. Appended; nothing is edited."""
        return await spending.adjusted(await self._found(), purchase, usd, because, by)

    async def budgets(self) -> tuple[Capped, ...]:
        """Every cap on spending, with what is left of its current period."""
        return await spending.budgets(await self._opened()) if self._is_there else ()

    async def set_budget(
        self, scope: str, usd: str | int | float, *, per: str | None = None, of: str | None = None
    ) -> Capped:
        """Cap the spending of the ``deployment``, ``account``, of a ``key`` or ``project``; ``per`` day or month."""
        return await spending.set_budget(await self._opened(), scope, usd, per, of)

    async def remove_budget(self, scope: str, *, per: str | None = None, of: str | None = None) -> None:
        """Cap it no longer."""
        await spending.remove_budget(await self._found(), scope, per, of)

    # handing over
    async def export(self, project: str, out: str | Path | None = None) -> Exported:
        """One zip: film, sidecars, film.yaml, materials. No paths of this machine, no secrets."""
        home = await self._found()
        standing, plan = await self._planned(home, project)
        name = f"{deliver.slug(plan.title)}-{deliver.short(standing.project)}.zip"
        path = handover.archive_at(checked.place("out", out) or Path(name).absolute(), name)
        return await handover.export(home.vault, standing, shown.film_had(standing), path)

    async def pull(self, project: str, folder: str | Path | None = None) -> Pulled:
        """``film.yaml`` and its materials into ``folder`` (default: named after the project)."""
        home = await self._found()
        standing, plan = await self._planned(home, project)
        name = f"{deliver.slug(plan.title)}-{deliver.short(standing.project)}"
        path = checked.place("folder", folder) or Path(name).absolute()
        await applying.refuse_edited(home, path, standing.project)
        return await handover.pull(home.vault, standing, path)

    async def quote_apply(self, folder: str | Path) -> Quoted:
        """What ``apply`` would want, and its price. Writes nothing."""
        home = await self._opened()
        return (await applying.read_into(home, folder)).quote

    async def apply(
        self,
        folder: str | Path,
        *,
        out: str | Path | None = None,
        yes: bool = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """A ``film.yaml`` back into its project (a new one where it is not known here). May spend."""
        deliver.check(out)
        home = await self._opened()
        applied = await applying.read_into(home, folder)
        consent = consent_to(applied.quote, yes, budget, accept_unconfirmed, unknown_at_most)
        project = await applying.write_into(home, applied)
        return await self._bring(home, project, "film", consent, out, listen)

    async def tidy(self, project: str | None = None, *, losing_takes: bool = False, dry: bool = False) -> Tidied:
        """Sweep leftover workrooms; on request also the bytes of takes that no film uses. Says how much."""
        if not self._is_there:
            return Tidied(workrooms=0, takes=0, size=0, dry=dry)
        home = await self._opened()
        only = await self._project(home, project) if project is not None else None
        return await tidying(home, only, losing_takes=losing_takes, dry=dry)

    # what verbs share
    async def _opened(self) -> Home:
        """The home, opened on first use."""
        async with self._opening:
            if self._home is None:
                self._home = await open_home(self._settings, self._sellers)
            return self._home

    @property
    def _sellers(self) -> Mapping[str, Provider]:
        """Whom it buys from, also before there is a home."""
        if self._providers is None:
            self._providers = providers(self._settings)
        return self._providers

    @property
    def _is_there(self) -> bool:
        """Whether there is a home; none is made only to be looked at. What stands in its way is for opening to say."""
        if self._home is not None or self._settings.database:
            return True
        ways = (self._settings.home, *self._settings.home.parents)
        above = next(folder for folder in ways if os.path.lexists(folder))
        return not above.is_dir() or (self._settings.home / "journal.db").is_file()

    async def _found(self) -> Home:
        """The home, for what changes or shows what is there. Raises ``NotFound`` where there is none."""
        if not self._is_there:
            raise NotFound("there is no project here yet", hint='reelwright make "YOUR BRIEF"')
        return await self._opened()

    async def _project(self, home: Home, called: str) -> str:
        rows = await home.journal.projects(home.account)
        return one_id("project", called, [row.id for row in reversed(rows)])

    async def _planned(self, home: Home, called: str) -> tuple[Standing, Plan]:
        """Where a project stands, and its plan. Raises ``BadInput`` where it has none yet."""
        return making.with_plan(await home.journal.standing(home.account, await self._project(home, called)))

    async def _named(self, home: Home, called: str) -> tuple[str, Job | None]:
        """A project and its job in turn, from the name of either."""
        jobs = await home.journal.jobs(home.account)
        if job := next((job for job in jobs if called in (job.id, job.id.removeprefix("job_"))), None):
            return job.project, job
        project = await self._project(home, called)
        return project, (await home.journal.standing(home.account, project)).job

    async def _bring(
        self, home: Home, project: str, goal: Goal, consent: Consent, out: str | Path | None, listen: Listen | None
    ) -> FilmMade:
        """A new job, driven to its rest."""
        job = await making.enqueue(home, project, goal, consent, out)
        return await self._drive(home, project, job, out, listen)

    async def _go_on(
        self, home: Home, job: Job, consent: Consent, out: str | Path | None, listen: Listen | None
    ) -> FilmMade:
        """A job that is there already: agreed to anew where it waits or failed, then driven."""
        if job.state in ("waiting", "failed", "cancelled"):
            await making.queue_again(home, job, consent)
        return await self._drive(home, job.project, job.id, out, listen)

    async def _drive(
        self, home: Home, project: str, job: str, out: str | Path | None, listen: Listen | None
    ) -> FilmMade:
        self._making = project
        made = await making.bring(home, project, job, out, listen)
        self._making = None
        return made
