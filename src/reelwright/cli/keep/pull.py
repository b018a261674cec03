"""The verb ``pull``: write a project as files that you can keep in git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import print_json, print_script
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def pull(
    project: o.Project,
    folder: Annotated[Path | None, typer.Argument(help="Folder to write. Default: named after the project.")] = None,
    script: o.AsScript = False,
    json: o.Json = False,
) -> None:
    """Write a project as a film.yaml with its pictures and clips.

    The file holds the brief, the plan and your choices. `apply` reads it back.
    """

    async def verb(studio: AsyncStudio) -> None:
        if script:
            if folder is not None:
                raise BadInput("folder", str(folder), "no folder together with --script, which only prints")
            print_script(await studio.read_script(project), json_out=json)
            return
        pulled = await studio.pull(project, folder)
        if json:
            print_json(pulled)
        else:
            typer.echo(f"{pulled.film} (revision {pulled.revision}, {len(pulled.files)} files)")

    run(verb, json_out=json, project=project)
