"""What the form of a brief says by itself: a label for names, the steps of a list, whose film it is, closed quotes."""

from __future__ import annotations

import pytest

from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.names.described import find_described
from reelwright.planner.reading.read import read_brief
from reelwright.planner.reading.tagger import TaggedSpan
from reelwright.planner.reading.tokens import tokenise


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("Q3 results: revenue up 18%, 4,000 new customers. Title: Our best quarter yet", "Our best quarter yet"),
        ('A bell that plays a chord.\nName: "Juno". 39 euros', "Juno"),
        ("店名：云间咖啡，周五开业", "云间咖啡"),
        ("Собрание жильцов ТСЖ «Северный парк», 5 мая в 19:00", "ТСЖ «Северный парк»"),
    ],
)
def test_a_labelled_or_quoted_name_is_read_whole(brief: str, name: str) -> None:
    found = read_brief(brief).name
    assert found and found.text == name


@pytest.mark.parametrize(
    ("brief", "steps"),
    [
        (
            "How to repot a plant. 1 water it the day before 2 loosen the roots 3 fresh soil 4 water again",
            ["1 water it the day before", "2 loosen the roots", "3 fresh soil", "4 water again"],
        ),
        (
            "On 1 April. 1. Mash two bananas. 2. Add oats and 2 eggs. 3. Bake 20 minutes at 180. Thank you!",
            ["Mash two bananas", "Add oats and 2 eggs", "Bake 20 minutes at 180"],
        ),
        ("So geht's: 1) App laden 2) Konto anlegen 3) Losfahren!", ["App laden", "Konto anlegen", "Losfahren"]),
    ],
)
def test_each_step_of_a_numbered_list_is_a_line(brief: str, steps: list[str]) -> None:
    assert [piece.text for piece in read_brief(brief).pieces if piece.text in steps] == steps


@pytest.mark.parametrize(
    "brief",
    [
        "Our gym: 1 month free, 2 locations, 3 trainers",
        "Buy 1 get 2 free, only 3 days left",
        "Use 1 cup of sugar with 2 eggs and 3 spoons of honey",
        "Score 1 to 2 after 3 rounds",
    ],
)
def test_numbers_that_count_things_are_no_steps_and_none_is_lost(brief: str) -> None:
    shown = " ".join(piece.text for piece in read_brief(brief).pieces)
    assert all(number in shown for number in "123")


@pytest.mark.parametrize(
    "wish", ["Name: please use our logo", "Title: catchy, with a question", "Name: not yet decided"]
)
def test_a_wish_behind_a_label_for_names_is_no_name(wish: str) -> None:
    name = read_brief(f"{wish}. Dental clinic Smile House, open from Monday").name
    assert name is None or name.text not in wish


@pytest.mark.parametrize(
    ("brief", "what"),
    [
        ('Quiero un anuncio de mi taller mecánico "Motor Norte", cambio de aceite 29,90 €', "taller mecánico"),
        ("Video for my dog walking business, Happy Paws. £12 an hour", "dog walking business"),
    ],
)
def test_what_a_film_is_for_is_read_without_the_request_and_without_whose_it_is(brief: str, what: str) -> None:
    assert what in [piece.text for piece in read_brief(brief).pieces]


def test_the_words_between_a_request_and_a_name_say_what_has_the_name() -> None:
    text = "Ein Werbespot für die Kanzlei Vogel"
    tokens = tokenise(text)
    request = TaggedSpan(label="dir", first=0, end=5, probability=0.1)
    name = TaggedSpan(label="name", first=5, end=6, probability=0.9)
    made = find_described(tokens, [request, name], Marks(text))
    assert [(one.label, one.first, one.end) for one in made] == [("dir", 0, 4), ("what", 4, 5), ("name", 5, 6)]


def test_who_is_asked_for_a_film_is_not_what_it_is_for() -> None:
    assert not read_brief("Make a short funny video for our Instagram").pieces


def test_a_name_is_not_taken_for_a_street_with_the_number_behind_it() -> None:
    facts = read_brief("Ad for a meditation app. It's called Still. 5 minutes a day.")
    assert facts.name and facts.name.text == "Still"


@pytest.mark.parametrize("brief", ["gym promo tiktok need it asap high energy", "bakery video pls"])
def test_a_brief_of_one_kind_of_thing_is_a_film_of_it(brief: str) -> None:
    assert [one.text for one in read_brief(brief).list_pictures("subject")] == [brief.split()[0]]


