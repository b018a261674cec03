"""The verb ``members``: invite people who sign in at your server, list them, change their roles, remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.logs import print_notice
from reelwright.cli.output.output import print_list, print_result
from reelwright.cli.output.tables import print_table
from reelwright.cli.serve.api_keys import format_moment
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.runner import find_rehearsals, run

if TYPE_CHECKING:
    from reelwright.studio.accounts.members import MemberSummary
    from reelwright.studio.studio import AsyncStudio

members_app = typer.Typer(
    cls=VerbGroup,
    name="members",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Manage the people who sign in at your server (`serve`). For programs, use `api-keys`.",
)
Rehearsals = Annotated[bool, typer.Option("--rehearse", help="Members of `serve --rehearse` instead of real ones.")]
Member = Annotated[str, typer.Argument(metavar="MEMBER", help="Id of the member, or the e-mail address.")]


@members_app.command(cls=OnceCommand, name="invite")
def invite(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="E-mail address of the person.")],
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="What the person may do: viewer, producer or owner.")
    ] = "producer",
    account: Annotated[
        str | None,
        typer.Option(
            "--account", metavar="ACCOUNT", help="Account whose projects the person sees and makes. Default: yours."
        ),
    ] = None,
    rehearse: Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Invite a person: the first who signs in with this e-mail address becomes the member. Sends no mail.

    The sign-in service (such as Entra ID or Google) must say that it has verified the address.
    """

    async def verb(studio: AsyncStudio) -> None:
        made = await studio.invite_member(email, role, account=account)
        print_result(made, f"invited {made.email} as {made.role} of the account {made.account} ({made.id})", json)

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


@members_app.command(cls=OnceCommand, name="list")
def list_people(rehearse: Rehearsals = False, json: o.Json = False) -> None:
    """List the members of every account, including invited and removed ones."""

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.list_members(every_account=True)
        if json:
            print_list("members", found)
            return
        columns = ("id", "account", "name", "e-mail", "role", "role from", "last seen", "state")
        print_table(columns, map(_format_row, found), wrap="name")
        if not found:
            print_notice("no members yet. To invite one: reelwright members invite EMAIL --role owner")

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


@members_app.command(cls=OnceCommand, name="role")
def set_role(
    member: Member,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, producer or owner.")],
    rehearse: Rehearsals = False,
    json: o.Json = False,
) -> None:
    """Change the role of a member, and sign the member out.

    If your sign-in service gives roles, the role that it gives applies again at the next sign-in.
    """

    async def verb(studio: AsyncStudio) -> None:
        found = await studio.set_member_role(member, role, any_account=True)
        print_result(
            found, f"{found.email or found.name} is {found.role} of the account {found.account} now ({found.id})", json
        )

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


@members_app.command(cls=OnceCommand, name="remove")
def remove(member: Member, rehearse: Rehearsals = False, json: o.Json = False) -> None:
    """Remove a member and sign the member out, or withdraw an invitation. Jobs that the member ordered go on."""

    async def verb(studio: AsyncStudio) -> None:
        gone = await studio.remove_member(member, any_account=True)
        print_result(gone, f"removed {gone.email or gone.name} from the account {gone.account} ({gone.id})", json)

    run(verb, json_out=json, rehearse=find_rehearsals(rehearse))


def _format_row(member: MemberSummary) -> tuple[str, ...]:
    seen = format_moment(member.last_seen_at)
    return (
        member.id, member.account, member.name, member.email, member.role, member.role_source, seen, member.state,
    )  # fmt: skip
