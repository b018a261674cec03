"""The verb ``accept``: overrule findings of the quality checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import ProgressPrinter, get_exit_code, print_film, print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def accept(
    project: o.Project,
    finding: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of the findings, as `show` prints them. Default: all that fail the film."),
    ] = None,
    out: o.Out = None,
    json: o.Json = False,
) -> None:
    """Accept a film although quality checks failed.

    The decision is recorded, and the waiting film is done.
    """

    async def verb(studio: AsyncStudio) -> int:
        with ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.accept(project, *(finding or ()), out=out, listen=telling)
        (print_json if json else print_film)(made)
        return get_exit_code(made)

    run(verb, json_out=json, project=project)
