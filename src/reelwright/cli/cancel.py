"""The verb ``cancel``: stop a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli import options as o
from reelwright.cli.output import print_json
from reelwright.cli.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def cancel(
    job: o.JobOrProject,
    json: o.Json = False,
) -> None:
    """Stop a job. Nothing more is bought, and results stay."""

    async def verb(studio: AsyncStudio) -> None:
        shown = await studio.cancel(job)
        if json:
            print_json(shown)
        else:
            ended = shown.state in ("done", "failed", "cancelled")
            typer.echo(f"{shown.id}: {shown.state if ended else 'stopping'}")

    run(verb, json_out=json, project=job)
