"""The history of a project: its revisions, and an earlier one as the next. What was bought for it is still there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Unpack

from reelwright.errors import BadInput
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.records.operation import Standing
from reelwright.studio.edits import history
from reelwright.studio.films import project_run
from reelwright.studio.policy import MAX_REVISIONS_LISTED
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.quotes.film_budget import add_spent
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.results.listings import RevisionSummary
from reelwright.studio.results.options import RunOptions
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.results.verb_options import RunKeywords
from reelwright.studio.runtime.home import Home, refuse_unsold
from reelwright.studio.verbs.filming import Filming, refuse_other_revision


class Restoring(Filming):
    """The verbs on a project's history: its revisions, and the return to one of them."""

    async def list_revisions(self, project: str) -> tuple[RevisionSummary, ...]:
        """List the newest revisions of a project, the newest first, each with what it changed. Spends nothing."""
        home = await self._require_home()
        return await history.list_revisions(home, await self._find_project(home, project), MAX_REVISIONS_LISTED)

    async def quote_restore(self, project: str, revision: int, *, listen: Listen | None = None) -> ProjectQuote:
        """Quote what a project would lack if it went back to an earlier revision; see ``enqueue_restore``.

        Spends nothing. A pending cancel of the project is carried out first.
        """
        home = await self._require_home()
        standing, _ = await self._read_for_change(home, project, listen)
        plan, choices = await _read_earlier(home, standing, revision)
        quote = await _quote(home, standing, plan, choices)
        return await project_run.add_film_price(home, quote, standing, lambda stands: (plan, choices))

    async def enqueue_restore(
        self,
        project: str,
        revision: int,
        *,
        if_revision: int | None = None,
        listen: Listen | None = None,
        **options: Unpack[RunKeywords],
    ) -> QueuedJob:
        """Write the plan and the choices of an earlier revision as the next one and queue its film, at an agreed price.

        Nothing is deleted: takes that were bought since stay, and another call goes forward again. Sends nothing to a
        provider. ``if_revision``: the revision that a person saw; ``StaleRevision`` if the plan has another one.
        """
        given = RunOptions.parse(options)
        self._check_out(given.out)
        home = await self._require_home()
        standing, _ = await self._read_for_change(home, project, listen)
        refuse_other_revision(standing, if_revision)
        plan, choices = await _read_earlier(home, standing, revision)
        quote = await _quote(home, standing, plan, choices)
        consent = self._require_consent(quote, given)
        after = project_run.aim_at_goal(replace(standing, plan=plan, choices=choices), standing.goal)
        await asyncio.to_thread(refuse_unsold, self._sellers, home.producer.build_graph(after), quote.wanted_steps)

        def revise(stands: Standing) -> tuple[Plan, Choices]:
            refuse_other_revision(stands, standing.revision)
            return plan, choices

        await project_run.revise(home, standing.project, revise)
        return await self._take_up(home, standing.project, standing.goal, quote, consent, given.out, listen)


async def _read_earlier(home: Home, standing: Standing, revision: int) -> tuple[Plan, Choices]:
    if isinstance(revision, bool) or not isinstance(revision, int) or not 1 <= revision <= standing.revision:
        raise BadInput("revision", revision, f"a revision from 1 to {standing.revision}")
    return await home.journal.read_revision(home.account, standing.project, revision)


async def _quote(home: Home, standing: Standing, plan: Plan, choices: Choices) -> ProjectQuote:
    after = project_run.aim_at_goal(replace(standing, plan=plan, choices=choices), standing.goal)
    return await add_spent(home.ledger, home.account, await project_run.quote_change(home, after))
