"""Reading the jobs of programs: state, progress and the files, for a server."""

from __future__ import annotations

import asyncio
from asyncio import gather
from pathlib import Path
from typing import Literal

from reelwright.errors import NotFound
from reelwright.reel.value import Digest
from reelwright.studio.briefing import IntakeResult, take_in
from reelwright.studio.listings import MaterialSummary
from reelwright.studio.scratch import open_scratch_folder
from reelwright.studio.verbs.base import StudioBase
from reelwright.studio.video_jobs import VideoJob, build_video_job, read_video_job


class Serving(StudioBase):
    """Reading the jobs of programs: state, progress and the files, for a server."""

    async def read_video_job(self, job: str) -> VideoJob:
        """Read a job that makes a clip or a film. Raises ``NotFound``."""
        return await read_video_job(await self._require_home(), job)

    async def list_video_jobs(
        self, *, limit: int, after: str | None = None, oldest_first: bool = False
    ) -> tuple[VideoJob, ...]:
        """List up to ``limit`` video jobs that come after the job ``after``: the newest first, or the oldest.

        Raises ``NotFound`` for an ``after`` that the account does not have.
        """
        if not self._has_home:
            return ()
        home = await self._open_home()
        if after is not None:
            await home.journal.read_job(home.account, after)
        jobs = await home.journal.list_video_jobs(home.account, limit, after, oldest_first=oldest_first)
        standings = await gather(*(home.journal.read_standing(home.account, job.project) for job in jobs))
        driven = await home.journal.list_driven_projects(home.account)
        return tuple(build_video_job(home, job, one, driven) for job, one in zip(jobs, standings, strict=True))

    async def add_material(self, path: Path, kind: Literal["picture", "clip"]) -> MaterialSummary:
        """Store a picture or clip of the person's own, so that requests can name it by its digest.

        It is read and turned upright first. Raises ``BadInput`` and ``UnreadableMedia``.
        """
        home = await self._open_home()
        taken = IntakeResult()
        with open_scratch_folder() as folder:
            material = await take_in(taken, path, kind, folder, "file")
            await taken.keep(home)
        return MaterialSummary(
            id=material.asset, material_kind=kind, width=material.width, height=material.height, ms=material.ms,
            notes=tuple(taken.notes),
        )  # fmt: skip

    async def locate_video(self, job: str, index: int = 0) -> tuple[Path, Digest]:
        """Return the path and the digest of a job's file, whose bytes were verified; ``index``: its sample, from 0.

        Raises ``NotFound`` if there is no such file (yet), and ``DamagedAsset``.
        """
        home = await self._require_home()
        found = await read_video_job(home, job)
        if not 0 <= index < len(found.files):
            raise NotFound(code="video_is_deleted" if found.is_deleted else "video_not_ready", job=job)
        digest = found.files[index]
        return await asyncio.to_thread(home.vault.get_verified_path, home.account, digest), digest
