"""The verb ``resume``: continue a project after a crash, a stop or a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.confirmation import check_before, confirm_price
from reelwright.cli.make import parse_goal
from reelwright.cli.output import ProgressPrinter, get_exit_code, print_film, print_json
from reelwright.cli.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def resume(
    project: Annotated[
        str, typer.Argument(metavar="PROJECT", help="Id of the project, the end of the id, a job, or `last`.")
    ] = "last",
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
        goal = parse_goal(until) if until else None
        quoted = await studio.quote_resume(project, goal=goal, listen=ProgressPrinter(quiet=json))
        if quoted.wanted_steps:
            confirm_price(studio, quoted, yes=yes, budget=budget, json_out=json)
        with ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.resume(
                project,
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

    run(verb, json_out=json, project=project)
