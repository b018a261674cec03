"""The verb ``jobs``: the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.rehearsing import rehearsals
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def jobs(
    project: o.OnlyOf = None,
    rehearse: o.Rehearsals = False,
    json: o.Json = False,
) -> None:
    """List the jobs, the newest first.

    Says what a waiting one waits for.
    """

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.jobs(project)
        if json:
            put_json({"jobs": [row.to_json() for row in found]})
            return
        for row in found:
            why = f" for {row.why}" if row.why else ""
            typer.echo(f"{row.id}  {row.goal:<11}{row.state}{why}  {row.said}".rstrip())
        if not found:
            typer.echo('no jobs yet: reelwright make "YOUR BRIEF"')

    run(verb, json_out=json, rehearse=rehearsals(rehearse), project=project)
