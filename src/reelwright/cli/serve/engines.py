"""The verb ``engines``: AI-video engines on this machine: list, start, stop, their logs, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.look.doctor import print_checkup
from reelwright.cli.look.models import print_own_model
from reelwright.cli.output.output import print_json, print_result
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio

engines_app = typer.Typer(
    cls=VerbGroup,
    name="engines",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="AI-video engines on this machine's own GPUs. A job starts the engine of its model by itself, and an engine "
    "that is idle stops. Takes cost $0.00.",
)
Model = Annotated[str, typer.Argument(metavar="MODEL", help="A model of your own, as `engines list` names it.")]


@engines_app.command(cls=OnceCommand, name="list")
def list_engines(json: o.Json = False) -> None:
    """List the engines that can run here, and your own models with the state of each."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_engines()
        if json:
            print_json(found)
            return
        print_table(("engine", "name", "here"), ((one.name, one.label, one.fault or "yes") for one in found.engines))
        typer.echo()
        for model in found.models:
            print_own_model(model)
        if not found.models:
            typer.echo("No models of your own yet. Add the weights of one: reelwright models add FOLDER")

    run(verb, json_out=json)


@engines_app.command(cls=OnceCommand, name="start")
def start(model: Model, json: o.Json = False) -> None:
    """Start the engine of a model, and wait until its weights are loaded. It runs until you stop it."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.start_engine(model)
        (print_json if json else print_own_model)(found)

    run(verb, json_out=json)


@engines_app.command(cls=OnceCommand, name="stop")
def stop(model: Model, json: o.Json = False) -> None:
    """Stop the engine of a model. What it was computing is made again when it is needed, for nothing."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.stop_engine(model)
        (print_json if json else print_own_model)(found)

    run(verb, json_out=json)


@engines_app.command(cls=OnceCommand, name="logs")
def show_log(
    model: Model,
    lines: Annotated[int, typer.Option("--lines", metavar="N", min=1, max=10_000, help="How many lines.")] = 40,
    json: o.Json = False,
) -> None:
    """Print the end of an engine's log, also of one that has ended. Secrets in it are not printed."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.read_engine_log(model, lines=lines)
        print_result(found, found.text or f"no log yet at {found.path}", json)

    run(verb, json_out=json)


@engines_app.command(cls=OnceCommand, name="doctor")
def examine(json: o.Json = False) -> None:
    """Check engines, GPUs, shared memory and your own models, and say what is missing. Starts nothing.

    Exit codes: 0 all good, 1 an engine that no model uses is missing something, 2 a model cannot be used.
    """

    async def verb(studio: AsyncStudio) -> int:
        checkup = await studio.examine_engines()
        if json:
            print_json(checkup)
        else:
            print_checkup(checkup)
        return checkup.exit_code

    run(verb, json_out=json)
