"""The verb ``verify``: what a provider really does, met on one's own key for a few cents."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import guarded
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.verifying import Verified
    from reelwright.studio.watched import Met


def verify(
    provider: Annotated[str, typer.Argument(metavar="PROVIDER", help="Such as openrouter; see `reelwright models`.")],
    max_usd: Annotated[str, typer.Option("--max-usd", metavar="USD", help="Spend at most so much, such as 0.50.")],
    model: Annotated[str | None, typer.Option("--model", help="This model, instead of the cheapest.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where the report goes (.json).")
    ] = None,
    json: o.Json = False,
) -> None:
    """Buy the cheapest request of a provider on your own key, and write down what it did.

    It goes through the gate like every purchase: one request, in the ledger, never above --max-usd.
    """

    def act() -> int:
        from reelwright.settings import load
        from reelwright.studio.verifying import chosen
        from reelwright.studio.verifying import verify as run
        from reelwright.units import parse_usd, usd

        settings, most = load(), parse_usd(max_usd, "max_usd")
        request, price = chosen(settings, provider, most, model)
        if not json:
            typer.echo(f"{request.model}, {request.mode}: at most ${usd(price.micros or 0)} ({price.basis})")
        told = asyncio.run(run(settings, provider, most, model=model, out=out, tell=None if json else _put_met))
        (put_json if json else _put)(told)
        return 0 if told.fine else 4 if told.state == "unknown" else 1

    sys.exit(guarded(act, json_out=json))


def _put_met(met: Met) -> None:
    typer.echo(f"{met.at_s:8.2f} s  {met.what}: {met.said}")


def _put(told: Verified) -> None:
    typer.echo("on the wire:")
    for exchange in told.exchanges:
        words = " ".join(f"{name}={word}" for name, word in exchange["words"].items())
        came = exchange["status"] or exchange["error"]
        typer.echo(f"{exchange['at_s']:8.2f} s  {exchange['method']} {exchange['host']} {came} {words}".rstrip())
    billed = f"billed ${told.billed} ({told.billed_by})" if told.billed else "nothing was settled"
    typer.echo(f"{told.state}: quoted ${told.quoted}, {billed}, {told.seconds:.1f} s · {told.place} ({told.address})")
    if told.said and not told.fine:
        typer.echo(f"  {told.said}")
    typer.echo(f"  report: {told.report}")
