"""The verb ``spend``: the ledger, its totals, budgets, decisions about unknowns, and corrections."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.rehearsing import rehearsals
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.reconcile import Reconciled
    from reelwright.studio.studio import AsyncStudio

spend = typer.Typer(
    invoke_without_command=True,
    no_args_is_help=False,
    rich_markup_mode=None,
    help="What was spent: every purchase with its price, totals, what is held, and the budgets.",
)
budget = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Set or remove a cap on spending.")
spend.add_typer(budget, name="budget")
limit = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Set or remove a limit on purchases or jobs.")
spend.add_typer(limit, name="limit")

LimitedScope = Annotated[str, typer.Argument(metavar="SCOPE", help="provider, model, account, project or jobs.")]
LimitedOf = Annotated[str | None, typer.Argument(metavar="NAME", help="Which provider, model or project.")]
Scope = Annotated[str, typer.Argument(metavar="SCOPE", help="deployment, account, key or project.")]
Per = Annotated[str | None, typer.Option("--per", metavar="PERIOD", help="day or month (UTC); without it for good.")]
Of = Annotated[str | None, typer.Option("--of", metavar="NAME", help="Which project or key.")]
Purchase = Annotated[str, typer.Argument(metavar="PURCHASE", help="Its id, or the end of it, as `spend` shows it.")]

Verdict = Annotated[
    str,
    typer.Argument(metavar="VERDICT", help="arrived, never, written-off; of a disputed bill as-billed, as-quoted."),
]


@spend.callback(invoke_without_command=True)
def ledger(
    ctx: typer.Context,
    project: Annotated[str | None, typer.Option("--project", metavar="PROJECT", help="Only this one's.")] = None,
    free: Annotated[bool, typer.Option("--free", help="Also what is made on this machine for nothing.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="One line for each purchase, as comma-separated values.")] = False,
    rehearse: o.Rehearsals = False,
    json: o.Json = False,
) -> None:
    """What was spent: every purchase with its price, totals, what is held, and the budgets."""
    if ctx.invoked_subcommand:
        return

    async def verb(studio: AsyncStudio) -> None:
        from reelwright.cli import spent

        found = await studio.spend(project, free=free)
        if json:
            put_json(found)
        elif csv:
            typer.echo(spent.as_csv(found), nl=False)
        else:
            for line in spent.lines(found):
                typer.echo(line)

    run(verb, json_out=json, csv_out=csv, rehearse=rehearsals(rehearse), project=project)


@spend.command()
def decide(
    purchase: Purchase,
    verdict: Annotated[
        str, typer.Argument(metavar="VERDICT", help="arrived, never or written-off; as-billed or as-quoted.")
    ],
    operation: Annotated[
        str | None, typer.Option("--operation", metavar="ID", help="What arrived: its id at the provider.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="What arrived: the file you have.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Say what became of a purchase that was sent and never answered, or what is owed for a disputed bill.

    Look at the provider's own list first. Nothing is sent; `reelwright resume` goes on.
    """

    async def verb(studio: AsyncStudio) -> None:
        from reelwright.cli import spent

        row = await studio.decide(purchase, verdict, operation=operation, file=file, by=decider())
        if json:
            put_json(row)
            return
        typer.echo(spent.row(row))
        if verdict.replace("_", "-") in ("as-billed", "as-quoted"):
            return
        typer.echo(f"  {row.said}\n  go on: reelwright resume {row.project[-6:]}")

    run(verb, json_out=json)


@spend.command()
def adjust(
    purchase: Purchase,
    usd: Annotated[str, typer.Option("--usd", metavar="USD", help="What is added, such as 0.10 or -0.10.")],
    because: Annotated[str, typer.Option("--because", metavar="WORDS", help="Why; it stays in the ledger.")],
    json: o.Json = False,
) -> None:
    """Correct what a purchase cost.

    Appended to the ledger, counted in the budgets; nothing is edited.
    """

    async def verb(studio: AsyncStudio) -> None:
        from reelwright.cli import spent

        row = await studio.adjust(purchase, usd, because=because, by=decider())
        if json:
            put_json(row)
            return
        for line in spent.row_in_full(row):
            typer.echo(line)

    run(verb, json_out=json)


@spend.command()
def reconcile(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Record what is listed, and buy here again.")] = False,
    drop_listed: Annotated[
        bool, typer.Option("--drop-listed", help="What the providers' lists show is another program's: forget it.")
    ] = False,
    json: o.Json = False,
) -> None:
    """List what the vault and providers' lists show and this journal does not know; then buy here again.

    Needed once after a home was moved, copied or restored, or has lost its database. Nothing is sent.
    """

    async def verb(studio: AsyncStudio) -> None:
        from reelwright.cli.agreeing import can_be_asked, says_yes
        from reelwright.errors import NotReconciled

        found = await studio.reconcile(yes=yes, drop_listed=drop_listed, by=decider())
        if not json:
            _put_reconciled(found, dropped=drop_listed)
        if found.state == "asks":
            question = "Is this the copy that is to buy from now on, and no other?"
            if not can_be_asked(json_out=json) or not says_yes(question):
                error = NotReconciled(
                    f"nothing is bought: {'; '.join(found.said)}", hint="reelwright spend reconcile --yes"
                )
                error.found = found.to_json()
                raise error
            asked, found = found, await studio.reconcile(yes=True, drop_listed=drop_listed, by=decider())
            typer.echo("reconciled: this journal buys from here on")
            _put_recovered(asked, found)
        if json:
            put_json(found)

    run(verb, json_out=json)