def test_a_price_that_is_no_more_is_told_from_the_one_that_is() -> None:
    pieces = read_brief("30% off all colour, was £80 now £56, this friday only").pieces
    assert [(one.kind, one.text) for one in pieces if "£" in one.text] == [("old", "was £80"), ("offer", "now £56")]


def test_a_short_clause_is_one_line() -> None:
    pieces = read_brief(
        "Library club: every kid who reads 6 books gets a medal. Check your smoke alarm every month."
    ).pieces
    assert {"every kid who reads 6 books gets a medal", "Check your smoke alarm every month"} <= {
        p.text for p in pieces
    }


def test_an_hour_keeps_its_am() -> None:
    assert "from 6 am" in [
        piece.text for piece in read_brief("Bakery Korn, fresh bread from 6 am, sourdough 5 euros").pieces
    ]


def test_an_ending_behind_a_quotation_is_no_line() -> None:
    facts = read_brief('Kitap kulübü bu ay "Gizli Saat"i okuyor. 19 Kasım 20.00, Kafe Sarmaşık')
    assert not any(one.text.startswith("i ok") for one in facts.pieces)


def test_the_name_that_an_address_spells_comes_before_another_one() -> None:
    brief = "We closed our seed round, $3.1M led by Fernhollow Capital. Sensors for silos. Silomoist, silomoist.example"
    facts = read_brief(brief)
    assert facts.name and facts.name.text == "Silomoist"
    assert "$3.1M led by Fernhollow Capital" in [one.text for one in facts.pieces]


def test_points_of_a_list_are_lines_of_their_own() -> None:
    brief = "Maze is back!\n- Fri 4 to 9, Sun 10 to 9\n- $14, kids 3 to 11 $10"
    shown = [one.text for one in read_brief(brief).pieces]
    assert not any("\n" in text for text in shown) and {"$14", "kids 3 to 11 $10"} <= {*shown}


def test_the_price_of_another_thing_of_a_list_is_no_old_price() -> None:
    facts = read_brief("강아지 미용실 '몽실이네' 오픈! 소형견 목욕 15,000원, 전체 미용 35,000원. 매주 수요일 휴무")
    assert not facts.list_pieces("old")


def test_questions_about_the_film_are_not_shown() -> None:
    asked = "Q: who's it for? A: people who never set foot in a gym\nQ: what should it NOT look like? A: abs"
    brief = f"{asked}\nQ: price? A: 22.50 a month\nQ: name? A: The Ordinary Gym, Old Tram Depot"
    assert not any(one.text in ("abs", "who's it for?") for one in read_brief(brief).pieces)


def test_a_name_keeps_the_mark_that_closes_its_quotation() -> None:
    name = read_brief("Teatr Lalek „Guzik” zaprasza na premierę. Sobota, 17 stycznia, godz. 11.00").name
    assert name and name.text == "Teatr Lalek „Guzik”"


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("店名は最後に小さく「K. Mori 靴工房」、一足に四十時間、それだけでいい。", "K. Mori 靴工房"),
        ("靴下。ハカナイ。つま先に縫い目がない。3足1,980円。文字は少なく。", "ハカナイ"),
        ("会社名：ミナモシステムズ。社員41名、フルリモート可。競合の名前は出せません", "ミナモシステムズ"),
        ("动画《盐从哪里来》。2026年4月18日至8月30日，东湾博物馆二层临展厅", "盐从哪里来"),
    ],
)
def test_a_name_that_is_read_is_no_line_and_is_not_forbidden_with_others(brief: str, name: str) -> None:
    found = read_brief(brief).name
    assert found and found.text == name


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("Repair café Schraube, jeden ersten Sonntag. Bringt ein Kissen mit. Eintritt frei", "Bringt ein Kissen mit"),
        (
            "Brine is a lunch box. A lid you can open with mittens on. Dishwasher safe",
            "A lid you can open with mittens on",
        ),
        ("BOOT FAIR, WHITTLE'S FIELD, SELLERS 6AM £10 A CAR £14 A VAN, BUYERS 7.30", "£14 A VAN"),
        ("Pırıl Halı Yıkama, metrekaresi 65 TL, en geç 3 günde hazır. 0555 000 61 27", "en geç 3 günde hazır"),
    ],
)
def test_a_word_that_ends_a_clause_or_begins_one_in_its_language_joins_nothing(brief: str, line: str) -> None:
    assert line in [" ".join(one.text.split()) for one in read_brief(brief).pieces]
