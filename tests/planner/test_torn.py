"""Lines that the model read in part are shown whole: firms with their legal form, heads, prices, telephones."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.draft import draft_facts
from reelwright.planner.reading.read import read_brief
from reelwright.planner.reading.torn import join_torn


def join(text: str, *marked: tuple[str, str]) -> list[tuple[str, str]]:
    """Join stretches of ``text`` with their labels; return what is made of them."""
    tokens, spans = mark(text, *marked)
    return list_words(text, tokens, join_torn(tokens, spans, Marks(text)))


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("wir sind Holzbau Nord GmbH & Co. KG, zimmerei in kiel. dachcheck 80 euro", "Holzbau Nord GmbH & Co. KG"),
        ("Film for Smith & Co. Open daily 9am-5pm.", "Smith & Co"),
        ("Dupont S.A.R.L. Plomberie à Lyon.", "Dupont S.A.R.L."),
        ("Rossi & Figli S.n.c. Mobili su misura a Udine.", "Rossi & Figli S.n.c."),
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
        (
            "Fixed: crash when saving PDFs. Slower: nothing",
            (("what", "crash when saving"), ("name", "PDFs")),
            [("what", "Fixed: crash when saving PDFs")],
        ),
        (
            "Speiche repairs any bike in 24 hours",
            (("name", "Speiche"), ("fact", "repairs any"), ("number", "bike in 24 hours")),
            [("name", "Speiche"), ("fact", "repairs any bike in 24 hours")],
        ),
        ("Faster: search is twice as quick", (("number", "search is twice as quick"),), [
            ("number", "Faster: search is twice as quick")
        ]),
        ("Warm. Boiler service £79 incl. VAT", (("price", "£79 incl. VAT"),), [
            ("price", "Boiler service £79 incl. VAT")
        ]),
        ("Warm. Please show £79", (("price", "£79"),), [("price", "£79")]),
        ("Add the van. If it gets full skip it", (("terms", "If it gets full"), ("dir", "skip it")), [
            ("dir", "If it gets full"), ("dir", "skip it")
        ]),
        ("Half term holiday club at Riverside", (("time", "Half term holiday"), ("place", "club at Riverside")), [
            ("fact", "Half term holiday club at Riverside")
        ]),
        ("She's away till Monday so use the mail", (("time", "She's away till Monday"), ("dir", "use the mail")), [
            ("dir", "She's away till Monday"), ("dir", "use the mail")
        ]),
        ("It's a surprise so don't post it", (("what", "It's a surprise so"), ("dir", "don't post it")), [
            ("dir", "It's a surprise so"), ("dir", "don't post it")
        ]),
        ("Gas will be turned off on Friday", (("what", "Gas will be turned"), ("time", "off on Friday")), [
            ("what", "Gas will be turned off on Friday")
        ]),
        ("Closing down sale", (("what", "down sale"),), [("what", "Closing down sale")]),
        ("5 stars on the map from 240 people.", (("number", "5 stars on"), ("price", "the map from 240")), [
            ("number", "5 stars on the map from 240 people")
        ]),
        ("At Ruderclub Havel (first prize)", (("name", "Ruderclub Havel"), ("name", "first prize")), [
            ("name", "Ruderclub Havel"), ("fact", "first prize")
        ]),
        ("Inhalt: eine Reise", (("fact", "eine Reise"),), [("fact", "eine Reise")]),
        ("Please show: the price", (("fact", "the price"),), [("fact", "the price")]),
        ("hot wax wash for 18 pounds", (("what", "hot wax"), ("price", "wash for 18 pounds")), [
            ("what", "hot wax wash for 18 pounds")
        ]),
        ("Kwiaty na Dzień Babci od 79 zł", (("fact", "Kwiaty na Dzień"), ("price", "Babci od 79 zł")), [
            ("fact", "Kwiaty na Dzień Babci od 79 zł")
        ]),
        ("tacos a 18 pesos", (("what", "tacos"), ("price", "a 18 pesos")), [
            ("what", "tacos"), ("price", "a 18 pesos")
        ]),
        ("Ab 1. Mai gibt es neue Brote", (("time", "Ab 1. Mai gibt es"), ("fact", "neue Brote")), [
            ("fact", "Ab 1. Mai gibt es neue Brote")
        ]),
        ("grátis no bairro, zap 11 95555-0134", (("terms", "no bairro, zap"), ("contact", "11 95555-0134")), [
            ("terms", "no bairro"), ("contact", "11 95555-0134")
        ]),
        ("try free for 30 days at x.example", (("offer", "try free for 30"), ("call", "days at x.example")), [
            ("offer", "try free for 30 days"), ("call", "x.example")
        ]),
        ("party at the Legion sat 30 may from 6 bring a plate",
         (("time", "sat 30 may from 6"), ("call", "bring a plate")), [
            ("time", "sat 30 may from 6"), ("call", "bring a plate")
        ]),
        ("20% off, book on insta @gloss", (("offer", "20% off"), ("dir", "book on insta"), ("contact", "@gloss")), [
            ("offer", "20% off"), ("call", "book on insta @gloss")
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
            "Beginn Fr. 18 Uhr mit Musik",
            (("name", "Beginn Fr"), ("what", "18 Uhr mit Musik")),
            [("fact", "Beginn Fr. 18 Uhr mit Musik")],
        ),
        (
            "It may be 20 °C in August",
            (("time", "It may be 20"), ("fact", "C in August")),
            [("fact", "It may be 20 °C in August")],
        ),
        (
            "On ouvre du mer. au sam., 14 h",
            (("fact", "On ouvre du mer"), ("time", "au sam., 14 h")),
            [("fact", "On ouvre du mer. au sam., 14 h")],
        ),
        (
            "wij vergoeden die. Elke zaterdag",
            (("fact", "wij vergoeden die"), ("time", "Elke zaterdag")),
            [("fact", "wij vergoeden die"), ("time", "Elke zaterdag")],
        ),
        (
            "By 1500 around 20 million volumes",
            (("price", "By 1500 around 20"), ("fact", "million volumes")),
            [("fact", "By 1500 around 20 million volumes")],
        ),
        (
            "kids 3 to 11 $10",
            (("price", "kids"), ("price", "3 to 11"), ("price", "$10")),
            [("price", "kids 3 to 11 $10")],
        ),
        (
            "cheap haircuts $20 seniors $15",
            (("what", "cheap haircuts"), ("price", "$20"), ("price", "$15")),
            [("price", "cheap haircuts $20"), ("price", "seniors $15")],
        ),
        (
            "entrada libre 5 € socios",
            (("price", "entrada libre"), ("price", "5 € socios")),
            [("price", "entrada libre 5 € socios")],
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
