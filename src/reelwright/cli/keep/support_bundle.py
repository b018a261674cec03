"""The verb ``support-bundle``: write a ZIP for who helps with a problem."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run_blocking
from reelwright.settings import load_settings


def write_bundle(
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="File for the bundle (.zip).")] = None,
    json: o.Json = False,
) -> None:
    """Write a ZIP for who helps you with a problem: versions, settings, checks, counts, and the newest events.

    It holds no keys, and no words or pictures of your films. Look through it before you send it.
    """

    def act() -> int:
        bundle = late.support_bundle.write_support_bundle(load_settings(), os.environ, out)
        if json:
            print_json(bundle)
        else:
            typer.echo(f"{bundle.path}\n  {', '.join(bundle.parts)} · no keys, no words of your films")
        return 0

    run_blocking(act, json_out=json)
