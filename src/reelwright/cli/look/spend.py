"""The verb ``spend``: print the ledger, set budgets and limits, decide about unknown purchases, correct prices."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output import spending_text
from reelwright.cli.output.output import print_json, print_list
from reelwright.cli.output.tables import get_terminal_width
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.confirmation import ask_yes_no, is_interactive
from reelwright.cli.shared.runner import find_rehearsals, run
from reelwright.errors import NotReconciled

if TYPE_CHECKING:
    from reelwright.studio.money.reconcile import ReconcileResult
    from reelwright.studio.results.spending_report import PurchaseRow
    from reelwright.studio.studio import AsyncStudio

spend_app = typer.Typer(
    cls=VerbGroup,
    invoke_without_command=True,
    no_args_is_help=False,
    rich_markup_mode=None,
    help="Show what was spent: every purchase with its price, totals, money reserved for open purchases, and budgets.",
)
budget_app = typer.Typer(
    cls=VerbGroup, no_args_is_help=True, rich_markup_mode=None, help="Set or remove a budget, a cap on spending."
)
spend_app.add_typer(budget_app, name="budget")
limit_app = typer.Typer(
    cls=VerbGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Set or remove a limit on how many purchases or jobs run at once.",
)
spend_app.add_typer(limit_app, name="limit")

LimitedScope = Annotated[
    str, typer.Argument(metavar="SCOPE", help="What to limit: provider, model, account, project, jobs or batch.")
]
LimitedOf = Annotated[
    str | None, typer.Argument(metavar="NAME", help="Name of the provider, model or project, or key of the batch.")
]
Scope = Annotated[str, typer.Argument(metavar="SCOPE", help="Whose spending: deployment, account, key or project.")]
Per = Annotated[
    str | None, typer.Option("--per", metavar="PERIOD", help="Period: day or month (UTC). Default: for good.")
]
Of = Annotated[str | None, typer.Option("--of", metavar="NAME", help="Name of the project or key.")]
Purchase = Annotated[
    str, typer.Argument(metavar="PURCHASE", help="Id of the purchase, or its end, as `spend` shows it.")
]


@spend_app.callback(invoke_without_command=True)
def show_ledger(
    ctx: typer.Context,
    project: Annotated[str | None, typer.Option("--project", metavar="PROJECT", help="Only this project.")] = None,
    free: Annotated[bool, typer.Option("--free", help="Also what was made on this machine for free.")] = False,
    csv: Annotated[
        bool, typer.Option("--csv", help="Print comma-separated values, one line for each purchase.")
    ] = False,
    rehearse: o.Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Show what was spent: every purchase with its price, totals, money reserved for open purchases, and budgets."""
    if ctx.invoked_subcommand:
        return

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.show_spending(project, free=free)
        if json:
            print_json(found)
        elif csv:
            projects = await studio.list_projects(only={row.project for row in found.rows})
            titles = {one.id: one.title for one in projects}
            typer.echo(late.spending_csv.format_spending_csv(found.rows, titles), nl=False)
        else:
            print_lines(spending_text.format_ledger(found, get_terminal_width()))

    run(verb, json_out=json, csv_out=csv, rehearse=find_rehearsals(rehearse), project=project)


