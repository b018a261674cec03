"""The verb ``api-keys``: let programs use the server, and revoke what lets them. Keys of providers: ``keys``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.logs import print_notice
from reelwright.cli.output.output import print_json, print_list
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.runner import find_rehearsals, run
from reelwright.units import format_usd

if TYPE_CHECKING:
    from reelwright.studio.accounts.api_keys import ApiKeySummary, CreatedApiKey
    from reelwright.studio.results.result_model import Moment
    from reelwright.studio.studio import AsyncStudio

api_keys_app = typer.Typer(
    cls=VerbGroup,
    name="api-keys",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Manage API keys: they let programs and people use your server (`serve`). Keys of providers: `keys`.",
)
Rehearsals = Annotated[bool, typer.Option("--rehearse", help="API keys of `serve --rehearse` instead of real ones.")]


@api_keys_app.command(cls=OnceCommand, name="add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the key: who or what uses it.")],
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="What it may do: viewer, producer or owner.")
    ] = "producer",
    account: Annotated[
        str | None,
        typer.Option(
            "--account", metavar="ACCOUNT", help="Account whose projects the key sees and makes. Default: yours."
        ),
    ] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", metavar="USD", help="The most that it may spend, such as 5.")
    ] = None,
    per: Annotated[
        str | None, typer.Option("--per", metavar="PERIOD", help="Period of --budget: day or month. Default: for good.")
    ] = None,
    auto_approve: Annotated[
        str | None, typer.Option("--auto-approve", metavar="USD", help="Most that a job may cost without asking.")
    ] = None,
    rehearse: Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Create an API key, and print its secret. Nobody can read the secret again: Reelwright keeps only its digest.

    A viewer reads; a producer also makes, edits and cancels; an owner also decides purchases and manages keys.
    """

    async def verb(studio: AsyncStudio) -> None:
        made = await studio.create_api_key(
            name, role, account=account, budget=budget, per=per, auto_approve=auto_approve
        )
        if json:
            print_json(made)
        else:
            _print_created(made)

    # csv_out: standard output holds the secret alone
    run(verb, json_out=json, csv_out=True, rehearse=find_rehearsals(rehearse))


@api_keys_app.command(cls=OnceCommand, name="list")
def list_keys(rehearse: Rehearsals = False, json: o.Json = False) -> None:
    """List the API keys of every account, with their last use. A secret is never shown."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_api_keys(every_account=True)
        if json:
            print_list("api_keys", found)
            return
        columns = ("id", "account", "name", "role", "secret", "approves", "last used", "state")
        print_table(columns, map(_format_row, found), wrap="name")
        if not found:
            print_notice("no API keys yet. To create one: reelwright api-keys add NAME --role producer")

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


@api_keys_app.command(cls=OnceCommand, name="revoke")
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Id of the key, or its name.")],
    rehearse: Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Revoke an API key of any account: the server refuses it from now on. Jobs that it queued go on."""

    async def verb(studio: AsyncStudio) -> None:
        gone = await studio.revoke_api_key(key, any_account=True)
        if json:
            print_json(late.api_keys.RevokedApiKey(api_key=gone))
        else:
            typer.echo(f"revoked {gone.id} ({gone.name}, account {gone.account})")

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


def _print_created(made: CreatedApiKey) -> None:
    """Print the secret alone on standard output, and what it is for on standard error."""
    key = made.api_key
    limits = [f"jobs up to ${format_usd(key.auto_approve_micros)} unasked" if key.auto_approve_micros else ""]
    limits += [f"a budget of ${format_usd(made.budget_micros)}" if made.budget_micros else ""]
    more = "".join(f", {limit}" for limit in limits if limit)
    print_notice(f"{key.id}: {key.role} of the account {key.account}{more}. Keep the secret; it is not shown again:")
    typer.echo(made.secret)


def _format_row(key: ApiKeySummary) -> tuple[str, ...]:
    approves = f"${format_usd(key.auto_approve_micros)}" if key.auto_approve_micros is not None else "nothing"
    state = f"revoked {format_moment(key.revoked_at)}" if key.revoked_at else "valid"
    used = format_moment(key.last_used_at)
    return key.id, key.account, key.name, key.role, f"{key.prefix}…", approves, used, state


def format_moment(moment: Moment | None) -> str:
    """Format a time for a table, to the minute; ``never`` for None."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"
