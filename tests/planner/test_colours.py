"""The colour that a brief asks for is the film's accent; a colour of what is sold is none."""

from __future__ import annotations

import pytest

from reelwright.media.looks.registry import list_look_names, load_look
from reelwright.planner.certain.values import CertainFacts, Direction, Piece
from reelwright.planner.edits.edit import set_look
from reelwright.planner.extract.colours import find_accent
from reelwright.planner.look_choice import choose_accent, list_accents
from reelwright.planner.match import read_film_settings
from reelwright.planner.rules import plan
from reelwright.planner.tables import load_colours
from reelwright.reel.film.brief import Brief


def read(*directions: str, fact: str = "") -> str:
    """The accent of a brief that consists of a fact and directions."""
    brief = "\n".join([fact, *directions])
    told = [Direction(kind="other", text=one, start=brief.index(one), end=0) for one in directions]
    pieces = [Piece(kind="fact", text=fact, start=0, end=len(fact))] if fact else []
    return find_accent(CertainFacts(brief=brief, language="en", pieces=tuple(pieces), directions=tuple(told)))


@pytest.mark.parametrize(
    ("direction", "colour"),
    [
        ("pink n glittery please", "#EC4F97"),
        ("bitte alles in Salbeigrün", "#2E8B57"),
        ("en tonos turquesa", "#0E8C8C"),
        ("en bleu marine", "#1F3A7A"),
        ("w odcieniach fioletu", "#7B3FB5"),
        ("в красных тонах", "#D7263D"),
        ("باللون الأزرق", "#2062D6"),
        ("青い色で", "#2062D6"),
        ("用红色", "#D7263D"),
        ("in our colour #12ab9f, not blue", "#12AB9F"),
    ],
)
def test_a_direction_that_names_a_colour_gives_the_accent(direction: str, colour: str) -> None:
    assert read(direction) == colour


def test_a_colour_that_is_sold_or_denied_gives_none() -> None:
    assert read("keep it short", fact="Red wine from the Pfalz") == ""
    assert read("no pink please", "bitte kein Blau") == ""
    assert read("not too loud", "in green", "green and red") == "#2E8B57", "the one named most"


def test_no_word_stands_for_two_colours() -> None:
    words = [word for languages in load_colours().values() for text in languages.values() for word in text.split()]
    assert len(words) == len(set(words)) > 200


def test_films_in_one_look_have_several_accents_and_a_title_always_the_same() -> None:
    for look in list_look_names():
        found = {choose_accent(look, f"Film {n}") for n in range(60)}
        assert found == {"", *load_look(look).accents} and len(found) >= 4
        assert choose_accent(look, "Juno") == choose_accent(look, "Juno")


def test_what_a_film_shows_chooses_its_colour_before_its_title_does() -> None:
    for subject in ("ferry", "tooth", "coin", "key"):
        assert len({choose_accent("grid", f"Film {n}", subject) for n in range(20)}) == 1
    assert len({choose_accent("grid", "Juno", subject) for subject in ("ferry", "tooth", "coin", "key", "lorry")}) == 5
    assert list_accents("grid").count(choose_accent("grid", "Juno", "", "money")) == 1


def test_a_film_in_another_look_gets_an_accent_of_that_look_unless_a_person_chose_one() -> None:
    made = next(
        one for n in range(9)
        if read_film_settings(one := plan(Brief(text=f'Ad for "Tern {n}". 30 days free.', look="slam")).plan).accent
    )  # fmt: skip
    paper = set_look(made, look="paper")
    assert read_film_settings(paper).accent == choose_accent("paper", made.title)
    assert read_film_settings(set_look(made, look="slam")).accent == read_film_settings(made).accent
    chosen = set_look(set_look(made, accent="#123456"), look="paper")
    assert read_film_settings(chosen).accent == "#123456"


def test_a_film_without_an_accent_has_the_looks_own() -> None:
    for n in range(9):
        made = plan(Brief(text=f'Ad for "Tern {n}". 30 days free.', without=("accent",))).plan
        assert read_film_settings(made).accent == ""
