"""The words of each dialect for the state of a job: total tables, one for each dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from reelwright.server.policy import MAX_RETRIES_SHOWN
from reelwright.studio.results.video_job import VideoJob

OpenAiStatus = Literal["queued", "in_progress", "completed", "failed"]
WORKING: Final = "working"
"""Stands for the words of a job that is not over."""
ENDS: Final[Mapping[str, Mapping[str, str]]] = {
    # state:            OpenAI, the Veo web app, the Mochi cluster, the ad pipeline
    "queued": {"openai": WORKING, "veo_studio": WORKING, "cluster": WORKING, "ads": WORKING},
    "running": {"openai": WORKING, "veo_studio": WORKING, "cluster": WORKING, "ads": WORKING},
    "stopped": {"openai": WORKING, "veo_studio": WORKING, "cluster": WORKING, "ads": WORKING},
    "waiting/budget": {"openai": WORKING, "veo_studio": "queued", "cluster": "PENDING", "ads": "queued"},
    # no client of a dialect sees, or can give, the approval that is waited for: to its people it is over
    "waiting/approval": {"openai": "failed", "veo_studio": "failed", "cluster": "FAILED", "ads": "failed"},
    "waiting/decision": {"openai": "failed", "veo_studio": "failed", "cluster": "FAILED", "ads": "failed"},
    "done": {"openai": "completed", "veo_studio": "completed", "cluster": "COMPLETED", "ads": "completed"},
    "failed": {"openai": "failed", "veo_studio": "failed", "cluster": "FAILED", "ads": "failed"},
    "cancelled": {"openai": "failed", "veo_studio": "cancelled", "cluster": "FAILED", "ads": "failed"},
}
"""By the state of a job, the word of each dialect."""


def find_openai_status(job: VideoJob) -> OpenAiStatus:
    """Return a job's state as OpenAI's clients read it; ``queued`` while nothing of it has started."""
    word = _find_word(job, "openai")
    if word == WORKING:
        return "in_progress" if job.has_started else "queued"
    return "completed" if word == "completed" else "failed"


def find_cluster_status(job: VideoJob) -> str:
    """Return a job's state as the Mochi cluster's clients read it: PENDING, RUNNING, COMPLETED or FAILED."""
    word = _find_word(job, "cluster")
    return ("RUNNING" if job.state != "queued" else "PENDING") if word == WORKING else word


def find_veo_status(job: VideoJob) -> str:
    """Return a job's state as the Veo web app's page reads it: ``queued`` … ``completed``, ``retry_N_of_3``,
    ``failed``, ``cancelled``.

    Between the first two stand ``processing``, ``generating`` and ``downloading``, in this order.
    """
    word = _find_word(job, "veo_studio")
    if word != WORKING:
        return word
    if job.state == "queued":
        return "queued"
    if job.retry_count:
        return f"retry_{min(job.retry_count, MAX_RETRIES_SHOWN)}_of_{MAX_RETRIES_SHOWN}"
    return {"generating": "generating", "fetching": "downloading"}.get(job.phase, "processing")


def find_ad_status(job: VideoJob, *, has_stills: bool, has_takes: bool) -> tuple[str, str]:
    """Return a film's state and ``current_phase`` as the ad pipeline's clients read them.

    ``has_stills`` and ``has_takes``: all of them exist.
    """
    word = _find_word(job, "ads")
    if word == "completed":
        return word, "phase5_refine"
    status, phase = "validating", "phase1_validate"
    has_begun = job.state not in ("queued", "cancelled", "failed") or job.has_started
    if job.duration_s and has_begun:
        status, phase = "generating_storyboard", "phase2_storyboard"
        if has_stills:
            status, phase = ("refining", "phase5_refine") if has_takes else ("generating_chunks", "phase4_chunks")
    if word == "failed":
        return word, phase
    is_early = phase < "phase4_chunks"  # a film that waits for a budget has not begun anew
    return ("queued", "phase1_validate") if is_early and "queued" in (word, job.state) else (status, phase)


def _find_word(job: VideoJob, dialect: str) -> str:
    wait = job.wait_reason
    if wait == "budget" and not (job.reason and job.reason.params.get("frees_at")):
        wait = "decision"  # no time frees that budget: only a person who raises it
    return ENDS[f"{job.state}/{wait}" if job.state == "waiting" else job.state][dialect]
