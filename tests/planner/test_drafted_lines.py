"""What the draft of a whole brief shows: things that are told, listed, said by somebody, or spelt as an address."""

from __future__ import annotations

import pytest

from reelwright.planner.certain.values import CertainFacts, Piece, SubjectName
from reelwright.planner.reading.draft import Draft, draft_facts
from reelwright.planner.reading.read import read_brief


def draft(brief: str) -> Draft:
    return draft_facts(read_brief(brief))


def shown(brief: str) -> list[str]:
    return [line.screen.text for line in draft(brief).lines]


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("Make me a vertical promo for Ironbark Gym in Ballarat.\n- open 24/7, no lock-in contracts\n- sauna, ladies "
         "only room\nDon't use pink. Logo is a gum tree, I'll add it myself later. End on ironbarkgym.example",
         "ironbarkgym.example"),
    ],
    ids=[ "own address"],
)  # fmt: skip
def test_what_the_film_is_for_is_shown(brief: str, line: str) -> None:
    assert line in shown(brief)


@pytest.mark.parametrize(
    "brief",
    [
        "I have been asked by our principal to obtain three quotations. We need a film. Strings and harps on loan.",
        "please make sure that it looks calm, for our shop Fernway, tea from 4 pounds",
    ],
)
def test_what_is_told_to_the_maker_alone_is_not_shown(brief: str) -> None:
    assert not any("quotations" in line or "looks calm" in line for line in shown(brief))


def test_steps_are_parted_from_their_numbers_and_days_keep_theirs() -> None:
    steps = shown(
        "A video on the water cycle. Step 1: the sun heats the oceans. Step 2: the vapor rises and cools. Step 3: it "
        "falls as rain or snow. Step 4: it collects in rivers and lakes."
    )
    assert steps[-4:] == [
        "the sun heats the oceans", "the vapor rises and cools", "it falls as rain or snow",
        "it collects in rivers and lakes",
    ]  # fmt: skip
    days = shown("Unsere Reise. Tag 1: Ankunft in Rom. Tag 2: Wanderung am See. Tag 3: Rückfahrt mit dem Zug.")
    assert {"Tag 1: Ankunft in Rom", "Tag 2: Wanderung am See", "Tag 3: Rückfahrt mit dem Zug"} <= {*days}


@pytest.mark.parametrize(
    ("brief", "speaker"),
    [
        ("Pas de frais de déplacement dans un rayon de 30 km autour d'Alençon. Une cliente, Sophie, m'a écrit : « Mon "
         "vieux Labrador remonte les escaliers, merci ! » Mon nom : Clémence Arnoult.", "Une cliente, Sophie"),
        ('Emergency cover till 10pm, seven days a week. "Turned up when he said, cleaned up after himself" – Mrs D. '
         "Prosser, Craven Arms. Phone 01632 960 771.", "Mrs D. Prosser, Craven Arms"),
    ],
)  # fmt: skip
def test_a_quotation_is_said_by_whom_the_words_before_or_behind_it_name(brief: str, speaker: str) -> None:
    assert [line.screen.speaker for line in draft(brief).lines if line.screen.form == "quote"] == [speaker]


def test_no_line_goes_on_behind_the_end_of_its_sentence() -> None:
    lines = shown("Sans dépassement d'honoraires. 12, quai des Mégissiers. Rendez-vous au 05 55 00 61 20.")
    assert "12, quai des Mégissiers" in lines


def test_a_number_of_a_register_is_no_telephone_and_a_request_no_call() -> None:
    lines = draft(
        "We need £60,000 by 15 December. Ending with how to give: text WARM to 70099 or go to "
        "harbourlightshelter.example. Registered charity 1098765."
    ).lines
    assert not any(line.screen.url.startswith("tel:") for line in lines)
    ringing = draft("Hill Top Kennels, cosy runs, open all year. Ring the company 01632 960021.").lines
    assert any(line.screen.url.startswith("tel:") for line in ringing)
    assert "text WARM to 70099" in [line.screen.text for line in lines]
    brief = "Promote kettleandcrumb.co.uk, our online shop for small-batch loose leaf tea, free postage over £25"
    assert "Promote" not in shown(brief)


