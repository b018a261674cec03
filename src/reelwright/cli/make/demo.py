"""The verb ``demo``: copy the example script to a folder, and make a 20-second film of it."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import ProgressPrinter, get_exit_code, print_film
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio

NAME = "reelwright"


def make_demo(
    folder: Annotated[Path, typer.Argument(help="Folder for the script, its pictures and the film.")] = Path("demo"),
) -> None:
    """Make a finished film from the example script, which you can then change.

    Needs no key, GPU or download.
    """

    async def verb(studio: AsyncStudio) -> int:
        script = await asyncio.to_thread(late.example.copy_example, folder)
        typer.echo(f"script: {script}")
        with ProgressPrinter() as telling:
            made = await studio.make(script=script, models=("animatic",), out=folder / "voltcup.mp4", listen=telling)
        print_film(made)
        typer.echo("\nNext:")
        for command in list_next_commands(made.project, script):
            typer.echo(f"  {command}")
        return get_exit_code(made)

    run(verb)


def list_next_commands(project: str, script: Path) -> list[str]:
    """Return the commands to try after the demo, as they can be typed in this shell."""
    reelwright = get_command_name()
    return [
        f"{reelwright} show {project}",
        f'{reelwright} edit {project} --shot 1 --words "Cold by 7:02?" --quote',
        f"{reelwright} make {shlex.quote(str(script))} --watch",
    ]


def get_command_name() -> str:
    """Return the command that starts this program: its name if it is on the PATH, else the path that was typed."""
    typed = Path(sys.argv[0])
    if typed.name != NAME:
        return f"{shlex.quote(sys.executable)} -m reelwright.cli"
    found = shutil.which(NAME)
    return NAME if found and Path(found).resolve() == typed.resolve() else shlex.quote(str(typed))
