"""Forms and letters: headings of fields, questions of others, signatures and said names."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.hushed import cut_field_heads, leave_unsaid
from reelwright.planner.reading.names.stated import add_called_name

FORM = """Employer: Haulbright
Role: evening sorters, part time
Parking: €14
Mo: goulash 6,50 €"""


@pytest.mark.parametrize(
    ("stretch", "label", "shown"),
    [
        ("Employer: Haulbright", "name", "Haulbright"),
        ("Role: evening sorters", "what", "evening sorters"),
        ("Parking: €14", "price", "Parking: €14"),
        ("Mo: goulash 6,50 €", "price", "Mo: goulash 6,50 €"),
    ],
)
def test_the_heading_of_a_field_is_not_shown_unless_its_value_says_nothing_alone(
    stretch: str, label: str, shown: str
) -> None:
    tokens, spans = mark(FORM, (label, stretch))
    assert (label, shown) in list_words(FORM, tokens, cut_field_heads(tokens, spans, Marks(FORM)))


def test_two_lines_with_a_colon_are_no_form() -> None:
    text = "POV: the door no longer squeaks\nFor sale: a blue touring bike"
    tokens, spans = mark(text, ("line", "POV: the door no longer squeaks"), ("what", "For sale: a blue touring bike"))
    assert cut_field_heads(tokens, spans, Marks(text)) == spans


@pytest.mark.parametrize(
    ("text", "stretch", "label"),
    [
        (
            "Clip for the hall, please.\n\nCheers and love\nBerenice\n(the Corn Loft, 01632 960718)",
            "01632 960718",
            "contact",
        ),
        ("A film, please.\nOpen daily.\n\nWarm regards\nEffie Tollard\nCoordinator, Boat House", "Coordinator", "fact"),
        (
            "Ein Film, bitte.\nTäglich offen.\n\nBeste Grüße\nHanno Speckmann\nTel. 030 23125771",
            "030 23125771",
            "contact",
        ),
        ("Hi Stu,\nhere goes.\n> Rain plan?\nThe church.", "Rain plan?", "line"),
        ("Open daily. Danke dir, Heiko", "Heiko", "who"),
    ],
)
def test_who_signs_a_letter_and_what_others_ask_in_it_is_not_shown(text: str, stretch: str, label: str) -> None:
    tokens, spans = mark(text, (label, stretch))
    assert {one.label for one in leave_unsaid(text, tokens, spans, Marks(text))} == {"dir"}


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("A film.\nOpen daily.\nMany thanks\nJo\nPS children pay half", "children pay half"),
        ("Espresso 2 €\nCakes 3 €\nBest coffee in town", "Best coffee in town"),
    ],
)
def test_a_postscript_and_a_line_that_only_begins_like_a_goodbye_are_shown(text: str, stretch: str) -> None:
    tokens, spans = mark(text, ("fact", stretch))
    assert leave_unsaid(text, tokens, spans, Marks(text)) == spans


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("el taller se llama el mofle de don beto, arreglamos motos", "el mofle de don beto"),
        ("salut la salle s'appelle le neuvième doigt et on lance l'escalade", "le neuvième doigt"),
        ("A poem for my sister. It's called Hen. Title at the end", "Hen"),
        ("Unsere Firma heißt anders, die muss nicht drauf", None),
        ("Il concerto si chiama Neve in Re minore ed è di Natale", None),
    ],
)
def test_a_name_that_a_sentence_says_is_the_name_if_its_end_is_plain(text: str, name: str | None) -> None:
    tokens, _ = mark(text)
    found = list_words(text, tokens, add_called_name(text, tokens, [], Marks(text)))
    assert found == ([("name", name)] if name else [])


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("Open daily.\nThank you for 20 years\nMarlow Cycles\n12 Mill Lane\nFree tea and cake", "Free tea and cake"),
        ("Fresh bread.\nMany thanks to all customers\nFree coffee on Saturday", "Free coffee on Saturday"),
        ("Breakfast until noon.\nCheers,\nFree prosecco", "Free prosecco"),
    ],
)
def test_an_offer_below_thanks_is_shown(text: str, stretch: str) -> None:
    tokens, spans = mark(text, ("offer", stretch))
    assert ("offer", stretch) in list_words(text, tokens, leave_unsaid(text, tokens, spans, Marks(text)))


def test_an_offer_keeps_the_heading_that_says_for_whom_it_is() -> None:
    text = "Kids: half price on Mondays\nStudents: 20% off every day\nPool: heated all year"
    tokens, spans = mark(text, ("offer", "Kids: half price on Mondays"), ("fact", "Pool: heated all year"))
    assert cut_field_heads(tokens, spans, Marks(text)) == spans


def test_a_question_that_nobody_answers_is_a_line_of_the_film() -> None:
    text = "> Tired of noise?\n> Try Quietly earplugs."
    tokens, spans = mark(text, ("line", "Tired of noise?"))
    assert ("line", "Tired of noise?") in list_words(text, tokens, leave_unsaid(text, tokens, spans, Marks(text)))
