"""The verb ``flavors``: list the named ways of making films."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli import options as o
from reelwright.cli.output import print_json
from reelwright.cli.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def list_flavors(json: o.Json = False) -> None:
    """List the flavors: named ways of making a film."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_flavors()
        if json:
            print_json({"flavors": [row.to_json() for row in found]})
            return
        for row in found:
            if row.fault:
                typer.echo(f"{row.name:<10}cannot be used: {row.fault}")
                continue
            voice = "voice" if row.has_voice else "no voice"
            typer.echo(f"{row.name:<10}{row.aspect:<6}{row.duration_s:5.0f} s  {row.look}, {voice}  {row.description}")

    run(verb, json_out=json)
