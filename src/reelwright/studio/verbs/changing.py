"""Changing a project: an edit, another take, a choice of take. Only what depends on the change is made again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, Unpack, cast

from reelwright.errors import BadInput, StaleRevision
from reelwright.reason import Action
from reelwright.reel.film.plan import Plan, Shot
from reelwright.reel.graph.choices import Choices
from reelwright.reel.records.operation import Standing
from reelwright.studio.edits import editing, plan_changes, retakes
from reelwright.studio.films import project_run, summaries
from reelwright.studio.films.film_request import FilmRequest, build_script_request, quote_script_change
from reelwright.studio.policy import REVISION_TRIES
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.quotes.film_budget import add_spent
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.results.listings import TakeSummary
from reelwright.studio.results.options import (
    ChangeOptions,
    EditOptions,
    FilmOptions,
    MakeOptions,
    QuoteOptions,
    RunOptions,
)
from reelwright.studio.results.results import CircleResult, FilmResult, ProjectQuote
from reelwright.studio.results.verb_options import (
    BriefOptions,
    Changes,
    EditKeywords,
    MakeKeywords,
    QuoteKeywords,
    RunKeywords,
)
from reelwright.studio.runtime import quality
from reelwright.studio.runtime.home import Home, refuse_unsold
from reelwright.studio.runtime.name_resolution import resolve_shot, resolve_take
from reelwright.studio.runtime.scratch import ScratchFolder, open_scratch_folder
from reelwright.studio.scripts.briefing import IntakeResult
from reelwright.studio.scripts.scripts import continue_brief
from reelwright.studio.verbs.filming import Filming, refuse_other_revision

_CHANGES: Final = frozenset(Changes.__annotations__)


P = ParamSpec("P")


def repeat_if_changed(
    enqueue: Callable[P, Coroutine[Any, Any, QueuedJob]],
) -> Callable[P, Coroutine[Any, Any, QueuedJob]]:
    """Return a verb that starts again if another call changed the project after its price was computed.

    A person then agrees to the price of what is written. With ``if_revision`` the verb raises ``StaleRevision``.
    """

    @wraps(enqueue)
    async def repeat(*args: P.args, **kwargs: P.kwargs) -> QueuedJob:
        for _ in range(REVISION_TRIES - 1):
            try:
                return await enqueue(*args, **kwargs)
            except StaleRevision:
                if kwargs.get("if_revision") is not None:
                    raise
        return await enqueue(*args, **kwargs)

    return repeat


class Changing(Filming):
    """The verbs that change a project: an edit, another take, a choice of take.

    Only what depends on the change is made again.
    """

    async def quote_edit(
        self, project: str, *, listen: Listen | None = None, **changes: Unpack[Changes]
    ) -> ProjectQuote:
        """Quote what an edit of shots or of the whole film would cost; see ``edit``.

        Spends nothing. If a later shot continues an edited one, the quote has the price of both ways, a bridge and a
        reflow.

        A pending cancel of the project is carried out first.
        """
        given = ChangeOptions.parse(changes)
        home = await self._require_home()
        standing, _ = await self._read_for_change(home, project, listen)
        with open_scratch_folder() as folder:
            edit, _ = await self._build_edit(given, folder)
        edit = await editing.add_planned_length(home, standing, edit)
        quote = await add_spent(home.ledger, home.account, await editing.quote_edit(home, standing, edit))
        return await project_run.add_film_price(home, quote, standing, edit.revise)

    async def _build_edit(self, given: ChangeOptions, folder: ScratchFolder) -> tuple[editing.Edit, IntakeResult]:
        changes = cast(Changes, given.get_given(_CHANGES))
        brand = await self._read_home_brand() if given.brand else None
        return await editing.build_edit(changes, folder, self._settings, brand)

    async def edit(self, project: str, *, listen: Listen | None = None, **options: Unpack[EditKeywords]) -> FilmResult:
        """Change shots or the whole film and make the film again; may spend, but only on what the change affects."""
        queued = await self.enqueue_edit(project, listen=listen, **options)
        film = await self._drive_queued(queued, options.get("out"), listen, is_told=True)
        return film.replace(notes=(*queued.quote.notes, *film.notes))

    @repeat_if_changed
    async def enqueue_edit(
        self,
        project: str,
        *,
        if_revision: int | None = None,
        listen: Listen | None = None,
        **options: Unpack[EditKeywords],
    ) -> QueuedJob:
        """Write an edit as the next revision and queue its film, at a price that the options agree to; runs nothing.

        Sends nothing to a provider. ``if_revision``: the revision that the edit was made for; None: the newest,
        whatever it is. Raises ``StaleRevision`` if the plan has another one: nothing is overwritten.
        """
        given = EditOptions.parse(options)
        self._check_out(given.out)
        home = await self._require_home()
        standing, _ = await self._read_for_change(home, project, listen)
        refuse_other_revision(standing, if_revision)
        with open_scratch_folder() as folder:
            edit, taken = await self._build_edit(given, folder)
            edit = await editing.add_planned_length(home, standing, edit)
            quote = await add_spent(home.ledger, home.account, await editing.quote_edit(home, standing, edit))
            consent = self._require_consent(quote, given)
            await asyncio.to_thread(
                refuse_unsold, self._sellers, editing.build_graph_after(home, standing, edit), quote.wanted_steps
            )
            await taken.keep(home)

        def revise(stands: Standing) -> tuple[Plan, Choices]:
            refuse_other_revision(stands, standing.revision)
            return edit.revise(stands)

        await project_run.revise(home, standing.project, revise)
        return await self._take_up(home, standing.project, standing.goal, quote, consent, given.out, listen)

    async def quote_script(
        self, project: str, *, listen: Listen | None = None, **options: Unpack[QuoteKeywords]
    ) -> ProjectQuote:
        """Quote what a project's film would lack with another script; see ``replace_script``. Spends nothing.

        A pending cancel of the project is carried out first.
        """
        home = await self._require_home()
        standing, plan = await self._read_for_change(home, project, listen)
        with open_scratch_folder() as folder:
            film = await self._read_next_script(standing, plan, QuoteOptions.parse(options), folder)
            standing = project_run.aim_at_goal(standing, film.command.brief.goal)
            return await quote_script_change(home, film, standing)

    async def replace_script(
        self, project: str, *, listen: Listen | None = None, **options: Unpack[MakeKeywords]
    ) -> FilmResult:
        """Make a project's film again by the option ``script``; may spend, but only on what the change affects.

        What the script and the options leave out stays as the project has it. Raises ``BadInput`` for another size,
        aspect, language or flavor: that is another film, see ``make``.
        """
        queued = await self.enqueue_script(project, listen=listen, **options)
        film = await self._drive_queued(queued, options.get("out"), listen, is_told=True)
        return film.replace(notes=(*queued.quote.notes, *film.notes))

    @repeat_if_changed
    async def enqueue_script(
        self,
        project: str,
        *,
        if_revision: int | None = None,
        listen: Listen | None = None,
        **options: Unpack[MakeKeywords],
    ) -> QueuedJob:
        """Write a script's plan as the next revision and queue its film, at an agreed price; runs nothing.

        Sends nothing to a provider. ``if_revision``: as in ``enqueue_edit``.
        """
        given = MakeOptions.parse(options)
        self._check_out(given.out)
        home = await self._require_home()
        standing, plan = await self._read_for_change(home, project, listen)
        refuse_other_revision(standing, if_revision)
        with open_scratch_folder() as folder:
            film = await self._read_next_script(standing, plan, given, folder)
            standing = project_run.aim_at_goal(standing, film.command.brief.goal)
            quote = await quote_script_change(home, film, standing)
            consent = self._require_consent(quote, given)
            await self._revise_by_script(home, film, standing, quote, standing.revision)
        goal, options_of_job = film.command.brief.goal, given.list_job_options()
        return await self._take_up(home, standing.project, goal, quote, consent, given.out, listen, options_of_job)

    async def _read_next_script(
        self, standing: Standing, plan: Plan, given: QuoteOptions, folder: ScratchFolder
    ) -> FilmRequest:
        """Read a script that changes a project. Raises ``BadInput``, also for options that make a new project."""
        if given.script is None:
            raise BadInput("script", None, "the script, as text or as a file")
        for name in ("plan", "again", "new"):
            if getattr(given, name):
                raise BadInput(name, getattr(given, name), "nothing beside a script that changes a project")
        film_options = cast(BriefOptions, given.get_given(FilmOptions.model_fields))
        base = continue_brief(standing.brief, plan)
        return await build_script_request(given.script, given.goal, film_options, folder, self._settings, base=base)

    async def retake(
        self,
        project: str,
        shot: int | str | Sequence[int | str],
        *,
        listen: Listen | None = None,
        **options: Unpack[RunKeywords],
    ) -> FilmResult:
        """Make one more take of each ``shot``, by number or id, which may spend; the existing takes stay.

        ``circle`` chooses one.
        """
        queued = await self.enqueue_retake(project, shot, listen=listen, **options)
        return await self._drive_queued(queued, options.get("out"), listen, is_told=True)

    @repeat_if_changed
    async def enqueue_retake(
        self,
        project: str,
        shot: int | str | Sequence[int | str],
        *,
        listen: Listen | None = None,
        **options: Unpack[RunKeywords],
    ) -> QueuedJob:
        """Request one more take of each ``shot`` and queue their job, at an agreed price; runs nothing.

        Sends nothing to a provider.
        """
        given = RunOptions.parse(options)
        self._check_out(given.out)
        home = await self._require_home()
        standing, _ = await self._read_for_change(home, project, listen)
        retake = await retakes.build_retake(home, standing, shot)
        quote = await add_spent(home.ledger, home.account, retake.quote(home, standing))
        consent = self._require_consent(quote, given)
        graph = home.producer.build_graph(project_run.aim_at_goal(standing, standing.goal))
        await asyncio.to_thread(refuse_unsold, self._sellers, graph, quote.wanted_steps)
        await retakes.request_takes(home, standing, retake)
        return await self._take_up(home, standing.project, standing.goal, quote, consent, given.out, listen)

    async def quote_retake(
        self, project: str, shot: int | str | Sequence[int | str], *, listen: Listen | None = None
    ) -> ProjectQuote:
        """Quote one more take of each ``shot``, given by number or id. Spends nothing.

        A pending cancel of the project is carried out first.
        """
        home = await self._require_home()
        standing, _ = await self._read_for_change(home, project, listen)
        retake = await retakes.build_retake(home, standing, shot)
        return await add_spent(home.ledger, home.account, retake.quote(home, standing))

    async def quote_circle(self, project: str, shot: int | str, take: int | str) -> ProjectQuote:
        """Quote what the film would lack if a shot used another take; see ``circle``. Spends nothing."""
        home = await self._require_home()
        standing, called, chosen = await self._find_take(home, project, shot, take)
        plan, choices = retakes.circle_take(standing, called, chosen.asset, chosen.id)
        after = replace(standing, plan=plan, choices=choices)
        return await add_spent(
            home.ledger, home.account, project_run.quote_standing(home, project_run.aim_at_goal(after, standing.goal))
        )

    async def _find_take(
        self, home: Home, project: str, shot: int | str, take: int | str
    ) -> tuple[Standing, Shot, TakeSummary]:
        """Find a take of a shot, each by its number or id. Raises ``BadInput``."""
        standing, plan = await self._read_planned(home, project)
        called = resolve_shot(plan, shot)
        takes = summaries.build_take_summaries(standing, await home.journal.list_takes(home.account, standing.project))
        return standing, called, resolve_take([one for one in takes if one.shot == called.id], take)

    async def circle(self, project: str, shot: int | str, take: int | str) -> CircleResult:
        """Choose the take that a shot uses, by its number in ``show`` or its digest; makes and buys nothing.

        ``resume`` makes the film with it.
        """
        home = await self._require_home()
        standing, called, chosen = await self._find_take(home, project, shot, take)
        revision = await project_run.revise(
            home, standing.project, lambda stands: retakes.circle_take(stands, called, chosen.asset, chosen.id)
        )
        after = await home.journal.read_standing(home.account, standing.project)
        quote = project_run.quote_standing(home, project_run.aim_at_goal(after, after.goal))
        return CircleResult(project=standing.project, revision=revision, quote=quote)

    async def accept(
        self, project: str, *findings: str, out: str | Path | None = None, listen: Listen | None = None
    ) -> FilmResult:
        """Overrule findings of the film's checks by id (none: all that fail it), and finish the waiting job.

        The job then ends with its film. The decision is recorded. Raises ``BadInput``.
        """
        return await self.resume(await self._accept(project, findings, listen), out=out, listen=listen)

    async def enqueue_accept(self, project: str, *findings: str) -> QueuedJob:
        """Overrule findings as ``accept`` does, and queue the waiting job again; runs nothing and buys nothing."""
        return await self.enqueue_resume(await self._accept(project, findings))

    async def _accept(self, project: str, findings: tuple[str, ...], listen: Listen | None = None) -> str:
        """Carry out a pending cancel, then record that a person overrules findings; return the project's id.

        Raises ``BadInput``.
        """
        home = await self._require_home()
        standing, _ = await self._read_for_change(home, project, listen)
        film = summaries.find_current_film(standing)
        found = summaries.list_film_findings(standing, film)
        if film is None and not quality.find_open_faults(found):
            actions = [Action("resume_job", {"project": standing.project})]
            raise BadInput(
                "project", standing.project, "a project whose film is made; this one has none yet", actions=actions
            )
        accepted = quality.select_accepted_keys(found, findings)
        await project_run.revise(home, standing.project, lambda stands: plan_changes.accept_findings(stands, accepted))
        return standing.project