@spend_app.command(cls=OnceCommand, name="decide")
def decide(
    purchase: Purchase,
    verdict: Annotated[
        str,
        typer.Argument(
            metavar="VERDICT", help="arrived, never or written-off; for a disputed bill, as-billed or as-quoted."
        ),
    ],
    operation: Annotated[
        str | None, typer.Option("--operation", metavar="ID", help="If it arrived: its id at the provider.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="If it arrived: the file that you have.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Decide on a purchase: what became of it if it was never answered, or which price of a disputed bill counts.

    First look at the provider's own page. This command sends nothing; `reelwright resume` continues the project.
    """

    async def verb(studio: AsyncStudio) -> None:
        row = await studio.decide(purchase, verdict, operation=operation, file=file, by=get_user_name())
        if json:
            print_json(row)
            return
        print_lines(spending_text.format_purchases([row], get_terminal_width()))
        if verdict.replace("_", "-") in ("as-billed", "as-quoted"):
            return
        typer.echo(f"  {row.message}\n  {suggest_after_decision(row)}")

    run(verb, json_out=json)


def suggest_after_decision(row: PurchaseRow) -> str:
    """Return what a person can do once a purchase is decided. A job that was deleted is not continued."""
    if not row.is_job_deleted:
        return f"to continue: reelwright resume {row.project[-6:]}"
    if row.state == "submitted":
        return (
            "its job was deleted: a server or worker follows the work to its end and deletes what arrives, unless "
            "another job of the account waits for it"
        )
    return (
        "its job was deleted, so nothing goes on. To make it after all, at a price that you are asked for first: "
        f"reelwright resume {row.project[-6:]}"
    )


@spend_app.command(cls=OnceCommand, name="adjust")
def adjust(
    purchase: Purchase,
    usd: Annotated[
        str, typer.Option("--usd", metavar="USD", help="Amount to add to the price, such as 0.10 or -0.10.")
    ],
    because: Annotated[str, typer.Option("--because", metavar="WORDS", help="Reason; it stays in the ledger.")],
    json: o.Json = False,
) -> None:
    """Correct the price of a purchase by an amount.

    The correction is added to the ledger and counts in the budgets. No entry is changed.
    """

    async def verb(studio: AsyncStudio) -> None:
        row = await studio.adjust(purchase, usd, because=because, by=get_user_name())
        if json:
            print_json(row)
            return
        print_lines(spending_text.format_purchases([row], get_terminal_width()))

    run(verb, json_out=json)


@spend_app.command(cls=OnceCommand, name="reconcile")
def reconcile(
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Record the listed work, and allow this journal to buy again.")
    ] = False,
    drop_listed: Annotated[
        bool,
        typer.Option("--drop-listed", help="The work in the providers' lists is another program's: do not record it."),
    ] = False,
    json: o.Json = False,
) -> None:
    """List paid work that your journal (the database) does not know, and allow it to buy again.

    Needed once after a home was moved, copied or restored, or lost its database. Reads the vault and the providers'
    lists; sends no purchase.
    """

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.reconcile(yes=yes, drop_listed=drop_listed, by=get_user_name())
        if not json:
            _print_reconciled(found, dropped=drop_listed)
        if found.state == "asks":
            question = "Should this copy, and no other, buy from now on?"
            if not is_interactive(json_out=json) or not ask_yes_no(question):
                error = NotReconciled(
                    code="buying_blocked", causes=found.messages, hint="reelwright spend reconcile --yes"
                )
                error.reconcile_report = found.to_json()
                raise error
            before, found = found, await studio.reconcile(yes=found, drop_listed=drop_listed, by=get_user_name())
            typer.echo("reconciled: this journal can buy again")
            _print_recovered(before, found)
        if json:
            print_json(found)

    run(verb, json_out=json)


def _print_reconciled(found: ReconcileResult, *, dropped: bool) -> None:
    if found.state == "fine":
        typer.echo("nothing to reconcile: this journal was not moved, and knows every request that its vault records")
        return
    for note in found.messages:
        typer.echo(note)
    for one in found.unrecorded_sends:
        price = f"${one.to_json()['usd']}"
        typer.echo(f"  {one.purchase[-6:]}  {one.step}  {one.model}  at most {price}  project {one.project[-6:]}")
    if found.unrecorded_sends:
        typer.echo(
            "these were sent, and their outcome is unknown. `reelwright resume PROJECT` asks the provider for them, or "
            "looks in its list; if it knows none of them: `reelwright spend decide PURCHASE arrived|never|written-off`"
        )
    for listed in found.listed_operations:
        at = f"{listed.made_at:%Y-%m-%d %H:%M} UTC" if listed.made_at else "at an unknown time"
        typer.echo(f"  {listed.provider}  {listed.operation}  {listed.model}  {at}  {listed.prompt}".rstrip())
    if found.listed_operations and dropped:
        typer.echo("these are in the providers' lists; they count as another program's work and are not recorded")
    elif found.listed_operations:
        typer.echo(
            "these are in the providers' lists, but belong to no purchase here. Once they are recorded, the same "
            "command again uses its result instead of buying it; if the match is not certain, you are asked first"
        )
    for unasked in found.unread_lists:
        typer.echo(f"could not ask {unasked.provider}: {unasked.message}; look at its own page yourself")
    if "moved" in found.reasons or "restored" in found.reasons:
        typer.echo(
            "if another copy of this home is still used, stop using it: two copies cannot see each other's purchases"
        )
    if found.state == "reconciled":
        typer.echo("reconciled: this journal can buy again")


def _print_recovered(before: ReconcileResult, after: ReconcileResult) -> None:
    """Print which new project holds the purchases of each project that this journal does not have."""
    projects = {one.purchase: one.project for one in before.unrecorded_sends}
    moved = {(projects.get(one.purchase, one.project), one.project) for one in after.unrecorded_sends}
    for lost, project in sorted(moved):
        if lost != project:
            typer.echo(
                f"  project {lost[-6:]} is not in this journal; its purchases are now in project {project[-6:]}. "
                f"To continue: reelwright resume {project[-6:]}"
            )


@spend_app.command(cls=OnceCommand, name="budgets")
def list_budgets(json: o.Json = False) -> None:
    """List the budgets, and how much is left of each."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_budgets()
        if json:
            print_list("budgets", found)
            return
        print_lines(spending_text.format_budgets(found))
        if not found:
            typer.echo("no budgets yet. To set one: reelwright spend budget set account --usd 20 --per month")

    run(verb, json_out=json)


@budget_app.command(cls=OnceCommand, name="set")
def set_budget(
    scope: Scope,
    usd: Annotated[str, typer.Option("--usd", metavar="USD", help="The most that may be spent, such as 20.")],
    per: Per = None,
    of: Of = None,
    json: o.Json = False,
) -> None:
    """Cap the spending of the deployment, the account, a key or a project.

    Money that was already spent in the period counts, and so does money that running jobs hold.
    """

    async def verb(studio: AsyncStudio) -> None:
        made = await studio.set_budget(scope, usd, per=per, of=of)
        if json:
            print_json(made)
            return
        print_lines(spending_text.format_budgets((made,)))

    run(verb, json_out=json)


@budget_app.command(cls=OnceCommand, name="remove")
def remove_budget(scope: Scope, per: Per = None, of: Of = None, json: o.Json = False) -> None:
    """Remove a budget, a cap on spending. Its purchases stay in the ledger."""

    async def verb(studio: AsyncStudio) -> None:
        await studio.remove_budget(scope, per=per, of=of)
        if json:
            print_json(
                late.spending_report.RemovedBudget(budget=late.spending_report.BudgetName(scope=scope, per=per, of=of))
            )
        else:
            typer.echo("removed")

    run(verb, json_out=json)


@spend_app.command(cls=OnceCommand, name="limits")
def list_limits(json: o.Json = False) -> None:
    """List the limits on how many purchases and jobs run at once."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_limits()
        if json:
            print_list("limits", found)
            return
        print_lines(spending_text.format_limits(found, get_terminal_width()))

    run(verb, json_out=json)


@limit_app.command(cls=OnceCommand, name="set")
def set_limit(
    scope: LimitedScope,
    of: LimitedOf = None,
    open_: Annotated[int | None, typer.Option("--open", metavar="N", help="The most at once.")] = None,
    starts: Annotated[
        int | None, typer.Option("--starts", metavar="N", help="The most starts within --per seconds.")
    ] = None,
    per: Annotated[int | None, typer.Option("--per", metavar="SECONDS", help="Period for --starts.")] = None,
    json: o.Json = False,
) -> None:
    """Limit the purchases of a provider, a model, the account or a project; or the jobs that run at once.

    A purchase above the limit waits: the account with the fewest open purchases is next, and within it the job of the
    highest priority, then first come, first served.
    """

    async def verb(studio: AsyncStudio) -> None:
        made = await studio.set_limit(scope, of, open=open_, starts=starts, per_s=per)
        if json:
            print_json(made)
        else:
            print_lines(spending_text.format_limits([made], get_terminal_width()))

    run(verb, json_out=json)


@limit_app.command(cls=OnceCommand, name="remove")
def remove_limit(scope: LimitedScope, of: LimitedOf = None, json: o.Json = False) -> None:
    """Remove a limit on how many purchases or jobs run at once. If the catalogue has a limit, that one applies
    again.
    """

    async def verb(studio: AsyncStudio) -> None:
        await studio.remove_limit(scope, of)
        if json:
            print_json(late.spending_report.RemovedLimit(limit=late.spending_report.LimitName(scope=scope, of=of)))
        else:
            typer.echo("removed")

    run(verb, json_out=json)


def print_lines(lines: Iterable[str]) -> None:
    """Print each line on standard output."""
    for line in lines:
        typer.echo(line)


def get_user_name() -> str:
    """Return the name of the operating system's user, which the ledger records with each decision."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user without a name
        return f"user {os.getuid()}"
