"""Makes a film again whose file in the vault is damaged, from its existing parts: no purchase, the same frames."""

from __future__ import annotations

from typing import Final

from reelwright.errors import DamagedAsset
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.records.operation import Consent, Job
from reelwright.studio.films.drive import drive
from reelwright.studio.runtime.home import Home
from reelwright.units import Micros

_BY: Final = "joined again"


async def rebuild_film(home: Home, job: Job, film: Outcome, error: DamagedAsset) -> Job:
    """Replace a damaged film file by a new job that joins its parts again; return that job when it rests.

    Never spends. The new job waits for a person if a take or a person's own file is damaged too. Raises ``error`` if
    ``job`` itself was such a job: the disk cannot be trusted.
    """
    if job.consent and job.consent.by == _BY:
        raise error
    await home.journal.mark_deleted(home.account, [film.chosen_asset or film.assets[0]])
    nothing = Consent(ceiling=Micros(0), by=_BY)
    again = await home.journal.enqueue(home.account, job.project, "film", nothing, dict(job.options))
    return await drive(home, job.project, again, None)
