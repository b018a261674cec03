"""Rates the pacing and legibility of a plan: measures what can be measured before a film is made, and gives points.

Source: craft.md 9.1, read 2026-11-20: its checks 2, 13 and 14, as far as a plan answers them. What no plan can be
measured for (whether words are true or good, whether pictures fit them) has no mark; ``NOT_JUDGED`` names it beside the
points.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection
from fractions import Fraction
from typing import Final

from reelwright.planner.counting import compute_reading_frames
from reelwright.planner.grammar import check
from reelwright.planner.music import Grid
from reelwright.planner.roles import list_screen_words
from reelwright.planner.screens.lengths import MIN_RHYTHM_SHOTS, VARIATION_RANGE
from reelwright.planner.tables import load_tones
from reelwright.reel.base.value import define_value
from reelwright.reel.film.plan import Plan, Shot
from reelwright.reel.graph.request import LOCAL_MODEL_PREFIXES

NOT_JUDGED: Final = "whether the words are true, good or yours; whether the pictures fit them"
"""What the points say nothing about. A person has to look at that."""
MAX_POINTS: Final = 100
FAULT_POINTS: Final = 12
"""Points of a required mark that is missed, and of a check that fails on the finished film."""
MISS_POINTS: Final = 3
"""Points of any other mark that is missed."""
MAX_UNTOLD_POINTS: Final = 50
"""The most points of a film from which nobody learns a name and one fact, however well it is paced."""
_NO_FACT_ROLES: Final = frozenset({"name", "descriptor", "kicker", "call", "url", "legal", "terms", "source"})
"""Roles of words that are no fact: who it is, what it is, where to go, and small print."""
MIN_SHARE_ON_GRID: Final = Fraction(1, 2)
"""Least share of the cuts that lie on the music."""
MIN_CARD_S: Final = 2


@define_value
class Mark:
    """A statement that was measured. ``message``: what was measured instead, if the statement is not met.

    ``is_required``: a film without it is broken and loses ``FAULT_POINTS``; any other mark is worth ``MISS_POINTS``.
    """

    name: str
    statement: str
    is_met: bool
    is_required: bool = False
    message: str = ""


@define_value
class Pacing:
    """The ``points`` out of 100, and the marks that they come from. ``not_judged``: what no mark measures."""

    points: int
    marks: tuple[Mark, ...]
    not_judged: str = NOT_JUDGED

    @property
    def missed_marks(self) -> tuple[Mark, ...]:
        """The marks that the plan does not meet."""
        return tuple(mark for mark in self.marks if not mark.is_met)


def measure_pacing(plan: Plan, failing_checks: Collection[str] = ()) -> Pacing:
    """Rate the plan's pacing and legibility with 0 to 100 points, and return them with the marks they come from.

    ``failing_checks``: checks that its finished film fails, each once. Pure; never spends.
    """
    content = _mark_content(plan)
    marks = (content, *_mark_length_and_reading(plan), *_mark_rhythm(plan), _mark_last_card(plan), *_mark_music(plan))
    lost = sum(FAULT_POINTS if mark.is_required else MISS_POINTS for mark in marks if not mark.is_met)
    points = max(0, MAX_POINTS - lost - FAULT_POINTS * len(set(failing_checks)))
    return Pacing(points=points if content.is_met else min(points, MAX_UNTOLD_POINTS), marks=marks)


def _mark_content(plan: Plan) -> Mark:
    """Measure what a viewer learns: who it is about, and one thing of it, on screen or spoken."""
    shown: list[tuple[str, str]] = []
    for shot in plan.shots:
        words = list_screen_words(plan, shot)
        calls = "url" in words  # its line says what to do there
        shown += [("call" if calls and role == "line" else role, text) for role, text in words.items() if text]
    is_named = any(role == "name" for role, _ in shown)
    facts = {text.casefold() for role, text in shown if role not in _NO_FACT_ROLES}
    facts |= {line.text.casefold() for _, line in plan.list_lines()} - {text.casefold() for _, text in shown}
    missing = ([] if is_named else ["no name"]) + ([] if facts else ["no fact"])
    return _make_mark("content", "a viewer learns a name and a fact", not missing, " and ".join(missing))


def _mark_length_and_reading(plan: Plan) -> list[Mark]:
    sums = [finding.message for finding in check(plan) if finding.rule.startswith("0")]
    unread = [n for n, shot in enumerate(plan.shots, 1) if _is_too_short(plan, shot)]
    return [
        Mark(
            name="length",
            statement="the shots sum to the film",
            is_met=not sums,
            is_required=True,
            message="; ".join(sums),
        ),
        Mark(
            name="reading",
            statement="all words stay long enough to be read",
            is_met=not unread,
            is_required=True,
            message=f"too short in shot {', '.join(map(str, unread))}" if unread else "",
        ),
    ]


def _is_too_short(plan: Plan, shot: Shot) -> bool:
    """Return whether words of the shot disappear before they are read, drawn in it or laid over it."""
    if shot.text_mode == "drawn" and compute_reading_frames(shot.words, plan.language, plan.fps) > shot.length:
        return True
    titles = (o for o in shot.overlays if o.kind == "title" and o.start >= 0)  # one that began before is told there
    return any(
        compute_reading_frames(o.words, plan.language, plan.fps)
        > (o.length if o.length is not None else shot.length - o.start)
        for o in titles
    )


def _mark_rhythm(plan: Plan) -> list[Mark]:
    lengths = [Fraction(shot.length * plan.fps[1], plan.fps[0]) for shot in plan.shots]
    made = []
    mean = sum(lengths) / len(lengths)
    if plan.tone in load_tones():
        least, most = (Fraction(ms, 1000) for ms in load_tones()[plan.tone].asl_range_ms)
        stated = f"a shot lasts {float(least):g} to {float(most):g} s on average ({plan.tone})"
        made.append(_make_mark("pace", stated, least <= mean <= most, f"{float(mean):.1f} s"))
    if len(lengths) >= MIN_RHYTHM_SHOTS:
        varied = statistics.pstdev(map(float, lengths)) / float(mean)
        stated = (
            f"lengths of shots vary by {float(VARIATION_RANGE[0]):g} to {float(VARIATION_RANGE[1]):g} of their mean"
        )
        made.append(_make_mark("variety", stated, VARIATION_RANGE[0] <= varied <= VARIATION_RANGE[1], f"{varied:.3f}"))
    return made


def _mark_last_card(plan: Plan) -> Mark:
    card = Fraction(plan.beats[-1].length * plan.fps[1], plan.fps[0])
    return _make_mark("card", f"the last card stands {MIN_CARD_S} s", card >= MIN_CARD_S, f"{float(card):.1f} s")


def _mark_music(plan: Plan) -> list[Mark]:
    """Measure how cuts and downbeats fall on the music. A bought bed gives no marks: its beats are not known before."""
    bed = plan.bed
    if bed is None or not bed.bpm_milli or not bed.request.model.startswith(LOCAL_MODEL_PREFIXES):
        return []
    grid = Grid(bpm_milli=bed.bpm_milli, bar=Fraction(240_000 * plan.fps[0], bed.bpm_milli * plan.fps[1]))
    starts = [start for start, _ in plan.compute_windows().values()][1:]
    on = [start for start in starts if _is_near(start, grid.beat)]
    made = []
    if starts:
        stated = f"{float(MIN_SHARE_ON_GRID):.0%} of the cuts or more fall on the music"
        made.append(
            _make_mark("cuts", stated, len(on) >= MIN_SHARE_ON_GRID * len(starts), f"{len(on)} of {len(starts)}")
        )
    off = [b.name for b in plan.beats if b.name in ("reveal", "end_card") and not _is_near(b.start, grid.bar)]
    return [*made, _make_mark("downbeats", "reveal and last card begin with a bar", not off, " and ".join(off))]


def _is_near(frame: int, unit: Fraction) -> bool:
    return abs(frame - round(frame / unit) * unit) <= 1


def _make_mark(name: str, stated: str, holds: bool, message: str) -> Mark:
    return Mark(name=name, statement=stated, is_met=holds, message="" if holds else message)
