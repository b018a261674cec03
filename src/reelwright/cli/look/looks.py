"""The verbs ``flavors``, ``presets`` and ``looks``: list them; draw every beat in a look, or a shot in all looks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import print_json, print_list
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.runner import run
from reelwright.studio.runtime.atomic_file import write_atomically

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def list_flavors(json: o.Json = False) -> None:
    """List the flavors: named sets of defaults for a film."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_flavors()
        if json:
            print_list("flavors", found)
            return
        rows = (
            (row.name, "", "", "", "", f"cannot be used: {row.fault}")
            if row.fault
            else (
                row.name,
                row.aspect,
                f"{row.duration_s:.0f} s",
                row.look,
                "voice" if row.has_voice else "no voice",
                row.description,
            )
            for row in found
        )
        columns = ("flavor", "aspect", "length", "look", "voice", "description")
        print_table(columns, rows, right=("length",), wrap="description")

    run(verb, json_out=json)


def list_presets(json: o.Json = False) -> None:
    """List the delivery presets, for `--for`: frame, longest film and loudness of each platform, and when checked."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_presets()
        if json:
            print_list("presets", found)
            return
        rows = (
            (
                row.name,
                f"{row.width}x{row.height}",
                row.aspect,
                f"{row.fps:g} fps" if row.fps else "",
                f"{row.max_s} s" if row.max_s else "",
                f"{row.lufs} LUFS",
                row.checked_on,
                row.title,
            )
            for row in found
        )
        columns = ("preset", "frame", "aspect", "rate", "longest", "loudness", "checked", "for")
        print_table(columns, rows, right=("longest", "loudness"), wrap="for")

    run(verb, json_out=json)


looks_app = typer.Typer(cls=VerbGroup, invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)

Sheet = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="File for the sheet (.jpg); default: named after it.")
]


@looks_app.callback()
def list_looks(where: typer.Context, json: o.Json = False) -> None:
    """List the looks in which Reelwright draws: what each is, and what it is good for."""
    if where.invoked_subcommand is not None:
        return

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_looks()
        if json:
            print_list("looks", found)
            return
        rows = (
            (row.name, "", "", "", f"cannot be used: {row.fault}")
            if row.fault
            else (row.name, row.palette["bg"], row.palette["accent"], row.description, row.use_when)
            for row in found
        )
        print_table(("look", "ground", "accent", "what it is", "use it when"), rows, wrap="use it when")

    run(verb, json_out=json)


@looks_app.command("sheet", cls=OnceCommand)
def draw_sheet(
    look: Annotated[str, typer.Argument(metavar="LOOK", help="A look; `reelwright looks` lists them.")],
    aspect: o.Aspect = None,
    image: Annotated[
        Path | None, typer.Option("--image", metavar="PATH", help="Show your own picture in every shot.")
    ] = None,
    accent: Annotated[
        str | None, typer.Option("--accent", metavar="#RRGGBB", help="Accent colour of the sheet.")
    ] = None,
    out: Sheet = None,
    json: o.Json = False,
) -> None:
    """Draw every beat in a LOOK with sample words, as one picture. Costs nothing."""

    async def verb(studio: AsyncStudio) -> None:
        options: Any = {"aspect": aspect} if aspect else {}
        content = await studio.draw_look_sheet(look, image=image, accent=accent, **options)
        await _write(content, out or Path(f"{look}.jpg"), (look,), json_out=json)

    run(verb, json_out=json)


@looks_app.command("try", cls=OnceCommand)
def try_looks(
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="Script in Markdown, see docs/script.md.")],
    shot: Annotated[int | None, typer.Option("--shot", min=1, help="Number of the shot; default: the first.")] = None,
    aspect: o.Aspect = None,
    out: Sheet = None,
    json: o.Json = False,
) -> None:
    """Draw one shot of a SCRIPT in every look, as one picture. Costs nothing."""

    async def verb(studio: AsyncStudio) -> None:
        options: Any = {"aspect": aspect} if aspect else {}
        content = await studio.try_looks(script, shot=shot, **options)
        names = tuple(row.name for row in await studio.list_looks() if not row.fault)
        await _write(content, out or Path(f"{script.stem}-looks.jpg"), names, json_out=json)

    run(verb, json_out=json)


async def _write(content: bytes, file: Path, looks: tuple[str, ...], *, json_out: bool) -> None:
    await asyncio.to_thread(write_atomically, file, content)
    if json_out:
        print_json(late.inventory.LookSheet(looks=looks, file=str(file)))
    else:
        typer.echo(f"{file}: {', '.join(looks)}")
