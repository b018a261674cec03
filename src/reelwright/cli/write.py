"""The verb ``write``: a script of what is certain in a brief."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.make import words_of
from reelwright.cli.telling import put_json
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def write(
    brief: Annotated[
        str | None, typer.Argument(metavar="BRIEF", help="What the film is to be, in your words (- reads them).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where the script goes; printed unless said.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    language: o.Language = None,
    planner: Annotated[
        str | None, typer.Option("--planner", metavar="MODEL", help="Who writes it: rules, and later a language model.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Write a script of what is certain in a BRIEF, to go on from. Spends nothing.

    Each line is copied from the brief: a name, quoted lines, numbers with what they count, prices, dates, where to go.
    What was not used stands in it as a note. `reelwright make FILE` films it.
    """

    async def verb(studio: AsyncStudio) -> None:
        if brief is None:
            raise BadInput("brief", None, "what the film is to be, in your words")
        written = await studio.write(words_of(brief), out, language=language, planner=planner, force=force)
        if json:
            put_json(written)
        elif written.file is None:
            typer.echo(written.script, nl=False)
        else:
            typer.echo(f"{written.file}\n  film it: reelwright make '{written.file}'")

    run(verb, json_out=json)
