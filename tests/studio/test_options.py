"""No option of an edit does nothing: each does what it says, or is refused with what is possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reelwright import Studio
from reelwright.catalogue.models import get_sold_model
from reelwright.errors import BadInput
from reelwright.planner.casting.drawn_to_model import cast_shot
from reelwright.planner.match import match_shot, read_film_settings, read_place
from reelwright.planner.roles import list_screen_words
from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.brief import Brief, Material
from reelwright.reel.film.plan import Line, Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.request import Input, Request
from reelwright.studio.edits import continuation, plan_changes
from reelwright.studio.edits.editing import Edit, list_text_changes
from reelwright.studio.films.new_project import plan_by_rules
from reelwright.units import Frames
from studio.conftest import Home
from studio.frames import pictures
from studio.plans import all_had, chained, plan, shot, standing

BRIEF = '"It never flickers." A lamp called "Fenn". 60 hours of light on one charge. Order at fenn.example'
VEO = "openrouter-veo-3.1-fast"
NUMBER = {"number": "60", "label": "hours of light on one charge"}


def material(treatment: str, letter: str = "a", ms: int | None = None) -> Material:
    return Material(
        asset=Digest(letter * 64), name=f"own-{treatment}", treatment=treatment, width=1280, height=720, ms=ms
    )  # type: ignore[arg-type]


PHOTO, CUTOUT, CLIP = material("photo"), material("cutout", "b"), material("clip", "c", 9000)
OTHER_PHOTO = material("photo", "d")  # the rules set PHOTO into the film; this one is new to it


@pytest.fixture(scope="module")
def drawn() -> Plan:
    """Photos with captions, a number, a card: what the rules make of a brief."""
    brief = Brief(text=BRIEF, length_ms=20_000, aspect="9:16", short_side=180, materials=(PHOTO,))
    made = plan_by_rules(brief).plan
    return edited(made, shot=photographed(made), words="Once a photo")


@pytest.fixture(scope="module")
def bought() -> Plan:
    return plan_by_rules(Brief(text=BRIEF, length_ms=20_000, aspect="9:16", short_side=180, models=(VEO,))).plan


def number(made: Plan, beat: str, mode: str = "") -> int:
    """The first shot of a beat, from 1."""
    rows = [(turn.name, one) for turn in made.beats for one in turn.shots]
    return next(
        n for n, (name, one) in enumerate(rows, 1)
        if name == beat and (not mode or (isinstance(one.source, Request) and one.source.mode == mode))
    )  # fmt: skip


def photographed(made: Plan) -> int:
    return next(
        n for n, one in enumerate(made.shots, 1) if isinstance(one.source, Request) and one.source.mode == "picture"
    )


def edited(made: Plan, what: Material | None = None, **changes: Any) -> Plan:
    return plan_changes.apply_changes(made, changes, what)  # type: ignore[arg-type]


def read(made: Plan, n: int) -> Mapping[str, str]:
    return list_screen_words(made, made.shots[n - 1])


def wanted(before: Plan, after: Plan) -> set[str]:
    old, new = build_graph(before, "film").steps, build_graph(after, "film").steps
    return {key.partition("/")[0] for key in new if new[key] != old.get(key)}


def refused(made: Plan, what: Material | None = None, **changes: Any) -> BadInput:
    with pytest.raises(BadInput) as error:
        edited(made, what, **changes)
    assert error.value.accepted
    return error.value


# words


def test_words_on_a_picture_are_read_over_it(drawn: Plan) -> None:
    n = photographed(drawn)
    after = edited(drawn, shot=n, words="Autumn light")
    assert read(after, n) == {"line": "Autumn light"}
    assert {"segment", "film"} <= wanted(drawn, after) and "take" not in wanted(drawn, after)


def test_words_on_a_picture_without_a_line_are_read_over_it_alone(drawn: Plan) -> None:
    n = photographed(drawn)
    shot_id = drawn.shots[n - 1].id
    beats = tuple(replace(b, lines=()) if any(s.id == shot_id for s in b.shots) else b for b in drawn.beats)
    bare = replace(drawn, beats=beats)
    after = edited(bare, shot=n, words="Autumn|light")
    assert read(after, n) == {"line": "Autumn light"}
    others = [one for one in range(1, len(drawn.shots) + 1) if one != n]
    assert [read(after, one) for one in others] == [read(bare, one) for one in others]


def test_words_on_the_second_of_two_pictures_leave_the_caption_of_the_first() -> None:
    one, two = (shot(n, text_mode="drawn") for n in (1, 2))
    made = plan(one)
    (beat,) = made.beats
    line = Line(id="line_1", text="Both", start=Frames(3), room=Frames(50))
    made = replace(made, beats=(replace(beat, shots=(one, two), length=Frames(60), lines=(line,)),))
    first, second = (edited(made, PHOTO, shot=n, image="x", words="").shots[n - 1] for n in (1, 2))
    filled = replace(
        made, beats=(replace(made.beats[0], shots=tuple(replace(s, text_mode="caption") for s in (first, second))),)
    )
    after = edited(filled, shot=2, words="New")
    assert (read(after, 1), read(after, 2)) == ({"line": "Both"}, {"line": "New"})
    gone = edited(filled, shot=2, words="")
    assert (read(gone, 1), read(gone, 2)) == ({"line": "Both"}, {})


def test_words_that_are_taken_away_are_read_nowhere(drawn: Plan, bought: Plan) -> None:
    for made, n in ((drawn, photographed(drawn)), (bought, 1)):
        assert read(made, n)
        after = edited(made, shot=n, words="")
        assert read(after, n) == {} and "take" not in wanted(made, after)


def test_words_in_a_role_can_be_taken_away(drawn: Plan) -> None:
    n = len(drawn.shots)
    assert "url" in read(drawn, n)
    assert "url" not in read(edited(drawn, shot=n, words={"url": ""}), n)


def test_a_drawn_shot_is_not_left_an_empty_frame(drawn: Plan) -> None:
    n = number(drawn, "reveal")
    assert "image" in refused(drawn, shot=n, words="").hint
    assert refused(drawn, shot=n, words={"name": ""}).field == "words.name"


def test_a_picture_beside_words_that_are_taken_away_fills_the_frame(drawn: Plan) -> None:
    n = number(drawn, "reveal")
    beside = edited(drawn, CUTOUT, shot=n, image="x")
    after = edited(beside, shot=n, words="")
    source = after.shots[n - 1].source
    assert isinstance(source, Request) and source.mode == "picture" and read(after, n) == {}
    assert read(edited(drawn, PHOTO, shot=n, image="x", words=""), n) == {}


def test_words_on_a_take_that_had_none_are_laid_over_it(bought: Plan) -> None:
    bare = edited(bought, shot=1, words="")
    after = edited(bare, shot=1, words="Hello there")
    assert read(after, 1) == {"line": "Hello there"} and wanted(bare, after) >= {"segment"}
    assert "take" not in wanted(bare, after)


@pytest.mark.parametrize("said", ["60 hours of calm", "$4,000 bonus", "Calm for hours", "٦٠ ساعة"])
def test_a_line_said_to_a_number_is_all_that_stands_there(drawn: Plan, said: str) -> None:
    n = number(drawn, "proof")
    assert read(drawn, n) == NUMBER
    assert read(edited(drawn, shot=n, words=said), n) == {"number": said}
    assert read(edited(drawn, shot=n, words={"number": "62"}), n) == NUMBER | {"number": "62"}


def test_a_line_too_long_for_the_row_of_a_number_is_refused(drawn: Plan) -> None:
    assert refused(drawn, shot=number(drawn, "proof"), words="60 hours of calm and a little more than that").hint


def test_a_role_that_a_shot_does_not_show_is_refused_with_those_that_it_does(drawn: Plan, bought: Plan) -> None:
    error = refused(drawn, shot=number(drawn, "reveal"), words={"url": "x.example"})
    assert error.field == "words.url" and "name, descriptor, kicker" in error.accepted
    assert refused(drawn, shot=photographed(drawn), words={"name": "Fenn"}).field == "words.name"
    assert refused(bought, shot=1, words={"a": "Now"}).field == "words.a"


def test_words_win_over_a_caption_that_was_corrected_before(drawn: Plan) -> None:
    n = photographed(drawn)
    corrected = edited(drawn, shot=n, caption="Corrected")
    assert read(corrected, n) == {"line": "Corrected"}
    assert read(edited(corrected, shot=n, words="New"), n) == {"line": "New"}
    assert read(edited(drawn, shot=n, caption=""), n) == {}


def test_a_spoken_line_whose_words_are_taken_away_is_spoken_and_not_read(drawn: Plan) -> None:
    n = photographed(drawn)
    spoken = Request(model="eleven_v3", mode="speech", prompt="x")
    beats = tuple(replace(b, lines=tuple(replace(line, request=spoken) for line in b.lines)) for b in drawn.beats)
    after = edited(replace(drawn, beats=beats), shot=n, words="")
    assert read(after, n) == {} and [line.text for _, line in after.list_lines()] == [
        line.text for _, line in drawn.list_lines()
    ]


# prompts, pictures, models


def test_a_prompt_is_refused_where_no_model_reads_it(drawn: Plan, bought: Plan) -> None:
    for n in (number(drawn, "reveal"), photographed(drawn)):
        assert "model" in refused(drawn, shot=n, prompt="A cat").hint
    assert refused(bought, PHOTO, shot=1, prompt="A cat", image="x").field == "prompt"
    assert refused(bought, shot=1, prompt="A cat", model="animatic").field == "prompt"
    assert "take" in wanted(bought, edited(bought, shot=1, prompt="A cat"))
    with_model = edited(drawn, shot=number(drawn, "reveal"), prompt="A cat", model=VEO)
    source = with_model.shots[number(drawn, "reveal") - 1].source
    assert isinstance(source, Request) and "A cat" in source.prompt


@pytest.mark.parametrize("what", [OTHER_PHOTO, CUTOUT, CLIP])
@pytest.mark.parametrize("beat", ["reveal", "proof", "end_card"])
def test_a_picture_or_a_clip_keeps_the_words_of_the_shot(drawn: Plan, what: Material, beat: str) -> None:
    n = number(drawn, beat)
    option = "clip" if what is CLIP else "image"
    after = edited(drawn, what, shot=n, **{option: "x"})
    assert read(after, n) == read(drawn, n) and {"segment", "take"} & wanted(drawn, after)


@pytest.mark.parametrize("what", [PHOTO, CUTOUT, CLIP])
def test_a_picture_or_a_clip_keeps_the_words_over_a_take(bought: Plan, what: Material) -> None:
    n = number(bought, "reveal")
    after = edited(bought, what, shot=n, **{"clip" if what is CLIP else "image": "x"})
    assert read(after, n) == read(bought, n)
    assert after.shots[n - 1].text_mode != "caption", "a caption would say it twice"


def test_bars_of_a_comparison_are_never_dropped_for_a_picture(drawn: Plan) -> None:
    n = number(drawn, "proof")
    bars = edited(drawn, shot=n, words={"a": "Then", "b": "Now", "ratio_milli": "2000"})
    options = [action.params for action in refused(bars, PHOTO, shot=n, image="x").actions]
    assert {"option": "words", "value": "a="} in options
    assert "bars" in refused(bars, shot=n, model=VEO).accepted
    away = {"a": "", "b": "", "ratio_milli": ""}
    assert read(edited(bars, PHOTO, shot=n, image="x", words=away), n) == NUMBER


def test_a_cut_out_is_refused_where_its_staging_has_no_place_for_it(drawn: Plan) -> None:
    n = number(drawn, "reveal")
    one = drawn.shots[n - 1]
    assert isinstance(one.source, Request)
    place = replace(read_place(one.source), beat="urgency")
    source = match_shot(one.prompt, {"line": "Until Friday"}, one.length, place, read_film_settings(drawn))
    urgent = plan_changes.map_shots(
        drawn, lambda s: replace(s, source=source, words={"line": "Until Friday"}) if s.id == one.id else s
    )
    assert "photo" in refused(urgent, CUTOUT, shot=n, image="x").accepted


def test_a_model_that_films_a_drawn_shot_keeps_its_words_and_its_photo(drawn: Plan) -> None:
    n, photo = number(drawn, "reveal"), photographed(drawn)
    assert read(edited(drawn, shot=n, model=VEO), n) == read(drawn, n)
    source = edited(drawn, shot=photo, model=VEO).shots[photo - 1].source
    assert isinstance(source, Request) and source.mode == "image_to_video"
    assert source.inputs == (Input(role="first_frame", asset=PHOTO.asset),)


def test_a_model_that_cannot_show_what_the_shot_shows_is_refused(drawn: Plan) -> None:
    photo, n = photographed(drawn), number(drawn, "reveal")
    row = replace(get_sold_model(VEO), modes=("text_to_video",))
    with pytest.raises(BadInput, match="opens on your picture"):
        cast_shot(drawn, drawn.shots[photo - 1], row)
    assert "picture of your own" in refused(edited(drawn, CUTOUT, shot=n, image="x"), shot=n, model=VEO).accepted


def test_a_take_without_words_is_drawn_only_with_some(bought: Plan) -> None:
    bare = edited(bought, shot=1, words="")
    assert refused(bare, shot=1, model="animatic").field == "model"
    assert read(edited(bare, shot=1, model="animatic", words="Hello"), 1) == {"line": "Hello"}


# several shots, and options of the film


def test_an_edit_is_of_every_shot_that_it_names(drawn: Plan) -> None:
    ids = [drawn.shots[0].id, drawn.shots[2].id]
    after = edited(drawn, shot=(1, ids[0], "3"), length=3)
    assert [one.id for one in after.shots if one.length == 90] == ids
    assert refused(drawn, shot=(1, 99), length=3).field == "shot"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"shot": 1, "accent": "#D6323F"}, "shot"),
        ({"accent": "#D6323F", "continuation": "reflow"}, "continuation"),
        ({"shot": 1, "words": "x", "successor": True}, "successor"),
        ({"shot": (), "words": "x"}, "shot"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(drawn: Plan, changes: dict[str, Any], field: str) -> None:
    assert refused(drawn, **changes).field == field


def test_an_accent_reaches_the_titles_over_pictures(drawn: Plan) -> None:
    over = edited(drawn, PHOTO, shot=number(drawn, "reveal"), image="x")
    after = edited(over, accent="#D6323F")
    assert after.accent == "#D6323F" and "segment" in wanted(over, after)


# ways


def _edit(**changes: Any) -> Edit:
    return Edit(changes=changes, material=None, stills=(), ends_on=lambda name: False)  # type: ignore[arg-type]


def test_a_bridge_that_cannot_be_is_refused_and_not_priced_as_a_reflow() -> None:
    made = chained()
    stands = standing(made, all_had(build_graph(made, "takes")))
    with pytest.raises(BadInput) as error:
        _edit(shot=1, prompt="Another", continuation="bridge").revise(stands)
    assert error.value.field == "continuation" and "reflow" in error.value.accepted
    can = replace(_edit(shot=1, prompt="Another", continuation="bridge"), ends_on=lambda name: True)
    assert can.revise(stands)[1].circles


@pytest.mark.parametrize("way", ["bridge", "reflow"])
def test_a_way_is_refused_where_no_later_shot_goes_on(way: str) -> None:
    made = chained()
    stands = standing(made, all_had(build_graph(made, "takes")))
    with pytest.raises(BadInput) as error:
        _edit(shot=3, prompt="Another", continuation=way).revise(stands)
    assert error.value.field == "continuation"


def test_words_over_a_take_that_another_goes_on_from_buy_nothing() -> None:
    made = plan_changes.map_shots(chained(), lambda one: replace(one, text_mode="nothing", words={}))
    stands = standing(made, all_had(build_graph(made, "takes")))
    edit = replace(_edit(shot=1, words="Hello"), ends_on=lambda name: True)
    after, choices = edit.revise(stands)
    assert wanted(made, after) == {"segment"} and choices == Choices()
    assert continuation.build_bridge(stands, after, choices, made.shots[0].id, lambda name: True) is None


# what a person sees


def test_the_words_before_and_after_are_told_of_every_shot_that_reads_otherwise(drawn: Plan) -> None:
    n = number(drawn, "proof")
    (row,) = list_text_changes(drawn, edited(drawn, shot=n, words="60 hours of calm"))
    assert (row.n, dict(row.before)) == (n, NUMBER)
    assert dict(row.after) == {"number": "60 hours of calm"}


def test_the_quote_of_an_edit_shows_words_before_and_after(studio: Studio, home: Home) -> None:
    quoted = studio.quote_edit("last", shot=2, words="Order now")
    (row,) = quoted.text_changes
    assert row.n == 2 and "Order now" in row.after.values() and row.before != row.after
    assert quoted.to_json()["text_changes"][0]["after"] == dict(row.after)


def test_what_stands_already_is_said_to_change_nothing(studio: Studio) -> None:
    line = studio.show("last").shots[0].words["line"]
    quoted = studio.quote_edit("last", shot=1, words=line)
    assert quoted.wanted_steps == () and any("nothing changes" in said for said in quoted.notes)


def test_a_photo_with_a_headline_and_its_words_are_both_in_the_film(studio: Studio, home: Home, tmp_path: Path) -> None:
    picture = tmp_path / "wall.jpg"
    noise = Image.effect_noise((400, 720), 90).resize((1280, 720), Image.Resampling.BICUBIC)
    Image.merge("RGB", (noise, noise.rotate(180), noise)).save(picture)
    made = studio.edit("last", shot=1, image=picture)
    said = made.shots[0].words
    with_words = pictures(made.path)
    bare = studio.edit("last", shot=1, words="")
    assert said == home.made.shots[0].words and bare.shots[0].words == {}
    without = pictures(bare.path)
    assert without[30] != with_words[30]
    again = studio.edit("last", shot=1, words="Autumn light")
    assert pictures(again.path)[30] != without[30], "words on a picture are in the picture"
    assert studio.show("last").shots[0].words == {"line": "Autumn light"}


def test_the_caption_of_a_number_says_what_stands_there_and_nothing_of_before(drawn: Plan) -> None:
    n = number(drawn, "proof")
    told = Line(id="line_1", text="60 hours of light on one charge", start=Frames(0), room=drawn.shots[n - 1].length)
    beats = tuple(replace(beat, lines=(told,)) if beat.name == "proof" else beat for beat in drawn.beats)
    after = edited(replace(drawn, beats=beats), shot=n, words="60 hours of calm")
    said = [line.text for beat in after.beats if beat.name == "proof" for line in beat.lines]
    assert "60 hours of calm" in said and not any("calm hours" in text for text in said)


def test_a_retake_is_of_every_shot_that_it_names_and_names_it_as_a_person_does(studio: Studio, home: Home) -> None:
    first, second = (one.id for one in home.made.shots[:2])
    assert set(studio.quote_retake("last", [1, second]).wanted_steps) == {f"take/{first}", f"take/{second}"}
    studio.retake("last", ["1", "2", 1])
    assert [take.shot for take in studio.show("last").takes].count(first) == 2
    assert [take.shot for take in studio.show("last").takes].count(second) == 2
    with pytest.raises(BadInput) as error:
        studio.quote_retake("last", [])
    assert error.value.field == "shot"
