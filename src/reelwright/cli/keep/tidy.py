"""The verb ``tidy``: free disk space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def tidy(
    project: o.OnlyProject = None,
    losing_takes: Annotated[bool, typer.Option("--losing-takes", help="Also delete takes that no film uses.")] = False,
    dry: Annotated[bool, typer.Option("--dry", help="Only print what would be deleted.")] = False,
    json: o.Json = False,
) -> None:
    """Free disk space: delete temporary files that crashes left behind.

    With --losing-takes, also delete the files of takes that no film uses.
    """

    async def verb(studio: AsyncStudio) -> None:
        tidied = await studio.tidy(project, losing_takes=losing_takes, dry=dry)
        if json:
            print_json(tidied)
        else:
            deleted = "would delete" if tidied.is_dry_run else "deleted"
            typer.echo(
                f"{deleted} {tidied.workrooms} work folders, {tidied.takes} takes, {tidied.size_bytes / 1e6:.1f} MB"
            )

    run(verb, json_out=json)
