"""Plans from briefs: sensible, exact, honest, and always the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.briefs import BRIEFS, WORKED
from reelwright.errors import BadInput
from reelwright.planner.grammar import check
from reelwright.planner.rules import plan
from reelwright.reel.breakdown import breakdown
from reelwright.reel.brief import Brief
from reelwright.reel.document import from_json, to_json
from reelwright.reel.plan import Plan
from reelwright.units import ms_to_frames


@pytest.mark.parametrize("name", BRIEFS)
def test_every_brief_becomes_a_plan_that_keeps_the_grammar(name: str) -> None:
    made = plan(Brief(text=BRIEFS[name])).plan
    assert check(made) == ()


@pytest.mark.parametrize("name", BRIEFS)
def test_the_shots_sum_to_the_film_exactly(name: str) -> None:
    planned = plan(Brief(text=BRIEFS[name]))
    found = planned.understood.length_ms
    if found:
        assert planned.plan.length == ms_to_frames(int(str(found.value)), planned.plan.fps)
    assert sum(beat.length for beat in planned.plan.beats) == planned.plan.length
    for beat in planned.plan.beats:
        assert sum(shot.length for shot in beat.shots) == beat.length


def test_the_same_brief_gives_the_same_plan_and_another_variation_another() -> None:
    brief = Brief(text=WORKED["A"])
    assert plan(brief) == plan(brief)
    assert plan(replace(brief, variation=1)).plan != plan(brief).plan


@pytest.mark.parametrize("name", BRIEFS)
def test_a_small_draft_says_what_the_film_says_shot_by_shot(name: str) -> None:
    film, draft = (plan(Brief(text=BRIEFS[name], short_side=side)).plan for side in (1080, 180))
    told = [[(shot.id, shot.length, shot.words) for shot in one.shots] for one in (film, draft)]
    assert told[0] == told[1] and film.size != draft.size


def test_a_small_draft_asks_a_model_for_the_very_takes_of_the_film() -> None:
    brief = Brief(text=WORKED["A"], models=("openrouter-veo-3.1-fast",))
    film, draft = (plan(replace(brief, short_side=side)).plan for side in (1080, 180))
    asked = [
        [s.source for s in one.shots if getattr(s.source, "model", "").startswith("openr")] for one in (film, draft)
    ]
    assert asked[0] and asked[0] == asked[1]


def test_different_briefs_give_different_plans() -> None:
    made = [plan(Brief(text=text)).plan for text in BRIEFS.values()]
    told = {
        tuple((beat.name, tuple(tuple(sorted(shot.words.items())) for shot in beat.shots)) for beat in one.beats)
        for one in made
    }
    assert len(told) == len(made)


@pytest.mark.parametrize("name", BRIEFS)
def test_a_plan_survives_json_and_can_be_broken_down(name: str) -> None:
    made = plan(Brief(text=BRIEFS[name])).plan
    assert from_json(Plan, to_json(made), "plan") == made
    assert breakdown(made, "film").steps


@pytest.mark.parametrize("ms", [1000, 1400, 2000, 2499, 2500, 3000, 4200, 5400, 5500, 6000, 7300, 9000, 11_000, 13_500])
@pytest.mark.parametrize("name", ["A", "B", "F"])
def test_short_films_keep_their_length(name: str, ms: int) -> None:
    made = plan(Brief(text=WORKED[name], length_ms=ms)).plan
    assert made.length == ms_to_frames(ms, made.fps)
    assert check(made) == ()


@pytest.mark.parametrize("ms", [18_000, 25_000, 37_000, 52_000, 61_000, 75_000, 90_000, 150_000, 300_000, 600_000])
@pytest.mark.parametrize("name", ["A", "B", "E", "bulgarian"])
def test_long_films_keep_their_length(name: str, ms: int) -> None:
    made = plan(Brief(text=BRIEFS[name], length_ms=ms)).plan
    assert made.length == ms_to_frames(ms, made.fps)
    assert check(made) == ()


@pytest.mark.parametrize(
    "text", ["", "   ", "\u00a0\u2003\u200b\u3000\ufeff", "!!! ???", "🔥🔥🔥", "x" * 20_001, "12 345"]
)
def test_a_brief_without_words_or_with_too_many_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        plan(Brief(text=text))
    assert refused.value.field == "brief"
    assert refused.value.accepted


@pytest.mark.parametrize("ms", [0, -1, 999, 600_001, 36_000_000])
def test_a_length_that_no_film_has_is_refused(ms: int) -> None:
    with pytest.raises(BadInput, match="from 1000 to 600000"):
        plan(Brief(text=WORKED["A"], length_ms=ms))


def test_what_is_left_out_of_the_words_is_said() -> None:
    assert any("emoji" in said for said in plan(Brief(text=BRIEFS["emoji"])).said)
    zalgo = plan(Brief(text=BRIEFS["zalgo"]))
    assert any("piled-up marks" in said for said in zalgo.said)
    assert zalgo.plan.title == "Zalgo"


def test_an_unknown_flavor_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadInput, match="short, spot"):
        plan(Brief(text=WORKED["A"], flavor="cinema"))
