"""Looking: projects, jobs, and what happens to them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from reelwright.errors import NotFound
from reelwright.studio import shown
from reelwright.studio.answers import (
    JobShown,
    Planned,
    Progress,
    ProjectShown,
    Shown,
    Written,
)
from reelwright.studio.drive import watching
from reelwright.studio.showing import show
from reelwright.studio.verbs.opened import Opened


class Looking(Opened):
    """Looking: projects, jobs, and what happens to them."""

    async def show(self, project: str) -> Shown:
        """A project with its shots, takes, film, findings and what it wants now."""
        home = await self._found()
        return await show(home, await self._project(home, project))

    async def plan_of(self, project: str) -> Planned:
        """A project's plan as it stands, of its newest revision. Raises ``BadInput`` where it has none yet."""
        home = await self._found()
        standing, plan = await self._planned(home, project)
        from reelwright.planner.pacing import measure_pacing

        return Planned(
            plan=plan,
            understood={},
            project=standing.project,
            revision=standing.revision,
            pacing=measure_pacing(plan),
        )

    async def script_of(self, project: str) -> Written:
        """A project's script: the Markdown it was made from, or what its words come to. ``BadInput`` without a plan."""
        home = await self._found()
        standing, plan = await self._planned(home, project)
        from reelwright.planner.screens.written import script_of_plan

        return Written(script=script_of_plan(plan), name=plan.title, project=standing.project)

    async def projects(self) -> tuple[ProjectShown, ...]:
        """Every project, the newest first."""
        if not self._is_there:
            return ()
        home = await self._opened()
        rows = await home.journal.projects(home.account)
        driven = await home.journal.driven(home.account)
        standings = [await home.journal.standing(home.account, row.id) for row in rows]
        return tuple(shown.project_shown(row, one, driven) for row, one in zip(rows, standings, strict=True))

    async def jobs(self, project: str | None = None) -> tuple[JobShown, ...]:
        """The queue, the newest first."""
        if not self._is_there:
            return ()
        home = await self._opened()
        only = await self._project(home, project) if project is not None else None
        jobs = await home.journal.jobs(home.account, only)
        told = {job.project for job in jobs if job.said}
        plans = {name: (await home.journal.standing(home.account, name)).plan for name in sorted(told)}
        driven = await home.journal.driven(home.account)
        return tuple(shown.job_shown(job, driven, plans.get(job.project)) for job in jobs)

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
