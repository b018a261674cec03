"""The verb ``demo``: a 20-second film from the example script, which is copied to where it can be changed."""

from __future__ import annotations

import asyncio
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


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the script, its pictures and the film go.")] = Path("demo"),
) -> None:
    """Make a finished film from the example script, to be changed and made again.

    No key, GPU or download.
    """

    async def verb(studio: AsyncStudio) -> int:
        from reelwright.studio.example import copied_example

        script = await asyncio.to_thread(copied_example, folder)
        typer.echo(f"script: {script}")
        with Telling() as telling:
            made = await studio.make(script=script, models=("animatic",), out=folder / "voltcup.mp4", listen=telling)
        put_film(made)
        typer.echo("\nNext:")
        for command in next_commands(made.project, script):
            typer.echo(f"  {command}")
        return code_of(made)

    run(verb)


def next_commands(project: str, script: Path) -> list[str]:
    """What to try next, as it can be typed in the shell that this program was started from."""
    reelwright = called()
    return [
        f"{reelwright} show {project}",
        f'{reelwright} edit {project} --shot 1 --words "Cold by 7:02?" --quote',
        f"{reelwright} make {shlex.quote(str(script))} --watch",
    ]


def called() -> str:
    """How this program is called: by its name where that is on the PATH, else by the path that was typed."""
    typed = Path(sys.argv[0])
    if typed.name != NAME:
        return f"{shlex.quote(sys.executable)} -m reelwright.cli"
    found = shutil.which(NAME)
    return NAME if found and Path(found).resolve() == typed.resolve() else shlex.quote(str(typed))
