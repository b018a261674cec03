"""Words first: no word is cut, beats follow each other, cues say every word in its time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reelwright.reel.film.cues import PHRASE_CHARS, compute_cues, trim_cues
from reelwright.reel.film.fit import fit
from reelwright.reel.film.plan import Beat, Line, Plan
from reelwright.units import Frames
from unit.plans import rich_plan

words = st.text(alphabet=st.sampled_from("abcdefghij ,.!?:é漢字ก"), max_size=240)


def plan_saying(text: str, room: int = 60) -> Plan:
    plan = rich_plan()
    line = Line(id="line_1", text=text, start=Frames(0), room=Frames(room))
    return replace(plan, beats=(plan.beats[0], replace(plan.beats[1], lines=(line,))))


def ends(beat: Beat) -> int:
    return max((line.start + (line.spoken_length or line.room) for line in beat.lines), default=0)


@given(st.integers(1, 400))
def test_a_line_that_is_spoken_for_longer_grows_its_beat_and_is_never_cut(spoken: int):
    fitted = fit(rich_plan(), {"line_1": Frames(spoken)})
    beat = fitted.beats[1]
    assert beat.lines[0].spoken_length == spoken and ends(beat) <= beat.length
    assert beat.lines[1].start >= beat.lines[0].start + spoken
    assert sum(shot.length for shot in beat.shots) == beat.length


@given(st.dictionaries(st.sampled_from(["line_1", "line_2"]), st.integers(1, 400), max_size=2))
def test_beats_follow_each_other_and_fitting_twice_is_as_fitting_once(said: dict[str, int]):
    spoken = {line: Frames(n) for line, n in said.items()}
    fitted = fit(rich_plan(), spoken)
    at = 0
    for beat in fitted.beats:
        assert beat.start == at
        at += beat.length
    assert fit(fitted, spoken) == fitted


def test_fitting_leaves_every_request_alone():
    plan = rich_plan()
    assert [s.source for s in fit(plan, {"line_1": Frames(300)}).shots] == [s.source for s in plan.shots]


@given(words, st.integers(1, 200))
def test_cues_say_every_word_in_order_and_stay_in_their_line_s_time(text: str, room: int):
    plan = plan_saying(text, room)
    found = compute_cues(plan)
    assert "".join("".join(c.text.split()) for c in found) == "".join(text.split())
    start = plan.beats[1].start
    assert all(start <= c.start and c.length > 0 and c.start + c.length <= start + room for c in found)
    assert all(a.start <= b.start for a, b in pairwise(found))


@given(words)
def test_a_phrase_is_never_longer_than_two_lines_on_screen(text: str):
    assert all(len(c.text) <= PHRASE_CHARS["tall"] for c in compute_cues(plan_saying(text)))


def test_a_correction_replaces_what_is_read_and_not_what_is_said():
    plan = rich_plan()
    said = {c.line: c.text for c in compute_cues(plan)}
    assert said["line_2"] == "Ready in 90 s." and plan.beats[1].lines[1].text.startswith("Ready in ninety")


@given(words, st.integers(0, 100), st.integers(1, 100))
def test_cues_cut_to_a_segment_stay_inside_it_and_go_on_where_they_were(text: str, start: int, length: int):
    found: list[dict[str, Any]] = trim_cues(compute_cues(plan_saying(text)), start, start + length)
    for cue in found:
        assert cue["start"] >= 0 and cue["length"] > 0 and cue["start"] + cue["length"] <= length
        assert cue["elapsed"] >= 0 and (cue["elapsed"] == 0 or cue["start"] == 0)
