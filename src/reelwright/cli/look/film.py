"""The verbs ``open`` and ``sheet``: play a film, and draw its contact sheet, its poster or a preview that moves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import find_rehearsals, run
from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action
from reelwright.studio.runtime.atomic_file import write_atomically

if TYPE_CHECKING:
    from reelwright.studio.films.film_contact_sheet import FilmPicture
    from reelwright.studio.studio import AsyncStudio


def open_film(
    project: o.Project = "last",
    folder: Annotated[bool, typer.Option("--folder", help="Show the film in its folder instead.")] = False,
    rehearse: o.Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Play the film or clip of a project in your player. One that you moved or deleted is delivered again first."""

    async def verb(studio: AsyncStudio) -> int:
        shown = await studio.show(project)
        files = await studio.deliver(shown.project)
        if not files:
            raise NotFound(code="film_not_made_yet", actions=[Action("resume_job", {"project": shown.project[-6:]})])
        is_opened = typer.launch(str(files[0]), locate=folder) == 0
        if json:
            print_json(late.inventory.OpenedFilm(project=shown.project, file=str(files[0]), is_opened=is_opened))
        else:
            typer.echo(files[0])
            if not is_opened:
                typer.echo("  no program of this machine opens it: open the file in your player")
        return 0 if is_opened else 1

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse), project=project)


def draw_pictures(
    project: o.Project = "last",
    poster: Annotated[bool, typer.Option("--poster", help="Draw one frame in the film's size instead.")] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Draw all shots in motion, ten seconds at most, as a WebP instead.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="File for the picture, or a folder.")
    ] = None,
    rehearse: o.Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Draw a contact sheet of a film: a frame of each shot. Costs nothing.

    Of a film that is not finished, the sheet shows the takes and stills that exist. With --poster and --preview you get
    both of these.
    """
    kinds: list[FilmPicture] = [*(["poster"] if poster else []), *(["preview"] if preview else [])] or ["sheet"]  # type: ignore[list-item]

    async def verb(studio: AsyncStudio) -> None:
        if out is not None and not out.is_dir():
            wanted = " or ".join(sorted({late.film_contact_sheet.SUFFIXES[kind] for kind in kinds}))
            if len(kinds) > 1:
                raise BadInput("out", str(out), "a folder that exists, for two pictures")
            if out.suffix.lower() != wanted:
                raise BadInput("out", str(out), f"a file name that ends in {wanted}, or a folder that exists")
        shown = await studio.show(project)
        name = f"{late.deliver.make_slug(shown.title)}-{late.deliver.shorten_id(shown.project)}"
        files = []
        for kind in kinds:
            content = await studio.draw_film_picture(shown.project, kind)
            file = (
                (out or Path()) / f"{name}-{kind}{late.film_contact_sheet.SUFFIXES[kind]}"
                if out is None or out.is_dir()
                else out
            )
            await asyncio.to_thread(write_atomically, file, content)
            files.append(str(file))
        if json:
            print_json(late.inventory.FilmPictures(project=shown.project, files=tuple(files)))
        else:
            typer.echo("\n".join(files))

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse), project=project)
