"""The verb ``resume``: continue a project after a crash, a stop or a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from reelwright.cli.make.make import parse_goal
from reelwright.cli.output.logs import print_notice
from reelwright.cli.output.output import ProgressPrinter, get_exit_code, print_film, print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import check_before, confirm_price
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio

_NAMED: Final = 5
"""The most other unfinished projects that are named."""
_UNFINISHED: Final = "unfinished"  # studio.rehearsal.UNFINISHED, whose import takes long


def resume(
    project: Annotated[
        str | None,
        typer.Argument(
            metavar="PROJECT",
            help="Id of the project, the end of the id, a job, or `last`. Default: the newest unfinished project.",
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="New goal: plan, storyboard, takes, cut or film.")
    ] = None,
    out: o.Out = None,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    json: o.Json = False,
) -> None:
    """Continue a project: make what is still missing. Results stay. You see the price first."""

    async def verb(studio: AsyncStudio) -> int:
        check_before(budget, unknown_at_most, out)
        called = project or await choose_unfinished(studio, quiet=json)
        goal = parse_goal(until) if until else None
        quoted = await studio.quote_resume(called, goal=goal, listen=ProgressPrinter(quiet=json))
        if quoted.wanted_steps:
            confirm_price(studio, quoted, yes=yes, budget=budget, json_out=json)
        with ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.resume(
                called,
                goal=goal,
                out=out,
                yes=quoted,
                budget=budget,
                accept_unconfirmed=accept_unconfirmed,
                unknown_at_most=unknown_at_most,
                listen=telling,
            )
        (print_json if json else print_film)(made)
        return get_exit_code(made)

    run(verb, json_out=json, project=project or _UNFINISHED, delivers_here=True)


async def choose_unfinished(studio: AsyncStudio, *, quiet: bool) -> str:
    """Return the name of the newest unfinished project, and print which one it is and what else waits."""
    newest, *others = await studio.list_projects(limit=_NAMED + 2, is_unfinished=True) or (None,)
    if newest is None:
        return "last"
    if others and not quiet:
        print_notice(f"resuming project {newest.id[-6:]} ({newest.title})")
        for one in others[:_NAMED]:
            print_notice(f"  also unfinished: {one.title}. To continue it: reelwright resume {one.id[-6:]}")
        if len(others) > _NAMED:
            print_notice("  and more; to list them: reelwright projects")
    return newest.id
