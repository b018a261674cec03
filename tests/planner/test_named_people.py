"""Names are shown as people are called: with the nickname inside, without remembrance, calls and towns beside them."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.values import LIKELY
from reelwright.planner.reading.asked.described import find_kinds, find_sought
from reelwright.planner.reading.names.people import settle_named_people
from reelwright.planner.reading.read import read_brief
from reelwright.planner.reading.torn import join_torn

Labelled = tuple[tuple[str, str], ...]


@pytest.mark.parametrize(
    ("text", "marked", "settled"),
    [
        ('Café "Luna" Berlin', (("name", "Luna"), ("place", "Berlin")), [("name", "Luna"), ("place", "Berlin")]),
        ("Zum Gedenken an Oma Hilde, gestorben", (("name", "Zum Gedenken an Oma Hilde"),),
         [("line", "Zum Gedenken an"), ("name", "Oma Hilde")]),
        ("Juno's bell, 14 june", (("name", "Juno's"), ("what", "bell")), [("name", "Juno's"), ("what", "bell")]),
        ('peluquería "Guau" en Sevilla', (("what", "peluquería"), ("fact", 'Guau" en Sevilla')),
         [("what", "peluquería"), ("name", "Guau"), ("place", "en Sevilla")]),
        ("salon Chez Margaux à Nantes, -20%", (("name", "Chez Margaux à Nantes"),),
         [("name", "Chez Margaux"), ("place", "à Nantes")]),
        ("La Table à Lucien, 2 rue Neuve", (("name", "La Table à Lucien"), ("place", "2 rue Neuve")),
         [("name", "La Table à Lucien"), ("place", "2 rue Neuve")]),
        ('"La Table à Lucien", menu 12 €', (("name", "La Table à Lucien"),), [("name", "La Table à Lucien")]),
        ("La Table à Lucien, latablealucien.fr", (("name", "La Table à Lucien"),), [("name", "La Table à Lucien")]),
        ("food truck la Roulotte", (("what", "food truck"), ("name", "la Roulotte")),
         [("what", "food truck"), ("name", "la Roulotte")]),
        ("Bill Harkness turns 80", (("name", "Harkness"),), [("name", "Harkness")]),
        ("Antalya'da satılık 2+1 daire", (("name", "Antalya'da"), ("what", "satılık 2+1 daire")),
         [("place", "Antalya'da"), ("what", "satılık 2+1 daire")]),
        ("Kuaför Elif Bakırköy'de açıldı, ilk kesim", (("name", "Kuaför Elif Bakırköy'de açıldı"),),
         [("name", "Kuaför Elif"), ("place", "Bakırköy'de açıldı")]),
    ],
)  # fmt: skip
def test_a_name_is_what_somebody_is_called(text: str, marked: Labelled, settled: list[tuple[str, str]]) -> None:
    tokens, spans = mark(text, *marked)
    language = "es" if "en Sevilla" in text else "fr"
    assert list_words(text, tokens, settle_named_people(tokens, spans, language, Marks(text))) == settled


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Abonniert Gartenglück mit Tanja", "Abonniert Gartenglück mit Tanja"),
    ],
)
def test_a_call_to_follow_behind_a_sentence_is_no_part_of_the_name(text: str, name: str) -> None:
    tokens, spans = mark(text, ("name", "Abonniert Gartenglück mit Tanja"), probability=0.6)
    assert list_words(text, tokens, settle_named_people(tokens, spans, "de", Marks(text))) == [("name", name)]


def test_a_short_german_our_before_a_thing_is_not_shown() -> None:
    pieces = read_brief("brauche ein kurzes Video für unsern Flohmarkt am Samstag 12.12. von 9 bis 14 uhr").pieces
    assert pieces[0].text == "Flohmarkt"


def test_a_german_noun_before_a_name_is_no_first_name() -> None:
    text = "und mein Enkel Jaron kommt in die Schule"
    tokens, spans = mark(text, ("name", "Jaron"))
    assert list_words(text, tokens, settle_named_people(tokens, spans, "de", Marks(text))) == [("name", "Jaron")]


@pytest.mark.parametrize(
    ("text", "sought", "probability"),
    [
        ("Wir suchen einen Koch (m/w/d) für", "Koch (m/w/d)", LIKELY),
        ("카페 알바 구합니다, 홍대", "카페 알바", LIKELY),
        ("a film about a cook", "a cook", 0.3),
    ],
)
def test_who_is_sought_is_likely(text: str, sought: str, probability: float) -> None:
    tokens, spans = mark(text, ("what", sought), probability=0.3)
    assert [one.probability for one in find_sought(tokens, spans)] == [probability]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('my podcast "Second Helpings" drops every thursday', [("what", "podcast"), ("name", "Second Helpings")]),
        ('il mio podcast "Storie di mare" ogni venerdì', [("what", "podcast"), ("name", "Storie di mare")]),
        ('meet "Second Helpings"', [("name", "Second Helpings")]),
        ('my show is called "Second Helpings"', [("name", "Second Helpings")]),
    ],
)
def test_what_stands_between_my_and_a_quoted_name_says_what_it_is(text: str, found: list[tuple[str, str]]) -> None:
    tokens, spans = mark(text, ("name", found[-1][1]))
    assert list_words(text, tokens, find_kinds(tokens, spans, Marks(text))) == found


@pytest.mark.parametrize(
    ("text", "marked", "joined"),
    [
        ("40% off at Stride Lab", (("offer", "40% off"), ("name", "Stride Lab")),
         [("offer", "40% off"), ("name", "Stride Lab")]),
        ("Stride Lab. use code RUN40", (("name", "Stride Lab"), ("dir", "use code RUN40")),
         [("name", "Stride Lab"), ("offer", "use code RUN40")]),
        ("Stride Lab. pastel colours, code RUN40", (("name", "Stride Lab"), ("dir", "pastel colours, code RUN40")),
         [("name", "Stride Lab"), ("dir", "pastel colours,"), ("offer", "code RUN40")]),
        ("castagne arrosto, treno a vapore 22€", (("fact", "castagne arrosto, treno a vapore"), ("price", "22€")),
         [("fact", "castagne arrosto"), ("price", "treno a vapore 22€")]),
        ("Stride Lab. show the code big", (("name", "Stride Lab"), ("dir", "show the code big")),
         [("name", "Stride Lab"), ("dir", "show the code big")]),
    ],
)  # fmt: skip
def test_signs_places_and_codes_stand_in_their_lines(
    text: str, marked: Labelled, joined: list[tuple[str, str]]
) -> None:
    tokens, spans = mark(text, *marked)
    assert list_words(text, tokens, join_torn(tokens, spans, Marks(text))) == joined


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Wir suchen Pflegefachkräfte (w/m/d) für das Haus", (("what", "w/m"),)),
        ("Wir suchen Pflegefachkräfte (w/m/d) für das Haus", (("what", "Pflegefachkräfte"),)),
    ],
)
def test_who_may_apply_stands_behind_who_is_sought(text: str, marked: Labelled) -> None:
    tokens, spans = mark(text, *marked)
    assert list_words(text, tokens, find_sought(tokens, spans)) == [("what", "Pflegefachkräfte (w/m/d)")]


def test_a_line_that_ends_with_my_takes_the_kind_before_the_name() -> None:
    text = "épisode 47 de mon podcast Les Oubliées : Jeanne Barret"
    tokens, spans = mark(text, ("time", "épisode 47 de mon"), ("name", "Les Oubliées"))
    found = list_words(text, tokens, find_kinds(tokens, spans, Marks(text)))
    assert found == [("time", "épisode 47 de mon podcast"), ("name", "Les Oubliées")]


def test_a_day_is_one_line_and_no_line_ends_with_and_then() -> None:
    brief = (
        "Lost cat!! grey tabby called Biscuit, missing since tues 24 nov from Elm Road / Station Rd area Didcot. "
        "white front paws, chipped. £100 reward. any sightings ring Jo 07700 900142"
    )
    assert any("tues 24 nov" in one.text for one in read_brief(brief).pieces)
    brief = (
        "clases de guitara online con Rubén Ortega, 12 años de experiencia, primera clase gratis y luego 15 € la hora. "
        "escribeme por whatsapp al 612 555 014"
    )
    assert "primera clase gratis y luego 15 € la hora" in [one.text for one in read_brief(brief).pieces]


def test_what_stands_right_before_a_quoted_name_is_likely() -> None:
    text = 'школа танцев "Ритм" в Самаре'
    tokens, spans = mark(text, ("what", "школа танцев"), ("name", "Ритм"), probability=0.4)
    assert find_kinds(tokens, spans, Marks(text))[0].probability == LIKELY


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
