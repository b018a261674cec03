"""The verb ``verify``: buy one small request from a provider, and record what the provider does."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run_blocking
from reelwright.settings import load_settings
from reelwright.units import format_usd, parse_usd

if TYPE_CHECKING:
    from reelwright.studio.machine.verification import VerifyResult
    from reelwright.studio.models.observed_provider import VerifyEvent


def verify(
    provider: Annotated[
        str, typer.Argument(metavar="PROVIDER", help="Provider, such as openrouter; see `reelwright models`.")
    ],
    max_usd: Annotated[str, typer.Option("--max-usd", metavar="USD", help="Spend at most this amount, such as 0.50.")],
    model: Annotated[str | None, typer.Option("--model", help="Model to buy. Default: the cheapest.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="File for the report (.json).")
    ] = None,
    json: o.Json = False,
) -> None:
    """Try a provider with your own key: buy its cheapest request, and report what the provider did.

    The request is sent once, as any purchase. It is in the ledger and never costs more than --max-usd.
    """

    def act() -> int:
        settings, most = load_settings(), parse_usd(max_usd, "max_usd")
        request, price = late.verification.choose_request(settings, provider, most, model)
        if not json:
            typer.echo(f"{request.model}, {request.mode}: at most ${format_usd(price.micros or 0)} ({price.basis})")
        report = asyncio.run(
            late.verification.verify(
                settings, provider, most, model=model, out=out, notify=None if json else _print_event
            )
        )
        (print_json if json else _print_report)(report)
        return 0 if report.has_succeeded else 4 if report.state == "unknown" else 1

    run_blocking(act, json_out=json)


def _print_event(met: VerifyEvent) -> None:
    typer.echo(f"{met.at_s:8.2f} s  {met.kind}: {met.message}")


def _print_report(report: VerifyResult) -> None:
    typer.echo("HTTP requests:")
    for exchange in report.exchanges:
        words = " ".join(f"{name}={word}" for name, word in exchange.words.items())
        came = exchange.status or exchange.error
        typer.echo(f"{exchange.at_s:8.2f} s  {exchange.method} {exchange.host} {came} {words}".rstrip())
    billed = f"billed ${report.billed_usd} ({report.billed_by})" if report.billed_usd else "no price was settled"
    typer.echo(
        f"{report.state}: quoted ${report.quoted_usd}, {billed}, {report.duration_s:.1f} s · {report.place} "
        f"({report.address})"
    )
    if report.message and not report.has_succeeded:
        typer.echo(f"  {report.message}")
    typer.echo(f"  report: {report.report}")
