"""A brief that asks to tell people something shows what it asks to tell, its name and its subject, and no request."""

from __future__ import annotations

import pytest

from reelwright.planner.reading.draft import Draft, draft_facts, drop_undrawable
from reelwright.planner.reading.read import read_brief


def draft(brief: str) -> tuple[str | None, list[str]]:
    """Return the name of a brief's draft, and the words of its other lines."""
    facts = read_brief(brief)
    made: Draft = draft_facts(drop_undrawable(facts)[0])
    lines = [line.screen.text for line in made.lines if line.screen.form != "reveal"]
    return facts.name.text if facts.name else None, lines


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("Let people know our ferry doesn't run on Sundays from 1 November to 31 March.",
         "our ferry doesn't run on Sundays from 1 November to 31 March"),
        ("Tell customers our shop moves to 14 Harbour Street on 2 February. Same people, more space.",
         "our shop moves to 14 Harbour Street on 2 February"),
        ("tell everyone that the swimming pool in Oberdorf reopens on 1 May, new slides, kids under 6 free",
         "the swimming pool in Oberdorf reopens on 1 May"),
        ("announce that the Riverside Gym is open 24/7 from January, no contract", "open 24/7 from January"),
    ],
)  # fmt: skip
def test_what_a_brief_asks_to_announce_is_shown_without_the_words_that_ask(brief: str, line: str) -> None:
    name, lines = draft(brief)
    assert line in lines
    shown = " | ".join([name or "", *lines])
    assert not any(word in shown for word in ("people know", "customers", "everyone", "announce", "Bewirb")), shown


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("Launch film for Norrsken, a sunscreen without microplastics. SPF 50, reef safe, 24 euros.", "Norrsken"),
        ("Une vidéo pour la librairie Le Chat Pitre à Lyon : dédicace de Camille Aubry samedi à 15h", "Le Chat Pitre"),
        ("winter boiler service, £79 fixed price, call 0131 496 0202 - Leith Heating", "Leith Heating"),
        ("our app Tally splits bills between flatmates. free on the app store", "Tally"),
        ("yoga on the roof every sunday 8am, bring a mat, Casa Azul, Porto", "Casa Azul"),
        ("ad for a mountain bike rental in the Alps", None),
    ],
)
def test_the_name_is_the_one_that_the_film_is_asked_for_or_that_signs(brief: str, name: str | None) -> None:
    assert draft(brief)[0] == name


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("A calm 40 second film about the library of Tromsø in winter: 24 hours of dark, 300,000 books.",
         "library of Tromsø in winter"),
        ("Make a film about how we restore old accordions. Each takes 60 hours. Bellows & Sons, Castelfidardo",
         "how we restore old accordions"),
        ("we're a small dog grooming salon in Bristol called Muddy Paws, first 50 dogs get 20% off",
         "a small dog grooming salon in Bristol"),
        ("film for Loopboard, a skateboard made from 100% fishing nets. 72 hours left",
         "a skateboard made from 100% fishing nets"),
        ("Film über unsere Brauerei: gegründet 1698, sechs Generationen, vier Biere, ein Brunnen", "ein Brunnen"),
    ],
)  # fmt: skip
def test_what_a_film_is_about_is_shown_whole(brief: str, line: str) -> None:
    assert line in draft(brief)[1]


def test_the_light_that_a_film_is_asked_for_is_no_line() -> None:
    assert draft("15 second ad for Luna Coffee, morning light") == ("Luna Coffee", [])
    assert draft("Ad for Juno, a night light for children. €24")[1] == ["a night light for children", "€24"]
