"""A clause of which the model read parts is shown whole; what is told to the maker, greetings and names stay out."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.clauses import join_clauses, join_parentheses, join_touching
from reelwright.planner.reading.draft import draft_facts
from reelwright.planner.reading.read import read_brief


def complete(text: str, *marked: tuple[str, str]) -> list[tuple[str, str]]:
    """Complete stretches of ``text`` with their labels; return what is made of them."""
    tokens, spans = mark(text, *marked)
    return list_words(text, tokens, join_clauses(text, tokens, spans, Marks(text)))


@pytest.mark.parametrize(
    ("text", "marked", "made"),
    [
        (
            "Our second album is out on 4 May. Ten songs",
            (("time", "out on 4 May"),),
            [("time", "Our second album is out on 4 May")],
        ),
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


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("Your water will be off between 9am and 3pm each day. Questions: 0800 555 0199.",
         "Your water will be off between 9am and 3pm each day"),
        ("Trattoria da Nino riapre. Ogni venerdì frittura a 18 euro, calice incluso. 081 555 0110",
         "Ogni venerdì frittura a 18 euro, calice incluso"),
        ('Need a quick story: "Rain check? Never." 2-for-1 umbrellas this weekend only at Puddle & Co, 88 Canal St',
         "2-for-1 umbrellas this weekend only"),
        ("Tag der offenen Tür am Gymnasium Lindenberg: Samstag, 17. Januar. Bläserklasse spielt um 12.",
         "Bläserklasse spielt um 12"),
        ("Reminder: the deadline for tax returns is 31 January. Late filing costs £100. taxhelp.example",
         "the deadline for tax returns is 31 January"),
    ],
)  # fmt: skip
def test_parts_of_a_clause_that_touch_are_one_line(brief: str, line: str) -> None:
    assert line in [" ".join(piece.text.split()) for piece in read_brief(brief).pieces]


@pytest.mark.parametrize(
    "brief",
    ["Meet the Volta Courier, our electric cargo bike. Carries 180 kg.",
     "The name is Bogdan's Driving School. First lesson is free. Call 01632 960111",
     "Promo for my shop Lowe's. Sandwiches from $9."],
)  # fmt: skip
def test_words_that_say_nothing_lead_up_to_no_name(brief: str) -> None:
    assert draft_facts(read_brief(brief)).lines[0].screen.form in ("reveal", "words")
    assert not any(piece.text in ("Meet", "Meet the", "The name is") for piece in read_brief(brief).pieces)


def test_of_two_names_that_are_as_sure_the_first_is_that_of_the_film() -> None:
    brief = "Tag der offenen Tür am Gymnasium Lindenberg: Samstag, 17. Januar. Bläserklasse spielt um 12."
    name = read_brief(brief).name
    assert name is not None and name.text == "Gymnasium Lindenberg"


def test_a_day_is_not_torn_from_its_month() -> None:
    brief = "Comune di Montarvo – Avviso. I prestiti in corso sono prorogati fino al 30 novembre. Via dei Mulini 12."
    lines = [screen.text for screen in draft_facts(read_brief(brief)).screens]
    assert "I prestiti in corso sono prorogati fino al 30 novembre" in lines


@pytest.mark.parametrize(
    ("text", "marked", "made"),
    [
        ("Aperto fino al 30 novembre", ("Aperto fino al 30", "novembre"), ["Aperto fino al 30 novembre"]),
        ("Tickets 12 May 3", ("Tickets 12", "May 3"), ["Tickets 12", "May 3"]),
        ("Founded 1921 May fair", ("Founded 1921", "May fair"), ["Founded 1921", "May fair"]),
    ],
)
def test_a_month_belongs_to_the_day_before_it_unless_it_has_its_own(
    text: str, marked: tuple[str, str], made: list[str]
) -> None:
    tokens, spans = mark(text, ("fact", marked[0]), ("time", marked[1]))
    assert [words for _, words in list_words(text, tokens, join_touching(tokens, spans))] == made


def test_who_writes_and_what_leads_up_to_the_news_of_a_mail_are_not_shown() -> None:
    drill = "Hi all, a quick heads-up that there'll be a fire drill on Wednesday at 11:15. Leave by the nearest exit."
    assert "a fire drill on Wednesday at 11:15" in [one.text for one in draft_facts(read_brief(drill)).screens]
    supper = (
        "Dear whoever does these, it's Rev. Alison here from St Cuthbert's in Ollerdale. Could you do us something for "
        "the Harvest Supper please? It is on Friday 3 October at 7pm in the church hall, tickets £8."
    )
    assert not any("Alison" in one.text for one in draft_facts(read_brief(supper)).screens)


def test_headings_over_the_proofs_of_an_agency_brief_are_not_shown() -> None:
    brief = (
        "Client: Verrow Mobility\nTone of voice: dry, confident\nKey message: Your car sits still 95% of the day.\n"
        "Support: Earn up to £310 a month. Insured for every trip.\nCTA: List your car at verrow.example"
    )
    lines = [one.text for one in draft_facts(read_brief(brief)).screens]
    assert "Earn up to £310 a month" in lines and not any("Support" in one for one in lines)
