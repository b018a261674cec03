"""The verbs about a job that exists: ``resume`` it, ``retry`` it, ``cancel`` it, or set its ``priority``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, cast

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.look.jobs import format_state
from reelwright.cli.output.logs import print_notice
from reelwright.cli.output.output import ProgressPrinter, print_result
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import make_at_price
from reelwright.cli.shared.option_groups import ApprovalOptions
from reelwright.cli.shared.runner import run
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.reel.records.priority import Priority
    from reelwright.studio.studio import AsyncStudio


_NAMED: Final = 5
"""The most other unfinished projects that are named."""
_UNFINISHED: Final = "unfinished"  # studio.runtime.rehearsed_projects.UNFINISHED, whose import takes long


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
    *,
    approval: ApprovalOptions,
    json: o.Json = False,
) -> None:
    """Continue a project: make what is still missing. Results stay. You see the price first."""

    async def verb(studio: AsyncStudio) -> int:
        approval.check(out)
        called = project or await choose_unfinished(studio, quiet=json)
        goal = late.validation.check_goal(until) if until else None
        quoted = await studio.quote_resume(called, goal=goal, listen=ProgressPrinter(quiet=json))
        return await make_at_price(
            studio, quoted, partial(studio.resume, called, goal=goal), is_resumed=True, approval=approval,
            json_out=json, out=out,
        )  # fmt: skip

    run(verb, json_out=json, project=project or _UNFINISHED)


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


def retry(
    job: o.JobOrProject,
    out: o.Out = None,
    *,
    approval: ApprovalOptions,
    json: o.Json = False,
) -> None:
    """Run a failed, cancelled or waiting job again. Results stay. You see the price first."""

    async def verb(studio: AsyncStudio) -> int:
        approval.check(out)
        quoted = await studio.quote_retry(job, listen=ProgressPrinter(quiet=json))
        return await make_at_price(
            studio, quoted, partial(studio.retry, job), is_resumed=True, approval=approval,
            json_out=json, out=out,
        )  # fmt: skip

    run(verb, json_out=json, project=job)


_ENDED: Final = {
    "done": "it was done already, so nothing was stopped",
    "failed": "it had failed already, so nothing was stopped",
    "cancelled": "cancelled",
}


def cancel(
    job: o.JobOrProject,
    json: o.Json = False,
) -> None:
    """Stop a job: nothing more is bought, and results stay."""

    async def verb(studio: AsyncStudio) -> None:
        shown = await studio.cancel(job)
        print_result(shown, f"{shown.id}: {_ENDED.get(shown.state, 'stopping')}", json)

    run(verb, json_out=json, project=job)


_PLACES: Final = ("low", "normal", "high", "front")


def set_priority(
    job: o.JobOrProject,
    place: Annotated[str, typer.Argument(metavar="PLACE", help="low, normal, high or front.")],
    json: o.Json = False,
) -> None:
    """Change where a job stands in the queue: low, normal, high, or at the front.

    low: after the jobs of everybody else. normal: the default. high: before the other jobs of your account. front:
    before the other jobs of the same API key, but after its jobs of high priority.
    """

    async def verb(studio: AsyncStudio) -> None:
        if place not in _PLACES:
            raise BadInput("place", place, ", ".join(_PLACES))
        if place == "front":
            shown = await studio.move_to_front(job)
        else:
            shown = await studio.set_priority(job, cast("Priority", place))
        print_result(shown, f"{shown.id}: {format_state(shown)}", json)

    run(verb, json_out=json, project=job)
