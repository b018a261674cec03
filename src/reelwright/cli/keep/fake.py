"""The verb ``fake``: serve an imitation of a provider on this machine, for tests of your own programs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.shared.runner import run_blocking
from reelwright.errors import BadInput
from reelwright.settings import load_settings

if TYPE_CHECKING:
    from reelwright.providers.fakes.wire import Fake


def serve_fake(
    provider: Annotated[
        str, typer.Argument(metavar="PROVIDER", help="Provider to imitate, such as openrouter, google or replicate.")
    ],
    bill: Annotated[
        Path | None,
        typer.Option("--bill", metavar="FILE", help="Append a line for each piece of work that the fake accepts."),
    ] = None,
    script: Annotated[
        Path | None,
        typer.Option(
            "--script", metavar="FILE", help="JSON file that says how the fake behaves. Default: without faults."
        ),
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port on this machine. 0: any free port.")] = 0,
) -> None:
    """Imitate PROVIDER on this machine until you stop the command. The first line is the address.

    The fake answers like the provider, takes as long, and delivers placeholder clips (slates) of the requested length
    and size. Point a client at the address, for example with REELWRIGHT_OPENROUTER_BASE_URL. Nothing is bought.
    """
    run_blocking(lambda: _run_fake(provider, bill, script, port), json_out=False)


def _run_fake(provider: str, bill: Path | None, script: Path | None, port: int) -> int:
    late.ffmpeg.choose_program(load_settings().ffmpeg)
    made = late.fakes_lookup.load_fake_class(provider)
    if script is not None and not script.is_file():
        raise BadInput("script", str(script), "a file that exists")
    if bill is not None and not bill.absolute().parent.is_dir():
        raise BadInput("bill", str(bill), "a file in a folder that exists")
    behaves = (
        late.document.from_json(late.fake_script.Script, script.read_bytes(), str(script))
        if script
        else late.fake_script.Script()
    )
    asyncio.run(_serve(made(late.bill.Bill(bill), behaves, late.rehearsal_stage.draw_in_process), port))
    return 0


async def _serve(made: Fake, port: int) -> None:
    async with late.fake_server.FakeServer(made, port) as server:
        typer.echo(server.url)
        sys.stdout.flush()
        await asyncio.Event().wait()
