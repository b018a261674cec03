"""Archives: all files of a job as one ZIP, the same bytes for every download."""

from __future__ import annotations

import asyncio
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

if TYPE_CHECKING:
    from reelwright.studio.home import Home
    from reelwright.studio.video_jobs import VideoJob

_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that two downloads are equal."""


async def build_archive(home: Home, job: VideoJob, name: str) -> FileResponse:
    """Build the answer with the videos and the pictures of a job. The file is removed once it was sent."""

    def pack() -> Path:
        with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as file:
            path = Path(file.name)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for label, digests, suffix in (("video", job.files, "mp4"), ("picture", job.pictures, "jpg")):
                    for n, digest in enumerate(digests, 1):
                        source = home.vault.get_verified_path(home.account, digest)
                        entry = zipfile.ZipInfo(f"{label}-{n}.{suffix}", _TIME)
                        entry.file_size = source.stat().st_size
                        with source.open("rb") as read, archive.open(entry, "w") as write:
                            while part := read.read(1 << 20):
                                write.write(part)
        return path

    path = await asyncio.to_thread(pack)
    return FileResponse(
        path, media_type="application/zip", filename=name, background=BackgroundTask(path.unlink, missing_ok=True)
    )
