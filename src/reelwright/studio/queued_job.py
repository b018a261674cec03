"""A job that a person agreed to, in the queue: whatever drives the home carries it out."""

from __future__ import annotations

from reelwright.studio.result_model import ResultModel
from reelwright.studio.results import ProjectQuote


class QueuedJob(ResultModel):
    """A queued job with its project and the price that was agreed to.

    ``is_up_to_date``: everything existed already and the job is done; only its film is still to be delivered.
    """

    project: str
    job: str
    quote: ProjectQuote
    is_up_to_date: bool = False
