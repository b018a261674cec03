"""Plans from briefs: exact, honest, always the same, and as long as their words take or as is asked for."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from planner.briefs import BRIEFS, UNCERTAIN, WORKED
from planner.films import VEO, broken, made_up, shown
from reelwright.errors import QUESTIONS, BadInput
from reelwright.media.base.work import WorkResult
from reelwright.media.letters.word_styles import mark_styles
from reelwright.media.staging.prices import find_price
from reelwright.planner.brief_settings import settle_brief
from reelwright.planner.certain.values import LIKELY
from reelwright.planner.counting import compute_reading_frames
from reelwright.planner.reading.draft import drop_undrawable
from reelwright.planner.reading.read import read_brief
from reelwright.planner.rules import NothingToShow, plan, plan_work
from reelwright.planner.screens.figures import split_figures
from reelwright.reel.base.document import from_json, to_json, to_plain
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import OwnFootage, Plan
from reelwright.reel.graph.request import Request
from reelwright.units import convert_ms_to_frames

EVERY = [(name, text) for name, text in {**BRIEFS, **UNCERTAIN}.items()]


def words(film: Plan) -> list[dict[str, str]]:
    return [dict(shot.words) for shot in film.shots]


# ---- every brief
@pytest.mark.parametrize("name", BRIEFS)
def test_every_brief_becomes_an_exact_plan_of_its_own_words(name: str) -> None:
    made = plan(Brief(text=BRIEFS[name])).plan
    assert broken(made) == []
    assert made_up(made, BRIEFS[name]) == []
    assert sum(beat.length for beat in made.beats) == made.length
    assert all(sum(shot.length for shot in beat.shots) == beat.length for beat in made.beats)
    assert (made.author, made.length > 0) == ("rules", True)


@pytest.mark.parametrize("name", BRIEFS)
def test_all_that_is_certain_is_shown_or_said_to_be_left_out(name: str) -> None:
    planned = plan(Brief(text=BRIEFS[name]))
    told = " ".join([*shown(planned.plan), *planned.messages])
    certain = read_brief(BRIEFS[name])
    assert certain.name is None or certain.name.text in told
    drawable, _ = drop_undrawable(certain)
    for piece in (one for one in drawable.pieces if one.probability >= LIKELY):
        for line in piece.text.split("\n"):
            kept = [word for word in line.split() if word in told]
            assert kept, f"{piece.kind} {line} is nowhere"
            assert piece.kind in ("call", "who") or kept == line.split()


@pytest.mark.parametrize("name", BRIEFS)
def test_no_direction_is_on_screen(name: str) -> None:
    film = plan(Brief(text=BRIEFS[name])).plan
    for direction in read_brief(BRIEFS[name]).directions:
        assert not [text for text in shown(film) if direction.text in text]


def test_the_worked_example_shows_its_name_its_lines_its_number_its_offer_and_where_to_go() -> None:
    film = plan(Brief(text=WORKED["A"])).plan
    assert float(film.seconds) == 30 and film.title == "VoltCup"
    told = words(film)
    assert told[0] == {"name": "VoltCup", "descriptor": "a self-heating travel mug for commuters"}
    assert [text for one in told[1:-1] for role, text in one.items() if role in ("line", "deal")] == [
        "Your coffee is cold. Again.", "Fill it at six.", "Drink it at noon.", "It closes with one hand.",
        "One button. One light.", "No lid to lose on the train.", "20% off", "until 30 November",
    ]  # fmt: skip
    assert [split_figures(one) for one in told if "figures" in one] == [
        [{"number": "2,000", "label": "commuters"}, {"number": "340", "label": "refills a year"}],
    ]  # fmt: skip
    assert told[-1] == {"name": "VoltCup", "line": "Order", "url": "voltcup.example"}


@pytest.mark.parametrize("name", BRIEFS)
def test_understood_leads_back_to_the_very_characters(name: str) -> None:
    understood = plan(Brief(text=BRIEFS[name])).interpretation
    assert understood["language"]["value"] == read_brief(BRIEFS[name]).language
    for row in understood.values():
        for span in row.get("spans", [row["span"]]):
            assert span is None or BRIEFS[name][span["start"] : span["end"]] == span["text"]
        values = row["value"] if isinstance(row["value"], list) else [row["value"]]
        assert len(row.get("spans", [row["span"]])) == len(values)


def test_understood_names_each_field_with_its_value() -> None:
    understood = plan(Brief(text=WORKED["A"])).interpretation
    assert understood["name"]["value"] == "VoltCup"
    assert understood["length_ms"]["value"] == 30_000 and understood["tone"]["value"] == "energetic"
    assert understood["offer"]["value"] == "20% off" and understood["date"]["value"] == "until 30 November"
    assert understood["quote"]["value"][1] == "Fill it at six." and len(understood["quote"]["spans"]) == 6
    assert "Energetic" in understood["not_shown"]["value"]
    assert "aspect" not in understood, "what nobody says is left out"


def test_what_is_not_used_is_said_with_ways_to_show_it() -> None:
    letter = "Sorry for the late mail, we had a lot of trouble with the printer and the old agency last week."
    brief = Brief(text=f'A calm film for "Fenn", a desk lamp. Order at fenn.example. {letter}')
    (told,) = [said for said in plan(brief).messages if "Sorry for the late mail" in said]
    assert "Not used" in told and "script" in told and "language model" in told
    filmed = plan(Brief(text=BRIEFS["lamp"], models=(VEO,)))
    assert any("It never flickers" in shot.words.values() for shot in filmed.plan.shots)
    assert "flickers" not in " ".join(shot.prompt for shot in filmed.plan.shots), "no picture shows a claim"


def test_a_brief_that_marks_no_name_is_told_how_to_mark_one() -> None:
    assert any("“Name:”" in said for said in plan(Brief(text=BRIEFS["birthday"])).messages)
    assert not any("“Name:”" in said for said in plan(Brief(text=BRIEFS["lamp"])).messages)


def test_the_same_brief_gives_the_same_plan_and_different_briefs_different_ones() -> None:
    brief = Brief(text=WORKED["A"])
    assert plan(brief) == plan(brief)
    told = {tuple(tuple(sorted(one.items())) for one in words(plan(Brief(text=text)).plan)) for text in BRIEFS.values()}
    assert len(told) == len(BRIEFS)


@pytest.mark.parametrize("name", BRIEFS)
def test_another_variation_looks_different_and_says_the_same(name: str) -> None:
    brief = Brief(text=BRIEFS[name])
    first, other = plan(brief).plan, plan(replace(brief, variation=1)).plan
    assert [shot.source for shot in first.shots] != [shot.source for shot in other.shots]
    assert words(first) == words(other)


@pytest.mark.parametrize("name", BRIEFS)
def test_a_small_draft_says_what_the_film_says_shot_by_shot(name: str) -> None:
    film, draft = (plan(Brief(text=BRIEFS[name], short_side=side)).plan for side in (1080, 180))
    told = [[(shot.id, shot.length, shot.words) for shot in one.shots] for one in (film, draft)]
    assert told[0] == told[1] and film.size != draft.size


def test_a_small_draft_asks_a_model_for_the_very_takes_of_the_film() -> None:
    brief = Brief(text=WORKED["A"], models=(VEO,))
    film, draft = (plan(replace(brief, short_side=side)).plan for side in (1080, 180))
    asked = [[s.source for s in one.shots if getattr(s.source, "model", "") == VEO] for one in (film, draft)]
    assert asked[0] and asked[0] == asked[1]


@pytest.mark.parametrize("name", BRIEFS)
def test_a_plan_survives_json_and_can_be_broken_down(name: str) -> None:
    made = plan(Brief(text=BRIEFS[name])).plan
    assert from_json(Plan, to_json(made), "plan") == made
    assert build_graph(made, "film").steps


# ---- nothing that a form tells
WORDLESS = ("receipts", "silent")
"""Briefs that want no text."""


@pytest.mark.parametrize("name", [one for one in UNCERTAIN if one not in WORDLESS])
def test_a_brief_in_which_something_is_said_becomes_a_film_of_its_own_words(name: str) -> None:
    planned = plan(Brief(text=UNCERTAIN[name]))
    assert shown(planned.plan) and made_up(planned.plan, UNCERTAIN[name]) == [] and broken(planned.plan) == []
    assert planned.draft
    assert name == "unmarked" or not planned.draft.is_certain, "a person is shown what the model read"


@pytest.mark.parametrize("text", ["video", "make a cool video", *(UNCERTAIN[name] for name in WORDLESS)])
def test_a_brief_with_nothing_to_show_is_answered_with_questions(text: str) -> None:
    with pytest.raises(NothingToShow) as refused:
        plan(Brief(text=text))
    error = refused.value
    assert error.field == "brief" and str(error.value)[:20].rstrip("…") in " ".join(text.split())
    asked = [one.params["question"] for one in error.actions if one.kind == "answer_question"]
    assert asked == list(QUESTIONS) and error.actions[-1].kind == "list_models"


@pytest.mark.parametrize("name", UNCERTAIN)
def test_with_a_video_model_it_becomes_a_film_of_pictures_in_its_own_words(name: str) -> None:
    made = plan(Brief(text=UNCERTAIN[name], models=(VEO,))).plan
    asked = settle_brief(Brief(text=UNCERTAIN[name])).ms or (None if shown(made) else 8000)
    assert asked is None or made.length == convert_ms_to_frames(asked, made.fps)
    assert made_up(made, UNCERTAIN[name]) == [] and broken(made) == []
    filmed = [shot for shot in made.shots if isinstance(shot.source, Request) and shot.source.model == VEO]
    assert filmed
    for shot in filmed:
        words = re.findall(r"\w{4,}", UNCERTAIN[name])
        assert any(word in shot.source.prompt for word in [*words, "bakery"])  # "пекарна", in English


def test_its_pictures_last_as_long_as_is_asked_for() -> None:
    made = plan(Brief(text=UNCERTAIN["lighthouse"], models=(VEO,), length_ms=20_000)).plan
    assert float(made.seconds) == 20 and all(4 <= shot.length * made.fps[1] / made.fps[0] <= 8 for shot in made.shots)


@pytest.mark.parametrize("seconds", [3, 9, 20, 29, 31, 37, 60, 113])
def test_a_film_of_pictures_has_any_length(seconds: int) -> None:
    made = plan(Brief(text=UNCERTAIN["lighthouse"], models=(VEO,), length_ms=seconds * 1000)).plan
    assert made.seconds == seconds


def test_own_pictures_alone_are_a_film_too() -> None:
    from planner.test_materials import material

    made = plan(Brief(text=UNCERTAIN["lighthouse"], materials=(material(1, "photo"), material(2, "clip", 4000)))).plan
    assert len(made.shots) == 2 and shown(made) == []


def test_for_a_language_model_that_is_to_write_the_words_a_plan_stands_in() -> None:
    made = plan(Brief(text=UNCERTAIN["lighthouse"], planner="gpt-6-luna")).plan
    assert len(made.shots) == 15 and made.seconds == 30, "as many shots as it may want, for the price"


def test_an_archetype_without_a_language_model_is_refused() -> None:
    with pytest.raises(BadInput, match="language model") as refused:
        plan(Brief(text=WORKED["A"], archetype="testimonial"))
    assert refused.value.field == "archetype"


# ---- lengths
TIMED = ("A", "B", "C", "D", "E", "F", "square", "bulgarian", "german", "french", "bidi")
"""The briefs that say how long their film is to be."""
TIMED_TOO_LONG = ("long", "minutes")
"""Those that say more than their words fill."""


@pytest.mark.parametrize("name", [name for name in BRIEFS if name not in TIMED + TIMED_TOO_LONG])
def test_without_a_length_a_film_is_as_long_as_its_words_take(name: str) -> None:
    made = plan(Brief(text=BRIEFS[name])).plan
    for shot in made.shots:
        least = compute_reading_frames(shot.words, made.language, made.fps)
        has_time = shot is made.shots[-1] or find_price(mark_styles(" ".join(shot.words.values())))  # a card, a price
        assert least <= shot.length <= max(least + 2 * made.fps[0], 4 * made.fps[0] * bool(has_time))


@pytest.mark.parametrize("name", TIMED)
def test_a_length_in_the_brief_s_words_is_kept(name: str) -> None:
    asked = settle_brief(Brief(text=BRIEFS[name])).ms
    made = plan(Brief(text=BRIEFS[name]))
    assert asked and made.plan.length == convert_ms_to_frames(asked, made.plan.fps)
    assert not any("as long as its words take" in said for said in made.messages)


@pytest.mark.parametrize("ms", [2000, 2499, 3000, 4200, 5500, 6000, 7300, 9000, 11_000, 13_500, 18_000])
@pytest.mark.parametrize("name", ["A", "B", "bulgarian"])
def test_a_short_film_is_exact_and_says_what_it_leaves_out(name: str, ms: int) -> None:
    planned = plan(Brief(text=BRIEFS[name], length_ms=ms))
    made = planned.plan
    assert (
        made.length == convert_ms_to_frames(ms, made.fps) and broken(made) == [] and made_up(made, BRIEFS[name]) == []
    )
    whole = {text for text in shown(plan(Brief(text=BRIEFS[name])).plan) if text != made.title}
    missing = whole - set(shown(made))
    left_out = [said for said in planned.messages if said.startswith("Not in")]
    assert bool(missing) == bool(left_out)
    assert made.title in " ".join(shown(made)), "what it is for goes last"


@pytest.mark.parametrize("ms", [24_000, 29_000, 37_000, 52_000])
def test_a_longer_film_is_exact_and_leaves_nothing_out(ms: int) -> None:
    planned = plan(Brief(text=WORKED["A"], length_ms=ms))
    assert planned.plan.length == convert_ms_to_frames(ms, planned.plan.fps) and broken(planned.plan) == []
    assert not any(said.startswith("Not in") for said in planned.messages)


def test_a_length_in_which_the_words_cannot_be_read_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="at least 2 s") as refused:
        plan(Brief(text=WORKED["A"], length_ms=1000))
    assert refused.value.field == "length" and refused.value.hint
    assert plan(Brief(text=WORKED["A"], length_ms=2000)).plan


def test_a_length_that_words_cannot_fill_is_filled_as_far_as_they_go_and_no_line_stands_more_than_twice() -> None:
    planned = plan(Brief(text=WORKED["A"], length_ms=240_000))
    assert any("fill at most" in said and "not 240 s" in said for said in planned.messages)
    assert planned.plan.seconds < 240 and broken(planned.plan) == [] and made_up(planned.plan, WORKED["A"]) == []
    lines = Counter(tuple(sorted(shot.words.items())) for shot in planned.plan.shots if shot.words)
    assert max(lines.values()) == 2


def test_a_length_in_the_brief_s_words_is_reached_where_there_are_words_for_a_third_of_it() -> None:
    planned = plan(Brief(text='A 30 second ad for "Tern", a bag. 40 litres in one hand. Order at tern.example'))
    assert abs(float(planned.plan.seconds) - 30) <= 6 and made_up(planned.plan, planned.facts.brief) == []
    hurried = plan(Brief(text='A 4 second ad for "Tern". "Far away." "Further than that." "Home by nine."'))
    assert float(hurried.plan.seconds) == 4 and any(said.startswith("Not in 4 s: ") for said in hurried.messages)


def test_a_video_model_s_pictures_fill_a_film_that_its_words_cannot() -> None:
    made = plan(Brief(text=WORKED["A"], models=(VEO,), length_ms=60_000)).plan
    assert float(made.seconds) == 60 and made_up(made, WORKED["A"]) == []
    assert len(made.shots) > len(plan(Brief(text=WORKED["A"], models=(VEO,))).plan.shots)


@pytest.mark.parametrize("ms", [0, -1, 999, 600_001, 36_000_000])
def test_a_length_that_no_film_has_is_refused(ms: int) -> None:
    with pytest.raises(BadInput, match="from 1000 to 600000"):
        plan(Brief(text=WORKED["A"], length_ms=ms))


# ---- refusals
@pytest.mark.parametrize(
    "text", ["", "   ", "\u00a0\u2003\u200b\u3000\ufeff", "!!! ???", "🔥🔥🔥", "x" * 20_001, "12 345", "\ud800 ab"]
)
def test_a_brief_without_words_or_with_too_many_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        plan(Brief(text=text))
    assert refused.value.field == "brief"
    assert refused.value.accepted


def test_an_unknown_flavor_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadInput, match="short, spot"):
        plan(Brief(text=WORKED["A"], flavor="cinema"))


@pytest.mark.parametrize("name", ["injection", "markup", "yaml", "zalgo", "emoji", "bidi"])
def test_commands_markup_and_invisible_signs_never_stand_on_screen(name: str) -> None:
    told = shown(plan(Brief(text=BRIEFS[name])).plan)
    assert told
    for text in told:
        assert not any(one in text.casefold() for one in ("ignore", "system prompt", "<", "{", "!!", "movie=", "🔥"))
        assert not any(ord(c) in (0x202C, 0x202E, 0x2066, 0x2069, 0x200B) or ord(c) < 32 for c in text)


# ---- music
@pytest.mark.parametrize("name", BRIEFS)
def test_the_music_fits_the_film_and_hits_lie_in_their_shots(name: str) -> None:
    film = plan(Brief(text=BRIEFS[name])).plan
    assert film.bed
    extra = film.bed.request.extra
    assert 56_000 <= extra["bpm_milli"] <= 240_000
    assert sum(section["ms"] for section in extra["sections"]) == film.bed.request.ms
    for shot in film.shots:
        assert not isinstance(shot.source, OwnFootage)
        hits = shot.source.extra["hits"]
        assert hits == sorted(set(hits)) and all(0 <= hit < shot.source.extra["frames"] for hit in hits)


def test_cuts_fall_on_the_music_where_no_length_is_asked_for() -> None:
    film = plan(Brief(text=BRIEFS["spanish"])).plan
    assert film.bed and film.bed.bpm_milli
    beat = Fraction(60_000 * film.fps[0], film.bed.bpm_milli * film.fps[1])
    starts = [start for start, _ in film.compute_windows().values()]
    assert len(starts) > 3 and all(abs(at - round(at / beat) * beat) <= 1 for at in starts)


# ---- as a work, and how fast it is there
def test_the_work_writes_the_plan_and_what_was_understood(tmp_path: Path) -> None:
    brief = Brief(text=BRIEFS["A"])
    made: WorkResult = plan_work({"brief": to_plain(brief)}, (), tmp_path, lambda done: None)
    assert from_json(Plan, made.files[0].path.read_text(encoding="utf-8"), "plan") == plan(brief).plan
    assert made.facts["understood"]["name"]["value"] == "VoltCup"


IMPORTED = (
    "import sys; calls=[]; sys.setprofile(lambda *_: calls.append(1)); import {}; sys.setprofile(None);"
    "print(len(calls), [m for m in ('skia','av','numpy','PIL','sqlalchemy','pydantic') if m in sys.modules])"
)


def test_the_planner_is_imported_quickly_and_alone() -> None:
    """Beside a yardstick: 160 modules of Python's own. Calls are counted, which no other program disturbs: 10.6 times
    as many (2026-11-28), in 5 times the yardstick's seconds on a quiet machine."""
    yardstick = "asyncio, http.client, email.message, unittest.mock, xml.etree.ElementTree"
    found: dict[str, int] = {}
    for name in ("reelwright.planner.rules", yardstick):
        ran = subprocess.run([sys.executable, "-c", IMPORTED.format(name)], capture_output=True, text=True, check=True)
        calls, alone = ran.stdout.split(maxsplit=1)
        assert alone.strip() == "[]"
        found[name] = int(calls)
    assert found["reelwright.planner.rules"] < 12 * found[yardstick]


