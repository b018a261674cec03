"""The verb ``retry``: queue a failed, cancelled or waiting job again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.cli.output.output import ProgressPrinter, get_exit_code, print_film, print_json
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import check_before, confirm_price
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def retry(
    job: o.JobOrProject,
    out: o.Out = None,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    json: o.Json = False,
) -> None:
    """Run a failed, cancelled or waiting job again. Results stay. You see the price first."""

    async def verb(studio: AsyncStudio) -> int:
        check_before(budget, unknown_at_most, out)
        quoted = await studio.quote_retry(job, listen=ProgressPrinter(quiet=json))
        if quoted.wanted_steps:
            confirm_price(studio, quoted, yes=yes, budget=budget, json_out=json)
        with ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.retry(
                job,
                out=out,
                listen=telling,
                yes=quoted,
                budget=budget,
                accept_unconfirmed=accept_unconfirmed,
                unknown_at_most=unknown_at_most,
            )
        (print_json if json else print_film)(made)
        return get_exit_code(made)

    run(verb, json_out=json, project=job)
