"""The verb ``demo``: a 20-second film from a sample brief and two pictures that we draw ourselves."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.door import run
from reelwright.cli.telling import Telling, code_of, put_film

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio

NAME = "reelwright"
BRIEF = (
    "20-second spot for VoltCup, a self-heating travel mug for commuters that keeps coffee at 60 °C for 4 hours. "
    "Energetic. Order at voltcup.example"
)


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the pictures and the film go.")] = Path("demo"),
) -> None:
    """Make a finished film from a sample brief.

    No key, GPU or download; says what the same film costs with a key.
    """

    async def verb(studio: AsyncStudio) -> int:
        from reelwright.studio.samples import sample_pictures

        pictures = await sample_pictures(folder)
        typer.echo(f"brief: {BRIEF}")
        typer.echo("pictures: " + ", ".join(str(path) for path in pictures))
        quoted = await studio.quote(BRIEF, images=pictures, models=("animatic",))
        with Telling() as telling:
            made = await studio.make(
                BRIEF, images=pictures, models=("animatic",), out=folder / "voltcup.mp4", listen=telling
            )
        put_film(made)
        if quoted.with_key:
            typer.echo("\nThe same film as AI video, with a key:")
            for row in quoted.with_key[:2]:
                typer.echo(f"  {row.model:<28}${row.to_json()['usd']:>7}   {row.basis}")
        typer.echo("\nNext:")
        for command in next_commands(made.project, pictures[0]):
            typer.echo(f"  {command}")
        return code_of(made)

    run(verb)


def next_commands(project: str, picture: Path) -> list[str]:
    """What to try next, as it can be typed in the shell that this program was started from."""
    reelwright = called()
    return [
        f"{reelwright} show {project}",
        f'{reelwright} edit {project} --shot 1 --words "COLD BY 7:02?" --quote',
        f'{reelwright} make "30-second ad for YOUR THING. Order at your.example" --image {shlex.quote(str(picture))}',
    ]


def called() -> str:
    """How this program is called: by its name where that is on the PATH, else by the path that was typed."""
    typed = Path(sys.argv[0])
    if typed.name != NAME:
        return f"{shlex.quote(sys.executable)} -m reelwright.cli"
    found = shutil.which(NAME)
    return NAME if found and Path(found).resolve() == typed.resolve() else shlex.quote(str(typed))