@pytest.mark.parametrize(
    ("brief", "struck"),
    [
        ("Day pass €15, festival pass €40 (early bird €32 until 30 September). Little Lantern Film Festival", []),
        ("Black Friday at Harlow Optics: all designer frames 40% off, was $250, now $150.", ["was $250\nnow $150"]),
        ("Ad for Annapurna Sweets, Indore. Kaju katli Rs 899 per kg (earlier Rs 1,050).",
         ["earlier Rs 1,050\nKaju katli Rs 899 per kg"]),
    ],
    ids=["for others", "discount beside it", "rupees"],
)  # fmt: skip
def test_an_old_price_is_struck_out_beside_the_one_that_replaces_it_alone(brief: str, struck: list[str]) -> None:
    screens = [line.screen for line in draft(brief).lines]
    assert [one.text for one in screens if any(run.style == "struck" for run in one.runs)] == struck


def test_a_name_has_its_adjective_and_no_word_that_calls_it_so() -> None:
    assert "Freiwillige Feuerwehr Oberkirchen" in shown(
        "Kurzes Video für die Freiwillige Feuerwehr Oberkirchen: Tag der offenen Tür am 14. September ab 11 Uhr."
    )
    assert "Guesthouse Nino" in shown(
        "We are family guesthouse in mountains of Georgia. It calls Guesthouse Nino. We have 7 rooms."
    )


def test_the_heading_of_a_field_may_be_a_question() -> None:
    lines = shown(
        "CAMPAÑA GRATUITA DE VACUNACIÓN\n¿Cuándo? Sábado 22 de marzo\n¿Dónde? Plaza principal\n¿Para quién? Perros y "
        "gatos a partir de los 3 meses\nConsultas: 0800-555-21"
    )
    assert "Perros y gatos a partir de los 3 meses" in lines
    assert not any("¿" in line for line in lines)


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("Riverbend Food Pantry needs volunteer drivers: two hours a week, Tuesday or Thursday mornings, mileage paid "
         "at 45 cents. Sign up at riverbendpantry.example/drive.\n\n(Note for editor: our logo is being redone, leave "
         "it off.)", "needs volunteer drivers"),
        ("Bürgeramt Wiesenau – neue Öffnungszeiten ab 1. September:\n• Mo, Mi: 8–12 Uhr\n• Di, Do: 8–18 Uhr\n• Fr: nur "
         "mit Termin\nTermine online unter wiesenau.example/termin.", "Fr: nur mit Termin"),
        ("Announcing Hopper, an open-source job queue for Postgres. No Redis, no broker, just one table. 18,000 jobs "
         "per second on a single laptop.", "Hopper"),
    ],
    ids=["name first", "bullet", "announced"],
)  # fmt: skip
def test_a_clause_or_bullet_of_which_a_part_was_read_stands_whole(brief: str, line: str) -> None:
    assert line in shown(brief)


def test_what_somebody_calls_a_name_is_no_line() -> None:
    brief = (
        "I keep bees on a roof. Level Six Honey it's called. There are only 80 jars, £9 each, at the Saturday market"
    )
    assert not any("called" in line for line in shown(brief))


def test_the_new_price_is_never_struck_out() -> None:
    lines = draft(
        "Make video about our English course for adults. The name of school: Lingua Most. Old price 120 EUR for month, "
        "new price 95 EUR if you pay before 15 September."
    ).lines
    assert not any(run.style == "struck" and "new" in run.text for line in lines for run in line.screen.runs)


@pytest.mark.parametrize(
    ("brief", "cards"),
    [
        ('Ad for "Tern". Call 01632 960147. tern.example', ["Call 01632 960147 → https://tern.example"]),
        ('"Tern". tern.example, shop@tern.example', ["shop@tern.example → https://tern.example"]),
        ("Bikes. 01632 960147, fix@tern.example, tern.example",
         ["01632 960147 · fix@tern.example → https://tern.example"]),
        ('"Tern". Call 01632 960147 or visit tern.example', ["Call 01632 960147 → https://tern.example"]),
        ('"Tern". Call 01632 960147, mail shop@tern.example', ["Call 01632 960147, mail → mailto:shop@tern.example"]),
        ('Brocante "Tern", inscriptions avant le 10 mai (06 39 98 04 12 ou à bonjour@tern.example).',
         ["inscriptions avant le 10 mai · 06 39 98 04 12 → mailto:bonjour@tern.example"]),
        ('"Tern". tern.example, we bake daily, shop@tern.example',
         ["shop@tern.example → mailto:shop@tern.example", "tern.example → https://tern.example"]),
    ],
    ids=["phone and web", "web and mail", "three", "in one call", "mail last", "or", "apart"],
)  # fmt: skip
def test_contacts_beside_one_another_stand_on_one_card(brief: str, cards: list[str]) -> None:
    calls = [line.screen for line in draft(brief).lines if line.screen.form == "call"]
    assert [f"{one.text} → {one.url}" for one in calls] == cards


