"""Exporting and importing: archives, films as files, and tidying up."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

from reelwright.studio.clips import clips
from reelwright.studio.edits import apply_request
from reelwright.studio.files import project_files
from reelwright.studio.files.tidy_up import tidy_home
from reelwright.studio.films import deliver, project_run, summaries
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.projects.video_jobs import list_clip_files
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.film_budget import add_spent
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.results.options import RunOptions
from reelwright.studio.results.results import ExportResult, FilmResult, ProjectQuote, PullResult, TidyResult
from reelwright.studio.results.verb_options import RunKeywords
from reelwright.studio.runtime.clip_samples import is_clip
from reelwright.studio.verbs.base import StudioBase


class Handing(StudioBase):
    """The verbs that write projects to files, read them back, and tidy up."""

    async def deliver(self, project: str) -> tuple[Path, ...]:
        """Write the film, or the takes of a clip, that a project's newest job made to files, and return their paths.

        Files that were delivered already stay. Makes nothing new and spends nothing.
        """
        home = await self._require_home()
        called, _ = await self._find_project_and_job(home, project)
        job = await home.journal.find_newest_job(home.account, called)
        if job is None or job.state not in ("done", "waiting") or job.goal not in ("film", "takes"):
            return ()
        standing = project_run.aim_at_goal(await home.journal.read_standing(home.account, called), job.goal)
        if job.goal == "film":
            path = project_run.find_film_path(home, standing, job)
            paths = tuple(deliver.add_format(path, one) for one in summaries.find_current_films(standing) or ("",))
            if not (job.delivered_at and all(one.is_file() for one in paths)):
                made = await project_run.report(home, job, None, 0.0, 0)
                return tuple(one.path for one in made.films or (made.film,) if one)
            return paths
        if job.state != "done" or not is_clip(standing):
            return ()
        files, _ = await clips.deliver_takes(home, standing, await clips.find_place(home, called))
        await home.journal.mark_delivered(home.account, job.id)
        return tuple(file.path for file in files)

    async def export(self, project: str, out: str | Path | None = None) -> ExportResult:
        """Write a project's film or clip, captions, film.yaml and materials to a ZIP archive, without local paths or
        secrets.

        ``out``: a file name or a folder; None: a file in the current folder.
        """
        home = await self._require_home()
        standing, plan = await self._read_planned(home, project)
        name = f"{deliver.make_slug(plan.title)}-{deliver.shorten_id(standing.project)}.zip"
        path = project_files.check_archive_path(validation.check_path("out", out) or Path(name).absolute(), name)
        takes = list_clip_files(standing)[0] if is_clip(standing) else ()
        return await project_files.export(home.vault, standing, summaries.find_current_films(standing), path, takes)

    async def pull(self, project: str, folder: str | Path | None = None) -> PullResult:
        """Write a project's ``film.yaml``, to edit by hand, and its materials to ``folder`` (None: named by title)."""
        home = await self._require_home()
        standing, plan = await self._read_planned(home, project)
        name = f"{deliver.make_slug(plan.title)}-{deliver.shorten_id(standing.project)}"
        path = validation.check_path("folder", folder) or Path(name).absolute()
        await apply_request.refuse_unapplied_changes(home, path, standing.project)
        return await project_files.pull(home.vault, standing, path)

    async def quote_apply(self, folder: str | Path, *, listen: Listen | None = None) -> ProjectQuote:
        """Quote what applying the ``film.yaml`` in ``folder`` would buy; see ``apply``.

        Spends nothing. A pending cancel of the project is carried out first.
        """
        home = await self._open_home()
        return await add_spent(
            home.ledger, home.account, (await apply_request.read_apply_request(home, folder, listen)).quote
        )

    async def apply(
        self, folder: str | Path, *, listen: Listen | None = None, **options: Unpack[RunKeywords]
    ) -> FilmResult:
        """Store the ``film.yaml`` in ``folder`` as a revision of its project, and make the film; may spend.

        If this home does not know the project, opens a new one.
        """
        queued = await self.enqueue_apply(folder, listen=listen, **options)
        return await self._drive_queued(queued, options.get("out"), listen)

    async def enqueue_apply(
        self, folder: str | Path, *, listen: Listen | None = None, **options: Unpack[RunKeywords]
    ) -> QueuedJob:
        """Write a ``film.yaml`` as its project's next revision and queue the film, at an agreed price; runs nothing.

        Sends nothing.
        """
        given = RunOptions.parse(options)
        self._check_out(given.out)
        home = await self._open_home()
        applied = await apply_request.read_apply_request(home, folder, listen)
        quote = await add_spent(home.ledger, home.account, applied.quote)
        consent = self._require_consent(quote, given)
        project = await apply_request.apply_request(home, applied)
        job = await project_run.enqueue(home, project, "film", quote, consent, given.out)
        return QueuedJob(project=project, job=job, quote=quote)

    async def tidy(self, project: str | None = None, *, losing_takes: bool = False, dry: bool = False) -> TidyResult:
        """Delete what ended processes left and, with ``losing_takes``, takes that no film uses; ``dry``: only count."""
        if not self._has_home:
            return TidyResult(workrooms=0, takes=0, size_bytes=0, is_dry_run=dry)
        home = await self._open_home()
        only = await self._find_project(home, project) if project is not None else None
        return await tidy_home(home, only, losing_takes=losing_takes, dry=dry)
