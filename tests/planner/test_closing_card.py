"""The card that closes a film: with its name and its call, for as long as both take to be read and to be used."""

from __future__ import annotations

import pytest

from reelwright.documents.read import read_script
from reelwright.media.letters.streets import is_street_line
from reelwright.planner.edits.edit import rematch
from reelwright.planner.match import find_about
from reelwright.planner.rules import plan_without_models
from reelwright.planner.screens.film import FilmingOptions, plan_script
from reelwright.planner.screens.parts import build_parts
from reelwright.planner.screens.plan_script import write_plan_script
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan, Shot


def film(text: str) -> Plan:
    options = FilmingOptions(
        brief=Brief(text="x"), name="script.md", title="Rossi", tone="neutral", language="en", files={}
    )
    return plan_script(read_script(text), options).plan


@pytest.mark.parametrize(
    "brief",
    [
        "Emergency plumber in Leeds. Rossi & Daughter. We answer in 20 minutes, day and night.",
        "We are Wag Club, a dog day care in Leith. Big garden, two walks a day. Day pass £28.",
        "Kettle & Spoke repairs bicycles while you wait. Call 0117 555 0188.",
    ],
)
def test_a_film_of_a_brief_with_a_name_closes_on_it(brief: str) -> None:
    plan = plan_without_models(Brief(text=brief)).plan
    last = plan.shots[-1]
    assert last.words["name"] in brief and plan.beats[-1].name == "end_card"
    assert last.length >= 75, "two seconds and a half at 30 frames a second"


def test_where_to_go_stands_on_the_card_that_closes_a_film_without_a_call() -> None:
    brief = "Backhaus Nord, a bakery in Kiel. Sourdough rye from 7 am. Holtenauer Straße 88."
    plan = plan_without_models(Brief(text=brief)).plan
    assert dict(plan.shots[-1].words) == {"name": "Backhaus Nord", "line": "from 7 am|Holtenauer Straße 88"}
    assert not any("Straße" in shot.words.get("line", "") for shot in plan.shots[:-1])
    assert plan.shots[-1].length >= 75
    again = film(write_plan_script(plan))
    assert [[*shot.words.values()] for shot in again.shots] == [[*shot.words.values()] for shot in plan.shots]


@pytest.mark.parametrize(
    ("line", "is_place"),
    [
        ("Holtenauer Straße 88", True),
        ("88 High Street, Leeds LS1 4AB", True),
        ("Via Roma 3/b, Torino", True),
        ("Dorpsstraat 12 Ede", True),
        ("Save 20% in every street", False),
        ("24 rooms at Bath Road", False),
        ("Five minutes from Road 5", False),
        ("Save 20 at 88 High Street", False),
        ("88 High Street has 20 rooms", False),
    ],
)
def test_only_a_street_with_its_house_number_and_town_moves_to_the_card(line: str, is_place: bool) -> None:
    assert is_street_line(line) == is_place


def test_a_handle_stands_on_the_card_that_closes_a_film() -> None:
    plan = plan_without_models(Brief(text="Gloss & Co, a nail salon. New gel colours. 20% off. @glossandco")).plan
    assert dict(plan.shots[-1].words) == {"name": "Gloss & Co", "line": "@glossandco"}
    assert [shot.words.get("line") for shot in plan.shots].count("@glossandco") == 1
    again = film(write_plan_script(plan))
    assert [[*shot.words.values()] for shot in again.shots] == [[*shot.words.values()] for shot in plan.shots]


def test_small_print_under_a_picture_that_stays_is_on_the_last_card_and_no_screen_after_it() -> None:
    text = "![](lake.jpg)\n\nWake up.\n\n# Schilf\n\n[Arrange a viewing](tel:0452255)\n\n<!-- legal -->\nNo fee."
    parts = build_parts(read_script(text), "script.md", is_voiced=False)
    assert [dict(part.words) for part in parts][-1]["legal"] == "No fee."
    assert len(parts) == 3


def test_an_old_and_a_new_price_stand_long_enough_for_both() -> None:
    plan = film("# Rossi\n\n~~€890,000~~ €790,000\n\nA lake house.")
    assert next(shot for shot in plan.shots if "before" in shot.words).length >= 72


@pytest.mark.parametrize("end", ["", "\n[Call](tel:0113%20555%200199)\n"])
def test_a_script_has_the_screens_that_were_written_and_its_call_stands_long_enough(end: str) -> None:
    plan = film(f"# Rossi\n\nWe answer at once.\n{end}")
    assert len(plan.shots) == (3 if end else 2)
    assert not end or plan.shots[-1].length >= 75


def test_the_card_of_a_brief_is_a_screen_of_its_script() -> None:
    plan = plan_without_models(
        Brief(text="Emergency plumber in Leeds. Rossi & Daughter. We answer day and night.")
    ).plan
    again = film(write_plan_script(plan))
    assert [[*shot.words.values()] for shot in again.shots] == [[*shot.words.values()] for shot in plan.shots]


def test_a_call_without_a_contact_is_the_button_of_the_card_that_closes_a_film() -> None:
    brief = 'Ad for our escape room "The Clockmaker", 60 minutes, up to 6 players, from £22 a person. Book on our site'
    plan = plan_without_models(Brief(text=brief)).plan
    assert dict(plan.shots[-1].words) == {"name": "The Clockmaker", "line": "Book on our site"}
    assert plan.beats[-1].name == "end_card"
    assert [shot.words.get("line") for shot in plan.shots].count("Book on our site") == 1
    again = film(write_plan_script(plan))
    assert [[*shot.words.values()] for shot in again.shots] == [[*shot.words.values()] for shot in plan.shots]


