"""The verb ``retry``: queue a failed, cancelled or waiting job again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.cli import options as o
from reelwright.cli.agreeing import agreed, check_before
from reelwright.cli.door import run
from reelwright.cli.telling import Telling, code_of, put_film, put_json

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def retry(
    job: o.JobCalled,
    out: o.Out = None,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    json: o.Json = False,
) -> None:
    """Queue a failed, cancelled or waiting job again and drive it. What was had is kept; the price comes first."""

    async def verb(studio: AsyncStudio) -> int:
        check_before(budget, unknown_at_most, out)
        quoted = await studio.quote_retry(job, listen=Telling(quiet=json))
        if quoted.wanted:
            agreed(quoted, yes=yes or studio.rehearsal is not None, budget=budget, json_out=json)
        with Telling(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.retry(
                job,
                out=out,
                listen=telling,
                yes=quoted,
                budget=budget,
                accept_unconfirmed=accept_unconfirmed,
                unknown_at_most=unknown_at_most,
            )
        (put_json if json else put_film)(made)
        return code_of(made)

    run(verb, json_out=json, project=job)
