"""The verb ``watch``: follow a job that somebody else drives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.telling import Telling, spelled

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def watch(
    project: Annotated[
        str | None, typer.Argument(metavar="PROJECT", help="Whose job; the newest job's unless said.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Follow a job until it has ended or waits. With --json: one object a line."""

    async def verb(studio: AsyncStudio) -> None:
        with Telling(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            async for happened in studio.watch(project):
                if json:
                    typer.echo(spelled(happened.to_json()))
                else:
                    telling(happened)

    run(verb, json_out=json, project=project or "last")
