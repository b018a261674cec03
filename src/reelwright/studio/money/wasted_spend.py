"""Finds money that was spent on a project without a take, to warn a person before another try is paid for."""

from __future__ import annotations

from dataclasses import dataclass

from reelwright.messages import format_reason
from reelwright.studio.runtime.home import Home
from reelwright.units import Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class WastedSpend:
    """Money that a project spent, or presumably spent, on purchases that brought nothing, with all corrections.

    ``reason``: the provider's message about the last of them.
    """

    project: str
    micros: Micros
    reason: str


async def find_wasted_spend(home: Home, project: str) -> WastedSpend | None:
    """Add up what a project spent on purchases that brought nothing; None if nothing, or if one is still open.

    Reads only. While a purchase is open, the next job continues that purchase and does not pay for another
    try.
    """
    entries = await home.ledger.list_entries(home.account, project)
    if not all(entry.ended_at for entry in entries):
        return None
    lost = [entry for entry in entries if entry.spent_micros > 0 and not entry.has_landed]
    if not lost:
        return None
    return WastedSpend(
        project=project, micros=Micros(sum(entry.spent_micros for entry in lost)), reason=format_reason(lost[-1].reason)
    )
