"""The making of a film: what was obtained when, and for how much, as its page replays it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.reel.film.markup import to_plain_text
from reelwright.studio.results.listings import ProjectDetails
from reelwright.studio.results.spending_report import PurchaseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingRow:
    """A thing that was obtained. ``begin`` and ``end``: percent of the time from the first one to the last.

    ``shot``: its number; None for what belongs to the whole film. ``has_landed``: it brought something.
    """

    kind: str
    shot: int | None
    words: str
    begin: float
    end: float
    micros: int
    has_landed: bool
    purchase: PurchaseRow


def list_making(details: ProjectDetails, purchases: Sequence[PurchaseRow]) -> tuple[tuple[MakingRow, ...], float]:
    """List what was obtained for a project in the order of time, and the seconds from the first to the last."""
    ended = sorted((row for row in purchases if row.ended_at), key=lambda row: row.posted_at or row.intended_at)
    if not ended:
        return (), 0.0
    first = min(row.posted_at or row.intended_at for row in ended)
    last = max(row.ended_at for row in ended if row.ended_at)
    span = max((last - first).total_seconds(), 0.001)
    names = {shot.n: to_plain_text(next(iter(shot.words.values()), shot.prompt[:40])) for shot in details.shots}
    rows = []
    for row in ended:
        assert row.ended_at
        begin = (row.posted_at or row.intended_at) - first
        rows.append(
            MakingRow(
                kind=row.step.partition("/")[0], shot=row.shot, words=names.get(row.shot or 0, ""),
                begin=round(100 * begin.total_seconds() / span, 2),
                end=round(100 * (row.ended_at - first).total_seconds() / span, 2), micros=row.micros,
                has_landed=row.has_landed, purchase=row,
            )
        )  # fmt: skip
    return tuple(rows), span
