"""The verbs ``quote`` and ``plan``: what a film would cost, what was understood of a brief, and the plan."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import (
    ProgressPrinter,
    format_cost,
    get_exit_code,
    print_film,
    print_json,
    print_quote,
    print_script,
)
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import confirm_price, suggest_planner
from reelwright.cli.shared.option_groups import (
    ApprovalOptions,
    LookOptions,
    ModelOptions,
    PlanOptions,
    RehearsalOptions,
)
from reelwright.cli.shared.runner import run
from reelwright.cli.shared.typed_inputs import parse_source
from reelwright.reel.film.markup import to_plain_text

if TYPE_CHECKING:
    from reelwright.studio.results.results import PlanResult, ProjectQuote
    from reelwright.studio.studio import AsyncStudio


def quote(
    brief: o.Brief = None,
    script: o.Script = None,
    *,
    looks: LookOptions,
    plan: o.PlanFile = None,
    plans: PlanOptions,
    models: ModelOptions,
    budget: o.PriceAim = None,
    json: o.Json = False,
) -> None:
    """Print what a film would cost, shot by shot, and with other models. Writes and buys nothing."""
    options = looks.to_keywords() | plans.to_keywords() | models.to_keywords()
    options["max_price"] = budget

    async def verb(studio: AsyncStudio) -> None:
        source = parse_source(brief, script)
        quoted = await studio.quote(**source, plan=plan, listen=ProgressPrinter(quiet=json), **options)
        (print_json if json else print_quote)(quoted)

    run(verb, json_out=json)


_RULES = ("", "rules")


def plan(
    brief: o.Brief = None,
    script: o.Script = None,
    *,
    looks: LookOptions,
    plans: PlanOptions,
    successor: o.Successor = False,
    quote: o.Quote = False,
    approval: ApprovalOptions,
    as_script: Annotated[bool, typer.Option("--as-script", help="Print the plan as a script in Markdown.")] = False,
    rehearsal: RehearsalOptions,
    json: o.Json = False,
) -> None:
    """Show what Reelwright understood of a BRIEF, and the plan. A plan by rules is free and not stored.

    With --planner, a language model writes the plan. You see the price first, and the plan is stored in a project.
    """
    options = looks.to_keywords() | plans.to_keywords()
    planner = options.pop("planner")
    if successor:
        options["successor"] = True
    by_model = planner is not None and planner not in _RULES

    async def verb(studio: AsyncStudio) -> int:
        approval.check()
        words = parse_source(brief, script)
        planner_options = options | {"planner": planner}
        if quote:
            listen = ProgressPrinter(quiet=json)
            (print_json if json else print_quote)(
                await studio.quote(**words, goal="plan", listen=listen, **planner_options)
            )
            return 0
        if by_model:
            return await _make_plan(studio, words, planner_options, json=json, as_script=as_script, approval=approval)
        try:
            planned = await studio.plan(**words, **options)
            _print_result(planned, json=json, as_script=as_script)
        finally:
            if "brief" in words:
                await suggest_planner(studio, words["brief"], plans.language, planner, json_out=json)
        return 0

    run(verb, json_out=json, rehearse=rehearsal.build(quote=quote))


async def _make_plan(
    studio: AsyncStudio, words: dict[str, Any], options: dict[str, Any], *, json: bool, as_script: bool,
    approval: ApprovalOptions,
) -> int:  # fmt: skip
    """Make a project up to its plan and print the plan, or the reason why there is none. Returns the exit code."""
    printer = ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None)

    async def confirm(quoted: ProjectQuote) -> None:
        confirm_price(studio, quoted, yes=approval.yes, budget=approval.budget, json_out=json)
        progress.enter_context(printer)

    with ExitStack() as progress:
        made = await studio.make(
            **words, goal="plan", confirm=confirm, listen=printer, **approval.to_keywords(), **options
        )
    if made.state != "done":
        (print_json if json else print_film)(made)
        return get_exit_code(made)
    planned = (await studio.read_plan(made.project)).replace(notes=made.notes)
    _print_result(planned, json=json, as_script=as_script)
    if not json and not as_script:
        typer.echo(f"\n{format_cost(made)} spent. To make the film: reelwright resume {made.project} --until film")
    return 0


def _print_result(planned: PlanResult, *, json: bool, as_script: bool) -> None:
    """Print the plan, or the script of its words."""
    if not as_script:
        (print_json if json else print_plan)(planned)
        return

    print_script(
        late.results.ScriptResult(script=late.plan_script.write_plan_script(planned.plan), name=planned.plan.title),
        json_out=json,
    )


def print_plan(result: PlanResult) -> None:
    """Print a plan: its notes, what was understood of the brief, a line for each shot, and the pacing."""
    for note in result.notes:
        typer.echo(f"  note: {note}")
    facts = []
    for name, found in result.interpretation.items():
        value, span = _format_value(found.value), found.span.text if found.span else ""
        facts.append((name, value, f"from “{span}”" if span and span != value else ""))
    print_table(("understood", "value", "from the brief"), facts, wrap="from the brief")
    film = result.plan
    typer.echo(
        f"\n{film.title} · {float(film.seconds):.1f} s · {film.size[0]}x{film.size[1]} · {film.look}, {film.tone}"
    )
    shots = (
        (
            str(number),
            beat.name,
            f"{shot.length * film.fps[1] / film.fps[0]:.1f} s",
            " / ".join(map(to_plain_text, shot.words.values())),
        )
        for number, (beat, shot) in enumerate(((beat, shot) for beat in film.beats for shot in beat.shots), 1)
    )
    print_table(("shot", "beat", "length", "words"), shots, right=("shot", "length"), wrap="words")
    if result.pacing:
        typer.echo(f"\nnot judged: {result.pacing.not_judged}")
        typer.echo(f"pacing and legibility: {result.pacing.points} of 100")
        for mark in result.pacing.missed_marks:
            typer.echo(f"  missed: {mark.statement} (here: {mark.message})")


def _format_value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
