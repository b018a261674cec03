"""The verb ``fake``: a provider's wire on this machine, with slates for what it sells, for programs of one's own."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.door import guarded
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.providers.fakes.wire import Fake


def fake(
    provider: Annotated[str, typer.Argument(metavar="PROVIDER", help="Such as openrouter, google or replicate.")],
    bill: Annotated[
        Path | None, typer.Option("--bill", metavar="FILE", help="Append a line for each thing that was taken on.")
    ] = None,
    script: Annotated[
        Path | None, typer.Option("--script", metavar="FILE", help="How it behaves, as JSON; well unless said.")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="A free one unless said.")] = 0,
) -> None:
    """Serve a fake of PROVIDER on this machine until it is stopped. The first line is its address.

    It speaks the provider's own wire, takes as long, and brings slates of the length and size that were asked for.
    Point a client at it, such as with REELWRIGHT_OPENROUTER_BASE_URL. Nothing is bought.
    """
    sys.exit(guarded(lambda: _served(provider, bill, script, port), json_out=False))


def _served(provider: str, bill: Path | None, script: Path | None, port: int) -> int:
    from reelwright.providers.fakes.bill import Bill
    from reelwright.providers.fakes.choice import fake_called
    from reelwright.providers.fakes.script import Script
    from reelwright.reel.document import from_json
    from reelwright.studio.rehearsing import drawn

    made = fake_called(provider)
    if script is not None and not script.is_file():
        raise BadInput("script", str(script), "a file that exists")
    if bill is not None and not bill.absolute().parent.is_dir():
        raise BadInput("bill", str(bill), "a file in a folder that exists")
    behaves = from_json(Script, script.read_bytes(), str(script)) if script else Script()
    asyncio.run(_serve(made(Bill(bill), behaves, drawn), port))
    return 0


async def _serve(made: Fake, port: int) -> None:
    from reelwright.providers.fakes.server import FakeServer

    async with FakeServer(made, port) as server:
        typer.echo(server.url)
        sys.stdout.flush()
        await asyncio.Event().wait()
