"""The verb ``projects``: every project, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.rehearsing import rehearsals
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def projects(rehearse: o.Rehearsals = False, json: o.Json = False) -> None:
    """List every project, the newest first."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.projects()
        if json:
            put_json({"projects": [row.to_json() for row in found]})
            return
        for row in found:
            length = f"{row.seconds:.1f} s" if row.seconds else "no plan yet"
            typer.echo(f"{row.id}  {row.state or 'idle':<10}{length:>12}  r{row.revision}  {row.title}")
        if not found:
            typer.echo('no projects yet: reelwright make "YOUR BRIEF"')

    run(verb, json_out=json, rehearse=rehearsals(rehearse))
