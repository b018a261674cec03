"""The verb ``flavors``: the named ways of making."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def flavors(json: o.Json = False) -> None:
    """List the named ways of making."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.flavors()
        if json:
            put_json({"flavors": [row.to_json() for row in found]})
            return
        for row in found:
            if row.fault:
                typer.echo(f"{row.name:<10}cannot be used: {row.fault}")
                continue
            voice = "voice" if row.voice else "no voice"
            typer.echo(f"{row.name:<10}{row.aspect:<6}{row.seconds:5.0f} s  {row.look}, {voice}  {row.said}")

    run(verb, json_out=json)
