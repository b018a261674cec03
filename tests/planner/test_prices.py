"""Prices of a brief stand with what they are for; price lists are boards; only a price strikes a price."""

from __future__ import annotations

import pytest

from reelwright.planner.certain.values import Kind, Piece
from reelwright.planner.reading.prices import find_priced_things, may_replace
from reelwright.planner.reading.read import read_brief
from reelwright.planner.rules import plan_without_models
from reelwright.reel.film.brief import Brief


def list_words(brief: str) -> list[dict[str, str]]:
    """Return the words of the screens that are drawn of a brief."""
    return [dict(shot.words) for shot in plan_without_models(Brief(text=brief)).plan.shots]


def show(brief: str) -> str:
    """Return all words of the screens, one screen a line."""
    return "\n".join(" | ".join(words.values()) for words in list_words(brief))


@pytest.mark.parametrize(
    ("brief", "number", "thing"),
    [
        ("Marlow & Finch bakery. Cinnamon buns on Saturdays, £3.20. Open Tuesday to Sunday", "£3.20", "Cinnamon buns"),
        ("Kestrel, a bicycle bell that plays a chord, £19. kestrel.example", "£19", "a bicycle bell"),
        ("Café Ostrava: Frühstück mit Ei und Brötchen, 8,50 €. Täglich ab 8", "8,50 €", "Frühstück"),
    ],
)
def test_a_price_stands_with_the_thing_in_front_of_it(brief: str, number: str, thing: str) -> None:
    found = [words for words in list_words(brief) if words.get("number") == number]
    assert found and found[0]["label"].startswith(thing)


@pytest.mark.parametrize(
    ("brief", "rows"),
    [
        ("Barber Kojo price list: cut £14, beard trim £8, kids £10. Walk-ins welcome", ["cut", "beard trim", "kids"]),
        ("Cennik: manicure 80 zł, pedicure 120 zł, hybryda 100 zł", ["manicure", "pedicure", "hybryda"]),
    ],
)
def test_a_price_list_is_one_board(brief: str, rows: list[str]) -> None:
    boards = [words["figures"] for words in list_words(brief) if "figures" in words]
    assert boards and all(row in boards[-1] for row in rows)


def test_an_hour_is_not_what_the_price_behind_it_is_for() -> None:
    assert not any("label" in words for words in list_words("Doors at 7, £5, Harrow Hall"))


@pytest.mark.parametrize(
    "brief",
    [
        "Giảm 10% nếu đăng ký trước 20/5. Địa chỉ 25 đường Hoa Sữa.",
        "La vacuna cuesta 20 € en vez de 32 y el chip viene de regalo",
        "Salon Mira: tuns 60 lei, vopsit de la 150 lei, coafat mirese 300. Programări la telefon",
    ],
)
def test_what_was_no_price_of_the_same_thing_is_not_struck(brief: str) -> None:
    assert "~~" not in show(brief).replace("~~32~~|", "")


@pytest.mark.parametrize(
    ("brief", "shown"),
    [
        ("Yoga by Anna, class 15 € (first class 5 €), every Tuesday 18:00", "first class 5 €"),
        ("Noche flamenca, 14 de junio. Entradas a 18 € (menores de 25 años, 12 €)", "menores de 25 años, 12 €"),
        ("Museum day pass 15 € (10 € for members), open 10-18", "10 € for members"),
        ("Flamenco night, 14 June. Tickets €18 (€12 for under-25s). orange.example", "€12 for under-25s"),
        ("Salon Mireille\nBrushing 22 €\nEnfants (moins de 10 ans) 15 €\nRennes", "Enfants (moins de 10 ans) 15 €"),
        ("Salon Mireille\nBrushing 22 €\nÉtudiants : -20 % le mardi\nRennes", "Étudiants : -20 % le mardi"),
    ],
)
def test_a_lower_price_is_that_of_somebody_who_is_named_and_strikes_nothing(brief: str, shown: str) -> None:
    made = plan_without_models(Brief(text=brief)).plan
    assert shown in show(brief) and "~~" not in show(brief), show(brief)
    assert sum(shot.length for shot in made.shots) < 20 * made.fps[0], "an age is no length"


@pytest.mark.parametrize(
    "brief",
    [
        "Winter sale: was £40, now £25. Nord Knits",
        "Hocker Milla statt 49 € jetzt 29 €",
        "The Ember kettle. Boils fast. Was £129, now £89 until Sunday. Order at ember.example",
    ],
)
def test_an_old_price_is_struck_beside_the_new_one(brief: str) -> None:
    assert "~~" in show(brief)


@pytest.mark.parametrize(
    ("brief", "shown", "unsaid"),
    [
        ("Cantina Sol: feijoada R$ 30, pastel R$ 8.", "**R$ 30** feijoada", ""),
        ("Museum of Salt. Members -£2, seniors -£1.", "Members -£2", "**£2**"),
        ("Yoga Loft: class €49 instead of €69, mat €12.", "~~€69~~|class €49", ""),
        ("Free delivery over €30. Pizza Margherita €8, Calzone €9.", "Free delivery over €30", ""),
        ("Jazz Cellar, Friday 8 May. Live jazz, free parking, £5.", "free parking\n£5", ""),
        ("Friday evening at eight, £5", "Friday evening at eight\n£5", ""),
        ("Flights to Rome €49, hotels €80, with code ROMA10 save €10. Fly Aero.", "Fly Aero\n**€49**", ""),
    ],
)
def test_an_amount_that_is_no_price_of_a_thing_is_no_figure(brief: str, shown: str, unsaid: str) -> None:
    assert shown in show(brief)
    assert not unsaid or unsaid not in show(brief)


def test_an_old_price_elsewhere_takes_no_thing_its_price() -> None:
    text = "Lamp oak, £49, was £60. Open all week from nine to five. Stool ash, £30."
    listed: tuple[tuple[Kind, str], ...] = (
        ("fact", "Lamp oak"), ("offer", "£49"), ("old", "was £60"), ("fact", "Stool ash"), ("offer", "£30"),
    )  # fmt: skip
    pieces = [
        Piece(kind=kind, text=words, start=text.index(words), end=text.index(words) + len(words))
        for kind, words in listed
    ]
    assert {one.text: price.text for one, price in find_priced_things(pieces, text).items()} == {"Stool ash": "£30"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("au lieu de 1 299 €", "999 €"), ("1\u202f290 zł", "890 zł"), ("12 500 Ft", "9 900 Ft"), ("1万円", "8000円"),
        ("€1.2k", "€999"), ("was £5 each", "now 3 for £12"), ("statt 3 € pro Stück", "jetzt 2 für 5 €"),
    ],
)  # fmt: skip
def test_an_old_price_is_known_by_its_words_or_by_all_of_its_digits(old: str, new: str) -> None:
    assert may_replace(old, new)


def test_what_is_told_to_the_maker_before_a_colon_is_no_head_of_a_price() -> None:
    assert "Please show" not in show("Clip for Tea House Ming.\nPlease show: €5 lunch")


@pytest.mark.parametrize(
    ("brief", "price"),
    [
        ("2019 Ford Transit, 62k miles, full service history, £13,495, call Dave 07700 900321", "£13,495"),
        ("vendo apartamento T2, 78 m2, varanda com vista rio, 215.000€, visitas ao sábado", "215.000€"),
    ],
)
def test_the_last_of_a_list_of_facts_has_not_the_price_of_all(brief: str, price: str) -> None:
    pieces = read_brief(brief).pieces
    assert price in [one.text for one in pieces]
    assert find_priced_things(pieces, brief) == {}
