"""The verb ``tidy``: give disk back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def tidy(
    project: o.OnlyOf = None,
    losing_takes: Annotated[bool, typer.Option("--losing-takes", help="Also takes that no film uses.")] = False,
    dry: Annotated[bool, typer.Option("--dry", help="Only say what would go.")] = False,
    json: o.Json = False,
) -> None:
    """Sweep what crashes left behind.

    On request also the bytes of takes that no film uses.
    """

    async def verb(studio: AsyncStudio) -> None:
        tidied = await studio.tidy(project, losing_takes=losing_takes, dry=dry)
        if json:
            put_json(tidied)
        else:
            would = "would go" if tidied.dry else "gone"
            typer.echo(f"{tidied.workrooms} workrooms, {tidied.takes} takes, {tidied.size / 1e6:.1f} MB {would}")

    run(verb, json_out=json)
