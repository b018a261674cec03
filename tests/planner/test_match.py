"""Which thing a drawn screen shows: what its words name, else what stands with the film's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reelwright.media.emblems import load_emblems
from reelwright.planner.match import FilmSettings, Place, match_shot
from reelwright.planner.match import Picture as ShownPicture

BAKERY = FilmSettings(fps=(30, 1), size=(180, 320), look="riso", language="en", emblem="bread")


def find_subject(words: dict[str, str], place: Place, settings: FilmSettings = BAKERY) -> str:
    return str(match_shot("", words, 60, place, settings).extra.get("subject", ""))


@pytest.mark.parametrize(
    ("number", "emblem"),
    [
        ({"number": "63", "unit": "dogs", "label": "and 112 cats today"}, "dog"),
        ({"number": "40", "label": "bicycles for a day"}, "bicycle"),
        ({"number": "2", "unit": "butter biscuits"}, "biscuit"),
        ({"number": "60", "unit": "°C", "label": "for four hours"}, "thermometer"),
        ({"number": "71", "unit": "%", "label": "of tickets closed without a person"}, "wheat"),
    ],
)
def test_a_number_shows_the_thing_that_it_counts(number: dict[str, str], emblem: str) -> None:
    assert find_subject(number, Place(beat="proof")) == emblem


def test_a_number_of_nothing_that_can_be_drawn_shows_what_stands_with_the_film_s_own_thing() -> None:
    words = {"number": "36", "unit": "hours", "label": "for one rye sourdough"}
    shown = [find_subject(words, Place(beat="proof", variant=n)) for n in range(4)]
    assert set(shown) == set(load_emblems()["bread"].beside.split())
    assert all(a != b for a, b in zip(shown[::2], shown[1::2], strict=True)), "two numbers in a row show two things"
    assert find_subject(words, Place(beat="proof"), replace(BAKERY, emblem="")) == "bread"
    for emblem in ("", "dove"):
        assert (
            find_subject({"number": "312", "unit": "parts"}, Place(beat="proof"), replace(BAKERY, emblem=emblem)) == ""
        )


def test_every_second_composition_of_a_line_shows_what_stands_with_it_and_the_others_keep_their_own_way() -> None:
    for beat in ("benefit", "demo", "brand"):
        shown = [find_subject({"line": "We knead by hand."}, Place(beat=beat, variant=n)) for n in range(4)]
        assert [bool(one) for one in shown] == [False, True, False, True] and "bread" not in shown
    assert find_subject({"line": "We knead by hand."}, Place(beat="agitate", variant=1)) == ""
    assert find_subject({"steps": "Call|Come"}, Place(beat="demo", variant=1)) == ""


@pytest.mark.parametrize("drawn", [{"a": "us", "b": "them", "ratio_milli": "2000"}, {"figures": "1 a|2 b"}])
def test_two_values_and_boards_keep_their_own_drawing(drawn: dict[str, str]) -> None:
    assert find_subject({"number": "63", "label": "dogs", **drawn}, Place(beat="proof")) == ""


def test_nothing_stands_beside_a_picture_of_the_person() -> None:
    picture = ShownPicture(asset="a" * 64, treatment="photo")
    assert find_subject({"number": "63", "label": "dogs"}, Place(beat="proof", picture=picture)) == ""


def list_things(words: dict[str, str], settings: FilmSettings = BAKERY, beat: str = "proof") -> list[str]:
    return list(match_shot("", words, 60, Place(beat=beat), settings).extra.get("things", []))


@pytest.mark.parametrize(
    ("rows", "language", "things"),
    [
        ("Install the agent | Connect your shop | Ask", "en", ["gear", "plug", "speech"]),
        ("Ruf uns an | Komm vorbei | Entscheide beim Brot", "de", ["phone", "door", "bread"]),
        ("Llámanos | Elige tu voz | Recibe el paquete", "es", ["phone", "microphone", "parcel"]),
        ("電話する | 受け取る", "ja", ["phone", "parcel"]),
    ],
)
def test_every_step_shows_what_somebody_does_there(rows: str, language: str, things: list[str]) -> None:
    settings = replace(BAKERY, language=language, emblem="")
    assert list_things({"steps": rows}, settings, "demo") == things


def test_every_row_of_a_list_has_a_thing_of_its_own_and_those_that_name_none_what_stands_with_the_film_s() -> None:
    assert list_things({"figures": "Rye sourdough | Butter plait | What is left"}) == ["bread", "plait", "wheat"]
    assert list_things({"figures": "**164 m²** on two floors | **31 m** of shore"}) == ["set_square", "sailboat"]
    steps = {"steps": "Think | Wait | Rest"}
    assert not any(list_things(steps, beat="demo")), "steps that nothing tells of have their numbers alone"


def test_charts_long_lists_and_rows_beside_a_picture_have_no_things() -> None:
    assert list_things({"figures": "Rye **3** | Butter **4**", "chart": "bar"}) == []
    assert list_things({"figures": " | ".join(["Rye"] * 7)}) == []
    picture = ShownPicture(asset="a" * 64, treatment="photo")
    place = Place(beat="demo", picture=picture)
    assert "things" not in match_shot("", {"steps": "Call | Come"}, 60, place, BAKERY).extra


def test_a_quotation_shows_the_thing_that_it_names_and_no_day() -> None:
    place = Place(beat="testimonial")
    assert find_subject({"quote": "We came for a kitten."}, place) == "cat"
    assert find_subject({"quote": "Our Mondays are quiet now."}, place) == ""
