"""The verb ``circle``: choose a take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def circle(
    project: o.Project,
    shot: o.Shot,
    take: Annotated[str, typer.Option("--take", metavar="N", help="Which take, as `show` counts them.")],
    json: o.Json = False,
) -> None:
    """Choose a take of a shot. Spends nothing; `resume` makes the film with it."""

    async def verb(studio: AsyncStudio) -> None:
        chosen = await studio.circle(project, shot, take)
        if json:
            put_json(chosen)
        else:
            typer.echo(f"circled; {chosen.quote.line}. Make it: reelwright resume {chosen.project}")

    run(verb, json_out=json, project=project)
