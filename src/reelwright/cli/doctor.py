"""The verb ``doctor``: can films be made on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import guarded
from reelwright.cli.telling import put_json


def doctor(
    env: Annotated[
        Path | None, typer.Option("--env", metavar="FILE", help="What an older system's variables are called here.")
    ] = None,
    vault: Annotated[
        bool, typer.Option("--vault", help="Read every file of the vault, however long it takes.")
    ] = False,
    json: o.Json = False,
) -> None:
    """Look at this machine: one line for each thing, with its fix. Exit 0 good, 1 poor, 2 no film can be made.

    With --env only that file is looked at: each of its variables, and what it is called here.
    """

    def look() -> int:
        from reelwright.studio.doctor import examine
        from reelwright.studio.old_names import examine_file

        checkup = examine(whole_vault=vault) if env is None else examine_file(env)
        if json:
            put_json({"checks": [check.to_json() for check in checkup.checks], "exit_code": checkup.exit_code})
        else:
            wide = max([13, *(len(check.name) for check in checkup.checks)]) + 1
            for check in checkup.checks:
                typer.echo(f"{check.state:<6}{check.name:<{wide}}{check.said}")
                if check.fix:
                    typer.echo(f"      → {check.fix}")
        return checkup.exit_code

    sys.exit(guarded(look, json_out=json))
