"""The verb ``doctor``: check whether films can be made on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.actions import format_action
from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run_blocking

if TYPE_CHECKING:
    from reelwright.studio.results.inventory import Checkup


def examine_machine(
    env: Annotated[
        Path | None,
        typer.Option(
            "--env",
            metavar="FILE",
            help="Only list the variables of this .env file of another program, with their names here.",
        ),
    ] = None,
    vault: Annotated[
        bool,
        typer.Option("--vault", help="Check every file of the vault (takes, films and the like). This may take long."),
    ] = False,
    json: o.Json = False,
) -> None:
    """Check whether this machine can make films. Prints one line for each check, with a fix if something is wrong.

    Exit codes: 0 all good, 1 films can be made but something needs attention, 2 no film can be made.

    With --env, no check runs: each variable of that file, such as one of a program that made films for you before, is
    listed with its name in Reelwright.
    """

    def look() -> int:
        checkup = late.doctor.examine(whole_vault=vault) if env is None else late.old_settings.examine_file(env)
        if json:
            print_json(checkup)
        else:
            print_checkup(checkup)
        return checkup.exit_code

    run_blocking(look, json_out=json)


def print_checkup(checkup: Checkup) -> None:
    """Print a line for each check, with a fix if something is wrong."""
    wide = max([13, *(len(check.name) for check in checkup.checks)]) + 1
    for check in checkup.checks:
        typer.echo(f"{check.state:<6}{check.name:<{wide}}{check.message}")
        for fix in filter(None, (check.fix, *map(format_action, check.actions))):
            typer.echo(f"      → {fix}")
