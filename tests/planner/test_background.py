"""What a brief tells about its own making stays off the screen: fields for the maker, pages, greetings, money."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.reading.background import leave_background


def leave(text: str, *marked: tuple[str, str]) -> list[tuple[str, str]]:
    """Leave the background out of stretches of ``text`` with their labels; return what is made of them."""
    tokens, spans = mark(text, *marked)
    return list_words(text, tokens, leave_background(text, tokens, spans))


def weigh(text: str, *marked: tuple[str, str]) -> list[float]:
    """Return the probabilities of stretches of ``text`` once the background is left out."""
    tokens, spans = mark(text, *marked)
    return [span.probability for span in leave_background(text, tokens, spans)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Zirkel Ost, Film\nBackground: sales fell in spring\nWhen: 4 May", "sales fell in spring"),
        ("Form\nAmount requested: £1,200\nWhen: 4 May", "£1,200"),
        ("Formular\nAntragsteller: Amt für Grün\nWann: 4. Mai", "Amt für Grün"),
        ("Fiche\nImputation : 6231\nDate : 4 mai", "6231"),
        ("申请表\n审批：王主任\n时间：5月4日", "王主任"),
        ("Заявка\nСмета: 12 000\nКогда: 4 мая", "12 000"),
    ],
)
def test_the_field_of_a_form_that_is_for_the_maker_is_left_off_the_screen(text: str, value: str) -> None:
    assert leave(text, ("fact", value)) == [("dir", value)]


def test_a_name_in_such_a_field_stays_where_the_brief_has_no_other() -> None:
    text = "Client contact: Zirkel Ost\nWhen: 4 May"
    assert leave(text, ("name", "Zirkel Ost")) == [("name", "Zirkel Ost")]


def test_a_heading_whose_value_says_all_is_cut() -> None:
    assert leave("Opis: bieg po trawie", ("fact", "Opis: bieg po trawie")) == [("fact", "bieg po trawie")]
    assert leave("Battery: 60 hours", ("number", "Battery: 60 hours")) == [("number", "Battery: 60 hours")]


def test_links_of_a_pasted_page_are_left_off_the_screen() -> None:
    text = "We use cookies. Accept all\nAlpine skis from €90\nSave | Add to basket\nOnly 3 left"
    spans = (("fact", "Accept all"), ("price", "Alpine skis from €90"), ("call", "Add to basket"))
    assert leave(text, *spans) == [("dir", "Accept all"), ("price", "Alpine skis from €90"), ("dir", "Add to basket")]


def test_one_trace_of_a_page_is_about_the_thing_itself() -> None:
    assert leave("200 reviews, all of them kind", ("number", "200 reviews")) == [("number", "200 reviews")]


def test_a_greeting_is_no_line_of_the_film() -> None:
    text = "Ahoj Kláro,\nKvětiny U Divizny otevírají"
    marked = (("what", "Ahoj Kláro"), ("name", "Květiny U Divizny"))
    assert leave(text, *marked) == [("dir", "Ahoj Kláro"), ("name", "Květiny U Divizny")]


def test_what_numbered_shots_show_is_told_to_the_maker() -> None:
    text = "Scene 1 a thief walks up. Scene 2 the thief reads. Price £20"
    marked = (("fact", "a thief walks up"), ("fact", "the thief reads"), ("price", "£20"))
    assert leave(text, *marked) == [("dir", "a thief walks up"), ("dir", "the thief reads"), ("price", "£20")]
    assert leave("Plan 1 opens in May", ("what", "Plan 1 opens")) == [("what", "Plan 1 opens")]


def test_a_line_beside_money_of_the_maker_is_less_likely_and_a_name_is_not() -> None:
    text = "Our budget is 300 euros for Zirkel Ost. Tickets are 5 euros."
    spent, name, price = weigh(text, ("price", "300 euros"), ("name", "Zirkel Ost"), ("price", "5 euros"))
    assert spent < name == price


def test_in_speech_without_full_stops_only_what_stands_near_is_less_likely() -> None:
    text = "we mend zips " + "and so on " * 8 + "sorry the kettle boils"
    tokens, spans = mark(text, ("fact", "we mend zips"))
    assert leave_background(text, tokens, spans) == spans
