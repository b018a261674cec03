"""Pacing and legibility of a plan: what can be measured before a film is made, and the points that leaves it.

Source: craft.md 9.1, read 2026-11-20: its checks 2, 13 and 14, as far as a plan answers them. What no plan can be
measured for (whether words are true or good, whether pictures fit them) is no mark, and is said before the points.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection
from fractions import Fraction
from typing import Final

from reelwright.planner.counting import reading_frames
from reelwright.planner.grammar import check
from reelwright.planner.music import Grid
from reelwright.planner.tables import tones
from reelwright.reel.breakdown import OURS
from reelwright.reel.noun import noun
from reelwright.reel.plan import Plan, Shot

NOT_JUDGED: Final = "whether the words are true, good or yours; whether the pictures fit them"
"""What the points say nothing about. A person looks at that."""
WHOLE: Final = 100
FAULT: Final = 12
"""Points of a mark that fails, and of a check that fails on the finished film."""
MISS: Final = 3
"""Points of any other mark that is missed."""
VARIED: Final = (Fraction(35, 100), Fraction(70, 100))
"""Least and most of the coefficient of variation of shot lengths: equal ones are a slide show."""
ON_GRID: Final = Fraction(1, 2)
"""Least part of the cuts that lie on the music."""
CARD_S: Final = 2
FEW: Final = 4
"""Below so many shots their lengths say nothing of rhythm."""


@noun
class Mark:
    """One statement that was measured. ``fails``: a film without it is broken; any other is worth ``MISS`` points."""

    name: str
    stated: str
    holds: bool
    fails: bool = False
    said: str = ""


@noun
class Pacing:
    """``points`` of 100, and the marks that they are of. ``not_judged``: what no mark says anything about."""

    points: int
    marks: tuple[Mark, ...]
    not_judged: str = NOT_JUDGED

    @property
    def missed(self) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if not mark.holds)


def measure_pacing(plan: Plan, failing: Collection[str] = ()) -> Pacing:
    """Measure the plan. ``failing``: checks that its finished film fails, each once. Pure; never spends."""
    marks = (*_whole(plan), *_rhythm(plan), _card(plan), *_music(plan))
    lost = sum(FAULT if mark.fails else MISS for mark in marks if not mark.holds)
    return Pacing(points=max(0, WHOLE - lost - FAULT * len(set(failing))), marks=marks)


def _whole(plan: Plan) -> list[Mark]:
    sums = [finding.said for finding in check(plan) if finding.rule.startswith("0")]
    unread = [n for n, shot in enumerate(plan.shots, 1) if _too_short(plan, shot)]
    return [
        Mark(name="length", stated="the shots sum to the film", holds=not sums, fails=True, said="; ".join(sums)),
        Mark(
            name="reading", stated="all words stay long enough to be read", holds=not unread, fails=True,
            said=f"too short in shot {', '.join(map(str, unread))}" if unread else "",
        ),
    ]  # fmt: skip


def _too_short(plan: Plan, shot: Shot) -> bool:
    """Whether words of the shot go before they are read, drawn in it or set over it."""
    if shot.shows == "drawn" and reading_frames(shot.words, plan.language, plan.fps) > shot.length:
        return True
    titles = (o for o in shot.overlays if o.kind == "title" and o.start >= 0)  # one that began before is told there
    return any(
        reading_frames(o.words, plan.language, plan.fps) > (o.length if o.length is not None else shot.length - o.start)
        for o in titles
    )


def _rhythm(plan: Plan) -> list[Mark]:
    lengths = [Fraction(shot.length * plan.fps[1], plan.fps[0]) for shot in plan.shots]
    made = []
    mean = sum(lengths) / len(lengths)
    if plan.tone in tones():
        least, most = (Fraction(ms, 1000) for ms in tones()[plan.tone].asl_range_ms)
        stated = f"a shot lasts {float(least):g} to {float(most):g} s on average ({plan.tone})"
        made.append(_mark("pace", stated, least <= mean <= most, f"{float(mean):.1f} s"))
    if len(lengths) >= FEW:
        varied = statistics.pstdev(map(float, lengths)) / float(mean)
        stated = f"lengths of shots vary by {float(VARIED[0]):g} to {float(VARIED[1]):g} of their mean"
        made.append(_mark("variety", stated, VARIED[0] <= varied <= VARIED[1], f"{varied:.3f}"))
    return made


def _card(plan: Plan) -> Mark:
    card = Fraction(plan.beats[-1].length * plan.fps[1], plan.fps[0])
    return _mark("card", f"the last card stands {CARD_S} s", card >= CARD_S, f"{float(card):.1f} s")


def _music(plan: Plan) -> list[Mark]:
    """Nothing where the bed is bought: where its beats fall is not known before."""
    bed = plan.bed
    if bed is None or not bed.bpm_milli or not bed.request.model.startswith(OURS):
        return []
    grid = Grid(bpm_milli=bed.bpm_milli, bar=Fraction(240_000 * plan.fps[0], bed.bpm_milli * plan.fps[1]))
    starts = [start for start, _ in plan.windows().values()][1:]
    on = [start for start in starts if _near(start, grid.beat)]
    made = []
    if starts:
        stated = f"{float(ON_GRID):.0%} of the cuts or more fall on the music"
        made.append(_mark("cuts", stated, len(on) >= ON_GRID * len(starts), f"{len(on)} of {len(starts)}"))
    off = [b.name for b in plan.beats if b.name in ("reveal", "end_card") and not _near(b.start, grid.bar)]
    return [*made, _mark("downbeats", "reveal and last card begin with a bar", not off, " and ".join(off))]


def _near(frame: int, unit: Fraction) -> bool:
    return abs(frame - round(frame / unit) * unit) <= 1


def _mark(name: str, stated: str, holds: bool, said: str) -> Mark:
    return Mark(name=name, stated=stated, holds=holds, said="" if holds else said)
