"""Lines that the model read in part are shown whole: firms with their legal form, heads, prices, telephones."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.draft import draft_facts
from reelwright.planner.reading.heads import take_heads
from reelwright.planner.reading.read import read_brief


def join(text: str, *marked: tuple[str, str]) -> list[tuple[str, str]]:
    """Join stretches of ``text`` with their labels; return what is made of them."""
    tokens, spans = mark(text, *marked)
    return list_words(text, tokens, take_heads(tokens, spans, Marks(text)))


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("wir sind Holzbau Nord GmbH & Co. KG, zimmerei in kiel. dachcheck 80 euro", "Holzbau Nord GmbH & Co. KG"),
        ("Film for Smith & Co. Open daily 9am-5pm.", "Smith & Co"),
        ("Somos Vidrios del Valle S.A. de C.V., hacemos ventanas a medida", "Vidrios del Valle S.A. de C.V."),
        ("Video per Molino Vecchio S.r.l., farina macinata a pietra, 3 € al kg", "Molino Vecchio S.r.l."),
        ("Sommerfest des Ruderverein Havel e.V. am 4. Juni um 15 Uhr", "Ruderverein Havel e.V."),
    ],
)
def test_a_name_keeps_its_legal_form_of_several_parts(brief: str, name: str) -> None:
    found = read_brief(brief).name
    assert found and found.text == name


@pytest.mark.parametrize(
    ("text", "marked", "joined"),
    [
        ("Faster: search is twice as quick", (("number", "search is twice as quick"),), [
            ("number", "Faster: search is twice as quick")
        ]),
        ("Warm. Boiler service £79 incl. VAT", (("price", "£79 incl. VAT"),), [
            ("price", "Boiler service £79 incl. VAT")
        ]),
        ("Warm. Please show £79", (("price", "£79"),), [("price", "£79")]),
        ("Closing down sale", (("what", "down sale"),), [("what", "Closing down sale")]),
        ("Inhalt: eine Reise", (("fact", "eine Reise"),), [("fact", "eine Reise")]),
        ("Please show: the price", (("fact", "the price"),), [("fact", "the price")]),
        ("tacos a 18 pesos", (("what", "tacos"), ("price", "a 18 pesos")), [
            ("what", "tacos"), ("price", "a 18 pesos")
        ]),
        ("party at the Legion sat 30 may from 6 bring a plate",
         (("time", "sat 30 may from 6"), ("call", "bring a plate")), [
            ("time", "sat 30 may from 6"), ("call", "bring a plate")
        ]),
        ("Post it on insta @gloss", (("dir", "Post it on insta"), ("contact", "@gloss")), [
            ("dir", "Post it on insta"), ("contact", "@gloss")
        ]),
        ("Open. Dried figs, dates and warm rolls", (("fact", "dates and warm rolls"),), [
            ("fact", "dates and warm rolls")
        ]),
    ],
)  # fmt: skip
def test_a_line_that_was_torn_is_whole(
    text: str, marked: tuple[tuple[str, str], ...], joined: list[tuple[str, str]]
) -> None:
    assert join(text, *marked) == joined


def test_a_county_is_no_end_of_a_sentence() -> None:
    pieces = [one.text for one in read_brief("Ann & Bob, 22 August 2026, Lough Castle, Co. Mayo. ceremony 2pm").pieces]
    assert "Lough Castle, Co. Mayo" in pieces


@pytest.mark.parametrize(
    ("text", "marked", "joined"),
    [
        (
            "wij vergoeden die. Elke zaterdag",
            (("fact", "wij vergoeden die"), ("time", "Elke zaterdag")),
            [("fact", "wij vergoeden die"), ("time", "Elke zaterdag")],
        ),
    ],
)
def test_a_day_a_number_and_a_price_keep_what_they_belong_to(
    text: str, marked: tuple[tuple[str, str], ...], joined: list[tuple[str, str]]
) -> None:
    assert join(text, *marked) == joined


def test_a_word_before_the_colon_of_a_number_is_the_call() -> None:
    """Waterworks, 2026-11-29: the card at the end said a number, and not what for."""
    lines = draft_facts(read_brief("Your water will be off on Monday from 9am. Questions: 0800 555 0199.")).lines
    assert (lines[-1].screen.text, lines[-1].screen.url) == ("Questions", "tel:0800%20555%200199")
