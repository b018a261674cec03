"""The verb ``brand``: show or set what every film has that says nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.output import print_json
from reelwright.cli.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def set_brand(
    accent: Annotated[
        str | None,
        typer.Option("--accent", metavar="#RRGGBB", help="Strong colour of your films; none: remove it."),
    ] = None,
    logo: Annotated[
        Path | None,
        typer.Option("--logo", metavar="PATH", help="Picture that ends your films, kept in the home; none: remove it."),
    ] = None,
    json: o.Json = False,
) -> None:
    """Show the brand of your films; set what you name of it.

    A film's own options and script win over its flavor, and that over this brand. Films that exist stay as they are;
    `reelwright edit PROJECT --brand` gives it to one.
    """

    async def verb(studio: AsyncStudio) -> None:
        is_set = accent is not None or logo is not None
        found = await (studio.set_brand(accent=accent, logo=logo) if is_set else studio.read_brand())
        if json:
            print_json(found)
            return
        mark = f"{found.logo.name} ({found.logo.width}x{found.logo.height})" if found.logo else "none"
        typer.echo(f"accent    {found.accent or 'none'}")
        typer.echo(f"logo      {mark}")

    run(verb, json_out=json)
