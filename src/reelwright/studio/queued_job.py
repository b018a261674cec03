"""Jobs that a person agreed to, in the queue: whatever drives the home carries them out."""

from __future__ import annotations

from typing import Annotated

from reelwright.studio.result_model import NOT_IN_JSON, ResultModel
from reelwright.studio.results import ProjectQuote
from reelwright.studio.rows import BatchQuote
from reelwright.studio.video_jobs import VideoJob


class QueuedJob(ResultModel):
    """A queued job with its project and the price that was agreed to.

    ``is_up_to_date``: everything existed already and the job is done; only its film is still to be delivered.
    ``video``: the job as ``read_video_job`` answers it, where it was created by this very call.
    """

    project: str
    job: str
    quote: ProjectQuote
    is_up_to_date: bool = False
    video: Annotated[VideoJob | None, NOT_IN_JSON] = None


class QueuedRow(ResultModel):
    """The job of a row of a queued batch. ``is_up_to_date``: it is done, and only its file is still to be delivered."""

    n: int
    project: str
    job: str
    is_up_to_date: bool = False


class QueuedBatch(ResultModel):
    """A queued batch with the price that was agreed to. ``batch_key``: the id that all its jobs have."""

    batch_key: str
    quote: BatchQuote
    rows: tuple[QueuedRow, ...]
