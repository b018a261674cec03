"""The verb ``mcp``: serve AI agents over the Model Context Protocol."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.logs import choose_log_level, set_up_logging
from reelwright.cli.shared.option_groups import RehearsalOptions
from reelwright.cli.shared.runner import run
from reelwright.cli.shared.signals import STOPPED_CODE
from reelwright.errors import BadInput
from reelwright.settings import load_settings

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def serve_agents(
    wallet: Annotated[
        str | None,
        typer.Option("--wallet", metavar="USD", help="Total that agents may ever spend without asking you."),
    ] = None,
    wallet_name: Annotated[
        str, typer.Option("--wallet-name", metavar="NAME", help="Name of the wallet, if you keep several.")
    ] = "agents",
    allow_dir: Annotated[
        list[Path] | None,
        typer.Option(
            "--allow-dir",
            metavar="FOLDER",
            help="Let agents write new files and read scripts in this folder; repeatable.",
        ),
    ] = None,
    *,
    rehearsal: RehearsalOptions,
) -> None:
    """Serve AI agents over the Model Context Protocol (MCP), on standard input and output.

    An agent's client starts this command; see docs/guides/agents.md. Free work starts at once. Work that costs
    money is paid from the wallet. Without a wallet, the client asks you; no answer within 5 minutes means no. An agent
    cannot agree to a price for you. Starting the command again does not refill the wallet.
    """

    async def verb(studio: AsyncStudio) -> int:
        _log_warnings()
        folders = [Path.cwd(), *(allow_dir or ())]
        for folder in folders:
            if not folder.is_dir():
                raise BadInput("allow_dir", str(folder), "a folder that exists")
        runtime = await studio.open_runtime()
        money = await late.agent_wallet.open_wallet(studio, wallet_name, wallet) if wallet is not None else None
        server = late.agent_server.build_server(runtime, wallet=money, folders=folders)
        serving = asyncio.create_task(late.agent_server.serve_stdio(server))
        try:
            async with late.agent_server.drive_jobs(runtime):
                await asyncio.wait({serving})
        except asyncio.CancelledError:
            await runtime.close()
            os._exit(STOPPED_CODE)  # a thread still reads standard input, and only its end would stop that
        serving.result()
        return 0

    # csv_out: standard output belongs to the protocol, and no line about a rehearsal goes there
    run(verb, csv_out=True, rehearse=rehearsal.build())


def _log_warnings() -> None:
    """Log warnings to standard error where nothing else was chosen: a client keeps them, and nobody watches it."""
    if not logging.getLogger("reelwright").handlers:
        choose_log_level("warning")
        set_up_logging(load_settings())
