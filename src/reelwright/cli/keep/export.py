"""The verb ``export``: write a ZIP file with everything of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def export(
    project: o.Project,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="ZIP file to write, or a folder for it.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Write a ZIP file with the film, its caption files, film.yaml and your pictures and clips."""

    async def verb(studio: AsyncStudio) -> None:
        exported = await studio.export(project, out)
        if json:
            print_json(exported)
        else:
            typer.echo(f"{exported.path} ({exported.size_bytes / 1e6:.1f} MB, {len(exported.files)} files)")

    run(verb, json_out=json, project=project)
