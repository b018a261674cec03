"""Reading the jobs of programs: state, progress and the files, for a server."""

from __future__ import annotations

import asyncio
from asyncio import gather
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reelwright.errors import NotFound, ReelwrightError
from reelwright.media.base.frame_reader import read_frame
from reelwright.media.pictures.previews import draw_preview
from reelwright.reel.base.value import Digest
from reelwright.store.vault.vault import DIGEST
from reelwright.studio.accounts.branding import BrandFont, describe_font_file
from reelwright.studio.files.tidy_up import delete_job_files
from reelwright.studio.policy import JOBS_READ_AT_ONCE
from reelwright.studio.projects.film_parts import FilmParts, read_film_parts
from reelwright.studio.projects.video_jobs import (
    build_video_job,
    is_past,
    list_job_files,
    list_round_purchases,
    read_video_job,
)
from reelwright.studio.results.listings import MaterialSummary
from reelwright.studio.results.video_job import VideoJob
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts.briefing import IntakeResult, take_in, take_in_font
from reelwright.studio.verbs.base import StudioBase

if TYPE_CHECKING:
    from reelwright.media.pictures.previews import PreviewKind
    from reelwright.store.jobs.job_labels import JobLabel
    from reelwright.store.jobs.requests import CreateRequest
    from reelwright.studio.projects.queued_job import QueuedJob
    from reelwright.studio.runtime.home import Home