ONCE_WRONG = {
    "Explain in 60 seconds why our city is closing Main Street to cars on Sundays; neutral": None,
    "POV: you finally fix the squeaky door. Product: Hush hinge oil": {
        "POV: you finally fix the squeaky door", "Hush", "hinge oil", "Hush hinge oil",
    },
    'A teaser for "Hollow Pine", a small-batch gin distilled with pine; slow, misty, no prices; end on the bottle': {
        "Hollow Pine", "a small-batch gin distilled with pine",
    },
    "Recruiting ad: night-shift nurses wanted at St. Brannoc's Hospital. 12-hour shifts. £4,000 welcome bonus. "
    "Apply at brannoc.example/jobs": {
        "night-shift nurses wanted", "St. Brannoc's Hospital", "12-hour shifts", "£4,000 welcome bonus", "Apply",
        "brannoc.example/jobs",
    },
    'Reel for "Mudlark", hand-thrown stoneware bowls from Cornwall. Earthy, unhurried': {
        "Mudlark", "hand-thrown stoneware bowls from Cornwall", "hand-thrown stoneware bowls", "Cornwall",
    },
    'إعلان عن «نور»، تطبيق لتعلم القراءة. هادئ، بلا أسعار': {"نور", "تطبيق لتعلم القراءة"},
    'Видео за пекарна „Корица“, топли кроасани всяка сутрин. Спокойно, без цени': {
        "пекарна „Корица“", "топли кроасани всяка сутрин",
    },
    '「ほのか」の動画。静かに、値段なし': {"ほのか"},
}  # fmt: skip
"""Briefs of which films showed directions, guesses and questions; and all that may stand on screen."""


@pytest.mark.parametrize("text", ONCE_WRONG)
def test_a_brief_that_once_went_wrong_shows_nothing_but_what_it_says_or_asks(text: str) -> None:
    allowed = ONCE_WRONG[text]
    if allowed is None:
        draft = plan(Brief(text=text)).draft
        assert draft and not draft.is_certain
        return
    words = {one.replace("|", " ") for shot in plan(Brief(text=text)).plan.shots for one in shot.words.values()}
    assert words and words <= allowed
