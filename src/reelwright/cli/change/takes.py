"""The verbs about takes of a film: make another (`retake`), choose one (`circle`), overrule its checks (`accept`)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import ProgressPrinter, get_exit_code, print_film, print_json, print_result
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import make_at_price
from reelwright.cli.shared.option_groups import ApprovalOptions
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def retake(
    project: o.Project,
    shot: o.Shots,
    out: o.Out = None,
    quote: o.Quote = False,
    *,
    approval: ApprovalOptions,
    json: o.Json = False,
) -> None:
    """Make another take of one shot or of several.

    Earlier takes stay; `circle` chooses the take that the film uses.
    """

    async def verb(studio: AsyncStudio) -> int:
        approval.check(out)
        quoted = await studio.quote_retake(project, shot, listen=ProgressPrinter(quiet=json))
        return await make_at_price(
            studio, quoted, partial(studio.retake, project, shot), only_quote=quote, approval=approval,
            json_out=json, out=out,
        )  # fmt: skip

    run(verb, json_out=json, project=project)


def circle(
    project: o.Project,
    shot: o.Shot,
    take: Annotated[str, typer.Option("--take", metavar="N", help="Number of the take, as `show` prints it.")],
    json: o.Json = False,
) -> None:
    """Choose the take that the film uses for a shot. Costs nothing; `resume` then makes the film."""

    async def verb(studio: AsyncStudio) -> None:
        chosen = await studio.circle(project, shot, take)
        print_result(
            chosen, f"circled; {chosen.quote.line}. To make the film: reelwright resume {chosen.project}", json
        )

    run(verb, json_out=json, project=project)


def accept(
    project: o.Project,
    finding: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of the findings, as `show` prints them. Default: all that fail the film."),
    ] = None,
    out: o.Out = None,
    json: o.Json = False,
) -> None:
    """Accept a film although quality checks failed.

    The decision is recorded, and the waiting film is done.
    """

    async def verb(studio: AsyncStudio) -> int:
        with ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.accept(project, *(finding or ()), out=out, listen=telling)
        (print_json if json else print_film)(made)
        return get_exit_code(made)

    run(verb, json_out=json, project=project)
