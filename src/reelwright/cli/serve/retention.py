"""The verb ``retention``: how long files are kept, and the sweep that deletes what has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import print_json
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.accounts.retention import RetentionReport
    from reelwright.studio.studio import AsyncStudio

retention_app = typer.Typer(
    cls=VerbGroup,
    name="retention",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Set how long files are kept. Without a policy they are kept for ever. Plans and the ledger are always kept.",
)
_TIME = "TIME"


@retention_app.command(cls=OnceCommand, name="show")
def show(json: o.Json = False) -> None:
    """Show the retention policies: of the whole home, of your account, and of single projects."""

    async def verb(studio: AsyncStudio) -> None:
        _print_report(await studio.read_retention(), is_json=json)

    run(verb, json_out=json)


@retention_app.command(cls=OnceCommand, name="set")
def set_policy(
    project: Annotated[
        str | None, typer.Option("--project", metavar="PROJECT", help="For one project. Default: for your account.")
    ] = None,
    deployment: Annotated[bool, typer.Option("--deployment", help="For every account of this home.")] = False,
    files: Annotated[
        str | None,
        typer.Option(
            "--files", metavar=_TIME, help="How long to keep the files of a job after it ended: 30d, 12h, 5s or keep."
        ),
    ] = None,
    after_download: Annotated[
        str | None,
        typer.Option(
            "--after-download", metavar=_TIME,
            help="How long to keep the files of a job after their first complete download.",
        ),
    ] = None,
    spare_takes: Annotated[
        str | None, typer.Option("--spare-takes", metavar=_TIME, help="How long to keep takes that no film uses.")
    ] = None,
    unused_assets: Annotated[
        str | None,
        typer.Option(
            "--unused-assets", metavar=_TIME, help="How long to keep your own pictures and clips that no project uses."
        ),
    ] = None,
    grace: Annotated[
        str | None,
        typer.Option("--grace", metavar=_TIME, help="Wait before an expired file is deleted, with --deployment. "
                     "Default: 10m."),
    ] = None,
    json: o.Json = False,
) -> None:  # fmt: skip
    """Set how long files are kept, for your account, one project or the whole home. It replaces the one before.

    For a time that you leave out, the policy of the account applies, then that of the deployment. Files that another
    project, an open purchase or an unfinished job needs are not deleted.
    """

    async def verb(studio: AsyncStudio) -> None:
        made = await studio.set_retention(
            project=project, deployment=deployment, files=files, after_download=after_download,
            spare_takes=spare_takes, unused_assets=unused_assets, grace=grace,
        )  # fmt: skip
        _print_report(made, is_json=json)

    run(verb, json_out=json)


@retention_app.command(cls=OnceCommand, name="run")
def run_sweep(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    json: o.Json = False,
) -> None:
    """Delete the files whose retention time has ended. `serve` and `worker` do so by themselves."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.sweep_files(is_dry_run=dry_run)
        if json:
            print_json(found)
            return
        would = "would be " if dry_run else ""
        typer.echo(
            f"the files of {found.ended_jobs} jobs have ended; they {would or 'are '}deleted after the grace period"
        )
        typer.echo(f"{found.deleted_files} files of {found.deleted_jobs} jobs {would}deleted, {found.size_bytes} bytes")
        if found.kept_jobs:
            typer.echo(f"the files of {found.kept_jobs} jobs stay for now: something needs them")

    run(verb, json_out=json)


def _print_report(found: RetentionReport, *, is_json: bool) -> None:
    if is_json:
        print_json(found)
        return
    rows = [("home", found.deployment), ("account", found.account)]
    rows += [(one.project, one.policy) for one in found.projects]
    names = tuple(type(found.account).model_fields)
    cells = ((name, *(value or "-" for _, value in spans)) for name, spans in rows)
    print_table(("policy", *(name.replace("_", " ") for name in names)), cells)
