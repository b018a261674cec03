"""The verb ``write``: write a script from the facts of a brief, or let a language model write it."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import ProgressPrinter, print_json, print_quote
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import require_consent
from reelwright.cli.shared.option_groups import ApprovalOptions
from reelwright.cli.shared.runner import run
from reelwright.cli.shared.typed_inputs import read_brief
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.quotes.progress_reporter import Listen
    from reelwright.studio.results.results import ProjectQuote
    from reelwright.studio.studio import AsyncStudio


def write(
    brief: Annotated[
        str | None,
        typer.Argument(metavar="BRIEF", help="What the film is about, in your own words. Use - for standard input."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="File for the script. Default: print it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    language: o.Language = None,
    planner: o.Planner = None,
    archetype: o.Archetype = None,
    quote: o.Quote = False,
    *,
    approval: ApprovalOptions,
    json: o.Json = False,
) -> None:
    """Write a script from the facts of a BRIEF, as a start for your own. Costs nothing.

    Each line is copied from the brief: a name, quoted lines, numbers with what they count, prices, dates, where to go.
    A note in the script lists what was not used. `reelwright make FILE` makes the film.

    With --planner, a language model writes the script. You see the price first. The same command again buys nothing.
    """

    async def verb(studio: AsyncStudio) -> int:
        if brief is None:
            raise BadInput("brief", None, "what the film is about, in your own words")
        approval.check()
        words = read_brief(brief)
        options: dict[str, Any] = {"language": language, "planner": planner, "archetype": archetype}
        if planner not in (None, "", "rules"):
            late.script_files.check_script_path(out, force=force)
            printer = ProgressPrinter(quiet=json)
            if quote:
                quoted = await studio.quote(words, goal="plan", listen=printer, **options)
                (print_json if json else print_quote)(quoted)
                return 0
            listen: Listen | None = printer

            async def confirm(quoted: ProjectQuote) -> None:
                nonlocal listen
                if not json:
                    with redirect_stdout(sys.stderr):  # standard output is for the script
                        print_quote(quoted)
                require_consent(quoted, yes=approval.yes, budget=approval.budget, json_out=json)
                listen = None

            options |= {
                **approval.to_keywords(), "confirm": confirm,
                "listen": lambda event: listen(event) if listen else None,
            }  # fmt: skip
        written = await studio.write(words, out, force=force, **options)
        if json:
            print_json(written)
        elif written.file is None:
            typer.echo(written.script, nl=False)
        else:
            typer.echo(f"{written.file}\n  to make the film: reelwright make '{written.file}'")
        return 0

    run(verb, json_out=json)
