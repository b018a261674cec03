"""The verb ``cancel``: stop a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import typer

from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


_ENDED: Final = {
    "done": "it was done already, so nothing was stopped",
    "failed": "it had failed already, so nothing was stopped",
    "cancelled": "cancelled",
}


def cancel(
    job: o.JobOrProject,
    json: o.Json = False,
) -> None:
    """Stop a job: nothing more is bought, and results stay."""

    async def verb(studio: AsyncStudio) -> None:
        shown = await studio.cancel(job)
        if json:
            print_json(shown)
        else:
            typer.echo(f"{shown.id}: {_ENDED.get(shown.state, 'stopping')}")

    run(verb, json_out=json, project=job)
