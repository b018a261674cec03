"""The verb ``apply``: read a film.yaml back into its project and make the film."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.output.output import ProgressPrinter, get_exit_code, print_film, print_json, print_quote
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import check_before, confirm_price
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def apply(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder with a film.yaml, or the file itself.")],
    out: o.Out = None,
    quote: o.Quote = False,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    json: o.Json = False,
) -> None:
    """Make the film that a film.yaml describes.

    Only what depends on your changes is made again. You see the price first.
    """

    async def verb(studio: AsyncStudio) -> int:
        check_before(budget, unknown_at_most, out)
        quoted = await studio.quote_apply(folder, listen=ProgressPrinter(quiet=json))
        if quote:
            (print_json if json else print_quote)(quoted)
            return 0
        confirm_price(studio, quoted, yes=yes, budget=budget, json_out=json)
        with ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.apply(
                folder,
                out=out,
                yes=quoted,
                budget=budget,
                accept_unconfirmed=accept_unconfirmed,
                unknown_at_most=unknown_at_most,
                listen=telling,
            )
        (print_json if json else print_film)(made)
        return get_exit_code(made)

    run(verb, json_out=json, delivers_here=True)
