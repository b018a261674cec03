"""The verb ``pull``: a project as files that live well in git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.telling import put_json, put_script
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def pull(
    project: o.Project,
    folder: Annotated[Path | None, typer.Argument(help="Where to; named after the project unless said.")] = None,
    script: o.AsScript = False,
    json: o.Json = False,
) -> None:
    """Write a project as a film.yaml with its materials.

    The file holds brief, plan and choices; `apply` reads it back.
    """

    async def verb(studio: AsyncStudio) -> None:
        if script:
            if folder is not None:
                raise BadInput("folder", str(folder), "no folder with --script, which prints and writes nothing")
            put_script(await studio.script_of(project), json_out=json)
            return
        pulled = await studio.pull(project, folder)
        if json:
            put_json(pulled)
        else:
            typer.echo(f"{pulled.film} (revision {pulled.revision}, {len(pulled.files)} files)")

    run(verb, json_out=json, project=project)
