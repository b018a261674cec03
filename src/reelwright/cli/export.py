"""The verb ``export``: one archive with all of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def export(project: o.Project, out: o.Out = None, json: o.Json = False) -> None:
    """Write one zip: film, sidecars, film.yaml, materials."""

    async def verb(studio: AsyncStudio) -> None:
        exported = await studio.export(project, out)
        if json:
            put_json(exported)
        else:
            typer.echo(f"{exported.path} ({exported.size / 1e6:.1f} MB, {len(exported.files)} files)")

    run(verb, json_out=json, project=project)
