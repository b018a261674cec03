"""Jobs that a person agreed to, in the queue: whatever drives the home carries them out."""

from __future__ import annotations

from typing import Annotated

from reelwright.studio.results.result_model import NOT_IN_JSON, ResultModel
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.results.rows import BatchQuote
from reelwright.studio.results.video_job import VideoJob


class QueuedJob(ResultModel):
    """The result of queueing a job: its id, its project, and the quote that was agreed to.

    ``is_up_to_date``: everything existed already and the job is done; only its film is still to be delivered.
    ``video``: the job as ``read_video_job`` answers it, where it was created by this very call.
    """

    project: str
    job: str
    quote: ProjectQuote
    is_up_to_date: bool = False
    video: Annotated[VideoJob | None, NOT_IN_JSON] = None


class QueuedRow(ResultModel):
    """The job that was queued for a row of a batch.

    ``is_up_to_date``: it is done, and only its file is still to be delivered.
    """

    n: int
    project: str
    job: str
    is_up_to_date: bool = False


class QueuedBatch(ResultModel):
    """The result of queueing a batch: a job for each row, and the quote that was agreed to.

    ``batch_key``: the id that all its jobs have.
    """

    batch_key: str
    quote: BatchQuote
    rows: tuple[QueuedRow, ...]
