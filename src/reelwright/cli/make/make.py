"""The verb ``make``: make a film from a brief or a script."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import ProgressPrinter, get_exit_code, print_film, print_json, print_quote
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import is_interactive, require_consent, suggest_planner
from reelwright.cli.shared.draft_prompt import (
    ChangedDraft,
    add_files,
    ask_about_draft,
    ask_for_script,
    print_words,
    read_length,
)
from reelwright.cli.shared.drafts import watch_script
from reelwright.cli.shared.option_groups import (
    ApprovalOptions,
    LookOptions,
    ModelOptions,
    PlanOptions,
    RehearsalOptions,
)
from reelwright.cli.shared.runner import run
from reelwright.cli.shared.typed_inputs import parse_source
from reelwright.errors import LengthOutOfReach, NothingToShow

if TYPE_CHECKING:
    from reelwright.studio.results.results import FilmResult, ProjectQuote
    from reelwright.studio.studio import AsyncStudio


def make(
    brief: o.Brief = None,
    script: o.Script = None,
    *,
    looks: LookOptions,
    plan: o.PlanFile = None,
    until: Annotated[
        str, typer.Option("--until", help="Stop at this goal: plan, storyboard, takes, cut or film.")
    ] = "film",
    plans: PlanOptions,
    models: ModelOptions,
    on_stuck: Annotated[
        str,
        typer.Option("--on-stuck", help="If a model refuses a shot: ask (wait for you) or animatic (draw the shot)."),
    ] = "ask",
    again: o.Again = False,
    new: o.New = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Make a small free draft after every save of the script.")
    ] = False,
    out: o.Out = None,
    quote: o.Quote = False,
    approval: ApprovalOptions,
    rehearsal: RehearsalOptions,
    json: o.Json = False,
) -> None:
    """Make a film from a BRIEF or a script. You see the price first; a film drawn on this machine costs $0.00.

    To continue after a crash or a stop, run the same command again: nothing is bought twice. If you change a line of a
    script, only what depends on that line is made again.
    """
    options = looks.to_keywords() | plans.to_keywords() | models.to_keywords()
    options["on_stuck"] = on_stuck

    async def verb(studio: AsyncStudio) -> int:
        approval.check(out)
        goal = late.validation.check_goal(until)
        source = parse_source(brief, script)
        if watch:
            return await watch_script(studio, source, options, out, json_out=json)
        if approval.budget is not None:
            options["max_price"] = approval.budget

        printer = ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None)
        options.update(goal=goal, plan=plan, again=again, new=new, listen=printer)

        async def confirm(quoted: ProjectQuote) -> None:
            if not json:
                print_quote(quoted)
                print_words(quoted.draft, changed_script)
            if plan is None and not quoted.project and "brief" in source:
                await suggest_planner(studio, source["brief"], plans.language, plans.planner, json_out=json)
            agrees = approval.yes or studio.rehearsal is not None
            may_ask = not agrees and approval.budget is None and is_interactive(json_out=json) and not quoted.project
            draft = (changed_script or (quoted.draft.script if quoted.draft else "")) if may_ask else ""
            ask = partial(ask_about_draft, draft, quoted) if draft else None
            is_paid = bool(quoted.micros or quoted.unknown_price_steps)
            if ask and not is_paid and (changed_script or not (quoted.draft and quoted.draft.is_certain)):
                ask()
            check = partial(studio.refuse_unsold, quoted)
            require_consent(quoted, yes=agrees, budget=approval.budget, json_out=json, check=check, ask=ask)
            progress.enter_context(printer)

        async def make_or_quote() -> FilmResult | ProjectQuote:
            if quote:
                return await studio.quote(**source, **options)
            return await studio.make(**source, out=out, confirm=confirm, **approval.to_keywords(), **options)

        changed_script: str | None = None
        stated_length: str | None = None
        with ExitStack() as progress:
            while True:
                try:
                    made = await make_or_quote()
                    break
                except NothingToShow as error:
                    await suggest_planner(studio, source["brief"], plans.language, plans.planner, json_out=json)
                    changed = ask_for_script(error, json_out=json)
                except LengthOutOfReach as error:
                    if not (stated_length and options["length"]):
                        raise
                    options["length"] = f"{error.nearest_s} s"
                    continue
                except ChangedDraft as draft:
                    changed = draft.script
                    if "brief" in source and options["length"] is None:
                        stated_length = late.script_files.find_stated_length(source["brief"], plans.language)
                    if stated_length:
                        is_kept = read_length(changed) in (None, stated_length)
                        options["length"] = stated_length if is_kept else None
                changed_script = add_files(changed, (*options["images"], *options["clips"]))
                options.update(images=(), clips=())
                source = {"script": changed_script}
        if isinstance(made, late.results.ProjectQuote):
            (print_json if json else print_quote)(made)
            return 0
        (print_json if json else print_film)(made)
        return get_exit_code(made)

    run(verb, json_out=json, rehearse=rehearsal.build(quote=quote), delivers_here=True)
