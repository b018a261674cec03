"""A film whose file in the vault is damaged is joined once more from what is had: no purchase, the same frames."""

from __future__ import annotations

from typing import Final

from reelwright.errors import DamagedAsset
from reelwright.reel.operation import Consent, Job
from reelwright.reel.outcome import Outcome
from reelwright.studio.drive import drive
from reelwright.studio.home import Home
from reelwright.units import Micros

_BY: Final = "joined again"


async def join_again(home: Home, job: Job, film: Outcome, damaged: DamagedAsset) -> Job:
    """Drive a job that makes the film of ``job`` anew, and return it at its rest. Never spends.

    It waits for a person where something bought, or brought, is damaged too. Raises ``damaged`` where the film was
    joined again just now: the disk cannot be trusted.
    """
    if job.consent and job.consent.by == _BY:
        raise damaged
    await home.journal.mark_gone(home.account, [film.chosen or film.assets[0]])
    nothing = Consent(ceiling=Micros(0), by=_BY)
    again = await home.journal.enqueue(home.account, job.project, "film", nothing, dict(job.options))
    return await drive(home, job.project, again, None)
