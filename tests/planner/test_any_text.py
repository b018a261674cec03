"""Whatever is written: a refusal that helps, or a plan in which nothing is made up; and it is there at once."""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import pairwise

import pytest
import regex
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from planner.briefs import BRIEFS, UNCERTAIN
from planner.films import VEO, broken, letters, made_up, seen_in, shown, unsaid
from planner.test_materials import SETS
from reelwright.documents.read import read_script
from reelwright.errors import BadInput
from reelwright.input_limits import BRIEF_CHARS
from reelwright.planner.rules import NothingToShow, plan
from reelwright.planner.screens.parts import build_parts
from reelwright.reel.base.document import from_json, to_json
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.units import convert_ms_to_frames
from yardstick import slowness

PIECES = [piece for text in [*BRIEFS.values(), *UNCERTAIN.values()] for piece in regex.findall(r"\S+\s?", text)] + [
    "30s ", "20% off ", '"', "«", "「", " — ", "\n", "by ", "for ", "says ", ". ", "9:16 ", "1 min ", "5€ ", "\u202e",
    "'s ", "Name: ", "|", "£3 ", "\u00ad", "e\u0301", "ﬁ", "①", "Slogan: ", "- ", "1. ", "@tern ", "01632 960147 ",
]  # fmt: skip
CERTAIN = [
    'For "Tern". ', "Name: Tern\n", '"Carry less." ', "„Nimm weniger mit.“ ", "340 loaves a day. ", "「朝もや。」",
    "Order at tern.example. ", "20% off until 3 May. ", "Slogan: Carry less.\n", '"Two\nlines." ',
    "Call 01632 960147. ",
]  # fmt: skip
DIRECTIONS = [
    "Keep it calm and slow.", "9:16.", "20 seconds.", "No music with vocals please.", "Warm, handheld look.",
    "The audience is commuters.", "No prices please.", "Bitte ruhig und warm.", "Film it at dawn.", "Без цени.",
    "The deadline is Friday 12 May.", "Our budget is £500.", "Make it feel like a documentary.",
]  # fmt: skip
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.lists(st.sampled_from([*CERTAIN, *PIECES]), max_size=20).map("".join),
)
lengths = st.one_of(st.none(), st.integers(1000, 120_000))
EVERYTHING = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@EVERYTHING
@given(
    text=texts, length=lengths, variation=st.integers(0, 3), models=st.sampled_from([(), (VEO,)]),
    voice=st.sampled_from([None, "eleven_v3:ana"]),
)  # fmt: skip
@example(text=BRIEFS["markup"], length=None, variation=0, models=(), voice=None)
@example(text="5 x 5", length=1000, variation=0, models=(), voice=None)
@example(text=" С15s Ig f m в", length=None, variation=0, models=(), voice=None)
@example(text='For "AA0\x080". "ﬁne e\u0301 ①"', length=None, variation=0, models=(), voice=None)
@example(text=BRIEFS["several lines"], length=None, variation=0, models=(VEO,), voice="eleven_v3:ana")
def test_any_text_is_refused_by_name_or_becomes_an_exact_plan_of_its_own_words(
    text: str, length: int | None, variation: int, models: tuple[str, ...], voice: str | None
) -> None:
    try:
        planned = plan(Brief(text=text, length_ms=length, variation=variation, models=models, voice=voice))
    except BadInput as refused:
        assert refused.field in ("brief", "length")
        assert refused.accepted
        assert not models or not isinstance(refused, NothingToShow)
        return
    film = planned.plan
    assert broken(film) == []
    assert sum(shot.length for shot in film.shots) == film.length
    is_shorter = any("fill at most" in said for said in planned.messages)
    assert length is None or is_shorter or film.length == max(1, convert_ms_to_frames(length, film.fps))
    assert from_json(Plan, to_json(film), "plan") == film
    assert made_up(film, text) == []
    assert not [one for one in shown(film) if regex.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x1f]", one)]