@pytest.mark.parametrize(
    ("brief", "lines"),
    [
        ("Our library is 100. Sunday 7 September, 11 till 4, Penrhyn Street. It's all free.",
         ["Sunday 7 September, 11 till 4", "Penrhyn Street"]),
        ("Batteries burn. We had 23 fires last year. Take them to any of 9 collection points or to supermarket.",
         ["Take them to any of 9 collection points or to supermarket"]),
        ("Kutz by O'Dell. Mon-Fri 2-for-1 fades before noon. Walk ins only.", ["Mon-Fri 2-for-1"]),
        ("Vantera Pumps\n• Flow rate 20 – 1.200 m³/h\n• Made in Eindhoven", ["Flow rate 20 – 1.200 m³/h"]),
        ("Pemberton's Bike Repairs, Tuesday to Saturday 9-5:30. it's £29 a month with no mid-contract rises.",
         ["it's £29 a month with no mid-contract rises"]),
    ],
    ids=[ "hour before a street", "counted things", "2-for-1", "range", "clause",],
)  # fmt: skip
def test_a_line_ends_where_what_it_says_ends(brief: str, lines: list[str]) -> None:
    assert [line for line in lines if not any(line in one for one in shown(brief))] == []
    assert not any("\n" in one for one in shown(brief))


def test_a_paragraph_of_nothing_but_copy_is_shown_whole_beside_one_for_the_maker() -> None:
    lines = shown(
        "ST WILFRID'S SUMMER FAYRE\nSaturday 28th June, 12 noon – 4 pm\nOn the Vicarage Lawn, Church Lane, Bramcote\n"
        "Opened by local author Judith Penhaligon\n* Tombola * Plant stall * Coconut shy * Dog show (enter from 1.30, "
        "£2 per dog) * Cream teas £5.50 *\nMusic from the Beeston Brass Band\nEntry £1, children free\nNo parking at "
        "the church, please use the school field\nAll proceeds to the roof fund – £8,300 raised so far, £11,700 to go!"
        "\n\n(that's the leaflet, can you turn it into a film for facebook, about half a minute, cheerful and vintage)"
    )
    assert "All proceeds to the roof fund" in lines
    assert not any("leaflet" in line or "cheerful" in line for line in lines)


def test_who_writes_is_not_what_the_film_is_for() -> None:
    lines = draft(
        "Hello, I have driving school in Leicester, my name is Bogdan. Please make video for young people. First "
        "lesson is free. The name is EasyGear Driving. Vertical for TikTok."
    ).lines
    assert [line.screen.text for line in lines if line.screen.form == "reveal"] == ["EasyGear Driving"]


def test_nobody_who_can_price_a_thing_forbids_no_prices() -> None:
    assert "$2.1M ARR" in shown(
        "Rotwise is one API for compost. Nobody can price it, track it or pay for it.\n\n- 11 cities live\n- $2.1M "
        "ARR\n\nmake it feel like a keynote but funny. 30s. dark background, big type."
    )


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("Half of all invoices get paid late. Tallyhoo chases them so you don't have to. Connect your inbox, choose "
         "polite or firm, and get back to work. Customers get paid 11 days sooner. £9 a month. tallyhoo.example",
         "Tallyhoo"),
        ("성수동 로스터리 카페 '느린오후' 2주년 이벤트 영상 부탁드려요!\n\n기간: 10월 3일(금) ~ 10월 9일(목)\n"
         "- 아메리카노 4,500원",
         "느린오후"),
    ],
    ids=["by its address", "quoted"],
)  # fmt: skip
def test_a_name_is_found_inside_a_line(brief: str, name: str) -> None:
    assert [one.screen.text for one in draft(brief).lines if one.screen.form == "reveal"] == [name]


