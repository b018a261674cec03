"""The verb ``doctor``: can films be made on this machine."""

from __future__ import annotations

import sys

import typer

from reelwright.cli import options as o
from reelwright.cli.door import guarded
from reelwright.cli.telling import put_json


def doctor(json: o.Json = False) -> None:
    """Look at this machine: one line for each thing, with its fix. Exit 0 good, 1 poor, 2 no film can be made."""

    def look() -> int:
        from reelwright.studio.doctor import examine

        checkup = examine()
        if json:
            put_json({"checks": [check.to_json() for check in checkup.checks], "exit_code": checkup.exit_code})
        else:
            for check in checkup.checks:
                typer.echo(f"{check.state:<6}{check.name:<14}{check.said}")
                if check.fix:
                    typer.echo(f"      → {check.fix}")
        return checkup.exit_code

    sys.exit(guarded(look, json_out=json))
