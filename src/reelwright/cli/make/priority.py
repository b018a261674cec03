"""The verb ``priority``: change where a job stands in the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, cast

import typer

from reelwright.cli.look.jobs import format_state
from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.reel.records.priority import Priority
    from reelwright.studio.studio import AsyncStudio


_PLACES: Final = ("low", "normal", "high", "front")


def set_priority(
    job: o.JobOrProject,
    place: Annotated[str, typer.Argument(metavar="PLACE", help="low, normal, high or front.")],
    json: o.Json = False,
) -> None:
    """Change where a job stands in the queue: low, normal, high, or at the front.

    low: after the jobs of everybody else. normal: the default. high: before the other jobs of your account. front:
    before the other jobs of the same API key, but after its jobs of high priority.
    """

    async def verb(studio: AsyncStudio) -> None:
        if place not in _PLACES:
            raise BadInput("place", place, ", ".join(_PLACES))
        if place == "front":
            shown = await studio.move_to_front(job)
        else:
            shown = await studio.set_priority(job, cast("Priority", place))
        if json:
            print_json(shown)
        else:
            typer.echo(f"{shown.id}: {format_state(shown)}")

    run(verb, json_out=json, project=job)
