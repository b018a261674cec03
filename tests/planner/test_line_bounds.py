"""Where lines of a brief begin and end: units stay whole, and a name is found by the address that spells it."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.bounds import settle_bounds
from reelwright.planner.reading.directions import settle_requests
from reelwright.planner.reading.names.stated import add_named_address
from reelwright.planner.reading.tokens import find_units


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("at Tonwerk, Lindenstr. 12. 45 euro incl. glaze", ["Lindenstr. 12", "45 euro"]),
        ("mon-sat 10-19, 88 High Street Leeds", ["10-19", "88 High Street"]),
        ("c/ Mayor 4, de 9 a 14h, 12 €", ["c/ Mayor 4", "9 a 14h", "12 €"]),
        ("Av. 9 de Julio 1200", ["Av. 9 de Julio 1200"]),
        ("12 bis rue des Lilas, 19h30-22h", ["12 bis rue des Lilas", "19h30-22h"]),
        ("ul. Długa 7, 50 zł", ["ul. Długa 7", "50 zł"]),
        ("ул. Ленина 14, 300 ₽", ["ул. Ленина 14", "300 ₽"]),
        ("Atatürk Cad. No:12", ["Atatürk Cad. No:12"]),
        ("שעות 9-17, רחוב הרצל 5", ["9-17", "רחוב הרצל 5"]),
        ("$1,200.50 a month", ["$1,200.50"]),
        ("We have been on the road for 20 years, 1 lane is closed", ["20 years"]),
        ("call 020 7946 0123", []),
        ("Party on 1. 2. 2026 in Sofia", ["1. 2. 2026"]),
        ("50 years on 8th October", ["50 years", "on 8th October"]),
        ("Nieuw in versie 3.1 van Roosterhulp", ["versie 3.1"]),
        ("3 for 10, code 2024-25", []),
        ("手作りプリン500円", ["プリン"]),
    ],
)
def test_streets_hours_and_amounts_are_units(text: str, units: list[str]) -> None:
    assert [text[one.start : one.end] for one in find_units(text)] == units


def settle(text: str, *spans: tuple[str, str]) -> list[tuple[str, str]]:
    tokens, marked = mark(text, *spans, probability=0.8)
    return list_words(text, tokens, settle_bounds(text, tokens, marked, Marks(text)))


def test_a_house_number_goes_with_its_street_and_not_with_the_price_after_it() -> None:
    text = "at Tonwerk, Lindenstr. 12. 45 euro incl. glaze"
    split = (("place", "Tonwerk, Lindenstr"), ("price", "12. 45 euro incl. glaze"))
    assert settle(text, *split) == [("place", "Tonwerk, Lindenstr. 12"), ("price", ". 45 euro incl. glaze")]


def test_hours_that_take_a_house_number_along_give_it_back() -> None:
    text = "mon-sat 10-19, 88 High Street Leeds"
    split = (("time", "mon-sat 10-19, 88"), ("place", "High Street Leeds"))
    assert settle(text, *split) == [("time", "mon-sat 10-19,"), ("place", "88 High Street Leeds")]


def test_a_katakana_word_is_not_cut() -> None:
    assert settle("手作りプリン500円", ("what", "手作りプ"), ("price", "リン500円")) == [
        ("what", "手作り"),
        ("price", "プリン500円"),
    ]


def test_a_unit_in_one_span_or_in_none_stays_as_it_is() -> None:
    text = "skin fade 25 £, beard 12 £"
    assert settle(text, ("price", "skin fade 25 £")) == [("price", "skin fade 25 £")]
    assert settle(text) == []


def name(text: str, *spans: tuple[str, str]) -> list[tuple[str, str]]:
    tokens, marked = mark(text, *spans, probability=0.8)
    return list_words(text, tokens, add_named_address(tokens, marked))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Clay at Tonwerk, book at tonwerk.example", "Tonwerk"),
        ("arepas La Caraota, @lacaraota", "La Caraota"),
        ("visit R. Gantry Heating, www.rgantryheating.example/offers", "R. Gantry Heating"),
        ("we are Bella & Figli, jobs@bellafigli.example", "Bella & Figli"),
        ("Kawiarnia Żubr, zubr.example", "Żubr"),
    ],
)
def test_a_name_is_what_the_address_spells(text: str, found: str) -> None:
    assert name(text) == [("name", found)]


def test_a_name_that_was_read_stays_the_only_one() -> None:
    text = "Kiln Club at Tonwerk, tonwerk.example"
    assert name(text, ("name", "Kiln Club")) == [("name", "Kiln Club")]


def test_a_name_is_cut_from_a_place_but_never_from_the_middle_of_a_sentence() -> None:
    text = "at Tonwerk, Lindenstr. 12, tonwerk.example"
    assert name(text, ("place", "Tonwerk, Lindenstr. 12")) == [("name", "Tonwerk"), ("place", ", Lindenstr. 12")]
    text = "we love tonwerk clay, tonwerk.example"
    assert name(text, ("fact", "we love tonwerk clay")) == [("fact", "we love tonwerk clay")]


def ask(text: str, *spans: tuple[str, str]) -> list[tuple[str, str]]:
    tokens, marked = mark(text, *spans, probability=0.8)
    return list_words(text, tokens, settle_requests(text, tokens, marked, Marks(text)))


def test_a_length_beside_a_word_for_films_is_a_direction_whatever_it_was_read_as() -> None:
    text = "Ein 20-Sekunden-Spot für die Bäckerei Brotzeit"
    assert ask(text, ("what", text)) == [("dir", "Ein 20-Sekunden-Spot für die"), ("what", "Bäckerei Brotzeit")]
    text = "Produce a half-minute luxury watch commercial"
    assert ask(text, ("subject", text))[:1] == [("dir", "Produce a half-minute")]
    assert ask("a 20 second timer", ("what", "a 20 second timer")) == [("what", "a 20 second timer")]


def test_who_watches_and_the_tone_are_directions() -> None:
    text = "The audience is commuters. Keep it calm. Keep warm this winter"
    read = (("fact", "The audience is commuters"), ("call", "Keep it calm"), ("call", "Keep warm this winter"))
    assert [label for label, _ in ask(text, *read)] == ["dir", "dir", "call"]


@pytest.mark.parametrize(
    ("text", "marked", "line"),
    [
        ("Fresh bread, she bakes and sings.", "Fresh bread", "Fresh bread"),
        ("Fresh bread, 3 and 4 pm", "Fresh bread", "Fresh bread"),
        ("Fresh bread, cakes, tarts and a lot of other things", "Fresh bread", "Fresh bread"),
    ],
)
def test_a_list_is_one_line_to_its_end(text: str, marked: str, line: str) -> None:
    assert settle(text, ("fact", marked))[0] == ("fact", line)


def test_a_price_keeps_the_month_that_it_is_for() -> None:
    text = "890 € la semaine en juillet, samedi 3 mai"
    made = settle(text, ("price", "890 € la semaine"), ("time", "en juillet"), ("time", "samedi 3 mai"))
    assert made == [("price", "890 € la semaine en juillet"), ("time", "samedi 3 mai")]
