"""The verbs ``backup``, ``restore`` and ``tidy``: copy a home while jobs run, bring it back, and free disk space."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.look.spend import get_user_name
from reelwright.cli.output.output import print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run, run_blocking
from reelwright.settings import load_settings

if TYPE_CHECKING:
    from reelwright.studio.machine.backup import BackupResult, RestoreResult
    from reelwright.studio.studio import AsyncStudio


Backup = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the backup, best on another disk.")]
Saved = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder that `reelwright backup` wrote.")]


def back_up(
    folder: Backup,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make no backup; read and check every byte of the existing one.")
    ] = False,
    json: o.Json = False,
) -> None:
    """Back up the journal (the database) and the vault (all takes and other files), even while jobs run.

    Every byte is verified. The backup holds no keys and no delivered films; after a restore, `resume` delivers the
    films again.
    """

    def act() -> int:
        done = late.backup.verify(folder) if verify else late.backup.back_up(load_settings(), folder)
        if json:
            print_json(done)
        else:
            _print_backup(done)
        return 1 if done.faults else 0

    run_blocking(act, json_out=json)


def restore(
    folder: Saved,
    replace: Annotated[
        bool, typer.Option("--replace", help="Move an existing journal aside, for example a damaged one.")
    ] = False,
    json: o.Json = False,
) -> None:
    """Restore a home from a backup.

    First end all programs that use the home. Files that the vault already has stay. Nothing is bought in the restored
    home until you run `reelwright spend reconcile`.
    """

    def act() -> int:
        done = late.backup.restore(load_settings(), folder, replace=replace, by=get_user_name())
        if json:
            print_json(done)
            return 0
        files = "1 missing file" if done.files == 1 else f"{done.files} missing files"
        typer.echo(
            f"restored {done.home} to its state of {done.backup_created_at:%Y-%m-%d %H:%M} UTC; put back {files}"
        )
        if done.old_journal:
            typer.echo(f"  the old journal was kept as {done.old_journal.name}")
        for name in done.left_out:
            typer.echo(
                f"  {name} of the backup was left out: it can name addresses and programs. Read it, then copy it"
            )
        for line in _list_access(done):
            typer.echo(f"  {line}")
        typer.echo("  next: reelwright spend reconcile. Nothing is bought before that")
        return 0

    run_blocking(act, json_out=json)


_KINDS: Final = {"api_key": "API key", "member": "member", "invitation": "invitation of"}
_END: Final = {"api_key": "api-keys revoke", "member": "members remove", "invitation": "members remove"}


def _list_access(done: RestoreResult) -> list[str]:
    """List in lines what the restored journal lets in again, and what stays ended or lowered."""
    again = [one for one in done.access if one.change == "valid_again"]
    lines = [
        f"stays {one.change}: {_KINDS[one.kind]} {one.name} ({one.role}, account {one.account})"
        for one in done.access
        if one.change != "valid_again"
    ]
    if again:
        lines.append("valid again, as when the backup was made. End what was ended since:")
    for one in again:
        who = f"{_KINDS[one.kind]} {one.name} ({one.role}, account {one.account})"
        lines.append(f"  {who}: reelwright {_END[one.kind]} {one.id}")
    return ["".join(char if char.isprintable() else "?" for char in line) for line in lines]


def _print_backup(done: BackupResult) -> None:
    typer.echo(f"{done.folder}: {done.files} files, {done.rows} rows, {done.size_bytes / 1e6:.1f} MB, verified")
    for fault in done.faults:
        typer.echo(f"  {fault}")


def tidy(
    project: o.OnlyProject = None,
    losing_takes: Annotated[bool, typer.Option("--losing-takes", help="Also delete takes that no film uses.")] = False,
    dry: Annotated[bool, typer.Option("--dry", help="Only print what would be deleted.")] = False,
    json: o.Json = False,
) -> None:
    """Free disk space: delete temporary files that crashes left behind.

    With --losing-takes, also delete the files of takes that no film uses.
    """

    async def verb(studio: AsyncStudio) -> None:
        tidied = await studio.tidy(project, losing_takes=losing_takes, dry=dry)
        if json:
            print_json(tidied)
        else:
            deleted = "would delete" if tidied.is_dry_run else "deleted"
            typer.echo(
                f"{deleted} {tidied.workrooms} work folders, {tidied.takes} takes, {tidied.size_bytes / 1e6:.1f} MB"
            )

    run(verb, json_out=json)