@pytest.mark.timed
@pytest.mark.parametrize("unit", ["9s ", "9秒", "U.S. ", "漢。"])
def test_the_longest_brief_is_read_in_time_whatever_it_repeats(unit: str) -> None:
    began = time.process_time()
    with suppress(BadInput):
        plan(Brief(text=unit * (BRIEF_CHARS // len(unit))))
    assert time.process_time() - began < 10, "it took minutes, on threads that all accounts share"


@pytest.mark.timed
@pytest.mark.parametrize("unit", ["1. a\n", "a\n\n"])
def test_the_longest_script_is_refused_in_time_whatever_it_repeats(unit: str) -> None:
    script = read_script(f"# A\n\n{unit * 5_900}", "s.md")
    began = time.process_time()
    with pytest.raises(BadInput, match="screens"):
        build_parts(script, "s.md", is_voiced=False)
    assert time.process_time() - began < 4, "a list took the square of its length"


def list_certain(text: str) -> list[str]:
    """List the lines of the film that nobody is asked about."""
    draft = plan(Brief(text=text)).draft
    return [line.screen.text for line in draft.lines if line.tier == "certain"] if draft else []


@EVERYTHING
@example(pieces=["Call 01632 960147. "], told="9:16.")
@example(pieces=['For "Tern". ', "Name: Tern\n", "Order at tern.example. "], told="Keep it calm and slow.")
@given(pieces=st.lists(st.sampled_from(CERTAIN), max_size=6, unique=True), told=st.sampled_from(DIRECTIONS))
def test_no_direction_is_on_screen_whatever_it_stands_beside(pieces: list[str], told: str) -> None:
    text = "".join(['A film for "Fenn". ', *pieces])
    told_too = list_certain(text + told)
    whole = letters(" ".join(told_too))
    for part in regex.split(r"[.,]\s*", told):
        assert not part or letters(part) not in whole
    assert all(letters(one) in letters(text) for one in told_too), "what is added is none of the direction's words"


@EVERYTHING
@given(text=texts, variation=st.integers(1, 5))
def test_a_variation_changes_what_is_seen_and_no_word(text: str, variation: int) -> None:
    try:
        first = plan(Brief(text=text)).plan
    except BadInput:
        return
    other = plan(Brief(text=text, variation=variation)).plan
    assert [shot.source for shot in other.shots] != [shot.source for shot in first.shots]
    assert [shot.words for shot in other.shots] == [shot.words for shot in first.shots]


@EVERYTHING
@given(name=st.sampled_from(sorted(SETS)), text=texts, length=lengths)
@example(name="a cut-out", text='B"CALL0', length=None)
@example(name="screens", text='For "Tern". "Carry less." "Nobody asks." "Go on."', length=3000)
def test_own_pictures_are_in_the_film_of_any_text_and_not_twice_in_a_row_or_their_absence_is_said(
    name: str, text: str, length: int | None
) -> None:
    try:
        planned = plan(Brief(text=text, length_ms=length, materials=SETS[name]))
    except BadInput as refused:
        assert refused.field in ("brief", "length") and not isinstance(refused, NothingToShow)
        return
    for one, other in pairwise(planned.plan.shots):
        assert set(seen_in(one)).isdisjoint(seen_in(other))
    assert not unsaid(planned, SETS[name])


@pytest.mark.parametrize("name", ["bulgarian", "german", "arabic", "japanese", "hindi", "thai", "korean", "french"])
def test_nothing_of_ours_is_mixed_into_another_language(name: str) -> None:
    for models in ((), (VEO,)):
        assert made_up(plan(Brief(text=BRIEFS[name], models=models)).plan, BRIEFS[name]) == []


@pytest.mark.timed
def test_a_plan_is_made_in_fifty_milliseconds() -> None:
    for name in ("A", "E", "bulgarian"):
        _seconds(BRIEFS[name])
    slowest = max(min(_seconds(BRIEFS[name]) for _ in range(5)) for name in ("A", "E", "bulgarian"))
    assert slowest < 0.05 * slowness(time.process_time)


FOR_EVERY_CHANGE = ['" ', "with a, ", "「"]
REST = ["a ", "A ", "1 ", "for A ", "A's ", "a, ", "x.y ", "20% ", "\n", "そ", "-", "Bb ", "says ", "tern.example "]


@pytest.mark.parametrize(
    "piece", [*FOR_EVERY_CHANGE, *(pytest.param(piece, marks=pytest.mark.lane_examples) for piece in REST)]
)
def test_the_longest_briefs_are_read_in_linear_time(piece: str) -> None:
    text = ('30s ad for "Tern". ' + piece * BRIEF_CHARS)[:BRIEF_CHARS]
    limit = 5 * slowness(time.process_time)
    assert _seconds(text) < limit


@pytest.mark.timed
@pytest.mark.parametrize("piece", ['"a b." ', "340 loaves a day. ", "$5 each\n\n"])
def test_a_brief_of_many_screens_becomes_a_short_film_at_once(piece: str) -> None:
    """What there is no time for goes in one pass: 400 screens for 30 s."""
    _seconds(BRIEFS["A"])  # loads the reader and its tables
    limit = 0.8 * slowness(time.process_time)
    assert _seconds('30s ad for "Tern". ' + piece * 400) < limit


def _seconds(text: str) -> float:
    start = time.process_time()
    try:
        plan(Brief(text=text))
    except BadInput as refused:
        assert refused.field in ("brief", "length")
    return time.process_time() - start
