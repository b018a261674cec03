"""The verb ``watch``: follow a job that another process runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import ProgressPrinter, format_json, get_exit_code
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.results.results import Progress
    from reelwright.studio.studio import AsyncStudio


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
