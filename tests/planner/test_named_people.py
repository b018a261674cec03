"""Names are shown as people are called: with the nickname inside, without remembrance, calls and towns beside them."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.heads import take_heads
from reelwright.planner.reading.read import read_brief

Labelled = tuple[tuple[str, str], ...]


def test_a_short_german_our_before_a_thing_is_not_shown() -> None:
    facts = read_brief("brauche ein kurzes Video für unsern Flohmarkt am Samstag 12.12. von 9 bis 14 uhr")
    shown = [*(one.text for one in facts.pieces), facts.name.text if facts.name else ""]
    assert "Flohmarkt" in shown and not any("unsern" in text for text in shown)


@pytest.mark.parametrize(
    ("text", "marked", "joined"),
    [
        ("40% off at Stride Lab", (("offer", "40% off"), ("name", "Stride Lab")),
         [("offer", "40% off"), ("name", "Stride Lab")]),
        ("Stride Lab. use code RUN40", (("name", "Stride Lab"), ("dir", "use code RUN40")),
         [("name", "Stride Lab"), ("offer", "use code RUN40")]),
        ("Stride Lab. pastel colours, code RUN40", (("name", "Stride Lab"), ("dir", "pastel colours, code RUN40")),
         [("name", "Stride Lab"), ("dir", "pastel colours,"), ("offer", "code RUN40")]),
        ("Stride Lab. show the code big", (("name", "Stride Lab"), ("dir", "show the code big")),
         [("name", "Stride Lab"), ("dir", "show the code big")]),
    ],
)  # fmt: skip
def test_signs_places_and_codes_stand_in_their_lines(
    text: str, marked: Labelled, joined: list[tuple[str, str]]
) -> None:
    tokens, spans = mark(text, *marked)
    assert list_words(text, tokens, take_heads(tokens, spans, Marks(text))) == joined


def test_no_line_ends_with_and_then() -> None:
    brief = (
        "clases de guitara online con Rubén Ortega, 12 años de experiencia, primera clase gratis y luego 15 € la hora. "
        "escribeme por whatsapp al 612 555 014"
    )
    assert "primera clase gratis y luego 15 € la hora" in [one.text for one in read_brief(brief).pieces]


def test_a_quoted_name_may_end_with_a_joining_word() -> None:
    name = read_brief('mobile car wash "Shine On" in brisbane, full valet $120, we come to u').name
    assert name and name.text == "Shine On"


def test_japanese_behind_a_quoted_name_begins_without_its_particle() -> None:
    pieces = read_brief(
        "今週末12月5日(土)と6日(日)、鎌倉の古民家カフェ「ひなた」で陶器市をやります。入場無料、10時から16時まで、駐車場なし"
    ).pieces
    assert any(one.text == "陶器市をやります" for one in pieces)


def test_nine_digits_behind_a_call_are_a_telephone_number() -> None:
    brief = "peluquería canina en Sevilla, corte y baño 28€, uñas gratis los martes, pide cita 954 555 018"
    assert [one.text for one in read_brief(brief).list_pieces("telephone")] == ["954 555 018"]
