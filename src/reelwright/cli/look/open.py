"""The verb ``open``: play the film of a project in this machine's player."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.rehearsal import find_rehearsals
from reelwright.cli.shared.runner import run
from reelwright.errors import NotFound
from reelwright.reason import Action

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def open_film(
    project: o.Project = "last",
    folder: Annotated[bool, typer.Option("--folder", help="Show the film in its folder instead.")] = False,
    rehearse: o.Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Play the film of a project in your player."""

    async def verb(studio: AsyncStudio) -> int:
        shown = await studio.show(project)
        film = shown.film or next(iter(shown.films), None)
        if film is None:
            raise NotFound(code="film_not_there", actions=[Action("resume_job", {"project": shown.project[-6:]})])
        is_opened = typer.launch(str(film.path), locate=folder) == 0
        if json:
            from reelwright.studio.results.inventory import OpenedFilm

            print_json(OpenedFilm(project=shown.project, file=str(film.path), is_opened=is_opened))
        else:
            typer.echo(film.path)
            if not is_opened:
                typer.echo("  no program of this machine opens it: open the file in your player")
        return 0 if is_opened else 1

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse), project=project)
