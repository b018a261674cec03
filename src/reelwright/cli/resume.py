"""The verb ``resume``: go on with a project after a crash, a stop or a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.agreeing import agreed, check_before
from reelwright.cli.door import run
from reelwright.cli.make import goal_of
from reelwright.cli.telling import Telling, code_of, put_film, put_json

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def resume(
    project: Annotated[
        str, typer.Argument(metavar="PROJECT", help="Its id, the end of it, a job, or `last`.")
    ] = "last",
    until: Annotated[str | None, typer.Option("--until", help="Another goal than it had.")] = None,
    out: o.Out = None,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    json: o.Json = False,
) -> None:
    """Go on with a project. What was had is kept, what is wanted is made; its price comes first."""

    async def verb(studio: AsyncStudio) -> int:
        check_before(budget, unknown_at_most, out)
        goal = goal_of(until) if until else None
        quoted = await studio.quote_resume(project, goal=goal, listen=Telling(quiet=json))
        if quoted.wanted:
            agreed(quoted, yes=yes or studio.rehearsal is not None, budget=budget, json_out=json)
        with Telling(quiet=json, rehearses=studio.rehearsal is not None) as telling:
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
        (put_json if json else put_film)(made)
        return code_of(made)

    run(verb, json_out=json, project=project)
