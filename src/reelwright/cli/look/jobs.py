"""The verbs ``jobs`` and ``watch``: list the jobs, and follow one that another process runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.actions import format_message
from reelwright.cli.output.output import ProgressPrinter, format_json, get_exit_code, print_list
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import find_rehearsals, run

if TYPE_CHECKING:
    from reelwright.studio.results.listings import JobSummary
    from reelwright.studio.results.results import Progress
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
            print_list("jobs", found)
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


def watch(
    project: Annotated[
        str | None, typer.Argument(metavar="PROJECT", help="Project or job to follow. Default: the newest job.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Follow a job until it ends or waits for you. With --json, print one object on each line.

    The exit code is that of the job.
    """

    async def verb(studio: AsyncStudio) -> int:
        event: Progress | None = None
        with ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            async for event in studio.watch(project):
                if json:
                    typer.echo(format_json(event))
                else:
                    telling(event)
        if event is None:
            return 0
        jobs = await studio.list_jobs(event.project)
        followed = [job for job in jobs if project and job.id.endswith(project)] or [*jobs]
        return get_exit_code(followed[0]) if followed else 0

    run(verb, json_out=json, project=project or "last")
