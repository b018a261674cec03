"""The verb ``retake``: another take of a shot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.cli import options as o
from reelwright.cli.agreeing import agreed, check_before
from reelwright.cli.door import run
from reelwright.cli.telling import Telling, code_of, put_film, put_json, put_quote

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def retake(
    project: o.Project,
    shot: o.Shots,
    out: o.Out = None,
    quote: o.Quote = False,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    json: o.Json = False,
) -> None:
    """Obtain another take of a shot, or of several.

    It stands beside those that are there; `circle` chooses it.
    """

    async def verb(studio: AsyncStudio) -> int:
        check_before(budget, unknown_at_most, out)
        quoted = await studio.quote_retake(project, shot, listen=Telling(quiet=json))
        if quote:
            (put_json if json else put_quote)(quoted)
            return 0
        agreed(quoted, yes=yes or studio.rehearsal is not None, budget=budget, json_out=json)
        with Telling(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.retake(
                project,
                shot,
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
