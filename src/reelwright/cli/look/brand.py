"""The verb ``brand``: show or set what every film has that says nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run

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
    font: Annotated[
        Path | None,
        typer.Option(
            "--font", metavar="PATH", help="Font of your films' display type, kept in the home; none: remove it."
        ),
    ] = None,
    end_card: Annotated[
        str | None, typer.Option("--end-card", metavar="TEXT", help="Text of the last screen; none: remove it.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Show the brand of your films; set what you name of it.

    A film's own options and script win over its flavor, and that over this brand. Films that exist stay as they are;
    `reelwright edit PROJECT --brand` gives it to one.
    """

    async def verb(studio: AsyncStudio) -> None:
        changes = {"accent": accent, "logo": logo, "font": font, "end_card": end_card}
        is_set = any(value is not None for value in changes.values())
        found = await (studio.set_brand(**changes) if is_set else studio.read_brand())  # type: ignore[arg-type]
        if json:
            print_json(found)
            return
        mark = f"{found.logo.name} ({found.logo.width}x{found.logo.height})" if found.logo else "none"
        typer.echo(f"accent    {found.accent or 'none'}")
        typer.echo(f"logo      {mark}")
        typer.echo(f"font      {f'{found.font.family} ({found.font.name})' if found.font else 'none'}")
        if found.font:
            typer.echo(f"          licence note: {found.font.licence or 'the font has none'}")
        typer.echo(f"end card  {found.end_card or 'none'}")

    run(verb, json_out=json)