def test_a_call_takes_the_telephone_number_right_behind_it() -> None:
    lines = draft(
        "boiler broke? no heat? Call Dave. 07700 900 318. Gas Safe registered, no call out charge, 24/7"
    ).lines
    calls = [line.screen for line in lines if line.screen.form == "call"]
    assert [(one.text, one.url) for one in calls] == [("Call Dave 07700 900 318", "tel:07700%20900%20318")]


@pytest.mark.parametrize(
    ("brief", "cards"),
    [
        ("Tern Tours, boat trips from Hull. Book now. 01632 960147. tern.example",
         ["Book now. 01632 960147 → https://tern.example"]),
        ("Appelez Paul. 06 12 34 56 78. Appelez Anne. 06 87 65 43 21. Déménagements Lune.",
         ["Appelez Paul 06 12 34 56 78 → tel:06%2012%2034%2056%2078",
          "Appelez Anne 06 87 65 43 21 → tel:06%2087%2065%2043%2021"]),
    ],
    ids=["and an address", "two people"],
)  # fmt: skip
def test_no_telephone_number_is_lost_or_stands_under_another_name(brief: str, cards: list[str]) -> None:
    calls = [line.screen for line in draft(brief).lines if line.screen.form == "call"]
    assert [f"{one.text} → {one.url}" for one in calls] == cards


def test_a_call_takes_no_number_of_a_fax() -> None:
    lines = draft("Kutz barbers. Book online. Fax 01632 960999. Shop 01632 960147.").lines
    assert not any("Book" in line.screen.text and "960999" in line.screen.url for line in lines)


@pytest.mark.parametrize(
    "told",
    ["Please no prices on screen since nobody has agreed them yet.",
     "Bitte keine Preise zeigen weil niemand sie freigegeben hat."],
)  # fmt: skip
def test_a_ban_of_prices_holds_whoever_has_not_agreed_to_them(told: str) -> None:
    assert not any("18" in line for line in shown(f"Fenn Pottery opens on 4 May. Mugs £18. {told}"))


@pytest.mark.parametrize(
    "line", ["Entry £5 before 11pm £8 after", "Kayak tour $45 before noon $60 sunset", "Tickets $10 before $15 after"]
)
def test_a_price_of_a_later_hour_is_not_struck(line: str) -> None:
    lines = draft(f"Club night at Vault. {line}. Doors at nine.").lines
    assert not any(run.style == "struck" for one in lines for run in one.screen.runs)


def test_what_is_noted_behind_the_copy_stays_off_the_screen() -> None:
    lines = shown(
        "Tidewell Sailing School. Beginners from £60. Book at tidewell.example\n\nTwo claims last season. Not for "
        "publication: instructor DBS pending. Landlord wants the shop back in June."
    )
    assert not any("publication" in line or "Landlord" in line for line in lines)


def test_a_price_stands_with_what_it_is_for_and_with_the_one_before() -> None:
    lines = draft(
        "HAY FOR SALE. $7.50 a bale in the barn, $8.50 delivered within 30 mi, min 50 bales. Big Sale at Kaveri, "
        "washing machine Rs 18,990 was Rs 24,500. Call 330-555-0148."
    ).lines
    assert "$8.50 delivered within 30 mi" in [line.screen.text for line in lines]
    assert [run.text for line in lines for run in line.screen.runs if run.style == "struck"] == ["was Rs 24,500"]


def test_facts_that_are_numbers_and_what_they_count_are_figures() -> None:
    lines = draft("For sale: 418 Larkspur Court, Boise.\n4 bed · 2.5 bath · 3-car garage\nOffered at $649,000").lines
    assert [line.screen.text for line in lines if line.screen.form == "proof"] == ["4 bed", "2.5 bath"]


def test_a_name_and_one_sure_line_are_filled_up_with_lines_that_are_less_sure() -> None:
    brief = "Ersilia insegna. fa la sfoglia. chi ha fretta mangia crudo"
    facts = CertainFacts(
        brief=brief,
        language="it",
        name=SubjectName(text="Ersilia", start=0, end=7),
        pieces=(
            Piece(kind="fact", text="fa la sfoglia", start=17, end=30, probability=0.3),
            Piece(kind="fact", text="chi ha fretta mangia crudo", start=32, end=58),
        ),
    )
    assert [screen.text for screen in draft_facts(facts).screens] == [
        "Ersilia", "fa la sfoglia", "chi ha fretta mangia crudo"
    ]  # fmt: skip
