"""Reading: projects, jobs, and their events."""

from __future__ import annotations

from asyncio import gather
from collections.abc import AsyncIterator, Collection

from reelwright.errors import NotFound
from reelwright.planner.pacing import measure_pacing
from reelwright.reason import Action
from reelwright.reel.base.value import cache_by_identity
from reelwright.studio import late_modules as late
from reelwright.studio.films import summaries
from reelwright.studio.films.drive import watch_project
from reelwright.studio.films.film_contact_sheet import FilmPicture, draw_film_picture
from reelwright.studio.projects.engine_waits import add_engine_wait, find_engine_waits
from reelwright.studio.projects.project_details import show
from reelwright.studio.quotes import validation
from reelwright.studio.results.listings import JobSummary, ProjectDetails, ProjectSummary
from reelwright.studio.results.results import PlanResult, Progress, ScriptResult
from reelwright.studio.verbs.base import StudioBase
from reelwright.units import Micros

_measure_pacing = cache_by_identity(64)(measure_pacing)


class Looking(StudioBase):
    """The verbs that only read: projects, jobs, and their events."""

    async def show(self, project: str) -> ProjectDetails:
        """Read all about a project: its shots, takes, film, findings, and a quote of what it lacks. Spends nothing."""
        home = await self._require_home()
        return await show(home, await self._find_project(home, project))

    async def read_plan(self, project: str) -> PlanResult:
        """Read the plan of a project's newest revision. Raises ``BadInput`` if it has none yet."""
        home = await self._require_home()
        standing, plan = await self._read_planned(home, project)

        return PlanResult(
            plan=plan,
            interpretation={},
            project=standing.project,
            revision=standing.revision,
            pacing=_measure_pacing(plan),
        )

    async def read_script(self, project: str) -> ScriptResult:
        """Return a project's newest revision as Markdown: its own script, rewritten where it was edited; saves no file.

        Where there was no script, it is written from the words of the shots. Raises ``BadInput`` if the project has no
        plan yet.
        """
        home = await self._require_home()
        standing, plan = await self._read_planned(home, project)

        return ScriptResult(script=late.plan_script.write_plan_script(plan), name=plan.title, project=standing.project)

    async def draw_film_picture(self, project: str, kind: FilmPicture = "sheet") -> bytes:
        """Draw a picture of a project's film. Costs nothing.

        ``sheet``: a frame of each shot, labelled, as JPEG; of an unfinished film the takes and stills that exist.
        ``poster``: one frame in the film's size, as JPEG. ``preview``: ten seconds at most of all shots in motion, as
        WebP. Raises ``NotFound`` where there is nothing to show yet.
        """
        home = await self._require_home()
        return await draw_film_picture(home, await self._find_project(home, project), kind)

    async def list_projects(
        self,
        *,
        limit: int | None = None,
        before: str | None = None,
        is_unfinished: bool = False,
        letters: str = "",
        only: Collection[str] | None = None,
    ) -> tuple[ProjectSummary, ...]:
        """List up to ``limit`` projects, the newest first, of those that are older than the project ``before``.

        ``is_unfinished``: only those that are neither done nor cancelled. ``letters``: only those whose title has these
        letters. ``only``: ids, of which the others are left out.
        """
        _check_limit(limit)
        if not self._has_home:
            return ()
        home = await self._open_home()
        after = await self._find_project(home, before) if before is not None else None
        rows = await home.journal.list_projects(
            home.account, limit, after, is_unfinished=is_unfinished, letters=letters, only=only
        )
        driven = await home.journal.list_driven_projects(home.account)
        standings = await gather(*(home.journal.read_standing(home.account, row.id) for row in rows))  # as one batch
        spent = await home.ledger.sum_spent_by_project(home.account, [row.id for row in rows])
        return tuple(
            summaries.build_project_summary(row, one, driven, spent.get(row.id, Micros(0)))
            for row, one in zip(rows, standings, strict=True)
        )

    async def list_jobs(
        self, project: str | None = None, *, limit: int | None = None, before: str | None = None
    ) -> tuple[JobSummary, ...]:
        """List up to ``limit`` jobs of one project or all, the newest first, of those older than the job ``before``."""
        _check_limit(limit)
        if not self._has_home:
            return ()
        home = await self._open_home()
        only = await self._find_project(home, project) if project is not None else None
        last = (await home.journal.read_job(home.account, before)).id if before is not None else None
        jobs = await home.journal.list_jobs(home.account, only, limit, last, has_removed=False)
        named = sorted({job.project for job in jobs if job.reason})
        read = await gather(*(home.journal.read_standing(home.account, name) for name in named))  # as one batch
        standings = dict(zip(named, read, strict=True))
        driven = await home.journal.list_driven_projects(home.account)
        positions = await home.journal.list_positions(
            home.account, {job.project for job in jobs if job.state == "queued"}
        )
        is_paused = bool(positions) and await home.journal.find_pause(home.account) is not None
        rows = tuple(
            summaries.build_job_summary(
                job, driven, standings.get(job.project), positions.get(job.id), is_paused=is_paused
            )
            for job in jobs
        )
        waits = await find_engine_waits(home) if any(row.state == "running" for row in rows) else {}
        return tuple(add_engine_wait(row, waits) for row in rows)

    async def watch(self, project: str | None = None, *, after: int = 0) -> AsyncIterator[Progress]:
        """Yield a project's events as they happen, until none of its jobs is queued or running. Runs nothing itself.

        ``project`` None: that of the newest job. ``after``: the id of the last event that is known already.
        """
        home = await self._require_home()
        if project is not None:
            called, _ = await self._find_project_and_job(home, project)
        elif newest := await home.journal.find_newest_job(home.account):
            called = newest.project
        else:
            raise NotFound(code="no_job_yet", actions=[Action("start_project")])
        async for progress in watch_project(home, called, after):
            yield progress


def _check_limit(limit: int | None) -> None:
    """Raise ``BadInput`` if ``limit`` is not a number of rows."""
    if limit is not None:
        validation.check_whole_number("limit", limit, 1, 1_000_000)