class Serving(StudioBase):
    """The verbs by which a server answers programs: jobs with their state, progress and files."""

    async def read_video_job(self, job: str, *, has_position: bool = True, is_reply: bool = False) -> VideoJob:
        """Read the state, progress and files of a job that makes a clip or a film. Raises ``NotFound``.

        Records that its id was used, so that no retry of another caller is answered with it. ``is_reply``: the caller
        sent no id, but is answered with this job, and may never read that. ``has_position``: with its position in the
        queue, for which every job that waits is counted.
        """
        home = await self._require_home()
        if is_reply:
            return await read_video_job(home, job, has_position=has_position)
        return await self._read_asked_job(home, job, has_position=has_position)

    async def _read_asked_job(self, home: Home, job: str, *, has_position: bool = False) -> VideoJob:
        """Read a job whose id a caller used, and record that. Raises ``NotFound``."""
        found = await read_video_job(home, job, has_position=has_position)
        await self._record_asked(home, found.job)
        return found

    async def list_video_jobs(
        self,
        *,
        limit: int,
        after: str | None = None,
        oldest_first: bool = False,
        label: JobLabel | None = None,
    ) -> tuple[VideoJob, ...]:
        """List up to ``limit`` jobs that make clips or films, newest or oldest first, following the job ``after``.

        ``label``: only those that were ordered under it. Raises ``NotFound`` for an ``after`` that the account does not
        have.
        """
        if not self._has_home:
            return ()
        home = await self._open_home()
        if after is not None:
            await home.journal.read_job(home.account, after)
        jobs = await home.journal.list_video_jobs(home.account, limit, after, oldest_first=oldest_first, label=label)
        standings = await gather(*(home.journal.read_standing(home.account, job.project) for job in jobs))
        driven = await home.journal.list_driven_projects(home.account)
        bought = await gather(*(list_round_purchases(home, job, one) for job, one in zip(jobs, standings, strict=True)))
        rows = zip(jobs, standings, bought, strict=True)
        policies = await home.read_policies()
        return tuple(build_video_job(home, job, one, driven, purchases, policies) for job, one, purchases in rows)

    async def list_all_video_jobs(self, label: JobLabel | None = None) -> tuple[VideoJob, ...]:
        """List all jobs that make clips or films, the newest first, or only those that were ordered under ``label``.

        They are read a page at a time, so that nobody else waits for a long list.
        """
        found: list[VideoJob] = []
        while True:
            after = found[-1].job if found else None
            page = await self.list_video_jobs(limit=JOBS_READ_AT_ONCE, after=after, label=label)
            found += page
            if len(page) < JOBS_READ_AT_ONCE:
                return tuple(found)

    async def list_unknown_purchases(self, job: str) -> tuple[str, ...]:
        """List the ids of the purchases of a job's project whose outcome is unknown. Raises ``NotFound``."""
        home = await self._require_home()
        standing = (await home.journal.read_job_view(home.account, job)).standing
        return tuple(one.id for one in standing.open_purchases if one.state == "unknown")

    async def handle_request(
        self, request: CreateRequest, name: str, enqueue: Callable[[], Awaitable[QueuedJob]]
    ) -> QueuedJob:
        """Return the job that ``enqueue`` queues for a program's request, or that of the request which it repeats.

        ``name``: the project or job that the request is about. Raises ``ReelwrightError`` while the earlier one is
        being handled.
        """
        home = await self._require_home()
        project, _ = await self._find_project_and_job_of_request(home, name)
        before = await home.journal.begin_request(home.account, project, request)
        if before is not None:
            if before[1] is None:
                raise ReelwrightError(code="request_in_progress", project=before[0])
            return await self._read_requested_job(home, before[1])
        queued: QueuedJob | None = None
        try:
            queued = await enqueue()
        finally:
            job = queued.job if queued else None
            await asyncio.shield(home.journal.conclude_request(home.account, project, request, job))
        return queued

    async def draw_preview(self, job: str, kind: PreviewKind) -> bytes:
        """Return the image bytes of a thumbnail or sprite sheet of a job's first video.

        Raises what ``locate_video`` raises.
        """
        path, _ = await self.locate_video(job)
        return await asyncio.to_thread(draw_preview, path, kind)

    async def draw_last_frame(self, path: Path, picture: Path, *, is_upload: bool = False) -> None:
        """Write the last frame of a video to the file ``picture``.

        ``is_upload``: the file came from outside, and is first checked as a person's own clip is; without that, a list
        of other files would be read as a video. Raises ``BadInput`` for what is no clip, and ``UnreadableMedia``.
        """
        with open_scratch_folder() as folder:
            if is_upload:
                taken = IntakeResult()
                made = await take_in(taken, path, "clip", folder, "video")
                path, _ = taken.files[made.asset]
            frame = await asyncio.to_thread(read_frame, path, "last")
        await asyncio.to_thread(frame.save, picture)

    async def add_materials(
        self, paths: Sequence[Path], kind: Literal["picture", "clip"]
    ) -> tuple[MaterialSummary, ...]:
        """Check and store a person's own pictures or clips in the vault, so that requests can name their digests.

        They are read and turned upright first. If one cannot be read, none is stored. Raises ``BadInput`` and
        ``UnreadableMedia``.
        """
        home = await self._open_home()
        taken = IntakeResult()
        with open_scratch_folder() as folder:
            made = [await take_in(taken, path, kind, folder, "file") for path in paths]
            await taken.keep(home)
        return tuple(
            MaterialSummary(id=one.asset, material_kind=kind, width=one.width, height=one.height, ms=one.ms)
            for one in made
        )

    async def add_font(self, path: Path) -> BrandFont:
        """Check and store a person's own font in the vault, so that a change can name its digest.

        Raises ``BadInput`` and ``UnreadableMedia``.
        """
        home = await self._open_home()
        taken = IntakeResult()
        with open_scratch_folder() as folder:
            font = await take_in_font(taken, path, folder, "font")
            await taken.keep(home)
        return describe_font_file(font)

    async def locate_asset(self, digest: str) -> Path:
        """Verify the bytes of an asset, and return the path of its file in the vault.

        Raises ``NotFound``, ``DamagedAsset``.
        """
        home = await self._require_home()
        if not DIGEST.fullmatch(digest) or not await home.vault.has(home.account, Digest(digest)):
            raise NotFound(code="asset_not_found", asset=digest)
        return await asyncio.to_thread(home.vault.get_verified_path, home.account, Digest(digest))

    async def read_film_parts(self, project: str) -> FilmParts:
        """Read which stills and takes of a project's film exist so far, and what the project has spent."""
        return await read_film_parts(await self._require_home(), project)

    async def delete_video(self, job: str, *, keeps_copies: bool = False) -> int:
        """Delete a job and those of its videos that no other project uses; return the number of bytes freed.

        A job that is not over is cancelled first. The plan, the ledger and the project stay. What lies of the videos at
        their provider is removed, too, as far as it can be, unless ``keeps_copies``.
        """
        home = await self._require_home()
        found = await self._read_asked_job(home, job)
        files = await self._list_files(home, found)
        return await delete_job_files(home, found.job, files, is_job_removed=True, keeps_copies=keeps_copies)

    async def delete_video_files(self, job: str, *, keeps_copies: bool = False) -> int:
        """Delete the videos of a job that no other project uses, but not the job; return the bytes freed.

        ``keeps_copies``: as for ``delete_video``.
        """
        home = await self._require_home()
        found = await self._read_asked_job(home, job)
        files = await self._list_files(home, found)
        return await delete_job_files(home, found.job, files, is_job_removed=False, keeps_copies=keeps_copies)

    async def free_local_copies(self, job: str) -> int:
        """Delete the copies on this machine of a job's videos in a bucket; return the number of bytes freed.

        The videos stay, and are fetched again when they are used. Beside a vault in a folder, nothing is freed; nor are
        copies that a project at work may read.
        """
        home = await self._require_home()
        found = await self._read_asked_job(home, job)
        idle = await home.journal.list_idle_assets(home.account, await self._list_files(home, found))
        return sum([await home.vault.free_copy(home.account, digest) for digest in sorted(idle)])

    async def _list_files(self, home: Home, job: VideoJob) -> tuple[Digest, ...]:
        """List the files of a job, also those that have ended but are not deleted yet."""
        if job.files:
            return job.files
        found = await home.journal.read_job(home.account, job.job)
        standing = await home.journal.read_standing(home.account, job.project)
        return list_job_files(standing, found, await list_round_purchases(home, found, standing))[0]

    async def record_download(self, job: str, index: int | None = None) -> None:
        """Record that a job's file ``index``, or all of them (None), was fully downloaded, which may end its retention.

        ``index``: from 0; None: all files as one archive. Of several files, only the archive counts.
        """
        home = await self._require_home()
        found = await self._read_asked_job(home, job)
        if await _is_download_counted(home, found) and (index is None or len(found.files) == 1):
            await home.journal.record_download(home.account, found.job)

    async def is_download_counted(self, job: str) -> bool:
        """Whether the retention of a job's files ends after their first complete download."""
        home = await self._require_home()
        return await _is_download_counted(home, await self._read_asked_job(home, job))

    async def locate_video(self, job: str, index: int = 0) -> tuple[Path, Digest]:
        """Verify the bytes of a job's video ``index``, from 0, and return the path of its file and its digest.

        Raises ``NotFound`` if there is no such file (yet), and ``DamagedAsset``.
        """
        home = await self._require_home()
        digest = await self.find_video(job, index)
        return await asyncio.to_thread(home.vault.get_verified_path, home.account, digest), digest

    async def find_video(self, job: str, index: int = 0) -> Digest:
        """Find the digest of a job's video ``index``, from 0, without its bytes.

        Raises ``NotFound`` if there is no such file (yet).
        """
        home = await self._require_home()
        found = await self._read_asked_job(home, job)
        if not 0 <= index < len(found.files):
            if is_past(found.expires_at):
                raise NotFound(code="video_has_expired", job=job, expires_at=f"{found.expires_at:%Y-%m-%d %H:%M} UTC")
            if found.files:
                raise NotFound(code="video_index_unknown", job=job, count=len(found.files))
            raise NotFound(code="video_is_deleted" if found.is_deleted else "video_not_ready", job=job)
        return found.files[index]


async def _is_download_counted(home: Home, job: VideoJob) -> bool:
    policy = (await home.read_policies()).find_for(home.account, job.project)
    return isinstance(policy.after_download, int)
