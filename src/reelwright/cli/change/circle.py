"""The verb ``circle``: choose the take that the film uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def circle(
    project: o.Project,
    shot: o.Shot,
    take: Annotated[str, typer.Option("--take", metavar="N", help="Number of the take, as `show` prints it.")],
    json: o.Json = False,
) -> None:
    """Choose the take that the film uses for a shot. Costs nothing; `resume` then makes the film."""

    async def verb(studio: AsyncStudio) -> None:
        chosen = await studio.circle(project, shot, take)
        if json:
            print_json(chosen)
        else:
            typer.echo(f"circled; {chosen.quote.line}. To make the film: reelwright resume {chosen.project}")

    run(verb, json_out=json, project=project)
