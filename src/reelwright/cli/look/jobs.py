"""The verb ``jobs``: list the jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli.output.actions import format_message
from reelwright.cli.output.output import print_json
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.rehearsal import find_rehearsals
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.results.listings import JobSummary
    from reelwright.studio.studio import AsyncStudio


def format_state(job: JobSummary) -> str:
    """Return a job's state in words, with its position in the queue if it is queued."""
    if not job.position:
        return job.state
    return f"{job.state}, position {job.position}{'' if job.priority == 'normal' else f', {job.priority} priority'}"


def list_jobs(
    project: o.OnlyProject = None,
    rehearse: o.Rehearsals = False,
    json: o.Json = False,
) -> None:
    """List the jobs, newest first, and what each waiting job waits for."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_jobs(project)
        if json:
            from reelwright.studio.results.listings import JobList

            print_json(JobList(jobs=found))
            return
        rows = (
            (
                row.id,
                row.goal,
                f"{row.state} for {row.wait_reason}" if row.wait_reason else format_state(row),
                format_message(row.message, row.reason),
            )
            for row in found
        )
        print_table(("job", "goal", "state", "message"), rows, wrap="message")
        if not found:
            typer.echo('no jobs yet. To start one: reelwright make "YOUR BRIEF"')

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse), project=project)
