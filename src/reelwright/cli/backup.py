"""The verbs ``backup`` and ``restore``: a home copied while jobs run, verified, and brought back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import guarded
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.backup import BackedUp

Backup = Annotated[Path, typer.Argument(metavar="FOLDER", help="The backup: a folder, best on another disk.")]


def backup(
    folder: Backup,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make nothing: read every byte of the backup that is there.")
    ] = False,
    json: o.Json = False,
) -> None:
    """Back up the journal and the vault, also while jobs run.

    Every byte is verified. Keys and delivered films are not in it: a restored film is delivered again by `resume`.
    """

    def act() -> int:
        from reelwright.settings import load
        from reelwright.studio import backup as backups

        done = backups.verify(folder) if verify else backups.back_up(load(), folder)
        if json:
            put_json(done)
        else:
            _put(done)
        return 1 if done.faults else 0

    sys.exit(guarded(act, json_out=json))


def restore(
    folder: Backup,
    replace: Annotated[
        bool, typer.Option("--replace", help="Move the journal that the home has aside, such as a damaged one.")
    ] = False,
    json: o.Json = False,
) -> None:
    """Bring a home back from a backup. Nothing is bought there until `reelwright spend reconcile`.

    What the vault has already stays. End all programs that use the home first.
    """

    def act() -> int:
        from reelwright.cli.spend import decider
        from reelwright.settings import load
        from reelwright.studio.backup import restore as restoring

        done = restoring(load(), folder, replace=replace, by=decider())
        if json:
            put_json(done)
            return 0
        files = "1 file was" if done.files == 1 else f"{done.files} files were"
        typer.echo(f"restored {done.home} as of {done.made:%Y-%m-%d %H:%M} UTC; {files} missing and put back")
        if done.aside:
            typer.echo(f"  the journal that was there is now {done.aside.name}")
        typer.echo("  before anything is bought: reelwright spend reconcile")
        return 0

    sys.exit(guarded(act, json_out=json))


def _put(done: BackedUp) -> None:
    typer.echo(f"{done.folder}: {done.files} files, {done.rows} rows, {done.size / 1e6:.1f} MB, verified")
    for fault in done.faults:
        typer.echo(f"  {fault}")