def _put_reconciled(found: Reconciled, *, dropped: bool) -> None:
    if found.state == "fine":
        typer.echo("nothing to reconcile: this journal is where it was, and knows every send that its vault records")
        return
    for said in found.said:
        typer.echo(said)
    for one in found.unrecorded:
        price = f"${one.to_json()['usd']}"
        typer.echo(f"  {one.purchase[-6:]}  {one.step}  {one.model}  at most {price}  project {one.project[-6:]}")
    if found.unrecorded:
        typer.echo(
            "these are held as unknown: `reelwright resume PROJECT` looks for them in the provider's list; else say "
            "`reelwright spend decide PURCHASE arrived|never|written-off`"
        )
    for listed in found.listed:
        at = f"{listed.at:%Y-%m-%d %H:%M} UTC" if listed.at else "at an unknown time"
        typer.echo(f"  {listed.provider}  {listed.operation}  {listed.model}  {at}  {listed.prompt}".rstrip())
    if found.listed and dropped:
        typer.echo("these stand in the providers' lists, and are taken for another program's: nothing is kept of them")
    elif found.listed:
        typer.echo(
            "these stand in the providers' lists, and no purchase here has them. Recorded, the same typed again takes "
            "its own; where several may be meant, or one only may be, you are asked before anything is sent"
        )
    for unasked in found.unasked:
        typer.echo(f"could not ask {unasked.provider}: {unasked.said}; look at its own page")
    if "moved" in found.why or "restored" in found.why:
        typer.echo(
            "if another copy of this home is still used, stop using it: two copies cannot see each other's purchases"
        )
    if found.state == "reconciled":
        typer.echo("reconciled: this journal buys from here on")


def _put_recovered(asked: Reconciled, done: Reconciled) -> None:
    """Where purchases are now whose project this journal does not have."""
    before = {one.purchase: one.project for one in asked.unrecorded}
    moved = {(before.get(one.purchase, one.project), one.project) for one in done.unrecorded}
    for lost, project in sorted(moved):
        if lost != project:
            typer.echo(
                f"  project {lost[-6:]} is not in this journal: {project[-6:]} holds its purchases; "
                f"reelwright resume {project[-6:]}"
            )


@spend.command()
def budgets(json: o.Json = False) -> None:
    """List the caps on spending, and what is left under each."""

    async def verb(studio: AsyncStudio) -> None:
        from reelwright.cli import spent

        found = await studio.budgets()
        if json:
            put_json({"budgets": [row.to_json() for row in found]})
            return
        for line in spent.budget_lines(found):
            typer.echo(line)
        if not found:
            typer.echo("no budgets: reelwright spend budget set account --usd 20 --per month")

    run(verb, json_out=json)


@budget.command("set")
def set_budget(
    scope: Scope,
    usd: Annotated[str, typer.Option("--usd", metavar="USD", help="The most that may be spent, such as 20.")],
    per: Per = None,
    of: Of = None,
    json: o.Json = False,
) -> None:
    """Cap the spending of the deployment, the account, a key or a project.

    What was spent in the period, and what jobs that have begun hold, counts.
    """

    async def verb(studio: AsyncStudio) -> None:
        from reelwright.cli import spent

        made = await studio.set_budget(scope, usd, per=per, of=of)
        if json:
            put_json(made)
            return
        for line in spent.budget_lines((made,)):
            typer.echo(line)

    run(verb, json_out=json)


@budget.command("remove")
def remove_budget(scope: Scope, per: Per = None, of: Of = None, json: o.Json = False) -> None:
    """Remove a cap; what was counted under it stays in the ledger."""

    async def verb(studio: AsyncStudio) -> None:
        await studio.remove_budget(scope, per=per, of=of)
        if json:
            put_json({"removed": {"scope": scope, "per": per, "of": of}})
        else:
            typer.echo("removed")

    run(verb, json_out=json)


@spend.command()
def limits(json: o.Json = False) -> None:
    """List the limits on purchases and jobs."""

    async def verb(studio: AsyncStudio) -> None:
        from reelwright.cli import spent

        found = await studio.limits()
        if json:
            put_json({"limits": [row.to_json() for row in found]})
            return
        for row in found:
            typer.echo(spent.limit_line(row))

    run(verb, json_out=json)


@limit.command("set")
def set_limit(
    scope: LimitedScope,
    of: LimitedOf = None,
    open_: Annotated[int | None, typer.Option("--open", metavar="N", help="At work at once.")] = None,
    starts: Annotated[int | None, typer.Option("--starts", metavar="N", help="Starts in a time (--per).")] = None,
    per: Annotated[int | None, typer.Option("--per", metavar="SECONDS", help="That time.")] = None,
    json: o.Json = False,
) -> None:
    """Limit a provider, a model, the account or a project; or the jobs that run at once.

    What has no room waits its turn: by priority, then the account with the fewest open, then who came first.
    """

    async def verb(studio: AsyncStudio) -> None:
        from reelwright.cli import spent

        made = await studio.set_limit(scope, of, open=open_, starts=starts, per_s=per)
        if json:
            put_json(made)
        else:
            typer.echo(spent.limit_line(made))

    run(verb, json_out=json)


@limit.command("remove")
def remove_limit(scope: LimitedScope, of: LimitedOf = None, json: o.Json = False) -> None:
    """Remove a limit; where the catalogue knows one, that one holds."""

    async def verb(studio: AsyncStudio) -> None:
        await studio.remove_limit(scope, of)
        if json:
            put_json({"removed": {"scope": scope, "of": of}})
        else:
            typer.echo("removed")

    run(verb, json_out=json)


def decider() -> str:
    """Who decides at this machine, as the ledger remembers it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user without a name
        return f"user {os.getuid()}"
