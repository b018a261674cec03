"""The verb ``write``: a script of what is certain in a brief, or as a language model writes it."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli import options as o
from reelwright.cli.agreeing import check_money, says_yes_to
from reelwright.cli.door import run
from reelwright.cli.make import words_of
from reelwright.cli.telling import Telling, put_json, put_quote
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def write(
    brief: Annotated[
        str | None, typer.Argument(metavar="BRIEF", help="What the film is to be, in your words (- reads them).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where the script goes; printed unless said.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    language: o.Language = None,
    planner: o.Planner = None,
    archetype: o.Archetype = None,
    quote: o.Quote = False,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    json: o.Json = False,
) -> None:
    """Write a script of what is certain in a BRIEF, to go on from. Spends nothing.

    Each line is copied from the brief: a name, quoted lines, numbers with what they count, prices, dates, where to go.
    What was not used stands in it as a note. `reelwright make FILE` films it. With --planner a language model writes
    it: the price comes first, and the same call again buys nothing.
    """

    async def verb(studio: AsyncStudio) -> int:
        if brief is None:
            raise BadInput("brief", None, "what the film is to be, in your words")
        check_money(budget, unknown_at_most)
        words = words_of(brief)
        asked: dict[str, Any] = {"language": language, "planner": planner, "archetype": archetype}
        if planner not in (None, "", "rules"):
            from reelwright.studio.writing import place_of

            place_of(out, force=force)
            quoted = await studio.quote(words, goal="plan", listen=Telling(quiet=json), **asked)
            if quote:
                (put_json if json else put_quote)(quoted)
                return 0
            if not json:
                with redirect_stdout(sys.stderr):  # what is printed is the script
                    put_quote(quoted)
            says_yes_to(quoted, yes=yes, budget=budget, json_out=json)
            asked |= {
                "yes": quoted, "budget": budget, "accept_unconfirmed": accept_unconfirmed,
                "unknown_at_most": unknown_at_most, "listen": Telling(quiet=True),
            }  # fmt: skip
        written = await studio.write(words, out, force=force, **asked)
        if json:
            put_json(written)
        elif written.file is None:
            typer.echo(written.script, nl=False)
        else:
            typer.echo(f"{written.file}\n  film it: reelwright make '{written.file}'")
        return 0

    run(verb, json_out=json)
