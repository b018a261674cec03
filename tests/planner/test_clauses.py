"""A clause of which the model read parts is shown whole; what is told to the maker, greetings and names stay out."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.clauses import join_clauses, join_parentheses


def complete(text: str, *marked: tuple[str, str]) -> list[tuple[str, str]]:
    """Complete stretches of ``text`` with their labels; return what is made of them."""
    tokens, spans = mark(text, *marked)
    return list_words(text, tokens, join_clauses(text, tokens, spans, Marks(text)))


@pytest.mark.parametrize(
    ("text", "marked", "made"),
    [
        (
            "kiosk shut tuesdays from 4 may. Cash only",
            (("time", "tuesdays from 4 may"),),
            [("time", "kiosk shut tuesdays from 4 may")],
        ),
        (
            "Last year dumped sofas cost the house 900 pounds",
            (("what", "Last year"), ("price", "cost the house 900 pounds")),
            [("offer", "Last year dumped sofas cost the house 900 pounds")],
        ),
        (
            "The bridge at Mill Lane will be closed in May",
            (("what", "The bridge"), ("place", "Mill Lane"), ("time", "will be closed in May")),
            [("fact", "The bridge at Mill Lane will be closed in May")],
        ),
        (
            "Bij Fietsboer krijg je deze week een bel",
            (("name", "Fietsboer"), ("what", "krijg je deze week een bel")),
            [("what", "Bij Fietsboer krijg je deze week een bel"), ("name", "Fietsboer")],
        ),
        (
            "Cerchiamo un cuoco/una cuoca per luglio",
            (("line", "Cerchiamo un cuoco"), ("what", "una cuoca per luglio")),
            [("fact", "Cerchiamo un cuoco/una cuoca per luglio")],
        ),
        (
            "Bota de R$ 90 por R$ 60",
            (("what", "Bota de"), ("price", "R$ 90 por R$ 60")),
            [("offer", "Bota de R$ 90 por R$ 60")],
        ),
        (
            "tour\n9/3 leeds attic\n10/3 glasgow",
            (("time", "9/3"), ("place", "leeds attic"), ("time", "10/3"), ("place", "glasgow")),
            [("fact", "9/3 leeds attic"), ("fact", "10/3 glasgow")],
        ),
        (
            "「ほのか」を10月1日から販売します",
            (("name", "ほのか"), ("time", "10月1日から")),
            [("name", "ほのか"), ("time", "10月1日から販売します")],
        ),
        (
            "We moved to peat four years ago and people keep asking",
            (("what", "peat four years ago"),),
            [("what", "We moved to peat four years ago")],
        ),
    ],
)
def test_a_clause_that_was_read_in_part_is_whole(
    text: str, marked: tuple[tuple[str, str], ...], made: list[tuple[str, str]]
) -> None:
    assert complete(text, *marked) == made


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("and it is 4 pounds", (("price", "4 pounds"),)),
        ("please show that we open on Monday", (("time", "open on Monday"),)),
        ("for my little shop Lowe in Ripon", (("name", "Lowe"), ("place", "in Ripon"))),
        ("wine evenings at Castello", (("what", "wine evenings"), ("name", "Castello"))),
        ("Il Comune informa che via Roma sarà chiusa", (("name", "Il Comune"), ("fact", "via Roma sarà chiusa"))),
        ("Pay 1) App laden 2) Losfahren", (("fact", "App laden"), ("fact", "Losfahren"))),
        ("Sell my old red van", (("what", "red van"),)),
        ("doors 7 lol come early", (("time", "doors 7"),)),
        ("Ring the shop on 07700 900 265", (("call", "Ring"), ("contact", "07700 900 265"))),
    ],
)
def test_a_clause_that_needs_no_more_stays_as_it_was_read(text: str, marked: tuple[tuple[str, str], ...]) -> None:
    assert complete(text, *marked) == list(marked)


def explain(text: str, *marked: tuple[str, str]) -> list[tuple[str, str]]:
    """Join parentheses of ``text`` with labelled stretches; return what is made of them."""
    tokens, spans = mark(text, *marked)
    return list_words(text, tokens, join_parentheses(tokens, spans, Marks(text)))


@pytest.mark.parametrize(
    ("text", "marked", "made"),
    [
        (
            "Parade 14 Uhr (NICHT 13 Uhr!), So. Markt",
            (("time", "Parade 14 Uhr"), ("line", "NICHT 13 Uhr")),
            [("time", "Parade 14 Uhr (NICHT 13 Uhr!)")],
        ),
        (
            "wait time 2 weeks (was 11). Online",
            (("number", "wait time 2 weeks"), ("old", "was 11")),
            [("number", "wait time 2 weeks (was 11)")],
        ),
        (
            "previews 9th & 10th (£8), press night 11th",
            (("time", "previews 9th & 10th"), ("price", "£8")),
            [("time", "previews 9th & 10th (£8)")],
        ),
        (
            "log visitors (about 900 a year)",
            (("number", "about 900 a year"),),
            [("fact", "log visitors (about 900 a year)")],
        ),
    ],
)
def test_what_stands_in_parentheses_is_a_part_of_the_line_before(
    text: str, marked: tuple[tuple[str, str], ...], made: list[tuple[str, str]]
) -> None:
    assert explain(text, *marked) == made


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Wash (£18), cut (£30)", (("what", "Wash"), ("price", "£18"), ("what", "cut"), ("price", "£30"))),
        ("299 kr/mån (ordinarie 379)", (("price", "299 kr/mån"), ("old", "ordinarie 379"))),
        ("Nine Short Doors (call us on 01632 960 880)", (("what", "Nine Short Doors"), ("contact", "01632 960 880"))),
        ("tomato (yes), mint", (("what", "tomato"), ("what", "mint"))),
        ("make it slow (about 900 a year)", (("number", "about 900 a year"),)),
    ],
)
def test_a_price_a_contact_and_what_is_not_shown_stay_apart(text: str, marked: tuple[tuple[str, str], ...]) -> None:
    assert explain(text, *marked) == list(marked)


@pytest.mark.parametrize(
    ("text", "marked", "made"),
    [
        (
            "il mercato del giovedì si sposta",
            (("what", "il mercato"), ("time", "del giovedì si sposta")),
            [("fact", "il mercato del giovedì si sposta")],
        ),
        ("hafta sonu da açığız", (("time", "hafta sonu"), ("fact", "da açığız")), None),
        ("vaccination du 13 au 24 octobre", (("what", "vaccination"), ("time", "du 13 au 24 octobre")), None),
    ],
)
def test_no_line_begins_with_whose_it_is(
    text: str, marked: tuple[tuple[str, str], ...], made: list[tuple[str, str]] | None
) -> None:
    assert complete(text, *marked) == (made or list(marked))
