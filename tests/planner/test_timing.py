"""Time: the music fits the film, and the checker sees what breaks the grammar."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.briefs import BRIEFS
from reelwright.media.work import Made
from reelwright.planner.durations import share, solve
from reelwright.planner.grammar import check
from reelwright.planner.rules import plan, plan_work
from reelwright.planner.tables import beats, sequences, tones
from reelwright.reel.brief import Brief
from reelwright.reel.document import from_json, to_plain
from reelwright.reel.plan import Own, Plan
from reelwright.units import Frames


@pytest.mark.parametrize("name", BRIEFS)
def test_lift_and_button_fall_on_downbeats(name: str) -> None:
    film = plan(Brief(text=BRIEFS[name])).plan
    assert film.bed
    extra = film.bed.request.extra
    bar_ms = Fraction(240_000_000, extra["bpm_milli"])
    anchors = [extra["button_ms"], *([extra["lift_ms"]] if "lift_ms" in extra else [])]
    for at in anchors:
        assert abs(at / bar_ms - round(at / bar_ms)) * bar_ms <= 35  # a frame and the rounding of milliseconds
    assert 56_000 <= extra["bpm_milli"] <= 240_000
    assert sum(section["ms"] for section in extra["sections"]) == film.bed.request.ms


@pytest.mark.parametrize("name", BRIEFS)
def test_hits_lie_inside_the_footage_of_their_shot(name: str) -> None:
    for shot in plan(Brief(text=BRIEFS[name])).plan.shots:
        assert not isinstance(shot.source, Own)
        hits = shot.source.extra["hits"]
        assert hits == sorted(set(hits))
        assert all(0 <= hit < shot.source.extra["frames"] for hit in hits)


@pytest.mark.parametrize("name", BRIEFS)
def test_hard_cuts_are_at_least_85_in_100(name: str) -> None:
    film = plan(Brief(text=BRIEFS[name], length_ms=60_000)).plan
    soft = sum(shot.into.over > 0 for shot in film.shots)
    assert soft * 100 <= 15 * max(1, len(film.shots) - 1)
    assert film.shots[-1].into.over == 0


@given(
    rows=st.lists(st.tuples(st.integers(1, 50), st.integers(1, 90), st.integers(0, 90)), min_size=1, max_size=12),
    total=st.integers(12, 900),
)
def test_shares_sum_exactly_and_keep_their_bounds_where_they_can(rows: list[tuple[int, int, int]], total: int) -> None:
    weights, low, high = [w for w, _, _ in rows], [a for _, a, _ in rows], [a + more for _, a, more in rows]
    made = share(weights, low, high, total)
    assert sum(made) == total
    assert all(one >= 1 for one in made)
    if sum(low) <= total <= sum(high):
        assert all(a <= one <= b for a, one, b in zip(low, made, high, strict=True))


@pytest.mark.parametrize("ms", list(sequences()))
@pytest.mark.parametrize("tone", list(tones()))
def test_every_sequence_solves_within_its_clamps(ms: int, tone: str) -> None:
    names = list(sequences()[ms].order)
    made = solve(names, ms * 30 // 1000, (30, 1), tones()[tone])
    assert sum(made) == ms * 30 // 1000
    for name, length in zip(names, made, strict=True):
        assert beats()[name].min_ms * 30 // 1000 <= length


def film() -> Plan:
    return plan(Brief(text=BRIEFS["C"])).plan


def without(before: Plan, name: str) -> Plan:
    return replace(before, beats=tuple(beat for beat in before.beats if beat.name != name))


def test_the_checker_names_every_broken_rule() -> None:
    good = film()
    names = [beat.name for beat in good.beats]
    assert check(good) == ()
    assert any(f.rule == "1 end card" for f in check(without(good, "end_card")))
    assert any(f.rule == "1 start" for f in check(without(good, "hook")))
    assert any(f.rule == "1 requires" for f in check(without(good, "problem")))
    swapped = replace(good, beats=(good.beats[0], good.beats[-2], *good.beats[1:-2], good.beats[-1]))
    assert any(f.rule == "1 order" for f in check(swapped))
    assert any(f.rule == "0 sums" for f in check(swapped))
    at = names.index("cta")
    shot = replace(good.beats[at].shots[0], words={"line": "one two three four five six seven eight nine ten"})
    crowded = replace(good, beats=(*good.beats[:at], replace(good.beats[at], shots=(shot,)), *good.beats[at + 1 :]))
    assert [f.rule for f in check(crowded)] == ["4 reading"]
    bare = replace(good.beats[0].shots[0], overlays=())
    first = replace(good, beats=(replace(good.beats[0], shots=(bare, *good.beats[0].shots[1:])), *good.beats[1:]))
    assert [f.rule for f in check(first)] == ["2 brand"]
    late = replace(good.beats[0], length=Frames(900), shots=(replace(good.beats[0].shots[0], length=Frames(900)),))
    at = 0
    moved = []
    for beat in (late, *good.beats[1:]):
        moved.append(replace(beat, start=Frames(at)))
        at += beat.length
    assert any(f.rule == "2 reveal" for f in check(replace(good, beats=tuple(moved))))


def test_the_work_writes_the_plan_and_what_was_understood(tmp_path: Any) -> None:
    brief = Brief(text=BRIEFS["A"])
    made: Made = plan_work({"brief": to_plain(brief)}, (), tmp_path, lambda done: None)
    assert from_json(Plan, made.files[0].path.read_text(encoding="utf-8"), "plan") == plan(brief).plan
    assert made.facts["understood"]["product"]["value"] == "VoltCup"


IMPORTED = (
    "import sys,time; t=time.process_time(); import {}; d=time.process_time()-t;"
    "print(d, [m for m in ('skia','av','numpy','PIL','sqlalchemy','pydantic') if m in sys.modules])"
)


def test_the_planner_is_imported_quickly_and_alone() -> None:
    """Beside a yardstick of the same machine and minute: 160 modules of Python's own; it takes 2.5 times as long."""
    yardstick = "asyncio, http.client, email.message, unittest.mock, xml.etree.ElementTree"
    found: dict[str, list[float]] = {"reelwright.planner.rules": [], yardstick: []}
    for name in [*found] * 3:
        ran = subprocess.run([sys.executable, "-c", IMPORTED.format(name)], capture_output=True, text=True, check=True)
        seconds, alone = ran.stdout.split(maxsplit=1)
        assert alone.strip() == "[]"
        found[name].append(float(seconds))
    assert min(found["reelwright.planner.rules"]) < 4 * min(found[yardstick])
