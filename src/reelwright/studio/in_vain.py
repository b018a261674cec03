"""What was paid for a project and brought nothing: told before another try is paid for."""

from __future__ import annotations

from dataclasses import dataclass

from reelwright.studio.home import Home
from reelwright.units import Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class InVain:
    """Tries that were billed, or are presumed to be, without a take, with all corrections.

    ``reason``: of the last, as its provider said.
    """

    project: str
    micros: Micros
    reason: str


async def spent_in_vain(home: Home, project: str) -> InVain | None:
    """None where nothing was, or where something is still open: what was sent is gone on with, not tried again."""
    entries = await home.ledger.entries(home.account, project)
    if not all(entry.ended for entry in entries):
        return None
    lost = [entry for entry in entries if entry.spent > 0 and not entry.landed]
    if not lost:
        return None
    return InVain(project=project, micros=Micros(sum(entry.spent for entry in lost)), reason=lost[-1].said)
