"""The verb ``webhooks``: tell addresses of what happens in an account, and look at what was sent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.logs import print_notice
from reelwright.cli.output.output import print_json, print_list, print_result
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.runner import find_rehearsals, run

if TYPE_CHECKING:
    from reelwright.studio.accounts.webhooks import CreatedWebhook, DeliverySummary, WebhookSummary
    from reelwright.studio.results.result_model import Moment
    from reelwright.studio.studio import AsyncStudio

webhooks_app = typer.Typer(
    cls=VerbGroup,
    name="webhooks",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Manage webhooks: addresses to which `serve` and `worker` report jobs, films and purchases.",
)
Rehearsals = Annotated[bool, typer.Option("--rehearse", help="Webhooks of `serve --rehearse` instead of real ones.")]
WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Id of the webhook.")]


@webhooks_app.command(cls=OnceCommand, name="add")
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="https address to send messages to.")],
    events: Annotated[
        list[str] | None,
        typer.Option(
            "--event", metavar="KIND", help="Kind of events, such as job.done. May be repeated. Default: all."
        ),
    ] = None,
    include_prompt: Annotated[
        bool, typer.Option("--include-prompt", help="Send the brief or prompt with job.created.")
    ] = False,
    account: Annotated[
        str | None, typer.Option("--account", metavar="ACCOUNT", help="Account whose events to send. Default: yours.")
    ] = None,
    rehearse: Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Add a webhook, and print its secret: the receiver verifies messages with it. Nobody can read it again."""

    async def verb(studio: AsyncStudio) -> None:
        made = await studio.create_webhook(
            url, events=tuple(events or ()), include_prompt=include_prompt, account=account
        )
        (print_json if json else _print_secret)(made)

    # csv_out: standard output holds the secret alone
    run(verb, json_out=json, csv_out=True, rehearse=find_rehearsals(rehearse))


@webhooks_app.command(cls=OnceCommand, name="list")
def list_webhooks(rehearse: Rehearsals = False, json: o.Json = False) -> None:
    """List the webhooks of every account, and why one is disabled. A secret is never shown."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_webhooks(every_account=True)
        if json:
            print_list("webhooks", found)
            return
        print_table(("id", "account", "url", "events", "state"), map(_format_webhook, found), wrap="state")
        if not found:
            print_notice("no webhooks yet. To add one: reelwright webhooks add URL")

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


@webhooks_app.command(cls=OnceCommand, name="rotate")
def rotate(webhook: WebhookId, rehearse: Rehearsals = False, json: o.Json = False) -> None:
    """Make a new secret for a webhook, and print it. For 24 hours messages are signed with both, so that nothing is
    refused.
    """

    async def verb(studio: AsyncStudio) -> None:
        made = await studio.rotate_webhook_secret(webhook, any_account=True)
        (print_json if json else _print_secret)(made)

    run(verb, json_out=json, csv_out=True, rehearse=find_rehearsals(rehearse))


@webhooks_app.command(cls=OnceCommand, name="enable")
def enable(webhook: WebhookId, rehearse: Rehearsals = False, json: o.Json = False) -> None:
    """Enable a webhook that was disabled. What happened meanwhile is not sent; replay what you need."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.update_webhook(webhook, is_enabled=True, any_account=True)
        print_result(found, f"enabled {found.id} ({found.url})", json)

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


@webhooks_app.command(cls=OnceCommand, name="test")
def test(webhook: WebhookId, rehearse: Rehearsals = False, json: o.Json = False) -> None:
    """Have `serve` or `worker` send a test message to a webhook. `webhooks deliveries` shows whether it arrived."""

    async def verb(studio: AsyncStudio) -> None:
        (print_json if json else _print_delivery)(await studio.test_webhook(webhook, any_account=True))

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


@webhooks_app.command(cls=OnceCommand, name="deliveries")
def list_deliveries(
    webhook: Annotated[
        str | None, typer.Argument(metavar="WEBHOOK", help="Id of a webhook. Default: all of your account.")
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="Only those: pending, delivered or failed.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help="Most rows.")] = 50,
    rehearse: Rehearsals = False,
    json: o.Json = False,
) -> None:
    """List what was sent to webhooks, or is to be sent, the newest first. Deliveries are kept for 30 days."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_deliveries(webhook, state=state, limit=limit)
        if json:
            print_list("deliveries", found)
            return
        columns = ("id", "webhook", "kind", "state", "attempts", "next", "answer")
        print_table(columns, map(_format_delivery, found), right=("attempts",), wrap="answer")
        if not found:
            print_notice("nothing was sent yet. To try a webhook: reelwright webhooks test WEBHOOK")

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


@webhooks_app.command(cls=OnceCommand, name="replay")
def repeat(
    delivery: Annotated[str, typer.Argument(metavar="DELIVERY", help="Id of the delivery.")],
    rehearse: Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Have a delivery sent again now, with the same id and the same body."""

    async def verb(studio: AsyncStudio) -> None:
        (print_json if json else _print_delivery)(await studio.repeat_delivery(delivery, any_account=True))

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


@webhooks_app.command(cls=OnceCommand, name="remove")
def remove(webhook: WebhookId, rehearse: Rehearsals = False, json: o.Json = False) -> None:
    """Remove a webhook with its secrets and the log of its deliveries."""

    async def verb(studio: AsyncStudio) -> None:
        gone = await studio.remove_webhook(webhook, any_account=True)
        if json:
            print_json(late.webhooks.RemovedWebhook(webhook=gone))
        else:
            typer.echo(f"removed {gone.id} ({gone.url}, account {gone.account})")

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


def _print_secret(made: CreatedWebhook) -> None:
    """Print the secret alone on standard output, and what it is for on standard error."""
    one = made.webhook
    kinds = ", ".join(one.events) or "all events"
    print_notice(f"{one.id}: {one.url} is told of {kinds}. Keep the secret; it is not shown again:")
    typer.echo(made.secret)


def _print_delivery(one: DeliverySummary) -> None:
    typer.echo(f"{one.id} ({one.kind}) is sent by `serve` or `worker`. To see: reelwright webhooks deliveries")


def _format_webhook(one: WebhookSummary) -> tuple[str, ...]:
    state = "enabled" if one.is_enabled else f"disabled: {one.message}"
    if one.is_enabled and one.failing_since:
        state = f"failing since {_format_moment(one.failing_since)}"
    return one.id, one.account, one.url, ", ".join(one.events) or "all", state


def _format_delivery(one: DeliverySummary) -> tuple[str, ...]:
    answer = one.message or (str(one.last_status) if one.last_status else "")
    return one.id, one.webhook, one.kind, one.state, str(one.attempts), _format_moment(one.next_at), answer


def _format_moment(moment: Moment | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
