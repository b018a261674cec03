"""The verb ``pull``: a project as files that live well in git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def pull(
    project: o.Project,
    folder: Annotated[Path | None, typer.Argument(help="Where to; named after the project unless said.")] = None,
    json: o.Json = False,
) -> None:
    """Write a project as a film.yaml with its materials.

    The file holds brief, plan and choices; `apply` reads it back.
    """

    async def verb(studio: AsyncStudio) -> None:
        pulled = await studio.pull(project, folder)
        if json:
            put_json(pulled)
        else:
            typer.echo(f"{pulled.film} (revision {pulled.revision}, {len(pulled.files)} files)")

    run(verb, json_out=json, project=project)
