"""The verbs ``queue``: say whether the queue is paused, pause it, and let it go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.results.listings import QueueState
    from reelwright.studio.studio import AsyncStudio

queue_app = typer.Typer(cls=VerbGroup, invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)


@queue_app.callback()
def read_queue(context: typer.Context, json: o.Json = False) -> None:
    """Say whether the queue of the server and its workers is paused; pause it, or let it go on."""
    if context.invoked_subcommand is None:
        _run(lambda studio: studio.read_queue(), json=json)


@queue_app.command("pause", cls=OnceCommand)
def pause_queue(json: o.Json = False) -> None:
    """Pause the queue: no job that waits its turn is started by a server or worker.

    What runs goes on, and so do films that are made by a command in a terminal.
    """
    _run(lambda studio: studio.pause_queue(), json=json)


@queue_app.command("resume", cls=OnceCommand)
def resume_queue(json: o.Json = False) -> None:
    """Let a paused queue go on."""
    _run(lambda studio: studio.resume_queue(), json=json)


def _run(call: Callable[[AsyncStudio], Awaitable[QueueState]], *, json: bool) -> None:
    async def verb(studio: AsyncStudio) -> None:
        found = await call(studio)
        if json:
            print_json(found)
        elif found.paused_since:
            typer.echo(f"paused since {found.paused_since:%Y-%m-%d %H:%M} UTC (go on: reelwright queue resume)")
        else:
            typer.echo("goes on")

    run(verb, json_out=json)