def test_what_to_bring_is_no_button_and_when_and_where_are() -> None:
    brief = 'spin class "Ride or Die" every tues 6:15am, first ride free, Unit 4 Forge Lane Sheffield, bring a towel'
    plan = plan_without_models(Brief(text=brief)).plan
    assert dict(plan.shots[-1].words) == {
        "name": "Ride or Die", "line": "every tues 6:15am|Unit 4 Forge Lane Sheffield"
    }  # fmt: skip
    again = film(write_plan_script(plan))
    assert [[*shot.words.values()] for shot in again.shots] == [[*shot.words.values()] for shot in plan.shots]


def test_a_film_without_a_link_closes_on_its_place_and_time() -> None:
    brief = (
        "The flea market Trödel returns. 140 stalls. Entry is free. "
        "Come to Riverside Square every Saturday from 8 to 14."
    )
    plan = plan_without_models(Brief(text=brief)).plan
    assert plan.shots[-1].words["line"] == "every Saturday from 8 to 14|Come to Riverside Square"
    assert not any(shot.words.get("line") == "Come to Riverside Square" for shot in plan.shots[:-1])


def test_a_film_without_a_name_closes_on_where_to_come() -> None:
    brief = "A choir is looking for voices. No audition. We sing folk. Come to Gartenweg 3. First evening free."
    last = plan_without_models(Brief(text=brief)).plan.shots[-1]
    assert dict(last.words) == {"line": "Come to Gartenweg 3"}


def test_a_film_that_ends_on_its_call_has_its_street_as_small_print() -> None:
    brief = "Kettle & Crank repairs bicycles. Bring your bike to 18 Canal Street. Call 020 7946 0321."
    last = plan_without_models(Brief(text=brief)).plan.shots[-1]
    assert last.words["url"] == "020 7946 0321" and last.words["legal"] == "18 Canal Street"


def test_a_call_without_a_name_stands_under_what_the_film_opens_with() -> None:
    brief = "New exhibition at the harbour museum. 200 objects from six centuries. Open daily 10-18. harbour.example"
    last = plan_without_models(Brief(text=brief)).plan.shots[-1]
    assert dict(last.words) == {"name": "New exhibition at the harbour museum", "url": "harbour.example"}


def test_a_number_before_a_street_that_is_no_house_is_no_address() -> None:
    brief = "City of Marlow. Mill Bridge is closed. Buses 4 and 17 divert via Mill Lane. Call 020 7946 0321."
    assert "legal" not in plan_without_models(Brief(text=brief)).plan.shots[-1].words


@pytest.mark.parametrize("line", ["Every Monday we bake rye", "24 rooms and a pool"])
def test_a_line_that_invites_nowhere_is_no_call(line: str) -> None:
    plan = plan_without_models(Brief(text=f"We are Wag Club, a dog day care in Leith. {line}. Two walks a day.")).plan
    assert dict(plan.shots[-1].words) == {"name": "Wag Club"}


EVENT = """\
No phones.

# Rotor
## Techno in the boiler house

Friday 13 November
23:00 until it is light

[Tickets](https://rotor.example)
"""


def find_card(plan: Plan) -> Shot:
    return plan.beats[-1].shots[-1]


def test_the_last_card_says_what_the_name_is_and_the_day_of_an_event() -> None:
    plan = film(EVENT)
    assert find_card(plan).source.extra["about"] == "Techno in the boiler house|Friday 13 November, 23:00"  # type: ignore[union-attr]
    assert "about" not in plan.beats[0].shots[0].source.extra  # type: ignore[union-attr]
    assert find_about([("reveal", {"descriptor": "Dinner"}), ("brand", {"line": "Closed on Sundays"})]) == "Dinner"


def test_a_descriptor_that_is_reworded_is_reworded_on_the_last_card_too() -> None:
    plan = film(EVENT)
    named = next(shot for beat in plan.beats if beat.name == "reveal" for shot in beat.shots)
    edited = rematch(plan, named.id, words={"descriptor": "House in the boiler room"})
    assert find_card(edited).source.extra["about"].startswith("House in the boiler room|")  # type: ignore[union-attr]
    other = rematch(plan, plan.beats[0].shots[0].id, words={"line": "No photos."})
    assert find_card(other) == find_card(plan)


PRICED = ("transformation", {"before": "~~£38~~", "after": "**£29** until 31 May"})
NAMED = ("reveal", {"name": "Midnight Ten", "descriptor": "Ten kilometres"})
DATED = ("brand", {"line": "Saturday 29 August|Start 23:30"})


@pytest.mark.parametrize(
    ("screens", "about"),
    [
        ([NAMED, PRICED], "Ten kilometres|£29 until 31 May"),
        ([NAMED, DATED, PRICED], "Saturday 29 August, 23:30|£29 until 31 May"),
        ([NAMED, ("offer", {"deal": "한 달 ~~32,000원~~ **24,900원**"})], "Ten kilometres|한 달 24,900원"),
        ([NAMED, ("offer", {"deal": "Plait ~~€6.40~~ **€4.90**", "terms": "One per customer."})], "Ten kilometres"),
        ([NAMED, ("offer", {"deal": "Plait **€4.90**"})], "Ten kilometres"),
        ([NAMED, ("transformation", {"before": "~~Four dashboards~~", "after": "One question"})], "Ten kilometres"),
    ],
)
def test_a_lowered_price_without_small_print_stands_on_the_last_card(
    screens: list[tuple[str, dict[str, str]]], about: str
) -> None:
    assert find_about(screens) == about
