"""The verb ``demo``: a 20-second film from a sample brief and two pictures that we draw ourselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.door import run
from reelwright.cli.telling import Telling, code_of, put_film

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio

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
        typer.echo(f"  reelwright show {made.project}")
        typer.echo(f'  reelwright edit {made.project} --shot 1 --words "COLD BY 7:02?" --quote')
        typer.echo('  reelwright make "30-second ad for YOUR THING. Order at your.example" --image your-picture.jpg')
        return code_of(made)

    run(verb)
